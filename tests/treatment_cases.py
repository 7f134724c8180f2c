"""Tables for the tests of treatments, and one call that treats them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from compliance.anonymise.nouns import Keys, Noise, Treated, Treatment, TreatmentKind
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.treatments import treat
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table

KEYS = Keys(pseudonyms=b"p" * 32, vault=b"v" * 32, dates=b"d" * 32, formats=b"f" * 32)
OTHER_KEYS = Keys(pseudonyms=b"P" * 32, vault=b"V" * 32, dates=b"D" * 32, formats=b"F" * 32)


def treatment(column: str, kind: TreatmentKind, **settings: float | str) -> Treatment:
    return Treatment(column=ColumnName(column), kind=kind, settings=settings)


def treated(
    lists: dict[str, Sequence[object]],
    *treatments: Treatment,
    keys: Keys = KEYS,
    noise: Noise | None = None,
    unit: str | None = None,
    seed: int = 1,
) -> Treated:
    """What `treat` makes of a table with these columns, taken in as any table is."""
    cleaned = clean(pa.table({name: pa.array(list(values)) for name, values in lists.items()}))
    return treat(
        Table.in_memory(cleaned.table),
        cleaned.columns,
        treatments,
        keys,
        np.random.default_rng(seed),
        noise=noise,
        unit=ColumnName(unit) if unit else None,
    )


def column(done: Treated, name: str) -> list[object]:
    """The treated column as plain values."""
    values: list[object] = done.columns[ColumnName(name)].to_pylist()
    return values


class Up:
    """Noise that always is +3 steps, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []

    def __call__(self, values: Ints, *, scale: float, distribution: str) -> Ints:
        self.asked.append((scale, distribution))
        return values + 3
