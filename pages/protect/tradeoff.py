"""Tune ε and δ and see what would be published, how wrong, and how safe."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import figures, navigation, outputs, questions, session

workspace = session.workspace()
outputs.remark(
    _("What a release would look like. Nothing is drawn and nothing is spent while you slide.")
)
dataset = session.dataset_or_stop()
discovery = workspace.discovery(dataset.name)
query = session.query_of(dataset)
with outputs.explained(_("Not understood")):
    query = questions.query(dataset, discovery, query)
if query is None:
    st.markdown(_("Ask a question above to see its table, its error and its risk."))
    st.stop()
session.keep_query(dataset, query)


@st.fragment
def look_ahead() -> None:
    asked = questions.epsilon_and_delta(workspace.budget(dataset.population).total)
    with outputs.explained(_("Not possible")):
        seen = workspace.preview(dataset.name, query, asked)
        st.session_state["session_asked"] = asked
        outputs.attackers_odds(seen)
        outputs.preview_facts(seen)
        titles = {statistic.name: statistic.title for statistic in query.statistics}
        st.plotly_chart(
            figures.error_curve(seen.curve, titles, float(asked.epsilon)),
            key="tradeoff_curve",
            config=figures.PLAIN,
            alt=_("The larger ε, the smaller the margin of error"),
        )
        outputs.preview_table(seen, query)
        outputs.remark(
            _("Internal view: the numbers before noise are exact. Only a release may be published.")
        )


look_ahead()
navigation.link("release", _("Release this"))
