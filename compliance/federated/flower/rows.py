"""Makes a site's `rows.parquet` of a CSV file, with the types that the federation has agreed on.

Runs at a site, in its folder: `python -P -m compliance.federated.flower.rows FILE.csv`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from compliance.dataset.nouns import ColumnType
from compliance.federated.flower.at_site import SITE_FILE, Membership
from compliance.plain import from_json

_TYPES = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.BOOLEAN: pa.bool_(),
}


def main(folder: Path, source: Path) -> int:
    """Write the rows of `source` to the site's folder; their number.

    Raises:
        pa.ArrowInvalid: a cell is not of its column's type, or a column is missing.
    """
    member = from_json(Membership, (folder / SITE_FILE).read_text(encoding="utf-8"))
    options = pyarrow.csv.ConvertOptions(
        column_types={column.name: _TYPES[column.type] for column in member.columns},
        include_columns=[column.name for column in member.columns],
        strings_can_be_null=True,
    )
    rows = pyarrow.csv.read_csv(source, convert_options=options)
    pyarrow.parquet.write_table(rows, folder / member.rows)
    return int(rows.num_rows)


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path.cwd(), Path(sys.argv[1])):,} rows\n")
