"""The register as it stands, read from the records and drawn from what the desk holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from compliance.access.nouns import Sought
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.discovery import semantic_types
from compliance.register import (
    Held,
    contradictions,
    drawn,
    kinds,
    overlaid,
)
from compliance.register.nouns import (
    KindId,
    Organisation,
    Record,
    Recorded,
    RecordId,
    Register,
)
from compliance.rules.nouns import Holding
from compliance.storage import records, tables
from compliance.workspace.approving.acts import use
from compliance.workspace.approving.soughts import TRANSFER, of_transfer
from compliance.workspace.consenting.records import consent_records
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.federating import runs
from compliance.workspace.governing.measuring import measures_of
from compliance.workspace.releasing import releases
from compliance.workspace.requesting import drawn as requesting_drawn


def register_of(
    connection: Connection,
    organisation: Organisation,
    holdings: Sequence[Holding],
    at: datetime,
) -> Register:
    """The register as it stands: what was typed, over what follows from what the desk holds.

    The values of a record are plain: dates and moments ISO 8601, several choices a tuple, a value
    that was recorded as absent None; `Record.day` and `Record.moment` read them.

    Args:
        organisation: who is accountable.
        holdings: every dataset, each with what was found out about it.
        at: the moment, UTC: what lies before it is over.
    """
    typed = typed_records(connection)
    return register_from(organisation, holdings, typed, at, _of_rights(connection, typed))


def register_from(
    organisation: Organisation,
    holdings: Sequence[Holding],
    typed: Sequence[Record],
    at: datetime,
    told: Sequence[Record] = (),
) -> Register:
    """As `register_of`, from what was typed, and from requests and consents as they stand."""
    held = [
        Held(
            dataset=one.dataset,
            discovery=one.discovery,
            anonymised=one.anonymised,
            runs=one.runs,
            releases=one.releases,
            places=tuple(one.residents.counts) if one.residents else (),
        )
        for one in holdings
    ]
    return drawn_register(organisation, held, typed, at, told)


def register_in(desk: Desk, connection: Connection, at: datetime) -> Register:
    """The register as it stands, without what is counted for rules."""
    held = [held_in(desk, connection, one) for one in datasets.newest(connection)]
    typed = typed_records(connection)
    told = _of_rights(connection, typed)
    return drawn_register(organisation_in(connection), held, typed, at, told)


def drawn_register(
    organisation: Organisation,
    held: Sequence[Held],
    typed: Sequence[Record],
    at: datetime,
    told: Sequence[Record] = (),
) -> Register:
    """The register from all that it follows from."""
    titles = {id_: found.title for id_, found in semantic_types().items()}
    found = overlaid((*drawn(organisation, held, typed, titles), *told), typed)
    return Register(records=found, contradictions=contradictions(found, at.date()))


def typed_records(connection: Connection) -> tuple[Record, ...]:
    """What was typed, the newest of each record; those that were removed too."""
    found: dict[tuple[KindId, RecordId], Record] = {}
    for one in records.every(connection, tables.REGISTER, Recorded):
        found[one.record.kind, one.record.id] = as_tuples(one.record)
    return tuple(one for one in found.values() if one.kind in kinds())


def as_tuples(record: Record) -> Record:
    """`record` with tuples where JSON has lists."""
    values = {f: tuple(v) if isinstance(v, list) else v for f, v in record.values.items()}
    return replace(record, values=values)


def organisation_in(connection: Connection) -> Organisation:
    """Who is accountable, as recorded."""
    return records.latest(connection, tables.ORGANISATION, Organisation) or Organisation()


def held_in(desk: Desk, connection: Connection, dataset: Dataset) -> Held:
    """A dataset with what the register draws on."""
    discovery = labels.latest(connection, dataset)
    residents = measures_of(desk).residents(desk, dataset, discovery)
    return Held(
        dataset=dataset,
        discovery=discovery,
        anonymised=records.latest(connection, tables.ANONYMISED, Anonymised, made=dataset.id),
        runs=runs.of(connection, dataset),
        releases=releases.of(connection, dataset),
        places=tuple(residents.counts) if residents else (),
    )


def keep(act: Act, record: Record) -> None:
    """Keep what is typed of a record now, as part of `act`.

    Raises:
        ApprovalNeededError: by it data would go abroad, a second person must approve that, and
            none did.
    """
    before = records.latest(
        act.connection, tables.REGISTER, Recorded, kind=record.kind, id=record.id
    )
    sought = transfer_of(act.connection, record)
    if sought is not None and (
        before is None or transfer_of(act.connection, as_tuples(before.record)) != sought
    ):
        use(act, sought, used_for=record.id)
    noun = Recorded(record=record, at=act.at, by=act.actor)
    act.store(tables.REGISTER, noun, kind=record.kind, id=record.id)


def transfer_of(connection: Connection, record: Record) -> Sought | None:
    """To have data go abroad, where `record` says so."""
    if record.kind != TRANSFER:
        return None
    return of_transfer(record, {str(one.name): one for one in datasets.newest(connection)})


def _of_rights(connection: Connection, typed: Sequence[Record]) -> tuple[Record, ...]:
    """What people asked for, and what they agreed to, as records."""
    return (*requesting_drawn.records(connection), *consent_records(connection, typed))
