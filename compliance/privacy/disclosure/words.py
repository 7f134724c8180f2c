"""Numbers, lists and questions in the words of a disclosure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from functools import cache
from typing import Any

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.privacy.aggregates import KEYS_PART, Role, parts_of
from compliance.privacy.nouns import BudgetState
from compliance.privacy.nouns.question import Query, Statistic
from compliance.shipped import table

_SIGNS = ("ε", "δ", "ρ")
_ROLES = {
    Role.CENTRED_SUM: mark("sum of the distances from the middle"),
    Role.CENTRED_SQUARES: mark("sum of the squared distances"),
    Role.PRESENT_ROWS: mark("number of values"),
    Role.CHOICE_LOW: mark("lower end of the interval"),
    Role.CHOICE_HIGH: mark("upper end of the interval"),
}


@cache
def data(name: str) -> Mapping[str, Any]:
    """The data file `name` of this folder. Not to be changed."""
    loaded: dict[str, Any] = table(__package__, name)
    return loaded


def statement(name: str, **blanks: object) -> str:
    """A standing text of `statements.yaml` with its blanks filled."""
    sentences: list[str] = data("statements.yaml")[name]["text"]
    said = ". ".join(text.format(**blanks) for text in sentences)
    return f"{said}." if sentences[0][0].isupper() else said


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
    now = mark("ε = {epsilon} at δ = {delta}{rho}").format(
        epsilon=loss(spent.epsilon), delta=loss(spent.delta), rho=rho
    )
    if budget.starts is None:
        return now
    ever = (
        mark("ε = {epsilon} at δ = {delta}").format(
            epsilon=loss(whole.epsilon), delta=loss(whole.delta)
        )
        if whole
        else mark("no ε at any such δ")
    )
    return mark("{now} in the present {period}, and {ever} over all of them").format(
        now=now, period=budget.period, ever=ever
    )


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
    if not query.by:
        text = mark("{what}, over the whole table")
        return text.format(what=what) + conditions(query)
    each = listed([_of(query, query.by[0]), *(f"each {_of(query, c)}" for c in query.by[1:])])
    return mark("{what}, for each {each}").format(what=what, each=each) + conditions(query)


def part_title(query: Query, name: str) -> str:
    """A part of a release in words, from the name that the ledger gives it."""
    if name == KEYS_PART:
        return mark("number of people per group")
    for part in parts_of(query):
        if part.name == name:
            role = _ROLES.get(part.role)
            return f"{part.statistic.title}, {role}" if role else part.statistic.title
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
        return mark("{rows} of each person").format(rows=rows)
    groups = counted(query.max_groups, "group")
    if query.period is None:
        return mark("{groups} of each person, with {rows} in each").format(groups=groups, rows=rows)
    stretches = f"{counted(query.period.most, query.period.per)} of {query.period.column}"
    return mark("{stretches} of each person, {groups} of each, with {rows} in each").format(
        stretches=stretches, groups=groups, rows=rows
    )


def _by(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    return f"{how.per} of {column}" if how and how.per else str(column)


def _of(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    if how is None:
        return mark("value of {column}").format(column=column)
    if how.per:
        return f"{how.per} of {column}"
    return mark("of {n} ranges of {column}").format(n=len(how.edges) - 1, column=column)


def _the(statistic: Statistic) -> str:
    return statistic.title if statistic.title.startswith("the ") else f"the {statistic.title}"
