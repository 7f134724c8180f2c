"""A table without somebody: rows gone, cells blank, texts with gaps; all else as it was."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.nouns import Column, ColumnName, Sha256
from compliance.rights.erasing.ways import mark
from compliance.rights.nouns import Cut

MARK = mark()

Draw = Callable[[int], bytes]
"""So many random bytes that nobody can guess."""

_SALT_BYTES = 16
_CODE_BYTES = 8


def rewritten(table: pa.Table, cut: Cut, draw: Draw) -> pa.Table:
    """`table` without what `cut` says; its other rows and their order stay.

    Args:
        draw: what pseudonyms are made from; they are kept nowhere.
    """
    cells = _new_cells(table, cut, draw)
    columns = [
        _with_cells(array.combine_chunks(), cells[name]) if name in cells else array
        for name, array in zip(table.column_names, table.columns, strict=True)
    ]
    made = pa.table(columns, names=table.column_names)
    if not cut.removed:
        return made
    stays = np.ones(table.num_rows, dtype=np.bool_)
    stays[list(cut.removed)] = False
    return made.filter(pa.array(stays))


def columns_of(table: pa.Table, before: Sequence[Column]) -> tuple[Column, ...]:
    """The columns as they are now: types and names stay, missing and distinct are counted anew."""
    return tuple(
        replace(
            column,
            missing=table.column(place).null_count,
            distinct=pc.count_distinct(table.column(place), mode="only_valid").as_py(),
        )
        for place, column in enumerate(before)
    )


def commitment(table: pa.Table, rows: Sequence[int], draw: Draw) -> Sha256:
    """One hash over rows, each with a salt of its own that is kept nowhere.

    Without the salts nobody can try values against it; it tells that something was erased, and
    nothing of what.
    """
    said = hashlib.sha256()
    for row in table.take(pa.array(rows, pa.int64())).to_pylist():
        said.update(hashlib.sha256(draw(_SALT_BYTES) + repr(row).encode()).digest())
    return Sha256(said.hexdigest())


def _new_cells(table: pa.Table, cut: Cut, draw: Draw) -> Mapping[str, Mapping[int, object]]:
    """By column and row, what stands there from now on."""
    cells: dict[str, dict[int, object]] = defaultdict(dict)
    types = dict(zip(table.column_names, table.schema.types, strict=True))
    for name, spans in _spans(cut).items():
        if name in types:
            cells[name] |= _redacted(table.column(name), spans)
    for one in cut.blanked:
        for name in one.columns:
            cells[name] |= dict.fromkeys(one.rows)
        if one.key is not None:
            code = _pseudonym(types[one.key], draw)
            cells[one.key] |= dict.fromkeys(one.rows, code)
    return cells


def _spans(cut: Cut) -> Mapping[ColumnName, Mapping[int, Sequence[tuple[int, int]]]]:
    found: dict[ColumnName, dict[int, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in cut.redacted:
        found[one.column][one.row].append((one.start, one.end))
    return found


def _redacted(
    array: pa.ChunkedArray, spans: Mapping[int, Sequence[tuple[int, int]]]
) -> dict[int, object]:
    """The cells with gaps; blank where nothing else stood there, or where it is no text."""
    rows = list(spans)
    if not pa.types.is_string(array.type):
        return dict.fromkeys(rows)
    texts = array.take(pa.array(rows, pa.int64())).to_pylist()
    return {
        row: _with_gaps(text, spans[row])
        for row, text in zip(rows, texts, strict=True)
        if text is not None
    }


def _with_gaps(text: str, spans: Sequence[tuple[int, int]]) -> str | None:
    """`text` with a mark for each span; those that touch are one gap."""
    pieces: list[str] = []
    end, is_rest = 0, False
    for start, stop in sorted(spans):
        if stop <= end:
            continue
        if start > end or not pieces:
            between = text[end : max(start, end)]
            is_rest = is_rest or bool(between.strip())
            pieces += [between, MARK]
        end = stop
    is_rest = is_rest or bool(text[end:].strip())
    return "".join([*pieces, text[end:]]) if is_rest else None


def _pseudonym(type_: pa.DataType, draw: Draw) -> str | int | None:
    """A key that is nobody's: of a kind that the column does not hold otherwise."""
    code = draw(_CODE_BYTES)
    if pa.types.is_string(type_):
        return f"erased-{code.hex()}"
    if pa.types.is_integer(type_):
        return -1 - (int.from_bytes(code, "big") >> 2)
    return None


def _with_cells(array: pa.Array, cells: Mapping[int, object]) -> pa.Array:
    rows = sorted(cells)
    mask = np.zeros(len(array), dtype=np.bool_)
    mask[rows] = True
    values = pa.array([cells[row] for row in rows], array.type)
    return pc.replace_with_mask(array, pa.array(mask), values)
