"""The published numbers of a release: as a table, as a chart, with their units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.privacy.nouns import ReleasedValue
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.report import charts, wording
from compliance.report.axes import is_finite
from compliance.report.tables import Cell, Fill, Heading, Plain, heading, table
from compliance.report.wording import count

MOST_GROUPS_PRINTED = 500
_MARGIN = "±\N{NO-BREAK SPACE}(95\N{NO-BREAK SPACE}%)"
_MOST_PANELS = 3
_MOST_KEYS = 4
_TITLE_WIDTH = 45
_WIDEST_NUMBERS = 115  # millimetres; beyond that the statistics go below one another
_COUNTS = (StatisticKind.COUNT_ROWS, StatisticKind.COUNT_UNITS)

Grouped = dict[tuple[str, ...], dict[str, ReleasedValue]]


def grouped(values: Sequence[ReleasedValue]) -> Grouped:
    """The values by group, then by the name of their statistic; groups in their first order."""
    groups: Grouped = {}
    for value in values:
        groups.setdefault(value.keys, {})[value.statistic] = value
    return groups


def value_table(query: Query, groups: Grouped) -> Plain | None:
    """One row per group with its statistics side by side, or below one another if too wide.

    At most `MOST_GROUPS_PRINTED` groups.
    """
    printed = dict(list(groups.items())[:MOST_GROUPS_PRINTED])
    places = _places(query, groups)
    keys = [heading(title, 2, Fill.NAME) for title in _key_titles(query)]
    wide = table(*_side_by_side(query, printed, places, keys))
    if wide is None or sum(column.get("mm", 0) for column in wide["columns"]) <= _WIDEST_NUMBERS:
        return wide
    return table(*_one_below_another(query, printed, places, keys))


def units(statistics: Sequence[Statistic]) -> str:
    """What the numbers count or measure."""
    columns = dict.fromkeys(wording.abridged(s.column) for s in statistics if s.column is not None)
    measured = f"{wording.listed(list(columns))}: in the unit of the column. " if columns else ""
    return f"{measured}Noise can make a number negative."


def value_chart(query: Query, groups: Grouped) -> Plain | None:
    """The largest groups with their margins; None where there is nothing to compare."""
    if len(groups) < 2:
        return None
    statistics = query.statistics[:_MOST_PANELS]
    first = statistics[0].name
    shown = sorted(groups, key=lambda g: _size(groups[g].get(first)), reverse=True)
    shown = shown[: charts.MOST_GROUPS]
    panels = [
        (wording.capital(s.title), [_bar(groups[group].get(s.name)) for group in shown])
        for s in statistics
    ]
    cut = (
        f" The {len(shown)} largest of {len(groups):,} groups." if len(shown) < len(groups) else ""
    )
    return charts.value_chart(
        [" / ".join(group) for group in shown],
        panels,
        alt=_finding(query, groups, shown),
        caption=f"Published values (dots) with their margins at 95 % (lines).{cut}",
    )


def _places(query: Query, groups: Grouped) -> dict[str, int]:
    """Decimals per statistic: counts none, the others so that margins show two digits."""
    return {
        s.name: 0
        if s.kind in _COUNTS
        else wording.decimals_for(row[s.name].margin for row in groups.values() if s.name in row)
        for s in query.statistics
    }


def _key_titles(query: Query) -> list[str]:
    """One column per key, or one for all where there are too many to stand side by side."""
    if not query.by:
        return ["Group"]
    names = [wording.abridged(column, _TITLE_WIDTH) for column in query.by]
    return names if len(names) <= _MOST_KEYS else [" / ".join(names)]


def _side_by_side(
    query: Query, groups: Grouped, places: dict[str, int], keys: list[Heading]
) -> tuple[list[Heading], list[list[Cell]]]:
    headings = list(keys)
    for statistic in query.statistics:
        title = wording.capital(wording.abridged(statistic.title, _TITLE_WIDTH))
        headings.append(heading(title, fill=Fill.NUMBER))
        headings.append(heading(_MARGIN, fill=Fill.NUMBER))
    rows: list[list[Cell]] = []
    for group, row in groups.items():
        cells: list[Cell] = list(_group_cells(query, group))
        for s in query.statistics:
            cells += _value_cells(row.get(s.name), places[s.name])
        rows.append(cells)
    return headings, rows


def _one_below_another(
    query: Query, groups: Grouped, places: dict[str, int], keys: list[Heading]
) -> tuple[list[Heading], list[list[Cell]]]:
    headings = [
        *keys,
        heading("Statistic", 2, Fill.NAME),
        heading("Value", fill=Fill.NUMBER),
        heading(_MARGIN, fill=Fill.NUMBER),
    ]
    titles = [(s, wording.abridged(s.title, _TITLE_WIDTH)) for s in query.statistics]
    rows: list[list[Cell]] = [
        [*_group_cells(query, group), title, *_value_cells(row.get(s.name), places[s.name])]
        for group, row in groups.items()
        for s, title in titles
    ]
    return headings, rows


def _group_cells(query: Query, group: tuple[str, ...]) -> list[str]:
    if not query.by:
        return ["all"]
    return list(group) if len(query.by) <= _MOST_KEYS else [" / ".join(group)]


def _value_cells(value: ReleasedValue | None, places: int) -> list[Cell]:
    if value is None:
        return ["not released", ""]
    margin = "not known" if value.margin is None else wording.number(value.margin, places)
    return [wording.number(value.value, places), margin]


def _finding(query: Query, groups: Grouped, shown: Sequence[tuple[str, ...]]) -> str:
    statistic = query.statistics[0]
    places = _places(query, groups)[statistic.name]
    ends = []
    for word, group in (("largest", shown[0]), ("smallest shown", shown[-1])):
        value = groups[group].get(statistic.name)
        if value is not None:
            size = wording.number(value.value, places)
            ends.append(f"{word} {' / '.join(group)} with {size}")
    return f"{wording.capital(statistic.title)} for {count(len(groups))} groups: {'; '.join(ends)}."


def _size(value: ReleasedValue | None) -> float:
    return value.value if value and math.isfinite(value.value) else -math.inf


def _bar(value: ReleasedValue | None) -> charts.Bar:
    if value is None or not math.isfinite(value.value):
        return charts.Bar(value=None)
    margin = value.margin if is_finite(value.margin) else 0.0
    return charts.Bar(value=value.value, margin=margin)
