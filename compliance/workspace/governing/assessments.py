"""Every duty checked on what the desk knows, and where the life cycle stands."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from compliance.plain import from_json, from_plain, to_json
from compliance.rules import Tally, judge, stages, standing
from compliance.rules.nouns import Assessment, Stage, Standing, TrailKnown
from compliance.storage import records, tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import packs
from compliance.workspace.governing.knowing import known
from compliance.workspace.guarding import guarded
from compliance.workspace.mending import findings

EVERYTHING = "everything"


@guarded
class Duties:
    """What past assessments found, read fast."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def newest(self, names: Sequence[str] | None = None) -> Assessment | None:
        """The last assessment of everything, or of the datasets named; None: never assessed."""
        with self._desk.database.reading() as connection:
            return newest(connection, names)

    def standings(self, names: Sequence[str] | None = None) -> tuple[Standing, ...]:
        """All assessments of the same in numbers, oldest first."""
        with self._desk.database.reading() as connection:
            return standings(connection, names)


def check(desk: Desk, names: Sequence[str] | None = None) -> Assessment:
    """Check every duty and keep the verdicts; with `names` only those of these datasets."""
    with desk.act("duties.assess", scope_of(names)) as act:
        return within(desk, act, names)


def within(
    desk: Desk, act: Act, names: Sequence[str] | None = None, trail: TrailKnown | None = None
) -> Assessment:
    """Check every duty as part of `act`.

    Args:
        trail: what was known of the trail before the act; to be given where the act has stored
            something, for until its entry is written nothing vouches for that.
    """
    pack = packs.in_force(act.connection)
    seen = known(desk, act.connection, act.at, names)
    found = judge(pack, replace(seen, trail=trail or seen.trail))
    findings.after(act, found, pack, is_whole=names is None)
    scope = _key(names)
    act.store(tables.ASSESSMENT, _packed(found), scope=scope)
    act.store(tables.STANDING, standing(found), scope=scope)
    act.facts |= {
        "rules": found.pack,
        "verdicts": len(found.verdicts),
        "findings": len(found.findings),
        "score": found.score,
    }
    return found


def history(connection: Connection, names: Sequence[str] | None = None) -> tuple[Assessment, ...]:
    """All assessments of everything, or of the datasets named together; oldest first."""
    kept = records.every(connection, tables.ASSESSMENT, dict, scope=_key(names))
    return tuple(_unpacked(one) for one in kept)


def newest(connection: Connection, names: Sequence[str] | None = None) -> Assessment | None:
    """The last assessment of everything, or of the datasets named together; None: never."""
    return next(iter(_last(connection, names, 1)), None)


def standings(connection: Connection, names: Sequence[str] | None = None) -> tuple[Standing, ...]:
    """All assessments of the same in numbers, oldest first."""
    return records.every(connection, tables.STANDING, Standing, scope=_key(names))


def life_cycle(connection: Connection, trail_problems: int) -> tuple[Stage, ...]:
    """The ten stages as they stand."""
    found = datasets.newest(connection)
    looked_at = [discovery for d in found if (discovery := labels.latest(connection, d))]
    past = _last(connection, None, 2)
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
        trail_problems=trail_problems,
        assessment=past[0] if past else None,
        closed=_closed(past),
    )
    return stages(tally)


def scope_of(names: Sequence[str] | None) -> str:
    """What an assessment is of, in words: everything, or datasets by name."""
    return EVERYTHING if names is None else ", ".join(names)


def _last(
    connection: Connection, names: Sequence[str] | None, count: int
) -> tuple[Assessment, ...]:
    """The last `count`, newest first."""
    kept = records.newest(connection, tables.ASSESSMENT, dict, count, scope=_key(names))
    return tuple(_unpacked(one) for one in kept)


def _packed(found: Assessment) -> Mapping[str, str]:
    """An assessment as it is stored: verdicts repeat much, so a tenth of the room is enough."""
    return {"zipped": b64encode(zlib.compress(to_json(found).encode())).decode()}


def _unpacked(kept: Mapping[str, Any]) -> Assessment:
    """What `_packed` stored; assessments of earlier versions were not packed."""
    if "zipped" not in kept:
        return from_plain(Assessment, kept)
    return from_json(Assessment, zlib.decompress(b64decode(kept["zipped"])).decode())


def _key(names: Sequence[str] | None) -> str:
    return scope_of(names)[:200]


def _closed(past: Sequence[Assessment]) -> int:
    """Findings of the assessment before the last that the last no longer has; newest first."""
    if len(past) < 2:
        return 0
    now, before = ({(v.rule, v.subject) for v in a.findings} for a in past)
    return len(before - now)
