"""The trail as this process knows it, so that a long one is not read whole at every look.

A short trail is read whole each time. Of a long one only what came since is read: entries,
tiles and records behind those that this process has read itself, from the first entry on. So a
change of what was read before shows at the next full verification only; how long ago the last
one was is told with the result, and never more than an hour.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from compliance.storage import records
from compliance.trail.nouns import TrailState, Verification
from compliance.workspace.anchoring_outside import compared, lately, outside, sizes
from compliance.workspace.desk import Desk
from compliance.workspace.trail_checks import Checked

SHORT = 2_000  # entries that are read in less time than a page takes
LONGEST = timedelta(hours=1)


@dataclass(slots=True)
class _Known:
    checked: Checked
    state: TrailState


_ONE_READS = threading.Lock()
_KNOWN: WeakKeyDictionary[Desk, _Known] = WeakKeyDictionary()


def state(desk: Desk, at: datetime | None = None, *, is_whole: bool = False) -> TrailState:
    """What is known of the trail now.

    Args:
        at: what the time is; else what the clock says.
        is_whole: read every entry, whatever is known.
    """
    moment = desk.clock() if at is None else at
    held = outside(desk) if is_whole else lately(desk, moment)
    with _ONE_READS, desk.database.reading() as connection:
        known, entries = _KNOWN.pop(desk, None), records.head_of(connection).entries
        if known is not None and not is_whole and _is_enough(known.state, entries, moment):
            checked = known.checked
            now = replace(known.state, verification=_warned(known, checked.read_on(connection)))
        else:
            checked = Checked(sizes(held))
            found = compared(desk, checked.read_on(connection), checked.reading, held)
            now = TrailState(verification=found, whole_at=moment, whole_entries=found.entries)
        if known is not None and entries < known.state.verification.entries:
            # The moment that is read began after that of whoever read before.
            now = replace(now, verification=_cut(now.verification, known.state.verification))
        if now.verification.ok:
            _KNOWN[desk] = _Known(checked, now)
    return now


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
