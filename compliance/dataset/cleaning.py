"""A raw table to a clean one: blanks, missing values, types; each step counts its rows.

All work is done on the distinct values of a column, so its cost does not grow with repeats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.arrow import ARROW_TYPES
from compliance.dataset.nouns import CleaningStep, Column, ColumnName, ColumnType
from compliance.dataset.parsing import WHOLE_NUMBERS_RESTORED, Parsed, parse
from compliance.i18n import mark

MISSING_SPELLINGS = (
    *("", ".", "-", "--", "?", "\n", "nil", "none", "null", "(null)", "#null!"),
    *("na", "n/a", "#n/a", "nan"),
)
DUPLICATES_ROWS_LIMIT = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTable:
    """A table whose columns have one type each, and how it came to be.

    Attributes:
        table: same rows and columns as the raw one, in the same order.
        columns: name, type, missing and distinct values of each.
        steps: what was changed, in order.
    """

    table: pa.Table
    columns: tuple[Column, ...]
    steps: tuple[CleaningStep, ...]


def clean(raw: pa.Table) -> CleanTable:
    """`raw` with blanks trimmed, missing values unified and each column in its own type.

    No row is dropped and no value is guessed: a column in which one value does not fit stays
    text. Numbers with leading zeros stay text, because they are codes.
    """
    arrays, columns, steps = [], [], []
    for name, chunked in zip(raw.column_names, raw.columns, strict=True):
        array, type_, changed = _clean_column(ColumnName(name), chunked.combine_chunks())
        arrays.append(array)
        steps += changed
        columns.append(
            Column(
                name=ColumnName(name),
                type=type_,
                missing=array.null_count,
                distinct=pc.count_distinct(array, mode="only_valid").as_py(),
            )
        )
    table = pa.table(arrays, names=raw.column_names)
    steps += _duplicates(table)
    return CleanTable(table=table, columns=tuple(columns), steps=tuple(steps))


def _clean_column(
    name: ColumnName, array: pa.Array
) -> tuple[pa.Array, ColumnType, list[CleaningStep]]:
    plain = _plain_typed(array)
    if not isinstance(plain, str):
        typed, type_, step = plain
        return typed, type_, [replace(step, column=name)] if step else []
    encoded = pc.cast(array, pa.string()).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    rows_of = np.bincount(codes[codes >= 0], minlength=len(encoded.dictionary))
    values, steps = _without_blanks(encoded.dictionary, rows_of)
    values, missing_steps = _without_missing_spellings(values, rows_of)
    parsed = parse(values)
    steps += missing_steps + _parsing_steps(parsed, rows_of, values)
    clean_array = parsed.values.cast(ARROW_TYPES[parsed.type]).take(encoded.indices)
    return clean_array, parsed.type, [replace(step, column=name) for step in steps]


def _plain_typed(array: pa.Array) -> str | tuple[pa.Array, ColumnType, CleaningStep | None]:
    """A column that came with a type, in the desk's own; "text" where it has to be parsed."""
    kind = array.type
    if pa.types.is_boolean(kind):
        return array, ColumnType.BOOLEAN, None
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return array.cast(pa.int64()), ColumnType.INTEGER, None
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or kind == pa.uint64():
        return _numbers(array)
    if pa.types.is_date(kind):
        return array.cast(pa.date32()), ColumnType.DATE, None
    if pa.types.is_timestamp(kind):
        return _moments(array)
    return "text"


def _numbers(array: pa.Array) -> tuple[pa.Array, ColumnType, CleaningStep | None]:
    """Numbers, or whole numbers where a missing value had made ids into decimals."""
    numbers = array.cast(pa.float64(), safe=False)
    numbers = pc.if_else(pc.is_finite(numbers), numbers, None)
    values = numbers.drop_null().to_numpy()
    if len(values) and (values == np.floor(values)).all() and np.abs(values).max() < 2**53:
        step = CleaningStep(step=WHOLE_NUMBERS_RESTORED, rows_changed=len(values))
        return numbers.cast(pa.int64()), ColumnType.INTEGER, step
    return numbers, ColumnType.NUMBER, None


def _moments(array: pa.Array) -> tuple[pa.Array, ColumnType, CleaningStep | None]:
    moments = array.cast(pa.timestamp("us", tz=array.type.tz), safe=False).cast(pa.timestamp("us"))
    days = moments.cast(pa.date32(), safe=False)
    if moments.null_count < len(moments) and days.cast(pa.timestamp("us")).equals(moments):
        step = CleaningStep(
            step=mark("Midnight times left out: only dates"), rows_changed=len(moments)
        )
        return days, ColumnType.DATE, step
    return moments, ColumnType.TIMESTAMP, None


def _without_blanks(values: pa.Array, rows_of: np.ndarray) -> tuple[pa.Array, list[CleaningStep]]:
    trimmed = pc.utf8_trim_whitespace(values)
    changed = int(rows_of[pc.not_equal(trimmed, values).to_numpy(zero_copy_only=False)].sum())
    step = CleaningStep(step=mark("Blanks around values trimmed"), rows_changed=changed)
    return trimmed, [step] if changed else []


def _without_missing_spellings(
    values: pa.Array, rows_of: np.ndarray
) -> tuple[pa.Array, list[CleaningStep]]:
    spellings = pa.array(MISSING_SPELLINGS, pa.string())
    is_missing = pc.is_in(pc.utf8_lower(values), value_set=spellings)
    if _are_country_codes(values, is_missing):
        is_missing = pc.equal(values, "")
    told = pc.and_(is_missing, pc.not_equal(values, "")).to_numpy(zero_copy_only=False)
    changed = int(rows_of[told].sum())
    step = CleaningStep(
        step=mark("Spellings of “no value” (NA, NULL, ? …) made missing"), rows_changed=changed
    )
    return pc.if_else(is_missing, None, values), [step] if changed else []


def _are_country_codes(values: pa.Array, is_missing: pa.Array) -> bool:
    """Whether NA may be Namibia: the other values are all two capital letters."""
    others = values.filter(pc.invert(is_missing))
    return len(others) > 2 and pc.all(pc.match_substring_regex(others, "^[A-Z]{2}$")).as_py()


def _parsing_steps(parsed: Parsed, rows_of: np.ndarray, values: pa.Array) -> list[CleaningStep]:
    if parsed.step is None:
        return []
    changed = parsed.changed if parsed.changed is not None else pc.is_valid(values)
    touched = pc.fill_null(changed, fill_value=False).to_numpy(zero_copy_only=False)
    rows = int(rows_of[touched].sum())
    return [CleaningStep(step=parsed.step, rows_changed=rows if parsed.is_change else 0)]


def _duplicates(table: pa.Table) -> list[CleaningStep]:
    if not 1 < table.num_rows <= DUPLICATES_ROWS_LIMIT:
        return []
    codes = {
        str(i): column.combine_chunks()
        .dictionary_encode()
        .indices.fill_null(-1)
        .to_numpy(zero_copy_only=False)
        for i, column in enumerate(table.columns)
    }
    from pandas import DataFrame  # slow to load; most commands do without

    copies = int(DataFrame(codes).duplicated().sum())
    note = mark("{n:,} rows are exact copies of an earlier row (kept)").format(n=copies)
    return [CleaningStep(step=note, rows_changed=0)] if copies else []
