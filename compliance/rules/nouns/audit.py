"""An audit that was made, what changed since the one before, and when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.rules.nouns.rule import RuleId, Severity, reference
from compliance.rules.nouns.verdict import State

# What an officer chooses from, as crontab(5) has it.
EVERY = {
    "hour": "0 * * * *",
    "day": "0 6 * * *",
    "week": "0 6 * * mon",
    "month": "0 6 1 * *",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A duty that stands otherwise than at the audit before.

    Attributes:
        rule, law, article, title, severity: which duty.
        subject: on what.
        before: None where it was not looked at before.
        after: None where it is not looked at any more.
        law_name: the law as people call it; empty: its id.
    """

    rule: RuleId
    law: str
    article: str
    title: str
    severity: Severity
    subject: str
    before: State | None
    after: State | None
    law_name: str = ""

    @property
    def reference(self) -> str:
        """Law and article, as people call them."""
        return reference(self.law, self.law_name, self.article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed between two assessments.

    Attributes:
        opened: duties that are not met now and were not found unmet before.
        closed: duties that were unmet and are not any more.
        turned: other duties that stand otherwise; those that only began or ceased to apply, too.
        score_before, score_after: in percent; None: nothing was decided, or there was none before.
    """

    opened: tuple[Change, ...]
    closed: tuple[Change, ...]
    turned: tuple[Change, ...]
    score_before: float | None
    score_after: float | None

    @property
    def is_empty(self) -> bool:
        return not (self.opened or self.closed or self.turned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What became of one notice.

    Attributes:
        way: e-mail or webhook.
        host: the domain it went to; never the whole address.
        is_sent: whether the other side took it.
        reason: why not; empty where it was sent.
    """

    way: str
    host: str
    is_sent: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit: discover what is new, check every duty, build the report, say what changed.

    Attributes:
        id: names it.
        scope: everything, or the datasets by name.
        schedule: the schedule that asked for it; empty: a person did.
        at: when, UTC.
        actor: who.
        discovered: the datasets that were looked at anew; the others had not changed.
        open, overdue: findings on record, and those of them whose day is over.
        difference: against the audit before in the same scope.
        counts: verdicts by state.
        report: the report's SHA-256.
    """

    id: str
    scope: str
    schedule: str
    at: datetime
    actor: str
    discovered: tuple[str, ...]
    open: int
    overdue: int
    difference: Difference
    counts: dict[State, int]
    report: str


class NotifyWhen(StrEnum):
    """When people are told of an audit."""

    ALWAYS = "always"
    CHANGED = "changed"  # something stands otherwise
    WORSE = "worse"  # a finding was opened, or one is overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When an audit runs by itself, and who is told.

    Attributes:
        name: names it.
        cron: minute, hour, day of month, month, day of week, as in crontab(5), in local time.
        datasets: by name; empty: everything.
        mails: addresses that are told.
        webhook: an address that is told; it may hold a secret, so it is never shown whole.
        notify: when they are told.
        made_at: when it was decided, UTC.
        claimed: the last moment it was due and taken up, UTC; so that two workers do not both.
        is_removed: it does not run any more.
    """

    name: str
    cron: str
    datasets: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    webhook: str = ""
    notify: NotifyWhen = NotifyWhen.CHANGED
    made_at: datetime
    claimed: datetime | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a schedule that was due.

    Attributes:
        schedule: its name.
        audit: None where it was refused.
        sent: what became of each notice.
        refusal: why there is no audit.
    """

    schedule: str
    audit: Audit | None
    sent: tuple[Sending, ...]
    refusal: str = ""
