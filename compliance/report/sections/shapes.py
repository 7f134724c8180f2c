"""What a release publishes beside single numbers: histograms and the largest groups."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import Release, ReleasedValue
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.report import charts, wording
from compliance.report.axes import is_finite
from compliance.report.sections.values import (
    MARGIN,
    bar_of,
    group_cells,
    key_headings,
    value_cells,
)
from compliance.report.tables import Cell, Fill, Plain, heading, table
from compliance.report.wording import count

MOST_BARS_PRINTED = 500
_MOST_BARS_DRAWN = 40  # so that the chart fits on a page
_MOST_PANELS = 3
_MOST_SIDE_BY_SIDE = 5  # groups
_GROUP_WIDTH = 24
_BAR = mark("From – below")


def to_rankings(release: Release) -> list[Plain]:
    """One table per question for the largest groups, the largest first."""
    return [
        {"title": wording.capital(_(s.title)), "table": _ranking(release.query, _of(release, s))}
        for s in release.query.statistics
        if s.kind is StatisticKind.TOP
    ]


def to_histograms(release: Release) -> list[Plain]:
    """One block per histogram: its bars as a table and, for the first groups, as a chart."""
    return [
        _histogram(release.query, s, _of(release, s))
        for s in release.query.statistics
        if s.kind is StatisticKind.HISTOGRAM
    ]


def _of(release: Release, statistic: Statistic) -> list[ReleasedValue]:
    return [value for value in release.values if value.statistic == statistic.name]


def _ranking(query: Query, values: Sequence[ReleasedValue]) -> Plain | None:
    headings = [heading(_("Rank"), fill=Fill.NUMBER), *key_headings(query)]
    ranked = sorted(values, key=lambda value: value.value)
    rows: list[list[Cell]] = [
        [wording.number(value.value), *group_cells(query, value.keys)] for value in ranked
    ]
    return table(headings, rows)


def _histogram(query: Query, statistic: Statistic, values: Sequence[ReleasedValue]) -> Plain:
    return {
        "title": wording.capital(wording.abridged(_(statistic.title))),
        "table": _bars(query, values[:MOST_BARS_PRINTED]),
        "left": max(len(values) - MOST_BARS_PRINTED, 0),
        "chart": _chart(query, statistic, values),
    }


def _bars(query: Query, values: Sequence[ReleasedValue]) -> Plain | None:
    """A row per bar with its groups side by side where there are few, else a row per number."""
    groups = list(dict.fromkeys(value.keys for value in values))
    margins = {value.margin for value in values}
    if 1 < len(groups) <= _MOST_SIDE_BY_SIDE and len(margins) == 1:
        return _side_by_side(groups, values)
    headings = [
        *(key_headings(query) if query.by else []),
        heading(_(_BAR), 2, Fill.NAME),
        heading(_("Rows"), fill=Fill.NUMBER),
        heading(_(MARGIN), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            *(group_cells(query, value.keys) if query.by else []),
            _range(value.cell),
            *value_cells(value, 0),
        ]
        for value in values
    ]
    return table(headings, rows)


def _side_by_side(
    groups: Sequence[tuple[str, ...]], values: Sequence[ReleasedValue]
) -> Plain | None:
    """The margin, the same for all of them, stands in the last column."""
    numbers = {(value.keys, value.cell): value for value in values}
    titles = [wording.abridged(" / ".join(group), _GROUP_WIDTH) for group in groups]
    headings = [
        heading(_(_BAR), 2, Fill.NAME),
        *(heading(title, fill=Fill.NUMBER) for title in titles),
        heading(_(MARGIN), fill=Fill.NUMBER),
    ]
    margin = value_cells(values[0], 0)[1]
    rows: list[list[Cell]] = [
        [
            _range(cell),
            *(value_cells(numbers.get((group, cell)), 0)[0] for group in groups),
            margin,
        ]
        for cell in dict.fromkeys(value.cell for value in values)
    ]
    return table(headings, rows)


def _chart(query: Query, statistic: Statistic, values: Sequence[ReleasedValue]) -> Plain | None:
    """A panel per group with a bar per cell; the first groups and cells where there are many."""
    by_group: dict[tuple[str, ...], list[ReleasedValue]] = {}
    for value in values:
        by_group.setdefault(value.keys, []).append(value)
    shown = list(by_group.items())[:_MOST_PANELS]
    if not shown or len(shown[0][1]) < 2:
        return None
    cells = [value.cell for value in shown[0][1]]
    cut = _cut(len(by_group), len(shown), mark("groups"))
    cut += _cut(len(cells), _MOST_BARS_DRAWN, mark("bars"))
    panels = [
        (
            " / ".join(group) if query.by else _("Rows"),
            [bar_of(value) for value in bars[:_MOST_BARS_DRAWN]],
        )
        for group, bars in shown
    ]
    return charts.value_chart(
        [_range(cell) for cell in cells[:_MOST_BARS_DRAWN]],
        panels,
        alt=_finding(statistic, shown[0][1]),
        caption=_("{title}: rows per bar, with their margins at 95 % (lines).{cut}").format(
            title=wording.capital(wording.abridged(_(statistic.title))), cut=cut
        ),
        is_bars=True,
    )


def _range(cell: str) -> str:
    """A bar as the release names it, with minus signs."""
    return cell.replace("-", "\N{MINUS SIGN}")


def _cut(number: int, most: int, things: str) -> str:
    if number <= most:
        return ""
    return _(" The first {shown} of {number} {things}.").format(
        shown=most, number=count(number), things=_(things)
    )


def _finding(statistic: Statistic, bars: Sequence[ReleasedValue]) -> str:
    known = [bar for bar in bars if is_finite(bar.value)]
    said = _("{title} in {bars}").format(
        title=wording.capital(_(statistic.title)), bars=count(len(bars), "bar")
    )
    if not known:
        return _("{said}; no number could be formed.").format(said=said)
    ends = []
    for word, choose in ((_("largest"), max), (_("smallest"), min)):
        found = choose(known, key=lambda bar: bar.value)
        ends.append(
            _("{which} {cell} with {n} rows").format(
                which=word, cell=found.cell, n=wording.number(found.value)
            )
        )
    return _("{said}: {told}.").format(said=said, told=wording.joined(ends))
