"""The plain value of a query file to a `Query`, and the checks that need only the columns."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import (
    MalformedQueryError,
    MissingUnitError,
    NotANumberColumnError,
    TooManyGroupsError,
    UnknownColumnError,
)
from compliance.privacy.conditions import check_conditions, from_conditions, to_conditions
from compliance.privacy.nouns.question import (
    Coarsening,
    Join,
    Mechanism,
    Per,
    Period,
    Query,
    Statistic,
    StatisticKind,
)
from compliance.privacy.statistics import bars, from_statistic, to_edges, to_statistic
from compliance.settings import MAX_GROUPS

MAX_BOUND = 1_000_000
MOST_BY = 4  # columns of a contingency table
KEYS_SHARE = "keys"  # the name under which the search for groups has a share of the loss
_KEYS = frozenset(
    {"unit", "max_groups", "max_rows_per_group", "by", "public_keys", "period", "join"}
    | {"statistics", "mechanism", "where", "shares"}
)
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN)
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_Choice = TypeVar("_Choice", bound=StrEnum)


def to_query(raw: object) -> Query:
    """The query that `raw` (a parsed YAML or JSON document) asks.

    Raises:
        MissingUnitError: it does not say whose privacy is protected.
        MalformedQueryError, BadBoundsError, BadConditionError: something in it is not understood.
    """
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="the top", reason="it is not a list of named settings")
    _only_known(raw, _KEYS, "the top")
    raw = {key: value for key, value in raw.items() if value is not None}
    if raw.get("unit", "") == "":
        raise MissingUnitError(hint="The column may be proposed by discovery.")
    by, coarse = _by(raw.get("by", []))
    query = Query(
        unit=ColumnName(_text(raw["unit"], "unit")),
        max_groups=_count(raw.get("max_groups", 1), "max_groups"),
        max_rows_per_group=_count(raw.get("max_rows_per_group", 1), "max_rows_per_group"),
        by=by,
        coarse=coarse,
        public_keys=_public_keys(raw.get("public_keys", {}), coarse),
        statistics=_statistics(raw.get("statistics")),
        mechanism=_choice(Mechanism, raw.get("mechanism", "gaussian"), "mechanism"),
        where=to_conditions(_text(raw.get("where", ""), "where")),
        period=_period(raw.get("period")),
        join=_joins(raw.get("join", [])),
        shares=_shares(raw.get("shares", {})),
    )
    _check_shape(query)
    return query


def from_query(query: Query) -> dict[str, object]:
    """The plain value that `to_query` reads as `query`."""
    plain: dict[str, object] = {
        "unit": str(query.unit),
        "max_groups": query.max_groups,
        "max_rows_per_group": query.max_rows_per_group,
        "by": [_plain_by(column, query.coarse.get(column)) for column in query.by],
        "public_keys": {
            str(column): list(keys)
            for column, keys in query.public_keys.items()
            if column not in query.coarse or not query.coarse[column].edges
        },
        "statistics": [from_statistic(statistic) for statistic in query.statistics],
        "mechanism": str(query.mechanism),
        "where": from_conditions(query.where),
        "period": {} if query.period is None else _plain_period(query.period),
        "join": [{"dataset": join.dataset, "unit": str(join.unit)} for join in query.join],
        "shares": {name: str(share) for name, share in query.shares.items()},
    }
    return {key: value for key, value in plain.items() if value not in ("", [], {})}


def check_query(query: Query, columns: Sequence[Column]) -> None:
    """Refuse a query that these columns cannot answer. Only names and types are looked at.

    Args:
        columns: of the dataset, and of the joined ones under the names by which they are asked.

    Raises:
        UnknownColumnError, NotANumberColumnError, BadConditionError: see there.
    """
    types = {column.name: column.type for column in columns}
    empty = {column.name for column in columns if column.missing and not column.distinct}
    named = [query.unit, *query.by, *(s.column for s in query.statistics if s.column)]
    named += [query.period.column] if query.period else []
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
    for name, how in query.coarse.items():
        if types[name] not in (_MOMENTS if how.per else _NUMERIC):
            wanted = "dates or times" if how.per else "numbers"
            reason = f"column “{name}” holds {types[name]}, not {wanted}"
            raise MalformedQueryError(place="by", reason=reason)
    check_conditions(query.where, columns)


def _check_shape(query: Query) -> None:
    people = {query.unit, *(f"{join.dataset}.{join.unit}" for join in query.join)}
    if people & set(query.by):
        reason = "grouping by the person's own column would publish people"
        raise MalformedQueryError(place="by", reason=reason)
    if any(query.unit.startswith(f"{join.dataset}.") for join in query.join):
        reason = "it is a column of the dataset itself, not of a joined one"
        raise MalformedQueryError(place="unit", reason=reason)
    if len(set(query.by)) < len(query.by):
        raise MalformedQueryError(place="by", reason="a column is named twice")
    if len(query.by) > MOST_BY:
        raise MalformedQueryError(place="by", reason=f"at most {MOST_BY} columns make groups")
    for column in query.public_keys:
        if column not in query.by:
            raise MalformedQueryError(
                place="public_keys", reason=f"“{column[:40]}” is not among the columns of “by”"
            )
    groups = math.prod(len(keys) for keys in query.public_keys.values())
    if groups > MAX_GROUPS:
        raise TooManyGroupsError(groups=groups, limit=MAX_GROUPS)
    _check_statistics(query)
    _check_period(query)
    _check_shares(query)


def _check_statistics(query: Query) -> None:
    names = [statistic.name for statistic in query.statistics]
    if len(set(names)) < len(names):
        raise MalformedQueryError(place="statistics", reason="the same statistic is asked twice")
    if any(s.kind is StatisticKind.TOP for s in query.statistics) and not query.by:
        raise MalformedQueryError(place="top", reason="without groups there is no largest one")
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        is_one_count = [s.kind for s in query.statistics] == [StatisticKind.COUNT_UNITS]
        is_one_answer = len(query.by) == 1 and query.has_public_keys and query.max_groups == 1
        if not (is_one_count and is_one_answer and query.period is None):
            reason = (
                "randomised response counts people (count: units) by one column whose keys are "
                "public, each in one group"
            )
            raise MalformedQueryError(place="mechanism", reason=reason)


def _check_period(query: Query) -> None:
    period = query.period
    if period is None:
        return
    how = query.coarse.get(period.column)
    if how is None or how.per is not period.per:
        reason = f"group by {{column: {period.column[:40]}, per: {period.per}}} as well"
        raise MalformedQueryError(place="period", reason=reason)
    if query.groups_per_unit > MAX_BOUND:
        reason = "so many groups in so many stretches of time are not taken"
        raise MalformedQueryError(place="period", reason=reason)


def _check_shares(query: Query) -> None:
    known = {statistic.name for statistic in query.statistics}
    known |= set() if query.has_public_keys else {KEYS_SHARE}
    if unknown := query.shares.keys() - known:
        reason = f"“{min(unknown)[:40]}” is not among {', '.join(sorted(known))[:200]}"
        raise MalformedQueryError(place="shares", reason=reason)
    total = sum(query.shares.values())
    is_all = query.shares.keys() == known
    if total > 1 or (total == 1 and not is_all):
        reason = "together they come to more than there is; leave some for the others"
        raise MalformedQueryError(place="shares", reason=reason)


def _by(raw: object) -> tuple[tuple[ColumnName, ...], dict[ColumnName, Coarsening]]:
    """The columns that make groups, and how their values become fewer."""
    items = [raw] if isinstance(raw, (str, Mapping)) else raw
    if not isinstance(items, Sequence):
        raise MalformedQueryError(place="by", reason="it is a list of columns")
    columns, coarse = [], {}
    for item in items:
        if not isinstance(item, Mapping):
            columns.append(ColumnName(_text(item, "by")))
            continue
        _only_known(item, ("column", "per", "edges"), "by")
        column = ColumnName(_text(item.get("column"), "by.column"))
        if ("per" in item) == ("edges" in item):
            reason = "say “per” (day, month, quarter, year) or “edges”, one of them"
            raise MalformedQueryError(place="by", reason=reason)
        columns.append(column)
        if "per" in item:
            coarse[column] = Coarsening(per=_choice(Per, item["per"], "by.per"))
        else:
            coarse[column] = Coarsening(edges=to_edges(item["edges"], f"Groups of {column[:60]}"))
    return tuple(columns), coarse


def _plain_by(column: ColumnName, how: Coarsening | None) -> object:
    if how is None:
        return str(column)
    if how.per:
        return {"column": str(column), "per": str(how.per)}
    return {"column": str(column), "edges": [str(edge) for edge in how.edges]}


def _period(raw: object) -> Period | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        reason = "it says a column, per (day, month, quarter, year) and most"
        raise MalformedQueryError(place="period", reason=reason)
    _only_known(raw, ("column", "per", "most"), "period")
    return Period(
        column=ColumnName(_text(raw.get("column"), "period.column")),
        per=_choice(Per, raw.get("per"), "period.per"),
        most=_count(raw.get("most"), "period.most"),
    )


def _plain_period(period: Period) -> dict[str, object]:
    return {"column": str(period.column), "per": str(period.per), "most": period.most}


def _joins(raw: object) -> tuple[Join, ...]:
    items = [raw] if isinstance(raw, Mapping) else raw
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise MalformedQueryError(place="join", reason="it lists other datasets")
    joins = []
    for item in items:
        if not isinstance(item, Mapping):
            reason = "each says a dataset, and the column there that tells people apart (unit)"
            raise MalformedQueryError(place="join", reason=reason)
        _only_known(item, ("dataset", "unit"), "join")
        dataset, unit = (_text(item.get(key), f"join.{key}") for key in ("dataset", "unit"))
        joins.append(Join(dataset=dataset, unit=ColumnName(unit)))
    names = [join.dataset for join in joins]
    if len(set(names)) < len(names):
        raise MalformedQueryError(place="join", reason="a dataset is joined twice")
    if any(one.startswith(f"{other}.") for one in names for other in names):
        reason = "one dataset is named like a column of another"
        raise MalformedQueryError(place="join", reason=reason)
    return tuple(joins)


def _shares(raw: object) -> dict[str, Decimal]:
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="shares", reason="it says a share (0–1) per statistic")
    shares = {}
    for name, share in raw.items():
        try:
            given = Decimal(str(share))
        except InvalidOperation:
            given = Decimal("nan")
        if isinstance(share, bool) or not (given.is_finite() and 0 < given <= 1):
            reason = "a share is a number above 0, at most 1"
            raise MalformedQueryError(place="shares", reason=reason)
        shares[str(name)] = given
    return shares


def _statistics(raw: object) -> tuple[Statistic, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise MalformedQueryError(
            place="statistics", reason="it lists what to compute, such as count, sum or mean"
        )
    return tuple(to_statistic(item) for item in raw)


def _public_keys(
    raw: object, coarse: Mapping[ColumnName, Coarsening]
) -> dict[ColumnName, tuple[str, ...]]:
    """The typed keys of each column, and the bars of those that edges divide."""
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="public_keys", reason="it lists the keys of each column")
    found = {column: bars(how.edges) for column, how in coarse.items() if how.edges}
    for name, keys in raw.items():
        column = ColumnName(_text(name, "public_keys"))
        if column in found:
            reason = f"the bars of “{column[:40]}” are its keys already"
            raise MalformedQueryError(place="public_keys", reason=reason)
        found[column] = tuple(dict.fromkeys(_texts(keys, "public_keys")))
        if not found[column]:
            reason = f"list at least one key of “{column[:40]}”"
            raise MalformedQueryError(place="public_keys", reason=reason)
    return found


def _only_known(raw: Mapping[object, object], known: Collection[str], place: str) -> None:
    if unknown := [str(key) for key in raw if str(key) not in known]:
        at = unknown[0][:40] if place == "the top" else f"{place}.{unknown[0]}"[:40]
        raise MalformedQueryError(place=at, reason=f"known settings are {', '.join(sorted(known))}")


def _choice(kind: type[_Choice], raw: object, place: str) -> _Choice:
    if raw not in list(kind):
        raise MalformedQueryError(place=place, reason=f"it is one of {', '.join(kind)}")
    return kind(str(raw))


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
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, date)):
        reason = "it is a name; write words such as yes and no in quotes"
        raise MalformedQueryError(place=place, reason=reason)
    return str(raw)
