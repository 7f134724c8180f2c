"""Reports: built, signed, handed over in every format, and checked."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, session
from pages.parts.reporting import checking, choosing, listing

workspace = session.workspace()
outputs.remark(
    _("A document for the regulator, the directors or whoever asked: signed, and checkable.")
)
checking.check(workspace)
if not workspace.datasets():
    session.dataset_or_stop()
with st.container(border=True):
    st.header(_("Build a report"))
    explaining.explained("reports_build", "pdfa", "hash")
    choosing.build(workspace)
listing.built(workspace)
