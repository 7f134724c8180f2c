"""What is corrected, who else is told, what is written to people, and the log of all that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.rights.nouns.fulfilment import Sender
from compliance.rights.nouns.request import Right
from compliance.rules.nouns import LawId


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
