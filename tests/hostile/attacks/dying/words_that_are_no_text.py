"""Raises exceptions whose names and words are no text that can be written: half characters, controls, markup, escapes."""
# from: solved
# loses: q7
# shows: raised .*half a character
# stopped by: roles

# %% before checks
globals().update(globals().pop("KEPT", {}))
NO_TEXTS = ["\ud800", "\udfff" * 80, "a\0b", "\x1b[31m", "<script>alert(1)</script>", "__class__", "", "\u202e", "=cmd()"]


class Meta(type):
    """A class that says another name whenever it is asked."""

    __name__ = property(lambda cls: NO_TEXTS[fails.calls % len(NO_TEXTS)])


class Odd(Exception, metaclass=Meta):
    pass


def fails(*args, **kwargs):
    fails.calls += 1
    if fails.calls % 4 == 3:
        return Meta("Answer", (), {})()
    raise Odd(NO_TEXTS[fails.calls % len(NO_TEXTS)] + "</pre><script>alert(1)</script>")


fails.calls = -1
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = fails

# %% last
raise Odd("\ud800 is half a character")

# %% last
raise Ran("half a character \ud83d, \x00, \x1b[2J, </pre><script>alert(1)</script>, \u202e, \ufffe")
