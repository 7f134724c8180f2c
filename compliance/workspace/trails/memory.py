"""The trail as this process knows it, so that a long one is not read whole at every look.

A short trail is read whole each time. Of a long one only what came since is read: entries,
tiles and records behind those that this process has read itself, from the first entry on. So a
change of what was read before shows at the next full verification only; how long ago the last
one was is told with the result. It is never more than an hour; of a trail that takes seconds to
read, never more than a day, where a worker or an officer had it verified and that is on record.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from compliance.errors import BrokenTrailError
from compliance.storage import records, tiles
from compliance.trail import root_of
from compliance.trail.nouns import TrailState, Verification
from compliance.workspace.anchoring.outside import Outside, compared, lately, outside, sizes
from compliance.workspace.anchoring.records import newest_verified
from compliance.workspace.desk import Desk
from compliance.workspace.trails.checks import Checked

SHORT = 2_000  # entries that are read in less time than a page takes
LONGEST = timedelta(hours=1)
LONG = 20_000  # entries that are not read for a page where a verification of today is on record
RECORDED = timedelta(hours=25)


@dataclass(slots=True)
class _Known:
    checked: Checked
    state: TrailState


class _Memory:
    """What was read, and that one thread reads at a time."""

    def __init__(self) -> None:
        self.one_reads = threading.Lock()
        self.known: _Known | None = None


def state(desk: Desk, at: datetime | None = None, *, is_whole: bool = False) -> TrailState:
    """What is known of the trail now.

    Args:
        at: what the time is; else what the clock says.
        is_whole: read every entry, whatever is known.
    """
    moment = desk.clock() if at is None else at
    held = outside(desk) if is_whole else lately(desk, moment)
    memory = desk.kept("trail", _Memory)
    with memory.one_reads, desk.database.reading() as connection:
        known, entries = memory.known, records.head_of(connection).entries
        memory.known = None
        if known is not None and not is_whole and _is_enough(known.state, entries, moment):
            checked = known.checked
            now = replace(known.state, verification=_warned(known, checked.read_on(connection)))
        else:
            checked, now = (not is_whole and _recorded(connection, held, moment)) or _whole(
                desk, connection, held, moment
            )
        if known is not None and entries < known.state.verification.entries:
            # The moment that is read began after that of whoever read before.
            now = replace(now, verification=_cut(now.verification, known.state.verification))
        if now.verification.ok:
            memory.known = _Known(checked, now)
    return now


def _whole(
    desk: Desk, connection: Connection, held: Outside, moment: datetime
) -> tuple[Checked, TrailState]:
    checked = Checked(sizes(held))
    found = compared(desk, checked.read_on(connection), checked.reading, held)
    return checked, TrailState(verification=found, whole_at=moment, whole_entries=found.entries)


def _recorded(
    connection: Connection, held: Outside, moment: datetime
) -> tuple[Checked, TrailState] | None:
    """What somebody else has read whole lately, and what came since; None: nobody has."""
    last = newest_verified(connection)
    if last is None or not last.ok or last.entries <= LONG:
        return None
    if not timedelta(0) <= moment - last.at <= RECORDED:
        return None
    try:
        checked = Checked.behind(connection, last.entries)
    except BrokenTrailError:
        return None
    if checked.reading.tree.root().hex() != last.root or not _fits(connection, held):
        return None
    found = checked.read_on(connection)
    return checked, TrailState(verification=found, whole_at=last.at, whole_entries=last.entries)


def _fits(connection: Connection, held: Outside) -> bool:
    """Whether the newest checkpoint of each anchor is of this trail, as its tree says."""
    entries = records.head_of(connection).entries
    newest = [one.seen[-1] for one in held if one.seen]
    if any(one.problems for one in held) or any(seen.entries > entries for seen in newest):
        return False
    try:
        roots = [root_of(n.entries, tiles.node_in(connection, n.entries)).hex() for n in newest]
    except BrokenTrailError:
        return False
    return roots == [seen.root for seen in newest]


def _is_enough(known: TrailState, entries: int, moment: datetime) -> bool:
    """Whether only what came since needs to be read."""
    is_fresh = timedelta(0) <= moment - known.whole_at <= LONGEST
    return is_fresh and entries > SHORT and entries >= known.verification.entries


def _warned(known: _Known, now: Verification) -> Verification:
    """What was not compared when all was read is not compared yet."""
    warnings = dict.fromkeys((*now.warnings, *known.state.verification.warnings))
    return replace(now, warnings=tuple(warnings))


def _cut(now: Verification, before: Verification) -> Verification:
    told = f"There were {before.entries} entries, now there are {now.entries}: the newest are gone."
    return replace(now, problems=(*now.problems, told))
