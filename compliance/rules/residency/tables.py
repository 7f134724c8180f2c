"""What laws say of movements, as data: decision tables, lists, counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from compliance.plain import from_plain
from compliance.rules.nouns import Answer, LawId, Level, Triple
from compliance.shipped import table

ANSWERS = {
    "free": Answer.FREE,
    "allowed": Answer.ALLOWED,
    "needs": Answer.NEEDS,
    "blocked": Answer.BLOCKED,
    "unknown": Answer.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a decision table.

    Attributes:
        tier: names it within its table.
        when: triples that must all hold for it to decide.
        answer: what it then says; one of `ANSWERS`.
        because: why, in words.
        article, source, level: where it stands, where it was read, and how well that was checked.
        asks: what must be on record besides; else the answer is that it is missing.
        forbids: any of these makes the answer “not allowed”.
        offers: safeguards that would mend it.
        warning: what a reader should know besides.
        until: the fact that says to which day it holds.
    """

    tier: str
    when: tuple[Triple, ...]
    answer: str
    because: str
    article: str
    source: str
    level: Level
    asks: tuple[Triple, ...] = ()
    forbids: tuple[Triple, ...] = ()
    offers: tuple[str, ...] = ()
    warning: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A country on a list.

    Attributes:
        code: ISO 3166-1 alpha-2.
        name: in words.
        decision: what put it there.
        decided: when; the review counts from then.
        expires: the last day on which it counts; None: no end in sight.
        review_years: after how long it is to be reviewed.
        scope: triples that must all hold for it to cover a movement.
        scope_says: what they mean.
        beyond: countries from which it does not simply hold,
        beyond_scope: what must hold there besides,
        beyond_says: and why.
        asks: what must be on record besides.
        warning: what a reader should know.
    """

    code: str
    name: str = ""
    decision: str = ""
    decided: date | None = None
    expires: date | None = None
    review_years: int | None = None
    scope: tuple[Triple, ...] = ()
    scope_says: str = ""
    beyond: tuple[str, ...] = ()
    beyond_scope: tuple[Triple, ...] = ()
    beyond_says: str = ""
    asks: tuple[Triple, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryList:
    """A list of countries.

    Attributes:
        as_of: the day on which all of it was checked.
        source, level: where it was read, and how well that was checked.
        entries: by code, those of included lists among them.
        recheck_days: after how long somebody should look again; None: it does not matter.
        decision: what all of it stands on.
    """

    as_of: date
    source: str
    level: Level
    entries: Mapping[str, Entry]
    recheck_days: int | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Where a law stops counting data as personal.

    Attributes:
        article, source, level: as for a row.
        because: why.
        note: the risk that stays.
    """

    article: str
    source: str
    level: Level
    because: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawTable:
    """What one law says.

    Attributes:
        short: as people call it.
        countries: where a movement starts that it governs.
        rows: worked through from the top; the last one always decides.
        first: rows before it is asked whether the data are personal.
        mechanism: the fact that holds the safeguard; empty: the law knows none.
        mechanisms: its safeguards, in words.
        anonymous, noisy: None where such data are governed like any.
        binds_from: the first day; None: it binds already.
        utc_offset_hours: in whose time a year begins.
    """

    short: str
    countries: frozenset[str]
    rows: tuple[Row, ...]
    first: tuple[Row, ...] = ()
    mechanism: str = ""
    mechanisms: Mapping[str, str] = field(default_factory=dict)
    anonymous: Exit | None = None
    noisy: Exit | None = None
    binds_from: date | None = None
    utc_offset_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A fact that tables ask for.

    Attributes:
        words: how a missing one is named.
        type: how it is asked for, as in `FieldType`; empty: it is not asked for in a check.
        choices: value → label.
    """

    words: str
    type: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A threshold: from `at` people on, `then` is asked for."""

    at: int
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is counted from 1 January on.

    Attributes:
        law, article, source: whose thresholds.
        name: who is counted.
        fact: the fact that holds the count.
        limits: ascending.
    """

    law: LawId
    name: str
    fact: str
    limits: tuple[Limit, ...]
    source: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All of it.

    Attributes:
        as_of: the day on which the tables were checked, ISO date.
        largest_epsilon: up to which noise counts as hiding everybody.
        warn_at: the share of a threshold from which on it warns.
        facts: what is asked for, by fact.
        lists, laws: by name.
        counters: what is counted.
        exempt: grounds on which a movement is not counted.
    """

    as_of: str
    largest_epsilon: float
    warn_at: float
    facts: Mapping[str, Asked]
    lists: Mapping[str, CountryList]
    laws: Mapping[LawId, LawTable]
    counters: tuple[Counted, ...]
    exempt: tuple[str, ...]

    def law_of(self, country: str) -> tuple[LawId, ...]:
        """The laws that govern what leaves a country."""
        return tuple(law for law, table in self.laws.items() if country in table.countries)


@cache
def tables() -> Tables:
    """The tables that come with the desk."""
    raw = table("compliance.rules.residency", "tables.yaml")
    raw["lists"] = _lists(raw["lists"])
    for law in raw["laws"].values():
        if isinstance(law["countries"], str):
            law["countries"] = list(raw["lists"][law["countries"]]["entries"])
    return from_plain(Tables, raw)


def _lists(raw: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Lists with their entries by code; those that a list includes come first."""
    found: dict[str, dict[str, Any]] = {}
    for name, listed in raw.items():
        own = [{"code": e} if isinstance(e, str) else e for e in listed["entries"]]
        included = {
            code: entry
            for other in listed.get("includes", ())
            for code, entry in found[other]["entries"].items()
        }
        entries = included | {entry["code"]: entry for entry in own}
        plain = {key: value for key, value in listed.items() if key != "includes"}
        found[name] = {**plain, "entries": entries}
    return found
