"""Requests and holds, from the command line: what is done."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Generator
from datetime import date

from compliance.cli import persons, typed
from compliance.cli.results import Result
from compliance.errors import (
    CannotWriteError,
    FileMissingError,
    RequestFileError,
    RequestInputError,
    RequestStepError,
)
from compliance.i18n import translate as _
from compliance.plain import ended, to_plain
from compliance.register import Shape
from compliance.rights.nouns import Erasure, IdentityLevel, Outcome, Rejection, Request, Right
from compliance.rights.requests import (
    log_row,
    possible,
    provision_of,
    provisions,
    to_day,
    to_right,
)
from compliance.rules.nouns import Due
from compliance.settings import MAX_FILE_BYTES
from compliance.workspace import Workspace
from compliance.workspace.anonymising.making import Step as Doing
from compliance.workspace.requesting.clocks import Clocked
from compliance.workspace.requesting.requests import Requesting
from compliance.workspace.requesting.steps import Steps


def open_one(workspace: Workspace, asked: Namespace) -> Result:
    """Take in a request."""
    found = _area(workspace).open(
        asked.law.upper(),
        to_right(asked.right),
        _day(asked.received) or workspace.governance.audits.now().date(),
        persons.given(asked),
        channel=asked.channel,
        country=asked.country.upper(),
        purpose=asked.purpose,
    )
    return _shown(workspace, found)


def import_file(workspace: Workspace, asked: Namespace) -> Result:
    """Take in all requests of a file."""
    try:
        if not asked.file.is_file() or asked.file.stat().st_size > MAX_FILE_BYTES:
            raise FileMissingError(name=asked.file.name)
        data = asked.file.read_bytes()
    except (OSError, ValueError):
        raise FileMissingError(name=asked.file.name) from None
    found = _area(workspace).import_(data, asked.file.name)
    return {
        "opened": len(found),
        "requests": [
            {"id": one.id, "law": one.law, "right": one.right.value, "same_as": one.same_as}
            for one in found
        ],
    }


def take_signal(workspace: Workspace, asked: Namespace) -> Result:
    """Take in a browser's signal."""
    found = _area(workspace).open_signal(persons.given(asked), _day(asked.received))
    return _shown(workspace, found)


def show_rights(workspace: Workspace, asked: Namespace) -> Result:
    """The rights that laws give."""
    laws = [asked.law.upper()] if asked.law else list(_area(workspace).laws())
    found = [(law, right) for law in laws for right in provisions().get(law, Right)]
    return {"rights": [_right(law, right) for law, right in found]}


def list_requests(workspace: Workspace, asked: Namespace) -> Result:
    """What is due, or everything."""
    area = _area(workspace)
    return {"requests": [_line(one) for one in (area.requests() if asked.all else area.board())]}


def show(workspace: Workspace, asked: Namespace) -> Result:
    """One request, whole."""
    return _whole(workspace, _area(workspace).find(asked.id))


def show_statistics(workspace: Workspace, asked: Namespace) -> Result:
    """The numbers of a period."""
    since, until = _period(workspace, asked)
    found = _area(workspace).statistics(since, until)
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "received": found.received,
        "by_law": dict(found.by_law),
        "by_right": dict(found.by_right),
        "by_outcome": dict(found.by_outcome),
        "median_days": found.median_days,
        "share_in_time": found.share_in_time,
        "unmatched_signals": found.signals,
    }


def write_log(workspace: Workspace, asked: Namespace) -> Result:
    """The log, to a file."""
    ending = asked.out.suffix.lower().removeprefix(".")
    if ending not in list(Shape):
        problems = "Its name ends neither in .csv nor in .json."
        raise RequestFileError(name=asked.out.name, problems=problems)
    path = typed.destination(asked.out, workspace.settings)
    since, until = _period(workspace, asked)
    data = _area(workspace).log(Shape(ending), since, until)
    typed.write(path, data)
    return {"path": str(path), "bytes": len(data)}


def confirm(workspace: Workspace, asked: Namespace) -> Result:
    """Note that receipt was confirmed."""
    return _stepped(workspace, lambda steps: steps.confirm(asked.id, _day(asked.on)))


def ask_identity(workspace: Workspace, asked: Namespace) -> Result:
    """Ask for more proof."""
    return _stepped(workspace, lambda steps: steps.ask_identity(asked.id, asked.doubt))


def reject_proof(workspace: Workspace, asked: Namespace) -> Result:
    """Note that a proof was not taken."""
    level, why = IdentityLevel[asked.level.upper()], Rejection[asked.why.upper()]
    return _stepped(workspace, lambda steps: steps.reject_proof(asked.id, level, why))


