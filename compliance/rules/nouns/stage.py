"""The ten stages of the life cycle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Progress(StrEnum):
    """How a stage of the life cycle stands."""

    DONE = "done"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the life cycle.

    Attributes:
        number: 1–10.
        title: in a word or two.
        progress: done, open (something to do), waiting (for an earlier stage).
        says: what was counted, in one line.
        next_step: what to do, where something is open.
        page: where.
    """

    number: int
    title: str
    progress: Progress
    says: str
    next_step: str
    page: str
