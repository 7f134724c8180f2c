"""What waits for somebody's word, what somebody asked for, and what was before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.access.nouns import Approval, Stand
from compliance.errors import ComplianceError
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import language, outputs, wording
from pages.parts.approving import words

_TOLD = "approvals_told"
_OPEN = (Stand.ASKED, Stand.APPROVED)


def told() -> None:
    """What came of the last decision, once."""
    found = st.session_state.pop(_TOLD, None)
    if found is not None:
        kind, sentence = found
        if kind == "error":
            st.error(wording.escaped(sentence), title=_("Not decided"), icon=":material/block:")
        else:
            st.success(wording.escaped(sentence), icon=":material/check_circle:")


def slipped(workspace: Workspace) -> None:
    """What was done without the second person that it needed; nothing, unless records changed."""
    found = workspace.access.approving.unapproved()
    if found:
        st.error(
            _("Done without the second person it needed: entries {numbers} of the trail.").format(
                numbers=locales.joined(map(str, found[:20]), "words")
            ),
            title=_("Not approved"),
            icon=":material/person_alert:",
        )


def waiting(workspace: Workspace, found: Sequence[Approval]) -> None:
    """What whoever looks may decide, each with all that it depends on."""
    st.header(_("Waiting for you"))
    if not found:
        st.markdown(_why_none(workspace))
    for one in found:
        with st.container(border=True, key=f"approvals_waiting_{one.id}"):
            _asked(one)
            words.act(one)
            if one.approved_by:
                outputs.remark(
                    _("Approved by {people} already; it takes two.").format(
                        people=words.people(one.approved_by)
                    )
                )
            _decide(workspace, one)


def own(workspace: Workspace, every: Sequence[Approval]) -> None:
    """What whoever looks asked for and is not done yet."""
    actor = workspace.actor
    mine = [
        one
        for one in every
        if (one.asked_by, one.asker) == (actor.name, actor.account) and one.stand in _OPEN
    ]
    if not mine:
        return
    st.header(_("Asked by you"))
    for one in mine:
        with st.container(border=True, key=f"approvals_own_{one.id}"):
            st.markdown(f"{words.badge(one.stand)} {wording.escaped(_(one.what))}")
            outputs.remark(
                _("Asked on {when}").format(when=outputs.moment(one.asked_at)) + words.remarks(one)
            )
            st.button(
                _("Take it back"),
                key=f"approvals_withdraw_{one.id}",
                on_click=_withdraw,
                args=(workspace, one.id),
            )


def past(every: Sequence[Approval]) -> None:
    """All that was ever asked for, as a table."""
    if not every:
        return
    st.header(_("All so far"))
    outputs.table(
        [
            {
                _("Asked on"): locales.moment(one.asked_at),
                _("By"): one.asked_by,
                _("What"): _(one.what),
                _("Stands"): _(words.STANDS[one.stand][2]),
                _("Decided by"): locales.joined((word.by for word in one.words), "words"),
                _("Remark"): "; ".join(word.remark for word in one.words if word.remark),
                _("Name"): one.id,
            }
            for one in every
        ],
        key="approvals_past",
        alt=_("Every act that others were asked to approve, {n} in all").format(n=len(every)),
    )


def _why_none(workspace: Workspace) -> str:
    if workspace.actor.account:
        return _("Nothing waits for your approval.")
    return _(
        "Nobody is signed in here. Whoever has this machine in hand may be the one who asked, so "
        "only people who sign in with accounts of their own decide."
    )


def _asked(one: Approval) -> None:
    st.markdown(
        f":gray[:small[{_(words.MATTERS[one.sought.matter])}]]  \n"
        + _("{who} asks, since {when}").format(
            who=f"**{words.people([one.asked_by])}**", when=outputs.moment(one.asked_at)
        )
    )
    if one.why:
        st.markdown(f"> {wording.escaped(one.why)}")


def _decide(workspace: Workspace, one: Approval) -> None:
    key = f"approvals_remark_{one.id}"
    st.text_input(_("Remark"), key=key, max_chars=300, placeholder=_("no names of people"))
    with st.container(horizontal=True):
        for is_approved, label, icon in (
            (True, _("Approve"), ":material/how_to_reg:"),
            (False, _("Decline"), ":material/block:"),
        ):
            st.button(
                label,
                type="primary" if is_approved else "secondary",
                key=f"approvals_{'approve' if is_approved else 'decline'}_{one.id}",
                icon=icon,
                on_click=_say,
                args=(workspace, one.id, key),
                kwargs={"is_approved": is_approved},
            )


@language.callback
def _say(workspace: Workspace, id_: str, key: str, *, is_approved: bool) -> None:
    """Decide once; a second click finds it decided."""
    remark = str(st.session_state.get(key, ""))
    try:
        done = workspace.access.approving.decide(id_, is_approved=is_approved, remark=remark)
    except ComplianceError as refusal:
        st.session_state[_TOLD] = ("error", wording.refused(refusal))
        return
    said = {
        Stand.APPROVED: _("Approved. {who} can do it now, once."),
        Stand.ASKED: _("Approved. It takes another person, too, for who asked was not signed in."),
        Stand.DECLINED: _("Declined. {who} is told where it was asked."),
    }[done.stand]
    st.session_state[_TOLD] = ("success", said.format(who=done.asked_by))


@language.callback
def _withdraw(workspace: Workspace, id_: str) -> None:
    try:
        workspace.access.approving.withdraw(id_)
    except ComplianceError as refusal:
        st.session_state[_TOLD] = ("error", wording.refused(refusal))
