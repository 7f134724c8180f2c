"""What only people know: activities, processors, transfers and the rest of the record.

A `Record` is of a `Kind`, and a kind has `Field`s; kinds are data (`kinds.yaml`), so that a law
that asks for one more thing is a row and not a class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

RecordId = str
KindId = str
FieldId = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who is accountable. An empty field means: not recorded yet.

    Attributes:
        sealed_days: for how many days after the answer it stays readable who a request was about;
            None: as long as the desk proposes.
    """

    name: str = ""
    officer: str = ""
    contact: str = ""
    country: str = ""
    sealed_days: int | None = None


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    TEXTS = "texts"  # several short ones
    NUMBER = "number"  # whole, not below 0
    YES_NO = "yes or no"
    DATE = "date"  # ISO 8601
    MOMENT = "moment"  # ISO 8601 with time and offset
    CHOICE = "choice"
    CHOICES = "choices"
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    COUNTRIES = "countries"
    RECORD = "record"  # the id of a record of kind `of`
    RECORDS = "records"
    DATASET = "dataset"
    DATASETS = "datasets"
    PAUSES = "pauses"  # of a clock: since, until, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that can be said of a record; its id is the fact that rules ask for.

    Attributes:
        id: names it within its kind.
        label: for people.
        type: what it holds.
        help: what to enter, in one sentence; empty: the label says it all.
        choices: value → label, for choices.
        of: the kind that is named, for records.
        group: the heading that it stands under.
        laws: the laws that ask for it; empty: all.
        is_personal: it may name a person, so it never leaves in exports to third parties.
        is_past: the day lies in the past, or is today.
    """

    id: FieldId
    label: str
    type: FieldType
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    of: KindId = ""
    group: str = ""
    laws: tuple[str, ...] = ()
    is_personal: bool = False
    is_past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of record.

    Attributes:
        id: the entity that rules look at.
        singular, plural: for people.
        help: what belongs here, in one sentence.
        source: the article that asks for such records.
        fields: in the order in which they are asked.
        is_single: there is one such record, and its id is that of the kind.
        is_of_dataset: its records are about datasets, and their ids are the datasets' names.
        is_of_person: a record is about one person, so that anything typed in it may name them.
    """

    id: KindId
    singular: str
    plural: str
    help: str
    source: str
    fields: tuple[Field, ...]
    is_single: bool = False
    is_of_dataset: bool = False
    is_of_person: bool = False

    def field(self, id_: FieldId) -> Field | None:
        """The field of that id; None where there is none."""
        return next((one for one in self.fields if one.id == id_), None)


class Origin(StrEnum):
    """Who says so."""

    TYPED = "typed"  # by an officer, or imported
    DRAWN = "drawn"  # from what the desk knows; an officer's word wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of the register.

    Attributes:
        kind: of which kind.
        id: its name among its kind; stays the same.
        name: for people.
        values: by field; a field that is not there is not known; None is recorded as absent. Plain
            values: dates and moments as ISO 8601, several as a tuple, pauses as mappings.
        origin: who says so.
        is_removed: an officer removed it; it stays in the history.
    """

    kind: KindId
    id: RecordId
    name: str
    values: Mapping[FieldId, object]
    origin: Origin = Origin.TYPED
    is_removed: bool = False

    def day(self, id_: FieldId) -> date | None:
        """The date, or the day of the moment, that stands in a field; None where there is none."""
        value = self.values.get(id_)
        return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None

    def moment(self, id_: FieldId) -> datetime | None:
        """The moment that stands in a field, with its offset; None where there is none."""
        value = self.values.get(id_)
        return datetime.fromisoformat(value) if isinstance(value, str) and value else None

    def several(self, id_: FieldId) -> tuple[str, ...]:
        """What stands in a field that holds several; () where there is nothing."""
        value = self.values.get(id_)
        return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A record as it stood from one moment on.

    Attributes:
        record: what was typed, whole.
        at: since when, UTC.
        by: who recorded it.
    """

    record: Record
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record as it came in: nothing of it is checked yet.

    Attributes:
        kind, id, name: as given; an empty name is the one on record, or else the id.
        values: by field, as text or as plain values.
        place: where it stands in what came in (“row 3”), for problems; empty: typed.
    """

    kind: KindId
    id: RecordId
    name: str = ""
    values: Mapping[FieldId, object] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """A law that seems to apply.

    Attributes:
        law: its id.
        because: why, one sentence each; at least one.
    """

    law: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two things on record that cannot both be so. What follows from them is not assessed.

    Attributes:
        kind, record: where.
        fields: which fields.
        says: in one sentence.
    """

    kind: KindId
    record: RecordId
    fields: tuple[FieldId, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All records as they stand.

    Attributes:
        records: typed and drawn, by kind and id; an officer's word has won.
        contradictions: found among them.
    """

    records: tuple[Record, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    def of(self, kind: KindId) -> tuple[Record, ...]:
        """The records of a kind."""
        return tuple(record for record in self.records if record.kind == kind)

    def record(self, kind: KindId, id_: RecordId) -> Record | None:
        """One record; None where there is none."""
        return next((r for r in self.records if r.kind == kind and r.id == id_), None)
