"""Deadlines, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Mapping
from datetime import date, datetime

from compliance.cli.adding import Kinds, verb
from compliance.cli.results import Result
from compliance.countries import is_country
from compliance.errors import ClockError
from compliance.plain import from_plain
from compliance.rules.clocks import due
from compliance.rules.nouns import Deadline, Due, Pause, Rule
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    clock = verb(kinds, "clock", _clock, "by when something must be done, as a rule counts it")
    clock.add_argument("rule", help="the rule, such as GDPR-12-3")
    clock.add_argument("--start", required=True, metavar="DAY", help="a day, or a moment")
    clock.add_argument("--country", default="", metavar="CC", help="whose holidays count")
    clock.add_argument("--done", metavar="DAY", help="when it was done")
    clock.add_argument("--extended", action="store_true", help="an extension is on record")
    clock.add_argument(
        "--pause",
        action="append",
        default=[],
        metavar="FROM:UNTIL:REASON",
        help="a time in which it stood still; once for each",
    )


def _clock(workspace: Workspace, asked: Namespace) -> Result:
    rule = workspace.governance.packs.rule(asked.rule)
    country = asked.country or workspace.organisation().country
    if country and not is_country(country):
        raise ClockError(problem="the country is no two-letter code of ISO 3166, such as DE")
    start, done = _moment(asked.start), _moment(asked.done) if asked.done else None
    pauses = [_pause(said) for said in asked.pause]
    now = workspace.governance.audits.now()
    return {
        "rule": rule.id,
        "law": rule.law,
        "article": rule.ref,
        "country": country,
        "clocks": [
            _said(
                name,
                due(
                    clock,
                    start,
                    now,
                    country=country,
                    done=done,
                    is_extended=asked.extended,
                    pauses=pauses,
                ),
            )
            for name, clock in _deadlines(rule)
        ],
    }


def _deadlines(rule: Rule) -> list[tuple[str, Deadline]]:
    """The clocks that a rule names.

    Raises:
        ClockError: it names none.
    """
    found = [
        (name, from_plain(Deadline, raw))
        for name, raw in rule.params.items()
        if isinstance(raw, Mapping) and "calendar" in raw
    ]
    if not found:
        raise ClockError(problem=f"the rule {rule.id} sets no clock")
    return found


def _said(name: str, found: Due) -> Result:
    return {
        "name": name,
        "state": found.state.value,
        "effective": found.effective.isoformat(),
        "base": found.base.isoformat(),
        "extended": found.extended.isoformat() if found.extended else None,
        "notify_by": found.notify_by.isoformat() if found.notify_by else None,
        "paused_days": found.paused_days,
        "steps": list(found.steps),
    }


def _moment(said: str) -> date | datetime:
    try:
        return datetime.fromisoformat(said) if len(said) > 10 else date.fromisoformat(said)
    except ValueError:
        problem = "a day is written as 2026-11-26, a moment as 2026-11-26T14:30+01:00"
        raise ClockError(problem=problem) from None


def _pause(said: str) -> Pause:
    parts = said.split(":")
    if len(parts) != 3:
        raise ClockError(problem="a pause is written as FROM:UNTIL:REASON; UNTIL may be empty")
    since, until, reason = parts
    first, last = _day(since), _day(until) if until else None
    if last is not None and last < first:
        raise ClockError(problem="a pause ends before it begins")
    return Pause(since=first, until=last, reason=reason)


def _day(said: str) -> date:
    found = _moment(said)
    return found.date() if isinstance(found, datetime) else found
