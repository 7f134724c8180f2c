"""The lineage told to other systems, and what they tell, as events of OpenLineage."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from compliance import __version__
from compliance.dataset.nouns import Dataset
from compliance.errors import EventFileError, ForeignNameError, UnknownDatasetError
from compliance.lineage.nouns import Edge, NodeKind, Place, Tagged
from compliance.lineage.openlineage import join, read_events, to_events, to_lines
from compliance.lineage.openlineage.nouns import (
    Described,
    Event,
    EventKind,
    Joined,
    Line,
    Own,
    Received,
    Teller,
)
from compliance.storage import records, tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing.registers import organisation_in
from compliance.workspace.lineage import edges as lineage_edges
from compliance.workspace.lineage.evidence import columns_in, records_of
from compliance.workspace.trails.keys import known_signer, signer_of

Columns = Mapping[str, Sequence[str]]

_SHOWN = 60
_AHEAD = timedelta(days=1)  # for clocks and time zones that are a little wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The lineage as a file of events.

    Attributes:
        data: JSON lines.
        events: how many.
        namespace: under which the desk names its own things.
    """

    data: bytes
    events: int
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file of events.

    Attributes:
        events: in the file.
        new: of them, those that were not known yet.
        own: those that this desk had told itself; not taken in.
        passed_over: those that tell of no run.
        failed: runs of the file that failed, so that nothing was made.
        joined: names of other systems with the desk's own things that they mean.
        dangling: lines and the columns that they name and that are not there.
    """

    events: int
    new: int
    own: int
    passed_over: int
    failed: int
    joined: Mapping[str, str]
    dangling: tuple[tuple[int, Place], ...]


def namespace_of(origin: str) -> str:
    """Under which name a desk tells of its own things; from the origin of its trail."""
    return f"privacy-desk://{origin.rpartition('/')[2]}"


def received_in(connection: Connection, until: int | None = None) -> tuple[Received, ...]:
    """All that was taken in, oldest first."""
    return records.up_to(connection, tables.EVENT, Received, until)


def joined(
    received: Sequence[Received], edges: tuple[Edge, ...], columns: Mapping[str, Sequence[str]]
) -> Joined:
    """The lineage of other systems, joined to `edges`, which are the desk's own.

    Args:
        columns: of all that the desk has, by key.
    """
    if not received:
        return Joined(edges=(), columns={}, dangling=())
    return join(received, Own(edges=edges, columns=columns, sha256=_hashes(edges)))


def export(desk: Desk, edges: Sequence[Edge], tagged: Tagged, columns: Columns) -> Exported:
    """Edges of the desk as events; that they were handed out stands in the trail.

    Args:
        edges: the desk's own; what other systems told is theirs to tell.
        tagged: how far personal data went.
        columns: of every thing that is there, by its key.
    """
    with desk.act("lineage.export", "lineage") as act:
        by = Teller(
            namespace=namespace_of(signer_of(desk, act.connection).origin),
            version=__version__,
            owner=organisation_in(act.connection).name,
        )
        described = _described(act.connection, edges, tagged, columns)
        lines = list(to_lines(to_events(edges, described, by)))
        data = b"".join(lines)
        sha256 = hashlib.sha256(data).hexdigest()
        act.facts |= {"events": len(lines), "edges": len(edges), "sha256": sha256}
    return Exported(data=data, events=len(lines), namespace=by.namespace)


def take_in(desk: Desk, data: bytes, name: str, said: Mapping[str, str]) -> Imported:
    """Events of other systems, kept; those that are known already change nothing.

    Args:
        name: of the file.
        said: by namespace and name of another system, the dataset that an officer says it is.

    Raises:
        EventFileError: a line is no event, or lies in the future; nothing was taken in.
        ForeignNameError: an officer named what no event tells of, or a dataset that is not there.
    """
    lines = read_events(data, name)
    _check_times(desk, lines, name)
    with desk.database.reading() as connection:
        found = _compared(desk, connection, lines, said)
    if found.new or found.joins:
        with desk.act("lineage.import", "lineage") as act:
            found = _compared(desk, act.connection, lines, said)  # somebody may have been quicker
            _keep(act, found, hashlib.sha256(data).hexdigest())
    with desk.database.reading() as connection:
        return _told(connection, lines, found)


@dataclass(frozen=True, slots=True)
class _Compared:
    """What of a file is new, and what its names mean."""

    new: tuple[Event, ...]
    joins: Mapping[str, str]
    own: int


def _compared(
    desk: Desk, connection: Connection, lines: Iterable[Line], said: Mapping[str, str]
) -> _Compared:
    by = known_signer(desk, connection)
    namespace = "" if by is None else namespace_of(by.origin)
    events = [line.event for line in lines if line.event is not None]
    theirs = [event for event in events if event.namespace != namespace]
    before = received_in(connection)
    latest = {(e.run, e.kind): e for one in before if (e := one.event) is not None}
    new = []
    for event in theirs:
        known = latest.get((event.run, event.kind))
        # Sent again is known; what was sent later of the same is a correction.
        if known is None or (known.at < event.at and known != event):
            latest[event.run, event.kind] = event
            new.append(event)
    ids = _ids(theirs) | _ids(one.event for one in before if one.event is not None)
    means = {**_by_name(connection, namespace, ids), **_as_said(connection, said, ids)}
    known_joins = {id_: key for one in before for id_, key in one.joins.items()}
    joins = {id_: key for id_, key in means.items() if known_joins.get(id_) != key}
    # An officer's word stands against a name that happens to be ours.
    joins = {id_: key for id_, key in joins.items() if id_ in said or id_ not in known_joins}
    return _Compared(tuple(new), joins, len(events) - len(theirs))


def _keep(act: Act, found: _Compared, sha256: str) -> None:
    if found.joins:
        act.store(tables.EVENT, Received(entry=act.entry, joins=found.joins), run="")
    for event in found.new:
        act.store(tables.EVENT, Received(entry=act.entry, event=event), run=event.run)
    act.facts |= {
        "events": len(found.new),
        "runs": len({event.run for event in found.new}),
        "joined": len(found.joins),
        "sha256": sha256,
    }


def _told(connection: Connection, lines: Sequence[Line], found: _Compared) -> Imported:
    received, edges = received_in(connection), lineage_edges.every(connection)
    told = joined(received, edges, _columns(connection))
    at = {line.event.run: line.number for line in lines if line.event is not None}
    events = [line.event for line in lines if line.event is not None]
    bad = (EventKind.FAIL, EventKind.ABORT)
    joins = {id_: key for one in received for id_, key in one.joins.items()}
    ids = _ids(events)
    return Imported(
        events=len(lines),
        new=len(found.new),
        own=found.own,
        passed_over=len(lines) - len(events),
        failed=len({event.run for event in events if event.kind in bad}),
        joined={id_: key for id_, key in joins.items() if id_ in ids},
        dangling=tuple((at[run], place) for run, place in told.dangling if run in at),
    )


def _columns(connection: Connection) -> Columns:
    return columns_in(connection, records_of(connection))


def _check_times(desk: Desk, lines: Iterable[Line], name: str) -> None:
    latest = desk.clock() + _AHEAD
    for line in lines:
        if line.event is not None and line.event.at > latest:
            reason = "its eventTime lies in the future; check the clock and the time zone there"
            raise EventFileError(name=name, line=line.number, reason=reason)


def _is_of(namespace: str, id_: str) -> bool:
    return bool(namespace) and id_.startswith(f"{namespace}/")


def _ids(events: Iterable[Event]) -> set[str]:
    """All that events name."""
    found = set()
    for event in events:
        for port in (*event.inputs, *event.outputs):
            found.add(port.id)
            found.update(one.origin for one in port.came)
    return found


def _by_name(connection: Connection, namespace: str, ids: Iterable[str]) -> dict[str, str]:
    """What names of this desk mean."""
    keys = {n.key for e in lineage_edges.every(connection) for n in (e.origin, e.made)}
    own = {id_: id_.removeprefix(f"{namespace}/") for id_ in ids if _is_of(namespace, id_)}
    return {id_: key for id_, key in own.items() if key in keys}


def _as_said(connection: Connection, said: Mapping[str, str], ids: set[str]) -> dict[str, str]:
    """What an officer says that names of other systems mean: versions of datasets."""
    found = {}
    for id_, name in said.items():
        if id_ not in ids:
            raise ForeignNameError(given=id_[:_SHOWN], reason="no event names it")
        found[id_] = f"{NodeKind.DATASET}:{_version(connection, id_, name)}"
    return found


def _version(connection: Connection, id_: str, name: str) -> str:
    version = records.latest(connection, tables.DATASET, Dataset, id=name)
    try:
        return version.id if version is not None else datasets.find(connection, name).id
    except UnknownDatasetError:
        reason = f"there is no dataset “{name[:_SHOWN]}”"
        raise ForeignNameError(given=id_[:_SHOWN], reason=reason) from None


def _hashes(edges: Iterable[Edge]) -> Mapping[str, str]:
    """The key of each file, and of each table that files were taken into, by its bytes."""
    found = {}
    for edge in edges:
        if edge.origin.kind is NodeKind.SOURCE:
            found[edge.origin.id] = edge.origin.key
            sha256 = edge.parameters.get("sha256")
            if isinstance(sha256, str):
                found[sha256] = edge.made.key
    return found


def _described(
    connection: Connection, edges: Iterable[Edge], tagged: Tagged, columns: Columns
) -> Mapping[str, Described]:
    """What is known of all that edges name."""
    versions = {
        f"{NodeKind.DATASET}:{one.id}": one
        for one in records.every(connection, tables.DATASET, Dataset)
    }
    tags = _tags(tagged)
    found = {}
    for node in {n.key: n for edge in edges for n in (edge.origin, edge.made)}.values():
        dataset = versions.get(node.key)
        names = [(name, "") for name in columns.get(node.key, ())]
        if dataset is None:
            sha256 = node.id if node.kind is NodeKind.SOURCE else ""
            about = Described(columns=tuple(names), sha256=sha256, tags=tuple(tags[node.key]))
        else:
            about = Described(
                columns=tuple((str(c.name), str(c.type)) for c in dataset.columns),
                sha256=dataset.sha256,
                rows=dataset.rows,
                missing={str(c.name): c.missing for c in dataset.columns},
                distinct={str(c.name): c.distinct for c in dataset.columns},
                tags=tuple(tags[node.key]),
            )
        found[node.key] = about
    return found


def _tags(tagged: Tagged) -> Mapping[str, list[tuple[str, str, str]]]:
    """Per thing its column, a key and a value: where tags are, where they stopped or were lost."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for place, some in sorted(tagged.tags.items()):
        for tag in sorted(some):
            found[place.node] += [
                (place.column, "personal_data", tag.semantic_type),
                (place.column, "identifier_class", str(tag.identifier_class)),
                *((place.column, "legal_class", str(one)) for one in tag.legal_classes),
            ]
    for stop in tagged.stopped:
        found[stop.made.node].append((stop.made.column, "personal_data.stopped", stop.evidence))
    for lost in tagged.lost:
        found[lost.place.node].append((lost.place.column, "personal_data.lost", str(lost.reason)))
    return defaultdict(list, {key: list(dict.fromkeys(told)) for key, told in found.items()})
