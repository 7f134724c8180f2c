"""Who agreed to what, and the rows that may be used for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.dataset.nouns import Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose that people are asked about.

    Attributes:
        id: names it, as datasets' descriptions and the register name it.
        title: for people.
        texts: versions of what people were shown, version → its SHA-256; the newest last.
        lasts_months: after so long a consent has to be asked for again; None: never.
    """

    id: str
    title: str
    texts: Mapping[str, Sha256] = field(default_factory=dict)
    lasts_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFile:
    """A register of consents as it stands: one row per person, purpose and event.

    The rows lie in a file of their own, with keyed hashes instead of people.

    Attributes:
        version: counts up.
        sha256: of the file.
        rows: how many events.
        people: how many people.
        purposes: by id, how many people agree now.
        at, actor: when it was written, UTC, and by whom.
        source: where the last events came from.
    """

    version: int
    sha256: Sha256
    rows: int
    people: int
    purposes: Mapping[str, int]
    at: datetime
    actor: str
    source: str


class Barrier(StrEnum):
    """Why a row may not be used."""

    NO_CONSENT = "no consent"
    WITHDRAWN = "consent withdrawn"
    EXPIRED = "consent expired"
    OBJECTED = "objection"
    RESTRICTED = "restriction"
    OPTED_OUT = "opt-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What of a dataset may be used for a purpose.

    Attributes:
        dataset_id: which version.
        purpose: what for.
        rows, people: that may be used.
        left_out: rows by why not.
        people_left_out: how many people.
        is_blocked: no person can be told from another, so nothing of it may be used.
        why: in one sentence; empty: everything may be used.
    """

    dataset_id: str
    purpose: str
    rows: int
    people: int | None
    left_out: Mapping[Barrier, int]
    people_left_out: int
    is_blocked: bool = False
    why: str = ""
