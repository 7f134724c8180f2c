"""Section 5: what each population's budget was, what is spent and on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from compliance.federated.nouns import Run
from compliance.i18n import translate as _
from compliance.privacy.nouns import BudgetState, Price, Release, Spend, SpendState
from compliance.report import charts, wording
from compliance.report.nouns import Evidence
from compliance.report.sections.events import in_words
from compliance.report.sections.plans import title_of as title_of_plan
from compliance.report.sections.releases import title_of as title_of_release
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, toned
from compliance.report.wording import count, loss_down, loss_up

MOST_SPENDS_PRINTED = 500
_MOST_CAPS_PRINTED = 20
_LINES_AROUND = 5  # of an extract


def to_budgets(evidence: Evidence) -> list[Plain]:
    """One block per population."""
    titles = _titles(evidence)
    return [
        {
            "population": budget.population,
            "facts": _facts(budget),
            "chart": budget_chart([budget]),
            "ledger": _ledger(budget, titles),
            "ledger_left": max(len(budget.spends) - MOST_SPENDS_PRINTED, 0),
        }
        for budget in evidence.budgets
    ]


def to_approved(evidence: Evidence) -> Plain | None:
    """What second persons approved and was done; None where nothing was."""
    headings = [
        heading(_("When (UTC)"), 1.7),
        heading(_("What was done"), 4.6, Fill.NAME),
        heading(_("By"), 1.6, Fill.NAME),
        heading(_("Approved by"), 1.8, Fill.NAME),
    ]
    return table(
        headings,
        [
            [wording.stamp(one.used_at), _(one.what), one.asked_by, ", ".join(one.approved_by)]
            for one in evidence.approved[-MOST_SPENDS_PRINTED:]
        ],
    )


def to_extract(budget: BudgetState, paid: Release | Run) -> Plain:
    """The budget that paid for a release or run: what the ledger holds for it and around it."""
    around = replace(budget, spends=_around(budget.spends, paid.id))
    title = title_of_plan(paid.plan) if isinstance(paid, Run) else title_of_release(paid.query)
    return {
        "population": budget.population,
        "facts": _facts(budget),
        "chart": budget_chart([budget]),
        "ledger": _ledger(around, {paid.id: title}),
        "left": len(budget.spends) - len(around.spends),
    }


def _around(spends: Sequence[Spend], purpose: str) -> tuple[Spend, ...]:
    """The lines for `purpose`, and the few before and after them."""
    own = [place for place, spend in enumerate(spends) if spend.purpose == purpose]
    if not own:
        return tuple(spends[-_LINES_AROUND:])
    return tuple(spends[max(own[0] - _LINES_AROUND, 0) : own[-1] + 1 + _LINES_AROUND])


def budget_chart(budgets: Sequence[BudgetState]) -> Plain | None:
    """A bar per population: what is spent of its total."""
    if not budgets:
        return None
    rows = [
        (b.population, [("main", b.share_spent)], _spent_of(b))
        for b in budgets[: charts.MOST_GROUPS]
    ]
    says = wording.joined(
        _("{name}: {note}").format(name=name, note=note) for name, __, note in rows[:3]
    )
    return charts.share_chart(
        rows,
        [("main", _("spent")), ("rest", _("left"))],
        alt=_("Privacy budget. {says}.").format(says=says),
        caption=_("Privacy budget per population: share spent.")
        + charts.only_first(len(budgets), "populations"),
    )


def _spent_of(budget: BudgetState) -> str:
    spent, total = loss_up(budget.spent.epsilon), loss_up(budget.total.epsilon)
    share = wording.percent(budget.share_spent)
    return _("{share}: ε = {spent} of {total} at δ = {delta}").format(
        share=share, spent=spent, total=total, delta=loss_up(budget.total.delta)
    )


def _facts(budget: BudgetState) -> list[Plain]:
    delta, spent, anew = budget.total.delta, budget.spent, budget.starts is not None
    rho = (
        _(" (ρ = {rho} under zCDP)").format(rho=loss_up(spent.rho)) if spent.rho is not None else ""
    )
    present = _(" in the present {period}").format(period=_(str(budget.period))) if anew else ""
    return [
        fact(
            _("Total"),
            _("ε = {epsilon} at δ = {delta}").format(
                epsilon=loss_up(budget.total.epsilon), delta=loss_up(delta)
            )
            + (_(" in each {period}").format(period=_(str(budget.period))) if anew else ""),
        ),
        *_periods(budget),
        fact(_("Spent") + present, f"{_loss(spent)}{rho}"),
        fact(
            _("Left for one more release"),
            _("at most ε = {epsilon} at this δ").format(epsilon=loss_down(budget.left.epsilon)),
        ),
        fact(_("Share spent") + present, wording.percent(budget.share_spent, 1)),
        *_caps(budget),
        fact(
            _("Decided"),
            _("by an officer") if budget.is_decided else _("not decided: the default holds"),
            missing=not budget.is_decided,
        ),
    ]


def _periods(budget: BudgetState) -> list[Plain]:
    """The present period, and what all periods cost together; nothing for a budget for good."""
    if budget.starts is None or budget.ends is None:
        return []
    whole = budget.since_beginning
    last = budget.ends - timedelta(days=1)
    return [
        fact(
            _("Present {period}").format(period=_(str(budget.period))),
            _("{starts} to {last} (UTC); then it begins anew").format(
                starts=wording.day(budget.starts), last=wording.day(last)
            ),
        ),
        fact(
            _("Spent over all periods"),
            _loss(whole) if whole else _("no ε holds at the δ of all periods together"),
        ),
    ]


def _caps(budget: BudgetState) -> list[Plain]:
    """What single names may spend of the total; nothing where there are no caps."""
    told = [
        _("{actor}: ε = {spent} of {cap} spent").format(
            actor=wording.abridged(cap.actor),
            spent=loss_up(cap.spent.epsilon),
            cap=loss_down(cap.epsilon),
        )
        for cap in budget.caps[:_MOST_CAPS_PRINTED]
    ]
    if more := len(budget.caps) - len(told):
        told.append(count(more, "more name"))
    return [fact(_("Caps of single names"), wording.listed(told), fill=Fill.NAME)] if told else []


def _loss(price: Price) -> str:
    return _("ε = {epsilon} at δ = {delta}").format(
        epsilon=loss_up(price.epsilon), delta=loss_up(price.delta)
    )


def _ledger(budget: BudgetState, titles: Mapping[str, str]) -> Plain | None:
    headings = [
        heading(_("When (UTC)"), 1.7),
        heading(_("For"), 3.2, Fill.NAME),
        heading(_("What was done"), 4.6, Fill.NAME),
        heading(_("State"), 1.4),
    ]
    rows: list[list[Cell]] = [
        [
            wording.stamp(spend.at),
            _purpose(spend, titles),
            wording.joined(in_words(event) for event in spend.events) or _(wording.NOT_RECORDED),
            _(spend.state.value)
            if spend.state is SpendState.SETTLED
            else toned(_(spend.state.value), "warn"),
        ]
        for spend in budget.spends[-MOST_SPENDS_PRINTED:]
    ]
    return table(headings, rows)


def _purpose(spend: Spend, titles: Mapping[str, str]) -> Cell:
    """The title of the release or run that the ledger names, where the report knows it."""
    title = titles.get(spend.purpose)
    return stacked(title, spend.purpose) if title else spend.purpose


def _titles(evidence: Evidence) -> dict[str, str]:
    releases = {r.id: title_of_release(r.query) for e in evidence.datasets for r in e.releases}
    return releases | {r.id: title_of_plan(r.plan) for e in evidence.datasets for r in e.runs}