def identify(workspace: Workspace, asked: Namespace) -> Result:
    """Note how it was checked who asks."""
    level = IdentityLevel[asked.level.upper()]
    return _stepped(
        workspace,
        lambda steps: steps.identify(asked.id, level, asked.checked, agent=asked.agent),
    )


def extend(workspace: Workspace, asked: Namespace) -> Result:
    """Take a longer time."""
    told = _day(asked.told_on)
    return _stepped(workspace, lambda steps: steps.extend(asked.id, asked.reason, told))


def pause(workspace: Workspace, asked: Namespace) -> Result:
    """Let the clock stand still."""
    since = _day(asked.since)
    return _stepped(workspace, lambda steps: steps.pause(asked.id, asked.reason, since))


def resume(workspace: Workspace, asked: Namespace) -> Result:
    """Let the clock go on."""
    return _stepped(workspace, lambda steps: steps.resume(asked.id, _day(asked.until)))


def search(workspace: Workspace, asked: Namespace) -> Result:
    """Look for the person."""
    return _stepped(workspace, lambda steps: steps.search(asked.id))


def decide(workspace: Workspace, asked: Namespace) -> Result:
    """Decide."""
    kept = dict(_kept(said) for said in asked.keep)
    outcome = Outcome[asked.outcome.upper()]
    return _stepped(
        workspace,
        lambda steps: steps.decide(
            asked.id, outcome, ground=asked.ground, reason=asked.reason, kept=kept
        ),
    )


def carry_out(workspace: Workspace, asked: Namespace) -> Result:
    """Do what was decided, on the data; of a review or a complaint note what people did."""
    request = _area(workspace).find(asked.id).request
    fulfilling = workspace.rights.fulfilling
    match request.right:
        case Right.ACCESS | Right.PORTABILITY:
            return _package(workspace, asked)
        case Right.ERASURE:
            return erase(workspace, Namespace(**{**vars(asked), "ids": [asked.id], "plan": False}))
        case Right.RESTRICTION:
            return _shown(workspace, fulfilling.restrict(asked.id))
        case Right.OBJECTION:
            return _shown(workspace, fulfilling.object_to(asked.id))
        case Right.OPT_OUT:
            return _shown(workspace, fulfilling.opt_out(asked.id))
        case Right.RECTIFICATION:
            reason = "what is right is given with: request rectify"
            raise RequestStepError(request=request.id, wanted="carried out so", reason=reason)
        case _:
            return _stepped(workspace, lambda steps: steps.carry_out(asked.id, asked.done))


def _package(workspace: Workspace, asked: Namespace) -> Result:
    if asked.out is None:
        problem = "is written to a folder; name it with --out"
        raise RequestInputError(field="The package", problem=problem)
    if not asked.out.is_dir():
        raise CannotWriteError(name=asked.out.name, reason="there is no such folder")
    path = typed.destination(asked.out / f"{asked.id}.zip", workspace.settings)
    handed = workspace.rights.fulfilling.package(asked.id)
    typed.write(path, handed.data)
    shown = _whole(workspace, _area(workspace).find(asked.id))
    return {**shown, "path": str(path), "rows": handed.rows, "left_out": handed.withheld}


def erase(workspace: Workspace, asked: Namespace) -> Result:
    """Erase the people of these requests everywhere, or say what would be done."""
    erasing = workspace.rights.erasing
    if asked.plan:
        plan = erasing.plan(asked.ids, doubtful_mentions=asked.doubtful_mentions)
        return {
            "requests": list(plan.requests),
            "versions": [
                {
                    "dataset": cut.dataset_id,
                    "rows_removed": len(cut.removed),
                    "rows_blanked": cut.blanked_rows,
                    "rows_kept": len(cut.kept),
                    "why_kept": cut.why_kept or None,
                }
                for cut in plan.cuts
            ],
            "beyond": [dict(to_plain(one)) for one in plan.beyond],
            "doubtful": plan.doubtful,
            "undecided": dict(plan.undecided),
        }
    until, takes = _day(asked.backups_until), asked.doubtful_mentions
    done = _ended(erasing.erase(asked.ids, until, doubtful_mentions=takes))
    return {
        "id": done.id,
        "requests": list(done.requests),
        "stage": str(done.stage),
        "versions": len(done.rewritings),
        "rescanned": done.rescanned,
        "left": done.left,
        "kept": done.kept,
        "beyond": [dict(to_plain(one)) for one in done.beyond],
    }


