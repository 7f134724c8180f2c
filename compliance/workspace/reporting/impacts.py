"""What the report on an impact assessment stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from compliance import __version__
from compliance.dataset.nouns import Dataset
from compliance.errors import NothingAssessedError, UnknownImpactError
from compliance.impact import (
    hash_of,
    level_after,
    level_before,
    measures,
    method,
    missing_in,
    outdated,
    stale,
    weighed,
)
from compliance.impact.nouns import Impact, Status
from compliance.lineage.nouns import Edge
from compliance.report.nouns import DatasetEvidence, ImpactEvidence, ImpactVersion
from compliance.storage import records, tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.governing import knowing
from compliance.workspace.trails import trails


def chosen(connection: Connection, wanted: Sequence[Dataset] | None, about: str | None) -> Impact:
    """The assessment named, or the newest on any of these datasets.

    Args:
        wanted: None: whatever it is about.

    Raises:
        NothingAssessedError: there is none.
        UnknownImpactError: that named is not there, or is about other datasets.
    """
    every = records.newest_by(connection, tables.IMPACT, Impact, "id")
    names = None if wanted is None else {str(dataset.name) for dataset in wanted}
    found = {id_: one for id_, one in every.items() if names is None or names & set(one.datasets)}
    if about is not None:
        if about in found:
            return found[about]
        known = f"Known are {', '.join([*found][:12])}" if found else "None has been begun yet"
        raise UnknownImpactError(what="impact assessment", given=about[:60], known=known)
    if not found:
        where = "anything" if not names else " and ".join(sorted(names)[:3])
        raise NothingAssessedError(about=where)
    return max(found.values(), key=lambda one: (one.at is not None, one.at))


def gathered(
    desk: Desk,
    connection: Connection,
    impact: Impact,
    of_dataset: Callable[[Connection, Dataset], DatasetEvidence],
    edges_of: Callable[[Connection, Sequence[Dataset]], tuple[Edge, ...]],
) -> ImpactEvidence:
    """All that the report on `impact` says."""
    at = desk.clock()
    knowledge = knowing.known(desk, connection, at)
    concerned = [d for d in datasets.newest(connection) if d.name in impact.datasets]
    is_signed = impact.status is Status.VALIDATED
    named = {id_ for event in impact.events for id_ in event.measures}
    return ImpactEvidence(
        organisation=knowledge.organisation,
        impact=impact,
        method=method(),
        screened=weighed(impact.screening) if impact.screening else None,
        levels={event.id: (level_before(event), level_after(event)) for event in impact.events},
        measures={one.id: one.title for one in measures() if one.id in named},
        missing=() if is_signed else missing_in(impact),
        changed=(outdated if is_signed else stale)(impact, knowledge),
        stands_on=hash_of(impact.stands_on if is_signed else impact.drawn_from),
        versions=tuple(map(_version, _history(connection, impact))),
        datasets=tuple(of_dataset(connection, dataset) for dataset in concerned),
        lineage=edges_of(connection, concerned),
        trail=trails.verify_signed(desk, connection, at.replace(microsecond=0)),
        desk_version=__version__,
        gathered_at=at.replace(microsecond=0),
    )


def _history(connection: Connection, impact: Impact) -> tuple[Impact, ...]:
    return records.every(connection, tables.IMPACT, Impact, id=impact.id)


def _version(one: Impact) -> ImpactVersion:
    return ImpactVersion(
        version=one.version,
        status=one.status,
        at=one.at,
        actor=one.actor,
        residual=one.residual if one.status is Status.VALIDATED else None,
    )
