"""Who looks at this page, and the workspace in their hands.

Nobody gets further than their visit allows: `enter` asks at every run of the app; parts, dialogs
and callbacks, which run without it, ask by `language`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from compliance.access import check_is_near
from compliance.access.nouns import Caller, Identity
from compliance.errors import AccessError, SignInError, SignInNotReadyError
from compliance.i18n import mark
from pages.parts import sharing
from pages.parts.guiding import stage

if TYPE_CHECKING:
    from compliance.workspace import Workspace

_ACTOR, _VISIT = "visiting_actor", "visiting_visit"
_KEPT = ("session_language",)  # what the next person may find


@st.cache_resource(max_entries=1, show_spinner=False)
def shared() -> Workspace:
    """The open workspace that all sessions share, in the hands of whoever has the machine."""
    sharing.wait_until_loaded()
    from compliance.workspace import Workspace
    from compliance.workspace.beside import through

    return through(Workspace(), sharing.crew())


def workspace() -> Workspace:
    """The workspace in the hands of whoever looks; where none may, the page begins anew."""
    try:
        return _on_stage(_in_hands(is_act=False))
    except AccessError:
        st.rerun()


def enter() -> Workspace:
    """The workspace for a run of the app, which is something that somebody did.

    What was in hand leaves with whom it belonged to.

    Raises:
        AccessError: nobody may come in so.
        WorkspaceError: it cannot be opened.
    """
    try:
        theirs = _in_hands(is_act=True)
    except AccessError:
        _clear()
        raise
    visit = _identity(theirs).token if theirs.actor.account else ""
    if st.session_state.setdefault(_VISIT, visit) != visit:
        _clear()
    st.session_state.update({_VISIT: visit, _ACTOR: theirs.actor})
    return _on_stage(theirs)


def has_begun() -> bool:
    """Whether somebody was in, in this window."""
    return _VISIT in st.session_state


def is_still_here(*, is_act: bool = True) -> bool:
    """Whether whoever the page was drawn for is still here, with the rights of then.

    Args:
        is_act: whether they did something just now; what looks by itself says no.
    """
    try:
        actor = _in_hands(is_act=is_act).actor
    except AccessError:
        return False
    return not actor.account or bool(actor == st.session_state.get(_ACTOR))


def leave() -> None:
    """Sign whoever looks at this page out, here and at the provider."""
    here = shared()
    here.access.visits.end(_identity(here))
    _clear()
    st.logout()


def let_go() -> None:
    """Let go of all that was typed, chosen and loaded; whoever looks goes on elsewhere."""
    _clear(but=(*_KEPT, stage.ON))


def reset_shop() -> None:
    """The shop that whoever looks presents, as it was first opened, from its first page."""
    theirs = _in_hands(is_act=True)
    stage.reset(theirs.settings.home, theirs.actor)
    let_go()


def claims() -> Mapping[str, object]:
    """What the provider said of whoever signed in; `is_logged_in` where sign-in works at all."""
    return dict(st.user.to_dict())


def caller() -> Caller:
    """Where the browser of this session is."""
    # Streamlit gives no address where it is this machine's.
    return Caller(
        address=st.context.ip_address or "127.0.0.1",
        listens_on=config.get_option("server.address") or "",
        headers={name.lower(): value for name, value in st.context.headers.items()},
    )


def _on_stage(theirs: Workspace) -> Workspace:
    """The demo shop in its place, while whoever looks presents."""
    if not stage.is_on():
        return theirs
    confirm = theirs.guiding.whoever if theirs.actor.account else None
    return stage.shop(theirs.settings.home, theirs.actor, confirm)


def _in_hands(*, is_act: bool) -> Workspace:
    """The workspace in the hands of whoever looks.

    Raises:
        AccessError: nobody may come in so.
    """
    here = shared()
    sign_in = here.settings.sign_in
    sign_in.check()
    if not sign_in.way:
        check_is_near(caller())
        return here
    visits, identity = here.access.visits, _identity(here)
    actor = visits.check(identity, is_act=is_act)
    return here.acting(actor, partial(visits.confirm, identity))


def _identity(here: Workspace) -> Identity:
    """Whoever the provider says that looks at this page.

    Raises:
        SignInError: nobody signed in.
        SignInNotReadyError: nobody can.
    """
    said = claims()
    if "is_logged_in" not in said:
        raise SignInNotReadyError(setting="pages/parts/server.py")
    if config.get_option("server.trustedUserHeaders"):
        raise SignInNotReadyError(setting="server.trustedUserHeaders")
    if not said["is_logged_in"]:
        raise SignInError(reason=mark("sign in first"))
    return here.access.visits.identity(said)


def _clear(but: tuple[str, ...] = _KEPT) -> None:
    """Let go of all that this session has in hand: what was typed, chosen, loaded."""
    for key in [str(key) for key in st.session_state if key not in but]:
        del st.session_state[key]
    if context := get_script_run_ctx():
        context.uploaded_file_mgr.remove_session_files(context.session_id)
