"""What the noise of a federated run covers, and what it does not; the same list for every run."""

from __future__ import annotations

from compliance.federated.nouns import Plan, Strategy
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import NoisePlace
from compliance.report import wording
from compliance.report.nouns import FederatedEvidence
from compliance.report.sections.plans import UNITS, troubles_in_words
from compliance.report.sections.travelled import server_reads
from compliance.report.tables import Cell, Fill, Plain, heading, table, toned
from compliance.report.texts import texts

_COVERED, _OPEN = (mark("covered"), "good"), (mark("not covered"), "warn")


def to_coverage(evidence: FederatedEvidence) -> Plain | None:
    """One row per thing that somebody may learn or rely on."""
    plan = evidence.run.plan
    headings = [
        heading(_("What"), 2.2),
        heading(_("By the noise"), 1.4),
        heading(_("Why"), 5, Fill.NAME),
    ]
    always = {each["what"]: each["why"] for each in texts()["federated"]["uncovered"]}
    said = (
        _models(plan),
        _messages(plan),
        (_("Sizes"), _OPEN, _sizes(plan)),
        (_("True updates"), _OPEN, _truth(plan)),
        *((what, _OPEN, why) for what, why in always.items()),
    )
    rows: list[list[Cell]] = [
        [what, toned(_(state[0]), state[1]), why] for what, state, why in said
    ]
    return table(headings, rows)


def how_it_ran(evidence: FederatedEvidence) -> str:
    """Whether the sites were real machines, by the trail's entry on the run."""
    privacy = evidence.run.plan.privacy
    if evidence.facts.get("transport") == "flower":
        if privacy is not None and privacy.place is NoisePlace.SITE:
            return _(
                "The sites answered over the network, carried by Flower; each drew its own "
                "people and its own noise, by the code in its folder. The ledger was this desk's."
            )
        return _(
            "The sites answered over the network, carried by Flower; sampling, clipping "
            "checks, noise and ledger were this desk's."
        )
    return _(
        "Simulated: all sites were parts of one dataset, kept apart by the software in "
        "one process of this desk. Nothing here is a promise about machines of your own."
    )


def what_went_wrong(plan: Plan) -> str:
    """The troubles that were simulated."""
    said = troubles_in_words(plan)
    if not said:
        return _("No trouble was simulated.")
    return _("Simulated on purpose: {told}.").format(told=wording.joined(said))


def what_is_open(plan: Plan) -> str:
    """What nothing protects, in one sentence for the summary."""
    if plan.privacy is None:
        return _(
            "anybody: no noise was added. The model, what the server reads in each round and "
            "all figures of this report can tell of single people"
        )
    trust = (
        ""
        if plan.privacy.place is not NoisePlace.CENTRAL
        else _("; the server is trusted with sums")
    )
    return _(
        "the exact figures of this report: metrics, sizes of sites, comparisons. What is "
        "true of many people alike can still be learnt{trust}"
    ).format(trust=trust)


def _models(plan: Plan) -> tuple[str, tuple[str, str], str]:
    if plan.privacy is None:
        return (
            _("The models"),
            _OPEN,
            _("no noise was added, so a model may hold what single rows say"),
        )
    whom = _(UNITS[plan.privacy.unit][0])
    return _("The models"), _COVERED, _("of all rounds together, for {whom}").format(whom=whom)


def _messages(plan: Plan) -> tuple[str, tuple[str, str], str]:
    reads = _("the server can read {what}").format(what=server_reads(plan))
    is_covered = plan.privacy is not None and plan.privacy.place is not NoisePlace.CENTRAL
    return _("What the sites send"), _COVERED if is_covered else _OPEN, reads


def _sizes(plan: Plan) -> str:
    public = _("rows of each site, rows left out and their reasons are counted exactly here")
    if plan.privacy is None:
        weigh = _("the server learns each site's number of rows, by which updates are weighted")
        alike = _("all sites weigh alike, so the server learns no numbers of rows")
        is_alike = plan.strategy in (Strategy.MEDIAN, Strategy.TRIMMED_MEAN, Strategy.KRUM)
        return wording.joined([public, alike if is_alike else weigh])
    return _(
        "{public}; how many units there are is taken as public, how many were drawn in a "
        "round is shown to the officer only and never sent"
    ).format(public=public)


def _truth(plan: Plan) -> str:
    if plan.strategy in (Strategy.MEDIAN, Strategy.TRIMMED_MEAN, Strategy.KRUM):
        share = wording.exact_percent(plan.tolerated)
        return _("up to {share} of the sites may lie; more can steer the model").format(share=share)
    bound = "" if plan.privacy is None else _(", within the clip")
    return _("a site that sends numbers of its own invention steers the model{bound}").format(
        bound=bound
    )
