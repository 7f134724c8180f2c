"""A form for each thing that can be done with a request; what the law does not let is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import streamlit as st

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.rights import LEVELS, Action, provision_of
from compliance.rights.nouns import IdentityLevel, Outcome, Rejection, Right
from compliance.workspace import Workspace
from compliance.workspace.requesting.clocks import Clocked
from compliance.workspace.requesting.steps import PAUSES, Steps
from pages.parts import language, outputs, wording
from pages.parts.requesting import carrying, deciding, papers, words

Form = Callable[[Workspace, Clocked], None]


def ask(workspace: Workspace, found: Clocked, action: Action) -> None:
    """The form of `action`."""
    FORMS[action](workspace, found)


def done(told: str, does: Callable[[], object]) -> None:
    """Do it, say so, and show the request as it stands then; a refusal is a sentence."""
    with outputs.explained(_("Not done")):
        does()
        st.session_state["requests_told"] = told
        st.rerun()


def _confirm(workspace: Workspace, found: Clocked) -> None:
    on = _day(_("Receipt was confirmed on"), "confirmed", workspace)
    if found.confirm is not None:
        outputs.remark(
            _("Due by {day}, with how it will be dealt with.").format(
                day=locales.day(found.confirm.effective)
            )
        )
    if st.button(_("Note the confirmation"), type="primary", key="requests_confirm"):
        done(_("Noted"), lambda: _steps(workspace).confirm(found.request.id, on))


def _ask_identity(workspace: Workspace, found: Clocked) -> None:
    outputs.remark(
        _(
            "Only where it is in doubt who asks. The clock goes on, unless the law lets it stand "
            "still for this."
        )
    )
    why = st.text_input(_("Why it is in doubt"), key=f"requests_doubt_{found.request.id}")
    if st.button(_("Ask for proof"), type="primary", key="requests_ask_identity"):
        told = _("Proof was asked for")
        done(told, lambda: _steps(workspace).ask_identity(found.request.id, why))


def _reject_proof(workspace: Workspace, found: Clocked) -> None:
    id_ = found.request.id
    level = _level(f"requests_rejected_level_{id_}", IdentityLevel.DOCUMENT)
    why = st.radio(
        _("Why it is not taken"),
        list(words.REJECTIONS),
        format_func=lambda one: _(words.REJECTIONS[one]),
        key=f"requests_rejected_why_{id_}",
    )
    if st.button(_("Reject the proof …"), type="primary", key="requests_reject"):
        _reject(workspace, id_, level, why)


@language.dialog(mark("Reject this proof?"))
def _reject(workspace: Workspace, id_: str, level: IdentityLevel, why: Rejection) -> None:
    st.markdown(
        _("**{title}**: {words}.").format(
            title=_(words.LEVELS[level]), words=_(words.REJECTIONS[why])
        )
    )
    if why is Rejection.FORGED:
        st.markdown(
            _(
                "It stays on record. The request can then only be refused or withdrawn; the person "
                "herself may always ask anew."
            )
        )
    if st.button(_("Reject it"), type="primary", key="requests_reject_now"):
        told = _("The proof was rejected")
        done(told, lambda: _steps(workspace).reject_proof(id_, level, why))


def _identify(workspace: Workspace, found: Clocked) -> None:
    request = found.request
    provision = provision_of(request.law, request.right)
    needed = provision.level if provision.needs_identity else IdentityLevel.CONTACT
    outputs.remark(
        _("Needed here, at least: {level}. What was shown is never kept.").format(
            level=_(words.LEVELS[needed]).lower()
        )
    )
    level = _level(f"requests_level_{request.id}", needed)
    checked = st.text_input(
        _("What was compared"),
        key=f"requests_checked_{request.id}",
        placeholder=_("such as: birth date and last order; no names, no numbers"),
    )
    agent = (
        st.text_input(
            _("How the agent showed the mandate"),
            key=f"requests_agent_{request.id}",
            placeholder=_("such as: signed permission seen, person called back"),
        )
        if request.channel == "agent"
        else ""
    )
    if st.button(_("Identified"), type="primary", key="requests_identify"):
        steps = _steps(workspace)
        done(_("Identified"), lambda: steps.identify(request.id, level, checked, agent=agent))


def _extend(workspace: Workspace, found: Clocked) -> None:
    if found.due is None or found.due.extended is None or found.due.notify_by is None:
        st.markdown(
            _("{law} gives no longer time for this.").format(law=words.law_name(found.request.law))
        )
        return
    outputs.remark(
        _("Until {day} at the latest; the person has to be told why by {by}.").format(
            day=locales.day(found.due.extended), by=locales.day(found.due.notify_by)
        )
    )
    why = st.text_input(_("Why it takes longer"), key=f"requests_extend_{found.request.id}")
    told = _day(_("The person was told on"), "extended", workspace)
    if st.button(_("Extend the time"), type="primary", key="requests_extend"):
        done(_("Extended"), lambda: _steps(workspace).extend(found.request.id, why, told))


def _pause(workspace: Workspace, found: Clocked) -> None:
    outputs.remark(_("Only for reasons that the law names; others are refused."))
    reason = st.selectbox(
        _("Why the clock stands still"),
        found.pauses,
        format_func=_pause_named,
        key=f"requests_pause_{found.request.id}",
    )
    since = _day(_("Since"), "paused", workspace)
    if st.button(_("Pause the clock"), type="primary", key="requests_pause"):
        done(_("Paused"), lambda: _steps(workspace).pause(found.request.id, reason, since))


def _resume(workspace: Workspace, found: Clocked) -> None:
    until = _day(_("The clock goes on since"), "resumed", workspace)
    if st.button(_("Let it go on"), type="primary", key="requests_resume"):
        done(_("The clock goes on"), lambda: _steps(workspace).resume(found.request.id, until))


def _search(workspace: Workspace, found: Clocked) -> None:
    outputs.remark(
        _(
            "Every version of every dataset is searched by what the person is known by. Only "
            "counts are kept, and shown."
        )
    )
    if st.button(
        _("Search all datasets"), type="primary", key="requests_search", icon=":material/search:"
    ):
        done(_("Searched"), lambda: _steps(workspace).search(found.request.id))


def _tell(workspace: Workspace, found: Clocked) -> None:
    outputs.remark(_("Everybody who got the data is told, unless that is impossible (Art. 19)."))
    papers.tell(workspace, found.request)


def _answer(workspace: Workspace, found: Clocked) -> None:
    request = found.request
    on = _day(_("The answer left on"), "answered", workspace)
    decision = request.decision
    told = []
    if decision is not None and decision.outcome is not Outcome.FULFILLED:
        outputs.remark(_("What the refusal told; the law asks for each of these:"))
        told = [
            id_
            for id_, one in provision_of(request.law, request.right).tells.items()
            if st.checkbox(
                wording.capital(wording.bracketed(_(one.words), one.article)),
                key=f"requests_tells_{request.id}_{id_}",
            )
        ]
    if st.button(_("Note the answer"), type="primary", key="requests_answer"):
        done(_("Answered"), lambda: _steps(workspace).answer(request.id, on, told=told))


def _appeal(workspace: Workspace, found: Clocked) -> None:
    on = _day(_("The appeal came on"), "appealed", workspace)
    if st.button(_("Take the appeal in"), type="primary", key="requests_appeal"):
        done(_("Taken in"), lambda: _steps(workspace).appeal(found.request.id, on))


def _answer_appeal(workspace: Workspace, found: Clocked) -> None:
    on = _day(_("The appeal was answered on"), "heard", workspace)
    granted = st.radio(
        _("What the answer says"),
        [False, True],
        format_func=lambda one: _("Granted: open a new request") if one else _("Denied"),
        key=f"requests_granted_{found.request.id}",
    )
    if st.button(_("Note the answer to the appeal"), type="primary", key="requests_hear"):
        steps = _steps(workspace)
        done(_("Noted"), lambda: steps.answer_appeal(found.request.id, on, is_granted=granted))


def _withdraw(workspace: Workspace, found: Clocked) -> None:
    outputs.remark(_("The person took it back; it is not answered any more."))
    if st.button(_("Withdraw it …"), key="requests_withdraw"):
        _withdraw_now(workspace, found)


@language.dialog(mark("Withdraw this request?"))
def _withdraw_now(workspace: Workspace, found: Clocked) -> None:
    st.markdown(_("**{id}** ends here and cannot be taken up again.").format(id=found.request.id))
    if st.button(_("Withdraw it"), type="primary", key="requests_withdraw_now"):
        done(_("Withdrawn"), lambda: _steps(workspace).withdraw(found.request.id))


def _close(workspace: Workspace, found: Clocked) -> None:
    if st.button(_("Close it …"), type="primary", key="requests_close"):
        _close_now(workspace, found)


@language.dialog(mark("Close this request?"))
def _close_now(workspace: Workspace, found: Clocked) -> None:
    request = found.request
    st.markdown(_("Nothing can be done with **{id}** afterwards.").format(id=request.id))
    if request.right is Right.ERASURE and not request.is_refused and request.answered_on:
        st.warning(
            _(
                "It was an erasure: what the person is known by is destroyed for ever, so a later "
                "request of the same person cannot be recognised."
            ),
            icon=":material/delete_forever:",
        )
    if st.button(_("Close it"), type="primary", key="requests_close_now"):
        done(_("Closed"), lambda: _steps(workspace).close(request.id))


def _level(key: str, proposed: IdentityLevel) -> IdentityLevel:
    levels = [level for level in LEVELS if level in words.LEVELS]
    found: IdentityLevel = st.radio(
        _("How it was checked"),
        levels,
        index=levels.index(proposed),
        format_func=lambda level: _(words.LEVELS[level]),
        key=key,
    )
    return found


def _day(label: str, name: str, workspace: Workspace) -> date:
    today = workspace.governance.audits.now().date()
    return st.date_input(label, today, max_value=today, key=f"requests_on_{name}")


def _pause_named(reason: str) -> str:
    return _(PAUSES.get(reason, reason))


def _steps(workspace: Workspace) -> Steps:
    return workspace.rights.requests.steps


FORMS: Mapping[Action, Form] = {
    Action.CONFIRM: _confirm,
    Action.ASK_IDENTITY: _ask_identity,
    Action.REJECT_PROOF: _reject_proof,
    Action.IDENTIFY: _identify,
    Action.EXTEND: _extend,
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.SEARCH: _search,
    Action.DOUBT: deciding.doubts,
    Action.DECIDE: deciding.decision,
    Action.CARRY_OUT: carrying.carry_out,
    Action.TELL: _tell,
    Action.ANSWER: _answer,
    Action.APPEAL: _appeal,
    Action.ANSWER_APPEAL: _answer_appeal,
    Action.WITHDRAW: _withdraw,
    Action.CLOSE: _close,
}
