"""Small files that would fill the memory or never end, and a process that reads each of them.

`python tests/bombs.py FOLDER` makes them there and prints, as JSON lines, what came of each.
"""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

_MEGABYTE = b"0" * 2**20


def gzipped() -> bytes:
    """1 MB that unpacks to 300 MB."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as stream:
        for _ in range(300):
            stream.write(_MEGABYTE)
    return out.getvalue()


@cache
def zipped() -> bytes:
    """The same in a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", _MEGABYTE * 300)
    return out.getvalue()


def lying() -> bytes:
    """A ZIP that says it holds ten bytes."""
    return _with_size(zipped(), 10)


def nested() -> bytes:
    """A ZIP in a ZIP in a ZIP ..."""
    data = b"a,b\n1,2\n"
    for _ in range(12):
        data = gzip.compress(data)
    return data


def quine() -> bytes:
    """Ten thousand members, none of which is a table."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}.bin", b"x")
    return out.getvalue()


def far_sheet() -> bytes:
    """A workbook with two cells, in the first and in the last place of a sheet."""
    return _workbook({"A1": "a", "XFD1048576": 1})


def wide_sheet() -> bytes:
    """The same with a sheet of a hundred million cells."""
    return _workbook({"A1": "a", "CV1048576": 1})


def many_sheets() -> bytes:
    """Each a little too large to be forgotten, all together far too large."""
    book = openpyxl.Workbook()
    for number in range(30):
        sheet = book.create_sheet(f"s{number}")
        sheet["A1"], sheet["AX60000"] = "a", 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose texts are the billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    text += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    text += "<si><t>&l11;</t></si><si><t>b</t></si></sst>"
    return _rewritten(_workbook({"A1": "a", "A2": "b"}), "xl/sharedStrings.xml", text.encode())


def outside_entity() -> bytes:
    """A workbook whose text is a file of this machine."""
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    text += "<si><t>a</t></si><si><t>&f;</t></si></sst>"
    return _rewritten(_workbook({"A1": "a", "A2": "b"}), "xl/sharedStrings.xml", text.encode())


def inflated_sheet() -> bytes:
    """A workbook whose sheet unpacks to 256 MB of blanks."""
    return _rewritten(_workbook({"A1": "a", "A2": "b"}), "xl/worksheets/sheet1.xml", b" " * 2**28)


def nulls() -> bytes:
    """A Parquet file of a few megabytes with 2,000 million missing values."""
    column = pa.nulls(10_000_000, pa.int64())
    table = pa.table({f"c{n}": column for n in range(20)})
    out = io.BytesIO()
    with pq.ParquetWriter(out, table.schema, compression="zstd") as writer:
        for _ in range(10):
            writer.write_table(table, row_group_size=10_000_000)
    return out.getvalue()


def one_value() -> bytes:
    """A Parquet file in which a long text stands in every row."""
    text = pa.DictionaryArray.from_arrays(np.zeros(20_000_000, np.int32), pa.array(["x" * 10_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"a": text}), out, compression="zstd", store_schema=False)
    return out.getvalue()


def sparse_objects() -> bytes:
    """A million empty objects, and one with 2,000 names."""
    names = json.dumps({f"c{n}": 1 for n in range(2_000)})
    return (names + "\n" + "{}\n" * 1_000_000).encode()


def deep_object() -> bytes:
    """An object in an object, a hundred thousand times."""
    return b'{"a":' * 100_000 + b"1" + b"}" * 100_000


def empty_lines() -> bytes:
    """A header of 2,000 columns, and a million lines without anything."""
    header = ",".join(f"c{n}" for n in range(2_000))
    return f"{header}\n{','.join('1' * 2_000)}\n".encode() + b"\n" * 1_000_000 + b"1\n"


def many_columns() -> bytes:
    """A header of a million columns."""
    return b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n"


def endless_view() -> bytes:
    """An SQLite file whose only table is a view that counts for ever."""
    return _database(
        "create view v as with recursive c(x) as (select 1 union all select x + 1 from c)"
        " select x from c"
    )


def crossed_view() -> bytes:
    """An SQLite file with a view that joins ten rows with themselves twelve times."""
    joins = ", ".join(f"t a{n}" for n in range(12))
    rows = ", ".join(f"({n})" for n in range(10))
    return _database(
        "create table t (x)",
        f"insert into t values {rows}",  # noqa: S608 - invented
        f"create view v as select a0.x from {joins}",  # noqa: S608 - invented
    )


def counting_view() -> bytes:
    """The same, but it gives one row, after ten to the power of twelve steps."""
    joins = ", ".join(f"t a{n}" for n in range(12))
    rows = ", ".join(f"({n})" for n in range(10))
    view = f"create view v as select count(*) as n from {joins} where a0.x + a11.x = 100"  # noqa: S608
    return _database("create table t (x)", f"insert into t values {rows}", view)  # noqa: S608


def long_cells() -> bytes:
    """An SQLite file with a view of texts that are computed, each as long as the memory."""
    return _database("create view v as select hex(zeroblob(500000000)) as x")


def reaching_view() -> bytes:
    """An SQLite file with a view that loads code."""
    return _database("create view v as select load_extension('/tmp/x') as x")


BOMBS: Mapping[str, tuple[str, Callable[[], bytes], str | None]] = {
    "gzip": ("t.csv.gz", gzipped, None),
    "zip": ("t.zip", zipped, None),
    "lying zip": ("t.zip", lying, None),
    "nested gzip": ("t.csv.gz", nested, None),
    "many members": ("t.zip", quine, None),
    "far sheet": ("t.xlsx", far_sheet, None),
    "wide sheet": ("t.xlsx", wide_sheet, None),
    "many sheets": ("t.xlsx", many_sheets, None),
    "billion laughs": ("t.xlsx", entities, None),
    "file as entity": ("t.xlsx", outside_entity, None),
    "inflated sheet": ("t.xlsx", inflated_sheet, None),
    "parquet of nulls": ("t.parquet", nulls, None),
    "parquet of one text": ("t.parquet", one_value, None),
    "sparse objects": ("t.jsonl", sparse_objects, None),
    "deep object": ("t.jsonl", deep_object, None),
    "empty lines": ("t.csv", empty_lines, None),
    "many columns": ("t.csv", many_columns, None),
    "endless view": ("t.sqlite", endless_view, "v"),
    "crossed view": ("t.sqlite", crossed_view, "v"),
    "counting view": ("t.sqlite", counting_view, "v"),
    "long cells": ("t.sqlite", long_cells, "v"),
    "reaching view": ("t.sqlite", reaching_view, "v"),
}


def _workbook(cells: Mapping[str, object]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rewritten(data: bytes, member: str, inside: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, inside if name == member else old.read(name))
    return out.getvalue()


def _with_size(data: bytes, size: int) -> bytes:
    """A ZIP of one member whose directory says that it unpacks to `size` bytes."""
    place = data.rindex(b"PK\x01\x02")
    told = size.to_bytes(4, "little")
    return data[: place + 24] + told + data[place + 28 :]


def _database(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    found = connection.serialize()
    connection.close()
    return found


def main(most_bytes: int, most_s: int) -> None:
    """Read every bomb with so much memory and processor time for each, and say what came of it."""
    import resource
    import time

    from compliance.dataset import RawFile, read
    from compliance.errors import ComplianceError

    made = {name: (file, make(), table) for name, (file, make, table) in BOMBS.items()}
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    for name, (file, data, table) in made.items():
        began = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(began) + most_s, resource.RLIM_INFINITY))
        try:
            rows = read(RawFile(name=file, data=data), table).table.num_rows
            said = f"read {rows}"
        except ComplianceError as refusal:
            said = type(refusal).__name__
        took = round(time.process_time() - began, 1)
        print(  # noqa: T201
            json.dumps({"bomb": name, "bytes": len(data), "said": said, "cpu_s": took}), flush=True
        )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main(int(sys.argv[1]), int(sys.argv[2]))
