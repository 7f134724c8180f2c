"""The one thing that a transport does: bring a parcel to each site and fetch the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from compliance.federated.flower.parcels import Parcel


class Silence(StrEnum):
    """Why a site gave no answer in a round."""

    GONE = "the site's process has ended"
    LATE = "no answer within the time that a round may take"
    FAILED = "the site could not compute an answer"
    UNREADABLE = "the answer was not what a site sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back in a round; every site asked stands in one of the two.

    Attributes:
        parcels: per site, its answer.
        silent: per site without one, why.
    """

    parcels: Mapping[str, Parcel]
    silent: Mapping[str, Silence]


class Exchange(Protocol):
    """Asks sites; in this process, or across machines.

    Who is asked, what with, and what becomes of the answers is decided by whoever asks.
    """

    def ask(self, round_: int, parcels: Mapping[str, Parcel]) -> Answers:
        """Bring each site its parcel and wait for the answers of that round."""
        ...
