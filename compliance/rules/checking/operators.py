"""What each operator of a triple means.

An operator answers yes, no, or, in words, why it cannot say. A fact that is not known is never
asked about; one that is recorded as absent (None) holds for no operator, see `Operator.absent`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from compliance.i18n import mark

Said = bool | str  # a text says why it cannot be said

LISTS = (list, tuple, set, frozenset)


class Wanted(StrEnum):
    """What stands third in a triple."""

    NOTHING = "nothing"
    VALUE = "a text, a number, or true or false"
    NUMBER = "a number"
    VALUES = "a list of values"
    DAYS = "the name of a number of days under “params”"
    DEADLINE = "the name of a deadline under “params”"
    FACT = "the name of another fact"
    LIST = "the name of a list of the pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """How a fact is held against what is wanted.

    Attributes:
        wanted: what stands third in the triple.
        says: what is wanted, in words, with a blank `wanted` for it.
        holds: for operators that need only the value and what is wanted; None for the others.
        absent: what a fact recorded as absent says: no, or None for “cannot be said”.
        is_negative: it asks for something not to be so. As a condition (`when`) a fact recorded
            as absent then leaves open whether the duty applies, so that it is not passed over.
    """

    wanted: Wanted
    says: str
    holds: Callable[[object, object], Said] | None = None
    absent: bool | None = False
    is_negative: bool = False


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return mark("yes or no")
    if isinstance(value, (int, float, Decimal)):
        return mark("a number") if is_finite(value) else mark("not a number")
    if isinstance(value, str):
        return mark("a text")
    if isinstance(value, date):
        return mark("a date")
    return mark("several values") if isinstance(value, LISTS) else mark("something else")


def mixed(value: object, kind: str) -> str:
    """Why a value cannot be compared with what is wanted."""
    return mark("{found} where {kind} is expected").format(found=_kind(value), kind=kind)


def is_same(value: object, wanted: object) -> Said:
    """Whether they are equal; a text of digits is the number that it shows."""
    if _is_number(value) and isinstance(wanted, str) and wanted.isdigit():
        value = str(value)
    elif _is_number(wanted) and isinstance(value, str) and value.isdigit():
        wanted = str(wanted)
    if _kind(value) != _kind(wanted):
        return mixed(value, _kind(wanted))
    return value == wanted


def _not(said: Said) -> Said:
    return said if isinstance(said, str) else not said


def _in(value: object, wanted: object) -> Said:
    answers = [is_same(value, one) for one in _members(wanted)]
    if any(answer is True for answer in answers):
        return True
    reasons = [answer for answer in answers if isinstance(answer, str)]
    return reasons[0] if reasons and len(reasons) == len(answers) else False


def _exists(value: object, _: object) -> Said:
    return not _is_blank(value)


def _nonempty(value: object, _: object) -> Said:
    if isinstance(value, (str, *LISTS)):
        return not _is_blank(value)
    return mixed(value, mark("a text or a list"))


def _number(compare: Callable[[float, float], bool]) -> Callable[[object, object], Said]:
    def holds(value: object, wanted: object) -> Said:
        if not _is_number(value) or not _is_number(wanted):
            return mixed(value, mark("a number"))
        return compare(value, wanted)  # type: ignore[arg-type]

    return holds


def _contains_all(value: object, wanted: object) -> Said:
    if not isinstance(value, LISTS):
        return mixed(value, mark("a list"))
    return all(one in value for one in _members(wanted))


def _subset_of(value: object, wanted: object) -> Said:
    if not isinstance(value, LISTS):
        return mixed(value, mark("a list"))
    return bool(value) and all(one in _members(wanted) for one in value)


def _in_list(value: object, wanted: object) -> Said:
    if not isinstance(value, str):
        return mixed(value, mark("a text"))
    return value in _members(wanted)


def _members(wanted: object) -> Collection[object]:
    if not isinstance(wanted, Collection):
        raise TypeError("a pack is checked before it is used")
    return wanted


def is_finite(value: float | Decimal) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    return is_finite(value)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, LISTS) and not value)


OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(wanted=Wanted.VALUE, says="{wanted}", holds=is_same),
    "ne": Operator(
        wanted=Wanted.VALUE,
        says=mark("not {wanted}"),
        holds=lambda value, wanted: _not(is_same(value, wanted)),
        is_negative=True,
    ),
    "in": Operator(wanted=Wanted.VALUES, says=mark("one of: {wanted}"), holds=_in),
    "not_in": Operator(
        wanted=Wanted.VALUES,
        says=mark("none of: {wanted}"),
        holds=lambda value, wanted: _not(_in(value, wanted)),
        is_negative=True,
    ),
    "exists": Operator(wanted=Wanted.NOTHING, says=mark("recorded"), holds=_exists),
    "nonempty": Operator(wanted=Wanted.NOTHING, says=mark("recorded"), holds=_nonempty),
    "gt": Operator(
        wanted=Wanted.NUMBER, says=mark("more than {wanted}"), holds=_number(lambda a, b: a > b)
    ),
    "gte": Operator(
        wanted=Wanted.NUMBER, says=mark("at least {wanted}"), holds=_number(lambda a, b: a >= b)
    ),
    "lt": Operator(
        wanted=Wanted.NUMBER, says=mark("less than {wanted}"), holds=_number(lambda a, b: a < b)
    ),
    "lte": Operator(
        wanted=Wanted.NUMBER, says=mark("at most {wanted}"), holds=_number(lambda a, b: a <= b)
    ),
    "contains_all": Operator(
        wanted=Wanted.VALUES, says=mark("all of: {wanted}"), holds=_contains_all
    ),
    "subset_of": Operator(wanted=Wanted.VALUES, says=mark("only: {wanted}"), holds=_subset_of),
    "within_days": Operator(wanted=Wanted.DAYS, says=mark("not older than {wanted}")),
    "not_past": Operator(wanted=Wanted.NOTHING, says=mark("not over yet"), absent=None),
    "before_deadline": Operator(wanted=Wanted.DEADLINE, says=mark("within {wanted}"), absent=None),
    "before_field": Operator(wanted=Wanted.FACT, says=mark("not after “{wanted}”")),
    "after_field": Operator(wanted=Wanted.FACT, says=mark("not before “{wanted}”")),
    "eq_field": Operator(wanted=Wanted.FACT, says=mark("the same as “{wanted}”")),
    "in_list": Operator(wanted=Wanted.LIST, says=mark("in {wanted}"), holds=_in_list),
    "not_in_list": Operator(
        wanted=Wanted.LIST,
        says=mark("not in {wanted}"),
        holds=lambda value, wanted: _not(_in_list(value, wanted)),
        is_negative=True,
    ),
}
