"""Lineage: what was made from what, and where personal data went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection

from compliance.discovery.nouns import Discovery
from compliance.errors import UnknownNodeError
from compliance.i18n import mark
from compliance.lineage import (
    changed,
    column_onward,
    column_path,
    dangling,
    downstream,
    propagate,
    upstream,
)
from compliance.lineage.nouns import (
    Dangling,
    Edge,
    Evidence,
    Hop,
    Node,
    NodeKind,
    Place,
    Standing,
    Tag,
    Tagged,
)
from compliance.privacy.nouns.disclosure import Disclosure
from compliance.rules.nouns import Inherited
from compliance.storage import records
from compliance.trail import to_entry
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.lineage import edges as lineage_edges
from compliance.workspace.lineage import events
from compliance.workspace.lineage.events import Exported, Imported, joined, received_in
from compliance.workspace.lineage.evidence import (
    columns_in,
    evidence,
    labels_in,
    records_of,
)
from compliance.workspace.lineage.listing import to_csv
from compliance.workspace.recent import Recent
from compliance.workspace.releasing import disclosures

_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The lineage of one moment.

    Attributes:
        edges: the desk's own, and what other systems told; each oldest first.
        own: those of the desk alone.
        labels: what columns hold, by the key of their version.
        evidence: what was measured, with what it is worth.
        columns: of every thing that is there, by its key.
        tagged: how far personal data went.
    """

    edges: tuple[Edge, ...]
    own: tuple[Edge, ...]
    labels: Mapping[str, Discovery]
    evidence: tuple[Evidence, ...]
    columns: Mapping[str, Sequence[str]]
    tagged: Tagged


