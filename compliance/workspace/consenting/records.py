"""The register of consents summed up as records of the register, so that rules judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from compliance.register.nouns import FieldId, Origin, Record, RecordId
from compliance.rights.nouns import ConsentCounts, Purpose
from compliance.workspace.consenting import files as consent_files

_WHOSE = "register of consents"


def consent_records(connection: Connection, typed: Sequence[Record]) -> tuple[Record, ...]:
    """One record per purpose that somebody agreed to: numbers and days, nobody's own consent.

    Args:
        typed: what was typed; a purpose that is the id of an activity there is that activity's.
    """
    kept = consent_files.newest(connection)
    if kept is None:
        return ()
    activities = {one.id for one in typed if one.kind == "activity" and not one.is_removed}
    known = consent_files.purposes(connection)
    return tuple(
        _record(known[id_], counts, activities)
        for id_, counts in kept.purposes.items()
        if counts.people and id_ in known
    )


def record_id(purpose: str) -> RecordId:
    """The id of the record that a purpose is summed up in."""
    return RecordId(f"{purpose}-consent")


def _record(purpose: Purpose, counts: ConsentCounts, activities: set[RecordId]) -> Record:
    values: dict[FieldId, object] = {"subject_ref": _WHOSE}
    if purpose.id in activities:
        values["purpose_id"] = purpose.id
    if purpose.kind:
        values["purpose_type"] = purpose.kind
    if counts.last_given:
        values["given_at"] = counts.last_given.isoformat()
    for field, said in (
        ("law", counts.laws),
        ("method", counts.methods),
        ("notice_version", counts.versions),
    ):
        if most := _most(said):
            values[field] = most
    if counts.last_withdrawn:
        values["withdrawn_at"] = counts.last_withdrawn.isoformat()
        values["processing_after_withdrawal"] = counts.used_after > 0
    else:
        values["withdrawn_at"] = None
    return Record(
        kind="consent",
        id=record_id(purpose.id),
        name=purpose.title,
        values=values,
        origin=Origin.DRAWN,
    )


def _most(said: Mapping[str, int]) -> str:
    """What most events say; empty where none of them says anything."""
    known = {value: count for value, count in said.items() if value}
    return max(sorted(known), key=lambda value: known[value], default="")
