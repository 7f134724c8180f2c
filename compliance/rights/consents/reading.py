"""Consents from CSV and JSON. A cell is a text and nothing else, whatever it begins with."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePath
from typing import Any

from compliance.errors import ConsentFileError
from compliance.i18n import mark
from compliance.plain import one_line
from compliance.rights.consents.hashing import normalised
from compliance.rights.nouns import IdentifierKind
from compliance.shipped import table

MOST_EVENTS = 5_000_000
LONGEST_CELL = 300
_SHOWN = 8
_REACHING = (IdentifierKind.EMAIL, IdentifierKind.PHONE)  # a key alone tells nobody outside
_DELIMITERS = ",;\t|"
_SAME = re.compile(r"[\s.\-]+")
_BEGINNING = datetime(1970, 1, 1)
_MOMENTS = ("given_at", "withdrawn_at", "expires_at")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as a file has it. Moments are naive UTC.

    Attributes:
        kind, value: whose; `repr` leaves the value out.
        purpose: an id; others as in `EVENTS`.
    """

    kind: IdentifierKind
    value: str = field(repr=False)
    purpose: str
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    expires_at: datetime | None = None
    text_version: str | None = None
    method: str | None = None
    proof: str | None = field(default=None, repr=False)
    law: str | None = None

    def is_said_in(self, text: str) -> bool:
        """Whether a text, which is kept as it is, says whose it is."""
        return self.kind in _REACHING and self.value.casefold() in text.casefold()

    @property
    def row(self) -> dict[str, object]:
        """Its fields in `EVENTS`, but for the person."""
        names = ("purpose", "text_version", *_MOMENTS, "method", "proof", "law")
        return {name: getattr(self, name) for name in names}


def read_consents(
    text: str,
    name: str,
    purposes: Mapping[str, str],
    laws: Sequence[str],
    at: datetime,
    asked: str = "",
) -> tuple[Entry, ...]:
    """The consents in the text of a file, all of them or none.

    Args:
        name: of the file; its ending tells CSV from JSON.
        purposes: what purposes are called in files, in small letters, to their ids.
        laws: those that there are.
        at: now, UTC; what lies later was not agreed to.
        asked: the purpose of rows that name none, by its id.

    Raises:
        ConsentFileError: with the numbers of rows that are wrong, and no value.
    """
    if not text.strip():
        raise ConsentFileError(name=name, reason=mark("it is empty"))
    is_json = PurePath(name).suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "[")
    rows = list(_of_json(text, name) if is_json else _of_csv(text, name))
    if not rows:
        raise ConsentFileError(name=name, reason=mark("it holds no row"))
    if len(rows) > MOST_EVENTS:
        raise ConsentFileError(
            name=name,
            reason=mark("it holds more than {most_events:,} rows").format(most_events=MOST_EVENTS),
        )
    reader = _Reader(purposes, laws, at.astimezone(UTC).replace(tzinfo=None), asked)
    found, wrong = [], []
    for place, cells in rows:
        entry = reader.read(cells)
        if isinstance(entry, str):
            wrong.append(f"row {place} {entry}")
        else:
            found.append(entry)
    if wrong:
        more = (
            mark(", and {wrong:,} more").format(wrong=len(wrong) - _SHOWN)
            if len(wrong) > _SHOWN
            else ""
        )
        raise ConsentFileError(name=name, reason="; ".join(wrong[:_SHOWN]) + more)
    return tuple(found)


class _Reader:
    """Reads rows one after the other; each is an entry, or what is wrong with it."""

    def __init__(
        self, purposes: Mapping[str, str], laws: Sequence[str], now: datetime, asked: str
    ) -> None:
        self._purposes, self._laws, self._now, self._asked = purposes, laws, now, asked

    def read(self, cells: Cells) -> Entry | str:
        if any(len(cell) > LONGEST_CELL for cell in cells.values()):
            return mark("has a cell of more than {longest_cell} characters").format(
                longest_cell=LONGEST_CELL
            )
        who = self._who(cells)
        if who is None:
            return mark(
                "names nobody: a signal of a browser alone, such as Global Privacy Control, does "
                "not tell whose it is; ask the person, or match it to an account first"
            )
        purpose = self._purposes.get(cells.get("purpose", "").casefold(), "")
        if "purpose" not in cells:
            purpose = self._asked
        if not purpose:
            return mark("names no purpose that is on record; define it first, or say --purpose")
        moments = {name: _moment(cells[name]) for name in _MOMENTS if name in cells}
        if wrong := self._wrong(cells, moments):
            return wrong
        kind, value = who
        if says_who(cells, [cells.get("proof", ""), cells.get("text_version", "")]):
            return mark(
                "says in its proof or version who it is; name the record that proves it instead"
            )
        return Entry(
            kind=kind,
            value=value,
            purpose=purpose,
            given_at=moments.get("given_at"),
            withdrawn_at=moments.get("withdrawn_at"),
            expires_at=moments.get("expires_at"),
            text_version=_line(cells.get("text_version")),
            method=cells.get("method", "").casefold() or None,
            proof=_line(cells.get("proof")),
            law=cells.get("law"),
        )

    def _who(self, cells: Cells) -> tuple[IdentifierKind, str] | None:
        for kind in (IdentifierKind(name) for name in _names()["people"]):
            value = cells.get(kind.value, "")
            if value and normalised(kind, value):
                return kind, value
        return None

    def _wrong(self, cells: Cells, moments: Mapping[str, datetime | None]) -> str:
        """What does not fit; empty: everything does."""
        for name, moment in moments.items():
            if moment is None:
                return mark(
                    "has a {name} that is no date; write 2026-11-26 or 2026-11-26T09:30:00Z"
                ).format(name=name)
            if moment < _BEGINNING:
                return mark("has a {name} before 1970").format(name=name)
            if moment > self._now and name != "expires_at":
                return mark("has a {name} that lies in the future").format(name=name)
        given, ends = moments.get("given_at"), moments.get("expires_at")
        if given is None and moments.get("withdrawn_at") is None:
            return mark("says neither when it was given nor when it was withdrawn")
        if given is not None and ends is not None and ends < given:
            return mark("ends before it was given")
        if cells.get("method", "").casefold() not in ("", *_names()["methods"]):
            return mark("has a method that is none of {names}").format(
                names=", ".join(_names()["methods"])
            )
        if cells.get("law", self._laws[0] if self._laws else "") not in self._laws:
            return mark("has a law that is none of {laws}").format(laws=", ".join(self._laws))
        return ""


