"""What is told about a release: the registry's fields, hazards, and a yardstick.

The fields are those of OpenDP's registry of deployments, all three tiers. Each is computed from
the release, its ledger and the trail, or carries what an officer recorded; what nobody can know is
“not recorded” and counted. Nothing in a disclosure is an exact count of people or rows that
counted, so it may be published.
"""

from __future__ import annotations

from dataclasses import replace

from compliance.privacy.disclosure import record, system
from compliance.privacy.disclosure.document import to_document
from compliance.privacy.disclosure.hazards import judge
from compliance.privacy.disclosure.parameters import parameters
from compliance.privacy.disclosure.words import data, title
from compliance.privacy.disclosure.yardstick import place
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import (
    Disclosure,
    Field,
    Origin,
    Schema,
    Surroundings,
)

__all__ = ["disclose", "to_document"]

_TIER = "administrative.tier"
_TIERS = (1, 2, 3)
_MOST = 0.75  # of the fields of a tier, so that it counts as told


def disclose(release: Release, around: Surroundings) -> Disclosure:
    """The disclosure of `release` as of `around.at`. No noise is drawn and nothing is spent."""
    return Disclosure(
        release_id=release.id,
        title=title(release.query),
        schema=Schema(**data("registry.yaml")["schema"]),
        fields=_fields(release, around),
        parameters=parameters(release),
        prices=release.prices,
        hazards=judge(release, around),
        yardsticks=place(release),
        audit=around.audit,
        desk_version=around.desk_version,
        at=around.at,
    )


def _fields(release: Release, around: Surroundings) -> tuple[Field, ...]:
    said = {
        **record.product(release, around),
        **record.variant(release, around),
        **record.privacy_loss(release),
        **system.deployment_model(release, around),
        **system.implementation(release, around),
        **system.administrative(release, around),
        _TIER: record.computed("1"),
    }
    rows = data("registry.yaml")["fields"]
    if odd := said.keys() ^ {row["path"] for row in rows}:
        raise ValueError(f"fields and the registry's schema differ: {sorted(odd)}")
    fields = tuple(
        Field(
            path=row["path"],
            tier=row["tier"],
            value=said[row["path"]][0],
            origin=said[row["path"]][1],
        )
        for row in rows
    )
    tier = str(_tier_of(fields))
    return tuple(replace(f, value=tier) if f.path == _TIER else f for f in fields)


def _tier_of(fields: tuple[Field, ...]) -> int:
    """The highest tier of which, as of those below it, most fields are told; at least 1.

    The schema calls tiers guidance and requires only a few fields; this is our reading.
    """
    reached = 1
    for tier in _TIERS:
        of_tier = [field for field in fields if field.tier == tier]
        filled = [field for field in of_tier if field.origin is not Origin.MISSING]
        if len(filled) < _MOST * len(of_tier):
            return reached
        reached = tier
    return reached
