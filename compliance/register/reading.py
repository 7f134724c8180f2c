"""Records from files: CSV with one kind per file, JSON with any."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from compliance.errors import RecordFileError
from compliance.i18n import mark
from compliance.register.kinds import kinds
from compliance.register.nouns import Draft, KindId
from compliance.register.values import ABSENT

MOST_RECORDS = 10_000
FORMAT = "privacy-desk-register"
KIND = "record_kind"  # beside fields; “kind” alone is a field of some kinds
ABOUT = (KIND, "id", "name")
_DELIMITERS = ",;\t|"
_QUOTE = "'"  # what stands before a cell that a spreadsheet would take for a formula


def read_records(text: str, name: str, kind: KindId | None = None) -> tuple[Draft, ...]:
    """The records in the text of a file; nothing in them is checked yet.

    In CSV the first row names the fields, beside `id`, `name` and `record_kind`; an empty cell says
    nothing. In JSON a record is an object with `kind`, `id`, `name` and `values`, or one with all
    fields beside `id`.

    Args:
        name: of the file; its ending tells CSV from JSON, and it may name the kind.
        kind: of which kind they are; left out: as the file says.

    Raises:
        RecordFileError: it is neither, or does not say of which kind they are.
    """
    if not text.strip():
        raise RecordFileError(name=name, reason=mark("it is empty"))
    is_json = PurePath(name).suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "[")
    drafts = _from_json(text, name, kind) if is_json else _from_csv(text, name, kind)
    found = tuple(drafts)
    if not found:
        raise RecordFileError(name=name, reason=mark("it holds no record"))
    return found


def _from_csv(text: str, name: str, kind: KindId | None) -> Iterator[Draft]:
    rows = _rows(text, name)
    header = [cell.strip() for cell in rows[0]]
    names = [cell for cell in header if cell]  # spreadsheets leave empty columns behind
    if "id" not in names or len(set(names)) < len(names):
        reason = mark("its first row must name each field once, and one of them is “id”")
        raise RecordFileError(name=name, reason=reason)
    if len(rows) > MOST_RECORDS + 1:
        raise RecordFileError(
            name=name,
            reason=mark("it holds more than {most_records:,} records").format(
                most_records=MOST_RECORDS
            ),
        )
    named = kind or _kind_in(name)
    for place, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            raise RecordFileError(
                name=name,
                reason=mark("row {place} has more cells than the first").format(place=place),
            )
        cells = {c: _unquoted(cell) for c, cell in zip(header, row, strict=False) if cell.strip()}
        yield _flat(cells, named, name, f"row {place}")


def _rows(text: str, name: str) -> list[list[str]]:
    """The cells of a CSV text, parted by what parts the names in its first row."""
    first = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return list(reader)
    except csv.Error:
        reason = mark("its cells cannot be told apart; save it again as CSV")
        raise RecordFileError(name=name, reason=reason) from None


def _from_json(text: str, name: str, kind: KindId | None) -> Iterator[Draft]:
    given = _parsed(text, name)
    if isinstance(given, Mapping) and given.get("format", FORMAT) != FORMAT:
        raise RecordFileError(name=name, reason=mark("it is of another format"))
    listed = given.get("records", [given]) if isinstance(given, Mapping) else given
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise RecordFileError(name=name, reason=mark("it holds no list of records"))
    if len(listed) > MOST_RECORDS:
        raise RecordFileError(
            name=name,
            reason=mark("it holds more than {most_records:,} records").format(
                most_records=MOST_RECORDS
            ),
        )
    named = kind or _kind_in(name)
    for place, record in enumerate(listed, 1):
        if not isinstance(record, Mapping):
            raise RecordFileError(
                name=name, reason=mark("record {place} is no object").format(place=place)
            )
        at = mark("record {place}").format(place=place)
        if "values" not in record:
            yield _flat(record, named, name, at)
        elif isinstance(record["values"], Mapping):
            about = {KIND: record.get("kind"), "id": record.get("id"), "name": record.get("name")}
            yield _draft(about, record["values"], named, name, at)
        else:
            raise RecordFileError(
                name=name, reason=mark("the values of {at} are no object").format(at=at)
            )


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise RecordFileError(name=name, reason=mark("it is no JSON")) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a name that stands there twice has no value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> float:
    """NaN and the infinities are no JSON."""
    raise ValueError


def _flat(given: Mapping[str, Any], kind: KindId | None, name: str, place: str) -> Draft:
    """A record whose fields stand beside its id."""
    about = {said: given.get(said) for said in ABOUT}
    values = {field: value for field, value in given.items() if field not in ABOUT}
    named = values.get("kind")
    if about[KIND] is None and isinstance(named, str) and named in kinds():
        about[KIND] = values.pop("kind")
    return _draft(about, values, kind, name, place)


def _draft(
    about: Mapping[str, Any], values: Mapping[str, Any], kind: KindId | None, name: str, place: str
) -> Draft:
    """A record, of the kind that it names or else of `kind`."""
    given = {said: about.get(said) or "" for said in ABOUT}
    if not all(isinstance(value, str) for value in given.values()):
        raise RecordFileError(
            name=name, reason=mark("kind, id and name of {place} are texts").format(place=place)
        )
    if not given[KIND] and kind is None:
        reason = mark("it does not say of which kind the records are; name the kind")
        raise RecordFileError(name=name, reason=reason)
    return Draft(
        kind=given[KIND].strip() or str(kind),
        id=given["id"].strip(),
        name="" if given["name"] == ABSENT else given["name"].strip(),
        values=values,
        place=place,
    )


def _kind_in(name: str) -> KindId | None:
    """The kind that the file is named after."""
    stem = PurePath(name).stem.lower()
    return stem if stem in kinds() else None


def _unquoted(cell: str) -> str:
    return cell.removeprefix(_QUOTE)
