"""What was made from what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NodeKind(StrEnum):
    """The things that lineage joins."""

    SOURCE = "source"
    DATASET = "dataset"
    LABELS = "labels"
    RELEASE = "release"
    RUN = "run"
    REPORT = "report"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`made` came from `origin` by `step`.

    Attributes:
        entry: the number of the trail entry written with it.
        at: when, UTC.
    """

    origin: Node
    made: Node
    step: str
    entry: int
    at: datetime
