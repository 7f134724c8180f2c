"""What discovery says of a column, and what an officer made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.dataset.nouns import ColumnName


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticType:
    """What the values of a column mean.

    Attributes:
        id: as used in records and exports (`birth_date`).
        title: the same in plain words (“birth date”).
        identifier_class: what it is unless something speaks against it.
        special_category: it reveals what GDPR Art. 9 protects (health, religion, origin …).
    """

    id: str
    title: str
    identifier_class: IdentifierClass
    special_category: bool = False


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
    """

    column: ColumnName
    semantic_type: str
    identifier_class: IdentifierClass
    confidence: float
    evidence: tuple[str, ...]
    examples: tuple[str, ...] = ()
    special_category: bool = False
    status: LabelStatus = LabelStatus.PROPOSED

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence is a share: {self.confidence}")
        if not self.evidence:
            raise ValueError("a verdict needs evidence")

    @property
    def is_personal(self) -> bool:
        return self.identifier_class is not IdentifierClass.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The labels of one dataset version.

    Attributes:
        dataset_id: which version.
        labels: one per column, in the table's order.
        discovered_at: when, UTC.
    """

    dataset_id: str
    labels: tuple[Label, ...]
    discovered_at: datetime

    def label(self, column: str) -> Label | None:
        return next((label for label in self.labels if label.column == column), None)

    def columns_of(self, identifier_class: IdentifierClass) -> tuple[ColumnName, ...]:
        return tuple(la.column for la in self.labels if la.identifier_class is identifier_class)

    @property
    def personal(self) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.is_personal)

    @property
    def unconfirmed(self) -> tuple[Label, ...]:
        """Personal columns on which no officer has said anything yet."""
        return tuple(la for la in self.personal if la.status is LabelStatus.PROPOSED)
