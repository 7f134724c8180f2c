"""Who is accountable, and where this installation keeps its records."""

from dataclasses import replace

import streamlit as st

from compliance import __version__
from compliance.i18n import translate as _
from pages.parts import outputs, session
from pages.parts.registering import scope

workspace = session.workspace()
outputs.remark(_("Stands on the cover of every report and in the record of processing."))
said = workspace.organisation()
with st.form("organisation", border=True):
    name = st.text_input(_("Name of the organisation"), said.name, key="organisation_name")
    officer = st.text_input(_("Data-protection officer"), said.officer, key="organisation_officer")
    contact = st.text_input(
        _("How the officer is reached"), said.contact, key="organisation_contact"
    )
    country = st.text_input(
        _("Country of the main establishment"),
        said.country,
        key="organisation_country",
        max_chars=2,
        placeholder="DE",
    )
    submitted = st.form_submit_button(_("Record"), type="primary", key="organisation_record")
if submitted:
    with outputs.explained(_("Not recorded")):
        workspace.set_organisation(
            replace(said, name=name, officer=officer, contact=contact, country=country.upper())
        )
        st.toast(_("Recorded."), icon=":material/check:")

st.header(_("Laws in scope"))
scope.decide(workspace)

st.header(_("Requests of people"))
sweeping = workspace.rights.requests.sweeping
outputs.remark(
    _(
        "Who a request was about is sealed, and stays readable for a while after the answer: for "
        "an appeal, or a second request. Then its key is destroyed by the worker, for ever."
    )
)
with st.form("organisation_sealed", border=True):
    days = st.number_input(
        _("Days after the answer"), 1, 1095, sweeping.days(), key="organisation_sealed_days"
    )
    is_set = st.form_submit_button(_("Set"), key="organisation_sealed_set")
if is_set:
    with outputs.explained(_("Not recorded")):
        sweeping.set_days(int(days))
        st.toast(_("Recorded."), icon=":material/check:")

st.header(_("This installation"))
st.table(
    {
        _("Privacy Desk"): __version__,
        _("Workspace folder"): str(workspace.settings.home),
        _("Acts in the trail as"): workspace.settings.actor,
    }
)