def says_who(cells: Cells, texts: Sequence[str]) -> bool:
    """Whether one of these texts, which are kept as they are, repeats whose consent it is."""
    said = " ".join(texts).casefold()
    values = (cells.get(kind.value, "").casefold() for kind in _REACHING)
    return any(value and value in said for value in values)


def methods() -> tuple[str, ...]:
    """How people can agree."""
    return tuple(_names()["methods"])


def _of_csv(text: str, name: str) -> Iterator[tuple[int, Cells]]:
    delimiter = max(_DELIMITERS, key=text.splitlines()[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        reason = mark("its cells cannot be told apart; save it again as CSV")
        raise ConsentFileError(name=name, reason=reason) from None
    header = _meant(rows[0], name)
    for place, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            raise ConsentFileError(
                name=name,
                reason=mark("row {place} has more cells than the first").format(place=place),
            )
        pairs = zip(header, row, strict=False)
        yield place, {meant: cell.strip() for meant, cell in pairs if meant and cell.strip()}


def _of_json(text: str, name: str) -> Iterator[tuple[int, Cells]]:
    try:
        given: Any = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        reason = mark("it is no JSON, or names a field twice")
        raise ConsentFileError(name=name, reason=reason) from None
    listed = given.get("consents") if isinstance(given, Mapping) else given
    if not isinstance(listed, list):
        raise ConsentFileError(name=name, reason=mark("it holds no list of consents"))
    meant: dict[tuple[str, ...], list[str]] = {}
    for place, one in enumerate(listed, 1):
        if not isinstance(one, Mapping):
            raise ConsentFileError(
                name=name, reason=mark("row {place} is no object").format(place=place)
            )
        fields = tuple(one)
        if fields not in meant:
            meant[fields] = _meant(fields, name, has_people=False)
        cells = {
            to: _cell(value, name, place)
            for to, value in zip(meant[fields], one.values(), strict=True)
            if to and value not in (None, "")
        }
        yield place, {to: cell for to, cell in cells.items() if cell}


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(mark("a field is named twice"))
    return found


def _cell(value: object, name: str, place: int) -> str:
    if isinstance(value, bool | list | dict):
        raise ConsentFileError(
            name=name, reason=mark("row {place} has a field that is no text").format(place=place)
        )
    return str(value).strip()


def _meant(header: Sequence[str], name: str, *, has_people: bool = True) -> list[str]:
    """What each column is, by its name; empty: nothing that is read."""
    known = _by_name()
    found = [known.get(_SAME.sub("_", cell.strip().casefold()), "") for cell in header]
    said = [one for one in found if one]
    if len(set(said)) < len(said):
        raise ConsentFileError(name=name, reason=mark("two of its columns say the same"))
    if has_people and not set(said) & set(_names()["people"]):
        people = ", ".join(known_as[0] for known_as in _names()["people"].values())
        reason = mark(
            "no column says whose consent it is; name one {people}. A signal of a "
            "browser alone, such as Global Privacy Control, tells nobody"
        ).format(people=people)
        raise ConsentFileError(name=name, reason=reason)
    return found


def _line(text: str | None) -> str | None:
    return None if text is None else one_line(text)


def _moment(text: str) -> datetime | None:
    """A date, or a moment with its time zone (UTC where it has none), as naive UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except OverflowError:
        return None


@cache
def _by_name() -> Mapping[str, str]:
    named = {**_names()["people"], **_names()["fields"]}
    return {called: meant for meant, names in named.items() for called in names}


@cache
def _names() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = table("compliance.rights.consents", "columns.yaml")
    return loaded
