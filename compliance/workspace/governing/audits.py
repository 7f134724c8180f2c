"""Audits that run by themselves, as the workspace offers them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from compliance.dataset.nouns import check_dataset_name
from compliance.errors import (
    ComplianceError,
    NoMailServerError,
    NothingToReportError,
    UnknownScheduleError,
)
from compliance.i18n import of_locale, speaking
from compliance.report.nouns import ReportKind
from compliance.rules.difference import difference
from compliance.rules.notices import is_worth_telling, notice
from compliance.rules.nouns import Assessment, Finding, State, Status
from compliance.rules.nouns.audit import Audit, Ran, Schedule, Sending
from compliance.rules.schedules import check_schedule, due_at, next_after
from compliance.storage import records, tables
from compliance.workspace.anchoring.anchors import Anchoring
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.governing import assessments, notifying, worker
from compliance.workspace.governing.watching import Watching
from compliance.workspace.guarding import guarded
from compliance.workspace.reporting import reports
from compliance.workspace.requesting import sweeping

# By which an audit can break off that nobody foresaw; the next schedule runs all the same.
_BREAKS = (
    *(ArithmeticError, AttributeError, LookupError, MemoryError),
    *(OSError, TypeError, ValueError),
)


@guarded
class Audits:
    """Audit now or on a schedule, and say what changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def now(self) -> datetime:
        """The desk's clock, UTC."""
        return self._desk.clock()

    def run(self, names: Sequence[str] | None = None, schedule: str = "") -> Audit:
        """Look at what is new, check every duty, build the report, say what changed.

        Only datasets that nobody looked at in their newest version are looked at again; what is
        known of the others stands, and their duties are checked on it.

        Args:
            names: the datasets; None: everything.
            schedule: the schedule that asked for it.

        Raises:
            NothingToReportError, UnknownDatasetError: there is nothing to audit.
        """
        desk = self._desk
        with desk.database.reading() as connection:
            before = assessments.newest(connection, names)
            if names is None and not datasets.newest(connection):
                raise NothingToReportError
            for name in names or ():
                datasets.find(connection, name)
            fresh = _not_looked_at(connection, names)
        for name in fresh:  # whoever audits need not be one who may see rows
            labels.find_labels(desk.by_itself(), name)
        Watching(desk).look()
        report = reports.make(desk, ReportKind.AUDIT, names)
        with desk.act("audit.run", assessments.scope_of(names)) as act:
            after = assessments.newest(act.connection, names)
            assert after is not None  # noqa: S101 - the report has just made it
            audit = Audit(
                id=secrets.token_hex(4),
                scope=assessments.scope_of(names),
                schedule=schedule,
                at=act.at,
                actor=act.actor,
                discovered=tuple(fresh),
                **_findings(act.connection, act.at),
                difference=difference(before, after),
                counts=_counts(after),
                report=report.sha256,
            )
            act.store(tables.AUDIT, audit, scope=audit.scope[:200])
            act.facts |= {
                "schedule": schedule,
                "opened": len(audit.difference.opened),
                "closed": len(audit.difference.closed),
                "score": after.score,
                "report": report.sha256,
            }
        return audit

    def every(self) -> tuple[Audit, ...]:
        """All audits, newest first."""
        with self._desk.database.reading() as connection:
            return records.every(connection, tables.AUDIT, Audit)[::-1]

    # Schedules

    def schedules(self) -> tuple[Schedule, ...]:
        """All schedules that run, by name."""
        with self._desk.database.reading() as connection:
            return _schedules(connection)

    def keep(self, schedule: Schedule) -> Schedule:
        """Let audits run as `schedule` says; one of that name from before gives way.

        Raises:
            BadDatasetNameError: a schedule may not be called so.
            ScheduleError, UnknownDatasetError: it cannot be kept.
            NoMailServerError: it names addresses, but there is no server.
        """
        check_dataset_name(schedule.name)
        check_schedule(schedule)
        settings = self._desk.settings
        if schedule.mails and not (settings.smtp_url and settings.mail_from):
            raise NoMailServerError
        with self._desk.act("schedule.keep", schedule.name) as act:
            for name in schedule.datasets:
                datasets.find(act.connection, name)
            kept = replace(schedule, made_at=act.at, claimed=None, is_removed=False)
            act.store(tables.SCHEDULE, kept, name=kept.name)
            act.facts |= {
                "cron": kept.cron,
                "datasets": list(kept.datasets),
                "mails": len(kept.mails),
                "webhook": bool(kept.webhook),
                "notify": kept.notify.value,
            }
        return kept

    def remove(self, name: str) -> None:
        """Let the schedule of that name run no more.

        Raises:
            UnknownScheduleError: there is none.
        """
        with self._desk.act("schedule.remove", name) as act:
            gone = replace(_named(act.connection, name), is_removed=True)
            act.store(tables.SCHEDULE, gone, name=name)

    def schedule(self, name: str) -> Schedule:
        """The schedule of that name.

        Raises:
            UnknownScheduleError: there is none.
        """
        with self._desk.database.reading() as connection:
            return _named(connection, name)

    def next_run(self, schedule: Schedule) -> datetime | None:
        """When `schedule` is due next; a moment that was missed is due at once."""
        now = self._desk.clock()
        return due_at(schedule, now, _zone()) or next_after(schedule, now, _zone())

    def run_due(self) -> Iterator[Ran]:
        """Run what is due, and tell people. Another worker that asks meanwhile gets nothing.

        A schedule that cannot run, because its dataset is gone, say, holds up no other. Keys of
        requests whose time of keeping is over are destroyed first, the trail is verified once a
        day, and checkpoints of it go outside. All of it is the desk's own work: whoever starts
        it, it has the rights that it needs and no others.
        """
        desk = self._desk.by_itself()
        sweeping.sweep(desk)
        yield from Anchoring(desk).run_due()
        yield from Audits(desk)._run_schedules()

    def work(self, tell: Callable[[Ran], None]) -> None:
        """Run what is due until somebody stops the process; see `worker.work`."""
        worker.work(self._desk, self.run_due, tell)

    def worker_seen(self) -> datetime | None:
        """When a worker last looked for work, UTC; None: never."""
        return worker.last_seen(self._desk)

    def _run_schedules(self) -> Iterator[Ran]:
        for schedule in self.schedules():
            if self._claimed(schedule):
                yield self._ran(schedule)

    def _ran(self, schedule: Schedule) -> Ran:
        try:
            audit, sent = self.run_schedule(schedule)
        except ComplianceError as refusal:
            return self._failed(schedule, refusal, str(refusal))
        except _BREAKS as error:  # its words may hold a value of a cell
            return self._failed(schedule, error, "The audit broke off; run it by hand to see why.")
        return Ran(schedule=schedule.name, audit=audit, sent=sent)

    def _failed(self, schedule: Schedule, error: Exception, says: str) -> Ran:
        with self._desk.act("audit.fail", schedule.name) as act:
            act.facts["refusal"] = type(error).__name__
        return Ran(schedule=schedule.name, audit=None, sent=(), refusal=says)

    def run_schedule(self, schedule: Schedule) -> tuple[Audit, tuple[Sending, ...]]:
        """Audit as `schedule` says, now, and tell people.

        Raises:
            NothingToReportError, UnknownDatasetError: there is nothing to audit.
        """
        audit = self.run(schedule.datasets or None, schedule.name)
        if not is_worth_telling(audit, schedule.notify):
            return audit, ()
        with speaking(of_locale(self._desk.settings.language)):
            told = notice(audit)
        sent = notifying.send(told, schedule, self._desk.settings)
        if sent:
            with self._desk.act("audit.tell", audit.scope) as act:
                act.facts |= {"audit": audit.id, "told": [_told(one) for one in sent]}
        return audit, sent

    def _claimed(self, schedule: Schedule) -> bool:
        """Whether it is due, and this worker is the first to take it up."""
        if due_at(schedule, self._desk.clock(), _zone()) is None:
            return False
        with self._desk.act("schedule.claim", schedule.name) as act:
            now = records.latest(act.connection, tables.SCHEDULE, Schedule, name=schedule.name)
            slot = due_at(now, act.at, _zone()) if now and not now.is_removed else None
            act.facts["due"] = slot.isoformat() if slot else "taken up by another worker"
            if now is None or slot is None:
                return False
            act.store(tables.SCHEDULE, replace(now, claimed=slot), name=now.name)
        return True


