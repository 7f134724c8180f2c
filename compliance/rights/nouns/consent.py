"""Who agreed to what, and the rows that may be used for a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.dataset.nouns import Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """What people were shown when they were asked.

    Attributes:
        version: what consents call it.
        sha256: of its words; empty where only the version is known.
        at: since when it is shown, UTC.
        is_material: it asks for something else than the text before, so who agreed to an earlier
            one has to be asked again.
    """

    version: str
    sha256: str
    at: datetime
    is_material: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose that people are asked about.

    Attributes:
        id: names it, as files of consents and the register's activities name it.
        title: for people.
        kind: one of the register's kinds of purpose; empty: not said.
        datasets: those that are used for it.
        texts: what people were shown, the newest last.
        lasts_months: after so long a consent has to be asked for again; None: never.
    """

    id: str
    title: str
    kind: str = ""
    datasets: tuple[str, ...] = ()
    texts: tuple[ConsentText, ...] = ()
    lasts_months: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """What it may be called, in small letters."""
        return frozenset(one.casefold() for one in (self.id, self.title, self.kind) if one)


class ConsentState(StrEnum):
    """How one person stands to one purpose; of two at once the later one here holds."""

    GIVEN = "agreed"
    ASK_AGAIN = "to be asked again"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCounts:
    """How people stand to one purpose, in numbers.

    Attributes:
        states: people by how they stand.
        methods, versions: events by how people agreed, and to which text; “” is not known.
        laws: events by law.
        first_given, last_given, last_withdrawn: days; None where there was none.
        used_after: people whose withdrawal was recorded after their rows had been used again.
    """

    states: Mapping[ConsentState, int]
    methods: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    laws: Mapping[str, int] = field(default_factory=dict)
    first_given: date | None = None
    last_given: date | None = None
    last_withdrawn: date | None = None
    used_after: int = 0

    @property
    def people(self) -> int:
        """All that are known, however they stand."""
        return sum(self.states.values())

    def of(self, state: ConsentState) -> int:
        """People who stand so."""
        return self.states.get(state, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFile:
    """A register of consents as it stands: one row per person, purpose and event.

    The rows lie in a file of their own, with keyed hashes instead of people.

    Attributes:
        version: counts up.
        sha256: of the file.
        rows: how many events.
        people: how many people.
        purposes: by id, how people stood to it when this was written.
        at, actor: when it was written, UTC, and by whom.
        source: where the last events came from.
    """

    version: int
    sha256: Sha256
    rows: int
    people: int
    purposes: Mapping[str, ConsentCounts]
    at: datetime
    actor: str
    source: str


class Barrier(StrEnum):
    """Why a row may not be used."""

    NO_CONSENT = "no consent"
    WITHDRAWN = "consent withdrawn"
    EXPIRED = "consent expired"
    ASK_AGAIN = "consent to an earlier text"
    OBJECTED = "objection"
    RESTRICTED = "restriction"
    OPTED_OUT = "opt-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """A request that keeps somebody's rows out of a use.

    Attributes:
        request: its id.
        barrier: restriction, objection or opt-out.
        people: keyed hashes of what the person is known by, in hexadecimal.
        purposes: ids, titles or kinds of purpose; empty: all that the barrier is about.
        since: from when on, UTC.
        lifted_at: when it ended, UTC; None: it stands.
    """

    request: str
    barrier: Barrier
    people: tuple[str, ...]
    purposes: tuple[str, ...]
    since: datetime
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What of a dataset may be used for a purpose.

    Attributes:
        dataset_id: which version.
        purpose: what for.
        rows, people: that may be used; None where nothing tells people apart.
        left_out: rows by why not, moved out of that version or in it; a row counts once, by the
            barrier that comes first.
        people_left_out: how many people.
        is_blocked: nothing of it may be used.
        why: in one sentence; empty: everything may be used.
    """

    dataset_id: str
    purpose: str
    rows: int
    people: int | None
    left_out: Mapping[Barrier, int] = field(default_factory=dict)
    people_left_out: int = 0
    is_blocked: bool = False
    why: str = ""

    @property
    def rows_left_out(self) -> int:
        """All of them."""
        return sum(self.left_out.values())

    @property
    def facts(self) -> Mapping[str, object]:
        """What an act's entry tells of it; nothing where everything was used."""
        if not self.left_out:
            return {}
        return {
            "left_out": {str(barrier): rows for barrier, rows in self.left_out.items()},
            "people_left_out": self.people_left_out,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Of which rows something was made, where some of them were left out.

    Attributes:
        made: the id of what was made: a release, a run, an output.
        dataset_id: which version.
        sha256: of the rows that were used; empty: all of that version, which others were moved
            out of.
        purpose: what for.
        left_out: rows by why not.
        people_left_out: how many people.
    """

    made: str
    dataset_id: str
    sha256: Sha256
    purpose: str
    left_out: Mapping[Barrier, int]
    people_left_out: int
