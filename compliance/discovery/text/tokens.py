"""Words of a text with their places, in pieces short enough to tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_PIECE = 120
_ENOUGH = 60
_TOKEN = re.compile(
    r"(?P<link>https?://\S{1,500}|[\w.+-]{1,64}@[\w.-]{1,64}\.\w{2,24})"
    r"|(?P<user>@\w{1,64})|#\w{1,100}"
    r"|[^\W\d_]{1,60}(?:(?:[’'](?![sS](?![^\W\d_]))|[-.](?=[^\W\d_]))[^\W\d_]{1,60}){0,6}"
    r"|[’'][sS](?![^\W\d_])|[0-9]{1,40}(?:[.,:/-][0-9]{1,40}){0,8}[^\W\d_]{0,20}|[^\w\s]|\w"
)
_ENDS = frozenset(".!?;\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of tokens of one text: as they are tagged, and where they stand in it."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def pieces(text: str) -> Iterator[Piece]:
    """`text` in runs of at most `LONGEST_PIECE` tokens, cut at ends of sentences if there are any.

    Links and user names are one token each, and all alike.
    """
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        words.append({"link": "http", "user": "@user"}.get(match.lastgroup or "", match[0]))
        places.append(match.span())
        is_end = len(words) >= _ENOUGH and match[0] in _ENDS
        if is_end or len(words) == LONGEST_PIECE:
            yield Piece(tuple(words), tuple(places))
            words, places = [], []
    if words:
        yield Piece(tuple(words), tuple(places))
