"""What was made from what, by which step."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import figures, outputs, session

workspace = session.workspace()
outputs.remark(_("From the source files to every release, model and report, left to right."))
dataset = session.dataset_or_stop()
everything = st.toggle(_("Show all datasets"), key="lineage_all")
edges = workspace.lineage(None if everything else [dataset.name])
st.plotly_chart(
    figures.lineage(edges),
    key="lineage_graph",
    config=figures.PLAIN,
    alt=_("{n} steps lead from source files to what was made of them").format(n=len(edges)),
)
outputs.table(
    [
        {
            _("From"): edge.origin.title,
            _("Step"): _(edge.step),
            _("To"): edge.made.title,
            _("When"): outputs.moment(edge.at),
            _("Entry of the trail"): edge.entry,
        }
        for edge in reversed(edges)
    ],
    key="lineage_table",
    alt=_("Every step of the lineage with its time and its entry in the trail"),
)
