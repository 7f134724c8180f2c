"""What is known of kinds of identifiers, and of the ways to tie a row to a person: kinds.yaml."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from compliance.rights.nouns import IdentifierKind
from compliance.shipped import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of identifier; the fields are those of kinds.yaml."""

    kind: IdentifierKind
    types: tuple[str, ...]
    travels: bool
    contradicts: bool
    is_in_sentences: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Kinds of identifiers that tie a row to a person where they all fit it.

    Attributes:
        kinds: which.
        confidence: 0–1.
        may_hop: values that were learnt from a row lead on in this way.
    """

    kinds: frozenset[IdentifierKind]
    confidence: float
    may_hop: bool


@functools.cache
def data() -> dict[str, Any]:
    """kinds.yaml as it is written."""
    found: dict[str, Any] = table(__package__, "kinds.yaml")
    return found


@functools.cache
def kinds() -> dict[IdentifierKind, Kind]:
    """Every kind."""
    rows = [
        Kind(
            kind=IdentifierKind(row["kind"]),
            types=tuple(row["types"]),
            travels=row["travels"],
            contradicts=row["contradicts"],
            is_in_sentences=row["sentences"] == "plain",
        )
        for row in data()["kinds"]
    ]
    return {row.kind: row for row in rows}


@functools.cache
def ways() -> tuple[Way, ...]:
    """Every way, the surest first."""
    rows = [
        Way(
            kinds=frozenset(map(IdentifierKind, row["kinds"])),
            confidence=row["confidence"],
            may_hop=row["hop"],
        )
        for row in data()["ways"]
    ]
    return tuple(sorted(rows, key=lambda way: (-way.confidence, -len(way.kinds))))


@functools.cache
def kind_of_type(semantic_type: str) -> IdentifierKind | None:
    """The kind that a column of that semantic type holds; None: it points to nobody."""
    return next((k.kind for k in kinds().values() if semantic_type in k.types), None)


@functools.cache
def words(name: str) -> frozenset[str]:
    """The list `name` of kinds.yaml."""
    listed = data()[name]
    if isinstance(listed, str):
        return frozenset(listed.split())
    return frozenset(
        word for part in listed for word in (part if isinstance(part, list) else [part])
    )


def certain_from() -> float:
    """The confidence from which on nobody is asked."""
    return float(data()["certain_from"])


def told_apart() -> int:
    """Up to how many people are told apart."""
    return int(data()["told_apart"])
