"""Take what was found out of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from compliance.discovery.text.nouns import Span


def redact(text: str, spans: Iterable[Span]) -> str:
    """`text` with every span replaced by its type in square brackets, such as “[PERSON]”.

    Args:
        spans: of this very text, without overlaps, as `find_spans` returns them.

    Raises:
        ValueError: spans overlap, or reach beyond the text.
    """
    return replaced(text, spans, lambda span, _: f"[{span.type.value.upper()}]")


def replaced(text: str, spans: Iterable[Span], by: Callable[[Span, str], str]) -> str:
    """`text` with each span replaced by what `by` makes of the span and its characters.

    Raises:
        ValueError: spans overlap, or reach beyond the text.
    """
    return "".join(_pieces(text, sorted(spans), by))


def _pieces(text: str, spans: list[Span], by: Callable[[Span, str], str]) -> Iterator[str]:
    done = 0
    for span in spans:
        if span.start < done or span.end > len(text):
            raise ValueError("the spans overlap, or belong to another text")
        yield text[done : span.start]
        yield by(span, text[span.start : span.end])
        done = span.end
    yield text[done:]
