"""Names that are on record, found in texts: what a finder of names by context can overlook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from compliance.discovery.nouns.text import Span, SpanType

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MOST_WORDS = 4
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_SIGNS = (2, 3, 4)  # in a name in East Asian characters


class OnRecord:
    """The full names of people whom the desk knows. Single words are left out: they say little."""

    def __init__(self, names: Iterable[str]) -> None:
        self._words: set[tuple[str, ...]] = set()
        self._signs: set[str] = set()
        for name in names:
            bare = "".join(name.split())
            if _EAST_ASIAN.fullmatch(bare) and len(bare) in _SIGNS:
                self._signs.add(bare)
            words = tuple(_folded(word) for word in _WORD.findall(name))
            if 2 <= len(words) <= _MOST_WORDS:
                self._words |= {words, (*words[1:], words[0]), (words[-1], *words[:-1])}

    def beside(self, text: str, found: Sequence[Span]) -> tuple[Span, ...]:
        """`found` with the names on record that stand elsewhere in `text`, in order."""
        spans = list(found)
        for start, end in (*self._in_words(text), *self._in_signs(text)):
            if not any(one.start < end and start < one.end for one in spans):
                spans.append(Span(start=start, end=end, type=SpanType.PERSON, score=1.0))
        return tuple(sorted(spans))

    def _in_words(self, text: str) -> Iterator[tuple[int, int]]:
        words = [(m.start(), m.end(), _folded(m[0])) for m in _WORD.finditer(text)]
        for first in range(len(words)):
            for count in range(min(_MOST_WORDS, len(words) - first), 1, -1):
                some = words[first : first + count]
                if tuple(word for _, _, word in some) in self._words:
                    yield some[0][0], some[-1][1]
                    break

    def _in_signs(self, text: str) -> Iterator[tuple[int, int]]:
        for run in _EAST_ASIAN.finditer(text):
            for first in range(run.start(), run.end()):
                for count in reversed(_SIGNS):
                    last = first + count
                    if last <= run.end() and text[first:last] in self._signs:
                        yield first, last
                        break


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))
