"""Audits that run by themselves, from the command line."""

from __future__ import annotations

import argparse
import shlex
import sys
from argparse import Namespace

from compliance.cli import results, typed, verbs
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.plain import to_plain
from compliance.rules.nouns.audit import EVERY, Audit, Difference, NotifyWhen, Ran, Schedule
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "schedule", "decide when audits run by themselves")
    kept = verb(inner, "keep", _keep, "let an audit run again and again")
    kept.add_argument("name", help="what the schedule is called")
    times = kept.add_mutually_exclusive_group(required=True)
    times.add_argument("--every", choices=list(EVERY), help="how often")
    times.add_argument("--cron", metavar="TIMES", help="as in crontab: “0 6 * * mon”")
    kept.add_argument(
        "--dataset", action="append", default=[], metavar="N", help="only this one; once for each"
    )
    kept.add_argument(
        "--mail", action="append", default=[], metavar="A", help="who is told; once for each"
    )
    kept.add_argument("--webhook", default="", metavar="URL", help="what is told")
    kept.add_argument(
        "--notify",
        choices=[when.value for when in NotifyWhen],
        default=NotifyWhen.CHANGED.value,
        help="when they are told; left out: when something changed",
    )
    verb(inner, "list", _list, "the schedules and when each is due")
    for name, does, help_ in (
        ("remove", _remove, "let a schedule run no more"),
        ("run", _run, "audit as a schedule says, now, and tell people"),
        ("cron", _cron, "a line for crontab that does the same without a worker"),
    ):
        verb(inner, name, does, help_).add_argument("name", help="the schedule")
    worker = verb(kinds, "worker", _worker, "run audits when they are due, until stopped")
    worker.add_argument("--once", action="store_true", help="run what is due now, and end")
    verb(kinds, "audits", _audits, "the audits made, and what each changed")


def audit(workspace: Workspace, asked: Namespace) -> Result:
    """Discover, assess and report in one unattended go, and say what changed."""
    path, names = typed.destination(asked.out, workspace.settings), verbs.names_of(asked)
    shape = verbs.format_of(path)
    made = workspace.governance.audits.run(names)
    built = next(report for report in workspace.reports() if report.sha256 == made.report)
    found = workspace.governance.duties.newest(names)
    assessed = results.assessment(found) if found else {}
    return verbs.written(workspace, built, path, shape) | assessed | {"audit": audit_line(made)}


def audit_line(audit: Audit) -> Result:
    """An audit with what changed since the one before."""
    return {
        "id": audit.id,
        "at": audit.at.isoformat(),
        "scope": audit.scope,
        "schedule": audit.schedule,
        "discovered": list(audit.discovered),
        "findings": {"open": audit.open, "overdue": audit.overdue},
        "difference": difference(audit.difference),
    }


def difference(found: Difference) -> Result:
    """What changed between two audits."""
    return {
        "score": {"before": found.score_before, "after": found.score_after},
        "opened": [to_plain(change) for change in found.opened],
        "closed": [to_plain(change) for change in found.closed],
        "turned": [to_plain(change) for change in found.turned],
    }


def _keep(workspace: Workspace, asked: Namespace) -> Result:
    audits = workspace.governance.audits
    kept = audits.keep(
        Schedule(
            name=asked.name,
            cron=EVERY[asked.every] if asked.cron is None else asked.cron,
            datasets=tuple(asked.dataset),
            mails=tuple(asked.mail),
            webhook=asked.webhook,
            notify=NotifyWhen(asked.notify),
            made_at=audits.now(),
        )
    )
    return _schedule(workspace, kept)


def _list(workspace: Workspace, _: Namespace) -> Result:
    found = workspace.governance.audits.schedules()
    return {"schedules": [_schedule(workspace, schedule) for schedule in found]}


def _remove(workspace: Workspace, asked: Namespace) -> Result:
    workspace.governance.audits.remove(asked.name)
    return {"removed": asked.name}


def _run(workspace: Workspace, asked: Namespace) -> Result:
    audits = workspace.governance.audits
    audit, sent = audits.run_schedule(audits.schedule(asked.name))
    return audit_line(audit) | {"told": [to_plain(one) for one in sent]}


def _cron(workspace: Workspace, asked: Namespace) -> Result:
    schedule = workspace.governance.audits.schedule(asked.name)
    home = str(workspace.settings.home)
    command = (sys.executable, "-m", "compliance", "--home", home, "schedule", "run", asked.name)
    return {"line": f"{schedule.cron} {shlex.join(command)}"}


def _worker(workspace: Workspace, asked: Namespace) -> Result:
    audits = workspace.governance.audits
    if asked.once:
        return {"ran": [_ran(ran) for ran in audits.run_due()]}
    audits.work(lambda ran: print(_told(ran), file=sys.stderr, flush=True))  # noqa: T201 - progress
    return {}


def _audits(workspace: Workspace, _: Namespace) -> Result:
    return {"audits": [audit_line(audit) for audit in workspace.governance.audits.every()]}


def _schedule(workspace: Workspace, schedule: Schedule) -> Result:
    due = workspace.governance.audits.next_run(schedule)
    return {
        "name": schedule.name,
        "cron": schedule.cron,
        "scope": ", ".join(schedule.datasets) or mark("everything"),
        "mails": len(schedule.mails),
        "webhook": bool(schedule.webhook),
        "notify": schedule.notify.value,
        "next": due.isoformat() if due else None,
    }


def _ran(ran: Ran) -> Result:
    said: Result = {"schedule": ran.schedule, "refusal": ran.refusal}
    if ran.audit is not None:
        said |= audit_line(ran.audit)
    return said | {"told": [to_plain(one) for one in ran.sent]}


def _told(ran: Ran) -> str:
    if ran.audit is None:
        problem = _(str(ran.refusal))
        return _("{schedule}: {problem}").format(schedule=ran.schedule, problem=problem)
    found = ran.audit.difference
    return _("{schedule}: {opened} opened, {closed} closed").format(
        schedule=ran.schedule, opened=len(found.opened), closed=len(found.closed)
    )
