"""What was made from what, by which step."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.lineage.nouns import Step
from pages.parts import figures, outputs, session

workspace = session.workspace()
outputs.remark(_("From the source files to every release, model and report, left to right."))
dataset = session.dataset_or_stop()
everything = st.toggle(_("Show all datasets"), key="lineage_all")
steps = Step.every(workspace.proof.lineage.edges(None if everything else [dataset.name]))
st.plotly_chart(
    figures.lineage(steps),
    key="lineage_graph",
    config=figures.PLAIN,
    alt=_("{n} steps lead from source files to what was made of them").format(n=len(steps)),
)
outputs.table(
    [
        {
            _("From"): step.origins[0].title + step.others,
            _("Step"): _(step.step),
            _("To"): step.made.title,
            _("When"): outputs.moment(step.at),
            _("Entry of the trail"): step.entry,
        }
        for step in reversed(steps)
    ],
    key="lineage_table",
    alt=_("Every step of the lineage with its time and its entry in the trail"),
)
