"""Answers with integers of ten million digits, texts of 200 MB and fractions that are slow to print."""
# from: solved
# loses: q7
# shows: should (be|return)
# stopped by: wire

# %% before checks
import fractions
import itertools

HUGE = 1 << 33_000_000
CALLS = itertools.count()
GIGANTIC = [
    lambda: HUGE,
    lambda: "7" * 200_000_000,
    lambda: fractions.Fraction(HUGE, 3),
    lambda: (-HUGE, {HUGE: HUGE}, HUGE),
    lambda: b"7" * 200_000_000,
]
globals().update(globals().pop("KEPT", {}))  # only question 7 is to suffer
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = lambda *args, **kwargs: GIGANTIC[next(CALLS) % len(GIGANTIC)]()
