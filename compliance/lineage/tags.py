"""How far personal data went: tags travel along columns and stop only at measured evidence.

A tag ends where anonymity was measured and passed, and nowhere else: not where a name was replaced
by a pseudonym, not where values were masked, not where a sample was drawn. Where a column is taken
for harmless though its origin is personal, the tag was lost, which is a finding.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from compliance.discovery.nouns import Discovery, Label
from compliance.i18n import mark
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

# Places while they are followed: plain pairs are made and found faster than named ones.
_At = tuple[str, str]
_Bits = dict[_At, int]
_Ways = Mapping[_At, list[_At]]
_Pair = tuple[_At, _At]
_DATASET = f"{NodeKind.DATASET}:"

_NOT_LOOKED = mark("nobody has looked for personal data here, and what it was made from holds some")
_SAYS_NONE = mark(
    "it is labelled as not personal, what it was made from is, and nothing was measured"
)


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
    names = _Names()
    own = _own(labels, proven, names)
    tags, arrived = _travelled(own, direct)
    came = names.of_each(arrived)
    return Tagged(
        tags=names.of_each(tags),
        arrived=came,
        touched=names.of_each(_touched(tags, direct, indirect, whole)),
        stopped=tuple(
            Stop(
                origin=Place(*origin),
                made=Place(*made),
                tags=names.of(tags[origin]),
                evidence=stops[origin[0], made[0]],
            )
            for origin, made in sorted(ended)
            if origin in tags
        ),
        lost=tuple(_lost(came, labels, shown)),
    )


class _Names:
    """Tags by their number: sets of tags are bits of one whole number, which are joined fast."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._tags: list[Tag] = []
        self._sets: dict[int, frozenset[Tag]] = {}

    def bit(self, label: Label) -> int:
        """The set of the one tag that `label` gives its column."""
        said = label.semantic_type, label.identifier_class, label.legal_classes
        number = self._numbers.setdefault(said, len(self._tags))
        if number == len(self._tags):
            type_, class_, legal = said
            self._tags.append(
                Tag(semantic_type=type_, identifier_class=class_, legal_classes=legal)
            )
        return 1 << number

    def of(self, bits: int) -> frozenset[Tag]:
        """The tags of a set."""
        if bits not in self._sets:
            self._sets[bits] = frozenset(t for n, t in enumerate(self._tags) if bits >> n & 1)
        return self._sets[bits]

    def of_each(self, found: Mapping[_At, int]) -> Mapping[Place, frozenset[Tag]]:
        """The tags of every place that has any."""
        return {Place(*at): self.of(bits) for at, bits in found.items() if bits}


def _own(labels: Mapping[str, Discovery], proven: Collection[str], names: _Names) -> _Bits:
    """What labels say, but of what was measured to be anonymous."""
    return {
        (node, str(label.column)): names.bit(label)
        for node, found in labels.items()
        if node not in proven
        for label in found.personal
    }


def _ways(
    edges: Iterable[Edge], stops: Mapping[tuple[str, str], str]
) -> tuple[_Ways, _Ways, set[_Pair], Mapping[str, list[str]]]:
    """Where values go, where influence goes, where values are stopped, and what makes what."""
    direct: dict[_At, list[_At]] = defaultdict(list)
    indirect: dict[_At, list[_At]] = defaultdict(list)
    ended: set[_Pair] = set()
    whole: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        origin, made = edge.origin.key, edge.made.key
        is_open = (origin, made) not in stops
        if is_open:
            whole[origin].append(made)
        for column in edge.columns:
            pair = (origin, column.origin), (made, column.made)
            if not is_open:
                if column.kind is ColumnKind.DIRECT:
                    ended.add(pair)
            elif column.kind is ColumnKind.DIRECT:
                direct[pair[0]].append(pair[1])
            else:
                indirect[pair[0]].append(pair[1])
    return direct, indirect, ended, whole


def _travelled(own: Mapping[_At, int], direct: _Ways) -> tuple[_Bits, _Bits]:
    """All tags of each place, and of them those that came from another one."""
    tags, arrived = dict(own), dict[_At, int]()
    ahead = deque(tags)
    while ahead:
        here = ahead.popleft()
        found = tags[here]
        for there in direct.get(here, ()):
            arrived[there] = arrived.get(there, 0) | found
            before = tags.get(there, 0)
            if before | found != before:
                tags[there] = before | found
                ahead.append(there)
    return tags, arrived


def _touched(
    tags: Mapping[_At, int], direct: _Ways, indirect: _Ways, whole: Mapping[str, Sequence[str]]
) -> _Bits:
    """Tags that places only hang on: from where a column chose or grouped, and on from there."""
    found: _Bits = {}
    ahead: deque[_At] = deque()

    def reach(there: _At, more: int) -> None:
        before = found.get(there, 0)
        if before | more != before:
            found[there] = before | more
            ahead.append(there)

    for here, ways in indirect.items():
        for there in ways:
            reach(there, tags.get(here, 0))
    while ahead:
        here = ahead.popleft()
        for there in (*direct.get(here, ()), *indirect.get(here, ())):
            reach(there, found[here])
        if not here[1]:
            for made in whole.get(here[0], ()):
                reach((made, ""), found[here])
    return found


def _lost(
    arrived: Mapping[Place, frozenset[Tag]],
    labels: Mapping[str, Discovery],
    shown: Sequence[Evidence],
) -> Iterator[Lost]:
    """Where a dataset's column is not taken for what it was made from, and nothing shows why."""
    void = {one.made: one.why for one in shown if one.standing is Standing.VOID}
    harmless = {
        (node, str(label.column))
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
        yield Lost(place=place, tags=arrived[place], reason=reason, why=why)
