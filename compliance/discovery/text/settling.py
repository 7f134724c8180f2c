"""Settle which of several overlapping finds stands, so that nothing found stays readable."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from compliance.discovery.text.nouns import Span

_SIGNS = " \t\n\r,;:|-–("
_SHORTEST_PART = 2
# A run of letters and digits; East Asian signs stand for themselves, with no blanks between words.
_RUN = re.compile(
    "(?:(?![\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff])[^\\W_])+"
)

Order = Callable[[Span], tuple[float, int, int, str]]


def surest(span: Span) -> tuple[float, int, int, str]:
    """Sorts spans by their scores, then by their lengths."""
    return -span.score, span.start - span.end, span.start, span.type


def longest(span: Span) -> tuple[float, int, int, str]:
    """Sorts spans by their lengths, then by their scores."""
    return span.start - span.end, span.start, 0, span.type


def settled(*layers: Iterable[Span], by: Order = surest) -> tuple[Span, ...]:
    """The spans of `layers` without overlaps, in the order of the text.

    What stands in an earlier layer stands; within one what comes first `by` this order. Where a
    later span reaches beyond what stands, that is widened: every character of every span is
    covered.
    """
    kept: list[Span] = []
    for layer in layers:
        for span in sorted(layer, key=by):
            first = bisect_right(kept, span.start, key=lambda s: s.end)
            last = first
            while last < len(kept) and kept[last].start < span.end:
                last += 1
            kept[first:last] = _widened(kept[first:last], span)
    return tuple(kept)


def around(taken: Sequence[Span], text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """`spans` without what others have `taken` of them, and without signs at their new ends."""
    ends = [span.end for span in taken]
    for span in spans:
        start = span.start
        place = bisect_right(ends, span.start)
        while place < len(taken) and taken[place].start < span.end:
            yield from _part(text, span, start, taken[place].start)
            start, place = taken[place].end, place + 1
        yield from _part(text, span, start, span.end)


def whole_words(text: str, spans: Iterable[Span]) -> list[Span]:
    """`spans` widened so that none begins or ends inside a run of letters and digits."""
    runs: list[tuple[int, int]] = []

    def run(place: int) -> tuple[int, int] | None:
        if not runs:
            runs.extend(match.span() for match in _RUN.finditer(text))
        found = bisect_right(runs, place, key=lambda r: r[0]) - 1
        return runs[found] if found >= 0 and runs[found][0] < place < runs[found][1] else None

    def widened(span: Span) -> Span:
        first = run(span.start) if _is_inside(text, span.start) else None
        last = run(span.end) if _is_inside(text, span.end) else None
        if first is None and last is None:
            return span
        start, end = first[0] if first else span.start, last[1] if last else span.end
        return replace(span, start=start, end=end)

    return [widened(span) for span in spans]


def _is_inside(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def _widened(standing: Sequence[Span], span: Span) -> list[Span]:
    """What stands, in order, widened to cover `span`; the span itself where nothing stands."""
    if not standing:
        return [span]
    starts = [min(standing[0].start, span.start), *(s.start for s in standing[1:])]
    ends = [*starts[1:], max(standing[-1].end, span.end)]
    return [
        s if (s.start, s.end) == (start, end) else replace(s, start=start, end=end)
        for s, start, end in zip(standing, starts, ends, strict=True)
    ]


def _part(text: str, span: Span, start: int, end: int) -> Iterator[Span]:
    part = text[start:end]
    if (start, end) != (span.start, span.end):
        start, end = end - len(part.lstrip(_SIGNS)), start + len(part.rstrip(_SIGNS))
        if sum(map(str.isalnum, text[start:end])) < _SHORTEST_PART:
            return
    yield replace(span, start=start, end=end)
