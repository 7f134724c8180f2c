"""Who may sign in: listed, let in, changed, let in no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from compliance.access.nouns import Account
from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording
from pages.parts.admitting import roles

_KEEP = "account.keep"  # who may keep accounts may remove them
_SOMEBODY_NEW = ""


def explain(workspace: Workspace) -> None:
    """Whether people sign in here at all, and how that is turned on."""
    outputs.remark(
        _("Each person who works here has an account of their own; the trail tells who did what.")
    )
    if not workspace.settings.sign_in.way:
        st.info(
            _(
                "Nobody signs in here: whoever has this machine in hand acts as “{actor}”, with "
                "all roles, and no other machine is served. To have people sign in, keep an "
                "account for each of them, one of them an administrator, and set the provider: "
                "see docs/signing-in.md."
            ).format(actor=wording.escaped(workspace.settings.actor)),
            icon=":material/lock_open:",
        )


def listed(found: Sequence[Account], last: Mapping[str, datetime]) -> None:
    """All accounts with roles, since when, and when each was here last."""
    if not found:
        st.markdown(_("Nobody has an account yet."))
        return
    outputs.table(
        [
            {
                meant("of a person", "Name"): one.name,
                _("E-mail"): one.email,
                _("Roles"): locales.joined(map(roles.name, one.roles), "words"),
                _("State"): _state(one),
                _("Since"): outputs.moment(one.at),
                _("Decided by"): one.by,
                _("Signed in last"): outputs.moment(last[one.id]) if one.id in last else "–",
            }
            for one in found
        ],
        key="accounts_table",
        alt=_("Everybody who may sign in or once could, with their roles"),
    )


def change(workspace: Workspace, found: Sequence[Account]) -> None:
    """Let somebody in, change somebody's roles, or let somebody in no more."""
    if not permitted.told(_KEEP):
        return
    active = {one.name: one for one in found if one.is_active}
    st.header(_("Let in, change, remove"))
    who = st.selectbox(
        _("Whom it is about"),
        [_SOMEBODY_NEW, *active],
        format_func=lambda name: name or _("Somebody new"),
        key="accounts_who",
        width=420,
    )
    _form(workspace, active.get(who))
    if who in active:
        _remove(workspace, active[who])


def _form(workspace: Workspace, before: Account | None) -> None:
    place = before.id if before else "new"
    with st.form("accounts", border=True):
        name = (
            before.name
            if before
            else st.text_input(
                meant("of a person", "Name"),
                key="accounts_name",
                max_chars=80,
                help=_("As the trail tells who acted; it is never used again for somebody else."),
            )
        )
        email = st.text_input(
            _("E-mail"),
            before.email if before else "",
            key=f"accounts_email_{place}",
            help=_("Who first signs in with this address, verified by the provider, has it."),
        )
        chosen = roles.chosen(f"accounts_role_{place}", before.roles if before else ())
        submitted = st.form_submit_button(_("Keep"), type="primary", key="accounts_keep")
    if submitted:
        with outputs.explained(_("Not kept")):
            workspace.access.accounts.keep(name, email, chosen)
            st.rerun()


def _remove(workspace: Workspace, account: Account) -> None:
    with st.popover(_("Remove …"), icon=":material/person_off:"):
        st.markdown(
            _(
                "{name} is signed out and cannot sign in again. The account stays on record, and "
                "the name is not used again."
            ).format(name=wording.escaped(account.name))
        )
        if st.button(_("Remove"), type="primary", key="accounts_remove"):
            with outputs.explained(_("Not removed")):
                workspace.access.accounts.remove(account.name)
                st.rerun()


def _state(one: Account) -> str:
    if not one.is_active:
        return _("removed")
    return _("has signed in") if one.subject else _("has not signed in yet")
