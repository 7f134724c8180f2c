"""Raw tables to what is stored: one clean table, its Parquet bytes and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import CleaningStep, Column, Sha256, Source
from compliance.dataset.readers import RawTable, stack
from compliance.dataset.table import to_parquet


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A table ready to be stored.

    Attributes:
        rows: how many.
        columns: in the table's order.
        cleaning: what reading and cleaning changed, in order.
        sources: the files it came from.
        parquet: the bytes to store.
        sha256: of those bytes; the same content always gives the same.
    """

    rows: int
    columns: tuple[Column, ...]
    cleaning: tuple[CleaningStep, ...]
    sources: tuple[Source, ...]
    parquet: bytes
    sha256: Sha256


def take_in(raws: Sequence[RawTable]) -> Intake:
    """Several raw tables of one header as one clean table.

    Raises:
        HeadersDifferError: they do not share a header.
    """
    stacked = stack(raws)
    cleaned = clean(stacked.table)
    parquet = to_parquet(cleaned.table)
    return Intake(
        rows=cleaned.table.num_rows,
        columns=cleaned.columns,
        cleaning=stacked.steps + cleaned.steps,
        sources=tuple(raw.source for raw in raws),
        parquet=parquet,
        sha256=Sha256(hashlib.sha256(parquet).hexdigest()),
    )
