"""The register, as the workspace offers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from compliance.dataset.readers.text import decode
from compliance.errors import RecordFileError, RecordInUseError, UnknownRecordError
from compliance.plain import one_line
from compliance.register import (
    Gaps,
    Ropa,
    Shape,
    checked,
    gaps,
    kind_of,
    kinds,
    laid_over,
    merged,
    read_records,
    record_of_processing,
    scope_of,
    write_records,
    write_ropa,
)
from compliance.register.nouns import (
    Draft,
    FieldId,
    FieldType,
    Kind,
    KindId,
    Record,
    Recorded,
    RecordId,
    Register,
    Scoped,
)
from compliance.rules import judge
from compliance.rules.nouns import Assessment, State
from compliance.storage import records, tables
from compliance.workspace.approving.acts import Need, need
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import packs
from compliance.workspace.governing.knowing import known
from compliance.workspace.governing.registers import (
    held_in,
    keep,
    organisation_in,
    register_from,
    register_in,
    register_of,
    transfer_of,
    typed_records,
)
from compliance.workspace.guarding import guarded

__all__ = ["Registering", "keep", "laws_in_scope", "register_from", "register_of", "typed_records"]

LARGEST_FILE_BYTES = 20 * 2**20
_KNOWN = 8  # ids named in a refusal


@guarded
class Registering:
    """What only people know: look it up, record it, bring it in, take it out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def kinds(self) -> Mapping[KindId, Kind]:
        """Every kind of record."""
        return kinds()

    def register(self) -> Register:
        """All records as they stand, typed over drawn, and what contradicts itself."""
        with self._desk.database.reading() as connection:
            return self._register(connection)

    def records(self, kind: KindId) -> tuple[Record, ...]:
        """The records of a kind.

        Raises:
            UnknownKindError: there is no such kind.
        """
        kind_of(kind)
        return self.register().of(kind)

    def find(self, kind: KindId, id_: RecordId) -> Record:
        """One record.

        Raises:
            UnknownKindError, UnknownRecordError: there is none.
        """
        kind_of(kind)
        with self._desk.database.reading() as connection:
            return _found(self._register(connection), kind, id_)

    def typed(self, kind: KindId, id_: RecordId) -> Record | None:
        """What of a record was typed; None where all of it is drawn."""
        past = self.history(kind, id_)
        return None if not past or past[-1].record.is_removed else past[-1].record

    def history(self, kind: KindId, id_: RecordId) -> tuple[Recorded, ...]:
        """What was typed of a record, oldest first."""
        with self._desk.database.reading() as connection:
            return records.every(connection, tables.REGISTER, Recorded, kind=kind, id=id_)

    def record(
        self,
        kind: KindId,
        id_: RecordId,
        values: Mapping[FieldId, object],
        *,
        name: str = "",
        forget: Collection[FieldId] = (),
    ) -> Record:
        """Record some fields; the others stay as they are.

        Args:
            values: as typed or as plain values; None: recorded as absent.
            forget: fields of which nothing is on record any more.

        Raises:
            RecordsRefusedError: with all that is wrong; nothing was recorded.
        """
        draft = Draft(kind=kind, id=id_, name=name, values=values)
        with self._desk.act("register.record", f"{kind} {id_}"[:200]) as act:
            register = self._register(act.connection)
            new = checked(draft, register, _names(act.connection), act.at)
            return _store(act, new, register.record(kind, id_), forget)

    def need(
        self, kind: KindId, id_: RecordId, values: Mapping[FieldId, object], *, name: str = ""
    ) -> Need | None:
        """Whether recording so a new record needs a second person; None: no data go abroad by it.

        Raises:
            RecordsRefusedError: it cannot be recorded at all.
        """
        draft, at = Draft(kind=kind, id=id_, name=name, values=values), self._desk.clock()
        with self._desk.database.reading() as connection:
            new = checked(draft, self._register(connection), _names(connection), at)
            sought = transfer_of(connection, new)
            return None if sought is None else need(connection, self._desk.actor, at, sought)

    def take_over(self, kind: KindId, id_: RecordId) -> Record:
        """Make what was drawn of a record the officer's own word."""
        return self.record(kind, id_, self.find(kind, id_).values)

    def remove(self, kind: KindId, id_: RecordId) -> None:
        """Take a record out of the register; it stays in its history.

        Raises:
            UnknownRecordError: there is none.
            RecordInUseError: other records name it.
        """
        kind_of(kind)
        with self._desk.act("register.remove", f"{kind} {id_}"[:200]) as act:
            record = _found(self._register(act.connection), kind, id_)
            if users := tuple(_users(record, typed_records(act.connection))):
                raise RecordInUseError(record=record.name, users=", ".join(users[:_KNOWN]))
            gone = replace(record, values={}, is_removed=True)
            keep(act, gone)

    def import_(self, data: bytes, name: str, kind: KindId | None = None) -> tuple[Record, ...]:
        """Take in the records of a CSV or JSON file; all of them or none.

        Args:
            name: of the file.
            kind: of which kind they are; left out: as the file says.

        Raises:
            RecordFileError, RecordsRefusedError: nothing was recorded.
        """
        name = one_line(name)
        if len(data) > LARGEST_FILE_BYTES:
            limit = f"it is larger than {LARGEST_FILE_BYTES // 2**20} MB"
            raise RecordFileError(name=name, reason=limit)
        if kind is not None:
            kind_of(kind)
        drafts = read_records(decode(name, data)[0], name, kind)
        with self._desk.act("register.import", name[:200]) as act:
            register = self._register(act.connection)
            found = merged(drafts, register, _names(act.connection), act.at)
            shown = {(one.kind, one.id): one for one in register.records}
            news = [_news(one, shown.get((one.kind, one.id))) for one in found]
            act.facts |= {"imported": len(found), "changed": sum(map(bool, news))}
            for one in filter(None, news):
                _store(act, one, shown.get((one.kind, one.id)))
            return found

    def export(
        self, shape: Shape, kind: KindId | None = None, *, for_others: bool = False
    ) -> bytes:
        """Records as a file that can be taken in again; CSV takes one kind.

        Args:
            for_others: fields that may name a person are left out.

        Raises:
            UnknownKindError: there is no such kind.
            RecordFileError: CSV was asked for without a kind.
        """
        if kind is not None:
            kind_of(kind)
        elif shape is Shape.CSV:
            reason = "a CSV file holds one kind of record; name the kind, or take JSON"
            raise RecordFileError(name="All of the register", reason=reason)
        with self._desk.act("register.export", kind or "everything") as act:
            register = self._register(act.connection)
            wanted = register.of(kind) if kind else register.records
            act.facts |= {"exported": len(wanted), "shape": str(shape), "for_others": for_others}
            return write_records(
                [_impersonal(one) for one in wanted] if for_others else wanted, shape, kind or ""
            )

    def scope(self) -> tuple[Scoped, ...]:
        """The laws that seem to apply, each with why; what was decided does not count here."""
        with self._desk.database.reading() as connection:
            held = [held_in(self._desk, connection, one) for one in datasets.newest(connection)]
            return scope_of(organisation_in(connection), held, typed_records(connection))

    def laws_in_scope(self) -> tuple[str, ...]:
        """The laws in scope: as decided, else as they follow; () where nothing is known."""
        return laws_in_scope(self.register())

    def gaps(self) -> Mapping[tuple[KindId, RecordId], Gaps]:
        """What is missing of each record that rules look at, by kind and id; nothing is stored.

        Every rule in force is tried on what is known now: only what was needed is missing.
        """
        with self._desk.database.reading() as connection:
            pack = packs.in_force(connection)
            found = judge(pack, known(self._desk, connection, self._desk.clock()))
        return _gaps(found)

    def ropa(self, *, as_processor: bool = False, dataset: str = "") -> Ropa:
        """The record of processing activities (GDPR Art. 30), as controller or as processor.

        Args:
            dataset: only activities that use it; empty: all.
        """
        with self._desk.database.reading() as connection:
            return record_of_processing(
                self._register(connection),
                organisation_in(connection),
                self._desk.clock(),
                as_processor=as_processor,
                datasets=(dataset,) if dataset else (),
            )

    def export_ropa(self, ropa: Ropa, shape: Shape) -> bytes:
        """The record of processing as a file, as it is shown."""
        with self._desk.act("register.export", "record of processing") as act:
            act.facts |= {"exported": len(ropa.rows), "shape": str(shape)}
        return write_ropa(ropa, shape)

    def _register(self, connection: Connection) -> Register:
        return register_in(self._desk, connection, self._desk.clock())


