"""Findings and remedies, from the command line."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from datetime import date

from compliance.cli import typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import FindingError, RemedyError
from compliance.i18n import translate as _
from compliance.plain import ended, to_plain
from compliance.rules import remedies as tried
from compliance.rules.nouns import Applied, Effect, Finding, Remedy, Status
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "finding", "what is not met, and who mends it")
    listed = verb(inner, "list", list_, "list all findings on record")
    listed.add_argument(
        "--status", choices=[str(one) for one in Status], help="only those; left out: all"
    )
    _of_finding(verb(inner, "show", show, "show one finding with its history"))
    assign = _of_finding(verb(inner, "assign", assign_, "give a finding to somebody"))
    assign.add_argument("owner", help="who mends it")
    due = _of_finding(verb(inner, "due", due_, "say by when a finding is to be mended"))
    due.add_argument("day", help="a date such as 2027-01-31")
    comment = _of_finding(verb(inner, "comment", comment_, "say something about a finding"))
    comment.add_argument("text", help="what; it stays inside the desk")
    _of_finding(verb(inner, "start", start, "say that somebody works on a finding"))
    waive = _of_finding(verb(inner, "waive", waive_, "leave a duty unmet for a time"))
    waive.add_argument("--why", help="the reason")
    waive.add_argument("--until", metavar="DAY", help="the last day, within a year")
    waive.add_argument("--end", action="store_true", help="take the waiver back instead")
    _of_finding(verb(kinds, "remedies", remedies, "what would mend a finding; nothing is changed"))
    apply = verb(
        group(kinds, "remedy", "apply a remedy"), "apply", apply_, "apply a remedy, and test again"
    )
    _of_finding(apply)
    apply.add_argument("remedy", help="its id, as `remedies` says")
    apply.add_argument(
        "--set",
        dest="answers",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="what the remedy asks; once for each",
    )


def list_(workspace: Workspace, asked: Namespace) -> Result:
    """All findings, or those of one status, a line each."""
    statuses = [Status(asked.status)] if asked.status else []
    found = workspace.governance.mending.findings(statuses)
    return {"findings": [_line(workspace, finding) for finding in found]}


def show(workspace: Workspace, asked: Namespace) -> Result:
    """One finding, whole."""
    return _whole(workspace, workspace.governance.mending.finding(asked.finding))


def assign_(workspace: Workspace, asked: Namespace) -> Result:
    """Give a finding to somebody."""
    return _whole(workspace, workspace.governance.mending.assign(asked.finding, asked.owner))


def due_(workspace: Workspace, asked: Namespace) -> Result:
    """Say by when a finding is to be mended."""
    day = _day(asked.finding, asked.day)
    return _whole(workspace, workspace.governance.mending.set_due(asked.finding, day))


def comment_(workspace: Workspace, asked: Namespace) -> Result:
    """Say something about a finding."""
    return _whole(workspace, workspace.governance.mending.comment(asked.finding, asked.text))


def start(workspace: Workspace, asked: Namespace) -> Result:
    """Say that somebody works on a finding."""
    return _whole(workspace, workspace.governance.mending.start(asked.finding))


def waive_(workspace: Workspace, asked: Namespace) -> Result:
    """Leave a duty unmet for a time, or take that back."""
    mending = workspace.governance.mending
    if asked.end:
        return _whole(workspace, mending.unwaive(asked.finding))
    if asked.why is None or asked.until is None:
        mending.finding(asked.finding)
        raise FindingError(finding=asked.finding[:40], reason="a waiver needs --why and --until")
    until = _day(asked.finding, asked.until)
    return _whole(workspace, mending.waive(asked.finding, asked.why, until))


def remedies(workspace: Workspace, asked: Namespace) -> Result:
    """Every remedy of a finding with what it would change, best first."""
    finding = workspace.governance.mending.finding(asked.finding)
    found = ended(
        workspace.governance.mending.trying(finding.id),
        lambda step: sys.stderr.write(f"{_(step.doing)}\n"),
    )
    return {"remedies": [_remedy(remedy, finding) for remedy in found]}


def apply_(workspace: Workspace, asked: Namespace) -> Result:
    """Apply a remedy; what was predicted stands beside what came of it."""
    answers = typed.once(_answer(text) for text in asked.answers)
    return applied(workspace.governance.mending.apply(asked.finding, asked.remedy, answers))


def applied(done: Applied) -> Result:
    """A remedy that was applied."""
    return {
        "id": done.id,
        "finding": done.finding,
        "remedy": done.remedy.id,
        "made": done.made or None,
        "predicted": effect(done.remedy.predicted),
        "actual": effect(done.actual),
        "at": done.applied_at.isoformat(),
    }


def effect(found: Effect) -> Result:
    """What a remedy changes: verdicts that turn, risk, and what is lost."""
    return {
        "verdicts": [
            {
                "rule": turn.rule,
                "subject": turn.subject,
                "before": str(turn.before),
                "after": str(turn.after),
            }
            for turn in found.turns
        ],
        "score": {"before": found.score_before, "after": found.score_after},
        "risk": {"before": to_plain(found.risk_before), "after": to_plain(found.risk_after)},
        "utility": {"kept": found.kept, "lost": dict(found.lost)},
    }


def _of_finding(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
    added.add_argument("finding", help="its id, as `finding list` says")
    return added


def _remedy(remedy: Remedy, finding: Finding) -> Result:
    return {
        "id": remedy.id,
        "what": remedy.what,
        "kind": str(remedy.kind),
        "ends_it": tried.ends(remedy.predicted, finding),
        "can_apply": remedy.can_apply,
        "asks": dict(remedy.asks),
        "reasons": list(remedy.reasons),
        "predicted": effect(remedy.predicted),
    }


def _line(workspace: Workspace, finding: Finding) -> Result:
    mending = workspace.governance.mending
    return {
        "id": finding.id,
        "title": finding.title,
        "subject": finding.subject,
        "severity": str(finding.severity),
        "status": str(finding.status),
        "owner": finding.owner or None,
        "due": finding.due.isoformat(),
        "overdue": mending.is_overdue(finding),
        "waived": mending.is_waived(finding),
    }


def _whole(workspace: Workspace, finding: Finding) -> Result:
    waiver = finding.waiver
    return {
        **_line(workspace, finding),
        "rule": finding.rule,
        "evidence": finding.evidence,
        "opened_at": finding.opened_at.isoformat(),
        "closed_at": finding.closed_at and finding.closed_at.isoformat(),
        "waiver": waiver and {"by": waiver.by, "why": waiver.why, "until": str(waiver.until)},
        "history": [
            {"at": note.at.isoformat(), "by": note.by, "text": note.text}
            for note in finding.history
        ],
    }


def _day(finding: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        reason = "a day is written as in 2027-01-31"
        raise FindingError(finding=finding[:40], reason=reason) from None


def _answer(text: str) -> tuple[str, str]:
    field, sign, value = text.partition("=")
    if not sign:
        raise RemedyError(reason="an answer is written as FIELD=VALUE")
    return field.strip(), value.strip()
