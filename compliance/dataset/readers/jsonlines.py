"""JSON lines, or one JSON list of objects, to a table of strings and plain values."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyarrow as pa

from compliance.dataset.readers.text import decode
from compliance.dataset.readers.unfolding import check_cells
from compliance.errors import NoRowsError, NotATableError, TooManyColumnsError
from compliance.settings import MAX_COLUMNS

_CELLS_PER_BYTE = 4  # an object need not name a field that it leaves out


def read_json_lines(name: str, data: bytes) -> pa.Table:
    """One row per object; nested objects become columns named `outer.inner`, lists JSON text.

    Raises:
        NotATableError: a line is no JSON object.
        NoRowsError, TooManyColumnsError, UndecodableTextError, UnfoldsError: it cannot be taken as
            a table.
    """
    text, _ = decode(name, data)
    try:
        rows = [_flat(item) for item in _objects(name, text)]
    except RecursionError:
        raise NotATableError(name=name, reason="its objects are nested too deeply") from None
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    if not names:
        raise NoRowsError(name=name)
    if len(names) > MAX_COLUMNS:
        raise TooManyColumnsError(name=name, columns=len(names), limit=MAX_COLUMNS)
    check_cells(name, rows=len(rows), columns=len(names), size=len(data), per_byte=_CELLS_PER_BYTE)
    return pa.table({_whole(n): _array([row.get(n) for row in rows]) for n in names})


def _objects(name: str, text: str) -> Iterable[dict[str, object]]:
    is_list = text.lstrip().startswith("[")
    lines = [text] if is_list else text.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            where = "it" if len(lines) == 1 else f"line {number:,}"
            raise NotATableError(name=name, reason=f"{where} is no valid JSON") from None
        for item in value if is_list else [value]:
            if not isinstance(item, dict):
                raise NotATableError(name=name, reason="its lines are not JSON objects")
            yield item


def _flat(item: dict[str, object], prefix: str = "") -> dict[str, object]:
    row: dict[str, object] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            row |= _flat(value, f"{prefix}{key}.")
        else:
            row[f"{prefix}{key}"] = json.dumps(value) if isinstance(value, list) else value
    return row


def _array(values: list[object]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds in ({bool}, {int}, {float}, {int, float}):
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):
            pass
    return pa.array(
        [None if v is None else _whole(v) if isinstance(v, str) else json.dumps(v) for v in values],
        pa.string(),
    )


def _whole(text: str) -> str:
    """`text` with ? for halves of characters, which JSON can escape and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
