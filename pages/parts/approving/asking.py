"""Where an act needs a second person: why, how far that is, and the way to ask."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from compliance.access.nouns import Approval, Sought, Stand
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.errors import ComplianceError
from compliance.federated.nouns import Plan
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace
from compliance.workspace.approving.approvals import Need
from pages.parts import language, outputs, wording
from pages.parts.approving import words

_SAID = "approvals_said"


def may_go(workspace: Workspace, need: Need | None, page: str) -> bool:
    """Whether an act may be done now; where others must approve first, the way to ask them.

    Args:
        page: whose widgets they are.
    """
    _said()
    if need is None or not need.is_needed:
        return True
    if need.is_approved and need.approval is not None:
        st.success(_approved(need.approval), icon=":material/how_to_reg:")
        return True
    with st.container(border=True, key=f"{page}_approval"):
        st.markdown(
            ":material/group: "
            + _("**A second person must approve this first:** {because}.").format(
                because=wording.escaped(_(need.because))
            )
        )
        if need.is_asked and need.approval is not None:
            _waiting(workspace, need.approval, page)
        else:
            _ask(workspace, need, page)
    return False


def label(words_: str, need: Need | None) -> str:
    """What a button says that does what others approved."""
    if need is None or not need.is_approved or need.approval is None:
        return words_
    return _("{words} (approved by {people})").format(
        words=words_, people=words.people(need.approval.approved_by)
    )


def of_release(
    workspace: Workspace, dataset: Dataset, query: Query, epsilon: str, delta: str
) -> Need | None:
    """Whether a release needs a second person; None where it cannot be asked as it is typed."""
    if workspace.access.approving.required().epsilon is None:
        return None
    with suppress(ComplianceError):
        asked = wording.typed_budget(epsilon, delta)
        return workspace.access.approving.for_release(
            dataset.name, query, asked.epsilon, asked.delta
        )
    return None


def of_bounds(
    workspace: Workspace, dataset: Dataset, query: Query, columns: list[str], asked: Budget
) -> Need | None:
    """Whether a look for bounds needs a second person."""
    if workspace.access.approving.required().epsilon is None:
        return None
    names = [ColumnName(name) for name in columns]
    return workspace.access.approving.for_bounds(dataset.name, query, names, asked)


def of_run(
    workspace: Workspace, dataset: Dataset, plan: Plan, resume: str | None = None
) -> Need | None:
    """Whether a federated run needs a second person; None where it cannot be run."""
    if workspace.access.approving.required().epsilon is None:
        return None
    with suppress(ComplianceError):
        return workspace.access.approving.for_run(dataset.name, plan, resume)
    return None


def _said() -> None:
    told = st.session_state.pop(_SAID, None)
    if told is not None:
        st.error(wording.escaped(told), title=_("Not asked"), icon=":material/block:")


def _approved(approval: Approval) -> str:
    return _("Approved by {people} on {when}. It counts once, for exactly this.").format(
        people=words.people(approval.approved_by),
        when=outputs.moment(approval.decided_at or approval.asked_at),
    )


def _waiting(workspace: Workspace, approval: Approval, page: str) -> None:
    left = approval.needed - len(approval.approved_by)
    st.markdown(
        _("Asked on {when}. Nobody has decided yet.").format(when=outputs.moment(approval.asked_at))
        if left == approval.needed
        else _("Approved by {people}; another person must, too.").format(
            people=words.people(approval.approved_by)
        )
    )
    st.button(
        _("Take the question back"),
        key=f"{page}_approval_withdraw",
        on_click=_withdraw,
        args=(workspace, approval.id),
    )


def _ask(workspace: Workspace, need: Need, page: str) -> None:
    if need.approval is not None:
        outputs.remark(_(_BEFORE[need.approval.stand]) + words.remarks(need.approval))
    if not workspace.actor.account:
        outputs.remark(
            _("Nobody is signed in here, so two people with accounts of their own must approve.")
        )
    key = f"{page}_approval_why"
    st.text_input(
        _("Why it is needed, for whoever decides"),
        key=key,
        max_chars=300,
        placeholder=_("no names of people"),
        persist_state="page",  # it may stand in a tab that is turned away from
    )
    st.button(
        _("Ask for approval"),
        type="primary",
        key=f"{page}_approval_ask",
        icon=":material/group_add:",
        on_click=_send,
        args=(workspace, need.sought, key),
    )


@language.callback
def _send(workspace: Workspace, sought: Sought, key: str) -> None:
    """Ask once; a second click finds it asked already."""
    try:
        workspace.access.approving.ask(sought, str(st.session_state.get(key, "")))
    except ComplianceError as refusal:
        st.session_state[_SAID] = wording.refused(refusal)


@language.callback
def _withdraw(workspace: Workspace, id_: str) -> None:
    try:
        workspace.access.approving.withdraw(id_)
    except ComplianceError as refusal:
        st.session_state[_SAID] = wording.refused(refusal)


_BEFORE = {
    Stand.DECLINED: mark("It was declined."),
    Stand.WITHDRAWN: mark("You took the question back."),
    Stand.LAPSED: mark("It was approved, and that counts no more."),
    Stand.USED: mark("It was approved and done once."),
}
