"""Where values usually lie, from public knowledge: bounds that tell nothing about the data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from compliance.privacy.nouns.question import Granularity
from compliance.shipped import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Bounds for one kind of value.

    Attributes:
        id: names it.
        types: the ids of the semantic types that it suits.
        title: what is bounded, in words.
        lower, upper: in the value's own unit.
        granularity: the step that such values are usually counted in.
        source: where the bounds are published, or that they are our own judgement.
        as_of: when that was looked up, as an ISO date.
        currency: the ISO 4217 code of an amount of money; empty for everything else.
    """

    id: str
    types: tuple[str, ...]
    title: str
    lower: Decimal
    upper: Decimal
    granularity: Granularity
    source: str
    as_of: str
    currency: str = ""

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise ValueError(f"{self.id}: the lower bound lies below the upper")


@cache
def presets() -> tuple[Preset, ...]:
    """All bounds from public knowledge, in the order of the file."""
    file = table("compliance.privacy", "presets.yaml")
    return tuple(
        Preset(
            id=row["id"],
            types=tuple(row["types"]),
            title=row["title"],
            lower=Decimal(row["lower"]),
            upper=Decimal(row["upper"]),
            granularity=Granularity(row["unit"]),
            source=row["source"],
            as_of=file["as_of"],
            currency=row.get("currency", ""),
        )
        for row in file["presets"]
    )


def presets_for(semantic_type: str, currency: str = "") -> tuple[Preset, ...]:
    """The bounds that suit values of `semantic_type`, the most usual first.

    Args:
        semantic_type: the id of a type of discovery.
        currency: amounts in other currencies are left out; empty leaves all in.
    """
    return tuple(
        preset
        for preset in presets()
        if semantic_type in preset.types and preset.currency in ("", currency or preset.currency)
    )
