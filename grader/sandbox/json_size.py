"""How many parts a JSON text has, found before it is decoded.

A part of two bytes takes thirty times its length in memory, and while Python's decoder makes it, every other thread waits.
"""

SIGNS = (b"[", b"{", b",")


def has_more_parts(data: bytes | bytearray, most: int) -> bool:
    """Are there more than `most` brackets and commas outside of strings? A JSON text has at least as many as values, less one.

    >>> text = b'{"a, b": [1, 2, []], "c": "[{,"}'
    >>> has_more_parts(text, 5), has_more_parts(text, 6)
    (True, False)
    """
    if _signs(data) <= most:
        return False
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > 4 * (most + 1):  # each part has at most one key and one text
        return True
    return _signs(b"".join(plain.split(b'"')[::2])) > most


def _signs(data: bytes | bytearray) -> int:
    return sum(data.count(sign) for sign in SIGNS)
