"""What was made from what, by which step, and how far personal data went with it."""

from datetime import UTC, datetime

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, session
from pages.parts.tracing import columns, evidence, things

VIEWS = ("Graph", "One column", "Evidence")

workspace = session.workspace()
lineage = workspace.proof.lineage
outputs.remark(_("From the source files to every release, model and report, left to right."))
dataset = session.dataset_or_stop()
explaining.explained("lineage_graph", "lineage")
one, two, three = st.columns([2, 2, 3], vertical_alignment="bottom")
everything = one.toggle(_("Show all datasets"), key="lineage_all")
today = datetime.now(UTC).date()
chosen = two.date_input(_("As of"), today, max_value=today, key="lineage_day")
day = None if chosen in (None, today) else chosen
view = three.radio(_("View"), VIEWS, format_func=_, horizontal=True, key="lineage_view")

known = lineage.known(day)
edges = lineage.edges(None if everything else [dataset.name], day)
if view == "One column":
    columns.shown(workspace, known, edges, day)
elif view == "Evidence":
    evidence.shown(workspace, known)
else:
    things.shown(known, edges)

name = None if everything else str(dataset.name)
taken = st.container(horizontal=True)
taken.download_button(
    _("Download OpenLineage events"),
    data=lambda: lineage.export(name, day).data,
    file_name="lineage.jsonl",
    mime="application/x-ndjson",
    on_click="ignore",
    key="lineage_events",
    icon=":material/data_object:",
)
taken.download_button(
    _("Download edges of columns"),
    data=lambda: lineage.export_columns(None if everything else [dataset.name], day)[1],
    file_name="lineage.csv",
    mime="text/csv",
    on_click="ignore",
    key="lineage_csv",
    icon=":material/table_rows:",
)
