"""Every duty checked on what the desk knows, with evidence and remedy."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, permitted, session
from pages.parts.deciding import duties, improvement, opened, remedies, standing, worklist

VIEWS = ("Findings", "All duties", "Improvement")

workspace = session.workspace()
mending = workspace.governance.mending
outputs.remark(_("Duties are checked on the data and the records, not on a questionnaire."))
if not workspace.datasets():
    session.dataset_or_stop()

if st.button(
    _("Check every duty now"),
    type="primary",
    key="decisions_check",
    **permitted.needs("duties.assess"),
):
    with outputs.explained(_("Not checked")), outputs.working(_("Checking …")):
        workspace.assess()
latest = workspace.governance.duties.newest()
if latest is None:
    st.markdown(_("No duty has been checked yet."))
    st.stop()

findings = mending.findings()
pack = workspace.governance.packs.in_force()
if (place := st.query_params.pop("finding", None)) in {one.id for one in findings}:
    st.session_state["decisions_view"], st.session_state["decisions_finding"] = VIEWS[0], place
standing.shown(latest, workspace.governance.duties.standings(), findings, mending)
explaining.explained("decisions_standing", "met", "unmet", "unassessed", "waived")
view = st.radio(_("View"), VIEWS, format_func=_, horizontal=True, key="decisions_view")

if view == "All duties":
    duties.shown(latest)
elif view == "Improvement":
    improvement.shown(mending.applied(), findings)
else:
    finding = worklist.shown(mending, findings, pack)
    remedies.last(mending)
    if finding is not None:
        verdict = next((v for v in latest.verdicts if v.key == finding.key), None)
        opened.shown(mending, finding, pack, verdict)
        remedies.shown(mending, finding)