def laws_in_scope(register: Register) -> tuple[str, ...]:
    """The laws in scope that a register names; () where nothing is known."""
    org = register.record("org", "org")
    return () if org is None else org.several("laws_in_scope")


def _gaps(found: Assessment) -> Mapping[tuple[KindId, RecordId], Gaps]:
    """What verdicts looked at and could not know, by kind and id of the record."""
    asked: dict[tuple[KindId, RecordId], set[FieldId]] = defaultdict(set)
    missing: dict[tuple[KindId, RecordId], set[FieldId]] = defaultdict(set)
    for verdict in found.verdicts:
        key = (verdict.entity, verdict.subject_id)
        if verdict.entity in kinds() and verdict.state is not State.NOT_APPLICABLE:
            asked[key].update(outcome.fact for outcome in verdict.outcomes)
            missing[key].update(verdict.missing)
    return {key: gaps(key[0], facts, missing[key]) for key, facts in asked.items()}


def _store(act: Act, new: Record, shown: Record | None, forget: Collection[FieldId] = ()) -> Record:
    """Keep what is typed of a record now; `shown` is the record as it stood."""
    past = records.latest(act.connection, tables.REGISTER, Recorded, kind=new.kind, id=new.id)
    before = past.record if past and not past.record.is_removed else None
    if shown and not (new.name or before):
        new = replace(new, name=shown.name)
    whole = laid_over(new, before)
    values = {field: value for field, value in whole.values.items() if field not in forget}
    kept = replace(whole, values=values)
    keep(act, kept)
    told = act.facts.get("fields")
    told = told if isinstance(told, list) else []
    act.facts["fields"] = sorted({*told, *new.values, *forget})
    return kept


