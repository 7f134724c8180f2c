"""Findings on record: after each assessment, and as people work on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from compliance.errors import UnknownFindingError
from compliance.rules import findings
from compliance.rules.nouns import Assessment, Finding, Pack, Severity, Status
from compliance.storage import records, tables
from compliance.workspace.desk import Act, Desk

_DUE_RULE = "POL-FINDING"


class Worked(Protocol):
    """What people do about a finding; see `compliance.rules.findings.working`."""

    def __call__(self, finding: Finding, /, *, at: datetime, by: str) -> Finding:
        """The finding afterwards."""
        ...


def every(connection: Connection) -> tuple[Finding, ...]:
    """All findings as they stand, in the order in which they were first opened."""
    return tuple(records.newest_by(connection, tables.FINDING, Finding, "id").values())


def find(connection: Connection, id_: str) -> Finding:
    """One finding as it stands.

    Raises:
        UnknownFindingError: there is none of that id.
    """
    found = records.latest(connection, tables.FINDING, Finding, id=id_)
    if found is None:
        raise UnknownFindingError(finding=id_[:40])
    return found


def after(act: Act, found: Assessment, pack: Pack, *, is_whole: bool) -> None:
    """Open, reopen and close findings after an assessment, as part of `act`.

    Args:
        pack: the rules in force; they may say otherwise by when findings are due.
    """
    before = every(act.connection)
    known = {finding.id: finding for finding in before}
    now = findings.opened(before, found, by=act.actor, is_whole=is_whole, due_days=_due_days(pack))
    changed = [finding for finding in now if known.get(finding.id) != finding]
    for finding in changed:
        act.store(tables.FINDING, finding, id=finding.id)
    act.facts |= {
        "opened": _counted(changed, lambda f: f.opened_at == act.at),
        "closed": _counted(changed, lambda f: f.closed_at == act.at),
    }


def work(desk: Desk, name: str, id_: str, worked: Worked, **facts: object) -> Finding:
    """Do something about a finding, and keep it.

    Args:
        name: of the act.
        facts: what the trail says of it; never a comment, a reason or the name of a person.

    Raises:
        UnknownFindingError, FindingError: nothing was changed.
    """
    with desk.act(name, id_[:40]) as act:
        before = find(act.connection, id_)
        now = worked(before, at=act.at, by=act.actor)
        if now != before:
            act.store(tables.FINDING, now, id=now.id)
        act.facts |= {"rule": now.rule, "status": now.status, **facts}
    return now


def _due_days(pack: Pack) -> Mapping[Severity, int] | None:
    """By when the rules in force want findings mended; None where they do not say for each."""
    rule = pack.rule(_DUE_RULE)
    said = rule.params.get("due_days_by_severity", {}) if rule else {}
    return {s: int(said[s.value]) for s in Severity} if said.keys() >= set(Severity) else None


def is_open(finding: Finding) -> bool:
    return finding.status is not Status.CLOSED


def _counted(changed: list[Finding], holds: Callable[[Finding], bool]) -> int:
    return sum(holds(finding) for finding in changed)
