"""Every duty checked on what the desk knows, and where the life cycle stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from compliance.rules import Tally, assess, desk_pack, stages
from compliance.rules.facts import subjects
from compliance.rules.nouns import Assessment, Stage
from compliance.storage import records, tables
from compliance.workspace import datasets, labels, trails
from compliance.workspace.desk import Desk
from compliance.workspace.knowing import known

EVERYTHING = "everything"


def check(desk: Desk, names: Sequence[str] | None = None) -> Assessment:
    """Check every duty and keep the verdicts; with `names` only those of these datasets."""
    with desk.act("duties.assess", scope_of(names)) as act:
        found = assess(desk_pack(), subjects(known(desk, act.connection, act.at, names)), act.at)
        act.store(tables.ASSESSMENT, found, scope=scope_of(names)[:200])
        act.facts |= {
            "verdicts": len(found.verdicts),
            "findings": len(found.findings),
            "score": found.score,
        }
    return found


def history(connection: Connection, names: Sequence[str] | None = None) -> tuple[Assessment, ...]:
    """All assessments of everything, or of the datasets named together; oldest first."""
    return records.every(connection, tables.ASSESSMENT, Assessment, scope=scope_of(names)[:200])


def newest(connection: Connection, names: Sequence[str] | None = None) -> Assessment | None:
    """The last assessment of everything, or of the datasets named together; None: never."""
    return records.latest(connection, tables.ASSESSMENT, Assessment, scope=scope_of(names)[:200])


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


def scope_of(names: Sequence[str] | None) -> str:
    """What an assessment is of, in words: everything, or datasets by name."""
    return EVERYTHING if names is None else ", ".join(names)


def _closed(past: Sequence[Assessment]) -> int:
    """Findings of the assessment before the last that the last no longer has."""
    if len(past) < 2:
        return 0
    now, before = ({(v.rule, v.subject) for v in a.findings} for a in (past[-1], past[-2]))
    return len(before - now)
