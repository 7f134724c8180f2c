"""Every duty checked on what the desk knows, and where the life cycle stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from compliance.rules import Tally, assess, desk_pack, stages
from compliance.rules.facts import subjects
from compliance.rules.nouns import Assessment, Stage, TrailKnown
from compliance.storage import records, tables
from compliance.workspace import datasets, labels, mending_findings, trails
from compliance.workspace.desk import Act, Desk
from compliance.workspace.knowing import known

EVERYTHING = "everything"


def check(desk: Desk, names: Sequence[str] | None = None) -> Assessment:
    """Check every duty and keep the verdicts; with `names` only those of these datasets."""
    with desk.act("duties.assess", _scope(names)) as act:
        return within(desk, act, names)


def within(
    desk: Desk, act: Act, names: Sequence[str] | None = None, trail: TrailKnown | None = None
) -> Assessment:
    """Check every duty as part of `act`.

    Args:
        trail: what was known of the trail before the act; to be given where the act has stored
            something, for until its entry is written nothing vouches for that.
    """
    seen = known(desk, act.connection, act.at, names)
    found = assess(desk_pack(), subjects(replace(seen, trail=trail or seen.trail)), act.at)
    found = mending_findings.after(act, found, is_whole=names is None)
    act.store(tables.ASSESSMENT, found, scope=_scope(names)[:200])
    act.facts |= {
        "verdicts": len(found.verdicts),
        "findings": len(found.findings),
        "score": found.score,
    }
    return found


def history(connection: Connection, names: Sequence[str] | None = None) -> tuple[Assessment, ...]:
    """All assessments of everything, or of the datasets named together; oldest first."""
    return records.every(connection, tables.ASSESSMENT, Assessment, scope=_scope(names)[:200])


def life_cycle(connection: Connection) -> tuple[Stage, ...]:
    """The ten stages as they stand."""
    found = datasets.newest(connection)
    looked_at = [discovery for d in found if (discovery := labels.latest(connection, d))]
    past = history(connection)
    tally = Tally(
        datasets=len(found),
        described=sum(bool(d.description.purpose and d.description.legal_basis) for d in found),
        cleaning_steps=sum(len(d.cleaning) for d in found),
        with_region=sum(bool(d.description.region) for d in found),
        discovered=len(looked_at),
        confirmed=sum(not discovery.unconfirmed for discovery in looked_at),
        releases=records.count(connection, tables.RELEASE),
        runs=records.count(connection, tables.RUN),
        anonymised=records.count(connection, tables.ANONYMISED),
        edges=records.count(connection, tables.EDGE),
        entries=records.head_of(connection).entries,
        reports=records.count(connection, tables.REPORT),
        trail_problems=len(trails.verify(connection).problems),
        assessment=past[-1] if past else None,
        closed=_closed(past),
    )
    return stages(tally)


def _scope(names: Sequence[str] | None) -> str:
    return EVERYTHING if names is None else ", ".join(names)


def _closed(past: Sequence[Assessment]) -> int:
    """Findings of the assessment before the last that the last no longer has."""
    if len(past) < 2:
        return 0
    now, before = ({(v.rule, v.subject) for v in a.findings} for a in (past[-1], past[-2]))
    return len(before - now)
