"""What was done without the second person that it needed, found in the trail and the records.

Nothing comes past `approving_acts.use`; this looks again, as an auditor would. It looks at each act
by itself: that small spends were split is prevented, not found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection

from compliance.access.nouns import Approval, FourEyes, Matter, Stand
from compliance.register.nouns import Recorded
from compliance.report.nouns import SecondPerson
from compliance.storage import acts, records, tables
from compliance.trail import to_entry
from compliance.trail.nouns import Entry
from compliance.workspace.approving.soughts import TRANSFER
from compliance.workspace.governing.registers import as_tuples, transfer_of

_SPENDING = ("release.reserve", "bounds.propose", "synthesis.reserve", "run.reserve")
_ERASING = "erasure.switch"


def unapproved(connection: Connection) -> tuple[int, ...]:
    """The numbers of the entries of acts that needed a second person and had none."""
    required = records.with_entries(connection, tables.FOUR_EYES, FourEyes)
    if not required:
        return ()
    approved = _approved(connection)
    needing = {*_spends_and_erasures(connection, required), *_transfers(connection, required)}
    return tuple(sorted(needing - approved))


def second_persons(
    connection: Connection, names: Sequence[str] | None = None
) -> tuple[SecondPerson, ...]:
    """What others approved and was done, oldest first: all of it, or that on the datasets named."""
    found = records.newest_by(connection, tables.APPROVAL, Approval, "id").values()
    used = [(one.used_at, one) for one in found if one.stand is Stand.USED and one.used_at]
    return tuple(
        SecondPerson(what=one.what, asked_by=one.asked_by, approved_by=one.approved_by, used_at=at)
        for at, one in sorted(used, key=lambda pair: pair[0])
        if names is None or one.sought.subject in names
    )


def _approved(connection: Connection) -> set[int]:
    """The entries that used up an approval which enough others gave."""
    found = records.with_entries(connection, tables.APPROVAL, Approval)
    return {entry for entry, one in found if one.stand is Stand.USED and _is_sound(one)}


def _is_sound(approval: Approval) -> bool:
    others = {word.account for word in approval.words if word.is_yes} - {approval.asker, ""}
    return len(others) >= approval.needed


def _spends_and_erasures(
    connection: Connection, required: Sequence[tuple[int, FourEyes]]
) -> Iterator[int]:
    for line in acts.lines_by(connection, [*_SPENDING, _ERASING]):
        asked = _in_force(required, line.place)
        if asked.is_any and _needs(to_entry(line), asked):
            yield line.place


def _needs(entry: Entry, asked: FourEyes) -> bool:
    if entry.act == _ERASING:
        return Matter.ERASURE in asked.matters
    return asked.epsilon is not None and _epsilon(entry.facts) > asked.epsilon


def _transfers(connection: Connection, required: Sequence[tuple[int, FourEyes]]) -> Iterator[int]:
    """The entries by which data go abroad that did not go there before."""
    before: dict[str, object] = {}
    for entry, one in records.with_entries(connection, tables.REGISTER, Recorded, kind=TRANSFER):
        sought = transfer_of(connection, as_tuples(one.record))
        is_new = sought is not None and before.get(one.record.id) != sought
        before[one.record.id] = sought
        if is_new and Matter.TRANSFER in _in_force(required, entry).matters:
            yield entry


def _in_force(required: Sequence[tuple[int, FourEyes]], entry: int) -> FourEyes:
    """What needed a second person when an entry was written."""
    return next((one for number, one in reversed(required) if number < entry), FourEyes())


def _epsilon(facts: Mapping[str, object]) -> Decimal:
    try:
        return Decimal(str(facts.get("epsilon", 0)))
    except InvalidOperation:
        return Decimal("Infinity")
