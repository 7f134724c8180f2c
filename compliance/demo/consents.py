"""Who agreed to what in the demo shop, and who changed their mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.dataset.readers import RawFile
from compliance.demo.exports import csv_file
from compliance.demo.nouns import ShopConsents, ShopPurpose
from compliance.demo.words import plain_words

_NOTHING = ""
Days = npt.NDArray[np.int64]


def draw_consents(customers: pa.Table, generator: np.random.Generator) -> ShopConsents:
    """Consents of a share of the customers to each purpose; some of them withdrew later."""
    rows = plain_words("consents")["purposes"]
    drawn = [_drawn(customers["customer_id"], row, generator) for row in rows]
    return ShopConsents(
        purposes=tuple(_purpose(row) for row in rows),
        given=pa.concat_tables([given for given, _ in drawn]),
        withdrawn=pa.concat_tables([withdrawn for _, withdrawn in drawn]),
    )


def consent_file(consents: ShopConsents, at: datetime) -> RawFile:
    """The consents as one CSV file: a row per event, with the days before `at` as dates."""
    given, withdrawn = consents.given, consents.withdrawn
    table = pa.table(
        {
            "customer_id": _both(given["customer_id"], withdrawn["customer_id"]),
            "purpose": _both(given["purpose"], withdrawn["purpose"]),
            "version": _both(given["version"], _blanks(withdrawn)),
            "given_at": _both(_dates(given["days"], at), _blanks(withdrawn)),
            "withdrawn_at": _both(_blanks(given), _dates(withdrawn["days"], at)),
            "method": _both(given["method"], _blanks(withdrawn)),
            "law": _same(plain_words("consents")["law"], given.num_rows + withdrawn.num_rows),
        }
    )
    return csv_file("consents.csv", table)


def _drawn(
    customers: pa.ChunkedArray, row: Mapping[str, Any], generator: np.random.Generator
) -> tuple[pa.Table, pa.Table]:
    agreed = np.flatnonzero(generator.random(len(customers)) < row["share"])
    least, most = row["given"]
    days = generator.integers(least, most, size=len(agreed))
    left = generator.random(len(agreed)) < row["withdrawn"]
    later = np.floor(days[left] * generator.random(int(left.sum()))).astype(np.int64)
    ids = customers.take(pa.array(agreed)).combine_chunks()
    given = pa.table(
        {
            "customer_id": ids,
            "purpose": _same(row["id"], len(agreed)),
            "version": _versions(days, row["texts"]),
            "method": _same(row["method"], len(agreed)),
            "days": days,
        }
    )
    gone = {"customer_id": ids.filter(pa.array(left)), "purpose": _same(row["id"], len(later))}
    return given, pa.table({**gone, "days": later})


def _purpose(row: Mapping[str, Any]) -> ShopPurpose:
    return ShopPurpose(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        datasets=tuple(row["datasets"]),
        lasts_months=row["lasts_months"],
        texts=tuple((text["version"], text["words"]) for text in row["texts"]),
    )


def _versions(days: Days, texts: Sequence[Mapping[str, Any]]) -> pa.Array:
    """The text that was shown so many days back."""
    since = np.array([text["text_days"] for text in texts])
    shown = np.maximum((days[:, None] <= since[None, :]).sum(axis=1) - 1, 0)
    return pa.array([text["version"] for text in texts]).take(pa.array(shown))


def _dates(days: pa.ChunkedArray, at: datetime) -> pa.ChunkedArray:
    today = np.datetime64((at - timedelta(days=1)).date(), "D")
    return pa.chunked_array([pa.array((today - days.to_numpy()).astype(str), pa.string())])


def _both(first: pa.ChunkedArray, second: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([*first.chunks, *second.chunks])


def _blanks(table: pa.Table) -> pa.ChunkedArray:
    return pa.chunked_array([_same(_NOTHING, table.num_rows)])


def _same(text: str, size: int) -> pa.Array:
    return pa.array([text] * size, pa.string())
