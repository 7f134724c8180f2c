"""What was asked of an anonymisation, how it was done, and whether nothing better was possible."""

from __future__ import annotations

from compliance.anonymise.nouns.hierarchy import Build
from compliance.anonymise.nouns.plan import LossKind, Method, QuasiIdentifier
from compliance.anonymise.nouns.record import Anonymised
from compliance.report import wording
from compliance.report.nouns import AnonymisationEvidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

METHODS = {
    Method.FULL_DOMAIN: "full-domain generalisation: one level for a whole column",
    Method.LOCAL: "local recoding: each group as coarse as it needs to be, in its own way",
}
_LOSSES = {
    LossKind.LOSS: "loss of detail",
    LossKind.ENTROPY: "non-uniform entropy, in bits",
    LossKind.DISCERNIBILITY: "discernibility",
    LossKind.CLASS_SIZE: "rows per group on average",
}


def to_asked(evidence: AnonymisationEvidence) -> Plain:
    """Facts, the columns with their levels, and how far the result is proven to be the best."""
    done = evidence.done
    return {
        "facts": _facts(evidence),
        "criteria": [wording.sentence(criterion) for criterion in evidence.criteria],
        "columns": _columns(done),
        "proven": _proven(done),
        "proof": _proof(done),
    }


def is_proven(done: Anonymised) -> bool:
    """Whether no allowed choice of levels is better."""
    return done.plan.method is Method.FULL_DOMAIN and done.proof.found.optimal


def loss_in_words(done: Anonymised) -> str:
    """The loss that was made as small as could be."""
    loss = getattr(done.proof.found.losses, done.plan.loss.value)
    return f"{_LOSSES[done.plan.loss]} {wording.measured(loss)}"


def _facts(evidence: AnonymisationEvidence) -> list[Plain]:
    plan = evidence.done.plan
    limit = wording.percent(plan.suppression_limit, 2)
    facts = [
        fact("Method", METHODS[plan.method]),
        fact("Rows that may be left out", f"at most {limit}"),
        fact("Made as small as can be", _LOSSES[plan.loss]),
    ]
    if plan.population:
        facts.append(fact("Drawn from", plan.population, fill=Fill.NAME))
    if plan.time_limit_s is not None:
        facts.append(fact("Time allowed", f"{plan.time_limit_s:g} s"))
    return facts


def _columns(done: Anonymised) -> Plain | None:
    headings = [
        heading("Quasi-identifier", 2.6, Fill.NAME),
        heading("Level", 1.3),
        heading("Hierarchy", 2.6, Fill.NAME),
        heading("SHA-256 of the hierarchy", 4.6, Fill.CODE),
    ]
    rows: list[list[Cell]] = [
        [
            quasi.column,
            _level(done, quasi),
            _origin(quasi),
            done.hierarchies.get(quasi.column, wording.NOT_RECORDED),
        ]
        for quasi in done.plan.quasi_identifiers
    ]
    return table(headings, rows)


def _level(done: Anonymised, quasi: QuasiIdentifier) -> Cell:
    level = done.levels.get(quasi.column)
    if level is None:
        return "by group"
    allowed = []
    if quasi.lowest or quasi.highest is not None:
        highest = "its end" if quasi.highest is None else str(quasi.highest)
        allowed.append(f"{quasi.lowest} to {highest} allowed")
    if quasi.weight != 1:
        allowed.append(f"weight {quasi.weight:g}")
    return stacked(f"{level} (as it was)" if level == 0 else str(level), "; ".join(allowed))


def _origin(quasi: QuasiIdentifier) -> Cell:
    """The file that it was read from, or how it was built."""
    if not isinstance(quasi.hierarchy, Build):
        return quasi.hierarchy
    settings = [f"{name} {value}" for name, value in quasi.hierarchy.settings.items()]
    return stacked(f"built: {quasi.hierarchy.builder}", ", ".join(settings))


def _proven(done: Anonymised) -> Plain:
    found, loss = done.proof.found, loss_in_words(done)
    if done.plan.method is Method.LOCAL:
        says = (
            f"Not proven: local recoding finds a good way, not the best one. It came to: {loss}. "
            "That all criteria hold does not depend on this."
        )
        return {"tone": "calm", "says": says}
    if found.optimal:
        says = (
            f"Proven: no allowed choice of levels meets the criteria at less. It came to: {loss}."
        )
        return {"tone": "good", "says": says}
    says = (
        f"Not proven: the search ended before its proof. It came to: {loss}; no allowed choice can "
        f"be below {wording.measured(found.bound)}."
    )
    return {"tone": "warn", "says": says}


def _proof(done: Anonymised) -> list[Plain]:
    found = done.proof.found
    if done.plan.method is Method.LOCAL:
        return []
    return [
        fact("Choices of levels", count(found.nodes)),
        fact("Looked at one by one", count(found.nodes_checked)),
        fact("Lower bound", wording.measured(found.bound)),
    ]
