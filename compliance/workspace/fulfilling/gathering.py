"""What a package stands on: who is found where, what their columns mean, what the register says."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.dataset.part import Mask
from compliance.discovery import discover, semantic_types
from compliance.discovery.nouns import Label
from compliance.discovery.nouns.text import Span
from compliance.discovery.text import find_in_many
from compliance.lineage.nouns import Edge, NodeKind
from compliance.register import kind_of, shown
from compliance.register.nouns import FieldId, Record, Register
from compliance.rights.fulfilling import (
    Finder,
    Gathered,
    Ground,
    OnRecord,
    Stored,
    answers,
    categories_of,
    elements,
    gathered,
    portable,
)
from compliance.rights.nouns import (
    Identifier,
    IdentifierKind,
    Package,
    Request,
    Right,
    Sender,
    Trace,
)
from compliance.rights.requests import provision_of
from compliance.storage import records, tables
from compliance.workspace.consenting import barriers
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.governing import packs
from compliance.workspace.governing.registers import organisation_in, register_in
from compliance.workspace.requesting import sealing
from compliance.workspace.restricting.rows import places
from compliance.workspace.tracing.persons import decided, trace
from compliance.workspace.usage.rows import barred

Shown = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request with the person found.

    Attributes:
        request: as it stands.
        identifiers: who it is about; in memory only.
        trace: where that person was found.
        stored: every dataset version that the trace names.
        left: by their ids, what an erasure had left of them; see `datasets.left_of`.
        at: when, UTC.
    """

    request: Request
    identifiers: tuple[Identifier, ...]
    trace: Trace
    stored: tuple[Stored, ...]
    left: Mapping[str, str]
    at: datetime

    @property
    def newest(self) -> tuple[Stored, ...]:
        """The newest versions with settled rows, without what was made of other datasets."""
        found = {match.dataset_id for match in self.trace.settled}
        return tuple(
            s for s in self.stored if s.is_newest and not s.origin and s.dataset.id in found
        )

    def rows(self, dataset_id: str) -> list[int]:
        """The settled rows of one version."""
        found = {r for m in self.trace.settled if m.dataset_id == dataset_id for r in m.rows}
        return sorted(found)

    def via(self, dataset_id: str) -> tuple[str, ...]:
        """The columns that tied them to the person."""
        ways = (m.via for m in self.trace.settled if m.dataset_id == dataset_id)
        return tuple(dict.fromkeys(way.column for one in ways for way in one))


def case_of(desk: Desk, connection: Connection, request: Request) -> Case:
    """The person of `request`, found in every version of every dataset.

    Raises:
        SealedError, NothingToLookForError: nobody can be found.
    """
    who = sealing.unseal(desk, request.id)
    found = trace(desk, connection, who, versions="kept", decided=decided(request))
    stored = _stored(desk, connection, found)
    return Case(
        request=request,
        identifiers=who,
        trace=found,
        stored=stored,
        left={s.dataset.id: datasets.left_of(connection, s.dataset.id) for s in stored},
        at=desk.clock(),
    )


def _stored(desk: Desk, connection: Connection, found: Trace) -> tuple[Stored, ...]:
    wanted = {match.dataset_id for match in found.matches}
    wanted |= {mention.dataset_id for mention in found.mentions}
    newest = {one.id for one in datasets.newest_whole(connection)}
    origins = _origins(connection)
    every = records.every(connection, tables.DATASET, Dataset)
    known = [datasets.version(connection, one.id) for one in every if one.id in wanted]
    return tuple(
        Stored(
            dataset=one,
            labels=_labels(desk, connection, one),
            table=desk.table(one),
            is_newest=one.id in newest,
            origin=origins.get(one.id, ""),
            only_stored=_only_stored(desk, connection, one) if one.id in newest else None,
        )
        for one in known
    )


def _only_stored(desk: Desk, connection: Connection, kept: Dataset) -> Mask | None:
    """Which rows are restricted, moved out or barred in a newer file; None where nobody's are."""
    people = barriers.restricted(connection)
    if not people:
        return None
    is_out = barred(desk, connection, kept, people)
    is_out[places(desk, connection, datasets.find(connection, kept.name))] = True
    return is_out


def _origins(connection: Connection) -> Mapping[str, str]:
    """By dataset version, the version of another dataset that it was made from."""
    found: dict[str, str] = {}
    for edge in records.every(connection, tables.EDGE, Edge):
        is_between = edge.origin.kind is NodeKind.DATASET is edge.made.kind
        if is_between and edge.origin.id.rpartition("@")[0] != edge.made.id.rpartition("@")[0]:
            found.setdefault(edge.made.id, edge.origin.id)
    return found


def _labels(desk: Desk, connection: Connection, dataset: Dataset) -> Mapping[str, Label]:
    """What is on record of this version, or of another that has the same columns, or is seen."""
    own = labels.known(connection, dataset)
    if own is None:
        newest = datasets.whole(connection, datasets.find(connection, dataset.name))
        same = [(c.name, c.type) for c in newest.columns] == [
            (c.name, c.type) for c in dataset.columns
        ]
        own = labels.known(connection, newest) if same else None
    found = own.labels if own else discover(desk.table(dataset), dataset.columns)
    return {label.column: label for label in found}


def sender_of(connection: Connection) -> Sender:
    """Who answers, as recorded."""
    company = organisation_in(connection)
    return Sender(name=company.name, contact=company.contact, country=company.country)


