"""Erasing: planned whole, switched at once, proved by looking again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.dataset.nouns import Column, ColumnName, Sha256


class Way(StrEnum):
    """What becomes of a row."""

    REMOVED = "removed"
    BLANKED = "cells blanked"  # where the row must stay: bookkeeping, other people's rows
    KEPT = "kept"  # an exception of the law, or a hold


class Stage(StrEnum):
    """How far an erasure has come. From “switched” on it is only finished, never undone."""

    PLANNED = "planned"
    SWITCHED = "switched"  # every look finds the new content; old files may lie there yet
    PROVED = "proved"  # old files are gone, and nobody is found any more
    FORGOTTEN = "forgotten"  # stopped before it was switched: nothing was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Characters of a text that go.

    Attributes:
        row, column: which cell.
        start, end: which characters of it.
    """

    row: int
    column: ColumnName
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanking:
    """Rows of one person that stay without the person.

    Attributes:
        rows: which.
        columns: whose cells go.
        key: the column whose cells get a pseudonym that nobody can compute, so that the rows still
            belong together; None: there is none.
    """

    rows: tuple[int, ...]
    columns: tuple[ColumnName, ...]
    key: ColumnName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is done to one dataset version; row numbers and columns, no values.

    Attributes:
        dataset_id, before: the version, and its content's SHA-256.
        removed: rows that go.
        blanked: rows that stay without the person, person by person.
        redacted: texts of other rows.
        kept: rows that stay as they are.
        why_kept: the exceptions or holds for which rows stay, as they are or without the person.
    """

    dataset_id: str
    before: Sha256
    removed: tuple[int, ...] = ()
    blanked: tuple[Blanking, ...] = ()
    redacted: tuple[Redaction, ...] = ()
    kept: tuple[int, ...] = ()
    why_kept: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything is done at all."""
        return bool(self.removed or self.blanked or self.redacted)

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows that go or lose something."""
        lost = {row for one in self.blanked for row in one.rows}
        return tuple(sorted({*self.removed, *lost, *(one.row for one in self.redacted)}))

    @property
    def blanked_rows(self) -> int:
        """How many rows lose cells or parts of texts."""
        gone = set(self.removed)
        blanked = {row for one in self.blanked for row in one.rows}
        return len((blanked | {one.row for one in self.redacted}) - gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something that a person is known by stands in what officers typed.

    Attributes:
        kind: which records: the table's name, or trail.
        id: which of them.
    """

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """What cannot be undone, and why.

    Attributes:
        what: release, model, report, output handed on, backup.
        id: which.
        why: in one sentence.
        until: to which day it is still there, for backups.
    """

    what: str
    id: str
    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """What an erasure would do, before anything is changed.

    Attributes:
        requests: whose.
        cuts: by dataset version, those that change and those of which something is kept.
        seen: what it stands on: every dataset version with its content's SHA-256, holds, doubts.
        beyond: what cannot be undone.
        typed: records that name the person in the words of an officer; they are never changed.
        doubtful: mentions that may be somebody else, or were said to be; they stay.
        undecided: by request, how many doubtful mentions nobody has decided on.
        touched: by request, the dataset versions in which that person was found.
    """

    requests: tuple[str, ...]
    cuts: tuple[Cut, ...]
    seen: Mapping[str, str]
    beyond: tuple[Beyond, ...] = ()
    typed: tuple[Place, ...] = ()
    doubtful: int = 0
    undecided: Mapping[str, int] = field(default_factory=dict)
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """One dataset version, as it was and as it is without the person.

    Its id and version stay: what was erased was never to be found again, not even under an old
    version. Every look at the version finds the new content.

    Attributes:
        dataset_id: which version.
        before, after: the content's SHA-256.
        rows, columns: of the new content.
        removed, blanked, kept: rows by what became of them.
        why_kept: the exception; empty: nothing was kept.
        erasure: the erasure's id.
        at: when, UTC.
    """

    dataset_id: str
    before: Sha256
    after: Sha256
    rows: int
    columns: tuple[Column, ...]
    removed: int
    blanked: int
    kept: int
    why_kept: str
    erasure: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure, of one request or of a batch.

    Attributes:
        id: names it.
        requests: whose.
        rewritings: the versions that changed.
        beyond: what cannot be undone.
        rescanned: dataset versions looked at again afterwards.
        left: rows and mentions that were found then and are not kept by an exception or hold.
        kept: rows that were found then and are.
        commitments: salted SHA-256 of what was erased; the salts are destroyed, so they prove
            nothing of anybody any more.
        keys_left: the requests of which it can still be read who they are about.
        key_destroyed_at: when the last of those became unreadable, UTC.
        begun_at, done_at: UTC; done_at is None while it is under way.
        stage: how far it has come.
        typed: records that name the person in the words of an officer; they are out of reach.
        touched: by request, the dataset versions in which that person was found.
        counts: what was done, in numbers.
    """

    id: str
    requests: tuple[str, ...]
    begun_at: datetime
    stage: Stage
    rewritings: tuple[Rewriting, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    rescanned: int = 0
    left: int = 0
    kept: int = 0
    typed: tuple[Place, ...] = ()
    commitments: tuple[Sha256, ...] = ()
    keys_left: tuple[str, ...] = ()
    key_destroyed_at: datetime | None = None
    done_at: datetime | None = None
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
