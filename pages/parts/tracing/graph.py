"""The lineage as a picture of boxes and arrows: what is put together, where it stands."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.lineage.nouns import Edge, Node, NodeKind, Tagged

READABLE = 40
"""From so many things on, versions and answers of one dataset are put together."""


class Mark(StrEnum):
    """How a thing stands to personal data, the gravest first."""

    LOST = "lost without evidence"
    PERSONAL = "holds personal data"
    STOPPED = "stopped by evidence"
    NONE = "no personal data known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One thing of the picture, or several put together.

    Attributes:
        key: of the first of them.
        title, kind: of the first of them.
        members: the keys of all.
        mark: the gravest of theirs.
        column, row: where it stands; columns from left to right, rows from the middle.
    """

    key: str
    title: str
    kind: NodeKind
    members: tuple[str, ...]
    mark: Mark
    column: int = 0
    row: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One box was made from another.

    Attributes:
        origin, made: their keys.
        steps: by which steps.
        is_loose: what was made only hangs on it.
    """

    origin: str
    made: str
    steps: tuple[str, ...]
    is_loose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Boxes and arrows."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def marks_of(tagged: Tagged, edges: Iterable[Edge]) -> Mapping[str, Mark]:
    """How each thing stands, by its key; what is not named holds none that is known.

    Files hold what was found in the tables that were made of them.
    """
    found = {stop.made.node: Mark.STOPPED for stop in tagged.stopped}
    found |= {place.node: Mark.PERSONAL for place in tagged.tags}
    files = {e.origin.key: e.made.key for e in edges if e.origin.kind is NodeKind.SOURCE}
    found |= {key: Mark.PERSONAL for key, made in files.items() if made in found}
    return found | {one.place.node: Mark.LOST for one in tagged.lost}


def picture(
    edges: Sequence[Edge],
    marks: Mapping[str, Mark],
    *,
    is_shown: Callable[[Node], bool] = lambda _: True,
    is_joined: bool = False,
) -> Picture:
    """The picture of some edges; the files of one thing are always one box.

    Args:
        is_shown: what is left out is stepped over, so that the way goes on.
        is_joined: put versions of a dataset, and all that was asked of it, together.
    """
    nodes = {node.key: node for edge in edges for node in (edge.origin, edge.made)}
    shown = {key for key, node in nodes.items() if is_shown(node)}
    links = _stepped_over(edges, shown)
    group = _grouped(nodes, links, shown, is_joined=is_joined)
    members: dict[str, list[str]] = defaultdict(list)
    for key in nodes:
        if key in shown:
            members[group[key]].append(key)
    boxes = {
        name: Box(
            key=keys[0],
            title=_title(nodes, keys),
            kind=nodes[keys[0]].kind,
            members=tuple(keys),
            mark=min((marks.get(key, Mark.NONE) for key in keys), key=list(Mark).index),
        )
        for name, keys in members.items()
    }
    joined: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for (origin, made), steps in links.items():
        if group[origin] != group[made]:
            joined[boxes[group[origin]].key, boxes[group[made]].key] |= steps
    arrows = tuple(Arrow(origin=a, made=b, steps=tuple(s)) for (a, b), s in joined.items())
    return Picture(boxes=placed(tuple(boxes.values()), arrows), arrows=arrows)


def placed(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[Box, ...]:
    """The boxes with their places: each right of all that it was made from, near to them."""
    column = _columns([box.key for box in boxes], arrows)
    origins: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        origins[arrow.made].append(arrow.origin)
    rows: dict[str, float] = {}
    for place in sorted(set(column.values())):
        here = [box.key for box in boxes if column[box.key] == place]
        middle = {
            key: sum(near) / len(near) if (near := _rows_of(origins[key], rows)) else 0.0
            for key in here
        }
        here.sort(key=middle.__getitem__)
        centre = sum(middle.values()) / len(here)
        for number, key in enumerate(here):
            rows[key] = centre + number - (len(here) - 1) / 2
    return tuple(replace(box, column=column[box.key], row=rows[box.key]) for box in boxes)


def said(shown: Picture) -> str:
    """How many boxes stand how, for who cannot see the picture."""
    counts = Counter(box.mark for box in shown.boxes)
    said = (locales.count_of(f"{counts[mark]}", _(str(mark))) for mark in Mark if counts[mark])
    return locales.joined(said, "clauses")


def _rows_of(origins: Iterable[str], rows: Mapping[str, float]) -> list[float]:
    return [rows[key] for key in origins if key in rows]


def _columns(keys: Sequence[str], arrows: Sequence[Arrow]) -> Mapping[str, int]:
    """How far each is from the beginning; a circle is cut where it is come upon."""
    made: dict[str, list[str]] = defaultdict(list)
    waiting = Counter(arrow.made for arrow in arrows if arrow.made != arrow.origin)
    for arrow in arrows:
        if arrow.made != arrow.origin:
            made[arrow.origin].append(arrow.made)
    column = dict.fromkeys(keys, 0)
    left = dict.fromkeys(keys)
    ready = deque(key for key in keys if not waiting[key])
    while left:
        key = ready.popleft() if ready else next(iter(left))
        if key not in left:
            continue
        del left[key]
        for after in made[key]:
            if after in left:
                column[after] = max(column[after], column[key] + 1)
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
    return column


def _stepped_over(
    edges: Iterable[Edge], shown: Collection[str]
) -> Mapping[tuple[str, str], dict[str, None]]:
    """What is shown joined to what is shown, over whatever is not."""
    out: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for edge in edges:
        out[edge.origin.key][edge.made.key][edge.step] = None
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for origin in [key for key in out if key in shown]:
        seen, ahead = {origin}, deque([origin])
        while ahead:
            here = ahead.popleft()
            for made, steps in out[here].items() if here in out else ():
                if made in shown:
                    found[origin, made] |= steps
                elif made not in seen:
                    seen.add(made)
                    ahead.append(made)
    return found


def _grouped(
    nodes: Mapping[str, Node],
    links: Iterable[tuple[str, str]],
    shown: Collection[str],
    *,
    is_joined: bool,
) -> Mapping[str, str]:
    """The name of the box of each thing."""
    of: dict[str, list[str]] = defaultdict(list)
    into: dict[str, list[str]] = defaultdict(list)
    for origin, made in links:
        of[origin].append(made)
        into[made].append(origin)
    found = {}
    for key in shown:
        node = nodes[key]
        if node.kind is NodeKind.SOURCE and of[key]:
            ends = [_family(nodes[made]) if is_joined else made for made in of[key]]
            found[key] = f"files of {sorted(ends)[0]}" if len(set(ends)) == 1 else key
        elif is_joined:
            found[key] = _family(node, [nodes[origin] for origin in into[key]])
        else:
            found[key] = key
    return found


def _family(node: Node, origins: Sequence[Node] = ()) -> str:
    """What a thing is put together with: versions of one dataset, or what was made of it."""
    if node.kind in (NodeKind.DATASET, NodeKind.VIEW, NodeKind.LABELS):
        return f"{node.kind}:{node.id.partition('@')[0]}"
    if node.kind is NodeKind.FOREIGN:
        return f"{node.kind}:{node.id.rpartition('/')[0]}"
    first = min((_family(origin) for origin in origins), default="")
    return f"{node.kind} of {first}"


def _title(nodes: Mapping[str, Node], keys: Sequence[str]) -> str:
    more = f" +{locales.number(len(keys) - 1)}" if len(keys) > 1 else ""
    return _(nodes[keys[0]].title) + more
