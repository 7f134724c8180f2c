"""What an erasure cannot reach: what was handed on, and what officers typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy import Table as Records

from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets
from compliance.dataset.nouns import Dataset
from compliance.errors import SealedError
from compliance.federated.nouns import Run
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.report.nouns import Report
from compliance.rights.erasing import why_beyond
from compliance.rights.nouns import Beyond, Cut, Identifier, IdentifierKind, Place
from compliance.storage import acts, records, tables
from compliance.trail import to_entry
from compliance.workspace.desk import Desk
from compliance.workspace.requesting import requests, sealing

_TYPED = (
    *(tables.ORGANISATION, tables.DESCRIPTION, tables.REGISTER, tables.FINDING, tables.IMPACT),
    *(tables.ALARM, tables.REQUEST, tables.HOLD, tables.PURPOSE, tables.REMEDIED),
    tables.APPROVAL,
)
_SHORTEST = 6  # characters; shorter values stand everywhere
_TELLING = frozenset(IdentifierKind) - {IdentifierKind.PERSON_KEY, IdentifierKind.BIRTH_DATE}
_BACKUPS_NAMED = 10
_WORD = re.compile(r"\w+")
_HANDED_ON = {"output.export": "export", "deployment.write": "deployment"}


def reach(
    connection: Connection, cuts: Iterable[Cut], every: Iterable[Dataset]
) -> tuple[Beyond, ...]:
    """What was made of the rows that go and cannot be undone."""
    changed = {cut.dataset_id for cut in cuts if cut.changes}
    names = {str(dataset.name) for dataset in every if dataset.id in changed}
    return (
        *_made_of(connection, changed),
        *_reports(connection, names),
        *_handed_on(connection, names),
    )


def backups(connection: Connection, until: date | None) -> tuple[Beyond, ...]:
    """The copies that somebody else keeps, and the newest of those that the desk made itself."""
    made = [to_entry(line) for line in acts.lines_by(connection, ["backup.make"])]
    why = why_beyond("backup" if until else "backup_unknown")
    ids = ["", *(one.subject for one in made[-_BACKUPS_NAMED:])]
    return tuple(Beyond(what="backup", id=id_, why=why, until=until) for id_ in ids)


def kept_apart(
    desk: Desk, connection: Connection, people: Mapping[str, Sequence[Identifier]]
) -> tuple[Beyond, ...]:
    """What the desk keeps of its own dealings with those people: other requests, consents.

    Args:
        people: who each request that erases is about.
    """
    known = {_form(one) for who in people.values() for one in who if one.kind in _TELLING}
    others = [
        request.id
        for request in requests.every(connection)
        if request.id not in people and sealing.is_sealed(desk, request.id)
    ]
    same = [id_ for id_ in others if known & {_form(one) for one in _sealed(desk, id_)}]
    consents = records.count(connection, tables.CONSENTS)
    return (
        *(_beyond("request", id_) for id_ in same),
        *([_beyond("consents", "")] if consents else []),
    )


def typed(connection: Connection, people: Sequence[Sequence[Identifier]]) -> tuple[Place, ...]:
    """Where officers typed what somebody is known by; only the place is told.

    Keys and birth dates are not looked for: such numbers stand everywhere.
    """
    wanted = {
        one.value.casefold().strip()
        for identifiers in people
        for one in identifiers
        if one.kind in _TELLING and len(one.value.strip()) >= _SHORTEST
    }
    texts = {**_records(connection), **_reasons(connection)}
    everything = "\n".join(texts.values())
    words = set(_WORD.findall(everything))
    likely = [one for one in wanted if words.issuperset(_WORD.findall(one)) and one in everything]
    return tuple(place for place, text in texts.items() if any(one in text for one in likely))


def _form(one: Identifier) -> tuple[str, str]:
    return one.kind.value, one.value.casefold().strip()


def _sealed(desk: Desk, request: str) -> tuple[Identifier, ...]:
    try:
        return sealing.unseal(desk, request)
    except SealedError:
        return ()


def _made_of(connection: Connection, changed: Collection[str]) -> Iterable[Beyond]:
    for run in records.every(connection, tables.RUN, Run):
        if run.dataset_id in changed:
            kind = "model_private" if run.plan.privacy else "model"
            yield Beyond(what="model", id=run.id, why=why_beyond(kind))
    for kind, made in (
        ("release", records.every(connection, tables.RELEASE, Release)),
        ("synthetic", records.every(connection, tables.SYNTHESIS, Synthesis)),
        ("anonymised", _newest(connection, tables.ANONYMISED, Anonymised)),
        ("baskets", _newest(connection, tables.BASKETS, AnonymisedBaskets)),
    ):
        yield from (_beyond(kind, one.id) for one in made if one.dataset_id in changed)


def _newest(
    connection: Connection, table: Records, kind: type[records.Noun]
) -> tuple[records.Noun, ...]:
    return tuple(records.newest_by(connection, table, kind, "id").values())


def _reports(connection: Connection, names: set[str]) -> Iterable[Beyond]:
    for report in records.every(connection, tables.REPORT, Report):
        if names.intersection(report.datasets):
            yield _beyond("report", report.id)


def _handed_on(connection: Connection, names: set[str]) -> Iterable[Beyond]:
    """What the trail says was taken away of datasets with these names, or made from them."""
    from_ = {
        done.made.rpartition("@")[0]
        for done in _newest(connection, tables.ANONYMISED, Anonymised)
        if done.dataset_id.rpartition("@")[0] in names
    }
    for line in acts.lines_by(connection, _HANDED_ON):
        said = msgspec.json.decode(line.body, type=dict[str, Any])
        kind = _HANDED_ON.get(str(said["act"]))
        if kind and said["subject"] in names | from_:
            yield _beyond(kind, f"trail entry {line.place}")


def _beyond(kind: str, id_: str) -> Beyond:
    return Beyond(what=kind, id=id_, why=why_beyond(kind))


def _records(connection: Connection) -> dict[Place, str]:
    return {
        Place(kind=str(table.name), id=id_): "\n".join(texts).casefold()
        for table in _TYPED
        for id_, texts in records.texts_by_key(connection, table).items()
    }


def _reasons(connection: Connection) -> dict[Place, str]:
    return {
        Place(kind="trail", id=str(line.place)): line.body.casefold()
        for line in acts.lines_saying(connection, '"reason"')
    }
