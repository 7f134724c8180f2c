"""A person who is looked for, and where that person was found.

Values that tell who somebody is live in memory and in sealed files only; what is recorded, shown
in a trail or exported holds row numbers, counts and names of columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What people are known by."""

    EMAIL = "email"
    PHONE = "phone"
    PERSON_KEY = "person key"  # the value of a dataset's unit column
    NAME = "name"
    BIRTH_DATE = "birth date"
    ADDRESS = "address"
    USERNAME = "username"
    NATIONAL_ID = "national id"
    CARD = "payment card"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One thing that somebody is known by; never shown in full, never stored in the clear.

    Attributes:
        kind: what it is.
        value: as typed; `repr` leaves it out.
    """

    kind: IdentifierKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """How a row was tied to the person.

    Attributes:
        column: where.
        kind: by which kind of identifier.
        from_: the dataset whose row gave that identifier; empty: the request itself.
    """

    column: str
    kind: IdentifierKind
    from_: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Rows of one dataset version that are about the person.

    Attributes:
        dataset_id: which version.
        rows: their numbers in the stored table, ascending.
        via: how they were tied to the person; the strongest first.
        confidence: 0–1, from data that says what each way is worth.
        is_doubtful: an officer has to decide before anything is done with them.
        people: how many people these ways fit; 1 unless doubtful.
        who: of several people whom the ways fit, a short code of the one whose rows these are.
            It is keyed, so it tells nothing to whoever has not the desk's key; empty: nobody
            has to be told apart, or there are too many people to be told apart.
        doubt: why it is doubtful, in one sentence without values; empty: it is not.
    """

    dataset_id: str
    rows: tuple[int, ...]
    via: tuple[Via, ...]
    confidence: float
    is_doubtful: bool
    people: int = 1
    who: str = ""
    doubt: str = ""

    @property
    def id(self) -> str:
        """Names it within its trace: where, by what, and of whom where there are several."""
        ways = "+".join(f"{way.column}~{way.kind.name.lower()}" for way in self.via)
        return f"{self.dataset_id}:{ways}" + (f":{self.who}" if self.who else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The person in a free text of a row that is about somebody or something else.

    Attributes:
        dataset_id, row, column: where.
        start, end: characters of that cell.
        kind: what stands there.
        is_doubtful: an officer has to say whether the person is meant.
        doubt: why, in one sentence without values; empty: it is not doubtful.
        id: names a doubtful one: a keyed hash of the text, of where in it, and of whose row it is.
            So what an officer says of it holds in all versions in which the text is the same, and
            is asked anew where the text is another one; empty: it is not doubtful.
    """

    dataset_id: str
    row: int
    column: str
    start: int
    end: int
    kind: IdentifierKind
    is_doubtful: bool
    doubt: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything that is about one person, in every version of every dataset.

    Attributes:
        matches, mentions: where.
        searched: dataset versions looked at, and how many columns of each.
        skipped: what could not be searched, with why.
        decided: by the id of a doubtful match or mention, what an officer said of it.
        remarks: what else an officer has to know, such as identifiers that contradict each
            other; sentences without values.
    """

    matches: tuple[Match, ...]
    mentions: tuple[Mention, ...]
    searched: Mapping[str, int]
    skipped: Mapping[str, str] = field(default_factory=dict)
    decided: Mapping[str, bool] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def open_doubts(self) -> tuple[Match, ...]:
        """Doubtful matches that nobody has decided yet."""
        return tuple(m for m in self.matches if m.is_doubtful and m.id not in self.decided)

    @property
    def settled(self) -> tuple[Match, ...]:
        """The matches that count: certain, or decided to be the person."""
        return tuple(m for m in self.matches if self.decided.get(m.id, not m.is_doubtful))

    @property
    def open_mentions(self) -> tuple[Mention, ...]:
        """Doubtful mentions that nobody has decided yet, in every version in which they stand."""
        return tuple(m for m in self.mentions if m.is_doubtful and m.id not in self.decided)

    @property
    def own_mentions(self) -> tuple[Mention, ...]:
        """The mentions that count: certain, or decided to be of the person."""
        return tuple(m for m in self.mentions if self.decided.get(m.id, not m.is_doubtful))
