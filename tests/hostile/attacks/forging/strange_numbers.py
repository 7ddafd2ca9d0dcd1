"""Answers with numbers that few expect: huge and negative integers, complex, structured, dates, long doubles, texts."""
# shows: raised Ran: 18 kinds of numbers
# stopped by: wire, roles

# %% before checks
import decimal
import fractions
import numpy as np

STRANGE = [
    2**1000, -(2**63), 10**400, 1j, complex("nan+infj"), True, "0", b"0", decimal.Decimal("sNaN"), fractions.Fraction(1, 3),
    np.float16(7e4), np.longdouble("1e4000"), np.datetime64("NaT"), np.timedelta64(1, "s"), np.str_("nan"),
    np.zeros(2, dtype=[("x", "f8"), ("y", "O")]), np.array([b"\xff" * 9]), np.zeros(3, ">f8").astype("V8"),
]  # fmt: skip
TURN = iter(range(10**6))
for name in NAMES:
    globals()[name] = lambda *args, **kwargs: STRANGE[next(TURN) % len(STRANGE)]

# %% last
say(f"{len(STRANGE)} kinds of numbers")
