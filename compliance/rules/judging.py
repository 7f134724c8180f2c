"""From what is known to verdicts: the one way for assessing, predicting and testing again."""

from __future__ import annotations

from dataclasses import replace

from compliance.rules.assess import assess
from compliance.rules.facts import subjects
from compliance.rules.nouns import Assessment, Governed, Knowledge, Pack
from compliance.rules.scope import in_scope


def judge(pack: Pack, known: Knowledge) -> Assessment:
    """Every rule of `pack` on everything known; what is not known is never met."""
    found = subjects(known if known.lists else replace(known, lists=pack.lists))
    laws = in_scope(pack, known)
    # Nobody said where anything is, so nothing is known to be under any law.
    if laws is None and known.is_whole:
        found = tuple(replace(one, governed=Governed(others=None)) for one in found)
    return assess(
        pack,
        found,
        known.at,
        laws=laws,
        findings=known.findings,
        is_whole=known.is_whole,
    )
