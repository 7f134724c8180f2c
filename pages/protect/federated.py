"""Train one model across sites whose rows stay at home."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from threading import Event

import streamlit as st

from compliance.federated.nouns import Finding, Plan, Run
from compliance.i18n import translate as _
from compliance.report.nouns import ReportKind
from pages.parts import (
    explaining,
    figures,
    kept,
    outputs,
    plan_protection,
    plans,
    run_sites,
    runs,
    session,
    sharing,
    yardsticks,
)
from pages.parts import sieges as attacks
from pages.parts import sweeps as trials
from pages.parts.approving import asking
from pages.parts.consenting import uses
from pages.parts.figures import showing
from pages.parts.residing import movements

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


def train(chosen: Plan, resume: str | None) -> None:
    """Run the plan before the visitor's eyes; a click anywhere stops and stores it."""
    with (
        announced(),
        frame.container(border=True),
        outputs.explained(_("Not trained")),
        movements.checked(workspace, dataset.name, chosen),
        closing(federation.train(dataset.name, chosen, resume)) as rounds,
    ):
        done, drawn_at = [next(rounds)], 0.0
        st.markdown(
            f"**{_('Training')}** · " + _("leaving this page stops it and keeps the rounds so far")
        )
        bar, chart = st.empty(), st.empty()
        st.button(_("Stop"), key="federated_stop", icon=":material/stop_circle:")
        for latest in chain(list(done), rounds):
            done += [latest] if latest is not done[-1] else []
            runs.advanced(bar, latest, chosen.rounds, _("quality"))
            if time.monotonic() - drawn_at > REDRAW_S or latest.round == chosen.rounds:
                with chart:
                    showing.chart(
                        figures.rounds(done, chosen.rounds, None),
                        key=f"federated_live_{latest.round}",
                        alt=_("Quality of the common model so far"),
                    )
                drawn_at = time.monotonic()
        st.rerun()


def attack(run: Run) -> None:
    """Attack a run, and show what attacks on it came to."""
    if st.button(
        _("Attack this run"),
        key=f"federated_attack_{run.id}",
        icon=":material/swords:",
        help=_("Runs it again, with noise and without; up to a minute. Spends nothing."),
    ):
        found: list[Finding] = []
        bar = st.empty()
        with (
            outputs.explained(_("Not attacked")),
            closing(federation.attack(dataset.name, run.id)) as tried,
        ):
            for finding in tried:
                found.append(finding)
                bar.progress(min(len(found) / 20, 1.0), text=attacks.progress(found))
        bar.empty()
    for siege in federation.attacks(dataset.name):
        if siege.run_id == run.id:
            attacks.siege(siege)
            break


def go_on(run: Run) -> None:
    """Take a run up again, take its model away, or report on it."""
    need = asking.of_run(workspace, dataset, run.plan, run.id) if run.outcome.is_stopped else None
    may_go = asking.may_go(workspace, need, f"federated_{run.id}")
    with st.container(horizontal=True):
        if (run.outcome.is_stopped and may_go) and st.button(
            asking.label(_("Go on with this run"), need),
            key=f"federated_resume_{run.id}",
            icon=":material/resume:",
        ):
            train(run.plan, run.id)
        st.download_button(
            _("Download the model"),
            lambda: federation.model(dataset.name, run.id),
            f"{run.id}.npz",
            "application/octet-stream",
            key=f"federated_model_{run.id}",
            icon=":material/download:",
        )
        is_asked = st.button(
            _("Build its report"), key=f"federated_report_{run.id}", icon=":material/description:"
        )
    if is_asked:
        with (
            outputs.explained(_("Not built")),
            outputs.working(_("Gathering evidence and typesetting …")),
        ):
            built = workspace.build_report(ReportKind.FEDERATED, [dataset.name], about=run.id)
            st.success(_("Built, {pages} pages; download it on Reports.").format(pages=built.pages))


def show(run: Run) -> None:
    """A stored run from every side."""
    runs.ended(run)
    uses.were_left_out(workspace, run.id)
    outputs.tabbed(
        "federated_tabs",
        {
            _("Quality"): partial(good, run),
            _("Sites"): partial(run_sites.sites, run),
            _("What left"): partial(left, run),
            _("Protection"): partial(protected, run),
            _("Attacks"): partial(attack, run),
        },
    )


def good(run: Run) -> None:
    """How good its model is, and what can be done with it."""
    runs.quality(run)
    go_on(run)


def left(run: Run) -> None:
    """What left the sites, in a round and in all."""
    runs.left(run)
    run_sites.moved(run)


def protected(run: Run) -> None:
    """Who is protected by what."""
    done = replace(run.plan, rounds=len(run.outcome.rounds))
    is_row = run.outcome.unit_is_row
    told = federation.protection(done, unit_is_row=is_row) if run.plan.privacy else ()
    runs.protection(run, told)


def past() -> None:
    """The runs so far: one of them from every side.

    A name of the page would be kept as long as the session is, and all runs with it.
    """
    done = federation.runs(dataset.name)
    if not done:
        st.markdown(_("No model has been trained on this dataset yet."))
        return
    with st.container(border=True):
        show(runs.chosen(done))


workspace = session.workspace()
federation = workspace.federation
outputs.remark(
    _("Each site trains on its own rows; only model weights travel. The rows stay at home.")
)
dataset = session.dataset_or_stop()
if dataset.kept is not None:
    kept.stop(dataset)
uses.left_out(workspace.rights.consents.usable(dataset.name))
explaining.explained("federated_plan", "fedavg", "secure", "baselines")
plan, started = None, False
with st.container(border=True), outputs.explained(_("This plan cannot be run")):
    plan = plans.plan(dataset, workspace.discovery(dataset.name))
    if plan is not None and plan.privacy is not None:
        price, state = federation.price(plan), workspace.budget(dataset.population)
        is_row = dataset.description.unit is None
        told = partial(federation.protection, plan, unit_is_row=is_row)
        plan_protection.priced(plan.rounds, price, state, told)
        yardsticks.of_loss("federated", price, "unit", kind=str(plan.privacy.unit))
    if plan is not None:
        plans.as_file(plan)
        movements.acceptance()
        need = asking.of_run(workspace, dataset, plan)
        started = asking.may_go(workspace, need, "federated") and st.button(
            asking.label(_("Start training"), need), type="primary", key="federated_start"
        )

frame = st.empty()
if "federated_ended" in st.session_state:
    # A click starts the page anew at once, while the training that it stops is still being stored.
    with sharing.TURNS.elsewhere():
        st.session_state["federated_ended"].wait(LONGEST_ROUND_S)
if plan is not None and started:
    train(plan, None)
if plan is not None and st.toggle(_("Try settings of this plan"), key="federated_sweep"):
    with st.container(border=True):
        trials.sweep(workspace, dataset.name, plan)

past()
