"""Tune ε and δ and see what would be published, how wrong, and how safe."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from pages.parts import (
    divisions,
    navigation,
    outputs,
    previews,
    question_files,
    questions,
    scopes,
    session,
    sliders,
    wording,
)

workspace = session.workspace()
outputs.remark(
    _("What a release would look like. Nothing is drawn and nothing is spent while you slide.")
)
dataset = session.dataset_or_stop()
scope = scopes.scope_of(workspace, dataset)
questions.begun(scope)
question_files.said()
questions.form(scope)
if session.query_of(dataset) is None:
    st.markdown(_("Ask a question above to see its table, its error and its risk."))
    st.stop()


@st.fragment
def look_ahead() -> None:
    query = session.query_of(dataset)
    st.markdown(f"**{_('Shown here:')}** {wording.in_words(query)}")
    left, middle, right = st.columns(3)
    with left:
        epsilon = sliders.epsilon()
    with middle:
        delta = sliders.delta(workspace.budget(dataset.population).total)
    with right:
        prior_percent = sliders.prior_percent()
    with outputs.explained(_("Not possible")):
        query = divisions.divided(scope, query)
        seen = workspace.preview(dataset.name, query, Budget(epsilon=epsilon, delta=delta))
        session.keep_query(dataset, query)
        session.keep_asked(seen.asked)
        previews.odds(seen, prior_percent)
        previews.facts(seen)
        left, right = st.columns(2)
        with left:
            previews.picture(seen, query)
        with right:
            previews.curve(seen, query)
        previews.table(seen, query)
        previews.drowned(seen, query)
        outputs.remark(
            _("Internal view: the numbers before noise are exact. Only a release may be published.")
        )


look_ahead()
navigation.link("release", _("Release this"))
