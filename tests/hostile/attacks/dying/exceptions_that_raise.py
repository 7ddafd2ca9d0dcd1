"""Raises exceptions that can't be looked at: their __str__, __repr__, name, class and traceback raise, exit or recurse."""
# from: solved
# loses: q7
# shows: raised (Mirror|NotText|Liar)
# stopped by: roles

# %% before checks
import sys

globals().update(globals().pop("KEPT", {}))


class Meta(type):
    """A class that won't say its name."""

    __name__ = property(lambda cls: 1 / 0)
    __module__ = property(lambda cls: Mirror())
    __repr__ = __str__ = lambda cls: str(cls)


class Nameless(Exception, metaclass=Meta):
    pass


class Mirror(Exception):
    """An exception whose words are another one."""

    def __str__(self):
        raise self

    __repr__ = __str__
    __cause__ = property(lambda self: self)
    __notes__ = property(lambda self: sys.exit(0))
    __traceback__ = property(lambda self: 1 / 0)
    __class__ = property(lambda self: SystemExit)


class NotText(Exception):
    """Its words are a number, and its class is another one."""

    __str__ = lambda self: 7


class Lied(str):
    """A text that is cut in its own way."""

    __getitem__ = lambda self, part: sys.exit(0)
    __len__ = lambda self: -1


class Liar(Exception):
    __str__ = lambda self: Lied("a" * 10**6)


def fails(*args, **kwargs):
    fails.calls += 1
    raise [Mirror, NotText, Liar, Nameless][fails.calls % 4]("x")


fails.calls = -1
if QUESTION == "q7":
    KEPT = {name: globals()[name] for name in NAMES}
    for name in NAMES:
        globals()[name] = fails

# %% last
raise Mirror("x")

# %% last
raise Liar("x")

# %% last
raise NotText("x")
