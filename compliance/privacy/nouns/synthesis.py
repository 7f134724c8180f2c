"""Invented rows that look like the real ones, made from noisy tables of counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.privacy.nouns import Budget, Event, Price
from compliance.privacy.nouns.question import Coarsening, Condition


class Algorithm(StrEnum):
    """Which tables of counts are measured."""

    MST = "mst"  # those along a tree of the strongest ties (McKenna et al. 2021, arXiv:2108.04978)
    AIM = "aim"  # those worst approximated so far (McKenna et al. 2022, arXiv:2201.12677)


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisPlan:
    """What the invented rows are like.

    Attributes:
        unit: the column that tells one person from another; never in the invented rows.
        columns: what each row holds; two at least.
        coarse: how the values of a column become few.
        public_keys: per column the values that may occur, known without looking at the data.
        max_rows: how many rows of one person count.
        algorithm: how the tables are chosen.
        rows: how many to invent at the most; None: about as many as there are.
        where: conditions that all must hold.
    """

    unit: ColumnName
    columns: tuple[ColumnName, ...]
    public_keys: Mapping[ColumnName, tuple[str, ...]]
    coarse: Mapping[ColumnName, Coarsening] = field(default_factory=dict)
    max_rows: int = 1
    algorithm: Algorithm = Algorithm.MST
    rows: int | None = None
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """A dataset of invented rows, with what its guarantee rests on.

    Attributes:
        id: names it.
        dataset_id: the version it was made from.
        made: the version of the new dataset.
        population: whose budget paid.
        plan: what was asked.
        asked: the (ε, δ) typed.
        price: what it costs on its own.
        events: what the ledger holds for it.
        libraries: name → version of what drew the noise.
        synthesised_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    made: str
    population: str
    plan: SynthesisPlan
    asked: Budget
    price: Price
    events: tuple[Event, ...]
    libraries: Mapping[str, str]
    synthesised_at: datetime
    actor: str
