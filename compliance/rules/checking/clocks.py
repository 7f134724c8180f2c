"""Whether something was done before its clock ran out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.errors import ClockError
from compliance.i18n import mark
from compliance.plain import from_plain
from compliance.rules.checking import moments, wording
from compliance.rules.checking.operators import Said
from compliance.rules.clocks import due
from compliance.rules.nouns import Calendar, Deadline, Due, Pack, Pause, Rule, Triple

_FIRST_YEAR, _NEVER = 1970, date(2200, 1, 1)  # nobody paused a clock before or after
_OF_BASE = {"base_deadline", "extended_deadline"}  # both are ends of params’ `deadline`

Facts = Mapping[str, object]

CLOCK_FACTS = ("extended", "pauses", "country")  # what clocks look at besides their start


def deadline_of(rule: Rule, name: str) -> Deadline:
    """The deadline that a triple names; `base_deadline` and `extended_deadline` are of `deadline`.

    Raises:
        msgspec.ValidationError: it is no deadline; packs are checked before.
    """
    return from_plain(Deadline, rule.params["deadline" if name in _OF_BASE else name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock of one rule: when it ends for a subject, and whether what was due was done."""

    pack: Pack
    deadline: Deadline
    name: str
    word: str
    at: datetime
    country: str
    fact: str

    @classmethod
    def of(cls, pack: Pack, rule: Rule, triple: Triple, at: datetime, country: str) -> Clock:
        deadline = deadline_of(rule, triple[2])
        return cls(
            pack=pack,
            deadline=deadline,
            name=triple[2],
            word=wording.word_of(pack, rule.entity, deadline.start),
            at=at,
            country=country,
            fact=triple[0],
        )

    def judge(self, value: object, facts: Facts) -> tuple[Said, str, date | None]:
        """Done in time: yes; done late, or not done and overdue: no; else it still runs."""
        started = moments.moment_of(facts.get(self.deadline.start))
        if started is None or moments.is_ahead(started, self.at):
            return (
                mark("the clock cannot start: “{word}” {lack}").format(
                    word=self.word, lack=self._lack(facts)
                ),
                "",
                None,
            )
        done = moments.moment_of(value)
        if value is not None and done is None:
            return mark("no date where a date is expected"), "", None
        if done is not None and moments.is_ahead(done, self.at):
            return mark("{done}, which has not come yet").format(done=wording.when(done)), "", None
        if done is not None and not moments.is_not_after(started, done):
            return (
                mark("{done}, before “{word}” ({started})").format(
                    done=wording.when(done), word=self.word, started=wording.when(started)
                ),
                "",
                None,
            )
        pauses = _pauses_of(facts.get("pauses"))
        if pauses is None:
            return mark("the pauses on record cannot be read"), "", None
        try:
            found = due(
                self.deadline,
                started,
                self.at,
                country=self._place(facts),
                done=done,
                is_extended=facts.get("extended") is True,
                pauses=pauses,
            )
        except ClockError as refusal:
            return (
                mark("the clock cannot be read: {problem}").format(
                    problem=refusal.facts["problem"]
                ),
                "",
                None,
            )
        return self._said(found, done)

    def _said(self, found: Due, done: date | datetime | None) -> tuple[Said, str, date | None]:
        end = self._end(found)
        day = end.date()
        said_end = wording.when(end if self.deadline.base.hours else day)
        if done is None and self.at > end:
            return False, mark("not done; it was due on {due}").format(due=said_end), day
        if done is None:
            return mark("running, due on {due}").format(due=said_end), "", day
        if self._is_open(done, end):
            return (
                mark("{done}, due on {due}; its time of day decides").format(
                    done=wording.when(done), due=said_end
                ),
                "",
                day,
            )
        if moments.is_not_after(done, end):
            return (
                True,
                mark("{done}, in time (due on {due})").format(
                    done=wording.when(done), due=said_end
                ),
                None,
            )
        return (
            False,
            mark("{done}, late (due on {due})").format(done=wording.when(done), due=said_end),
            None,
        )

    def _end(self, found: Due) -> datetime:
        if self.name == "base_deadline":
            return found.base
        if self.name == "extended_deadline":
            return found.extended or found.effective
        return found.effective

    def _is_open(self, done: date | datetime, end: datetime) -> bool:
        """A day alone does not say whether an hour was kept."""
        counts_hours = self.deadline.calendar is Calendar.CLOCK_HOURS
        return counts_hours and not isinstance(done, datetime) and done == end.date()

    def _place(self, facts: Facts) -> str:
        place = facts.get("country")
        return place if isinstance(place, str) and place else self.country

    def _lack(self, facts: Facts) -> str:
        value = facts.get(self.deadline.start)
        if value is None:
            return mark("is not recorded")
        return mark("is no date") if moments.moment_of(value) is None else mark("has not come yet")


def _pauses_of(value: object) -> Sequence[Pause] | None:
    """The pauses on record; None where they cannot be read."""
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        return None
    found = [one if isinstance(one, Pause) else _pause_of(one) for one in value]
    return None if None in found else [one for one in found if one]


def _pause_of(value: object) -> Pause | None:
    if not isinstance(value, Mapping):
        return None
    since, until = moments.moment_of(value.get("since")), moments.moment_of(value.get("until"))
    if since is None or (until is None and value.get("until")):
        return None
    first, last = moments.day_of(since), moments.day_of(until) if until else None
    if first.year < _FIRST_YEAR or (last is not None and not first <= last < _NEVER):
        return None
    return Pause(since=first, until=last, reason=str(value.get("reason") or ""))
