"""What people are given and told: packages, letters, the log of requests, who else is told.

Only `Package` and what it holds has values of the person; it is handed out and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.rights.nouns.request import Right
from compliance.rules.nouns import LawId

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownColumn:
    """One column of what the person gets.

    Attributes:
        name, type: as in the dataset.
        meaning: what its values mean; empty: nobody has looked.
        withheld: cells that are left out because they tell about somebody else.
        why: why they are left out.
        redacted: pieces of text that are left out because they tell about somebody else.
    """

    name: ColumnName
    type: ColumnType
    meaning: str = ""
    withheld: int = 0
    why: str = ""
    redacted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The person's rows of one dataset version.

    Attributes:
        dataset_id, name, version: which.
        columns: in the dataset's order.
        rows: how many.
        values: by column, one per row; dates and moments as ISO 8601. `repr` leaves them out.
    """

    dataset_id: str
    name: str
    version: int
    columns: tuple[ShownColumn, ...]
    rows: int
    values: Mapping[ColumnName, tuple[Value, ...]] = field(repr=False)

    @property
    def withheld(self) -> int:
        """Cells and pieces of text that are left out."""
        return sum(column.withheld + column.redacted for column in self.columns)


class CopyKind(StrEnum):
    """Where else the same rows lie."""

    OLDER = "older version"
    DERIVED = "derived copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The person's rows in an older version or in something made from a dataset.

    Attributes:
        dataset_id: which.
        kind: what it is of the other.
        of: the dataset version that it is compared with.
        rows: how many are about the person.
        differing: rows that say something else; only these are shown.
        extract: those rows; None where there are none.
    """

    dataset_id: str
    kind: CopyKind
    of: str
    rows: int
    differing: int = 0
    extract: Extract | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What a text of a row about somebody or something else says of the person.

    Attributes:
        dataset_id, column: where.
        text: the words around the mention, without other people's data. `repr` leaves it out.
    """

    dataset_id: str
    column: ColumnName
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing that the law asks to tell with the data.

    Attributes:
        id: the register's word for it (kinds.yaml, request.package_elements).
        title: for people.
        says: what is told, one sentence or entry each.
        missing: what nobody has recorded; the element counts only where this is empty.
    """

    id: str
    title: str
    says: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that the law asks for is told."""
        return bool(self.says) and not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who answers.

    Attributes:
        name, contact, country: of the organisation; empty: not recorded.
    """

    name: str
    contact: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What the person gets on access or portability.

    Attributes:
        request: the number that the person knows.
        law, right: under which it is asked.
        article: where the law says so.
        sender: who answers.
        made_at: when, UTC.
        extracts: the newest versions.
        copies: older versions and derived copies.
        excerpts: mentions in texts about somebody or something else.
        elements: what the law asks to tell besides.
        doubtful: rows that fit and are left out, for nobody settled that they are the person's,
            by dataset version.
        doubtful_mentions: the same of mentions.
        excluded: datasets with rows of the person that are not handed over, with why.
        skipped: what could not be searched, with why.
        bases: the legal bases of what is handed over, for portability.
    """

    request: str
    law: LawId
    right: Right
    article: str
    sender: Sender
    made_at: datetime
    extracts: tuple[Extract, ...]
    copies: tuple[Copy, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    elements: tuple[Element, ...] = ()
    doubtful: Mapping[str, int] = field(default_factory=dict)
    doubtful_mentions: int = 0
    excluded: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    bases: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the newest versions."""
        return sum(extract.rows for extract in self.extracts)

    @property
    def told(self) -> tuple[str, ...]:
        """The elements that are complete, by id."""
        return tuple(element.id for element in self.elements if element.is_complete)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A package as one file, to be handed out once.

    Attributes:
        data: the ZIP's bytes. `repr` leaves them out.
        sha256: of the manifest, which holds the SHA-256 of every file in the ZIP.
        files: their names.
        rows, datasets, withheld: counts for the trail.
        missing: what is not told because nobody has recorded it.
    """

    data: bytes = field(repr=False)
    sha256: str
    files: tuple[str, ...]
    rows: int
    datasets: int
    withheld: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One value of the person in one column, as an officer sees it before correcting it.

    Attributes:
        dataset, column, type: where.
        rows: how many of the person's rows hold it.
        value: as text; empty: no value. `repr` leaves it out.
        masked: the same for a screen.
        hash: salted; a correction names it, so that nothing else is overwritten.
        refused: why it cannot be corrected here; empty: it can.
    """

    dataset: str
    column: ColumnName
    type: ColumnType
    rows: int
    value: str = field(repr=False)
    masked: str
    hash: str
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One value that is wrong, and what is right.

    Attributes:
        dataset, column: where.
        seen: the hash of the value that the officer saw.
        value: the right one, as text; empty: there is none. `repr` leaves it out.
        is_in_texts: mentions of the old value in free texts are corrected too.
    """

    dataset: str
    column: ColumnName
    seen: str
    value: str = field(repr=False)
    is_in_texts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What correcting did, without any value.

    Attributes:
        made: the new dataset versions.
        cells: cells corrected, by dataset.
        texts: mentions in texts corrected, by dataset.
        before, after: salted SHA-256 of all corrected values; the salt goes with the request's key.
    """

    made: tuple[str, ...]
    cells: Mapping[str, int]
    texts: Mapping[str, int]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """Somebody who has the data too, and has to be told.

    Attributes:
        id: kind and id of the register's record.
        name: for people.
        role: processor, recipient, bought or shared.
        datasets: of those concerned, which they have.
        told_on: when they were told; None: not yet.
        why_not: why they need not be told (GDPR Art. 19); empty: they do.
    """

    id: str
    name: str
    role: str
    datasets: tuple[str, ...]
    told_on: date | None = None
    why_not: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more has to be done."""
        return self.told_on is not None or bool(self.why_not)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that an officer answers when a decision is looked at again.

    Attributes:
        id: names it.
        asks: the question.
        help: what belongs in the answer.
        choices: value → words.
    """

    id: str
    asks: str
    help: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One automated decision system to be looked at again for a person.

    Attributes:
        id, name: of the register's record.
        datasets: of the person's, which it decides on.
        routes: what the register says of reviewing and contesting, label → text.
    """

    id: str
    name: str
    datasets: tuple[str, ...]
    routes: Mapping[str, str]


class LetterKind(StrEnum):
    """What is written to the person."""

    ANSWER = "answer"
    EXTENSION = "extension"
    IDENTITY = "identity"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is sent; it names the request and nobody.

    Attributes:
        kind: which.
        title: its subject.
        request, law, article: what it is about; the law as it is cited.
        sender: who writes.
        written_on: the day.
        paragraphs: under their headings, in order; an empty heading: none.
        missing: what the sender has not recorded and should say; shown to the officer.
    """

    kind: LetterKind
    title: str
    request: str
    law: str
    article: str
    sender: Sender
    written_on: date
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One request in the log, without anything about the person.

    Attributes:
        request, law, right, channel: which, and how it came in.
        received_on, answered_on: the days; None: not answered yet.
        days: from receipt to answer.
        outcome: what was decided; where nothing is yet, where it stands.
        ground: of a refusal, in words.
    """

    request: str
    law: LawId
    right: Right
    channel: str
    received_on: date
    answered_on: date | None
    days: int | None
    outcome: str
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFigures:
    """What happened to the requests of one law and right.

    Attributes:
        law, right: which.
        received, fulfilled, partly, refused, withdrawn, open: how many.
        extended: for how many the time was made longer.
        median_days, mean_days: from receipt to answer; None where none was answered.
    """

    law: LawId
    right: Right
    received: int
    fulfilled: int
    partly: int
    refused: int
    withdrawn: int
    open: int
    extended: int
    median_days: float | None
    mean_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLog:
    """The log of requests over a time.

    Attributes:
        since, until: the days of receipt that count, both included.
        entries: by day of receipt.
        figures: by law and right.
        older: requests on record that came in before.
    """

    since: date
    until: date
    entries: tuple[LogEntry, ...]
    figures: tuple[LogFigures, ...]
    older: int = 0