def _news(record: Record, before: Record | None) -> Record | None:
    """What `record` says that is not so already; None where it says nothing new.

    So an export that is taken in again makes nobody's word of what is drawn.
    """
    if before is None:
        return record
    values = {
        f: v for f, v in record.values.items() if f not in before.values or before.values[f] != v
    }
    name = "" if record.name == before.name else record.name
    return replace(record, name=name, values=values) if values or name else None


def _impersonal(record: Record) -> Record:
    """`record` without the fields that may name a person, its own name among them."""
    kind = kind_of(record.kind)
    kept = [f for f in map(kind.field, record.values) if f and not f.is_personal]
    if kind.is_of_person:
        kept = [f for f in kept if f.type not in (FieldType.TEXT, FieldType.TEXTS)]
    values = {f.id: record.values[f.id] for f in kept}
    return replace(record, name=record.id if kind.is_of_person else record.name, values=values)


def _found(register: Register, kind: KindId, id_: RecordId) -> Record:
    record = register.record(kind, id_)
    if record is None:
        ids = [one.id for one in register.of(kind)]
        known = ", ".join(ids[:_KNOWN]) + (" …" if len(ids) > _KNOWN else "")
        called = kind_of(kind).singular.lower()
        raise UnknownRecordError(kind=called, record=one_line(id_)[:80], known=known or "none yet")
    return record


def _users(record: Record, typed: Sequence[Record]) -> Iterator[str]:
    """The typed records that name `record`."""
    for one in typed:
        fields = kind_of(one.kind).fields
        naming = [f.id for f in fields if f.of == record.kind and f.type in _NAMING]
        named = {id_ for f in naming for id_ in (*one.several(f), one.values.get(f))}
        if record.id in named and (one.kind, one.id) != (record.kind, record.id):
            yield one.name


def _names(connection: Connection) -> frozenset[str]:
    return frozenset(str(dataset.name) for dataset in datasets.newest(connection))


_NAMING = (FieldType.RECORD, FieldType.RECORDS)
