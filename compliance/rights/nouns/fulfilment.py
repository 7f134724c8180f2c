"""What people are given: packages. What is corrected, told and written: `answer.py`.

Only `Package` and what it holds has values of the person; it is handed out and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
        restricted: how many of the rows the person had restricted; they are only stored.
    """

    dataset_id: str
    name: str
    version: int
    columns: tuple[ShownColumn, ...]
    rows: int
    values: Mapping[ColumnName, tuple[Value, ...]] = field(repr=False)
    restricted: int = 0

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
