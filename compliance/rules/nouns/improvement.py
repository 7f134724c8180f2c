"""The loop of improvement: found, taken in hand, tested again, scored; stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.rules.nouns.remedy import Applied
from compliance.rules.nouns.verdict import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """The loop in one stage of the life cycle.

    Attributes:
        number: 1–10.
        duties: how many verdicts of each state.
        open: findings that nobody mended and nobody waived.
        owned: of those, the ones that somebody has taken in hand.
        overdue: of those, the ones whose day is over.
        closed: findings that a test found mended since the last audit.
        score: duties met among those decided, in percent; None: nothing was decided.
        before: the same at the last audit; None: not known.
        scores: the past ones, oldest first, with the moment.
    """

    number: int
    duties: Mapping[State, int]
    open: int = 0
    owned: int = 0
    overdue: int = 0
    closed: int = 0
    score: float | None = None
    before: float | None = None
    scores: tuple[tuple[datetime, float], ...] = ()

    @property
    def change(self) -> float | None:
        """By how much the score rose or fell; None where that cannot be said."""
        if self.score is None or self.before is None:
            return None
        return round(self.score - self.before, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """Something that has a last day.

    Attributes:
        day: the last day.
        what: the duty.
        subject: on what.
        owner: who has it in hand; empty: nobody.
        is_late: that day is over.
    """

    day: date
    what: str
    subject: str
    owner: str
    is_late: bool


class Decided(StrEnum):
    """What kind of decision."""

    LABELS = "labels"
    RECIPE = "anonymisation recipe"
    IMPACT = "impact assessment"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A decision that was made on what a dataset held before, and is to be made again.

    Attributes:
        kind: what was decided.
        dataset: the dataset that was refreshed.
        says: what, and why again, in one sentence.
        page: where.
    """

    kind: Decided
    dataset: str
    says: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """The loop as a whole.

    Attributes:
        stages: the ten stages.
        whole: all stages together.
        since: the last audit, or the assessment before the last where there was none, UTC; what
            was closed is counted from there. None: there is nothing to compare with.
        assessed_at: when duties were last checked, UTC; None: never.
        upcoming: what is due, the earliest first.
        applied: the remedies applied last, newest first.
        alarms: unusual acts that nobody has looked into.
        reopened: decisions that refreshed files have overtaken.
        transfers: movements between countries with a duty that is not met, by name.
        rules: names of the duties that the applied remedies were for, by the finding's id.
    """

    stages: tuple[Loop, ...]
    whole: Loop
    since: datetime | None = None
    assessed_at: datetime | None = None
    upcoming: tuple[Upcoming, ...] = ()
    applied: tuple[Applied, ...] = ()
    alarms: int = 0
    reopened: tuple[Reopened, ...] = ()
    transfers: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
