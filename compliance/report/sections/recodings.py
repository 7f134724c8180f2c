"""What was asked of an anonymisation, how it was done, and whether nothing better was possible."""

from __future__ import annotations

from compliance.anonymise.nouns.hierarchy import Build
from compliance.anonymise.nouns.plan import LossKind, Method, QuasiIdentifier
from compliance.anonymise.nouns.record import Anonymised
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import AnonymisationEvidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

METHODS = {
    Method.FULL_DOMAIN: mark("full-domain generalisation: one level for a whole column"),
    Method.LOCAL: mark("local recoding: each group as coarse as it needs to be, in its own way"),
}
_LOSSES = {
    LossKind.LOSS: mark("loss of detail"),
    LossKind.ENTROPY: mark("non-uniform entropy, in bits"),
    LossKind.DISCERNIBILITY: mark("discernibility"),
    LossKind.CLASS_SIZE: mark("rows per group on average"),
}


def to_asked(evidence: AnonymisationEvidence) -> Plain:
    """Facts, the columns with their levels, and how far the result is proven to be the best."""
    done = evidence.done
    return {
        "facts": _facts(evidence),
        "criteria": [wording.sentence(_(criterion)) for criterion in evidence.criteria],
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
    return _("{what} {amount}").format(
        what=_(_LOSSES[done.plan.loss]), amount=wording.measured(loss)
    )


def _facts(evidence: AnonymisationEvidence) -> list[Plain]:
    plan = evidence.done.plan
    limit = wording.percent(plan.suppression_limit, 2)
    facts = [
        fact(_("Method"), _(METHODS[plan.method])),
        fact(_("Rows that may be left out"), _("at most {limit}").format(limit=limit)),
        fact(_("Made as small as can be"), _(_LOSSES[plan.loss])),
    ]
    if plan.population:
        facts.append(fact(_("Drawn from"), plan.population, fill=Fill.NAME))
    if plan.time_limit_s is not None:
        facts.append(
            fact(
                _("Time allowed"),
                _("{seconds} s").format(seconds=wording.formatted(plan.time_limit_s, "g")),
            )
        )
    return facts


def _columns(done: Anonymised) -> Plain | None:
    headings = [
        heading(_("Quasi-identifier"), 2.6, Fill.NAME),
        heading(_("Level"), 1.3),
        heading(_("Hierarchy"), 2.6, Fill.NAME),
        heading(_("SHA-256 of the hierarchy"), 4.6, Fill.CODE),
    ]
    rows: list[list[Cell]] = [
        [
            quasi.column,
            _level(done, quasi),
            _origin(quasi),
            done.hierarchies.get(quasi.column, _(wording.NOT_RECORDED)),
        ]
        for quasi in done.plan.quasi_identifiers
    ]
    return table(headings, rows)


def _level(done: Anonymised, quasi: QuasiIdentifier) -> Cell:
    level = done.levels.get(quasi.column)
    if level is None:
        return _("by group")
    allowed = []
    if quasi.lowest or quasi.highest is not None:
        highest = _("its end") if quasi.highest is None else str(quasi.highest)
        allowed.append(
            _("{lowest} to {highest} allowed").format(lowest=quasi.lowest, highest=highest)
        )
    if quasi.weight != 1:
        allowed.append(_("weight {weight}").format(weight=wording.formatted(quasi.weight, "g")))
    return stacked(
        _("{level} (as it was)").format(level=level) if level == 0 else str(level),
        wording.joined(allowed),
    )


def _origin(quasi: QuasiIdentifier) -> Cell:
    """The file that it was read from, or how it was built."""
    if not isinstance(quasi.hierarchy, Build):
        return quasi.hierarchy
    settings = [
        f"{_(name)} {value if isinstance(value, str) else wording.measured(value)}"
        for name, value in quasi.hierarchy.settings.items()
    ]
    return stacked(
        _("built: {how}").format(how=_(str(quasi.hierarchy.builder))),
        wording.enumerated(settings),
    )


def _proven(done: Anonymised) -> Plain:
    found, loss = done.proof.found, loss_in_words(done)
    if done.plan.method is Method.LOCAL:
        says = _(
            "Not proven: local recoding finds a good way, not the best one. It came to: "
            "{loss}. That all criteria hold does not depend on this."
        ).format(loss=loss)
        return {"tone": "calm", "says": says}
    if found.optimal:
        says = _(
            "Proven: no allowed choice of levels meets the criteria at less. It came to: {loss}."
        ).format(loss=loss)
        return {"tone": "good", "says": says}
    says = _(
        "Not proven: the search ended before its proof. It came to: {loss}; no allowed "
        "choice can be below {bound}."
    ).format(loss=loss, bound=wording.measured(found.bound))
    return {"tone": "warn", "says": says}


def _proof(done: Anonymised) -> list[Plain]:
    found = done.proof.found
    if done.plan.method is Method.LOCAL:
        return []
    return [
        fact(_("Choices of levels"), count(found.nodes)),
        fact(_("Looked at one by one"), count(found.nodes_checked)),
        fact(_("Lower bound"), wording.measured(found.bound)),
    ]
