"""What was made from what, column by column, and how far personal data went with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple, Self

from compliance.discovery.nouns import IdentifierClass, LegalClass

Parameter = str | int | float | bool | tuple[str, ...] | None
"""One setting of a step: names of columns, numbers, choices and hashes; never a cell's value."""


class NodeKind(StrEnum):
    """The things that lineage joins.

    VIEW: the rows of a dataset that could be used for something, where others could not.
    DISCLOSURE: what was told about a release, handed out.
    FOREIGN: a table of another system, known from the events that it sent.
    """

    SOURCE = "source"
    DATASET = "dataset"
    VIEW = "view"
    LABELS = "labels"
    RELEASE = "release"
    DISCLOSURE = "disclosure"
    RUN = "run"
    REPORT = "report"
    ERASURE = "erasure"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing in the lineage.

    Attributes:
        kind: what it is.
        id: its own id among its kind.
        title: for people.
    """

    kind: NodeKind
    id: str
    title: str

    @property
    def key(self) -> str:
        """Its kind and its id, as records are found by: `dataset:orders@1`."""
        return f"{self.kind}:{self.id}"


class ColumnKind(StrEnum):
    """Whether values of a column were made of another's, or only hang on it.

    Source: OpenLineage, facet ColumnLineageDatasetFacet, `transformations.type`.
    """

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


class ColumnSubkind(StrEnum):
    """How; the first three are DIRECT, the others INDIRECT.

    Source: OpenLineage, facet ColumnLineageDatasetFacet, `transformations.subtype`.
    """

    IDENTITY = "IDENTITY"
    TRANSFORMATION = "TRANSFORMATION"
    AGGREGATION = "AGGREGATION"
    JOIN = "JOIN"
    GROUP_BY = "GROUP_BY"
    FILTER = "FILTER"
    SORT = "SORT"
    WINDOW = "WINDOW"
    CONDITIONAL = "CONDITIONAL"

    @property
    def kind(self) -> ColumnKind:
        return ColumnKind.DIRECT if self in _DIRECT else ColumnKind.INDIRECT


_DIRECT = frozenset(
    {ColumnSubkind.IDENTITY, ColumnSubkind.TRANSFORMATION, ColumnSubkind.AGGREGATION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEdge:
    """One column of what was made came from one of its origin, or hangs on it.

    Attributes:
        origin: the column of the origin.
        made: the column of what was made; empty: the whole of it, as where rows were chosen.
        kind, subkind: how, in the words of OpenLineage; the kind follows from the subkind.
        masking: values are hidden: made coarser, replaced, left out, or under noise.
        how: the same for people, such as “generalised to level 2”; never a value.
    """

    origin: str
    made: str
    kind: ColumnKind
    subkind: ColumnSubkind
    masking: bool = False
    how: str = ""

    def __post_init__(self) -> None:
        if self.subkind.kind is not self.kind:
            raise ValueError(f"{self.subkind} is not {self.kind}")
        if self.kind is ColumnKind.DIRECT and not self.made:
            raise ValueError("values come into a column, not into the whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What an act tells of one step; `columns.how` makes it and checks it.

    Attributes:
        columns, parameters: as in the edge that is made of it.
    """

    columns: tuple[ColumnEdge, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`made` came from `origin` by `step`.

    Attributes:
        entry: the number of the trail entry written with it.
        at: when, UTC.
        columns: which column came from which; () in edges from before columns were told, and
            where what was made has none.
        parameters: the telling settings of the step, and hashes of the whole of them.
        code: what did it: the desk's version and a hash of its sources, as `1.4.0+3fa9…`.
        actor: who.
    """

    origin: Node
    made: Node
    step: str
    entry: int
    at: datetime
    columns: tuple[ColumnEdge, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    code: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one act made of one thing or of several of a kind: a hundred files are one step.

    Attributes:
        origins: at least one, all of one kind.
        made, step, entry, at: as in each of the edges.
    """

    origins: tuple[Node, ...]
    made: Node
    step: str
    entry: int
    at: datetime

    @property
    def others(self) -> str:
        """“ and 304 more” after the first origin; empty where there is no other."""
        return f" and {len(self.origins) - 1:,} more" if len(self.origins) > 1 else ""

    @classmethod
    def every(cls, edges: Sequence[Edge]) -> tuple[Self, ...]:
        """`edges`, in their order, with those that one act made to one thing put together."""
        found = []
        for _, alike in groupby(edges, key=lambda e: (e.entry, e.step, e.made, e.origin.kind)):
            first, *rest = alike
            found.append(
                cls(
                    origins=(first.origin, *(edge.origin for edge in rest)),
                    made=first.made,
                    step=first.step,
                    entry=first.entry,
                    at=first.at,
                )
            )
        return tuple(found)


class Place(NamedTuple):
    """One column of one thing.

    Attributes:
        node: the key of the thing, see `Node.key`.
        column: of it; empty: the whole of it.
    """

    node: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tag:
    """What makes a column personal data, as it travels to what is made from it.

    Attributes:
        semantic_type: what the values mean, the id of a `SemanticType`.
        identifier_class: how they point to a person.
        legal_classes: what laws say of such data.
    """

    semantic_type: str
    identifier_class: IdentifierClass
    legal_classes: tuple[LegalClass, ...] = ()


class Standing(StrEnum):
    """What evidence of anonymity is worth today.

    HOLDS: measured and passed. VOID: it passed, but what it was measured on has changed since.
    SHORT: it never was enough, as where pseudonyms follow from a key.
    """

    HOLDS = "holds"
    VOID = "void"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured of one step, by which tags may stop there.

    Attributes:
        id: of what keeps it: an anonymisation, a release, a run, a synthesis, histories.
        what: in a few words (“k-anonymity, measured and attacked”, “ε 0.5, spent”).
        origins: the keys of what the step was made from.
        made: the key of what it made.
        standing, why: what it is worth, and why it does not hold; empty where it does.
    """

    id: str
    what: str
    origins: frozenset[str]
    made: str
    standing: Standing = Standing.HOLDS
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Tags that ended where anonymity was measured.

    Attributes:
        origin: the column that they did not get beyond.
        made: where they would have come to.
        tags: which.
        evidence: the id of what shows it.
    """

    origin: Place
    made: Place
    tags: frozenset[Tag]
    evidence: str


class Reason(StrEnum):
    """Why tags count as lost."""

    NOT_LOOKED = "not_looked"
    SAYS_NONE = "says_none"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Tags that ended without evidence, which is a finding.

    Attributes:
        place: the column that is not taken for personal data though its origin is.
        tags: what came to it.
        reason: what is wrong.
        why: the same in one sentence, without a value.
    """

    place: Place
    tags: frozenset[Tag]
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """How far personal data went.

    Attributes:
        tags: by column, all that makes it personal: by its own label, or come along edges.
        arrived: of them, those that came from another thing, whose values are in it.
        touched: by column or whole, tags of columns that it only hangs on (filters, groups).
        stopped: where tags ended, each with its evidence.
        lost: where tags ended without any.
    """

    tags: Mapping[Place, frozenset[Tag]]
    arrived: Mapping[Place, frozenset[Tag]]
    touched: Mapping[Place, frozenset[Tag]]
    stopped: tuple[Stop, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step on the way from a column back to where its values came from.

    Attributes:
        edge: the step; its `entry` is what the trail says of it.
        column: which column came from which; None where the edge does not tell columns.
        origin, made: the two places that it joins.
    """

    edge: Edge
    column: ColumnEdge | None
    origin: Place
    made: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangling:
    """An edge that names something that is not there.

    Attributes:
        entry: of the edge.
        place: what is not there; without a column, the thing itself.
    """

    entry: int
    place: Place
