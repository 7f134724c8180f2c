"""What a dataset took over from what it was made from, and whether anything shows that it may not.

A tag that makes a column personal data travels along the lineage and stops only where anonymity
was measured. Where it is gone without that, it was lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from compliance.lineage.nouns import Tag
from compliance.rules.nouns import Holding, Inherited, Knowledge

PROVIDED = frozenset({"made_from_personal", "tags_lost"})


def facts_of(holding: Holding, known: Knowledge) -> Mapping[str, object]:
    """Whether it was made from personal data, and how many columns lost their tags."""
    inherited = known.inherited.get(holding.dataset.id) or _next_version(holding, known)
    arrived = inherited.arrived
    return {
        "made_from_personal": bool(arrived or inherited.stopped),
        "tags_lost": len(arrived) if inherited.void else len(_lost(holding, arrived)),
    }


def _lost(holding: Holding, arrived: Mapping[str, frozenset[Tag]]) -> set[str]:
    """The columns that nobody takes for personal data though what they were made from is."""
    if holding.discovery is None:
        return set(arrived)
    return {
        str(la.column) for la in holding.discovery.labels if not la.is_personal
    } & arrived.keys()


def _next_version(holding: Holding, known: Knowledge) -> Inherited:
    """What a version would take over that is tried and not stored: from the one before it."""
    dataset = holding.dataset
    before = known.inherited.get(f"{dataset.name}@{dataset.version - 1}")
    if before is None:
        return Inherited()
    if holding.anonymised is not None:
        return Inherited(stopped=(holding.anonymised.id,))
    names = {str(name) for name in dataset.column_names}
    return Inherited(arrived={c: tags for c, tags in before.tags.items() if c in names})
