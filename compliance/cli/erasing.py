"""Erasing on the command line: what would go, that it went, and the certificates."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from datetime import date

from compliance.cli import persons
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.i18n import translate as _
from compliance.plain import ended, to_plain
from compliance.rights.nouns import Beyond, Cut, Erasure
from compliance.rights.requests import to_day
from compliance.workspace import Workspace
from compliance.workspace.anonymising.making import Step as Doing


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """`erasure`."""
    inner = group(kinds, "erasure", "erase people whose requests were decided, and prove it")
    planning = verb(inner, "plan", plan, "what would go and what cannot be undone; changes nothing")
    running = verb(inner, "run", run, "erase them everywhere, in one batch, and look again")
    for added in (planning, running):
        added.add_argument("request", nargs="+", help="requests to erase that were decided")
        persons.doubtful_mentions(added)
    running.add_argument(
        "--backups-until", metavar="DAY", help="until when backups still hold what was there"
    )
    verb(inner, "list", list_all, "all erasures, newest first")
    showing = verb(inner, "show", show, "the certificate of one erasure; it holds no personal data")
    showing.add_argument("erasure", help="which")


def plan(workspace: Workspace, asked: Namespace) -> Result:
    """What would go; counts and columns only."""
    found = workspace.rights.erasing.plan(asked.request, doubtful_mentions=asked.doubtful_mentions)
    return {
        "requests": list(found.requests),
        "datasets": [_cut(cut) for cut in found.cuts],
        "doubtful_mentions": found.doubtful,
        "undecided_mentions": dict(found.undecided),
        "beyond": [_beyond(one) for one in found.beyond],
        "typed_by_officers": [f"{one.kind} {one.id}" for one in found.typed],
    }


def run(workspace: Workspace, asked: Namespace) -> Result:
    """Erase; how far it is goes to standard error."""
    until = None if asked.backups_until is None else _day(asked.backups_until)
    steps = workspace.rights.erasing.erase(
        asked.request, until, doubtful_mentions=asked.doubtful_mentions
    )
    said = ""

    def tell(step: Doing) -> None:
        nonlocal said
        if step.doing != said:
            said = step.doing
            print(_(said), file=sys.stderr, flush=True)  # noqa: T201

    return _certificate(ended(steps, tell))


def list_all(workspace: Workspace, asked: Namespace) -> Result:  # noqa: ARG001 - as all verbs
    """All erasures."""
    return {"erasures": [_line(one) for one in workspace.rights.erasing.erasures()]}


def show(workspace: Workspace, asked: Namespace) -> Result:
    """One certificate."""
    return _certificate(workspace.rights.erasing.certificate(asked.erasure))


def _day(said: str) -> date:
    return to_day("The last day of backups", said)


def _line(found: Erasure) -> Result:
    return {
        "id": found.id,
        "stage": found.stage.value,
        "requests": len(found.requests),
        "begun_at": found.begun_at.isoformat(),
        "done_at": found.done_at.isoformat() if found.done_at else None,
        "left": found.left,
    }


def _certificate(found: Erasure) -> Result:
    destroyed = found.key_destroyed_at
    return {
        **_line(found),
        "requests": list(found.requests),
        "counts": dict(found.counts),
        "datasets": [
            {
                "id": one.dataset_id,
                "before": one.before,
                "after": one.after,
                "rows": one.rows,
                "removed": one.removed,
                "blanked": one.blanked,
                "kept": one.kept,
                "why_kept": one.why_kept,
            }
            for one in found.rewritings
        ],
        "rescanned": found.rescanned,
        "kept": found.kept,
        "commitments": list(found.commitments),
        "keys_destroyed_at": destroyed.isoformat() if destroyed else None,
        "beyond": [_beyond(one) for one in found.beyond],
        "typed_by_officers": [f"{one.kind} {one.id}" for one in found.typed],
    }


def _cut(cut: Cut) -> Result:
    return {
        "id": cut.dataset_id,
        "removed": len(cut.removed),
        "blanked": cut.blanked_rows,
        "kept": len(cut.kept),
        "why_kept": cut.why_kept,
    }


def _beyond(found: Beyond) -> Result:
    plain: Result = to_plain(found)
    return plain