def answer(workspace: Workspace, asked: Namespace) -> Result:
    """Note that the answer left."""
    on = _day(asked.on)
    return _stepped(workspace, lambda steps: steps.answer(asked.id, on, told=asked.told))


def appeal(workspace: Workspace, asked: Namespace) -> Result:
    """Note an appeal."""
    return _stepped(workspace, lambda steps: steps.appeal(asked.id, _day(asked.on)))


def answer_appeal(workspace: Workspace, asked: Namespace) -> Result:
    """Note the answer to an appeal."""
    on, granted = _day(asked.on), asked.outcome == "granted"
    return _stepped(workspace, lambda steps: steps.answer_appeal(asked.id, on, is_granted=granted))


def withdraw(workspace: Workspace, asked: Namespace) -> Result:
    """Note that it was taken back."""
    return _stepped(workspace, lambda steps: steps.withdraw(asked.id))


def close(workspace: Workspace, asked: Namespace) -> Result:
    """Close it."""
    return _stepped(workspace, lambda steps: steps.close(asked.id))


def _ended(steps: Generator[Doing, None, Erasure]) -> Erasure:
    """What an erasure comes to; how far it is goes to standard error."""
    return ended(steps, lambda step: sys.stderr.write(f"{_(step.doing)}\n"))


def _area(workspace: Workspace) -> Requesting:
    return workspace.rights.requests


def _stepped(workspace: Workspace, does: Callable[[Steps], Request]) -> Result:
    return _shown(workspace, does(_area(workspace).steps))


def _shown(workspace: Workspace, request: Request) -> Result:
    return _whole(workspace, _area(workspace).find(request.id))


def _line(found: Clocked) -> Result:
    request = found.request
    return {
        "id": request.id,
        "law": request.law,
        "right": request.right.value,
        "received_on": request.received_on.isoformat(),
        "step": request.step.value,
        "next": found.next.name.lower() if found.next else None,
        "clock": found.due.state.value if found.due else None,
        "due_on": _last_day(found.due),
        "days_left": found.days_left,
        "share_used": found.share,
        "alert": found.alert,
    }


def _whole(workspace: Workspace, found: Clocked) -> Result:
    request = found.request
    until = _area(workspace).sweeping.until(request)
    return {
        **_line(found),
        **log_row(request, found.due),
        "rule": found.rule or None,
        "clock_is_own": found.is_own,
        "confirm_by": _last_day(found.confirm),
        "notify_extension_by": _last_day(found.due, "notify_by"),
        "possible": [action.name.lower() for action in possible(request)],
        "found": dict(request.found),
        "readable_until": until.isoformat() if until else None,
        "doubts": dict(request.doubts),
        "mentions": dict(request.mentions),
        "held": _area(workspace).held(request.id),
        "rejected_proofs": [one.why.value for one in request.rejected],
        "history": [
            {
                "at": f"{event.at:%Y-%m-%dT%H:%M:%SZ}",
                "by": event.by,
                "what": event.what,
                "step": event.step.value,
            }
            for event in request.history
        ],
    }


def _right(law: str, right: Right) -> Result:
    found = provision_of(law, right)
    return {
        "law": law,
        "right": right.name.lower(),
        "called": found.title,
        "article": found.article,
        "clock": found.clock or None,
        "own_clock_days": found.target.base.days if found.target else None,
        "identity": found.level.name.lower(),
        "refusals": {id_: f"{one.words} ({one.article})" for id_, one in found.refusals.items()},
        "grounds": {id_: f"{one.words} ({one.article})" for id_, one in found.grounds.items()},
        "exceptions": {
            id_: f"{one.words} ({one.article})" for id_, one in found.exceptions.items()
        },
        "a_refusal_tells": {id_: one.words for id_, one in found.tells.items()},
    }


def _last_day(clock: Due | None, of: str = "effective") -> str | None:
    end = getattr(clock, of) if clock else None
    return None if end is None else str(end.date().isoformat())


def _period(workspace: Workspace, asked: Namespace) -> tuple[date, date]:
    today = workspace.governance.audits.now().date()
    until = _day(asked.until) or today
    return _day(asked.since) or _area(workspace).log_begins(today), until


def _day(said: str | None) -> date | None:
    return None if said is None else to_day("A day", said)


def _kept(said: str) -> tuple[str, str]:
    """The dataset and the exception of `DATASET=EXCEPTION`."""
    name, sign, exception = said.rpartition("=")
    if not sign or not name.strip():
        raise RequestInputError(field="What is kept", problem="is given as DATASET=EXCEPTION")
    return name.strip(), exception.strip()
