"""Tune ε and δ and see what would be published, how wrong, and how safe."""

from dataclasses import replace

import streamlit as st

from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from pages.parts import (
    divisions,
    examined,
    language,
    navigation,
    outputs,
    previews,
    questions,
    scopes,
    session,
    sliders,
    targets,
    wording,
    yardsticks,
)
from pages.parts.consenting import uses

workspace = session.workspace()
outputs.remark(
    _("What a release would look like. Nothing is drawn and nothing is spent while you slide.")
)
dataset = session.dataset_or_stop()
uses.left_out(workspace.rights.consents.usable(dataset.name))
scope = scopes.scope_of(workspace, dataset)
questions.begun(scope)
questions.form(scope)
if session.query_of(dataset) is None:
    st.markdown(_("Ask a question above to see its table, its error and its risk."))
    st.stop()


@language.fragment
def look_ahead() -> None:
    query, state = session.query_of(dataset), workspace.budget(dataset.population)
    if query is None:
        return
    st.markdown(wording.titled(_("Shown here"), wording.in_words(query)))
    is_epsilon_chosen = targets.way() == targets.EPSILON
    first, *others = st.columns(3 if is_epsilon_chosen else 2)
    with others[0] if is_epsilon_chosen else first:
        delta = sliders.delta(state.total)
    with others[-1]:
        prior_percent = sliders.prior_percent()
    with outputs.explained(_("Not possible")):
        if is_epsilon_chosen:
            with first:
                asked = Budget(epsilon=sliders.epsilon(), delta=delta)
            above = st.container()  # what the sliders change, right below them
            query = divisions.divided(scope, query)
        else:
            plan = targets.planned(scope, replace(query, shares={}), delta)
            if plan is None:
                return
            above = st.container()
            query, asked = replace(query, shares=plan.shares), plan.asked
        seen = workspace.preview(dataset.name, query, asked)
        session.keep_query(dataset, query)
        session.keep_asked(dataset, asked)
        with above:
            previews.affordable(asked, state)
            previews.pictures(seen, query)
            previews.odds(seen, prior_percent)
            yardsticks.of_loss("tradeoff", asked, "epsilon", "delta", "odds", "margin")
        previews.table(seen, query)


look_ahead()
navigation.link("release", _("Release this"))
if st.toggle(
    _("Examine this question: outcomes, attacks, all of its error"), key="tradeoff_examine"
):
    query, asked = session.query_of(dataset), session.asked_of(dataset)
    if query is not None and asked is not None:
        examined.question(workspace, dataset, query, asked)
