"""Consents taken in from a file, given and withdrawn by one person, and handed over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from compliance.i18n import translate as _
from compliance.rights.nouns import Identifier, IdentifierKind, Purpose
from compliance.workspace import Workspace
from compliance.workspace.consenting.consents import LARGEST_FILE_BYTES
from pages.parts import outputs

_AS_THE_FILE_SAYS = ""
_SAID, _PERSON = "consent_said", "consent_person_number"
_KINDS = {
    IdentifierKind.EMAIL: "E-mail address",
    IdentifierKind.PHONE: "Telephone number",
    IdentifierKind.PERSON_KEY: "Customer number",
}


def take_in(workspace: Workspace, known: Sequence[Purpose]) -> None:
    """Consents and withdrawals from a file; all of them or none."""
    if not known:
        st.markdown(_("Define a purpose first: nobody can agree to nothing."))
        return
    outputs.remark(
        _(
            "One row per event: who (email, phone or customer_id), purpose, given_at or "
            "withdrawn_at, and if known expires_at, version, method, proof, law."
        )
    )
    with st.form("consent_import", border=True):
        upload = st.file_uploader(
            _("CSV or JSON"),
            type=["csv", "json"],
            key="consent_file",
            max_upload_size=LARGEST_FILE_BYTES // 2**20,
        )
        purpose = st.selectbox(
            _("Purpose of rows that name none"),
            [_AS_THE_FILE_SAYS, *(one.id for one in known)],
            format_func=lambda id_: titled(known, id_) or _("as the file says"),
            key="consent_file_purpose",
            width=420,
        )
        submitted = st.form_submit_button(_("Take in"), type="primary", key="consent_take_in")
    if not submitted:
        return
    if upload is None:
        st.warning(_("Choose a file first."))
    else:
        with outputs.explained(_("Nothing was recorded")), outputs.working(_("Taking it in …")):
            taken = workspace.rights.consents.import_(upload.getvalue(), upload.name, purpose or "")
            say(
                _("{n} events were recorded; {known} were on record already.").format(
                    n=outputs.count(taken.new), known=outputs.count(taken.rows - taken.new)
                ),
            )


def one_person(workspace: Workspace, known: Sequence[Purpose]) -> None:
    """One person withdraws, or agrees."""
    if not known:
        st.markdown(_("Define a purpose first: nobody can agree to nothing."))
        return
    outputs.remark(_("Who it is, is hashed at once and never shown again."))
    # A field of its own for each person, so that nothing of the last one stays in the session.
    person = int(st.session_state.get(_PERSON, 0))
    with st.form("consent_person", border=True):
        left, right = st.columns(2)
        purpose = left.selectbox(
            _("Purpose"),
            [one.id for one in known],
            format_func=lambda id_: titled(known, id_),
            key="consent_person_purpose",
        )
        kind = left.selectbox(
            _("Known by"),
            list(_KINDS),
            format_func=lambda one: _(_KINDS[one]),
            key="consent_person_kind",
        )
        value = right.text_input(_("Who"), key=f"consent_person_value_{person}", autocomplete="off")
        with st.container(horizontal=True):
            withdrawn = st.form_submit_button(
                _("Record a withdrawal"), type="primary", key="consent_withdraw"
            )
            given = st.form_submit_button(_("Record a consent"), key="consent_give")
    if not (withdrawn or given):
        return
    area, whose = workspace.rights.consents, Identifier(kind=kind, value=value)
    with outputs.explained(_("Nothing was recorded")):
        if withdrawn:
            area.withdraw(str(purpose), whose)
            st.session_state[_PERSON] = person + 1
            say(_("The withdrawal is recorded; that person’s rows are left out from now."))
        else:
            area.give(str(purpose), whose)
            st.session_state[_PERSON] = person + 1
            say(_("The consent is recorded."))


def take_out(workspace: Workspace) -> None:
    """Hand all events over, without people or with keyed hashes."""
    hashes = st.checkbox(
        _("With a keyed hash for each person"), key="consent_export_hashes", persist_state="page"
    )
    st.download_button(
        _("Download all events as CSV"),
        data=partial(workspace.rights.consents.export, with_people=hashes),
        file_name="consents.csv",
        mime="text/csv",
        on_click="ignore",
        key="consent_export",
        icon=":material/download:",
    )


def say(words: str) -> None:
    """Draw the page anew, with `words` above it."""
    st.session_state[_SAID] = words
    st.rerun()


def said() -> None:
    """What was done just now, once."""
    if words := st.session_state.pop(_SAID, ""):
        st.success(words, icon=":material/check_circle:")


def titled(known: Sequence[Purpose], id_: str) -> str:
    """What a purpose is called; empty where there is none."""
    return next((one.title for one in known if one.id == id_), "")
