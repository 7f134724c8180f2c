"""Who agreed to what, who withdrew, and which rows may be used for a purpose."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, session
from pages.parts.consenting import changes, purposes, standing, uses

workspace = session.workspace()
outputs.remark(
    _(
        "People are asked before their data are used, and whoever withdraws is left out from then "
        "on. The desk keeps keyed hashes in place of people."
    )
)
if not workspace.datasets():
    session.dataset_or_stop()

changes.said()
stands = workspace.rights.consents.standing()
standing.shown(stands)
explaining.explained("consent_standing", "consent", "basis")
uses.shown(workspace.rights.consents.uses())

known = [one.purpose for one in stands]
tabs = [_("Take a file in"), _("One person"), _("Purposes and texts"), _("History")]
# Without a purpose nobody can agree to anything, so defining one comes first.
files, people, asked, past = st.tabs(tabs, default=tabs[0 if known else 2])
with files:
    changes.take_in(workspace, known)
with people:
    changes.one_person(workspace, known)
with asked:
    purposes.shown(known)
    purposes.keep(workspace)
    purposes.new_text(workspace, known)
with past:
    standing.history(workspace.rights.consents.history())
    changes.take_out(workspace)
