"""What a column of free texts holds: counts by type, texts touched, masked examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from compliance.discovery.labels import masked_examples
from compliance.discovery.text.finding import find_in_many
from compliance.discovery.text.nouns import Span, SpanType, TextFindings

_EXAMPLES_FROM = 50


def scan_column(values: Iterable[str | None], *, names: bool = True) -> TextFindings:
    """Personal data inside the texts of one column.

    Args:
        values: one text per row; missing values and empty texts are not counted.
        names: whether to look for names, places and organisations too, which takes longer.

    Returns:
        counts and shares over all texts, and masked examples; no value as it stands.
    """
    texts = [value for value in values if value]
    found = find_in_many(texts, names=names)
    counts = Counter(span.type for spans in found for span in spans)
    touched = Counter(kind for spans in found for kind in {span.type for span in spans})
    order = [kind for kind, _ in counts.most_common()]
    return TextFindings(
        texts=len(texts),
        touched=sum(bool(spans) for spans in found),
        counts={kind: counts[kind] for kind in order},
        touched_by_type={kind: touched[kind] for kind in order},
        examples={kind: _examples(kind, texts, found) for kind in order},
    )


def _examples(
    kind: SpanType, texts: Sequence[str], found: Sequence[Sequence[Span]]
) -> tuple[str, ...]:
    pieces = dict.fromkeys(
        text[span.start : span.end]
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if span.type is kind
    )
    return masked_examples(list(pieces)[:_EXAMPLES_FROM])
