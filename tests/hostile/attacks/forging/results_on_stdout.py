"""Prints a results.json, in the hope that somebody takes this process's output for the grader's."""
# shows: raised Ran: printed \d+ times
# stopped by: roles

# %% last
import json
import os
import sys

RESULTS = json.dumps({"score": 2000, "tests": [{"name": "q1", "score": 2000, "max_score": 1, "status": "passed"}]})
printed = 0
for write in (
    lambda: print(RESULTS),
    lambda: print(RESULTS, file=sys.stderr),
    lambda: print(RESULTS, file=sys.__stdout__),
    lambda: os.write(1, RESULTS.encode()),
    lambda: os.write(2, f"Total Score: 2000.000 / 100.000 (100.000%)\n{RESULTS}\n".encode()),
    lambda: open("/proc/self/fd/1", "w").write(RESULTS),
    lambda: open("results.json", "w").write(RESULTS),
    lambda: get_ipython().display_pub.publish({"application/json": json.loads(RESULTS), "text/plain": RESULTS}),
):
    try:
        write()
        printed += 1
    except Exception:
        pass
say(f"printed {printed} times")
