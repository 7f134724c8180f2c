"""What a person gets on access or portability, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.report import wording
from compliance.report.tables import Cell, Fill, Plain, fact, heading, table
from compliance.report.wording import count
from compliance.rights.nouns import Copy, Element, Excerpt, Extract, Package, ShownColumn

MOST_ROWS_PRINTED = 200
MOST_EXCERPTS_PRINTED = 200
_AS_RECORDS = 4  # so few rows are shown one below the other, with all their columns
_COLUMNS = 6  # of a table, beside the number of the row
_LONGEST = 3_000
_NO_VALUE, _LEFT_OUT = "no value", "left out"


def to_package(package: Package) -> Plain:
    """The whole package; long tables are cut where the page says so, the files are whole."""
    return {
        "facts": [
            fact("Request", package.request),
            fact("Right", f"{package.right.value.capitalize()}, {package.article}"),
            fact("From", wording.recorded(package.sender.name), missing=not package.sender.name),
            fact("Contact", wording.recorded(package.sender.contact)),
            fact("Put together on", wording.when(package.made_at)),
            fact("What was found", _found(package)),
        ],
        "elements": [_element(one) for one in package.elements],
        "datasets": [_dataset(one) for one in package.extracts],
        "copies": _copies(package.copies),
        "differing": [_dataset(c.extract) for c in package.copies if c.extract is not None],
        "excerpts": [_excerpt(one) for one in package.excerpts[:MOST_EXCERPTS_PRINTED]],
        "excerpts_left": max(len(package.excerpts) - MOST_EXCERPTS_PRINTED, 0),
        "left_out": list(_left_out(package)),
    }


def _found(package: Package) -> str:
    rows = count(package.rows, "row")
    datasets = count(len(package.extracts), "dataset")
    return f"{rows} of {datasets}, {count(len(package.excerpts), 'mention')} elsewhere"


def _element(one: Element) -> Plain:
    return {
        "title": one.title,
        "says": list(one.says),
        "missing": list(one.missing),
    }


def _dataset(extract: Extract) -> Plain:
    printed = min(extract.rows, MOST_ROWS_PRINTED)
    has_records = extract.rows <= _AS_RECORDS
    return {
        "title": f"{wording.abridged(extract.name)} (version {extract.version})",
        "rows": _rows(extract),
        "columns": _columns(extract.columns),
        "records": [_record(extract, row) for row in range(extract.rows)] if has_records else [],
        "tables": [] if has_records else list(_tables(extract, printed)),
        "rows_left": extract.rows - printed,
        "withheld": [_withheld(column) for column in extract.columns if _has_gap(column)],
    }


def _rows(extract: Extract) -> str:
    rows = count(extract.rows, "row")
    if not extract.restricted:
        return rows
    which = "" if extract.restricted == extract.rows else f"{count(extract.restricted)} of them "
    return f"{rows}; {which}restricted, so only stored and not used"


def _columns(columns: Sequence[ShownColumn]) -> Plain | None:
    rows: list[list[Cell]] = [
        [str(c.name), c.meaning or "not looked at", str(c.type)] for c in columns
    ]
    return table([heading("Column", 2, Fill.NAME), heading("Meaning", 3), heading("Type", 1)], rows)


def _record(extract: Extract, row: int) -> list[Plain]:
    return [
        fact(wording.abridged(str(column.name), 40), _said(extract, column, row))
        for column in extract.columns
    ]


def _tables(extract: Extract, printed: int) -> Iterator[Plain | None]:
    """The rows, a few columns at a time."""
    for first in range(0, len(extract.columns), _COLUMNS):
        some = extract.columns[first : first + _COLUMNS]
        headings = [
            heading("Row", fill=Fill.NUMBER),
            *(heading(wording.abridged(str(column.name), 30), 1, Fill.NAME) for column in some),
        ]
        rows: list[list[Cell]] = [
            [count(row + 1), *(_said(extract, column, row) for column in some)]
            for row in range(printed)
        ]
        yield table(headings, rows)


def _said(extract: Extract, column: ShownColumn, row: int) -> str:
    value = extract.values[column.name][row]
    if value is None and column.withheld:
        gaps = sum(one is None for one in extract.values[column.name][:MOST_ROWS_PRINTED])
        return _LEFT_OUT if column.withheld >= gaps else f"{_NO_VALUE}, or {_LEFT_OUT}"
    if value is None or value == "":
        return _NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _has_gap(column: ShownColumn) -> bool:
    return bool(column.withheld or column.redacted)


def _withheld(column: ShownColumn) -> str:
    if column.withheld:
        return f"{column.name}: {count(column.withheld, 'value')}, because {column.why}."
    return f"{column.name}: {count(column.redacted, 'piece')} of text about other people."


def _copies(copies: Sequence[Copy]) -> Plain | None:
    headings = [
        heading("Where", 2, Fill.NAME),
        heading("What it is", 1.4),
        heading("Of", 2, Fill.NAME),
        heading("Rows", fill=Fill.NUMBER),
        heading("Say something else", fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            one.dataset_id,
            str(one.kind),
            one.of or "nothing that is still there",
            count(one.rows),
            count(one.differing),
        ]
        for one in copies
    ]
    return table(headings, rows)


def _excerpt(one: Excerpt) -> Plain:
    return {"where": f"{one.dataset_id}, {one.column}", "text": one.text}


def _left_out(package: Package) -> Iterator[str]:
    if doubtful := sum(package.doubtful.values()):
        yield (
            f"{count(doubtful, 'row')} that fit you and that we take to be about somebody else. If "
            "you think that there is more about you, tell us by what else you are known."
        )
    if package.doubtful_mentions:
        yield f"{count(package.doubtful_mentions, 'mention')} that we take to be of somebody else."
    for name, why in package.excluded.items():
        yield f"{name}: {why}."
    for name, why in package.skipped.items():
        yield f"{name} was not searched: {why}"
