"""Findings and their remedies, as the workspace offers them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from compliance.errors import RemedyError, UnknownRemedyError
from compliance.plain import ended
from compliance.register.nouns import Field
from compliance.rules import findings
from compliance.rules.nouns import Applied, Finding, Remedy, Rule, Status
from compliance.storage import records, tables
from compliance.workspace.anonymising.making import Step
from compliance.workspace.desk import Desk
from compliance.workspace.governing import packs, registering
from compliance.workspace.governing.knowing import known
from compliance.workspace.guarding import guarded
from compliance.workspace.mending import applying as mending_applying
from compliance.workspace.mending import findings as mending_findings
from compliance.workspace.mending import kinds as mending_kinds
from compliance.workspace.mending import recording, seeing
from compliance.workspace.mending.generalising import Coarser
from compliance.workspace.mending.ideas import Idea
from compliance.workspace.mending.seeing import Seen
from compliance.workspace.mending.trials import Ground, Trial
from compliance.workspace.recent import Recent

_KEPT = 64
_BENCH_BYTES = 2**28
_NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


@guarded
class Mending:
    """What is wrong, who mends it, what would mend it, and what did."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._remedies: Recent[tuple[Remedy, ...]] = desk.kept("remedies", _remedies)
        self._bench: Recent[Coarser] = desk.kept("bench", _bench)

    # Findings

    def findings(self, statuses: Sequence[Status] = ()) -> tuple[Finding, ...]:
        """All findings on record, or those of these statuses, in the order of opening."""
        with self._desk.database.reading() as connection:
            found = mending_findings.every(connection)
        return tuple(one for one in found if not statuses or one.status in statuses)

    def finding(self, id_: str) -> Finding:
        """One finding.

        Raises:
            UnknownFindingError: there is none of that id.
        """
        with self._desk.database.reading() as connection:
            return mending_findings.find(connection, id_)

    def rule(self, finding: Finding) -> Rule | None:
        """The duty that is not met; None where the rules in force no longer have it."""
        with self._desk.database.reading() as connection:
            return packs.in_force(connection).rule(finding.rule)

    def is_waived(self, finding: Finding) -> bool:
        """Whether somebody decided to leave it, and the time for that is not over."""
        return findings.is_waived(finding, self._desk.clock().date())

    def is_overdue(self, finding: Finding) -> bool:
        """Whether it is open and should have been mended before today."""
        today = self._desk.clock().date()
        return mending_findings.is_open(finding) and finding.due < today

    def assign(self, id_: str, owner: str) -> Finding:
        """Give a finding to `owner`, who mends it.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work(
            "finding.assign", id_, lambda f, at, by: findings.assigned(f, owner, at=at, by=by)
        )

    def set_due(self, id_: str, day: date) -> Finding:
        """Say by when a finding is to be mended.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work(
            "finding.due",
            id_,
            lambda f, at, by: findings.due_on(f, day, at=at, by=by),
            due=day.isoformat(),
        )

    def start(self, id_: str) -> Finding:
        """Say that somebody works on a finding.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work("finding.start", id_, lambda f, at, by: findings.started(f, at=at, by=by))

    def comment(self, id_: str, text: str) -> Finding:
        """Say something about a finding; it stays inside the desk.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work(
            "finding.comment", id_, lambda f, at, by: findings.commented(f, text, at=at, by=by)
        )

    def waive(self, id_: str, why: str, until: date) -> Finding:
        """Leave a duty unmet until `until`, at most a year, for a reason.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work(
            "finding.waive",
            id_,
            lambda f, at, by: findings.with_waiver(f, why, until, at=at, by=by),
            until=until.isoformat(),
        )

    def unwaive(self, id_: str) -> Finding:
        """Take a waiver back.

        Raises:
            UnknownFindingError, FindingError: nothing was changed.
        """
        return self._work(
            "finding.unwaive", id_, lambda f, at, by: findings.without_waiver(f, at=at, by=by)
        )

    # Remedies

    def remedies(self, id_: str) -> tuple[Remedy, ...]:
        """All remedies of a finding, tried on the real data, best first; nothing is written.

        Raises:
            UnknownFindingError: there is no such finding.
        """
        return ended(self.trying(id_))

    def known_remedies(self, id_: str) -> tuple[Remedy, ...] | None:
        """The remedies of a finding where they were tried and nothing has happened since."""
        return self._remedies.look(self._place(id_))

    def remember(self, id_: str, found: tuple[Remedy, ...]) -> None:
        """Know the remedies of a finding that were tried just now, maybe by another process."""
        self._remedies.get(self._place(id_), lambda: found)

    def trying(self, id_: str) -> Generator[Step, None, tuple[Remedy, ...]]:
        """As `remedies`, with progress; kept until anything happens on the desk.

        Raises:
            UnknownFindingError: there is no such finding.
        """
        place = self._place(id_)
        if (kept := self._remedies.look(place)) is not None:
            return kept
        finding = self.finding(id_)
        yield Step(doing="Gathering what is known")
        before = self._seen()
        found = yield from seeing.tried_all(before, finding, self._bench)
        return self._remedies.get(place, lambda: found)

    def fields(self, remedy: Remedy) -> tuple[Field, ...]:
        """What a remedy asks before it is applied, as fields of a form."""
        return recording.fields_of(remedy)

    def predict(self, id_: str, remedy_id: str, answers: Mapping[str, str]) -> Remedy:
        """One remedy tried with an officer's own answers; nothing is written.

        Raises:
            UnknownFindingError, UnknownRemedyError, RemedyError: it cannot be tried.
        """
        finding = self.finding(id_)
        before = self._seen()
        found, _trial = ended(self._tried(finding, before, remedy_id, answers))
        return found

    def apply(
        self, id_: str, remedy_id: str, answers: Mapping[str, str] = _NOTHING_SAID
    ) -> Applied:
        """Apply a remedy, test every duty again, and keep what was predicted beside what came.

        Raises:
            UnknownFindingError, UnknownRemedyError, RemedyError: nothing was changed.
            ComplianceError: what it makes does not pass its checks; nothing was changed.
        """
        return ended(self.applying(id_, remedy_id, answers))

    def applying(
        self, id_: str, remedy_id: str, answers: Mapping[str, str] = _NOTHING_SAID
    ) -> Generator[Step, None, Applied]:
        """As `apply`, with progress."""
        finding = self.finding(id_)
        if not mending_findings.is_open(finding):
            raise RemedyError(reason="a re-test found the duty met and closed the finding")
        before = self._seen()
        remedy, trial = yield from self._tried(finding, before, remedy_id, answers)
        yield Step(doing="Applying, and testing every duty again")
        return mending_applying.applied(self._desk, finding, remedy, trial, before)

    def applied(self, id_: str | None = None) -> tuple[Applied, ...]:
        """All remedies applied, or those of one finding; newest first."""
        keys = {} if id_ is None else {"finding": id_}
        with self._desk.database.reading() as connection:
            return records.every(connection, tables.REMEDIED, Applied, **keys)[::-1]

    def _tried(
        self, finding: Finding, before: Seen, remedy_id: str, answers: Mapping[str, str]
    ) -> Generator[Step, None, tuple[Remedy, Trial]]:
        """One remedy with its trial, its reasons as they are among the answers given."""
        idea = self._idea(finding, before, remedy_id)
        given = mending_kinds.checked(idea, answers)
        trial = yield from mending_kinds.tried(before.ground, idea, given, self._bench)
        effect = seeing.predicted(before, trial)
        tried = seeing.remedy_of(idea, effect)
        return seeing.explained(tried, finding, before), trial

    def _idea(self, finding: Finding, before: Seen, remedy_id: str) -> Idea:
        every = {idea.id: idea for idea in seeing.every_idea(before, finding)}
        if remedy_id not in every:
            listed = ", ".join(every) or "none"
            raise UnknownRemedyError(remedy=remedy_id[:40], finding=finding.id, known=listed)
        if not every[remedy_id].can_apply:
            page = every[remedy_id].page
            raise RemedyError(reason=f"people do this one by hand, on the page {page}")
        return every[remedy_id]

    def _seen(self) -> Seen:
        with self._desk.database.reading() as connection:
            pack = packs.in_force(connection)
            everything = known(self._desk, connection, self._desk.clock())
            typed = registering.typed_records(connection)
        ground = Ground(desk=self._desk, pack=pack, known=everything, typed=typed)
        return seeing.seen(ground)

    def _place(self, id_: str) -> tuple[str, ...]:
        """What a trial stands on: all that happened so far, and the day."""
        with self._desk.database.reading() as connection:
            head = records.head_of(connection)
        return (id_, head.hash, self._desk.clock().date().isoformat())

    def _work(
        self,
        name: str,
        id_: str,
        does: Callable[[Finding, datetime, str], Finding],
        **facts: object,
    ) -> Finding:
        return mending_findings.work(
            self._desk, name, id_, lambda f, *, at, by: does(f, at, by), **facts
        )


def _remedies() -> Recent[tuple[Remedy, ...]]:
    return Recent(_KEPT, lambda _: 1)


def _bench() -> Recent[Coarser]:
    return Recent(_BENCH_BYTES, lambda coarser: coarser.nbytes)
