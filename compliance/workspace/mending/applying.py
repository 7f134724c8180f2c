"""A remedy applied: stored, tested again, and held against what was predicted. All or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack

from compliance.errors import RemedyError
from compliance.rules import remedies
from compliance.rules.nouns import Applied, Assessment, Effect, Finding, Remedy
from compliance.storage import tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import assessments, packs
from compliance.workspace.governing.knowing import known
from compliance.workspace.mending.seeing import Seen
from compliance.workspace.mending.trials import Trial

# What remedies are tried on and change; what is written of the act itself is not among it.
_STOOD_ON = ("organisation", "holdings", "register", "budgets", "impacts")


def applied(desk: Desk, finding: Finding, remedy: Remedy, trial: Trial, seen: Seen) -> Applied:
    """Store what a remedy makes, test every duty again, and keep both effects; one act.

    Raises:
        RemedyError: somebody changed what it was tried on; nothing is stored.
        ComplianceError: what is made does not pass its checks; nothing is stored.
    """
    trial.check()
    if trial.rows is not None:
        seen.rows(trial.rows[0].name)  # measured before there is a newer version
    new_file = None if trial.rows is None else trial.rows[0].sha256
    path = desk.datasets_folder / f"{new_file}.parquet"
    with ExitStack() as undo:
        if new_file is not None and not path.exists():
            undo.callback(path.unlink, missing_ok=True)
        with desk.act("remedy.apply", finding.id) as act:
            _check_unchanged(desk, act, seen)
            made = trial.store(act)
            found = assessments.within(desk, act, trail=trial.after.trail)
            done = Applied(
                id=f"remedied-{secrets.token_hex(6)}",
                finding=finding.id,
                remedy=remedy,
                actual=_actual(desk, act, found, trial, seen, made),
                made=made,
                applied_at=act.at,
                actor=act.actor,
            )
            act.store(tables.REMEDIED, done, finding=finding.id)
            act.facts |= _facts(finding, remedy, done, trial.facts)
        undo.pop_all()
    return done


def _check_unchanged(desk: Desk, act: Act, seen: Seen) -> None:
    """Refuse where what was tried would undo what somebody did meanwhile, or do something else.

    Raises:
        RemedyError: somebody did.
    """
    before = seen.ground.known
    now = known(desk, act.connection, before.at)
    is_same = packs.in_force(act.connection) == seen.ground.pack and all(
        getattr(now, part) == getattr(before, part) for part in _STOOD_ON
    )
    if not is_same:
        raise RemedyError(reason="something changed since; look at the remedies again")


def _actual(desk: Desk, act: Act, found: Assessment, trial: Trial, seen: Seen, made: str) -> Effect:
    """What came of it, measured on what is stored now."""
    if not made:
        return seen.changed(found, trial, None)
    stored = datasets.version(act.connection, made)
    discovery = labels.latest(act.connection, stored)
    return seen.changed(found, trial, (stored, desk.table(stored), discovery))


def _facts(
    finding: Finding, remedy: Remedy, done: Applied, facts: Mapping[str, object]
) -> dict[str, object]:
    """What the trail says of it: ids, kinds, columns and numbers only."""
    actual = done.actual
    return {
        "rule": finding.rule,
        "remedy": remedy.id,
        "kind": remedy.kind,
        "made": done.made,
        "turned": len(remedies.mended(actual)),
        "predicted_turned": len(remedies.mended(remedy.predicted)),
        "score_before": actual.score_before,
        "score_after": actual.score_after,
        **facts,
    }
