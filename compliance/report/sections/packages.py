"""What a person gets on access or portability, to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.tables import Cell, Fill, Plain, fact, heading, table
from compliance.report.wording import count
from compliance.rights.nouns import Copy, Element, Excerpt, Extract, Package, ShownColumn

MOST_ROWS_PRINTED = 200
MOST_EXCERPTS_PRINTED = 200
_AS_RECORDS = 4  # so few rows are shown one below the other, with all their columns
_COLUMNS = 6  # of a table, beside the number of the row
_LONGEST = 3_000
_NO_VALUE, _LEFT_OUT = mark("no value"), mark("left out")


def to_package(package: Package) -> Plain:
    """The whole package; long tables are cut where the page says so, the files are whole."""
    return {
        "facts": [
            fact(_("Request"), package.request),
            fact(
                _("Right"),
                _("{right}, {article}").format(
                    right=wording.capital(_(package.right.value)), article=_(package.article)
                ),
            ),
            fact(_("From"), wording.recorded(package.sender.name), missing=not package.sender.name),
            fact(_("Contact"), wording.recorded(package.sender.contact)),
            fact(_("Put together on"), wording.when(package.made_at)),
            fact(_("What was found"), _found(package)),
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
    return _("{rows} of {datasets}, {mentions} elsewhere").format(
        rows=rows, datasets=datasets, mentions=count(len(package.excerpts), "mention")
    )


def _element(one: Element) -> Plain:
    return {
        "title": _(one.title),
        "says": [_(text) for text in one.says],
        "missing": [_(text) for text in one.missing],
    }


def _dataset(extract: Extract) -> Plain:
    printed = min(extract.rows, MOST_ROWS_PRINTED)
    has_records = extract.rows <= _AS_RECORDS
    return {
        "title": _("{name} (version {version})").format(
            name=wording.abridged(extract.name), version=extract.version
        ),
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
    if extract.restricted == extract.rows:
        return _("{rows}; restricted, so only stored and not used").format(rows=rows)
    return _("{rows}; {n} of them restricted, so only stored and not used").format(
        rows=rows, n=count(extract.restricted)
    )


def _columns(columns: Sequence[ShownColumn]) -> Plain | None:
    rows: list[list[Cell]] = [
        [str(c.name), _(c.meaning or "not looked at"), _(str(c.type))] for c in columns
    ]
    return table(
        [heading(_("Column"), 2, Fill.NAME), heading(_("Meaning"), 3), heading(_("Type"), 1)], rows
    )


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
            heading(_("Row"), fill=Fill.NUMBER),
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
        return _(_LEFT_OUT) if column.withheld >= gaps else _("no value, or left out")
    if value is None or value == "":
        return _(_NO_VALUE)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _has_gap(column: ShownColumn) -> bool:
    return bool(column.withheld or column.redacted)


def _withheld(column: ShownColumn) -> str:
    if column.withheld:
        return _("{column}: {values}, because {why}.").format(
            column=column.name, values=count(column.withheld, "value"), why=_(column.why)
        )
    return _("{column}: {pieces} of text about other people.").format(
        column=column.name, pieces=count(column.redacted, "piece")
    )


def _copies(copies: Sequence[Copy]) -> Plain | None:
    headings = [
        heading(_("Where"), 2, Fill.NAME),
        heading(_("What it is"), 1.4),
        heading(_("Of"), 2, Fill.NAME),
        heading(_("Rows"), fill=Fill.NUMBER),
        heading(_("Say something else"), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            one.dataset_id,
            _(str(one.kind)),
            one.of or _("nothing that is still there"),
            count(one.rows),
            count(one.differing),
        ]
        for one in copies
    ]
    return table(headings, rows)


def _excerpt(one: Excerpt) -> Plain:
    return {
        "where": _("{dataset}, {column}").format(dataset=one.dataset_id, column=one.column),
        "text": one.text,
    }


def _left_out(package: Package) -> Iterator[str]:
    if doubtful := sum(package.doubtful.values()):
        yield (
            _(
                "{rows} that fit you and that we take to be about somebody else. If you think "
                "that there is more about you, tell us by what else you are known."
            ).format(rows=count(doubtful, "row"))
        )
    if package.doubtful_mentions:
        yield _("{mentions} that we take to be of somebody else.").format(
            mentions=count(package.doubtful_mentions, "mention")
        )
    for name, why in package.excluded.items():
        yield _("{name}: {why}.").format(name=name, why=_(why))
    for name, why in package.skipped.items():
        yield _("{name} was not searched: {why}").format(name=name, why=_(why))
