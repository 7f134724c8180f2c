"""Every hazard of `hazards.yaml`, judged for one release. No verdict is fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compliance.privacy.disclosure import guarantee_checks, release_checks, system_checks
from compliance.privacy.disclosure.findings import Finding, Row
from compliance.privacy.disclosure.words import data, sentence
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Hazard, HazardState, Surroundings

CHECKS: Mapping[str, Callable[[Release, Surroundings, Row], Finding]] = {
    "unit": guarantee_checks.unit,
    "large_epsilon": guarantee_checks.large_epsilon,
    "large_delta": guarantee_checks.large_delta,
    "contributions": release_checks.contributions,
    "bounds": release_checks.bounds,
    "group_keys": release_checks.group_keys,
    "floating_point": system_checks.floating_point,
    "side_channels": system_checks.side_channels,
    "reused_noise": release_checks.reused_noise,
    "post_processing": release_checks.post_processing,
    "composition": system_checks.composition,
    "budget_resets": system_checks.budget_resets,
    "populations": system_checks.populations,
    "self_audit": system_checks.self_audit,
    "raw_access": system_checks.raw_access,
    "collection": system_checks.collection,
}


def judge(release: Release, around: Surroundings) -> tuple[Hazard, ...]:
    """Each hazard with its state, what decided it, and what to do where it is not guarded."""
    return tuple(
        _hazard(row, CHECKS[row["id"]](release, around, row))
        for row in data("hazards.yaml")["hazards"]
    )


def _hazard(row: Row, found: Finding) -> Hazard:
    return Hazard(
        id=row["id"],
        title=row["title"],
        level=row["level"],
        state=found.state,
        evidence=sentence(found.evidence),
        to_do="" if found.state is HazardState.GUARDED else row["to_do"].strip(),
        sources=tuple(row["sources"]),
        verified=row["verified"],
    )
