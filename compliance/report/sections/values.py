"""The published numbers of a release: as a table, as a chart, with their units.

Histograms and rankings have tables of their own: see `shapes`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import ReleasedValue
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.report import charts, wording
from compliance.report.axes import is_finite
from compliance.report.tables import Cell, Fill, Heading, Plain, heading, table
from compliance.report.wording import count

MOST_GROUPS_PRINTED = 500
MARGIN = mark("±\u00a0(95\u00a0%)")
INTERVAL = mark("Interval (95\u00a0%)")
_EITHER = mark("± or interval (95\u00a0%)")
_MOST_PANELS = 3
_MOST_KEYS = 4
_TITLE_WIDTH = 45
_WIDEST_NUMBERS = 115  # millimetres; beyond that the statistics go below one another
_COUNTS = (StatisticKind.COUNT_ROWS, StatisticKind.COUNT_UNITS, StatisticKind.HISTOGRAM)
_SHAPES = (StatisticKind.HISTOGRAM, StatisticKind.TOP)

Grouped = dict[tuple[str, ...], dict[str, ReleasedValue]]


def single_statistics(query: Query) -> tuple[Statistic, ...]:
    """Those that give one number per group."""
    return tuple(s for s in query.statistics if s.kind not in _SHAPES)


def grouped(query: Query, values: Sequence[ReleasedValue]) -> Grouped:
    """The single numbers by group, then by the name of their statistic; groups in first order."""
    names = {s.name for s in single_statistics(query)}
    groups: Grouped = {}
    for value in values:
        if value.statistic in names:
            groups.setdefault(value.keys, {})[value.statistic] = value
    return groups


def value_table(query: Query, groups: Grouped) -> Plain | None:
    """One row per group with its statistics side by side, or below one another if too wide.

    At most `MOST_GROUPS_PRINTED` groups.
    """
    printed = dict(list(groups.items())[:MOST_GROUPS_PRINTED])
    places = _places(query, groups)
    keys = key_headings(query)
    wide = table(*_side_by_side(query, printed, places, keys))
    if wide is None or sum(column.get("mm", 0) for column in wide["columns"]) <= _WIDEST_NUMBERS:
        return wide
    return table(*_one_below_another(query, printed, places, keys))


def units(statistics: Sequence[Statistic]) -> str:
    """What the numbers count or measure."""
    columns = dict.fromkeys(wording.abridged(s.column) for s in statistics if s.column is not None)
    kinds = {s.kind for s in statistics}
    said = (
        [_("{columns}: in the unit of the column.").format(columns=wording.listed(list(columns)))]
        if columns
        else []
    )
    if kinds - {StatisticKind.TOP, StatisticKind.QUANTILE}:
        said.append(_("Noise can make a number negative."))
    if StatisticKind.QUANTILE in kinds:
        said.append(
            _(
                "A quantile is one of the values named above, chosen with noise; its interval "
                "holds the exact one with 95 % probability."
            )
        )
    if StatisticKind.TOP in kinds:
        said.append(
            _("Which groups are the largest was chosen with noise, so ranks have no margin.")
        )
    return wording.run_on(said)


def value_chart(query: Query, groups: Grouped) -> Plain | None:
    """The largest groups with their margins; None where there is nothing to compare."""
    statistics = single_statistics(query)[:_MOST_PANELS]
    if len(groups) < 2 or not statistics:
        return None
    first = statistics[0].name
    shown = sorted(groups, key=lambda g: _size(groups[g].get(first)), reverse=True)
    shown = shown[: charts.MOST_GROUPS]
    panels = [
        (wording.capital(_(s.title)), [bar_of(groups[group].get(s.name)) for group in shown])
        for s in statistics
    ]
    cut = (
        _(" The {shown} largest of {n} groups.").format(shown=len(shown), n=count(len(groups)))
        if len(shown) < len(groups)
        else ""
    )
    return charts.value_chart(
        [" / ".join(group) for group in shown],
        panels,
        alt=_finding(query, groups, shown),
        caption=_("Published values (dots) with their margins at 95 % (lines).{cut}").format(
            cut=cut
        ),
    )


def decimals(statistic: Statistic, values: Sequence[ReleasedValue]) -> int:
    """How many places the numbers of a statistic need: counts none, the others two digits of ±."""
    if statistic.kind in _COUNTS:
        return 0
    if statistic.kind is StatisticKind.QUANTILE and statistic.step:
        return max(0, -int(statistic.step.normalize().as_tuple().exponent))
    return wording.decimals_for(value.margin for value in values)


def key_headings(query: Query) -> list[Heading]:
    """One column per key, or one for all where there are too many to stand side by side."""
    if not query.by:
        return [heading(_("Group"), 2, Fill.NAME)]
    names = [wording.abridged(column, _TITLE_WIDTH) for column in query.by]
    titles = names if len(names) <= _MOST_KEYS else [" / ".join(names)]
    return [heading(title, 2, Fill.NAME) for title in titles]


def group_cells(query: Query, group: tuple[str, ...]) -> list[str]:
    """The cells under `key_headings`."""
    if not query.by:
        return [_("all")]
    return list(group) if len(query.by) <= _MOST_KEYS else [" / ".join(group)]


def value_cells(value: ReleasedValue | None, places: int) -> list[Cell]:
    """A number, and its margin or interval."""
    if value is None:
        return [_("not released"), ""]
    return [wording.number(value.value, places), _within(value, places)]


def bar_of(value: ReleasedValue | None) -> charts.Bar:
    """A number and how far it may be off, to be drawn."""
    if value is None or not math.isfinite(value.value):
        return charts.Bar(value=None)
    if is_finite(value.low) and is_finite(value.high):
        return charts.Bar(value=value.value, low=value.low, high=value.high)
    margin = value.margin if is_finite(value.margin) else 0.0
    return charts.Bar(value=value.value, margin=margin)


def _within(value: ReleasedValue, places: int) -> str:
    if is_finite(value.low) and is_finite(value.high):
        return _("{low} to {high}").format(
            low=wording.number(value.low, places), high=wording.number(value.high, places)
        )
    return _("not known") if value.margin is None else wording.number(value.margin, places)


def _places(query: Query, groups: Grouped) -> dict[str, int]:
    return {
        s.name: decimals(s, [row[s.name] for row in groups.values() if s.name in row])
        for s in single_statistics(query)
    }


def _side_by_side(
    query: Query, groups: Grouped, places: dict[str, int], keys: list[Heading]
) -> tuple[list[Heading], list[list[Cell]]]:
    headings = list(keys)
    for statistic in single_statistics(query):
        title = wording.capital(wording.abridged(_(statistic.title), _TITLE_WIDTH))
        is_interval = statistic.kind is StatisticKind.QUANTILE
        headings.append(heading(title, fill=Fill.NUMBER))
        headings.append(heading(_(INTERVAL if is_interval else MARGIN), fill=Fill.NUMBER))
    rows: list[list[Cell]] = []
    for group, row in groups.items():
        cells: list[Cell] = list(group_cells(query, group))
        for s in single_statistics(query):
            cells += value_cells(row.get(s.name), places[s.name])
        rows.append(cells)
    return headings, rows


def _one_below_another(
    query: Query, groups: Grouped, places: dict[str, int], keys: list[Heading]
) -> tuple[list[Heading], list[list[Cell]]]:
    statistics = single_statistics(query)
    kinds = {s.kind is StatisticKind.QUANTILE for s in statistics}
    within = _EITHER if len(kinds) > 1 else INTERVAL if True in kinds else MARGIN
    headings = [
        *keys,
        heading(_("Statistic"), 2, Fill.NAME),
        heading(_("Value"), fill=Fill.NUMBER),
        heading(_(within), fill=Fill.NUMBER),
    ]
    titles = [(s, wording.abridged(_(s.title), _TITLE_WIDTH)) for s in statistics]
    rows: list[list[Cell]] = [
        [*group_cells(query, group), title, *value_cells(row.get(s.name), places[s.name])]
        for group, row in groups.items()
        for s, title in titles
    ]
    return headings, rows


def _finding(query: Query, groups: Grouped, shown: Sequence[tuple[str, ...]]) -> str:
    statistic = single_statistics(query)[0]
    places = _places(query, groups)[statistic.name]
    ends = []
    for word, group in ((_("largest"), shown[0]), (_("smallest shown"), shown[-1])):
        value = groups[group].get(statistic.name)
        if value is not None:
            size = wording.number(value.value, places)
            ends.append(
                _("{which} {group} with {n}").format(which=word, group=" / ".join(group), n=size)
            )
    return _("{title} for {n} groups: {told}.").format(
        title=wording.capital(_(statistic.title)), n=count(len(groups)), told=wording.joined(ends)
    )


def _size(value: ReleasedValue | None) -> float:
    return value.value if value and math.isfinite(value.value) else -math.inf
