"""An entry of the trail, and what verifying it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

CHECKPOINT_KIND = "privacy-desk-checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act.

    Attributes:
        number: from 1, without gaps.
        at: when, UTC.
        actor: who.
        act: what, as `noun.verb` (`dataset.add`).
        subject: on what.
        facts: counts, names and parameters; never a cell value.
        previous: the hash of the entry before; 64 zeros for the first.
        hash: SHA-256 of the canonical JSON of all the above.
    """

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    facts: Mapping[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether the trail is whole.

    Attributes:
        entries: how many there are.
        root: the Merkle tree head over all entries (RFC 6962), in hex.
        head: the hash of the last entry.
        problems: one sentence each; empty when all is well.
    """

    entries: int
    root: str
    head: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems
