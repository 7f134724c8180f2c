"""What places outside saw of the trail, and whether the trail still fits it.

Whoever owns the records can write them anew from the first entry to the last. What left the
machine before stands against it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from compliance.errors import AnchorError
from compliance.storage import records, tables
from compliance.trail import Reading, Seen, Stamp, Verdict, Whose, check_signature, check_whose
from compliance.trail.nouns import Anchor, AnchorKind, Verification
from compliance.workspace.anchoring.places import Kept, all_within, taken
from compliance.workspace.desk import Desk
from compliance.workspace.trails import keys as trail_keys

LONGEST = timedelta(hours=1)
_PAGE_WAIT_S = 3.0
# A time stamp may be a little older than the checkpoint says: clocks differ.
_CLOCKS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one anchor holds.

    Attributes:
        anchor: which.
        seen: its checkpoints, fewest entries first.
        problems: what does not fit in it, one sentence each.
        unread: why it could not be read back; empty where it could.
        stamps: what its time stamps confirm.
    """

    anchor: Anchor
    seen: tuple[Seen, ...] = ()
    problems: tuple[str, ...] = ()
    unread: str = ""
    stamps: tuple[Stamp, ...] = ()

    @property
    def is_missed(self) -> bool:
        """Whether something that was there cannot be read back."""
        return bool(self.unread) and not (self.anchor.every and self.anchor.last_done is None)


Outside = tuple[Held, ...]


class _Cached(NamedTuple):
    held: Outside
    at: datetime
    rows: int


class _Lately:
    """What was read last, and that one thread reads at a time."""

    def __init__(self) -> None:
        self.one_reads = threading.Lock()
        self.read: _Cached | None = None


def anchors_of(connection: Connection) -> tuple[Anchor, ...]:
    """All anchors that run, by name."""
    found = records.newest_by(connection, tables.ANCHOR, Anchor, "id")
    return tuple(found[name] for name in sorted(found) if not found[name].is_removed)


def outside(desk: Desk, more: Sequence[Path] = ()) -> Outside:
    """What every anchor that can be read back holds now.

    Not to be called in a transaction that then reads the trail: a checkpoint that was taken
    since it began would seem to have seen too much.

    Args:
        more: files and folders that the records say nothing of.
    """
    with desk.database.reading() as connection:
        rows = records.count(connection, tables.ANCHOR)
    held = _read(desk, more, None)
    if not more:
        desk.kept("outside", _Lately).read = _Cached(held, desk.clock(), rows)
    return held


def lately(desk: Desk, at: datetime) -> Outside:
    """The same, as it was read within the last hour; for those who cannot wait."""
    with desk.database.reading() as connection:
        rows = records.count(connection, tables.ANCHOR)
    if not rows and not desk.settings.anchors:
        return ()
    last = desk.kept("outside", _Lately)
    with last.one_reads:
        known = last.read
        if known and known.rows == rows and timedelta(0) <= at - known.at <= LONGEST:
            return known.held
        held = _read(desk, (), _PAGE_WAIT_S)
        last.read = _Cached(held, at, rows)
        return held


def sizes(held: Outside) -> set[int]:
    """How many entries each checkpoint saw."""
    return {seen.entries for one in held for seen in one.seen}


def compared(desk: Desk, found: Verification, reading: Reading, held: Outside) -> Verification:
    """`found`, with what contradicts the anchors, and which of them could not be read."""
    told = [f"Anchor “{one.anchor.name}”: {says}" for one in held for says in one.problems]
    for one in held:
        told += [f"Anchor “{one.anchor.name}”: {says}" for says in against(desk, reading, one)]
    unread = [
        f"Anchor “{one.anchor.name}” was not compared: {one.unread}." for one in held if one.unread
    ]
    return replace(
        found,
        problems=tuple(dict.fromkeys((*found.problems, *told))),
        warnings=tuple(dict.fromkeys((*found.warnings, *unread))),
    )


def against(desk: Desk, reading: Reading, held: Held) -> list[str]:
    """What contradicts the newest checkpoint that does not fit; the older ones say no more."""
    for seen in reversed(held.seen):
        told = reading.against(seen)
        if told and not _is_newer(desk, reading, seen):
            return told
    return []


def _is_newer(desk: Desk, reading: Reading, seen: Seen) -> bool:
    """Whether it was taken after the moment that is read: then it cannot be compared."""
    if seen.entries <= reading.tree.size:
        return False
    with desk.database.reading() as connection:
        return records.head_of(connection).entries >= seen.entries


def _read(desk: Desk, more: Sequence[Path], wait_s: float | None) -> Outside:
    with desk.database.reading() as connection:
        kept = [anchor for anchor in anchors_of(connection) if anchor.can_be_read]
        by = trail_keys.known_signer(desk, connection)
    whose = Whose(by.origin, by.keys) if by else Whose()
    known = {anchor.to for anchor in kept}
    told = [path for path in (*desk.settings.anchors, *more) if str(path) not in known]
    every = [*kept, *(_unrecorded(desk, path) for path in dict.fromkeys(told))]
    wanted = {anchor.name: lambda anchor=anchor: taken(anchor, whose.origin) for anchor in every}
    found = all_within(wanted, wait_s)
    return tuple(_held(anchor, got, whose) for anchor, got in zip(every, found, strict=True))


def _unrecorded(desk: Desk, path: Path) -> Anchor:
    kind = AnchorKind.GIT if (path / ".git").exists() else AnchorKind.FILE
    made = desk.clock()
    return Anchor(name=str(path), kind=kind, to=str(path), every="", made_at=made)


def _held(anchor: Anchor, got: object, whose: Whose) -> Held:
    try:
        kept: tuple[Kept, ...] = got()  # type: ignore[operator]
    except AnchorError as error:
        return Held(anchor=anchor, unread=str(error.facts["reason"]))
    verdict = Verdict()
    for one in kept:
        if one.seen is None:
            verdict.problems.append("A line of it is no checkpoint: it was changed from outside.")
            continue
        check_signature(one.seen, verdict)
        check_whose(one.seen, whose, verdict)
        verdict.problems += _of_stamp(anchor, one, one.seen)
    seen = tuple(sorted((one.seen for one in kept if one.seen), key=lambda each: each.entries))
    if _is_short(anchor, seen):
        verdict.problems.append("It does not hold what was taken there last: it was cut short.")
    return Held(
        anchor=anchor,
        seen=seen,
        problems=tuple(dict.fromkeys(verdict.problems)),
        stamps=tuple(one.stamp for one in kept if one.stamp),
    )


def _of_stamp(anchor: Anchor, kept: Kept, seen: Seen) -> list[str]:
    if kept.problem:
        return [kept.problem]
    if kept.stamp is None:
        is_due = anchor.kind is AnchorKind.TIME_STAMP
        return ["A checkpoint has lost its time stamp."] if is_due else []
    try:
        is_ahead = kept.stamp.at < datetime.fromisoformat(seen.at) - _CLOCKS
    except (ValueError, TypeError):
        return ["A checkpoint says no time."]
    if is_ahead:
        return ["A checkpoint says a later time than its time stamp: the desk's clock was ahead."]
    return []


def _is_short(anchor: Anchor, seen: Sequence[Seen]) -> bool:
    done = anchor.last_done
    return done is not None and all(one.entries < done.entries for one in seen)
