"""Events of other systems as edges, joined to the desk's own things.

Nobody here measured what other systems did. So where they do not tell columns, every column is
taken to go everywhere: rather a tag too many than one lost. That they call a step masking is kept
and stops nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.lineage.columns import changed
from compliance.lineage.nouns import ColumnEdge, ColumnKind, Edge, Node, NodeKind, Place
from compliance.lineage.openlineage.nouns import (
    ANY_COLUMN,
    Event,
    EventKind,
    Joined,
    Own,
    Port,
    Received,
)

SUPPOSED = "not told; supposed"
_ENDED_BADLY = (EventKind.FAIL, EventKind.ABORT)
_WHOLE = ("", ANY_COLUMN)


def join(received: Sequence[Received], own: Own) -> Joined:
    """The lineage that events tell, with names that mean the desk's own things joined to them.

    A run that failed made nothing. Of two events of one kind of one run the later one counts.

    Args:
        received: in the order in which it was taken in.
    """
    names = _Names(own, received)
    makings = [made for told in _runs(received) for made in _makings(told, names)]
    columns = _Columns(own, makings)
    edges = tuple(edge for making in makings for edge in columns.edges(making))
    dangling = ((m.event.run, place) for m in makings for place in columns.missing(m))
    return Joined(edges=edges, columns=columns.foreign, dangling=tuple(dict.fromkeys(dangling)))


_Told = list[tuple[int, Event]]


@dataclass(frozen=True, slots=True)
class _Making:
    """What one run made of all that it read: one output."""

    entry: int
    event: Event
    made: Node
    schemas: Mapping[str, Collection[str]]
    origins: Mapping[str, Node]
    came: Sequence[tuple[Node, ColumnEdge]]


def _runs(received: Iterable[Received]) -> Iterator[_Told]:
    """Of each run that did not fail the events that count, in the order in which they were sent."""
    runs: dict[str, dict[EventKind, tuple[int, Event]]] = defaultdict(dict)
    for one in received:
        if (event := one.event) is not None:
            before = runs[event.run].get(event.kind)
            if before is None or before[1].at <= event.at:
                runs[event.run][event.kind] = one.entry, event
    for kinds in runs.values():
        told = sorted(kinds.values(), key=lambda said: said[1].at)
        stands = [event.kind for _, event in told if event.kind is not EventKind.OTHER]
        if not stands or stands[-1] not in _ENDED_BADLY:
            yield told


class _Names:
    """What names of other systems mean here."""

    def __init__(self, own: Own, received: Iterable[Received]) -> None:
        self._sha256 = own.sha256
        self._nodes = {node.key: node for e in own.edges for node in (e.origin, e.made)}
        self._said = {id_: key for one in received for id_, key in one.joins.items()}
        self._found: dict[str, Node] = {}

    def of(self, id_: str, title: str = "", sha256: str = "") -> Node:
        """The thing that is meant: as was said when it was taken in, or by its bytes."""
        if id_ not in self._found:
            meant = (self._said.get(id_), self._sha256.get(sha256))
            key = next((key for key in meant if key in self._nodes), None)
            outside = Node(kind=NodeKind.FOREIGN, id=id_, title=title or id_)
            self._found[id_] = outside if key is None else self._nodes[str(key)]
        return self._found[id_]

    def port(self, port: Port) -> Node:
        return self.of(port.id, port.title, port.sha256)


def _makings(told: _Told, names: _Names) -> Iterator[_Making]:
    """What one run made: all its events together, later ones before earlier ones."""
    inputs = {port.id: port for _, event in told for port in event.inputs}
    outputs: dict[str, Port] = {}
    for _, event in told:
        for port in event.outputs:
            before = outputs.get(port.id)
            outputs[port.id] = before if before and before.came and not port.came else port
    entry, last = told[-1]
    ports = [port for _, event in told for port in (*event.inputs, *event.outputs)]
    nodes = {port.id: names.port(port) for port in ports}
    for port in outputs.values():
        came = [(names.of(one.origin), one.edge) for one in port.came]
        origins = [nodes[id_] for id_ in inputs] + [node for node, _ in came]
        schemas: dict[str, dict[str, None]] = defaultdict(dict)
        for one in ports:
            schemas[nodes[one.id].key].update(dict.fromkeys(one.columns))
        yield _Making(
            entry=entry,
            event=last,
            made=nodes[port.id],
            schemas=schemas,
            origins={node.key: node for node in origins},
            came=came,
        )


class _Columns:
    """Which columns there are, and where those go of which nobody told."""

    def __init__(self, own: Own, makings: Sequence[_Making]) -> None:
        self._own = own.columns
        self._schema: dict[str, dict[str, None]] = defaultdict(dict)
        self._named: dict[str, dict[str, None]] = defaultdict(dict)
        self._reached: set[Place] = set()
        for making in makings:
            for key, columns in making.schemas.items():
                self._schema[key].update(dict.fromkeys(columns))
            for origin, column in making.came:
                self._named[origin.key][column.origin] = None
                self._named[making.made.key][column.made] = None
                if column.kind is ColumnKind.DIRECT:
                    self._reached.add(Place(making.made.key, column.made))
        self._open = {m.made.key for m in makings if self._is_open(m)}
        self.foreign: Mapping[str, Sequence[str]] = {
            node.key: tuple(self._all(node))
            for making in makings
            for node in (*making.origins.values(), making.made)
            if node.kind is NodeKind.FOREIGN
        }

    def edges(self, making: _Making) -> Iterator[Edge]:
        """One edge for each thing that something was made from."""
        event = making.event
        for key, origin in making.origins.items():
            told = [column for node, column in making.came if node.key == key]
            columns = (*told, *self._completed(origin, told), *self._supposed(key, making))
            yield Edge(
                origin=origin,
                made=making.made,
                step=event.job,
                entry=making.entry,
                at=event.at,
                columns=tuple(dict.fromkeys(columns)),
                parameters={
                    "run": event.run,
                    "state": str(event.kind),
                    "namespace": event.namespace,
                },
                actor=event.producer,
            )

    def missing(self, making: _Making) -> Iterator[Place]:
        """The columns that a run names and that are known not to be there."""
        for origin, column in making.came:
            for node, name in ((origin, column.origin), (making.made, column.made)):
                known = self._known(node)
                if known and name not in known and name not in _WHOLE:
                    yield Place(node.key, name)

    def _known(self, node: Node) -> Collection[str]:
        """The columns that a thing has by its own schema; empty: nobody told."""
        is_foreign = node.kind in (NodeKind.FOREIGN, NodeKind.SOURCE)
        return self._schema[node.key] if is_foreign else self._own.get(node.key, ())

    def _all(self, node: Node) -> dict[str, None]:
        """Every column from which values may come."""
        if node.kind is not NodeKind.FOREIGN:
            return dict.fromkeys(self._own.get(node.key, ()))
        any_ = dict.fromkeys([ANY_COLUMN] if node.key in self._open else [])
        every = {**self._schema[node.key], **self._named[node.key], **any_}
        return {name: None for name in every if name}

    def _untold(self, making: _Making) -> dict[str, None]:
        """The columns of an output of which its run does not say where they come from."""
        told = {column.made for _, column in making.came}
        return {name: None for name in self._known(making.made) if name not in told}

    def _is_open(self, making: _Making) -> bool:
        """Whether an output of another system may hold more than its told columns say."""
        if making.made.kind is not NodeKind.FOREIGN:
            return False
        alike = {name for node in making.origins.values() for name in self._known(node)}
        return not making.came or bool(self._untold(making).keys() - alike)

    def _supposed(self, key: str, making: _Making) -> Iterator[ColumnEdge]:
        """Where the columns of one origin go, as far as the run does not tell it."""
        untold, every = self._untold(making), self._all(making.origins[key])
        alike = {name for node in making.origins.values() for name in self._all(node)}
        others = [name for name in untold if name not in alike]
        if making.made.kind is NodeKind.FOREIGN:
            others = [ANY_COLUMN] if making.made.key in self._open and self._is_open(making) else []
        for column in every:
            ends = [*untold] if column == ANY_COLUMN else [column] if column in untold else []
            yield from (changed(column, SUPPOSED, made) for made in dict.fromkeys([*ends, *others]))

    def _completed(self, origin: Node, told: Iterable[ColumnEdge]) -> Iterator[ColumnEdge]:
        """Beside a told column that is not there, or of which nobody told, all that it may be."""
        known = self._known(origin)
        for column in told:
            if column.kind is not ColumnKind.DIRECT:
                continue
            if known and column.origin not in known:
                yield from (changed(name, SUPPOSED, column.made) for name in self._all(origin))
            elif origin.key in self._open and Place(origin.key, column.origin) not in self._reached:
                yield changed(ANY_COLUMN, SUPPOSED, column.made)
