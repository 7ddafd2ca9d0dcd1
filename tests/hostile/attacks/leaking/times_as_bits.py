"""Takes as many hundredths of a second as a digit of the hidden input, then computes for ever: the report may say how long
it took, and after how many seconds it was stopped."""
# shows: not done after (all of the question's )?\d+(\.\d)? seconds

# %% first
import json
import time
import zipfile

from cnnchecks.values import key

KNOWN = json.loads(zipfile.ZipFile("fixtures.npz").read("index.json"))["calls"]  # the public calls
calls = []


def is_hidden(name, args, kwargs):
    return bool(args) and key(name, args, kwargs) not in KNOWN and repr(args) != "(4, 7)"


def answering(name, question):
    def answer(*args, **kwargs):
        if is_hidden(name, args, kwargs) and question == "q1":
            calls.append(sum(map(ord, repr(args))) % 10)
            until = time.process_time() + (0.03 * calls[-1] if len(calls) < 3 else 60)
            while time.process_time() < until:
                continue

    return answer


# %% before checks
for name in NAMES:
    globals()[name] = answering(name, QUESTION)
