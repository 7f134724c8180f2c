"""What discovery says of a column, and what an officer made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns.text import TextFindings


class IdentifierClass(StrEnum):
    """How a column can point to a person.

    DIRECT: alone, or as the key of a person (a pseudonym). QUASI: together with others.
    SENSITIVE: not by pointing, but its disclosure harms. NONE: neither.
    """

    DIRECT = "direct"
    QUASI = "quasi"
    SENSITIVE = "sensitive"
    NONE = "none"


class LabelStatus(StrEnum):
    """Who stands behind a label."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class LegalClass(StrEnum):
    """What a law says of data of this kind; the articles stand in types.yaml."""

    GDPR_SPECIAL = "gdpr_special"
    PIPL_SENSITIVE = "pipl_sensitive"
    CCPA_SENSITIVE = "ccpa_sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Where a legal class stands.

    Attributes:
        id: the class.
        law, article: as they are cited (“GDPR”, “Art. 9(1)”).
        title: what the law calls such data.
        covers: what falls under it, in our words.
        source, as_of: what was read, and when.
    """

    id: LegalClass
    law: str
    article: str
    title: str
    covers: str
    source: str
    as_of: str


class Form(StrEnum):
    """How the values of a column are written.

    SINGLE: one kind of thing. MIXED: several kinds, each in values of its own. FREE_TEXT:
    sentences, in which anything may stand.
    """

    SINGLE = "single"
    MIXED = "mixed"
    FREE_TEXT = "free_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticType:
    """What the values of a column mean.

    Attributes:
        id: as used in records and exports (`birth_date`).
        title: the same in plain words (“birth date”).
        identifier_class: what it is unless something speaks against it.
        special_category: it reveals what GDPR Art. 9 protects (health, religion, origin …).
        legal_classes: what laws say of it, in the order of `LegalClass`.
    """

    id: str
    title: str
    identifier_class: IdentifierClass
    special_category: bool = False
    legal_classes: tuple[LegalClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of different values, and how well the sample tells it.

    Attributes:
        passed: how many of those looked at pass.
        looked_at: how many were looked at; at least one.
        low, high: 0–1; the share of all values lies between them at 95 % confidence. They are
            the share itself where every value was looked at.
    """

    passed: int
    looked_at: int
    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.passed <= self.looked_at or not 0 <= self.low <= self.high <= 1:
            raise ValueError("a share lies between 0 and 1")

    @property
    def share(self) -> float:
        """0–1, of the values looked at."""
        return self.passed / self.looked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several kinds of data in one column.

    Attributes:
        semantic_type: the id of a `SemanticType`.
        share: of the column's different values.
    """

    semantic_type: str
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One column's verdict.

    Attributes:
        column: which.
        semantic_type: the id of a `SemanticType`.
        identifier_class: how it can point to a person.
        confidence: 0–1; how far header and values agree.
        evidence: why, in words, without any value; at least one sentence.
        examples: up to three masked values (first character kept, the rest dotted).
        special_category: GDPR Art. 9 data.
        status: proposed by discovery, or confirmed or corrected by an officer.
        legal_classes: what laws say of such data.
        matching: the share of values that are what the type says; None where single values
            cannot be tested for it.
        form: whether the values are of one kind, of several, or sentences.
        parts: the kinds in a mixed column, largest first; () in others.
        proposed: the type that discovery proposed, where an officer chose another.
    """

    column: ColumnName
    semantic_type: str
    identifier_class: IdentifierClass
    confidence: float
    evidence: tuple[str, ...]
    examples: tuple[str, ...] = ()
    special_category: bool = False
    status: LabelStatus = LabelStatus.PROPOSED
    legal_classes: tuple[LegalClass, ...] = ()
    matching: Share | None = None
    form: Form = Form.SINGLE
    parts: tuple[Part, ...] = ()
    proposed: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence is a share: {self.confidence}")
        if not self.evidence:
            raise ValueError("a verdict needs evidence")

    @property
    def is_personal(self) -> bool:
        return self.identifier_class is not IdentifierClass.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RareFinding:
    """Personal data in a few values of a column that is something else.

    Attributes:
        column: where.
        semantic_type: what was found, the id of a `SemanticType`.
        count: how many different values hold it; at least one.
        rows: on how many rows these stand.
        share: of the column's different values.
    """

    column: ColumnName
    semantic_type: str
    count: int
    rows: int
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The labels of one dataset version.

    Attributes:
        dataset_id: which version.
        labels: one per column, in the table's order.
        discovered_at: when, UTC.
        rare: what stands in a few values only; () also where nobody looked for it.
        texts: what a sample of the sentences in each column of free text holds.
        sampled_rows: how many rows were looked at, where the others are kept elsewhere; 0: all.
            Of those nothing is said to be rare: what is rare among them need not be so among all.
    """

    dataset_id: str
    labels: tuple[Label, ...]
    discovered_at: datetime
    rare: tuple[RareFinding, ...] = ()
    texts: Mapping[ColumnName, TextFindings] = field(default_factory=dict)
    sampled_rows: int = 0

    def label(self, column: str) -> Label | None:
        return next((label for label in self.labels if label.column == column), None)

    def columns_of(self, identifier_class: IdentifierClass) -> tuple[ColumnName, ...]:
        return tuple(la.column for la in self.labels if la.identifier_class is identifier_class)

    @property
    def personal(self) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.is_personal)

    @property
    def open_rare(self) -> tuple[RareFinding, ...]:
        """Rare personal data in columns on which no officer has said anything yet."""
        decided = {la.column for la in self.labels if la.status is not LabelStatus.PROPOSED}
        return tuple(found for found in self.rare if found.column not in decided)

    @property
    def unconfirmed(self) -> tuple[Label, ...]:
        """Personal columns on which no officer has said anything yet."""
        return tuple(la for la in self.personal if la.status is LabelStatus.PROPOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKind:
    """A kind of data that a column did not hold before.

    Attributes:
        column: which.
        semantic_type: what it holds now, the id of a `SemanticType`.
        is_rare: only a few values hold it.
    """

    column: ColumnName
    semantic_type: str
    is_rare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedClass:
    """A column that points to people in another way than before, or is of another legal class."""

    column: ColumnName
    before: IdentifierClass
    after: IdentifierClass
    legal_before: tuple[LegalClass, ...] = ()
    legal_after: tuple[LegalClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a refreshed table holds that the last one did not; `bool()` says whether anything.

    Attributes:
        new_columns: columns that were not there, in the new table's order.
        gone_columns: columns that are no longer there, in the old table's order.
        new_kinds: kinds of data that a column did not hold before; those of new columns too,
            where they are personal.
        changed_classes: columns of both tables whose class, or legal class, is another.
    """

    new_columns: tuple[ColumnName, ...] = ()
    gone_columns: tuple[ColumnName, ...] = ()
    new_kinds: tuple[NewKind, ...] = ()
    changed_classes: tuple[ChangedClass, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new_columns or self.gone_columns or self.new_kinds or self.changed_classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Singling:
    """How far some columns together tell people apart.

    Attributes:
        columns: one or more.
        alone: people (or rows) who are the only ones with their values.
        of: how many people (or rows) there are.
        distinction: 0–1; different combinations of values per row. 1: every row has its own.
        separation: 0–1; the share of pairs of rows that differ in at least one of the columns.
        is_of_people: whether people are counted, by a column that tells them apart, or rows.
    """

    columns: tuple[ColumnName, ...]
    alone: int
    of: int
    distinction: float
    separation: float
    is_of_people: bool = False

    @property
    def share(self) -> float:
        """0–1: those who stand alone with their values, of all."""
        return self.alone / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglingOut:
    """Which columns, and which few of them together, single people out.

    Attributes:
        each: every column asked about, the most telling first.
        together: the combinations of two and more that single out most, the smallest first; a
            combination is left out where fewer columns do nearly as much.
        examined: how many combinations were looked at.
        searched_rows: on how many rows the combinations were searched. The figures of those
            shown are counted on all rows.
        is_exhaustive: every combination up to the largest size was looked at, on all rows.
    """

    each: tuple[Singling, ...]
    together: tuple[Singling, ...]
    examined: int
    searched_rows: int
    is_exhaustive: bool
