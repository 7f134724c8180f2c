"""How evenly a common model serves the sites of a run, and what travelled for it."""

from __future__ import annotations

import streamlit as st

from compliance.federated import economy, fairness
from compliance.federated.nouns import Run
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import outputs
from pages.parts.figures import fairness as charts
from pages.parts.figures import showing
from pages.parts.runs import size


def sites(run: Run) -> None:
    """Site by site: how well the common model serves it, and what its own would."""
    outcome = run.outcome
    name = outcome.metric.written
    found = fairness(outcome)
    if found is not None:
        with st.container(horizontal=True):
            outputs.fact(_("Worst site"), locales.formatted(found.lowest, ".3f"), found.worst)
            outputs.fact(
                _("Worst tenth"),
                locales.formatted(found.worst_decile, ".3f"),
                _("mean of these sites"),
            )
            outputs.fact(
                _("Middle site"), locales.formatted(found.median, ".3f"), _("half are better")
            )
            outputs.fact(_("Spread"), locales.formatted(found.spread, ".3f"), _("each site alike"))
            if found.gain + found.lose + found.same:
                words = _("{lose} lose, {same} stay")
                told = words.format(lose=found.lose, same=found.same)
                outputs.fact(_("Gain against alone"), str(found.gain), told)
        showing.chart(
            charts.sites(
                outcome.sites,
                (_("Sites, the largest first"), name),
                (_("Federated"), _("Worst tenth"), _("Each site alone")),
            ),
            key=f"federated_evenly_{run.id}",
            alt=_("Per site the quality of the common model beside that of its own"),
        )
    _table(run)


def moved(run: Run) -> None:
    """What travelled in the whole run, against bringing all rows to one place."""
    found = economy(run.outcome)
    if found.ratio is None:
        return
    words = _(
        "{moved} travelled in all, {ratio} bytes for each byte of the rows, which are {home}."
    )
    outputs.remark(
        words.format(
            moved=size(found.bytes_moved),
            ratio=locales.formatted(found.ratio, ".2g"),
            home=size(found.bytes_home),
        )
    )


def _table(run: Run) -> None:
    name = run.outcome.metric.written
    together, alone = _("{m} federated").format(m=name), _("{m} alone").format(m=name)
    outputs.table(
        [
            {
                _("Site"): site.site,
                _("Rows"): outputs.count(site.rows),
                _("Sent"): size(site.bytes_up),
                _("Received"): size(site.bytes_down),
                _("Stayed home"): size(site.bytes_home),
                together: site.metric_federated,
                alone: site.metric_local,
            }
            for site in run.outcome.sites
        ],
        key=f"federated_sites_{run.id}",
        alt=_("Per site: rows, bytes sent and received, bytes that stayed, and quality"),
        column_config={
            column: st.column_config.NumberColumn(format="%.3f") for column in (together, alone)
        },
    )
