"""Traces every function (sys.settrace) and rewrites the variables of those that compare, in the middle of the comparison."""
# shows: raised Ran: traced [1-9]\d* functions
# stopped by: roles

# %% first
import ctypes
import sys
import threading

TRACED = set()


class Passed:
    passed, kind, message, detail, where, diagnosis, candidates, label = True, "ok", "", "", "", None, (), ""


def trace(frame, event, argument):
    TRACED.add(frame.f_code.co_name)
    if not any(part in frame.f_code.co_filename for part in ("cnnchecks", "judge", "otter", "worker")):
        return None
    for name, value in (("outcome", Passed()), ("failures", []), ("misfit", None)):
        if event == "line" and name in frame.f_locals:
            frame.f_locals[name] = value
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace


sys.settrace(trace)
threading.settrace(trace)

# %% last
sys.settrace(None)
say(f"traced {len(TRACED)} functions")