@guarded
class Lineages:
    """Lineage: what was made from what, and where personal data went.

    `as_of` is a moment (UTC), or a day, with all that was done on it; left out, it is now.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: Recent[Known] = desk.kept("lineage", lambda: Recent(_KEPT, lambda _: 1))

    def edges(
        self, names: Sequence[str] | None = None, as_of: date | None = None
    ) -> tuple[Edge, ...]:
        """What was made from what: of all datasets, or of those named as they stood.

        The desk's own first, then what other systems told; each oldest first.

        Raises:
            UnknownDatasetError: a name is not there.
        """
        return self._around(self.known(as_of).edges, names)

    def tags(self, as_of: date | None = None) -> Tagged:
        """How far personal data went, and where they stopped."""
        return self.known(as_of).tagged

    def evidence(self, as_of: date | None = None) -> tuple[Evidence, ...]:
        """What was measured of steps, and what it is worth."""
        return self.known(as_of).evidence

    def find(
        self, text: str = "", kind: NodeKind | None = None, as_of: date | None = None
    ) -> tuple[Node, ...]:
        """The things of the lineage whose title or id holds `text`, in the order they came."""
        sought = text.casefold()
        every = {
            node.key: node for edge in self.edges(as_of=as_of) for node in (edge.origin, edge.made)
        }
        return tuple(
            node
            for node in every.values()
            if (kind is None or node.kind is kind)
            and (sought in node.title.casefold() or sought in node.id.casefold())
        )

    def node(self, named: str, as_of: date | None = None) -> Node:
        """One thing: by its key, its id, or the name of a dataset (its newest version).

        Raises:
            UnknownNodeError: there is none, or its id is that of several.
        """
        every = self.find(as_of=as_of)
        found = [node for node in every if named in (node.key, node.id)]
        found = [node for node in found if node.kind is not NodeKind.LABELS] or found
        if not found:
            versions = [n for n in every if n.kind is NodeKind.DATASET]
            found = [n for n in versions if n.id.rpartition("@")[0] == named][-1:]
        if len(found) != 1:
            raise UnknownNodeError(given=named[:80])
        return found[0]

    def upstream(self, named: str, as_of: date | None = None) -> tuple[Edge, ...]:
        """All that one thing was made from, nearest first; see `node`."""
        return upstream(self.edges(as_of=as_of), self.node(named, as_of).key)

    def downstream(self, named: str, as_of: date | None = None) -> tuple[Edge, ...]:
        """All that was made from one thing, nearest first; see `node`."""
        return downstream(self.edges(as_of=as_of), self.node(named, as_of).key)

    def column_path(
        self, named: str, column: str = "", as_of: date | None = None
    ) -> tuple[Hop, ...]:
        """The way from a column of one thing back to the source files, nearest first.

        Args:
            named: see `node`.
            column: of a dataset, a release or a model; of a report the column it speaks of; empty:
                all columns.

        Raises:
            UnknownNodeError, UnknownColumnError: it is not there.
        """
        node = self.node(named, as_of)
        if column and node.kind is NodeKind.DATASET:
            with self._desk.database.reading() as connection:
                datasets.version(connection, node.id).column(column)
        return column_path(self.edges(as_of=as_of), Place(node.key, column))

    def column_onward(self, named: str, column: str, as_of: date | None = None) -> tuple[Hop, ...]:
        """The way from a column of one thing onward to all that was made of it, nearest first.

        Raises:
            UnknownNodeError: it is not there.
        """
        place = Place(self.node(named, as_of).key, column)
        return column_onward(self.edges(as_of=as_of), place)

    def dangling(self) -> tuple[Dangling, ...]:
        """Edges that name a version or a column that is not there."""
        known = self.known()
        return dangling(known.edges, known.columns)

    def disclose(self, name: str, release_id: str | None = None) -> Disclosure:
        """What is told about a release, handed out: noted in the lineage and in the trail.

        Raises:
            NothingReleasedError, UnknownReleaseError: there is no such release.
        """
        return disclosures.hand_out(self._desk, name, release_id)

    def export(self, name: str | None = None, as_of: date | None = None) -> Exported:
        """The desk's lineage as events of OpenLineage: of all, or of what is around one dataset.

        Raises:
            UnknownDatasetError: there is no such dataset.
        """
        known = self.known(as_of)
        edges = self._around(known.own, None if name is None else [name])
        return events.export(self._desk, edges, known.tagged, known.columns)

    def export_columns(
        self, names: Sequence[str] | None = None, as_of: date | None = None
    ) -> tuple[tuple[Edge, ...], bytes]:
        """Every edge with the columns that it joins, and the same as CSV; that is in the trail.

        Raises:
            UnknownDatasetError: a name is not there.
        """
        edges = self.edges(names, as_of)
        with self._desk.act("lineage.export", "lineage") as act:
            act.facts |= {"edges": len(edges), "as_of": as_of.isoformat() if as_of else None}
        return edges, to_csv(edges)

    def take_in(self, data: bytes, name: str, said: Mapping[str, str]) -> Imported:
        """Events of other systems, kept and joined; see `lineage_events.take_in`."""
        return events.take_in(self._desk, data, name, said)

    def _around(self, edges: tuple[Edge, ...], names: Sequence[str] | None) -> tuple[Edge, ...]:
        if names is None:
            return edges
        with self._desk.database.reading() as connection:
            wanted = {str(datasets.find(connection, name).name) for name in names}
        return lineage_edges.around(edges, _newest(edges, wanted))

    def known(self, as_of: date | None = None) -> Known:
        """The lineage of one moment, worked out once as long as nothing is written."""
        with self._desk.database.reading() as connection:
            head = records.head_of(connection).entries
            until = head if as_of is None else entry_at(connection, as_of)
            return self._known.get((str(until),), lambda: known_at(connection, until))


def known_at(connection: Connection, until: int | None = None) -> Known:
    """The lineage up to an entry of the trail; None: with what is being written too."""
    own = lineage_edges.every(connection, until)
    kept = records_of(connection, until)
    labels = labels_in(connection, until)
    shown = evidence(kept, own)
    columns = columns_in(connection, kept)
    theirs = joined(received_in(connection, until), own, columns)
    ways = [*(_supposed(edge, columns) for edge in own), *theirs.edges]
    return Known(
        edges=(*own, *theirs.edges),
        own=own,
        labels=labels,
        evidence=shown,
        columns={**columns, **theirs.columns},
        tagged=propagate(ways, labels, shown),
    )


def _newest(edges: Iterable[Edge], names: Collection[str]) -> Collection[str]:
    """The id of the last version of each of these datasets that the edges know."""
    made = (edge.made.id for edge in edges if edge.made.kind is NodeKind.DATASET)
    versions = {id_.rpartition("@")[0]: id_ for id_ in made}
    return [versions[name] for name in names if name in versions]


def inheritance(known: Known, ids: Collection[str]) -> Mapping[str, Inherited]:
    """What dataset versions took over from what they were made from, by their ids."""
    keys, tagged = {f"{NodeKind.DATASET}:{id_}": id_ for id_ in ids}, known.tagged
    tags, arrived = _by_node(tagged.tags, keys), _by_node(tagged.arrived, keys)
    stopped: dict[str, dict[str, None]] = defaultdict(dict)
    for stop in tagged.stopped:
        stopped[stop.made.node][stop.evidence] = None
    void = {one.made: one.why for one in known.evidence if one.standing is Standing.VOID}
    return {
        id_: Inherited(
            tags=tags[key],
            arrived=arrived[key],
            stopped=tuple(stopped.get(key, ())),
            void=void.get(key, ""),
        )
        for key, id_ in keys.items()
    }


def _by_node(
    tags: Mapping[Place, frozenset[Tag]], keys: Collection[str]
) -> Mapping[str, Mapping[str, frozenset[Tag]]]:
    found: dict[str, dict[str, frozenset[Tag]]] = {key: {} for key in keys}
    for place, some in tags.items():
        if place.node in found:
            found[place.node][place.column] = some
    return found


def entry_at(connection: Connection, as_of: date) -> int:
    """The last entry of the trail that was written by then; 0: none was.

    Entries follow one another in time, so that twenty looks are enough among a million.
    """
    moment = until_of(as_of)
    low, high = 0, records.head_of(connection).entries
    while low < high:
        middle = (low + high + 1) // 2
        line = records.line(connection, middle)
        if line is not None and to_entry(line).at <= moment:
            low = middle
        else:
            high = middle - 1
    return low


def until_of(as_of: date) -> datetime:
    """The moment itself, or the end of the day, UTC."""
    if isinstance(as_of, datetime):
        return as_of
    return datetime.combine(as_of, time.max, UTC)


def _supposed(edge: Edge, columns: Mapping[str, Sequence[str]]) -> Edge:
    """An edge from before columns were told: equal names are taken for the same column.

    Rather a tag too many than one lost. What is not a table takes all of them.
    """
    if edge.columns:
        return edge
    here, there = columns.get(edge.origin.key, ()), columns.get(edge.made.key, ())
    is_table = edge.made.kind in (NodeKind.DATASET, NodeKind.VIEW)
    pairs = [(c, m) for c in here for m in there if c == m or not is_table]
    says = mark("not told; supposed")
    return replace(edge, columns=tuple(changed(c, says, m) for c, m in pairs))
