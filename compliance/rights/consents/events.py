"""The register of consents as a table: one row per person, purpose and event, without an order."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compliance.rights.consents.hashing import HASH

_MOMENT = pa.timestamp("us")

EVENTS = pa.schema(
    [
        ("person", HASH),
        ("purpose", pa.string()),
        ("text_version", pa.string()),
        ("given_at", _MOMENT),
        ("withdrawn_at", _MOMENT),
        ("expires_at", _MOMENT),
        ("method", pa.string()),
        ("proof", pa.string()),
        ("law", pa.string()),
    ]
)


def events_of(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows with the columns of `EVENTS`; what is left out is not known. Moments are naive UTC."""
    columns: dict[str, list[object]] = {name: [] for name in EVENTS.names}
    for row in rows:
        for name, column in columns.items():
            column.append(row.get(name))
    return pa.table({name: columns[name] for name in EVENTS.names}, schema=EVENTS)


def merged(before: pa.Table, after: pa.Table) -> pa.Table:
    """Both, each event once; the same whatever came first."""
    every = pa.concat_tables([before, after]).combine_chunks()
    return (
        every.group_by(EVENTS.names)
        .aggregate([])
        .select(EVENTS.names)
        .cast(EVENTS)
        .sort_by([(name, "ascending") for name in EVENTS.names])
    )


def news(before: pa.Table, after: pa.Table) -> pa.Table:
    """The events of `after` that `before` lacks, each once."""
    tagged = [
        events.append_column("is_new", pa.array([place] * events.num_rows, pa.int8()))
        for place, events in enumerate((before, after))
    ]
    every = pa.concat_tables(tagged).combine_chunks()
    first = every.group_by(EVENTS.names).aggregate([("is_new", "min")])
    return first.filter(pc.equal(first["is_new_min"], 1)).select(EVENTS.names).cast(EVENTS)


def forgotten(events: pa.Table, people: Collection[bytes]) -> pa.Table:
    """Without the events of these people."""
    gone = pc.is_in(events["person"], value_set=pa.array(list(people), HASH))
    return events.filter(pc.invert(gone))


def write_events(events: pa.Table) -> bytes:
    """As bytes; the same events always give the same."""
    buffer = io.BytesIO()
    pq.write_table(events.replace_schema_metadata(None), buffer, compression="zstd")
    return buffer.getvalue()


def read_events(data: bytes) -> pa.Table:
    """What `write_events` wrote.

    Raises:
        pyarrow.ArrowException: it did not.
    """
    return pq.read_table(io.BytesIO(data)).cast(EVENTS)
