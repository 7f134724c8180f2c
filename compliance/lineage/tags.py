"""How far personal data went: tags travel along columns and stop only at measured evidence.

A tag ends where anonymity was measured and passed, and nowhere else: not where a name was replaced
by a pseudonym, not where values were masked, not where a sample was drawn. Where a column is taken
for harmless though its origin is personal, the tag was lost, which is a finding.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from compliance.discovery.nouns import Discovery, Label
from compliance.lineage.nouns import (
    ColumnKind,
    Edge,
    Evidence,
    Lost,
    NodeKind,
    Place,
    Reason,
    Standing,
    Stop,
    Tag,
    Tagged,
)

Tags = dict[Place, set[Tag]]
_Ways = Mapping[Place, list[Place]]
_Pair = tuple[Place, Place]
_DATASET = f"{NodeKind.DATASET}:"

_NOT_LOOKED = "nobody has looked for personal data here, and what it was made from holds some"
_SAYS_NONE = "it is labelled as not personal, what it was made from is, and nothing was measured"


def propagate(
    edges: Iterable[Edge], labels: Mapping[str, Discovery], evidence: Iterable[Evidence]
) -> Tagged:
    """How far the tags of `labels` travel along `edges`, and where each of them ended.

    More edges never take a tag away; their order does not matter.

    Args:
        labels: by the key of a thing, what its columns hold, as officers left it.
        evidence: what was measured; tags stop at what holds, and at nothing else.
    """
    shown = tuple(evidence)
    stops = {
        (origin, one.made): one.id
        for one in shown
        if one.standing is Standing.HOLDS
        for origin in one.origins
    }
    proven = {made for _, made in stops}
    direct, indirect, ended, whole = _ways(edges, stops)
    own = _own(labels, proven)
    tags, arrived = _travelled(own, direct)
    return Tagged(
        tags=_frozen(tags),
        arrived=_frozen(arrived),
        touched=_frozen(_touched(tags, direct, indirect, whole)),
        stopped=tuple(
            Stop(
                origin=origin,
                made=made,
                tags=frozenset(tags[origin]),
                evidence=stops[origin.node, made.node],
            )
            for origin, made in sorted(ended)
            if origin in tags
        ),
        lost=tuple(_lost(arrived, labels, shown)),
    )


def _own(labels: Mapping[str, Discovery], proven: Collection[str]) -> Tags:
    """What labels say, but of what was measured to be anonymous."""
    return {
        Place(node, label.column): {_tag(label)}
        for node, found in labels.items()
        if node not in proven
        for label in found.personal
    }


def _tag(label: Label) -> Tag:
    return Tag(
        semantic_type=label.semantic_type,
        identifier_class=label.identifier_class,
        legal_classes=label.legal_classes,
    )


def _ways(
    edges: Iterable[Edge], stops: Mapping[tuple[str, str], str]
) -> tuple[_Ways, _Ways, set[_Pair], Mapping[str, list[str]]]:
    """Where values go, where influence goes, where values are stopped, and what makes what."""
    direct: dict[Place, list[Place]] = defaultdict(list)
    indirect: dict[Place, list[Place]] = defaultdict(list)
    ended: set[_Pair] = set()
    whole: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        origin, made = edge.origin.key, edge.made.key
        is_open = (origin, made) not in stops
        if is_open:
            whole[origin].append(made)
        for column in edge.columns:
            pair = Place(origin, column.origin), Place(made, column.made)
            if not is_open:
                if column.kind is ColumnKind.DIRECT:
                    ended.add(pair)
            elif column.kind is ColumnKind.DIRECT:
                direct[pair[0]].append(pair[1])
            else:
                indirect[pair[0]].append(pair[1])
    return direct, indirect, ended, whole


def _travelled(own: Mapping[Place, set[Tag]], direct: _Ways) -> tuple[Tags, Tags]:
    """All tags of each place, and of them those that came from another one."""
    tags: Tags = {place: set(found) for place, found in own.items()}
    arrived: Tags = {}
    ahead = deque(tags)
    while ahead:
        here = ahead.popleft()
        found = tags[here]
        for there in direct.get(here, ()):
            came = arrived.setdefault(there, set())
            if found <= came:
                continue
            came |= found
            if not found <= tags.setdefault(there, set()):
                tags[there] |= found
                ahead.append(there)
    return tags, arrived


def _touched(
    tags: Mapping[Place, set[Tag]],
    direct: _Ways,
    indirect: _Ways,
    whole: Mapping[str, Sequence[str]],
) -> Tags:
    """Tags that places only hang on: from where a column chose or grouped, and on from there."""
    found: Tags = {}
    ahead: deque[Place] = deque()

    def reach(there: Place, more: set[Tag]) -> None:
        before = found.setdefault(there, set())
        if not more <= before:
            before |= more
            ahead.append(there)

    for here, ways in indirect.items():
        for there in ways:
            if here in tags:
                reach(there, tags[here])
    while ahead:
        here = ahead.popleft()
        for there in (*direct.get(here, ()), *indirect.get(here, ())):
            reach(there, found[here])
        if not here.column:
            for made in whole.get(here.node, ()):
                reach(Place(made, ""), found[here])
    return found


def _lost(
    arrived: Mapping[Place, set[Tag]], labels: Mapping[str, Discovery], shown: Sequence[Evidence]
) -> Iterator[Lost]:
    """Where a dataset's column is not taken for what it was made from, and nothing shows why."""
    void = {one.made: one.why for one in shown if one.standing is Standing.VOID}
    harmless = {
        Place(node, label.column)
        for node, found in labels.items()
        for label in found.labels
        if not label.is_personal
    }
    for place in sorted(arrived):
        if not place.node.startswith(_DATASET):
            continue
        if place.node in void:
            reason, why = Reason.VOID, void[place.node]
        elif place.node not in labels:
            reason, why = Reason.NOT_LOOKED, _NOT_LOOKED
        elif place in harmless:
            reason, why = Reason.SAYS_NONE, _SAYS_NONE
        else:
            continue
        yield Lost(place=place, tags=frozenset(arrived[place]), reason=reason, why=why)


def _frozen(tags: Mapping[Place, set[Tag]]) -> Mapping[Place, frozenset[Tag]]:
    return {place: frozenset(found) for place, found in tags.items() if found}
