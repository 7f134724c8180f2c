"""Requests coming in: a form, a file, a browser's signal. Who it is about never leaves the form."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rights import Provision, provisions, signal_law, to_identifiers
from compliance.rights.nouns import Identifier, IdentifierKind, Right
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.requesting import words

_USUAL = (
    *(IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.PERSON_KEY),
    *(IdentifierKind.NAME, IdentifierKind.BIRTH_DATE, IdentifierKind.ADDRESS),
)
_OTHERS = tuple(kind for kind in IdentifierKind if kind not in _USUAL)
_ROUND = "requests_round"  # counts up with each request, so that typed identifiers are forgotten
_LONGEST = 200


def form(workspace: Workspace) -> None:
    """One request, typed."""
    laws = workspace.rights.requests.laws()
    one, two = st.columns(2)
    law = one.selectbox(_("Under which law"), laws, key="requests_law", format_func=words.law_name)
    rights = list(provisions().get(str(law), {}))
    right = two.selectbox(_("What is asked for"), rights, key="requests_right", format_func=_named)
    found = provisions().get(str(law), {}).get(right) if right else None
    if found is None:
        st.markdown(_("No law is in scope yet under which people can ask for something."))
        return
    outputs.remark(_about(found))
    with st.form("requests_open_form", border=True):
        today = workspace.governance.audits.now().date()
        one, two, three = st.columns(3)
        received = one.date_input(_("Received on"), today, key="requests_received")
        channel = two.selectbox(
            _("How it came"),
            list(words.CHANNELS),
            format_func=lambda way: _(words.CHANNELS[way]),
            key="requests_channel",
        )
        home = workspace.organisation().country
        codes = wording.countries()
        country = three.selectbox(
            _("Country whose holidays count"),
            codes,
            index=codes.index(home) if home in codes else None,
            format_func=wording.country,
            key="requests_country",
            placeholder=_("none"),
        )
        purpose = (
            st.text_input(
                _("What is objected to"),
                key="requests_purpose",
                max_chars=_LONGEST,
                placeholder=_("everything"),
                help=_("A purpose, as your datasets name it; left empty: everything."),
            )
            if right in (Right.OBJECTION, Right.OPT_OUT, Right.RESTRICTION)
            else ""
        )
        identifiers = _who()
        submitted = st.form_submit_button(
            _("Take it in"), type="primary", key="requests_open", icon=":material/add:"
        )
    if submitted:
        with outputs.explained(_("Not taken in")):
            opened = workspace.rights.requests.open(
                law,
                right,
                received,
                to_identifiers(identifiers),
                channel=channel or "form",
                country=country or "",
                purpose=purpose,
            )
            _go_to(opened.id, _("Taken in as {id}").format(id=opened.id))


def _about(found: Provision) -> str:
    """What a right is, where the law has it, and what is to be known of it."""
    said = [wording.bracketed(_(found.title), _(found.article)) + locales.end()]
    if found.notes:
        said.append(_(found.notes))
    return locales.joined(said, "sentences")


def from_file(workspace: Workspace) -> None:
    """Many requests at once."""
    st.header(_("From a file"))
    outputs.remark(
        _(
            "CSV or JSON with one request per row: law, right, received_on, if need be channel, "
            "country and purpose, and a column for each kind of identifier, such as email. All "
            "rows are taken in, or none."
        )
    )
    file = st.file_uploader(
        _("File of requests"),
        ["csv", "json"],
        key=f"requests_file_{_round()}",
    )
    if st.button(_("Take in all of it"), key="requests_import", disabled=file is None) and file:
        with outputs.explained(_("Nothing taken in")), outputs.working(_("Taking it in …")):
            opened = workspace.rights.requests.import_(file.getvalue(), file.name)
            _go_to(opened[-1].id, _("{n} requests taken in").format(n=len(opened)))


def signal(workspace: Workspace) -> None:
    """Global Privacy Control."""
    st.header(_("Global Privacy Control"))
    outputs.remark(
        _(
            "Under {law}, a browser's signal is an opt-out of sale or sharing. Where somebody is "
            "signed in, say who; where nobody is, it is counted, and honoured for that browser "
            "only."
        ).format(law=words.law_name(signal_law()))
    )
    with st.form("requests_signal_form", border=True):
        email = st.text_input(
            _("Account’s e-mail address, if known"),
            key=f"requests_signal_email_{_round()}",
            autocomplete="off",
            max_chars=_LONGEST,
        )
        submitted = st.form_submit_button(_("Take the signal in"), key="requests_signal")
    if submitted:
        who = [Identifier(kind=IdentifierKind.EMAIL, value=email.strip())] if email.strip() else []
        with outputs.explained(_("Nobody to match it to")):
            opened = workspace.rights.requests.open_signal(who)
            _go_to(opened.id, _("Taken in as {id}").format(id=opened.id))


def _who() -> list[tuple[str, object]]:
    """What the person is known by, as typed; forgotten once the request is taken in."""
    outputs.remark(
        _(
            "Who it is about: give what you have. It is sealed under a key of its own; records, "
            "trail and exports never hold it."
        )
    )
    columns = st.columns(3)
    found: list[tuple[str, object]] = [
        (
            kind.value,
            columns[place % 3].text_input(
                _(words.KINDS[kind]),
                key=f"requests_who_{kind.name.lower()}_{_round()}",
                autocomplete="off",
                max_chars=_LONGEST,
            ),
        )
        for place, kind in enumerate(_USUAL)
    ]
    one, two = st.columns([1, 2])
    other = one.selectbox(
        _("Another identifier"),
        _OTHERS,
        format_func=lambda kind: _(words.KINDS[kind]),
        key=f"requests_who_kind_{_round()}",
    )
    value = two.text_input(
        _("Its value"),
        key=f"requests_who_value_{_round()}",
        autocomplete="off",
        max_chars=_LONGEST,
    )
    return [*found, ((other or _OTHERS[0]).value, value)]


def _named(right: Right) -> str:
    return _(words.RIGHTS[right])


def _round() -> int:
    return int(st.session_state.get(_ROUND, 0))


def _go_to(id_: str, told: str) -> None:
    """Show the request, and forget who was typed."""
    st.session_state[_ROUND] = _round() + 1
    st.session_state["requests_next"] = id_
    st.session_state["requests_told"] = told
    st.rerun()
