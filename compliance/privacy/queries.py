"""The plain value of a query file to a `Query`, and the checks that need only the columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import (
    BadBoundsError,
    MalformedQueryError,
    MissingUnitError,
    NotANumberColumnError,
    TooManyGroupsError,
    UnknownColumnError,
)
from compliance.privacy.conditions import check_conditions, from_conditions, to_conditions
from compliance.privacy.nouns import Granularity, Mechanism, Query, Statistic, StatisticKind
from compliance.settings import MAX_GROUPS

MAX_BOUND = 1_000_000
MAX_VALUE = Decimal(10) ** 10
_KEYS = frozenset(
    {"unit", "max_groups", "max_rows_per_group", "by", "public_keys"}
    | {"statistics", "mechanism", "where"}
)
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)


def to_query(raw: object) -> Query:
    """The query that `raw` (a parsed YAML or JSON document) asks.

    Raises:
        MissingUnitError: it does not say whose privacy is protected.
        MalformedQueryError, BadBoundsError, BadConditionError: something in it is not understood.
    """
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="the top", reason="it is not a list of named settings")
    if unknown := [str(key) for key in raw if key not in _KEYS]:
        known = ", ".join(sorted(_KEYS))
        raise MalformedQueryError(place=unknown[0][:40], reason=f"known settings are {known}")
    if not raw.get("unit"):
        raise MissingUnitError(hint="The column may be proposed by discovery.")
    query = Query(
        unit=ColumnName(_text(raw["unit"], "unit")),
        max_groups=_count(raw.get("max_groups", 1), "max_groups"),
        max_rows_per_group=_count(raw.get("max_rows_per_group", 1), "max_rows_per_group"),
        by=tuple(ColumnName(name) for name in _texts(raw.get("by") or [], "by")),
        public_keys=_public_keys(raw.get("public_keys") or {}),
        statistics=_statistics(raw.get("statistics")),
        mechanism=_mechanism(raw.get("mechanism", "gaussian")),
        where=to_conditions(_text(raw.get("where") or "", "where")),
    )
    _check_shape(query)
    return query


def from_query(query: Query) -> dict[str, object]:
    """The plain value that `to_query` reads as `query`."""
    plain: dict[str, object] = {
        "unit": str(query.unit),
        "max_groups": query.max_groups,
        "max_rows_per_group": query.max_rows_per_group,
        "by": [str(column) for column in query.by],
        "public_keys": {str(column): list(keys) for column, keys in query.public_keys.items()},
        "statistics": [_plain_statistic(statistic) for statistic in query.statistics],
        "mechanism": str(query.mechanism),
        "where": from_conditions(query.where),
    }
    return {key: value for key, value in plain.items() if value not in ("", [], {})}


def check_query(query: Query, columns: Sequence[Column]) -> None:
    """Refuse a query that these columns cannot answer. Only names and types are looked at.

    Raises:
        UnknownColumnError, NotANumberColumnError, BadConditionError: see there.
    """
    types = {column.name: column.type for column in columns}
    empty = {column.name for column in columns if column.missing and not column.distinct}
    named = [query.unit, *query.by, *(s.column for s in query.statistics if s.column)]
    for name in named:
        if name not in types:
            known = ", ".join(list(types)[:12]) + (" …" if len(types) > 12 else "")
            raise UnknownColumnError(column=name[:80], dataset="this dataset", known=known)
    for statistic in query.statistics:
        if statistic.column and types[statistic.column] not in _NUMERIC:
            is_empty = statistic.column in empty
            raise NotANumberColumnError(
                statistic=f"A {statistic.kind}",
                column=statistic.column,
                type="no value in any row" if is_empty else types[statistic.column],
            )
    check_conditions(query.where, columns)


def _check_shape(query: Query) -> None:
    if query.unit in query.by:
        reason = "grouping by the person's own column would publish people"
        raise MalformedQueryError(place="by", reason=reason)
    if len(set(query.by)) < len(query.by):
        raise MalformedQueryError(place="by", reason="a column is named twice")
    for column in query.public_keys:
        if column not in query.by:
            raise MalformedQueryError(
                place="public_keys", reason=f"“{column[:40]}” is not among the columns of “by”"
            )
    names = [statistic.name for statistic in query.statistics]
    if len(set(names)) < len(names):
        raise MalformedQueryError(place="statistics", reason="the same statistic is asked twice")
    groups = math.prod(len(keys) for keys in query.public_keys.values())
    if groups > MAX_GROUPS:
        raise TooManyGroupsError(groups=groups, limit=MAX_GROUPS)


def _statistics(raw: object) -> tuple[Statistic, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise MalformedQueryError(
            place="statistics", reason="it lists what to compute: count, sum or mean"
        )
    return tuple(_statistic(item) for item in raw)


def _statistic(raw: object) -> Statistic:
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise MalformedQueryError(
            place="statistics", reason="each entry is one of count:, sum: or mean:"
        )
    ((kind, details),) = raw.items()
    if kind == "count":
        if details not in ("rows", "units"):
            raise MalformedQueryError(place="count", reason="it counts “rows” or “units” (people)")
        return Statistic(
            kind=StatisticKind.COUNT_ROWS if details == "rows" else StatisticKind.COUNT_UNITS
        )
    if kind not in ("sum", "mean"):
        raise MalformedQueryError(place="statistics", reason="known are count, sum and mean")
    return _bounded_statistic(StatisticKind(kind), details)


def _bounded_statistic(kind: StatisticKind, details: object) -> Statistic:
    if not isinstance(details, Mapping) or not details.get("column"):
        raise MalformedQueryError(
            place=kind, reason="it needs a column, a lower and an upper bound"
        )
    if unknown := [key for key in details if key not in ("column", "lower", "upper", "unit")]:
        raise MalformedQueryError(
            place=f"{kind}.{unknown[0]}"[:40], reason="known are column, lower, upper and unit"
        )
    name = f"{kind} of {_text(details['column'], kind)[:60]}"
    if details.get("lower") is None or details.get("upper") is None:
        raise BadBoundsError(statistic=name, reason="it needs a lower and an upper bound")
    lower, upper = (_bound(details[key], name) for key in ("lower", "upper"))
    if lower >= upper:
        raise BadBoundsError(statistic=name, reason="the lower bound must lie below the upper")
    return Statistic(
        kind=kind,
        column=ColumnName(_text(details["column"], kind)),
        lower=lower,
        upper=upper,
        granularity=_granularity(details.get("unit", "whole")),
    )


def _plain_statistic(statistic: Statistic) -> dict[str, object]:
    if statistic.column is None:
        counted = "rows" if statistic.kind is StatisticKind.COUNT_ROWS else "units"
        return {"count": counted}
    return {
        str(statistic.kind): {
            "column": str(statistic.column),
            "lower": _plain_number(statistic.lower),
            "upper": _plain_number(statistic.upper),
            "unit": str(statistic.granularity),
        }
    }


def _plain_number(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _public_keys(raw: object) -> dict[ColumnName, tuple[str, ...]]:
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="public_keys", reason="it lists the keys of each column")
    return {
        ColumnName(str(column)): tuple(dict.fromkeys(_texts(keys, "public_keys")))
        for column, keys in raw.items()
    }


def _mechanism(raw: object) -> Mechanism:
    if raw not in list(Mechanism):
        raise MalformedQueryError(place="mechanism", reason="it is gaussian or laplace")
    return Mechanism(str(raw))


def _granularity(raw: object) -> Granularity:
    if raw not in list(Granularity):
        raise MalformedQueryError(place="unit", reason="a sum is counted in whole or in cents")
    return Granularity(str(raw))


def _bound(raw: object, statistic: str) -> Decimal:
    try:
        bound = Decimal(str(raw))
    except InvalidOperation:
        raise BadBoundsError(statistic=statistic, reason="a bound is not a number") from None
    if isinstance(raw, bool) or not bound.is_finite() or abs(bound) > MAX_VALUE:
        raise BadBoundsError(statistic=statistic, reason=f"a bound lies between ± {MAX_VALUE:,.0f}")
    return bound


def _count(raw: object, place: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MAX_BOUND:
        raise MalformedQueryError(
            place=place, reason=f"it is a whole number from 1 to {MAX_BOUND:,}"
        )
    return raw


def _texts(raw: object, place: str) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    if not isinstance(raw, Sequence):
        raise MalformedQueryError(place=place, reason="it is a list of names")
    return [_text(item, place) for item in raw]


def _text(raw: object, place: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise MalformedQueryError(place=place, reason="it is a name")
    return str(raw)
