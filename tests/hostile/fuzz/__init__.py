"""Fuzzers: what draws hostile things, what must hold of them, and readers broken on purpose. Run by `test_fuzz.py`."""
