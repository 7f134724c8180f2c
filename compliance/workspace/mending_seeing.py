"""What is known before a remedy is tried, and what a trial would change of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.errors import ComplianceError, UnsaidError
from compliance.rules import judge, remedies
from compliance.rules.nouns import Assessment, Effect, Finding, Remedy, Risk
from compliance.workspace import mending_kinds, mending_measures
from compliance.workspace.making import Step
from compliance.workspace.mending_generalising import Coarser
from compliance.workspace.mending_ideas import Idea, ideas
from compliance.workspace.mending_trials import Ground, Trial
from compliance.workspace.recent import Recent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What is known before, and what rules and measures say of it.

    Attributes:
        ground: what remedies are tried on.
        assessment: of it.
        dataset, table: what the finding is about, where it is about one.
        quasi: the columns by which people in it are looked for.
        risk: as the rows stand.
    """

    ground: Ground
    assessment: Assessment
    dataset: Dataset | None = None
    table: Table | None = None
    quasi: tuple[ColumnName, ...] = ()
    risk: Risk | None = None


def seen(ground: Ground, name: str) -> Seen:
    """What is known before a remedy for a finding on `name`, a dataset or something else."""
    assessment = judge(ground.pack, ground.known)
    holding = next((h for h in ground.known.holdings if h.dataset.name == name), None)
    if holding is None:
        return Seen(ground=ground, assessment=assessment)
    table = ground.desk.table(holding.dataset)
    quasi = mending_measures.pointing(holding.discovery)
    return Seen(
        ground=ground,
        assessment=assessment,
        dataset=holding.dataset,
        table=table,
        quasi=quasi,
        risk=mending_measures.risk_of(table, holding.dataset, holding.discovery, quasi),
    )


def every_idea(before: Seen, finding: Finding) -> tuple[Idea, ...]:
    """All that could be tried about a finding; nothing where its rule is no longer in force."""
    rule = before.ground.pack.rule(finding.rule)
    if rule is None:
        return ()
    verdict = next((v for v in before.assessment.verdicts if v.key == finding.key), None)
    return ideas(before.ground.known, finding, rule, verdict)


def predicted(before: Seen, trial: Trial) -> Effect:
    """What a trial would change."""
    after = judge(before.ground.pack, trial.after)
    if trial.rows is None or before.dataset is None or before.table is None:
        return remedies.effect(before.assessment, after, lost=trial.lost)
    dataset, table, discovery = trial.rows
    return remedies.effect(
        before.assessment,
        after,
        risk_before=before.risk,
        risk_after=mending_measures.risk_of(table, dataset, discovery, before.quasi),
        lost={
            **mending_measures.lost_between(before.dataset, before.table, dataset, table),
            **trial.lost,
        },
        kept=mending_measures.kept_of(before.dataset, dataset, trial.detail),
    )


def tried_all(
    before: Seen, finding: Finding, bench: Recent[Coarser]
) -> Generator[Step, None, tuple[Remedy, ...]]:
    """Every remedy of a finding, tried one after the other, ranked with reasons."""
    found = []
    every = every_idea(before, finding)
    for number, idea in enumerate(every):
        yield Step(doing=idea.what, share=number / len(every))
        found.append((yield from _tried(before, idea, bench)))
    return remedies.ranked(found, finding, before.assessment)


def remedy_of(idea: Idea, effect: Effect, *reasons: str, can_apply: bool = True) -> Remedy:
    """An idea with what it would change."""
    return Remedy(
        id=idea.id,
        kind=idea.kind,
        what=idea.what,
        target=idea.target,
        parameters=idea.parameters,
        asks=idea.asks,
        predicted=effect,
        reasons=reasons,
        can_apply=idea.can_apply and can_apply,
        page=idea.page,
    )


def explained(remedy: Remedy, finding: Finding, before: Seen) -> Remedy:
    """The remedy with its reasons."""
    (found,) = remedies.ranked([remedy], finding, before.assessment)
    return found


def nothing(before: Seen) -> Effect:
    """The effect of what was not tried."""
    return remedies.effect(before.assessment, before.assessment)


def _tried(before: Seen, idea: Idea, bench: Recent[Coarser]) -> Generator[Step, None, Remedy]:
    if not idea.can_apply:
        return remedy_of(idea, nothing(before), "what it would change was not measured")
    try:
        trial = yield from mending_kinds.tried(before.ground, idea, {}, bench)
    except UnsaidError as unsaid:
        return remedy_of(idea, nothing(before), f"what it would change is not measured: {unsaid}")
    except ComplianceError as refusal:
        said = f"cannot be applied as things stand: {refusal}"
        return remedy_of(idea, nothing(before), said, can_apply=False)
    return remedy_of(idea, predicted(before, trial), *trial.reasons)
