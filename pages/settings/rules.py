"""The rules in force: what each asks, where that was read, how it stands; and one's own packs."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import outputs, session
from pages.parts.ruling import details, packs, table

workspace = session.workspace()
outputs.remark(
    _("What the desk checks, and where each duty was read. This is a tool, not legal advice.")
)
with outputs.explained(_("The rules cannot be used")):
    pack = workspace.governance.packs.in_force()
    latest = workspace.governance.duties.newest()
    table.edition(pack)
    rule = table.chosen(pack, latest)
    if rule is not None:
        details.show(pack, rule, latest)

st.header(_("Your own packs"))
packs.bring_in(workspace)
packs.kept(workspace)
packs.hand_out(workspace)
