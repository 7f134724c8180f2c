"""The question as it stands in the form: widgets' values to the plain value of a query file, and
a query to widgets' values.

Everything in the form is keyed by dataset, so that each one's question is found again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Literal, TypedDict

import streamlit as st

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.errors import ComplianceError, MalformedQueryError
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy import from_conditions, to_query
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from pages.parts.scopes import Scope

COUNTS = {mark("count rows"): "rows", mark("count people"): "units"}
LARGEST = mark("largest groups")
KINDS = ("sum", "mean", "median", "percentiles", "histogram", "variance", "standard deviation")
MOST_BY = 4
_STARTS: dict[str, object] = {
    "groups": 1,
    "rows": 10,
    "noise": "gaussian",
    "where": "",
    "period": "",
    "most": 12,
    "largest": 5,
    "largest_of": "rows",
}


class Kept(TypedDict):
    """What a widget needs so that its value outlasts a look at another page."""

    key: str
    persist_state: Literal["session"]


def key(scope: Scope, thing: str, column: str = "") -> str:
    """The key of a widget of the form."""
    return f"tradeoff_{thing}_{scope.dataset.id}" + (f"_{column}" if column else "")


def kept(scope: Scope, thing: str, column: str = "", *, start: object = None) -> Kept:
    """What a widget of the form needs to keep its value; at first it is `start`."""
    st.session_state.setdefault(key(scope, thing, column), _STARTS.get(thing, start))
    return {"key": key(scope, thing, column), "persist_state": "session"}


def put(scope: Scope, thing: str, value: object, column: str = "") -> None:
    """Put a value into the form, before its widget is drawn."""
    st.session_state[key(scope, thing, column)] = value


def held(scope: Scope, thing: str, column: str = "") -> object:
    """The value that stands in the form; its start where the widget was never drawn."""
    return st.session_state.get(key(scope, thing, column), _STARTS.get(thing))


def chosen(scope: Scope, thing: str, column: str = "") -> list[str]:
    """The names that stand in a field for several; none where its widget was never drawn."""
    names = held(scope, thing, column)
    return [str(name) for name in names] if isinstance(names, list | tuple) else []


def is_begun(scope: Scope) -> bool:
    """Whether anything stands in the form yet."""
    return key(scope, "unit") in st.session_state


def begin(scope: Scope) -> None:
    """Put the most usual question about the dataset into the form."""
    amount = scope.usual_amount()
    put(scope, "unit", scope.unit)
    put(scope, "by", scope.usual_groups())
    put(scope, "statistics", ["count rows"])
    put(scope, "columns", [amount] if amount else [])


def bounds_from(scope: Scope, column: str, preset_id: str) -> None:
    """Put the bounds of a preset into the form."""
    preset = next(p for p in scope.presets(column) if p.id == preset_id)
    put(scope, "lower", _text(preset.lower), column)
    put(scope, "upper", _text(preset.upper), column)
    put(scope, "unit_of", str(preset.granularity), column)


def begin_column(scope: Scope, column: str) -> None:
    """Put what is known of a column into the form, the first time that it is asked about."""
    if key(scope, "kinds", column) in st.session_state:
        return
    put(scope, "kinds", ["sum"], column)
    is_whole = scope.columns[column].type is not ColumnType.NUMBER
    put(scope, "unit_of", "whole" if is_whole else "cents", column)
    put(scope, "lower", "", column)
    put(scope, "upper", "", column)
    presets = scope.presets(column)
    if presets:
        bounds_from(scope, column, presets[0].id)
        if is_whole:
            put(scope, "unit_of", "whole", column)


def read(scope: Scope) -> dict[str, object]:
    """The plain value of the query that the form asks, as a query file holds it.

    Raises:
        MalformedQueryError: a list of percentiles is none.
    """
    by = chosen(scope, "by")
    public = {name: keys for name in by if (keys := _names(str(held(scope, "public", name) or "")))}
    raw: dict[str, object] = {
        "unit": held(scope, "unit"),
        "max_groups": held(scope, "groups"),
        "max_rows_per_group": held(scope, "rows"),
        "by": [_by(scope, name) for name in by],
        "public_keys": public,
        "statistics": _statistics(scope),
        "mechanism": held(scope, "noise"),
        "where": held(scope, "where"),
        "period": _period(scope, by),
    }
    names = [*by, *chosen(scope, "columns")]
    return raw | {"join": _joins(scope, names, str(raw["where"] or ""))}


def write(scope: Scope, query: Query) -> bool:
    """Put `query` into the form; False where the form cannot show all of it."""
    put(scope, "unit", str(query.unit))
    put(scope, "groups", query.max_groups)
    put(scope, "rows", query.max_rows_per_group)
    put(scope, "noise", str(query.mechanism))
    put(scope, "where", from_conditions(query.where))
    put(scope, "by", [str(name) for name in query.by])
    for name in query.by:
        _write_group(scope, query, name)
    put(scope, "period", str(query.period.column) if query.period else "")
    put(scope, "most", query.period.most if query.period else _STARTS["most"])
    counted = {StatisticKind.COUNT_ROWS: "count rows", StatisticKind.COUNT_UNITS: "count people"}
    counted[StatisticKind.TOP] = LARGEST
    put(scope, "statistics", [counted[s.kind] for s in query.statistics if s.kind in counted])
    for statistic in query.statistics:
        if statistic.largest:
            put(scope, "largest", statistic.largest)
            put(scope, "largest_of", "units" if statistic.of_units else "rows")
    columns = list(dict.fromkeys(str(s.column) for s in query.statistics if s.column))
    put(scope, "columns", columns)
    for column in columns:
        _write_column(scope, column, [s for s in query.statistics if s.column == column])
    try:
        return is_same(to_query(read(scope)), query)
    except ComplianceError:  # a value with quotation marks, say, which no filter in words can hold
        return False


def is_same(one: Query, other: Query) -> bool:
    """Whether two queries ask the same, however the loss is divided and the numbers are ordered."""
    return _ordered(one) == _ordered(other)


def _ordered(query: Query) -> Query:
    statistics = tuple(sorted(query.statistics, key=lambda statistic: statistic.name))
    return replace(query, statistics=statistics, shares={})


def _statistics(scope: Scope) -> list[dict[str, object]]:
    counts = chosen(scope, "statistics")
    asked: list[dict[str, object]] = [{"count": COUNTS[c]} for c in counts if c in COUNTS]
    for column in chosen(scope, "columns"):
        for kind in chosen(scope, "kinds", column):
            asked += _of_column(scope, column, kind)
    if LARGEST in counts:
        asked.append({"top": {"groups": held(scope, "largest"), "of": held(scope, "largest_of")}})
    return asked


def _of_column(scope: Scope, column: str, kind: str) -> list[dict[str, object]]:
    lower, upper = (_number(held(scope, end, column)) for end in ("lower", "upper"))
    about: dict[str, object] = {"column": column, "lower": lower, "upper": upper}
    about["unit"] = held(scope, "unit_of", column) or "whole"
    if kind == "histogram":
        return [{kind: _bars(about, str(held(scope, "bars", column) or ""))}]
    if kind not in ("median", "percentiles"):
        return [{kind.replace(" ", "_"): about}]
    if step := _number(held(scope, "step", column)):
        about["step"] = step
    if kind == "median":
        return [{"median": about}]
    texts = _numbers(str(held(scope, "percentiles", column) or ""))
    return [{"quantile": about | {"at": _share(text)}} for text in texts]


def _bars(about: dict[str, object], typed: str) -> dict[str, object]:
    """One number says how many bars, several where they begin and the last one ends."""
    numbers = _numbers(typed)
    if len(numbers) > 1:
        return {"column": about["column"], "edges": numbers, "unit": about["unit"]}
    bins = numbers[0] if numbers else "10"
    return about | {"bins": int(bins) if bins.isdecimal() and len(bins) < 10 else bins}


def _share(percentile: str) -> str:
    try:
        return str(Decimal(percentile) / 100)
    except InvalidOperation:
        reason = _("percentiles are numbers between 0 and 100, such as 25, 75")
        raise MalformedQueryError(place=_("percentiles"), reason=reason) from None


def _by(scope: Scope, name: str) -> object:
    if per := held(scope, "per", name):
        return {"column": name, "per": per}
    edges = _numbers(str(held(scope, "edges", name) or ""))
    return {"column": name, "edges": edges} if edges else name


def _period(scope: Scope, by: Sequence[str]) -> dict[str, object] | None:
    column = held(scope, "period")
    if column not in by:
        return None
    per = held(scope, "per", str(column))
    return {"column": column, "per": per, "most": held(scope, "most")}


def _joins(scope: Scope, names: Sequence[str], where: str) -> list[dict[str, str]]:
    """The other datasets whose columns are named."""
    return [
        {"dataset": str(other.name), "unit": str(other.description.unit)}
        for other in scope.beside
        if other.description.unit
        and (
            any(name.startswith(f"{other.name}.") for name in names)
            or re.search(rf"(?:^|[\s\"'`]){re.escape(other.name)}\.", where)
        )
    ]


def _write_group(scope: Scope, query: Query, name: ColumnName) -> None:
    how = query.coarse.get(name)
    edges = how.edges if how else ()
    put(scope, "per", str(how.per) if how and how.per else "", name)
    put(scope, "edges", ", ".join(_text(edge) for edge in edges), name)
    keys = "" if edges else "".join(f"{key}\n" for key in query.public_keys.get(name, ()))
    put(scope, "public", keys, name)


def _write_column(scope: Scope, column: str, statistics: Sequence[Statistic]) -> None:
    put(scope, "kinds", [k for k in KINDS if k in map(_kind, statistics)], column)
    first = next((s for s in statistics if not s.edges), statistics[0])
    put(scope, "lower", _text(first.lower), column)
    put(scope, "upper", _text(first.upper), column)
    put(scope, "unit_of", str(first.granularity), column)
    for statistic in statistics:
        if statistic.edges:
            put(scope, "bars", ", ".join(_text(edge) for edge in statistic.edges), column)
        if statistic.step:
            put(scope, "step", _text(statistic.step), column)
    shares = [_text(s.at * 100) for s in statistics if s.at and _kind(s) == "percentiles"]
    put(scope, "percentiles", ", ".join(shares), column)


def _kind(statistic: Statistic) -> str:
    if statistic.kind is StatisticKind.QUANTILE:
        return "median" if statistic.at == Decimal("0.5") else "percentiles"
    return str(statistic.kind).replace("_", " ")


def _number(typed: object) -> str | None:
    """A number as typed, a decimal comma taken for a point; None where the field is empty."""
    text = str(typed or "").strip().replace(" ", "").replace("\u202f", "")
    return text.replace(",", ".") or None


def _numbers(typed: str) -> list[str]:
    return typed.replace(";", " ").replace(",", " ").split()


def _names(typed: str) -> list[str]:
    """One name per line; where there are no lines, commas or semicolons stand between them."""
    parts = typed.splitlines() if "\n" in typed else typed.replace(";", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
