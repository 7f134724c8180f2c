"""Where each copy lies, which movements happen, and what each law says of them."""

from functools import partial

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, session
from pages.parts.residing import checks, maps, movements

workspace = session.workspace()
outputs.remark(
    _("Where every copy lies, where data go, and what each law says of that. Not legal advice.")
)
if not workspace.datasets():
    session.dataset_or_stop()

found = workspace.governance.residency.whereabouts()
movements.summary(found)
explaining.explained("residency_movements", "movement", "adequacy", "scc")
movements.unplaced(found.unplaced)
with st.container(border=True):
    maps.map_of(found)

asking = _("Check a movement before it happens")
outputs.tabbed(
    "residency_tabs",
    {
        _("Movements"): partial(movements.movements, found),
        asking: partial(checks.check, workspace),
        _("Counted since 1 January"): partial(movements.counters, found.counters),
    },
    always=[asking],
)
