"""Find personal data in free text: by patterns with checks, and by a tagger for names."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.discovery.text.models import Recogniser
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.scanning import narrow, pattern_spans
from compliance.discovery.text.settling import around, longest, settled, whole_words
from compliance.discovery.text.tagger import name_spans

# From here on a pattern stands against whatever the tagger says.
_SURE = 0.55
_IN_ADDRESSES = frozenset({SpanType.ADDRESS, SpanType.POSTAL_CODE})


def find_spans(
    text: str, *, names: bool = True, model: Recogniser | None = None
) -> tuple[Span, ...]:
    """Personal data in `text`, without overlaps, in the order of the text.

    Args:
        text: of any length, in any language, with or without line breaks. Time grows with its
            length only.
        names: whether persons, places, organisations and addresses are looked for by the tagger
            too; without it only those that patterns tell.
        model: a language model to ask beside the tagger: see `installed_model`.

    Returns:
        spans with offsets in characters; none for an empty text. A find is a proposal: what is
        not found may be there all the same.
    """
    return find_in_many([text], names=names, model=model)[0]


def find_in_many(
    texts: Sequence[str], *, names: bool = True, model: Recogniser | None = None
) -> list[tuple[Span, ...]]:
    """`find_spans` of each of `texts`, in far less time than one by one."""
    patterns = pattern_spans(texts)
    if not names:
        return [settled(spans) for spans in patterns]
    narrowed = [narrow(text) for text in texts]
    told = name_spans(narrowed)
    if model is not None:
        told = [[*ours, *theirs] for ours, theirs in zip(told, model(narrowed), strict=True)]
    return [_joined(*found) for found in zip(narrowed, patterns, told, strict=True)]


def _joined(text: str, patterns: Sequence[Span], names: Sequence[Span]) -> tuple[Span, ...]:
    """Both kinds of finds: sure patterns first, whole addresses before what is part of one."""
    names = whole_words(text, names)
    sure = settled(s for s in patterns if s.score >= _SURE and s.type not in _IN_ADDRESSES)
    addresses = (s for s in (*patterns, *names) if s.type in _IN_ADDRESSES)
    whole = settled(sure, settled(around(sure, text, addresses), by=longest))
    told = (s for s in names if s.type not in _IN_ADDRESSES)
    return settled(whole, patterns, around(whole, text, told))