def _told(sending: Sending) -> str:
    return f"{sending.way} to {sending.host}: {'sent' if sending.is_sent else sending.reason}"


def _zone() -> tzinfo:
    """The zone of this machine; the schedule's hours are its hours."""
    from tzlocal import get_localzone

    return get_localzone()


def _not_looked_at(connection: Connection, names: Sequence[str] | None) -> list[str]:
    wanted = [d for d in datasets.newest(connection) if names is None or d.name in names]
    return [str(d.name) for d in wanted if labels.latest(connection, d) is None]


def _findings(connection: Connection, at: datetime) -> dict[str, int]:
    """How many findings are on record, and how many of them are overdue."""
    found = records.newest_by(connection, tables.FINDING, Finding, "id").values()
    open_ = [finding for finding in found if finding.status is not Status.CLOSED]
    waived = [f for f in open_ if f.waiver and f.waiver.until >= at.date()]
    left = [finding for finding in open_ if finding not in waived]
    return {"open": len(left), "overdue": sum(finding.due < at.date() for finding in left)}


def _counts(assessment: Assessment) -> dict[State, int]:
    return {
        state: sum(verdict.state is state for verdict in assessment.verdicts) for state in State
    }


def _schedules(connection: Connection) -> tuple[Schedule, ...]:
    found = records.newest_by(connection, tables.SCHEDULE, Schedule, "name")
    return tuple(found[name] for name in sorted(found) if not found[name].is_removed)


def _named(connection: Connection, name: str) -> Schedule:
    found = {schedule.name: schedule for schedule in _schedules(connection)}
    if name not in found:
        raise UnknownScheduleError(name=name[:80], known=", ".join(found) or "none yet")
    return found[name]
