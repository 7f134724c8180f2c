"""Where data lie, where they go, and what each law says of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from compliance.rules.nouns.rule import LawId, Level


class Form(StrEnum):
    """In what form people's data are there."""

    ROWS = "rows"
    PSEUDONYMS = "pseudonymised rows"
    ANONYMOUS = "anonymous rows"  # and their anonymity was measured
    CLAIMED_ANONYMOUS = "rows said to be anonymous"  # and nothing measured says so
    NOISY = "statistics with noise"
    UPDATES = "model updates"
    PROTECTED_UPDATES = "model updates with noise or masks"
    NOT_PERSONAL = "no personal data"
    UNKNOWN = "nobody has looked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of a dataset.

    Attributes:
        dataset: its name.
        country: where it lies, ISO 3166-1 alpha-2; empty: not recorded.
        holder: who has it: the organisation itself, or a recipient by name.
        form: what it holds.
        people: how many people are in it; None where that cannot be said.
        source: how the desk knows: description, register, run, anonymised.
    """

    dataset: str
    country: str
    holder: str
    form: Form
    people: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A movement of people's data from one country to another.

    Attributes:
        id: names it.
        dataset: what moves; several are joined by commas.
        origin, destination: ISO 3166-1 alpha-2.
        recipient: who gets it; empty: the organisation itself.
        form: what leaves.
        people: distinct people concerned; None where that cannot be said.
        sensitive_people: of those, with sensitive data; None where that cannot be said.
        mechanism: the safeguard on record; empty: none.
        facts: what else is on record, by fact.
        source: how the desk knows: register, run, plan.
        since: since when in this year people count; None: not recorded.
    """

    id: str
    dataset: str
    origin: str
    destination: str
    recipient: str
    form: Form
    people: int | None
    sensitive_people: int | None
    mechanism: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    source: str = "register"
    since: date | None = None


class Answer(StrEnum):
    """What a law says of a flow."""

    FREE = "no transfer"  # the law does not restrict it
    ALLOWED = "allowed"
    NEEDS = "needs a safeguard"
    BLOCKED = "not allowed"
    UNKNOWN = "not assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one law says of one flow.

    Attributes:
        law: which.
        answer: whether it may go.
        tier: the row of the decision table that decided.
        because: why, in words.
        needs: what is missing, in words.
        warnings: what will matter soon: an end in sight, a counter at 80 %.
        article: where it stands.
        until: to which day it holds; None: no end in sight.
        as_of: the day on which the table was checked.
        level, source: how well the row was checked, and where it was read.
    """

    law: LawId
    answer: Answer
    tier: str
    because: str
    needs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    article: str = ""
    until: date | None = None
    as_of: str = ""
    level: Level = Level.POLICY
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How many people's data left a country this year, against the law's thresholds.

    Attributes:
        law, name: which law, which kind of people (sensitive or not).
        count: distinct people since 1 January; the largest it can be where they cannot be told
            apart across datasets.
        is_exact: whether people were told apart across datasets.
        limit: the next threshold.
        then: what is asked for from there on.
        share: count / limit, 0 and up; from 0.8 on it warns.
    """

    law: LawId
    name: str
    count: int
    is_exact: bool
    limit: int
    then: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where everything lies and goes.

    Attributes:
        copies: every copy known.
        flows: every movement known, each with what each law in scope says of it.
        counters: of this year.
        unplaced: datasets whose place nobody recorded.
    """

    copies: tuple[Copy, ...]
    flows: tuple[tuple[Flow, tuple[Judgement, ...]], ...]
    counters: tuple[Counter, ...]
    unplaced: tuple[str, ...]
