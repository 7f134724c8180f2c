"""From the plain reading of a template to the manuscript.

`typesetting` reads each template twice: as pages and, with all layout left out, as HTML, in which
tables, charts and facts stand as the data that they are made from. So what a report says, and in
which order, is told in one place, its template.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from compliance.report.manuscript import (
    SIGNS,
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Listed,
    Listing,
    Manuscript,
    Run,
    Runs,
    Table,
    Tile,
    Tiles,
    Words,
)

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_APART = {"p", "div", "li", "ol", "ul", *_HEADINGS}
_ROLES = {"minor", "small", "note"}


def read(plain: bytes) -> Manuscript:
    """The manuscript of a report.

    Args:
        plain: the plain reading, as `typesetting.typeset` gives it.
    """
    reader = _Reader()
    reader.feed(plain.decode())
    reader.close()
    about = reader.about
    year, month, day, hour, minute, second = about["date"]
    return Manuscript(
        title=about["title"],
        author=about["author"],
        about=about["about"],
        keywords=tuple(about["keywords"]),
        language=about["lang"] + (f"-{about['region']}" if about["lang"] == "zh" else ""),
        stamp=about["stamp"],
        footing=about["footing"],
        evidence=about["evidence"],
        at=datetime(year, month, day, hour, minute, second, tzinfo=UTC),
        blocks=tuple(reader.blocks),
    )


class _Reader(HTMLParser):
    """Gathers blocks; words between two block tags are one paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.about: Mapping[str, Any] = {}
        self._runs: list[Run] = []
        self._open: list[tuple[str, str, bool]] = []  # tag, class, whether it stands apart
        self._looks: list[str] = []
        self._items: list[Runs] | None = None
        self._number = ""
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("meta", "br"):
            self._runs += [Run("\n")] if tag == "br" else []
            return
        self._is_hidden = self._is_hidden or tag == "title"
        is_apart = tag in _APART or "display: block" in given.get("style", "")
        if is_apart:
            self._end_words()
        self._open.append((tag, given.get("class", ""), is_apart))
        if (look := _look(tag, given)) is not None:
            self._looks.append(look)
        if tag in ("ol", "ul"):
            self._items = []
        if tag in _HEADINGS:
            self._number = given.get("data-number", "")
        if "data-kind" in given:
            self._take(given["data-kind"], json.loads(given["data-value"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_hidden = False
        _tag, class_, is_apart = self._open[-1]
        if tag in _HEADINGS:
            words = " ".join(self._words_left().split())
            self.blocks.append(Heading(_HEADINGS[tag] - 1, self._number, words))
        elif is_apart:
            self._end_words()
        if tag in ("ol", "ul"):
            items, self._items = self._items or [], None
            if items:
                self.blocks.append(Listed(tuple(items), is_numbered=tag == "ol"))
        if _look(tag, {"class": class_}) is not None:
            self._looks.pop()
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            self._runs.append(Run(data, self._looks[-1] if self._looks else ""))

    def _take(self, kind: str, data: Any) -> None:
        if kind == "about":
            self.about = data
        else:
            self.blocks.append(_BLOCKS.get(kind, _chart)(kind, data))

    def _words_left(self) -> str:
        text = "".join(run.text for run in self._runs)
        self._runs = []
        return text

    def _end_words(self) -> None:
        runs, self._runs = _joined(self._runs), []
        if not runs:
            return
        if self._items is not None:
            self._items.append(runs)
            return
        roles = [class_ for _tag, class_, _apart in self._open if class_ in _ROLES]
        self.blocks.append(Words(runs, roles[-1] if roles else ""))


def _look(tag: str, given: Mapping[str, str]) -> str | None:
    if tag in ("strong", "code"):
        return tag
    return given["class"] if tag == "span" and given.get("class") in SIGNS else None


def _joined(runs: list[Run]) -> Runs:
    """Neighbours that look the same as one, without blanks at either end."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].look == run.look:
            joined[-1] = Run(joined[-1].text + run.text, run.look)
        elif run.text:
            joined.append(run)
    while joined and not joined[0].text.strip():
        joined.pop(0)
    while joined and not joined[-1].text.strip():
        joined.pop()
    if joined:
        joined[0] = Run(joined[0].text.lstrip(), joined[0].look)
        joined[-1] = Run(joined[-1].text.rstrip(), joined[-1].look)
    return tuple(joined)


def _table(_kind: str, data: Any) -> Table:
    return Table(
        titles=tuple(column["title"] for column in data["columns"]),
        are_numbers=tuple(column["fill"] == "number" for column in data["columns"]),
        rows=tuple(tuple(map(_cell, row)) for row in data["rows"]),
    )


def _cell(cell: Any) -> Cell:
    return Cell(cell) if isinstance(cell, str) else Cell(**cell)


def _facts(_kind: str, data: Any) -> Facts:
    return Facts(tuple((row["name"], row["value"], bool(row.get("missing"))) for row in data))


def _tiles(_kind: str, data: Any) -> Tiles:
    return Tiles(tuple(Tile(**tile) for tile in data))


def _listing(_kind: str, data: Any) -> Listing:
    return Listing(tuple(data))


def _chart(kind: str, data: Any) -> Chart:
    return Chart(kind=kind, data=data, alt=data["alt"], caption=data["caption"])


_BLOCKS: Mapping[str, Callable[[str, Any], Block]] = {
    "table": _table,
    "facts": _facts,
    "tiles": _tiles,
    "listing": _listing,
}
