"""The way in and out: the sign-in page, and who is signed in, at the side."""

from __future__ import annotations

import streamlit as st

from compliance.access.nouns import Ended
from compliance.errors import (
    AccessError,
    ComplianceError,
    ElsewhereError,
    SignInNotReadyError,
    VisitOverError,
)
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import navigation, visiting, wording
from pages.parts.guiding import stage

ROLE_WORDS = {
    "administrator": "administrator",
    "analyst": "analyst",
    "auditor": "auditor",
    "officer": "officer",
}
_LOOK_S = 60  # how soon an open page notices that the visit is over


def enter_or_stop() -> Workspace:
    """The workspace for whoever looks at this page, or else the way in and nothing more."""
    was_in = visiting.has_begun()
    try:
        return visiting.enter()
    except ComplianceError as refusal:
        if was_in:
            navigation.take_away(_("Sign in"))
        _ask(refusal)
        st.stop()


def show_person(here: Workspace) -> None:
    """Who is signed in, with which roles, and the way out."""
    if stage.is_on() and visiting.claims().get("is_logged_in"):
        with st.sidebar:
            _watch()
    if not here.actor.account:
        return
    with st.sidebar:
        roles = locales.joined((_(ROLE_WORDS[role]) for role in sorted(here.actor.roles)), "words")
        st.markdown(f"**{wording.escaped(here.actor.name)}**  \n{roles}")
        if st.button(_("Sign out"), key="entrance_out", icon=":material/logout:"):
            visiting.leave()
            st.stop()
        _watch()


@st.fragment(run_every=_LOOK_S)
def _watch() -> None:
    """What is on the screen leaves it when the visit is over, though nobody clicks."""
    if not visiting.is_still_here(is_act=False):
        st.rerun()


def _ask(refusal: ComplianceError) -> None:
    """The sign-in page, which says why it is shown."""
    if not isinstance(refusal, AccessError):
        st.error(wording.refused(refusal), title=_("The workspace cannot be opened"))
        return
    st.title(_("Sign in"))
    if isinstance(refusal, ElsewhereError | SignInNotReadyError):
        st.error(wording.refused(refusal), title=_("Nobody can work here"))
        return
    is_first = not visiting.claims().get("is_logged_in")
    is_usual = isinstance(refusal, VisitOverError) and refusal.facts["why"] != Ended.ACCOUNT_CHANGED
    if is_first:
        st.markdown(_("This desk is for people who have an account."))
    elif is_usual:
        st.info(wording.refused(refusal))
    else:
        st.error(wording.refused(refusal), title=_("Not let in"))
    st.button(
        _("Sign in") if is_first else _("Sign in again"),
        key="entrance_in",
        type="primary",
        icon=":material/login:",
        on_click=st.login,
    )
