"""Erasing: planned whole, switched at once, proved by looking again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.dataset.nouns import Column, Sha256


class Way(StrEnum):
    """What becomes of a row."""

    REMOVED = "removed"
    BLANKED = "cells blanked"  # where the row must stay: bookkeeping, other people's rows
    KEPT = "kept"  # an exception of the law, or a hold


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
class Erasure:
    """One erasure, of one request or of a batch.

    Attributes:
        id: names it.
        requests: whose.
        rewritings: the versions that changed.
        beyond: what cannot be undone.
        rescanned: dataset versions looked at again afterwards.
        left: rows and mentions that were found then; 0 unless kept by an exception.
        commitments: salted SHA-256 of what was erased; the salts are destroyed, so they prove
            nothing of anybody any more.
        key_destroyed_at: when the sealed identifiers became unreadable, UTC.
        begun_at, done_at: UTC; done_at is None while it is under way.
        stage: planned, written, switched, cleaned, proved; from “switched” on it is only finished,
            never undone.
    """

    id: str
    requests: tuple[str, ...]
    begun_at: datetime
    stage: str
    rewritings: tuple[Rewriting, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    rescanned: int = 0
    left: int = 0
    commitments: tuple[Sha256, ...] = ()
    key_destroyed_at: datetime | None = None
    done_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
