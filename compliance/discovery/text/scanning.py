"""Search many texts with all patterns at once.

Texts are joined, with NULs between, so that a pattern costs one search and not one per text. All
patterns look at a bounded number of characters from where they start: time grows with the length
of the texts only.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from compliance.discovery.text.nouns import Span
from compliance.discovery.text.patterns import Pattern, patterns, settings
from compliance.discovery.text.settling import whole_words
from compliance.discovery.text.validity import check

_SEPARATOR = "\0"
# Full-width signs as their ASCII forms, and blanks of other widths: one character for one.
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0xA0: 0x20, 0x202F: 0x20}
_NARROW |= {0x2010: 0x2D, 0x2011: 0x2D, 0x2212: 0x2D}
# A word behind counts as if it stood farther away than the same word before.
_AFTERWARDS = 12
_LATIN = re.compile("[0-9A-Za-z]")


def pattern_spans(texts: Sequence[str]) -> list[list[Span]]:
    """What the patterns find in each of `texts`; finds may overlap: see settling.py."""
    found: list[list[Span]] = [[] for _ in texts]
    narrowed = [narrow(text) for text in texts]
    everything = _Joined(narrowed, range(len(narrowed)))
    with_digits = _Joined(narrowed, [n for n, t in enumerate(narrowed) if _has_digit(t)])
    for pattern in patterns():
        joined = with_digits if "[0-9]" in pattern.needs.pattern else everything
        for text, span in _finds(pattern, joined):
            found[text].append(span)
    return [whole_words(t, spans) for t, spans in zip(narrowed, found, strict=True)]


def narrow(text: str) -> str:
    """`text` with full-width signs as ASCII and NULs as blanks; every character keeps its place."""
    text = text.replace(_SEPARATOR, " ")
    return text if text.isascii() else text.translate(_NARROW)


class _Joined:
    """Some of the texts as one, and which text a place in it belongs to."""

    def __init__(self, texts: Sequence[str], chosen: Sequence[int]) -> None:
        self.chosen = list(chosen)
        self.text = _SEPARATOR.join(texts[n] for n in self.chosen)
        lengths = (len(texts[n]) + 1 for n in self.chosen)
        self.starts = list(itertools.accumulate(lengths, initial=0))[:-1]

    def place(self, offset: int) -> tuple[int, int]:
        """The number of the text at `offset`, and where that text starts."""
        place = bisect_right(self.starts, offset) - 1
        return self.chosen[place], self.starts[place]


def _has_digit(text: str, search: re.Pattern[str] = re.compile("[0-9]")) -> bool:
    return search.search(text) is not None


def _finds(pattern: Pattern, joined: _Joined) -> Iterator[tuple[int, Span]]:
    if not pattern.needs.search(joined.text):
        return
    threshold = settings()["threshold"]
    group = pattern.group
    for match in pattern.shape.finditer(joined.text):
        start, end = match.span(group)
        if _is_inside_a_word(joined.text, start) or end <= start:
            continue
        held = check(pattern.check)(match[group]) if pattern.check else end - start
        if not held:
            continue
        text, offset = joined.place(start)
        score = _score(pattern, joined.text, start, start + held)
        if score >= threshold:
            first = start - offset
            yield text, Span(start=first, end=first + held, type=pattern.type, score=score)


def _is_inside_a_word(text: str, start: int) -> bool:
    return start > 0 and bool(_LATIN.match(text[start - 1]) and _LATIN.match(text[start]))


def _score(pattern: Pattern, text: str, start: int, end: int) -> float:
    """The pattern's score, or its higher one where a word of its context stands near.

    The farther the word, the less it counts, so that of two kinds the one named last wins.
    """
    if pattern.context is None:
        return pattern.score
    reach = int(settings()["characters_before"])
    before = text[max(0, start - reach) : start]
    after = text[end : end + settings()["characters_after"]]
    # What stands in another text is no context.
    before, after = before.rpartition(_SEPARATOR)[2], after.partition(_SEPARATOR)[0]
    distances = [len(before) - m.end() for m in pattern.context.finditer(before)]
    distances += [m.start() + _AFTERWARDS for m in pattern.context.finditer(after)]
    if not distances:
        return pattern.score
    lost = settings()["lost_by_distance"] * min(min(distances) / reach, 1.0)
    return max(pattern.score, round(float(pattern.score_with - lost), 3))
