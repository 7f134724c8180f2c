"""A report as a manuscript: what it says and shows, in order, before any format lays it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SIGNS: Mapping[str, str] = {"bad": "▲", "warn": "■", "calm": "●", "good": "✓"}


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look the same: plain, `strong`, `code`, or in one of the tones of `SIGNS`."""

    text: str
    look: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section; level 0 is the title of the whole."""

    level: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `role`: nothing, `minor` (a heading without a number), `small` or `note`."""

    runs: Runs
    role: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of points, or of steps that are numbered."""

    items: tuple[Runs, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is known of each, and whether that is nothing."""

    rows: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, with a second line or without; each may be set off by a tone."""

    text: str
    tone: str = ""
    below: str = ""
    below_tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Titles of columns, whether each holds numbers, and rows."""

    titles: tuple[str, ...]
    are_numbers: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure with its title and a note."""

    title: str
    figure: str
    note: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Key figures side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines as a machine reads them."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart as `charts.py` makes it: the data that the PDF is drawn from, and what it says."""

    kind: str
    data: Mapping[str, Any]
    alt: str
    caption: str


Block = Heading | Words | Listed | Facts | Table | Tiles | Listing | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A report without a layout.

    Attributes:
        title, author, about, keywords: of the document.
        language: as HTML and Word name it: “en”, “zh-CN”.
        stamp, footing: what stands at the foot of every page.
        at: when its evidence was gathered, UTC.
        evidence: SHA-256 of the evidence that is attached to the PDF; empty where none is.
        blocks: what it says and shows, in order.
    """

    title: str
    author: str
    about: str
    keywords: tuple[str, ...]
    language: str
    stamp: str
    footing: str
    at: datetime
    evidence: str
    blocks: tuple[Block, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Its charts, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Chart))
