"""How a federated run looks: while it goes on, and afterwards from storage."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.federated.nouns import Outcome, Plan, Round, Run
from compliance.i18n import translate as _
from compliance.privacy.nouns import BudgetState, Price
from pages.parts import figures, outputs


def finished(done: Run) -> None:
    """A federated run: its rounds, how it compares, and what left each site."""
    outcome, last = done.outcome, done.outcome.rounds[-1]
    if outcome.is_stopped:
        st.warning(
            _("Stopped after {n} of {m} rounds.").format(n=last.round, m=done.plan.rounds),
            icon=":material/stop_circle:",
        )
    st.plotly_chart(
        figures.rounds(outcome.rounds, done.plan.rounds, outcome.baselines),
        key=f"federated_chart_{done.id}",
        config=figures.PLAIN,
        alt=_("AUC of the common model per round beside the two baselines"),
    )
    _compared(outcome)
    _site_by_site(done)
    remarks = [_("Learnt from {columns}.").format(columns=", ".join(outcome.features))]
    if outcome.sites_left_out:
        remarks.append(
            _("{n} sites had too few records and took no part.").format(n=outcome.sites_left_out)
        )
    if done.plan.privacy is not None:
        remarks.append(
            _("The charts are measured without noise: they are for you, not for publication.")
        )
    outputs.remark(" ".join(remarks))


def priced(plan: Plan, price: Price, state: BudgetState) -> None:
    """What a run with noise would cost, beside what is left."""
    outputs.remark(
        _(
            "{n} rounds like this cost at most ε = {price} (δ = {delta}); ε = {left} is left."
        ).format(
            n=plan.rounds,
            price=f"{float(price.epsilon):.2f}",
            delta=f"{price.delta:.0e}",
            left=f"{float(state.left.epsilon):.2f}",
        )
    )


def advanced(bar: DeltaGenerator, latest: Round, planned: int) -> None:
    """How far a run has come, drawn into `bar`."""
    spent = "" if latest.epsilon is None else f" · ε = {latest.epsilon:.2f}"
    reached = _("Round {n} of {m}: AUC {auc}").format(
        n=latest.round, m=planned, auc=f"{latest.metric:.3f}"
    )
    bar.progress(latest.round / planned, text=reached + spent)


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


def _compared(outcome: Outcome) -> None:
    """The common model beside the two baselines, and what travelled."""
    last = outcome.rounds[-1]
    up = sum(site.bytes_up for site in outcome.sites)
    home = sum(site.bytes_home for site in outcome.sites)
    with st.container(horizontal=True):
        st.metric(
            _("Federated"),
            f"{last.metric:.3f}",
            border=True,
            help=_("AUC, 0.5 is guessing, 1 is perfect"),
        )
        if outcome.baselines:
            st.metric(
                _("All rows in one place"), f"{outcome.baselines.centralised:.3f}", border=True
            )
            st.metric(_("Each site alone"), f"{outcome.baselines.local:.3f}", border=True)
        st.metric(_("Left the sites"), size(up), border=True, help=_("Model weights, all rounds"))
        st.metric(_("Stayed at home"), size(home), border=True, help=_("The sites' rows"))
        if last.epsilon is not None:
            st.metric(_("Spent per person"), f"ε = {last.epsilon:.2f}", border=True)


def _site_by_site(done: Run) -> None:
    outputs.table(
        [
            {
                _("Site"): site.site,
                _("Rows"): outputs.count(site.rows),
                _("Sent"): size(site.bytes_up),
                _("Received"): size(site.bytes_down),
                _("Stayed home"): size(site.bytes_home),
                _("AUC federated"): site.metric_federated,
                _("AUC alone"): site.metric_local,
            }
            for site in done.outcome.sites
        ],
        key=f"federated_sites_{done.id}",
        alt=_("Per site: rows, bytes sent and received, bytes that stayed, and AUC"),
        column_config={
            _("AUC federated"): st.column_config.NumberColumn(format="%.3f"),
            _("AUC alone"): st.column_config.NumberColumn(format="%.3f"),
        },
    )
