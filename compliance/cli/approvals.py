"""Approvals by a second person, from the command line.

Whoever types is the machine's operator and may be anybody: they may ask, and then two others
approve; they are nobody's second person.
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from decimal import Decimal, InvalidOperation

from compliance.access.nouns import Approval, FourEyes, Matter, Sought
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import ApprovalError, ApprovalNeededError
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs under `approval`."""
    inner = group(kinds, "approval", "what a second person must approve, and who did")
    requiring = verb(inner, "require", require, "show or decide what needs a second person")
    requiring.add_argument("--epsilon", metavar="E", help="whatever spends more than that ε")
    requiring.add_argument("--erasure", action="store_true", help="erasing people")
    requiring.add_argument("--transfer", action="store_true", help="data that go abroad")
    requiring.add_argument("--nothing", action="store_true", help="nothing any more")
    requiring.add_argument(
        "--days",
        type=int,
        metavar="N",
        help="how long an approval may be used, and small spends are added up; else as it is",
    )
    verb(inner, "list", list_approvals, "what was asked for, newest first")
    deciding = verb(inner, "decide", decide, "approve or decline what somebody else asked for")
    deciding.add_argument("id", help="the approval")
    said = deciding.add_mutually_exclusive_group(required=True)
    said.add_argument("--approve", action="store_true", help="it may be done")
    said.add_argument("--decline", action="store_true", help="it may not")
    deciding.add_argument("--remark", default="", help="why")
    verb(inner, "withdraw", withdraw, "take back what you asked for").add_argument(
        "id", help="the approval"
    )


def ask(workspace: Workspace, needed: ApprovalNeededError, why: str) -> Result:
    """Ask others to approve what was refused for want of that.

    Raises:
        ApprovalNeededError: the same again, where nobody said what would be done.
        ApprovalError: it is asked already.
    """
    sought = needed.facts.get("sought")
    if not isinstance(sought, Sought):
        raise needed
    return {"asked": True, **_line(workspace.access.approving.ask(sought, why))}


def require(workspace: Workspace, asked: Namespace) -> Result:
    """Show what needs a second person, or decide it; what is not named needs none."""
    approving = workspace.access.approving
    before = approving.required()
    named = {Matter.ERASURE: asked.erasure, Matter.TRANSFER: asked.transfer}
    matters = frozenset(matter for matter, is_named in named.items() if is_named)
    if asked.epsilon is None and not matters and not asked.nothing and asked.days is None:
        return _required(before)
    if asked.nothing and (matters or asked.epsilon is not None):
        raise ApprovalError(reason="it is nothing, or something; name one of them")
    is_kept = asked.epsilon is None and not matters and not asked.nothing  # only the days change
    wanted = FourEyes(
        epsilon=before.epsilon if is_kept else _epsilon(asked.epsilon),
        matters=before.matters if is_kept else matters,
        days=before.days if asked.days is None else asked.days,
    )
    return _required(approving.require(wanted))


def list_approvals(workspace: Workspace, _: Namespace) -> Result:
    """All that was asked for."""
    approving = workspace.access.approving
    return {
        "approvals": [_line(one) for one in approving.approvals()],
        "entries_without": list(approving.unapproved()),
    }


def decide(workspace: Workspace, asked: Namespace) -> Result:
    """Say whether somebody else may do what they asked for."""
    approving = workspace.access.approving
    return _line(approving.decide(asked.id, is_approved=asked.approve, remark=asked.remark))


def withdraw(workspace: Workspace, asked: Namespace) -> Result:
    """Take back what was asked for."""
    return _line(workspace.access.approving.withdraw(asked.id))


def _epsilon(typed: str | None) -> Decimal | None:
    if typed is None:
        return None
    try:
        return Decimal(typed[:20])
    except InvalidOperation:
        raise ApprovalError(reason="the ε is a number from 0 on, such as 1 or 0.5") from None


def _required(found: FourEyes) -> Result:
    return {
        "epsilon": None if found.epsilon is None else f"{found.epsilon.normalize():f}",
        "erasure": Matter.ERASURE in found.matters,
        "transfer": Matter.TRANSFER in found.matters,
        "days": found.days,
        "by": found.by or None,
    }


def _line(one: Approval) -> Result:
    return {
        "id": one.id,
        "stands": str(one.stand),
        "what": one.what,
        "why": one.why,
        "asked_by": one.asked_by,
        "asked_at": f"{one.asked_at:%Y-%m-%dT%H:%M:%SZ}",
        "approved_by": list(one.approved_by),
        "still_needed": max(0, one.needed - len(one.approved_by)) if one.stand == "asked" else 0,
    }
