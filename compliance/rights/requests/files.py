"""Many requests from one file: CSV or JSON, one request per row; all of them or none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from compliance.errors import RequestFileError, RequestInputError
from compliance.i18n import mark
from compliance.rights.requests.intake import Draft, once, to_draft

MOST_REQUESTS = 10_000
MOST_PROBLEMS = 20
_DELIMITERS = ",;\t|"


def read_requests(text: str, name: str) -> tuple[Draft, ...]:
    """The requests in the text of a file; what they say is read, but not checked.

    In CSV the first row names the columns, in JSON every request is an object: `law`, `right`,
    `received_on`, and if need be `channel`, `country` and `purpose`; every other name is a kind of
    identifier, such as `email`.

    Raises:
        RequestFileError: with the number of every row that cannot be read.
    """
    if not text.strip():
        raise refusal(name, [mark("the file is empty")])
    is_json = PurePath(name).suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "[")
    found: list[Draft] = []
    problems: list[str] = []
    for place, row in _from_json(text, name) if is_json else _from_csv(text, name):
        if len(found) >= MOST_REQUESTS:
            raise refusal(
                name,
                [
                    mark("it holds more than {most_requests:,} requests").format(
                        most_requests=MOST_REQUESTS
                    )
                ],
            )
        try:
            found.append(to_draft(row, place))
        except RequestInputError as wrong:
            problems.append(f"{place}: {_lowered(wrong)}")
    if problems:
        raise refusal(name, problems)
    if not found:
        raise refusal(name, [mark("it holds no request")])
    return tuple(found)


def refusal(name: str, problems: list[str]) -> RequestFileError:
    """The error that lists the problems, the first twenty in words."""
    left = len(problems) - MOST_PROBLEMS
    more = mark("; and {left:,} more").format(left=left) if left > 0 else ""
    told = "; ".join(problems[:MOST_PROBLEMS])
    shown = f"{told[:1].upper()}{told[1:]}{more}."
    return RequestFileError(name=name, problems=shown, every=tuple(problems))


def _lowered(wrong: RequestInputError) -> str:
    said = str(wrong).removesuffix(".")
    return said[:1].lower() + said[1:]


_Rows = Iterator[tuple[str, Mapping[str, Any]]]


def _from_csv(text: str, name: str) -> _Rows:
    first = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise refusal(
            name, [mark("its cells cannot be told apart; save it again as CSV")]
        ) from None
    header = [cell.strip() for cell in rows[0]]
    named = [cell for cell in header if cell]
    if len({cell.lower() for cell in named}) < len(named):
        raise refusal(name, [mark("its first row names a column twice")])
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            raise refusal(
                name, [mark("row {number} has more cells than the first").format(number=number)]
            )
        cells = {c: _unquoted(cell) for c, cell in zip(header, row, strict=False) if c}
        yield f"row {number}", cells


def _from_json(text: str, name: str) -> _Rows:
    try:
        given = json.loads(text, object_pairs_hook=once)
    except RequestInputError as wrong:
        raise refusal(name, [_lowered(wrong)]) from None
    except (ValueError, RecursionError):
        raise refusal(name, [mark("it is no JSON")]) from None
    listed = given.get("requests") if isinstance(given, Mapping) else given
    if not isinstance(listed, list):
        raise refusal(name, [mark("it holds no list of requests")])
    for number, row in enumerate(listed, 1):
        if not isinstance(row, Mapping):
            raise refusal(name, [mark("request {number} is no object").format(number=number)])
        try:
            yield mark("request {number}").format(number=number), _flat(row)
        except RequestInputError as wrong:
            raise refusal(
                name,
                [mark("request {number}: {wrong}").format(number=number, wrong=_lowered(wrong))],
            ) from None


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose identifiers stand beside the rest, or in an object of their own."""
    inner = row.get("identifiers")
    if not isinstance(inner, Mapping):
        return dict(row)
    return once([*((k, v) for k, v in row.items() if k != "identifiers"), *inner.items()])


def _unquoted(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@'") else cell
