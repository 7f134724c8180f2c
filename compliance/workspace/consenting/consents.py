"""Consent, as the workspace offers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset, LegalBasis
from compliance.dataset.readers.text import decode
from compliance.errors import (
    ConsentFileError,
    ConsentRefusedError,
)
from compliance.plain import one_line
from compliance.register import laws
from compliance.rights.consents import (
    Entry,
    as_csv,
    counts,
    events_of,
    expiring,
    forgotten,
    hashes_in,
    merged,
    methods,
    news,
    normalised,
    read_consents,
    renamed,
    standing,
    withdrawn_before,
)
from compliance.rights.nouns import (
    ConsentFile,
    ConsentState,
    Identifier,
    IdentifierKind,
    Purpose,
    Usable,
    Used,
)
from compliance.workspace.consenting import barriers, purposes
from compliance.workspace.consenting import files as consent_files
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.federating import runs
from compliance.workspace.guarding import guarded
from compliance.workspace.releasing import releases
from compliance.workspace.usage import usable as usage
from compliance.workspace.usage.rows import pairs_of

LARGEST_FILE_BYTES = 2**28
SOON_DAYS = 30
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN = 8
_NOBODY = (
    "it names nobody; a signal of a browser alone, such as Global Privacy Control, does not tell "
    "whose it is: ask the person"
)
_USABLE_KINDS = (IdentifierKind.PERSON_KEY, IdentifierKind.EMAIL, IdentifierKind.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a file.

    Attributes:
        rows: in the file.
        new: that were not on record.
        people: in the file.
        purposes: by id, rows.
    """

    rows: int
    new: int
    people: int
    purposes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How people stand to one purpose now.

    Attributes:
        purpose: which.
        states: people by how they stand.
        expiring: consents that end by themselves within `SOON_DAYS`.
    """

    purpose: Purpose
    states: Mapping[ConsentState, int]
    expiring: int


@guarded
class Consenting:
    """Who agreed to what, and what may be used for a purpose."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def purposes(self) -> tuple[Purpose, ...]:
        """What people are asked about."""
        with self._desk.database.reading() as connection:
            return tuple(consent_files.purposes(connection).values())

    def keep_purpose(
        self,
        id_: str,
        title: str = "",
        *,
        kind: str | None = None,
        datasets_: Sequence[str] | None = None,
        lasts_months: int | None = None,
    ) -> Purpose:
        """Define a purpose, or change what is said of it; what is left out stays.

        Raises:
            PurposeError, UnknownDatasetError: it cannot be; nothing was stored.
        """
        return purposes.keep(self._desk, id_, title, kind, datasets_, lasts_months)

    def new_text(
        self, id_: str, version: str, words: str = "", *, is_material: bool = False
    ) -> Purpose:
        """Note that people are shown another text from now on.

        Args:
            words: the text; only its hash is kept.
            is_material: it asks for something else, so that who agreed before is asked again.

        Raises:
            UnknownPurposeError, PurposeError: nothing was stored.
        """
        return purposes.new_text(self._desk, id_, version, words, is_material=is_material)

    def import_(self, data: bytes, name: str, purpose: str = "", population: str = "") -> Taken:
        """Take in the consents and withdrawals of a CSV or JSON file; all of them or none.

        Args:
            name: of the file.
            purpose: of rows that name none, by id or title.
            population: among whom a person's key is one; left out, as the purposes' datasets say.

        Raises:
            ConsentFileError, ConsentRefusedError, UnknownPurposeError: nothing was recorded.
        """
        name = one_line(name)[:200]
        if len(data) > LARGEST_FILE_BYTES:
            limit = f"it is larger than {LARGEST_FILE_BYTES // 2**20} MB"
            raise ConsentFileError(name=name, reason=limit)
        text = decode(name, data)[0]
        with self._desk.act("consent.import", name) as act:
            known = consent_files.purposes(act.connection)
            asked = purposes.named(known, purpose).id if purpose else ""
            called = {word: one.id for one in known.values() for word in purposes.called(one)}
            entries = read_consents(text, name, called, tuple(laws()), act.at, asked)
            if any(entry.is_said_in(name) for entry in entries):
                reason = "its name says who somebody is, and is kept; call the file something else"
                raise ConsentFileError(name="The file", reason=reason)
            found = self._hashed(act.connection, entries, population)
            taken = self._taken(act, found, name)
            act.facts |= {
                "rows": taken.rows,
                "new": taken.new,
                "people": taken.people,
                "purposes": dict(taken.purposes),
            }
            return taken

    def give(
        self,
        purpose: str,
        identifier: Identifier,
        *,
        given_at: datetime | None = None,
        method: str = "other",
        text_version: str = "",
        proof: str = "",
    ) -> Taken:
        """Record that somebody agreed.

        Raises:
            ConsentRefusedError, UnknownPurposeError: nothing was recorded.
        """
        if method not in methods():
            raise ConsentRefusedError(reason=f"how is one of: {', '.join(methods())}")
        entry = Entry(
            kind=identifier.kind,
            value=identifier.value,
            purpose="",
            given_at=self._moment(given_at),
            method=method,
            text_version=one_line(text_version)[:40] or None,
            proof=one_line(proof)[:200] or None,
        )
        return self._one("consent.give", purpose, entry)

    def withdraw(
        self, purpose: str, identifier: Identifier, withdrawn_at: datetime | None = None
    ) -> Taken:
        """Record that somebody withdrew; from then on that person's rows are left out.

        Raises:
            ConsentRefusedError, UnknownPurposeError: nothing was recorded.
        """
        entry = Entry(
            kind=identifier.kind,
            value=identifier.value,
            purpose="",
            withdrawn_at=self._moment(withdrawn_at),
        )
        return self._one("consent.withdraw", purpose, entry)

    def standing(self) -> tuple[Stands, ...]:
        """How people stand to each purpose now."""
        at = self._desk.clock()
        with self._desk.database.reading() as connection:
            known = consent_files.purposes(connection)
            found = consent_files.events(self._desk, consent_files.newest(connection))
        stands = []
        for purpose in known.values():
            now = standing(found, purpose, at)
            soon = expiring(now, at, SOON_DAYS)
            stands.append(Stands(purpose=purpose, states=counts(now), expiring=soon))
        return tuple(stands)

    def history(self) -> tuple[ConsentFile, ...]:
        """What the register held after each change, oldest first: counts only."""
        with self._desk.database.reading() as connection:
            return consent_files.history(connection)

    def usable(self, name: str, purpose: str = "", *, is_handed_on: bool = False) -> Usable:
        """What of dataset `name` may be used.

        Args:
            purpose: what for, by id or title; empty: what the dataset is for.
            is_handed_on: the rows leave for somebody else.

        Raises:
            UnknownDatasetError, UnknownPurposeError: there is no such thing.
        """
        with self._desk.database.reading() as connection:
            dataset = datasets.find(connection, name)
            if purpose:
                purpose = purposes.named(consent_files.purposes(connection), purpose).id
            return usage.told(self._desk, connection, dataset, purpose, is_handed_on=is_handed_on)

    def uses(self) -> tuple[Usable, ...]:
        """What may be used of each dataset for what it is for, and for each purpose that names it.

        Purposes without consent come once per dataset.
        """
        found = []
        with self._desk.database.reading() as connection:
            known = consent_files.purposes(connection).values()
            for dataset in datasets.newest(connection):
                asked = ["", *(one.id for one in known if dataset.name in one.datasets)]
                told = [usage.told(self._desk, connection, dataset, one) for one in asked]
                found += list({(one.purpose, one.rows): one for one in told}.values())
        return tuple(found)

    def check_still(self, dataset_id: str, made: str) -> None:
        """Refuse to hand on what holds rows of people who stand against it now.

        Args:
            dataset_id: of what it was made.
            made: its id.

        Raises:
            NotUsableError: it does.
        """
        with self._desk.database.reading() as connection:
            dataset = datasets.version(connection, dataset_id)
            usage.check_still(self._desk, connection, dataset, made)

    def used(self, made: str) -> tuple[Used, ...]:
        """Of which rows something was made, by its id; only where some were left out."""
        with self._desk.database.reading() as connection:
            return usage.used(connection, made)

    def export(self, *, with_people: bool = False) -> bytes:
        """All events as CSV; people as keyed hashes, or not at all."""
        with self._desk.act("consent.export", "register of consents") as act:
            found = consent_files.events(self._desk, consent_files.newest(act.connection))
            act.facts |= {"exported": found.num_rows, "with_people": with_people}
        return as_csv(found, with_people=with_people)

    def _moment(self, said: datetime | None) -> datetime:
        """A moment as naive UTC; now where none is said.

        Raises:
            ConsentRefusedError: it lies in the future.
        """
        at = self._desk.clock()
        moment = said or at
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > at:
            raise ConsentRefusedError(reason="it lies in the future")
        if moment < BEGINNING:
            raise ConsentRefusedError(reason=f"it lies before {BEGINNING.year}")
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _one(self, name: str, purpose: str, entry: Entry) -> Taken:
        """Record one event of one person."""
        if entry.kind not in _USABLE_KINDS:
            kinds = ", ".join(kind.value for kind in _USABLE_KINDS)
            raise ConsentRefusedError(reason=f"people are named by one of: {kinds}")
        if not normalised(entry.kind, entry.value):
            raise ConsentRefusedError(reason=_NOBODY)
        with self._desk.act(name, "one person") as act:
            known = purposes.named(consent_files.purposes(act.connection), purpose)
            entries = (replace(entry, purpose=known.id),)
            taken = self._taken(act, self._hashed(act.connection, entries, ""), "recorded by hand")
            act.facts |= {"purpose": known.id, "new": taken.new}
            return taken

    def _hashed(
        self, connection: Connection, entries: Sequence[Entry], population: str
    ) -> pa.Table:
        """The events, with keyed hashes in place of people."""
        key, code = consent_files.consent_key(self._desk), barriers.home_dialling(connection)
        where = ""
        if any(entry.kind is IdentifierKind.PERSON_KEY for entry in entries):
            where = purposes.population(connection, {e.purpose for e in entries}, population)
        by_kind: dict[IdentifierKind, list[Entry]] = {}
        for entry in entries:
            by_kind.setdefault(entry.kind, []).append(entry)
        rows: list[Mapping[str, object]] = []
        for kind, some in by_kind.items():
            people = hashes_in(key, kind, [entry.value for entry in some], where, code)
            pairs = zip(some, people, strict=True)
            rows += [{**entry.row, "person": person} for entry, person in pairs]
        return events_of(rows)

    def _as_known(self, connection: Connection, found: pa.Table, before: pa.Table) -> pa.Table:
        """The events, of people as they are known already: a number, an address."""
        people, known = found["person"].combine_chunks(), before["person"].unique()
        for population in barriers.populations_in(connection) if len(known) else ():
            people = renamed(people, known, pairs_of(self._desk, connection, population))
        return found.set_column(0, found.schema.field(0), people)

    def _taken(self, act: Act, found: pa.Table, source: str) -> Taken:
        before = consent_files.events(self._desk, consent_files.newest(act.connection))
        new = news(before, self._as_known(act.connection, found, before))
        if new.num_rows:
            late = _used_after(act.connection, new)
            consent_files.store(self._desk, act, merged(before, new), source, late)
        numbers = found["purpose"].value_counts().to_pylist()
        return Taken(
            rows=found.num_rows,
            new=new.num_rows,
            people=len(found["person"].unique()),
            purposes={one["values"]: one["counts"] for one in numbers},
        )


