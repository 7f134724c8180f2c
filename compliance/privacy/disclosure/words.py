"""Numbers, lists and questions in the words of a disclosure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from compliance.dataset.nouns import ColumnName
from compliance.privacy.aggregates import KEYS_PART, Role, parts_of
from compliance.privacy.nouns import BudgetState
from compliance.privacy.nouns.question import Query, Statistic

_SIGNS = ("ε", "δ", "ρ")
_ROLES = {
    Role.CENTRED_SUM: ", sum of the distances from the middle",
    Role.CENTRED_SQUARES: ", sum of the squared distances",
    Role.PRESENT_ROWS: ", number of values",
    Role.CHOICE_LOW: ", lower end of the interval",
    Role.CHOICE_HIGH: ", upper end of the interval",
}


@cache
def data(name: str) -> Mapping[str, Any]:
    """The data file `name` of this folder. Not to be changed."""
    loaded: dict[str, Any] = yaml.safe_load((files(__package__) / name).read_text("utf-8"))
    return loaded


def statement(name: str, **blanks: object) -> str:
    """A standing text of `statements.yaml` with its blanks filled."""
    text: str = data("statements.yaml")[name]["text"]
    return text.format(**blanks)


def listed(items: Sequence[str], nothing: str = "none") -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return items[0] if items else nothing
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(number: int, unit: str, plural: str = "") -> str:
    """`12,345 rows`, `1 row`."""
    return f"{number:,} {unit if number == 1 else plural or unit + 's'}"


def loss(amount: Decimal) -> str:
    """A privacy loss to four digits, never shown smaller than it is: `0.9988`, `5e-7`."""
    shown = Context(prec=4, rounding=ROUND_CEILING).plus(amount).normalize()
    if shown and shown.adjusted() < -3:
        return f"{shown:e}".replace("e-0", "e-")
    return f"{shown:f}"


def standing(budget: BudgetState) -> str:
    """What a budget has spent, at which δ; over all periods too where it begins anew."""
    spent, whole = budget.spent, budget.since_beginning
    rho = f" (ρ = {loss(spent.rho)})" if spent.rho is not None else ""
    now = f"ε = {loss(spent.epsilon)} at δ = {loss(spent.delta)}{rho}"
    if budget.starts is None:
        return now
    ever = (
        f"ε = {loss(whole.epsilon)} at δ = {loss(whole.delta)}" if whole else "no ε at any such δ"
    )
    return f"{now} in the present {budget.period}, and {ever} over all of them"


def size(number: float) -> str:
    """Six digits, with separators."""
    return f"{number:,.6g}"


def sentence(text: str) -> str:
    """`text` with an end and a capital first letter; ε and δ have no capitals."""
    first = text[:1].upper() if text[:1] not in _SIGNS else text[:1]
    return first + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def title(query: Query) -> str:
    """What was published, in a few words."""
    what = listed([statistic.title for statistic in query.statistics])
    by = f" by {listed([_by(query, column) for column in query.by])}" if query.by else ""
    return what[:1].upper() + what[1:] + by


def question(query: Query) -> str:
    """What was asked, as a sentence without its end."""
    what = listed([_the(statistic) for statistic in query.statistics])
    each = listed([f"each {_of(query, column)}" for column in query.by])
    whole = f"for {each}" if query.by else "over the whole table"
    return f"{what}, {whole}{conditions(query)}"


def part_title(query: Query, name: str) -> str:
    """A part of a release in words, from the name that the ledger gives it."""
    if name == KEYS_PART:
        return "number of people per group"
    for part in parts_of(query):
        if part.name == name:
            return part.statistic.title + _ROLES.get(part.role, "")
    return name


def conditions(query: Query) -> str:
    """Which rows count, as the end of a sentence; empty where all do."""
    if not query.where:
        return ""
    said = listed([f"{c.column} {c.comparison} {c.value}" for c in query.where])
    return f", only rows where {said}"


def bounds(query: Query) -> str:
    """How much of one person may count."""
    rows = counted(query.max_rows_per_group, "row")
    if not query.by:
        return f"{rows} of each person"
    groups = counted(query.max_groups, "group")
    if query.period is None:
        return f"{groups} of each person, with {rows} in each"
    stretches = f"{counted(query.period.most, query.period.per)} of {query.period.column}"
    return f"{stretches} of each person, {groups} of each, with {rows} in each"


def _by(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    return f"{how.per} of {column}" if how and how.per else str(column)


def _of(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    if how is None:
        return f"value of {column}"
    return f"{how.per} of {column}" if how.per else f"of {len(how.edges) - 1} ranges of {column}"


def _the(statistic: Statistic) -> str:
    return statistic.title if statistic.title.startswith("the ") else f"the {statistic.title}"
