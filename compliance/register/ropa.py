"""The record of processing activities (GDPR Art. 30): one table, as it is shown and handed over."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from compliance.countries import name_of
from compliance.i18n import mark
from compliance.plain import csv_bytes
from compliance.register.kinds import kind_of
from compliance.register.nouns import (
    Field,
    FieldId,
    FieldType,
    Organisation,
    Record,
    Register,
)
from compliance.register.writing import Shape, json_bytes
from compliance.shipped import table

UNKNOWN, NONE = mark("not recorded"), "none"
PROCESSOR = "processor"


@dataclass(frozen=True, slots=True, kw_only=True)
class RopaColumn:
    """One column: its id, what it is called, and the article that asks for it, if one does."""

    id: str
    label: str
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ropa:
    """The record of processing as a table.

    Attributes:
        header: what stands above it, label and text.
        columns: in order.
        rows: one per activity, a text for each column.
    """

    header: tuple[tuple[str, str], ...]
    columns: tuple[RopaColumn, ...]
    rows: tuple[tuple[str, ...], ...]


def record_of_processing(
    register: Register,
    organisation: Organisation,
    at: datetime,
    *,
    as_processor: bool = False,
    datasets: Sequence[str] = (),
) -> Ropa:
    """The record of processing as controller, or as processor.

    Args:
        datasets: only activities that use one of these; empty: all.
    """
    columns = _data()["processor" if as_processor else "controller"]
    wanted = [
        one
        for one in register.of("activity")
        if (one.values.get("role") == PROCESSOR) is as_processor
        and (not datasets or set(datasets) & set(one.several("datasets")))
    ]
    header = _header(register, organisation, at, as_processor=as_processor, datasets=datasets)
    rows = tuple(tuple(_cell(one, c["fields"], register) for c in columns) for one in wanted)
    labels = [column["label"] for column in columns]
    digest = hashlib.sha256(csv_bytes([labels, *rows])).hexdigest()
    return Ropa(
        header=(*header, (mark("SHA-256 of the table as CSV"), digest)),
        columns=tuple(RopaColumn(id=c["id"], label=c["label"], ref=c["ref"]) for c in columns),
        rows=rows,
    )


def write_ropa(ropa: Ropa, shape: Shape) -> bytes:
    """The record of processing as a file: the same header, columns and cells as shown."""
    labels = [column.label for column in ropa.columns]
    if shape is Shape.CSV:
        return csv_bytes([*ropa.header, (), labels, *ropa.rows])
    rows = [dict(zip(labels, row, strict=True)) for row in ropa.rows]
    return json_bytes({"header": dict(ropa.header), "columns": labels, "activities": rows})


def shown(field: Field, value: object, register: Register) -> str:
    """A value in words: labels of choices, names of records, names of countries."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    entries = value if isinstance(value, (list, tuple)) else (value,)
    return "; ".join(_entry(field, entry, register) for entry in entries)


def _entry(field: Field, entry: object, register: Register) -> str:
    if isinstance(entry, Mapping):
        until = entry.get("until") or "…"
        return f"{entry.get('since')} to {until} {entry.get('reason') or ''}".strip()
    text = str(entry)
    if field.type in (FieldType.COUNTRY, FieldType.COUNTRIES):
        return name_of(text)
    if field.type in (FieldType.RECORD, FieldType.RECORDS):
        record = register.record(field.of, text)
        return text if record is None else f"{record.name}{_detail(record, register)}"
    return field.choices.get(text, text)


def _detail(record: Record, register: Register) -> str:
    """What the record of processing says of a recipient, transfer or retention rule besides."""
    parts = []
    for id_ in _DETAILS.get(record.kind, ()):
        field = kind_of(record.kind).field(id_)
        if field and record.values.get(id_) is not None:
            parts.append(shown(field, record.values[id_], register))
    unit = (
        " months" if record.kind == "retention_rule" and record.values.get("period_months") else ""
    )
    return f" ({', '.join(parts)}{unit})" if parts else ""


_DETAILS: Mapping[str, tuple[FieldId, ...]] = {
    "recipient": ("category", "country", "receives"),
    "processor": ("country", "contract_id", "contract_ends_at"),
    "transfer": ("destination", "mechanism", "derogation"),
    "retention_rule": ("criterion", "period_months"),
}


def _cell(record: Record, fields: Sequence[FieldId], register: Register) -> str:
    if not fields:
        return record.name
    kind = kind_of(record.kind)
    known = [f for f in map(kind.field, fields) if f is not None and f.id in record.values]
    filled = [f for f in known if record.values[f.id] is not None]
    if not known:
        return UNKNOWN
    return "; ".join(shown(f, record.values[f.id], register) for f in filled) or NONE


def _header(
    register: Register,
    organisation: Organisation,
    at: datetime,
    *,
    as_processor: bool,
    datasets: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    org = register.record("org", "org")
    representative = org.values.get("eu_representative") if org else None
    country = name_of(organisation.country) if organisation.country else UNKNOWN
    return (
        (
            mark("Record of processing"),
            mark("Art. 30(2), processor") if as_processor else mark("Art. 30(1), controller"),
        ),
        ("Organisation", organisation.name or UNKNOWN),
        ("Country", country),
        (mark("Data-protection officer"), organisation.officer or UNKNOWN),
        ("Contact", organisation.contact or UNKNOWN),
        (mark("Representative in the EU"), str(representative or UNKNOWN)),
        ("Date", f"{at:%Y-%m-%d}"),
        (
            "Filter",
            mark("activities that use {dataset}").format(dataset=", ".join(datasets))
            if datasets
            else mark("all activities"),
        ),
    )


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = table("compliance.register", "ropa.yaml")
    return found
