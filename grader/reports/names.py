r"""Names of submissions as a teacher sees them: two that differ look different, also where the difference can't be seen.

A student chooses the file's name. A zero-width space, a mark that turns the direction of the text or a blank at the end
makes a second name that looks like another student's; here such characters stand as escapes.

>>> shown_names(["ada.ipynb", "ada\u200b.ipynb", "ada .ipynb", "Zoë.zip"])
['ada.ipynb', 'ada\\u200b.ipynb', 'ada\\x20.ipynb', 'Zoë.zip']
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

# categories of what nobody sees, or what changes how its neighbours look: separators but the blank, control and format
# characters, halves of a pair (bytes that are no text), what a font has no sign for
INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"})
# letters and marks of other categories that have no sign either: fillers of Hangul, joiners, selectors of a variant
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
BLANKS = re.compile(r"^ +| +$| {2,}| +(?=\.\w+$)")  # at an end, at the end of the stem, or more than one
LONGEST = 300  # characters; then the rest is told by its hash


def shown_names(names: Iterable[str]) -> list[str]:
    """The names, each with escapes for what can't be seen in it; different names stay different.

    Letters with accents may be written in one character or in two, which look the same: macOS uses two. They are shown
    as one where no other name becomes the same by that.
    """
    names = list(names)
    composed = {name: unicodedata.normalize("NFC", name) for name in names}
    others = Counter(composed[name] for name in dict.fromkeys(names))
    return [
        _escape_name(name, plain=True)
        if name != composed[name] and others[composed[name]] > 1
        else _escape_name(composed[name])
        for name in names
    ]


def stems(shown: Iterable[str]) -> list[str]:
    """Shown names without their endings, where that leaves them different.

    >>> stems(["ada.ipynb", "luis.ipynb", "luis.zip"])
    ['ada', 'luis.ipynb', 'luis.zip']
    """
    shown = list(shown)
    stem = {name: PurePath(name).stem for name in shown}
    others = Counter(stem[name] for name in dict.fromkeys(shown))
    return [stem[name] if others[stem[name]] == 1 else name for name in shown]


def _escape_name(name: str, plain: bool = False) -> str:
    """With escapes for what can't be seen; `plain`: for all that isn't ASCII."""
    text = "".join(_escape(c) if c == "\\" or _is_invisible(c) or (plain and c > "~") else c for c in name)
    text = BLANKS.sub(lambda found: r"\x20" * len(found[0]), text)
    return (
        text
        if len(text) <= LONGEST
        else f"{text[:LONGEST]}… ({hashlib.sha256(text.encode()).hexdigest()[:8]})"
    )


def _is_invisible(character: str) -> bool:
    if character == " ":
        return False
    return unicodedata.category(character) in INVISIBLE or bool(BLANK.match(character))


def _escape(character: str) -> str:
    r"""As Python writes it.

    >>> print(_escape("\u200b"), _escape("\n"), _escape("\\"), _escape("\U000e0041"), _escape("\u0308"))
    \u200b \n \\ \U000e0041 \u0308
    """
    return character.encode("unicode_escape").decode()
