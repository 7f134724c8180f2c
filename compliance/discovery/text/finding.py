"""Find personal data in free text: by patterns with checks, and by a tagger for names."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.scanning import longest, narrow, pattern_spans, settled
from compliance.discovery.text.tagger import name_spans

# From here on a pattern stands against whatever the tagger says.
_SURE = 0.7
_IN_ADDRESSES = frozenset({SpanType.ADDRESS, SpanType.POSTAL_CODE})


def find_spans(text: str, *, names: bool = True) -> tuple[Span, ...]:
    """Personal data in `text`, without overlaps, in the order of the text.

    Args:
        text: of any length, in any language, with or without line breaks. Time grows with its
            length only.
        names: whether persons, places, organisations and addresses are looked for too.

    Returns:
        spans with offsets in characters; none for an empty text. A find is a proposal: what is
        not found may be there all the same.
    """
    return find_in_many([text], names=names)[0]


def find_in_many(texts: Sequence[str], *, names: bool = True) -> list[tuple[Span, ...]]:
    """`find_spans` of each of `texts`, in far less time than one by one."""
    patterns = pattern_spans(texts)
    if not names:
        return [settled(spans) for spans in patterns]
    narrowed = [narrow(text) for text in texts]
    return [_joined(*pair) for pair in zip(patterns, name_spans(narrowed), strict=True)]


def _joined(patterns: Sequence[Span], names: Sequence[Span]) -> tuple[Span, ...]:
    """Both kinds of finds: sure patterns first, whole addresses before what is part of one."""
    addresses = [s for s in (*patterns, *names) if s.type is SpanType.ADDRESS]
    sure = [s for s in patterns if s.score >= _SURE and s.type not in _IN_ADDRESSES]
    rest = [s for s in names if s.type is not SpanType.ADDRESS]
    return settled(sure, settled(addresses, by=longest), patterns, rest)
