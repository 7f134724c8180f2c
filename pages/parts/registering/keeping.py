"""For how long it stays readable who a request was about."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, permitted


def decide(workspace: Workspace) -> None:
    """The days after the answer, and a field to set them."""
    sweeping = workspace.rights.requests.sweeping
    outputs.remark(
        _(
            "Who a request was about is sealed, and stays readable for a while after the answer: "
            "for an appeal, or a second request. Then its key is destroyed by the worker, for ever."
        )
    )
    with st.form("organisation_sealed", border=True):
        days = st.number_input(
            _("Days after the answer"), 1, 1095, sweeping.days(), key="organisation_sealed_days"
        )
        is_set = st.form_submit_button(
            _("Set"), key="organisation_sealed_set", **permitted.needs("organisation.describe")
        )
    if is_set:
        with outputs.explained(_("Not recorded")):
            sweeping.set_days(int(days))
            st.toast(_("Recorded."), icon=":material/check:")