def forget(desk: Desk, act: Act, people: Collection[str]) -> int:
    """Take all events of these people out of the register, as part of `act`; how many there were.

    Args:
        people: keyed hashes; see `barriers.people_of`.
    """
    before = consent_files.events(desk, consent_files.newest(act.connection))
    after = forgotten(before, [bytes.fromhex(one) for one in people])
    gone = int(before.num_rows - after.num_rows)
    if gone:
        consent_files.store(desk, act, after, "erasure", keep_last=False)
    return gone


def _used_after(connection: Connection, new: pa.Table) -> dict[str, int]:
    """By purpose, people who had withdrawn before rows were used that came to be known just now."""
    found = {}
    for purpose in consent_files.purposes(connection).values():
        uses = [
            at
            for name in purpose.datasets
            for at in _uses(connection, datasets.find(connection, name))
        ]
        if uses and (people := withdrawn_before(new, purpose.id, max(uses))):
            found[purpose.id] = people
    return found


def _uses(connection: Connection, dataset: Dataset) -> list[datetime]:
    """When statistics were published of a dataset whose basis is consent, or models learnt."""
    if dataset.description.legal_basis is not LegalBasis.CONSENT:
        return []
    published = [one.released_at for one in releases.of(connection, dataset)]
    return published + [one.started_at for one in runs.of(connection, dataset)]
