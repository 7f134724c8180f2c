"""What was made from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Self


class NodeKind(StrEnum):
    """The things that lineage joins."""

    SOURCE = "source"
    DATASET = "dataset"
    LABELS = "labels"
    RELEASE = "release"
    RUN = "run"
    REPORT = "report"
    ERASURE = "erasure"


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
