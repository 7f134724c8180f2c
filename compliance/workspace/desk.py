"""What every area of the workspace stands on: the folder, the records, and one way to write.

`Desk.act` is the only way to change anything: what an act stores, the lineage that it adds and
its entry in the trail are one transaction, so nothing happens unrecorded.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy import Table as Records

from compliance.access import by_itself, may, permit
from compliance.access.nouns import Actor, Role
from compliance.dataset import Table
from compliance.dataset.nouns import Column, Dataset
from compliance.dataset.part import Part, read_mask
from compliance.errors import KeptElsewhereError, WorkspaceError
from compliance.lineage.nouns import Edge, How, Node
from compliance.privacy import Aggregate, Bounded, add_up, bound, choice_of, joined, joined_columns
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.privacy.rows import Rows
from compliance.settings import TABLE_CACHE_BYTES, Settings
from compliance.storage import Database, records, tables
from compliance.trail import Head, Line, commitment, record
from compliance.workspace.access.present import Present
from compliance.workspace.coding import code
from compliance.workspace.data import elsewhere
from compliance.workspace.keys import key_in
from compliance.workspace.noticing import Noticing
from compliance.workspace.recent import Recent

Clock = Callable[[], datetime]
_Kept = TypeVar("_Kept")
Confirm = Callable[[], Actor]  # who somebody who signed in is now; refuses where they are gone

RESTORING = "restoring"  # a file of that name in the folder: a backup was restored by halves

_UNTOLD = How()
_AGGREGATES_KEPT = 64
_BOUNDED_BYTES = 2**29
_LINES_AT_ONCE = 5_000


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Act:
    """One change in progress: what it stores and what the trail will say of it.

    Attributes:
        connection: the open transaction.
        entry: the number that its trail entry will have.
        at: when.
        actor: who.
        account: theirs; empty where nobody signs in.
        facts: what the entry tells; to be filled while acting.
        stored: the hashes of what was stored; the entry binds it by them.
    """

    connection: Connection
    entry: int
    at: datetime
    actor: str
    account: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)

    def store(self, table: Records, noun: object, **keys: str) -> None:
        """Keep `noun` in `table` under `keys`."""
        kept = records.append(self.connection, table, noun, entry=self.entry, **keys)
        self.stored.append(kept)

    def link(self, origin: Node, made: Node, step: str, how: How = _UNTOLD) -> None:
        """Note that `made` came from `origin` by `step`.

        Args:
            how: which column came from which, and with which settings; see `lineage.how`.
        """
        edge = Edge(
            origin=origin,
            made=made,
            step=step,
            entry=self.entry,
            at=self.at,
            columns=how.columns,
            parameters=how.parameters,
            code=code(),
            actor=self.actor,
        )
        self.store(tables.EDGE, edge, origin=origin.key, made=made.key)


class Acts:
    """Changes in one transaction, each with an entry of its own; entries are written in batches."""

    def __init__(self, connection: Connection, clock: Clock, actor: Actor) -> None:
        self._connection, self._clock, self._actor = connection, clock, actor
        self._head = records.head_of(connection)
        self._lines: list[Line] = []
        self._has_failed = False

    @contextmanager
    def act(self, name: str, subject: str) -> Iterator[Act]:
        """The next change; see `Desk.act`."""
        permit(self._actor, name)
        entry, at = self._head.entries + 1, self._clock()
        act = Act(
            connection=self._connection,
            entry=entry,
            at=at,
            actor=self._actor.name,
            account=self._actor.account,
        )
        self._has_failed = True
        yield act
        self._has_failed = False
        if act.stored:
            act.facts["records"] = commitment(act.stored)
        line = record(
            self._head, at=at, actor=self._actor.name, act=name, subject=subject, facts=act.facts
        )
        self._head = Head(entries=entry, hash=line.hash)
        self._lines.append(line)
        if len(self._lines) == _LINES_AT_ONCE:
            self._write()

    def end(self) -> None:
        """Write what is left.

        Raises:
            RuntimeError: an act failed and its error was kept back; half of it may be stored.
        """
        if self._has_failed:
            raise RuntimeError
        self._write()

    def _write(self) -> None:
        records.append_lines(self._connection, self._lines)
        self._lines.clear()


class Desk:
    """The open workspace folder. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock = now) -> None:
        self.settings = settings
        self.clock = clock
        self.actor = Actor(name=settings.actor, roles=frozenset(Role))
        if (settings.home / RESTORING).exists():
            reason = "a backup is being restored into it, or was by halves; restore it again"
            raise WorkspaceError(home=settings.home, reason=reason)
        self._confirm: Confirm | None = None
        try:
            for folder in self._folders:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.key = key_in(settings.home / "secret.key")
        except (OSError, ValueError):
            reason = "it cannot be written; choose another folder or ask for the right to write"
            raise WorkspaceError(home=settings.home, reason=reason) from None
        self.database = Database(settings.database_url)
        self.present = Present()
        self._tables: Recent[Table] = Recent(TABLE_CACHE_BYTES, lambda table: table.nbytes)
        self._bounded: Recent[Bounded] = Recent(_BOUNDED_BYTES, lambda rows: rows.nbytes)
        self._aggregates: Recent[Aggregate] = Recent(_AGGREGATES_KEPT, lambda _: 1)
        self._noticing = Noticing()
        self._memory: dict[str, Any] = {}
        self._one_keeps = threading.RLock()
        self._asked: Recent[Any] = Recent(_AGGREGATES_KEPT, lambda _: 1)

    def acting(self, actor: Actor, confirm: Confirm | None = None) -> Desk:
        """The same desk in the hands of `actor`: one folder, one database, one memory.

        Args:
            confirm: asked whenever the actor is to look or begin, so that what was put into a page
                while they were here is of no use when they are gone or have other roles.
        """
        theirs = copy.copy(self)
        theirs.actor, theirs._confirm = actor, confirm
        return theirs

    def by_itself(self) -> Desk:
        """The same desk at work that goes on whoever looks: with no more rights than that needs."""
        return self.acting(by_itself())

    def permit(self, act: str) -> Actor:
        """Let whoever acts look or begin; every act is asked about again when it is written.

        Returns:
            Whoever acts, as they are now.

        Raises:
            NotPermittedError: no role of theirs has the right.
            VisitOverError: they are not here any more.
        """
        actor = self._now()
        permit(actor, act)
        return actor

    def may(self, act: str) -> bool:
        """Whether whoever acts has the right to an act or a look."""
        return may(self._now(), act)

    def whoever(self) -> Actor:
        """Whoever acts, as they are now, whatever they may.

        Raises:
            VisitOverError: they are not here any more.
        """
        return self._now()

    def _now(self) -> Actor:
        """Whoever acts, as they are now."""
        return self._confirm() if self._confirm else self.actor

    def kept(self, name: str, make: Callable[[], _Kept]) -> _Kept:
        """What this process keeps in memory of the desk under `name`, whoever acts; made once.

        Who may see it is asked before it is looked up; nothing of one person's belongs here.
        """
        with self._one_keeps:
            if name not in self._memory:
                self._memory[name] = make()
            found: _Kept = self._memory[name]
            return found

    @property
    def datasets_folder(self) -> Path:
        return self.settings.home / "datasets"

    @property
    def reports_folder(self) -> Path:
        return self.settings.home / "reports"

    @property
    def runs_folder(self) -> Path:
        return self.settings.home / "runs"

    @property
    def hierarchies_folder(self) -> Path:
        return self.settings.home / "hierarchies"

    @property
    def outputs_folder(self) -> Path:
        return self.settings.home / "outputs"

    @property
    def vaults_folder(self) -> Path:
        return self.settings.home / "vaults"

    @property
    def usable_folder(self) -> Path:
        """Which rows of a stored table may be used: numbers of rows, no values."""
        return self.settings.home / "usable"

    @property
    def _folders(self) -> tuple[Path, ...]:
        return (
            self.settings.home,  # first: what is made on the way to another is open to everybody
            *(self.datasets_folder, self.reports_folder, self.runs_folder),
            *(self.hierarchies_folder, self.outputs_folder, self.vaults_folder),
            self.usable_folder,
        )

    @contextmanager
    def act(self, name: str, subject: str) -> Iterator[Act]:
        """A change named `name` (`noun.verb`) to `subject`; all of it or, on an error, nothing.

        Raises:
            NotPermittedError: whoever acts may not.
        """
        with self.acts() as acts, acts.act(name, subject) as act:
            yield act

    @contextmanager
    def acts(self) -> Iterator[Acts]:
        """Many changes one after another; all of them or, on an error in any, nothing."""
        self.notice()
        with self.database.writing() as connection:
            acts = Acts(connection, self.clock, self.actor)
            yield acts
            acts.end()

    def table(self, dataset: Dataset) -> Table:
        """The table of `dataset`, stored or a part of a stored one (see `usage`).

        The least used leave memory when there are too many.

        Raises:
            KeptElsewhereError: its rows are not here.
        """
        if dataset.kept is not None:
            raise KeptElsewhereError(dataset=dataset.name)
        self.notice()
        return self._table(dataset.sha256)

    def _table(self, sha256: str) -> Table:
        def read() -> Table:
            mask = self.usable_folder / f"{sha256}.npz"
            if mask.exists():
                origin, is_in = read_mask(mask)
                return Part(self._table(origin), is_in)
            return Table(self.datasets_folder / f"{sha256}.parquet")

        return self._tables.get((sha256,), read)

    def hold(self, dataset: Dataset, table: Table) -> None:
        """Have `table` for `dataset` in memory, so that it is measured before it is stored."""
        self._tables.get((dataset.sha256,), lambda: table)

    def notice(self) -> None:
        """Let go of rows that another process erased; whoever looks at data or acts does so."""
        if self._noticing.look(self.database):
            self.let_go()

    def let_go(self) -> None:
        """Forget all tables in memory: rows of them were erased."""
        for kept in (self._tables, self._bounded, self._aggregates):
            kept.clear()

    def unchanged(self, connection: Connection, words: str, find: Callable[[], _Kept]) -> _Kept:
        """What `words` mean, to look at only, found anew with every entry in the trail and second.

        While sliders move, nothing but the time changes for many looks in a row.
        """
        second = f"{self.clock():%Y-%m-%d %H:%M:%S}"
        found: _Kept = self._asked.get((words, records.head_of(connection).hash, second), find)
        return found

    def joined(self, dataset: Dataset, query: Query, others: Mapping[str, Dataset]) -> Rows:
        """The table of `dataset` with those that `query` joins; `others` by name."""
        tables = {name: self.table(other) for name, other in others.items()}
        return joined(self.table(dataset), query, tables, self.key)

    def counted(
        self, dataset: Dataset, query: Query, others: Mapping[str, Dataset]
    ) -> tuple[Rows, Bounded]:
        """The joined table, and which of its rows count.

        Queries of other statistics with the same bounds share the rows that count.
        """
        table, columns = self.joined(dataset, query, others), all_columns(dataset, others)
        place = (*_hashes(dataset, others), repr(choice_of(query)))
        bounded = self._bounded.get(place, lambda: bound(table, query, columns, self.key))
        return table, bounded

    def aggregate(self, dataset: Dataset, query: Query, others: Mapping[str, Dataset]) -> Aggregate:
        """The exact answer to `query`, computed once; secret, see `Aggregate`.

        Args:
            others: the datasets that `query` joins, by name.
        """
        # How the loss is divided changes the noise, not the exact answer.
        exact = replace(query, shares={}, mechanism=Mechanism.GAUSSIAN)

        def computed() -> Aggregate:
            if dataset.kept is not None:
                return elsewhere.aggregate(dataset, query, self.settings, self.key)
            table, bounded = self.counted(dataset, query, others)
            return add_up(table, query, bounded)

        place = (*_hashes(dataset, others), repr(exact), *elsewhere.moment(dataset, self.clock()))
        return self._aggregates.get(place, computed)


def all_columns(dataset: Dataset, others: Mapping[str, Dataset]) -> tuple[Column, ...]:
    """The columns of `dataset`, then of the joined ones by the names a query gives them."""
    beside = [
        column for name, other in others.items() for column in joined_columns(name, other.columns)
    ]
    return (*dataset.columns, *beside)


def _hashes(dataset: Dataset, others: Mapping[str, Dataset]) -> tuple[str, ...]:
    """What the exact answer to a query stands on."""
    return (dataset.sha256, *(other.sha256 for other in others.values()))
