"""Triples and facts in words. What was typed is never shown: only that it is recorded."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from compliance.countries import is_country
from compliance.i18n import mark
from compliance.rules.checking.moments import moment_of
from compliance.rules.checking.operators import LISTS, OPERATORS, Wanted, is_finite
from compliance.rules.nouns import Deadline, Extension, Pack, Period, Rule, Triple

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")  # digits alone may be somebody's number
UNKNOWN = mark("unknown")
ABSENT = mark("not recorded")


def word_of(pack: Pack, entity: str, fact: str) -> str:
    """What people call a fact; its name in plain letters where the pack has no word for it."""
    words = pack.words
    return words.get(f"{entity}.{fact}") or words.get(fact) or fact.replace("_", " ")


def wanted_in_words(pack: Pack, rule: Rule, triple: Triple, deadline: Deadline | None) -> str:
    """What a triple asks for, so that it reads well after “is”."""
    operator = OPERATORS[triple[1]]
    if operator.wanted is Wanted.NOTHING:
        return operator.says
    wanted = triple[2]
    if operator.wanted is Wanted.DAYS:
        said = counted(int(rule.params[wanted]), "day")
    elif deadline is not None:
        said = _period_in_words(pack, rule.entity, deadline, wanted)
    elif operator.wanted is Wanted.FACT:
        said = word_of(pack, rule.entity, wanted)
    elif operator.wanted is Wanted.LIST:
        said = pack.values.get(wanted, mark("the list “{name}”").format(name=wanted))
    elif operator.wanted is Wanted.VALUES:
        said = ", ".join(choice_in_words(pack, one) for one in wanted)
    else:
        said = choice_in_words(pack, wanted)
    return operator.says.format(wanted=said)


def choice_in_words(pack: Pack, value: object) -> str:
    """A choice or number that a pack names."""
    if isinstance(value, bool):
        return mark("yes") if value else mark("no")
    if isinstance(value, str):
        return pack.values.get(value) or value.replace("_", " ")
    return f"{value:,}"


def shown(pack: Pack, value: object, choices: Collection[str]) -> str:
    """What is known of a fact.

    Args:
        choices: the texts that rules name for it; any other text is “recorded”, so that nothing
            that somebody typed is shown.
    """
    if isinstance(value, bool):
        return mark("yes") if value else mark("no")
    if isinstance(value, (float, Decimal)) and not is_finite(value):
        return mark("recorded")
    if isinstance(value, float):
        return f"{value:.0%}"
    if isinstance(value, (int, Decimal)):
        return f"{value:,}"
    if isinstance(value, (date, datetime)) or (isinstance(value, str) and _DAY.match(value)):
        moment = moment_of(value)
        return when(moment) if moment else _text(pack, value, choices)
    return _text(pack, value, choices)


def when(moment: date | datetime) -> str:
    """A day, or a moment in UTC to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if isinstance(moment, datetime) else moment.isoformat()


def counted(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _text(pack: Pack, value: object, choices: Collection[str]) -> str:
    if isinstance(value, str):
        if not value.strip():
            return ABSENT
        if value in choices:
            return choice_in_words(pack, value)
        return value if is_country(value) else mark("recorded")
    if isinstance(value, LISTS):
        return counted(len(value), "entry").replace("entrys", "entries") if value else ABSENT
    return ABSENT if value is None else mark("recorded")


def missing_of(pack: Pack, value: object, wanted: Collection[str]) -> str:
    """Of a list that should hold all of `wanted`: how many it has, and which it has not."""
    held = value if isinstance(value, LISTS) else ()
    lacking = [choice_in_words(pack, one) for one in wanted if one not in held]
    said = mark("{held:d} of {all:d}").format(held=len(wanted) - len(lacking), all=len(wanted))
    return (
        mark("{said}; missing: {lacking}").format(said=said, lacking=", ".join(lacking))
        if lacking
        else said
    )


def _period_in_words(pack: Pack, entity: str, deadline: Deadline, name: str) -> str:
    start, longer = word_of(pack, entity, deadline.start), deadline.extension
    base = _length(deadline.base)
    if longer is None or name.startswith("base"):
        return mark("{period} of “{start}”").format(period=base, start=start)
    whole = _length(deadline.base, longer)
    if name.startswith("extended"):
        return mark("{period} of “{start}”").format(period=whole, start=start)
    return mark("{period} of “{start}” ({whole} where it was extended)").format(
        period=base, start=start, whole=whole
    )


def _length(*parts: Period | Extension) -> str:
    units = ("months", "days", "business_days", "hours")
    nouns = ("month", "day", mark("working day"), "hour")
    lengths = [sum(getattr(part, unit) for part in parts) for unit in units]
    pairs = zip(lengths, nouns, strict=True)
    return " and ".join(counted(number, noun) for number, noun in pairs if number)
