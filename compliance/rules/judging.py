"""From what is known to verdicts: the one way for assessing, predicting and testing again."""

from __future__ import annotations

from dataclasses import replace

from compliance.rules.assess import assess
from compliance.rules.facts import subjects
from compliance.rules.nouns import Assessment, Knowledge, Pack
from compliance.rules.scope import in_scope


def judge(pack: Pack, known: Knowledge) -> Assessment:
    """Every rule of `pack` on everything known; what is not known is never met."""
    with_lists = known if known.lists else replace(known, lists=pack.lists)
    return assess(
        pack,
        subjects(with_lists),
        known.at,
        laws=in_scope(pack, known),
        findings=known.findings,
        is_whole=known.is_whole,
    )
