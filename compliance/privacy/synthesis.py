"""Invented rows: what is asked, what it costs, and the codes that the invention starts from.

Columns become few public categories first, each a number from 0, so nothing but such numbers
reaches the library, and people are limited by us. (Its own cutting of numbers depends on the
order of rows: opendp#2944; its own truncation can be forgotten: opendp#2949.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName
from compliance.errors import MalformedQueryError
from compliance.privacy.accounting import rho_within
from compliance.privacy.bounding import bound
from compliance.privacy.costs import UNIT
from compliance.privacy.grouping import coarse_codes, public_codes
from compliance.privacy.nouns import Budget, SynthesisEvent
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from compliance.privacy.nouns.synthesis import Algorithm, SynthesisPlan
from compliance.privacy.queries import from_query, to_query
from compliance.privacy.rows import Rows

_Codes = npt.NDArray[np.int64]
MOST_COLUMNS = 12
MOST_CATEGORIES = 500
MOST_ROWS = 1_000_000
_OWN = ("columns", "max_rows", "algorithm", "rows")
_SHARED = ("unit", "public_keys", "where")


def to_synthesis(raw: object) -> SynthesisPlan:
    """The plan that `raw` (a parsed YAML or JSON document) describes.

    Raises:
        MissingUnitError, QueryError: something in it is not understood.
    """
    if not isinstance(raw, Mapping):
        raise MalformedQueryError(place="the top", reason="it is not a list of named settings")
    if unknown := [str(key) for key in raw if key not in (*_OWN, *_SHARED)]:
        known = ", ".join(sorted((*_OWN, *_SHARED)))
        raise MalformedQueryError(place=unknown[0][:40], reason=f"known settings are {known}")
    columns = raw.get("columns") or []
    if not isinstance(columns, Sequence) or isinstance(columns, str):
        raise MalformedQueryError(place="columns", reason="it lists the columns to invent")
    read = [_one_column(raw, column) for column in columns]
    plan = SynthesisPlan(
        unit=read[0].unit if read else ColumnName(""),
        columns=tuple(query.by[0] for query in read),
        coarse={c: how for query in read for c, how in query.coarse.items()},
        public_keys={c: keys for query in read for c, keys in query.public_keys.items()},
        max_rows=_number(raw.get("max_rows", 1), "max_rows", 1_000),
        algorithm=_algorithm(raw.get("algorithm", "mst")),
        rows=None if raw.get("rows") is None else _number(raw["rows"], "rows", MOST_ROWS),
        where=read[0].where if read else (),
    )
    _check(plan)
    return plan


def from_synthesis(plan: SynthesisPlan) -> dict[str, object]:
    """The plain value that `to_synthesis` reads as `plan`."""
    columns: list[object] = []
    keys: dict[str, object] = {}
    for column in plan.columns:
        plain = from_query(_query(plan, column))
        columns += list(plain["by"])  # type: ignore[call-overload]
        keys |= dict(plain.get("public_keys", {}))  # type: ignore[call-overload]
    first = from_query(_query(plan, plan.columns[0]))
    raw = {
        "unit": str(plan.unit),
        "columns": columns,
        "public_keys": keys,
        "max_rows": plan.max_rows,
        "algorithm": str(plan.algorithm),
        "rows": plan.rows,
        "where": first.get("where", ""),
    }
    return {key: value for key, value in raw.items() if value not in (None, "", {})}


def queries_of(plan: SynthesisPlan) -> tuple[Query, ...]:
    """One question per column, as far as columns can be checked by it."""
    return tuple(_query(plan, column) for column in plan.columns)


def synthesis_event(asked: Budget) -> SynthesisEvent:
    """The largest ρ that keeps `asked`.

    Raises:
        PrivacyParameterError: δ is 0.
    """
    return SynthesisEvent(rho=Decimal(rho_within(asked)) / UNIT)


def coded_rows(
    table: Rows, plan: SynthesisPlan, columns: Sequence[Column], key: bytes
) -> list[_Codes]:
    """Per column, the codes of the rows that count: those that hold a listed value in each.

    At most `max_rows` rows of each person; see `bound` for `key`.
    """
    whole = Query(
        unit=plan.unit,
        statistics=(Statistic(kind=StatisticKind.COUNT_ROWS),),
        max_rows_per_group=plan.max_rows,
        where=plan.where,
    )
    rows = bound(table, whole, columns, key).rows
    codes = [
        public_codes(*coarse_codes(table.codes(c), plan.coarse.get(c)), plan.public_keys[c])[rows]
        for c in plan.columns
    ]
    is_listed = np.all([each >= 0 for each in codes], axis=0)
    return [each[is_listed] for each in codes]


def to_texts(codes: Sequence[_Codes], plan: SynthesisPlan) -> dict[str, list[str]]:
    """Invented codes as the texts that they stand for; rows with an unknown code are left out."""
    sizes = [len(plan.public_keys[name]) for name in plan.columns]
    known = [(c >= 0) & (c < size) for c, size in zip(codes, sizes, strict=True)]
    rows = np.flatnonzero(np.all(known, axis=0))
    return {
        str(name): [plan.public_keys[name][code] for code in each[rows].tolist()]
        for name, each in zip(plan.columns, codes, strict=True)
    }


def _query(plan: SynthesisPlan, column: ColumnName) -> Query:
    how = {column: plan.coarse[column]} if column in plan.coarse else {}
    return Query(
        unit=plan.unit,
        statistics=(Statistic(kind=StatisticKind.COUNT_ROWS),),
        by=(column,),
        coarse=how,
        public_keys={column: plan.public_keys[column]},
        where=plan.where,
    )


def _one_column(raw: Mapping[object, object], column: object) -> Query:
    """A column read as a query reads it, so both files are written the same way."""
    named = column.get("column") if isinstance(column, Mapping) else column
    keys = raw.get("public_keys") or {}
    if not isinstance(keys, Mapping):
        raise MalformedQueryError(place="public_keys", reason="it lists the keys of each column")
    is_told = isinstance(named, str) and named in keys
    query = to_query(
        {
            "unit": raw.get("unit"),
            "by": [column],
            "public_keys": {named: keys[named]} if is_told else {},
            "where": raw.get("where") or "",
            "statistics": [{"count": "rows"}],
        }
    )
    if not query.has_public_keys:
        reason = f"say which values “{query.by[0][:40]}” may hold (public_keys, or edges)"
        raise MalformedQueryError(place="columns", reason=reason)
    return query


def _check(plan: SynthesisPlan) -> None:
    if not 2 <= len(plan.columns) <= MOST_COLUMNS:
        reason = f"it takes 2 to {MOST_COLUMNS} columns"
        raise MalformedQueryError(place="columns", reason=reason)
    if len(set(plan.columns)) < len(plan.columns):
        raise MalformedQueryError(place="columns", reason="a column is named twice")
    if max(len(plan.public_keys[column]) for column in plan.columns) > MOST_CATEGORIES:
        reason = f"a column has at most {MOST_CATEGORIES} values; group them more coarsely"
        raise MalformedQueryError(place="columns", reason=reason)


def _number(raw: object, place: str, most: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= most:
        raise MalformedQueryError(place=place, reason=f"it is a whole number from 1 to {most:,}")
    return raw


def _algorithm(raw: object) -> Algorithm:
    if raw not in list(Algorithm):
        raise MalformedQueryError(place="algorithm", reason=f"it is {' or '.join(Algorithm)}")
    return Algorithm(str(raw))
