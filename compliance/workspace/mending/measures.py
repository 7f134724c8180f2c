"""Risk and loss of a dataset's rows, measured the same way before and after a remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.anonymise.models import measure_table
from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.rules.nouns import Risk


def pointing(discovery: Discovery | None) -> tuple[ColumnName, ...]:
    """The columns by which people are looked for, together: the yardstick of before and after."""
    return discovery.columns_of(IdentifierClass.QUASI) if discovery else ()


def risk_of(
    table: Table, dataset: Dataset, discovery: Discovery | None, quasi: Sequence[ColumnName]
) -> Risk:
    """How easily people are picked out of the rows as they stand.

    Args:
        quasi: as `pointing` said before the remedy; those that are gone count no more.
    """
    there = [column for column in quasi if column in table.column_names]
    unit = dataset.description.unit
    found = measure_table(table, there, unit=unit if unit in table.column_names else None)
    people = found.people if found.people is not None else found.rows
    return Risk(
        k=found.k,
        highest=round(found.prosecutor.max, 6),
        uniques=round(found.uniques / people, 6) if people else 0.0,
        personal_columns=len(discovery.personal) if discovery else 0,
        people=found.people,
    )


def people_in(table: Table, dataset: Dataset) -> int | None:
    """Distinct people among the rows; None where no column tells them apart."""
    unit = dataset.description.unit
    if unit is None or unit not in table.column_names:
        return None
    codes = table.codes(unit).codes
    return len(set(codes[codes >= 0].tolist()))


def lost_between(
    before: Dataset, table_before: Table, after: Dataset, table_after: Table
) -> dict[str, str]:
    """What can no longer be learnt, in words and numbers; a measure without a loss is not named."""
    lost = {}
    gone = [name for name in before.column_names if name not in after.column_names]
    if gone:
        lost["columns lost"] = f"{len(gone)} of {len(before.columns)} ({', '.join(gone[:8])})"
    if after.rows < before.rows:
        lost["rows lost"] = _share(before.rows - after.rows, before.rows)
    was, now = people_in(table_before, before), people_in(table_after, after)
    if was and now is not None and now < was:
        lost["people no longer in it"] = _share(was - now, was)
    return lost


def kept_of(before: Dataset, after: Dataset, detail: Mapping[str, float]) -> float:
    """The share of the cells that say as much as before; a masked one says nothing.

    Args:
        detail: 0–1, by column that changed, how much of its detail is kept.
    """
    there = set(after.column_names)
    columns = sum(detail.get(name, 1.0) for name in before.column_names if name in there)
    return round(columns / len(before.columns) * after.rows / before.rows, 6)


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.1%})"