def words_in(register: Register, record: Record, field: FieldId) -> str:
    """What a record says in a field, in words; empty where it says nothing."""
    found = kind_of(record.kind).field(field)
    value = record.values.get(field)
    if found is None or value is None or value == ():
        return ""
    return shown(found, value, register)


def gathered_for(desk: Desk, connection: Connection, case: Case, shown: Shown = ()) -> Gathered:
    """What is settled to be about the person."""
    titles = {id_: one.title for id_, one in semantic_types().items()}
    find = finder(desk, connection)
    return gathered(case.trace, case.stored, case.identifiers, titles, find, shown)


def finder(desk: Desk, connection: Connection) -> Finder:
    """Finds what names people in texts: by what it looks like, and by the names on record."""

    @functools.cache
    def known() -> OnRecord:
        return OnRecord(_names_on_record(desk, connection))

    def find(texts: Sequence[str]) -> list[tuple[Span, ...]]:
        if not texts:
            return []
        found = find_in_many(texts)
        return [known().beside(text, spans) for text, spans in zip(texts, found, strict=True)]

    return find


def _names_on_record(desk: Desk, connection: Connection) -> Iterator[str]:
    """The full names in the newest versions of all datasets."""
    for dataset in datasets.newest_whole(connection):
        discovery = labels.known(connection, dataset)
        by_type: dict[str, list[ColumnName]] = {}
        for label in discovery.labels if discovery else ():
            by_type.setdefault(label.semantic_type, []).append(label.column)
        table = desk.table(dataset)
        for column in by_type.get("person_name", ()):
            yield from table.codes(column).texts()
        pairs = zip(by_type.get("given_name", ()), by_type.get("family_name", ()), strict=False)
        for pair in pairs:
            content = table.arrow(list(pair)).to_pydict()
            yield from {f"{g} {f}" for g, f in zip(*content.values(), strict=True) if g and f}


def ground_of(desk: Desk, connection: Connection, case: Case, found: Gathered) -> Ground:
    """What can be told of the datasets in which the person was found."""
    register = register_in(desk, connection, case.at)
    names = dict.fromkeys(
        stored.dataset.name for stored in case.stored if case.rows(stored.dataset.id)
    )
    country = organisation_in(connection).country
    inside = _inside(connection, case.request.law, country)
    return Ground(
        register=register,
        words=lambda record, field: words_in(register, record, field),
        datasets=tuple(datasets.find(connection, name) for name in names),
        categories=categories_of(found.extracts),
        rows=sum(extract.rows for extract in found.extracts),
        law=case.request.law,
        country=country or case.request.country,
        third=lambda code: bool(code) and code not in inside,
    )


def _inside(connection: Connection, law: str, country: str) -> frozenset[str]:
    """The countries between which data move without leaving the law's area."""
    known = packs.in_force(connection).laws.get(law)
    return frozenset({*(known.countries if known else ()), *([country] if country else [])})


def package_of(desk: Desk, connection: Connection, case: Case, shown: Shown = ()) -> Package:
    """All that the person gets on access or portability."""
    request = case.request
    found = gathered_for(desk, connection, case, shown)
    ground = ground_of(desk, connection, case, found)
    package = Package(
        request=request.id,
        law=request.law,
        right=request.right,
        article=provision_of(request.law, request.right).article,
        sender=sender_of(connection),
        made_at=case.at.replace(microsecond=0),
        extracts=found.extracts,
        copies=found.copies,
        excerpts=found.excerpts,
        elements=elements(ground),
        doubtful=found.doubtful,
        doubtful_mentions=found.doubtful_mentions,
        skipped=case.trace.skipped,
    )
    if request.right is Right.PORTABILITY:
        return _ported(package, ground, case)
    return package


def _ported(package: Package, ground: Ground, case: Case) -> Package:
    """Only what the person gave, under consent or contract."""
    derived = {str(s.dataset.name): s.origin.rpartition("@")[0] for s in case.stored if s.origin}
    rule = answers()["portable"]
    given, excluded, found = portable(ground, derived, rule["bases"])
    if package.law not in rule["laws"]:
        return replace(package, bases=found)
    return replace(
        package,
        extracts=tuple(one for one in package.extracts if one.name in given),
        copies=(),
        excerpts=(),
        elements=(),
        excluded=excluded,
        bases=found,
    )


def keys_of(case: Case) -> tuple[tuple[str, Identifier], ...]:
    """By population, what the datasets call the person; and every identifier of the request."""
    found: dict[tuple[str, str], None] = {}
    for stored in case.stored:
        unit = stored.dataset.description.unit
        rows = case.rows(stored.dataset.id)
        if unit is None or not rows or unit not in stored.dataset.column_names:
            continue
        codes = stored.table.codes(unit)
        texts = codes.texts()
        for code in sorted({int(c) for c in codes.codes[rows] if c >= 0}):
            found[stored.dataset.population, texts[code]] = None
    return tuple(
        (population, Identifier(kind=IdentifierKind.PERSON_KEY, value=value))
        for population, value in found
    )


def names_of(case: Case) -> tuple[str, ...]:
    """The datasets in which the person was found, in their order."""
    found = (s.dataset.name for s in case.stored if case.rows(s.dataset.id))
    return tuple(dict.fromkeys(str(name) for name in found))


def concerned(connection: Connection, request: Request, names: Sequence[str]) -> tuple[str, ...]:
    """The datasets that a request is about: those found and changed, or all where nobody looked."""
    ids = (*request.found, *request.changed)
    found = {id_.rpartition("@")[0] for id_ in ids} | set(names)
    if found or request.searched_on is not None:
        return tuple(sorted(found))
    return tuple(str(one.name) for one in datasets.newest(connection))
