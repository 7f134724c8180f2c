"""Train one model across sites whose rows stay at home."""

import time
from contextlib import closing
from itertools import chain

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import figures, outputs, plans, session

REDRAW_S = 0.2

workspace = session.workspace()
outputs.remark(
    _("Each site trains on its own rows; only model weights travel. The rows stay at home.")
)
dataset = session.dataset_or_stop()
with st.container(border=True):
    plan = plans.plan(dataset, workspace.discovery(dataset.name))
    if plan is not None and plan.privacy is not None:
        outputs.run_price(plan, workspace.price(plan), workspace.budget(dataset.population))
    started = plan is not None and st.button(
        _("Start training"), type="primary", key="federated_start"
    )

frame = st.empty()
if plan is not None and started:
    with (
        frame.container(border=True),
        outputs.explained(_("Not trained")),
        closing(workspace.train(dataset.name, plan)) as rounds,
    ):
        done, drawn_at = [next(rounds)], 0.0
        st.markdown(f"**{_('Training')}**")
        bar, chart = st.empty(), st.empty()
        st.button(_("Stop"), key="federated_stop", icon=":material/stop_circle:")
        for latest in chain(list(done), rounds):
            done += [latest] if latest is not done[-1] else []
            outputs.round_reached(bar, latest, plan.rounds)
            if time.monotonic() - drawn_at > REDRAW_S or latest.round == plan.rounds:
                chart.plotly_chart(
                    figures.rounds(done, plan.rounds, None),
                    key=f"federated_live_{latest.round}",
                    config=figures.PLAIN,
                    alt=_("AUC of the common model so far"),
                )
                drawn_at = time.monotonic()
        st.rerun()

runs = workspace.runs(dataset.name)
if not runs:
    st.markdown(_("No model has been trained on this dataset yet."))
for run in runs:
    last = run.outcome.rounds[-1]
    title = _("{at} · {target} across {n} sites · AUC {auc}").format(
        at=outputs.moment(run.started_at),
        target=run.plan.target,
        n=len(run.outcome.sites),
        auc=f"{last.metric:.3f}",
    )
    with st.expander(title, expanded=run is runs[0]):
        outputs.run(run)
