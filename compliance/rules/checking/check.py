"""A triple made ready: it answers for many subjects, and says in words what it saw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from compliance.countries import is_country
from compliance.i18n import mark
from compliance.rules.checking import moments, wording
from compliance.rules.checking.clocks import CLOCK_FACTS, Clock, deadline_of
from compliance.rules.checking.operators import OPERATORS, Operator, Said, Wanted, is_same
from compliance.rules.nouns import Asked, Deadline, Outcome, Pack, Rule, Subject, Triple

Facts = Mapping[str, object]


class Seen(NamedTuple):
    """What a triple said of one subject.

    Attributes:
        holds: None where it cannot be said.
        outcome: in words.
        due: the last day of its clock, as long as that matters; else None.
    """

    holds: bool | None
    outcome: Outcome
    due: date | None = None


@dataclass(slots=True, kw_only=True)
class Check:
    """One triple of one rule, at one moment. What it saw of a value it remembers.

    Attributes:
        fact, operator: of the triple.
        word, wanted: the fact, and what is asked of it, in words.
        absent: what a fact recorded as absent says.
        judge: of a value and all facts: what it says, the value in words, the last day of a clock.
        needs: what other facts it looks at.
    """

    fact: str
    operator: str
    word: str
    wanted: str
    absent: bool | None
    judge: Callable[[object, Facts], tuple[Said, str, date | None]]
    needs: tuple[str, ...] = ()
    _seen: dict[tuple[object, ...], Seen] = field(default_factory=dict)

    def on(self, subject: Subject) -> Seen:
        """What the triple says of `subject`."""
        facts = subject.facts
        if self.fact not in facts:
            return self._unknown(subject.unknown.get(self.fact, ""))
        value = facts[self.fact]
        kind = value.__class__  # True is no 1, though they are equal
        place = (kind, value) if not self.needs else (kind, value, *map(facts.get, self.needs))
        try:
            found = self._seen.get(place)
        except TypeError:  # a list has no hash, so it is looked at each time
            return self._look(value, facts)
        if found is None:
            found = self._seen[place] = self._look(value, facts)
        return found

    def _unknown(self, why: str) -> Seen:
        place = (NotImplementedError, why)  # no fact has a value of this type
        found = self._seen.get(place)
        if found is None:
            said = mark("unknown: {why}").format(why=why) if why else wording.UNKNOWN
            found = self._seen[place] = Seen(None, self._outcome(said, None))
        return found

    def _look(self, value: object, facts: Facts) -> Seen:
        if value is None and self.operator != "before_deadline":
            return Seen(self.absent, self._outcome(wording.ABSENT, self.absent))
        said, known, due = self.judge(value, facts)
        if isinstance(said, str):
            return Seen(None, self._outcome(said, None), due)
        return Seen(said, self._outcome(known, said), due)

    def _outcome(self, known: str, holds: bool | None) -> Outcome:  # noqa: FBT001 - of three
        return Outcome(
            fact=self.fact,
            word=self.word,
            operator=self.operator,
            wanted=self.wanted,
            known=known,
            holds=holds,
        )


def checks_of(
    pack: Pack, rule: Rule, at: datetime, country: str, choices: Mapping[str, Collection[str]]
) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """The conditions of a rule and what it asserts, ready to answer.

    Args:
        country: of the organisation, whose holidays count where a subject names none.
        choices: the texts that the rules of the pack name, by fact.
    """
    ready = _Maker(pack, rule, at, country, choices)
    return (
        tuple(ready.check(triple, is_condition=True) for triple in rule.when),
        tuple(ready.check(triple, is_condition=False) for triple in rule.asserts),
    )


def asked(pack: Pack, rule: Rule) -> tuple[Asked, ...]:
    """What a rule asks, in words; its conditions first."""
    parts = ((rule.when, True), (rule.asserts, False))
    return tuple(
        Asked(
            word=wording.word_of(pack, rule.entity, triple[0]),
            wanted=wording.wanted_in_words(pack, rule, triple, _deadline(rule, triple)),
            is_condition=is_condition,
        )
        for triples, is_condition in parts
        for triple in triples
    )


def _deadline(rule: Rule, triple: Triple) -> Deadline | None:
    is_clock = OPERATORS[triple[1]].wanted is Wanted.DEADLINE
    return deadline_of(rule, triple[2]) if is_clock else None


class _Maker(NamedTuple):
    """Makes the checks of one rule."""

    pack: Pack
    rule: Rule
    at: datetime
    country: str
    choices: Mapping[str, Collection[str]]

    def check(self, triple: Triple, *, is_condition: bool) -> Check:
        fact, name = triple[0], triple[1]
        operator = OPERATORS[name]
        deadline = _deadline(self.rule, triple)
        return Check(
            fact=fact,
            operator=name,
            word=wording.word_of(self.pack, self.rule.entity, fact),
            wanted=wording.wanted_in_words(self.pack, self.rule, triple, deadline),
            absent=None if is_condition and operator.is_negative else operator.absent,
            judge=self._judge(triple, operator),
            needs=_needs(triple, operator, deadline),
        )

    def _judge(
        self, triple: Triple, operator: Operator
    ) -> Callable[[object, Facts], tuple[Said, str, date | None]]:
        if operator.wanted is Wanted.DEADLINE:
            return Clock.of(self.pack, self.rule, triple, self.at, self.country).judge
        trouble = self._trouble(triple[0])
        if operator.wanted is Wanted.FACT:
            return lambda value, facts: self._beside(triple, value, facts, trouble)
        return lambda value, _: self._alone(triple, operator, value, trouble)

    def _alone(
        self, triple: Triple, operator: Operator, value: object, trouble: Callable[[object], str]
    ) -> tuple[Said, str, None]:
        """Of operators that need nothing but the value."""
        if why := trouble(value):
            return why, "", None
        wanted = triple[2] if len(triple) > 2 else None
        if operator.wanted is Wanted.LIST:
            wanted = self.pack.lists[triple[2]]
        if operator.holds is not None:
            return operator.holds(value, wanted), self._shown(triple, value), None
        moment = moments.moment_of(value)
        if moment is None:
            return mark("no date where a date is expected"), "", None
        day, today = moments.day_of(moment), self.at.date()
        if triple[1] == "not_past":
            return day >= today, wording.when(day), None
        if moments.is_ahead(moment, self.at):
            return mark("{day}, which has not come yet").format(day=wording.when(day)), "", None
        return (today - day).days <= int(self.rule.params[triple[2]]), wording.when(day), None

    def _beside(
        self, triple: Triple, value: object, facts: Facts, trouble: Callable[[object], str]
    ) -> tuple[Said, str, None]:
        """Of operators that hold one fact against another."""
        other = triple[2]
        word = wording.word_of(self.pack, self.rule.entity, other)
        if why := trouble(value):
            return why, "", None
        if facts.get(other) is None:
            return (
                mark("{said}; “{word}” is not known").format(
                    said=self._shown(triple, value), word=word
                ),
                "",
                None,
            )
        if triple[1] == "eq_field":
            return is_same(value, facts[other]), self._shown(triple, value), None
        one, two = moments.moment_of(value), moments.moment_of(facts[other])
        if one is None or two is None:
            return mark("no date where a date is expected"), "", None
        said = f"{wording.when(one)}; “{word}”: {wording.when(two)}"
        first, second = (one, two) if triple[1] == "before_field" else (two, one)
        return moments.is_not_after(first, second), said, None

    def _trouble(self, fact: str) -> Callable[[object], str]:
        """Says why a value cannot be what the fact is about; empty: it can."""
        if fact in self.pack.countries:
            return lambda value: "" if _is_place(value) else mark("no country has that code")
        if not fact.endswith("_at"):
            return lambda _: ""
        is_planned = fact in self.pack.planned

        def trouble(value: object) -> str:
            moment = moments.moment_of(value)
            if moment is None:
                return mark("no date where a date is expected")
            if not is_planned and moments.is_ahead(moment, self.at):
                return mark("{moment}, which has not come yet").format(moment=wording.when(moment))
            return ""

        return trouble

    def _shown(self, triple: Triple, value: object) -> str:
        if triple[1] == "contains_all":
            return wording.missing_of(self.pack, value, triple[2])
        return wording.shown(self.pack, value, self.choices.get(triple[0], ()))


def _needs(triple: Triple, operator: Operator, deadline: Deadline | None) -> tuple[str, ...]:
    if deadline is not None:
        return (deadline.start, *CLOCK_FACTS)
    return (triple[2],) if operator.wanted is Wanted.FACT else ()


def _is_place(value: object) -> bool:
    """A country, or a region of one, such as US-CA; or an international organisation (EPO)."""
    if not isinstance(value, str):
        return False
    return value == "EPO" or is_country(value.partition("-")[0])
