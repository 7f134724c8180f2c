"""What events of other systems tell, kept without anything that could hold a value.

Source: OpenLineage 2-0-2, RunEvent, with the facets schema 1-2-0, columnLineage 1-2-0, version
1-0-1 and documentation 1-1-0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.lineage.nouns import ColumnEdge, Edge, NodeKind, Place

ANY_COLUMN = "*"
"""Stands in a table of another system for all columns of which nobody told what they hold."""


LARGEST_BYTES = 2**29
"""Of a file of events."""


class EventKind(StrEnum):
    """How far a run was when its event was sent."""

    START = "START"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    ABORT = "ABORT"
    FAIL = "FAIL"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One column of an output came from one of a dataset that another system names.

    Attributes:
        origin: that dataset, see `Port.id`.
        edge: which column, and how; what the other system says in words is not kept.
    """

    origin: str
    edge: ColumnEdge


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A dataset as an event names it.

    Attributes:
        id: its namespace and its name, as `postgres://shop/public.orders`.
        title: for people.
        sha256: of its bytes, where the event tells it; else empty.
        columns: as its schema names them; () where it tells none.
        came: of an output, which column came from where; () where nobody told.
    """

    id: str
    title: str
    sha256: str = ""
    columns: tuple[str, ...] = ()
    came: tuple[Came, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a run of another system.

    Attributes:
        run: the id of the run.
        kind: how far it was.
        at: when, UTC.
        producer: what sent it.
        namespace, job: what ran, and among what.
        inputs, outputs: what it read and what it made.
    """

    run: str
    kind: EventKind
    at: datetime
    producer: str
    namespace: str
    job: str
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What one act took in: an event, or what names of other systems mean here.

    Attributes:
        entry: of the trail.
        event: None where only joins were said.
        joins: by `Port.id`, the key of the desk's own thing that is meant.
    """

    entry: int
    event: Event | None = None
    joins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event with the line of the file that it stands in; None: it tells of no run."""

    number: int
    event: Event | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the desk itself has, to which names of other systems may be joined.

    Attributes:
        edges: its own lineage.
        columns: of every thing that is there, by its key.
        sha256: the key of a thing by the hash of its bytes.
    """

    edges: tuple[Edge, ...]
    columns: Mapping[str, Sequence[str]]
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The lineage of other systems, joined to the desk's own.

    Attributes:
        edges: as the desk's own; `step` is the job, `actor` the producer.
        columns: of tables of other systems, by their keys.
        dangling: columns that events name and that are not there, by run.
    """

    edges: tuple[Edge, ...]
    columns: Mapping[str, Sequence[str]]
    dangling: tuple[tuple[str, Place], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is known of one thing when it is told to other systems; never a value.

    Attributes:
        columns: name and type of each; an empty type is not known.
        sha256: of its bytes; empty: unknown.
        rows: how many; None: unknown, or not told, as of a release.
        missing, distinct: of each column, how many; {} where unknown.
        tags: per column ("": the whole) what is told: key and value.
    """

    columns: tuple[tuple[str, str], ...] = ()
    sha256: str = ""
    rows: int | None = None
    missing: Mapping[str, int] = field(default_factory=dict)
    distinct: Mapping[str, int] = field(default_factory=dict)
    tags: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells.

    Attributes:
        namespace: under which the desk names its own things.
        version: the desk's.
        owner: who is accountable; empty: nobody said.
    """

    namespace: str
    version: str
    owner: str = ""


KIND_TYPES: Mapping[NodeKind, str] = {
    NodeKind.SOURCE: "FILE",
    NodeKind.DATASET: "TABLE",
    NodeKind.VIEW: "VIEW",
    NodeKind.RUN: "MODEL",
    NodeKind.LABELS: "OTHER",
    NodeKind.RELEASE: "OTHER",
    NodeKind.DISCLOSURE: "OTHER",
    NodeKind.REPORT: "FILE",
    NodeKind.ERASURE: "OTHER",
    NodeKind.FOREIGN: "TABLE",
}
"""What each is among `datasetType` of OpenLineage."""
