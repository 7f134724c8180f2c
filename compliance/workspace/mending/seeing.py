"""What is known before a remedy is tried, and what a trial would change of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery
from compliance.errors import ComplianceError, UnsaidError
from compliance.rules import judge, remedies
from compliance.rules.nouns import (
    Answer,
    Assessment,
    Effect,
    Finding,
    Knowledge,
    LawId,
    Remedy,
    Risk,
    Verdict,
)
from compliance.rules.residency import whereabouts
from compliance.workspace.anonymising.making import Step
from compliance.workspace.mending import kinds as mending_kinds
from compliance.workspace.mending import measures
from compliance.workspace.mending.generalising import Coarser
from compliance.workspace.mending.ideas import Idea, by_hand, ideas
from compliance.workspace.mending.trials import Ground, Trial
from compliance.workspace.recent import Recent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """A dataset before a remedy.

    Attributes:
        dataset, table: the version and its rows.
        quasi: the columns by which people in it are looked for.
        risk: as the rows stand.
    """

    dataset: Dataset
    table: Table
    quasi: tuple[ColumnName, ...]
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What is known before, and what rules and measures say of it.

    Attributes:
        ground: what remedies are tried on.
        assessment: of it.
    """

    ground: Ground
    assessment: Assessment
    _rows: dict[str, Rows] = field(default_factory=dict)

    def rows(self, name: str) -> Rows:
        """Dataset `name` as it stands, measured when first asked for."""
        if name not in self._rows:
            holding = self.ground.holding(name)
            table = self.ground.desk.table(holding.dataset)
            quasi = measures.pointing(holding.discovery)
            risk = measures.risk_of(table, holding.dataset, holding.discovery, quasi)
            self._rows[name] = Rows(dataset=holding.dataset, table=table, quasi=quasi, risk=risk)
        return self._rows[name]

    def changed(
        self,
        after: Assessment,
        trial: Trial,
        rows: tuple[Dataset, Table, Discovery | None] | None,
    ) -> Effect:
        """What is otherwise: of the verdicts, and of the rows where they changed."""
        if rows is None:
            return remedies.effect(self.assessment, after, lost=trial.lost)
        dataset, table, found = rows
        before = self.rows(dataset.name)
        lost = measures.lost_between(before.dataset, before.table, dataset, table)
        return remedies.effect(
            self.assessment,
            after,
            risk_before=before.risk,
            risk_after=measures.risk_of(table, dataset, found, before.quasi),
            lost={**lost, **trial.lost},
            kept=measures.kept_of(before.dataset, dataset, trial.detail),
        )


def seen(ground: Ground) -> Seen:
    """What is known before a remedy, and what the rules say of it."""
    return Seen(ground=ground, assessment=judge(ground.pack, ground.known))


def every_idea(before: Seen, finding: Finding) -> tuple[Idea, ...]:
    """All that could be tried about a finding; nothing where its rule is no longer in force."""
    rule = before.ground.pack.rule(finding.rule)
    if rule is None:
        return ()
    return ideas(before.ground.known, finding, rule, verdict_of(before, finding))


def predicted(before: Seen, trial: Trial) -> Effect:
    """What a trial would change."""
    return before.changed(judge(before.ground.pack, trial.after), trial, trial.rows)


def tried_all(
    before: Seen, finding: Finding, bench: Recent[Coarser]
) -> Generator[Step, None, tuple[Remedy, ...]]:
    """Every remedy of a finding, tried one after the other, ranked with reasons."""
    found = []
    every = every_idea(before, finding)
    for number, idea in enumerate(every):
        yield Step(doing=idea.what, share=number / len(every))
        found.append((yield from _tried(before, finding, idea, bench)))
    verdict = verdict_of(before, finding)
    if verdict is not None and not any(remedies.ends(r.predicted, finding) for r in found):
        found.append(_by_hand(before, finding, verdict))
    return remedies.ranked(found, finding, before.assessment)


def verdict_of(before: Seen, finding: Finding) -> Verdict | None:
    """What the rules say of it now; None where they no longer look at its subject."""
    return next((v for v in before.assessment.verdicts if v.key == finding.key), None)


def _by_hand(before: Seen, finding: Finding, verdict: Verdict) -> Remedy:
    idea = by_hand(finding, verdict)
    return remedy_of(idea, nothing(before), "what it would change was not measured")


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


def _tried(
    before: Seen, finding: Finding, idea: Idea, bench: Recent[Coarser]
) -> Generator[Step, None, Remedy]:
    try:
        trial = yield from mending_kinds.tried(before.ground, idea, {}, bench)
    except UnsaidError as unsaid:
        return remedy_of(idea, nothing(before), f"what it would change is not measured: {unsaid}")
    except ComplianceError as refusal:
        said = f"{remedies.REFUSED}: {refusal.facts.get('reason', refusal)}"
        return remedy_of(idea, nothing(before), said, can_apply=False)
    reasons = [*trial.reasons, *_of_movement(before, trial, finding)]
    return remedy_of(idea, predicted(before, trial), *reasons)


def _of_movement(before: Seen, trial: Trial, finding: Finding) -> Iterator[str]:
    """What the laws would say of a transfer, where they would say something else than now."""
    if finding.entity != "transfer":
        return
    old, new = (_answers(known, finding) for known in (before.ground.known, trial.after))
    laws = before.ground.pack.laws
    for law, answer in old.items():
        if new.get(law, Answer.FREE) is not answer:
            name = laws[law].short if law in laws else law
            yield f"{name}: “{answer}” becomes “{new.get(law, Answer.FREE)}”"


def _answers(known: Knowledge, finding: Finding) -> dict[LawId, Answer]:
    found = whereabouts(known).flows
    judged = next((said for flow, said in found if flow.id == finding.subject_id), ())
    return {one.law: one.answer for one in judged}
