"""Who is accountable, and where this installation keeps its records."""

from dataclasses import replace

import streamlit as st

from compliance import __version__
from compliance.i18n import translate as _
from pages.parts import outputs, permitted, session, wording
from pages.parts.guiding import stage
from pages.parts.registering import keeping, scope

workspace = session.workspace()
outputs.remark(_("Stands on the cover of every report and in the record of processing."))
said = workspace.organisation()
with st.form("organisation", border=True):
    name = st.text_input(_("Name of the organisation"), said.name, key="organisation_name")
    officer = st.text_input(
        _("Data-protection officer"), stage.veiled(said.officer), key="organisation_officer"
    )
    contact = st.text_input(
        _("How the officer is reached"), stage.veiled(said.contact), key="organisation_contact"
    )
    codes = ["", *wording.countries()]
    country = st.selectbox(
        _("Country of the main establishment"),
        codes,
        index=codes.index(said.country) if said.country in codes else 0,
        format_func=wording.country_and_code,
        key="organisation_country",
    )
    submitted = st.form_submit_button(
        _("Record"),
        type="primary",
        key="organisation_record",
        **permitted.needs("organisation.describe"),
    )
if submitted:
    with outputs.explained(_("Not recorded")):
        if stage.is_on():  # what stands under a veil stays as it is
            officer, contact = said.officer, said.contact
        workspace.set_organisation(
            replace(said, name=name, officer=officer, contact=contact, country=country)
        )
        st.toast(_("Recorded."), icon=":material/check:")

if workspace.may("evidence.see"):
    st.header(_("Laws in scope"))
    scope.decide(workspace)

    st.header(_("Requests of people"))
    keeping.decide(workspace)

st.header(_("This installation"))
st.table(
    {
        _("Privacy Desk"): __version__,
        _("Workspace folder"): stage.veiled(str(workspace.settings.home)),
        _("Acts in the trail as"): workspace.actor.name,
    }
)
