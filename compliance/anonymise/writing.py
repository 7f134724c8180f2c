"""What is handed on: the recoded and treated columns as one table, in an order of its own."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from compliance.anonymise.nouns import Recoding
from compliance.anonymise.nouns.problem import Ints
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table


def written(
    table: Table,
    recoding: Recoding,
    treated: Mapping[ColumnName, Any],
    left_out: Collection[ColumnName],
) -> tuple[pa.Table, Ints]:
    """The output: the columns of `table` in their order, without suppressed rows.

    Rows are sorted by what they show, column after column: the order of the original would let
    anybody who has it find each row again. Quasi-identifiers are texts, other columns keep their
    type.

    Args:
        treated: per treated column, an Arrow array with one entry for each row of `table`.
        left_out: columns that are not handed on.

    Returns:
        the table, and the row of the original behind each of its rows: a secret, for attacks.
    """
    kept = np.flatnonzero(~recoding.suppressed)
    names = [name for name in table.column_names if name not in left_out]
    columns = {n: _column(table, n, recoding, treated).take(pa.array(kept)) for n in names}
    made = pa.table(columns)
    order = _order(made)
    return made.take(order), kept[order.to_numpy()]


def _order(made: pa.Table) -> Any:
    """Rows by what they show; columns are counted, for a sort key of “.name” would be a path."""
    places = [str(place) for place in range(made.num_columns)]
    keys = [(place, "ascending") for place in places]
    return pc.sort_indices(made.rename_columns(places), sort_keys=keys)


def to_csv(made: pa.Table) -> bytes:
    """`made` as CSV in UTF-8 with a header; a missing value is an empty cell."""
    sink = io.BytesIO()
    pa_csv.write_csv(made, sink)
    return sink.getvalue()


def read_back(data: bytes, schema: pa.Schema) -> Table:
    """The table that stands in `data`, as `to_csv` wrote it, in the types that it had."""
    found = pa_csv.read_csv(
        io.BytesIO(data),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return Table.in_memory(found)


def _column(
    table: Table, name: ColumnName, recoding: Recoding, treated: Mapping[ColumnName, Any]
) -> Any:
    if name in recoding.columns:
        place = recoding.columns.index(name)
        return pa.array(recoding.names[place], pa.string()).take(pa.array(recoding.codes[place]))
    if name in treated:
        return treated[name]
    return table.arrow([name]).column(0).combine_chunks()
