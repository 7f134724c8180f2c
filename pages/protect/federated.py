"""Train one model across sites whose rows stay at home."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from threading import Event

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import figures, outputs, plans, runs, session

REDRAW_S = 0.2
LONGEST_ROUND_S = 60


@contextmanager
def announced() -> Iterator[None]:
    """Let the next run of this page know when what began here has ended and is stored."""
    ended = st.session_state["federated_ended"] = Event()
    try:
        yield
    finally:
        ended.set()


workspace = session.workspace()
outputs.remark(
    _("Each site trains on its own rows; only model weights travel. The rows stay at home.")
)
dataset = session.dataset_or_stop()
with st.container(border=True):
    plan = plans.plan(dataset, workspace.discovery(dataset.name))
    if plan is not None and plan.privacy is not None:
        runs.priced(plan, workspace.federation.price(plan), workspace.budget(dataset.population))
    started = plan is not None and st.button(
        _("Start training"), type="primary", key="federated_start"
    )

frame = st.empty()
if "federated_ended" in st.session_state:
    # A click starts the page anew at once, while the training that it stops is still being stored.
    st.session_state["federated_ended"].wait(LONGEST_ROUND_S)
if plan is not None and started:
    with (
        announced(),
        frame.container(border=True),
        outputs.explained(_("Not trained")),
        closing(workspace.federation.train(dataset.name, plan)) as rounds,
    ):
        done, drawn_at = [next(rounds)], 0.0
        st.markdown(
            f"**{_('Training')}** · " + _("leaving this page stops it and keeps the rounds so far")
        )
        bar, chart = st.empty(), st.empty()
        st.button(_("Stop"), key="federated_stop", icon=":material/stop_circle:")
        for latest in chain(list(done), rounds):
            done += [latest] if latest is not done[-1] else []
            runs.advanced(bar, latest, plan.rounds)
            if time.monotonic() - drawn_at > REDRAW_S or latest.round == plan.rounds:
                chart.plotly_chart(
                    figures.rounds(done, plan.rounds, None),
                    key=f"federated_live_{latest.round}",
                    config=figures.PLAIN,
                    alt=_("AUC of the common model so far"),
                )
                drawn_at = time.monotonic()
        st.rerun()

past = workspace.federation.runs(dataset.name)
if not past:
    st.markdown(_("No model has been trained on this dataset yet."))
for run in past:
    last = run.outcome.rounds[-1]
    title = _("{at} · {target} across {n} sites · AUC {auc}").format(
        at=outputs.moment(run.started_at),
        target=run.plan.target,
        n=len(run.outcome.sites),
        auc=f"{last.metric:.3f}",
    )
    with st.expander(title, expanded=run is past[0]):
        runs.finished(run)
