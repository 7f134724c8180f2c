"""One finding: why, where that stands, who mends it by when, and what was said."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.rules.nouns import Finding, Outcome, Pack, Rule, Status, Verdict
from compliance.workspace.mending.offering import Mending
from pages.parts import language, navigation, outputs, permitted, wording
from pages.parts.admitting import owners
from pages.parts.deciding import words


def shown(mending: Mending, finding: Finding, pack: Pack, verdict: Verdict | None) -> None:
    """The finding with its evidence, and what people do about it."""
    rule = pack.rule(finding.rule)
    if refused := st.session_state.pop("decisions_refused", None):
        st.error(wording.escaped(refused), title=_("Not waived"), icon=":material/block:")
    st.header(wording.escaped(f"{_(finding.title)} · {wording.subject(finding.subject)}"))
    st.markdown(_badges(mending, finding, pack, verdict))
    left, right = st.columns([3, 2])
    with left:
        if rule is not None:
            st.markdown(_(rule.requirement))
        _evidence(finding, rule, verdict)
    with right:
        _work(mending, finding)
    _history(mending, finding)


def _badges(mending: Mending, finding: Finding, pack: Pack, verdict: Verdict | None) -> str:
    rule = pack.rule(finding.rule)
    badges = [outputs.severity_badge(finding.severity), words.status_badge(finding.status)]
    if verdict is not None:
        badges.insert(0, outputs.state_badge(verdict.state))
    if rule is not None:
        badges.append(f":gray-badge[{_(pack.reference(rule.law, rule.ref))}]")
        badges.append(outputs.level_badge(rule.verified.level))
    if mending.is_overdue(finding):
        badges.append(wording.badge(("alarm", "red"), _("overdue")))
    return " ".join(badges)


def _evidence(finding: Finding, rule: Rule | None, verdict: Verdict | None) -> None:
    if verdict is None or not verdict.outcomes:
        st.markdown(_("Evidence: {what}").format(what=wording.escaped(_(finding.evidence))))
    else:
        conditions = len(rule.when) if rule else 0
        _triples(_("It applies because"), verdict.outcomes[:conditions])
        _triples(_("What was tested"), verdict.outcomes[conditions:])
    if verdict is not None:
        if verdict.remedy:
            st.markdown(_("What to do: {what}").format(what=wording.escaped(_(verdict.remedy))))
        source = wording.escaped(_(verdict.source))
        outputs.remark(
            _("Read in: {source}; as of {day}").format(
                source=source, day=locales.dated(verdict.as_of)
            )
        )
        if navigation.is_page(verdict.page):
            navigation.link(verdict.page)


def _triples(title: str, outcomes: tuple[Outcome, ...]) -> None:
    if outcomes:
        st.markdown(f"**{title}**")
        st.markdown("\n".join(f"- {words.outcome_line(outcome)}" for outcome in outcomes))


def _work(mending: Mending, finding: Finding) -> None:
    """Owner, due date, status."""
    if finding.status is Status.CLOSED:
        when = outputs.moment(finding.closed_at) if finding.closed_at else "–"
        st.markdown(_("Closed by the test of {at}.").format(at=when))
        return
    with st.form("decisions_work"):
        owner = owners.name(_("Owner"), finding.owner, f"decisions_owner_{finding.id}")
        due = st.date_input(_("Due"), finding.due, key=f"decisions_due_{finding.id}")
        is_begun = finding.status is Status.IN_PROGRESS
        begin = st.checkbox(
            _("Somebody works on it"),
            is_begun,
            disabled=is_begun,
            key=f"decisions_begin_{finding.id}",
        )
        if st.form_submit_button(
            _("Keep"), key="decisions_keep", **permitted.needs("finding.assign")
        ):
            with outputs.explained(_("Not kept")):
                if owner.strip() != finding.owner:
                    mending.assign(finding.id, owner)
                if due != finding.due:
                    mending.set_due(finding.id, due)
                if begin and not is_begun:
                    mending.start(finding.id)
                st.rerun()
    outputs.remark(_("Only a test that finds the duty met closes a finding."))
    if mending.is_waived(finding) and finding.waiver is not None:
        waiver = finding.waiver
        st.markdown(
            _("Waived by {by} until {until}: {why}").format(
                by=wording.escaped(waiver.by),
                until=locales.day(waiver.until),
                why=wording.escaped(waiver.why),
            )
        )
        if st.button(
            _("Take the waiver back"), key="decisions_unwaive", **permitted.needs("finding.unwaive")
        ):
            with outputs.explained(_("Not taken back")):
                mending.unwaive(finding.id)
                st.rerun()
    elif st.button(
        _("Leave it unmet for a time …"), key="decisions_waive", **permitted.needs("finding.waive")
    ):
        _waive(mending, finding)


@language.dialog(mark("Leave this duty unmet?"))
def _waive(mending: Mending, finding: Finding) -> None:
    st.markdown(
        _(
            "“{title}” on **{subject}** will count as waived until the day you choose, within a "
            "year. Then it fails again. The reason stays inside the desk; the trail says that it "
            "was waived, by whom and until when."
        ).format(title=_(finding.title), subject=wording.escaped(wording.subject(finding.subject)))
    )
    st.text_area(_("Why"), key="decisions_why")
    first = finding.opened_at.date() + timedelta(days=30)
    st.date_input(_("Until"), first, key="decisions_until")
    if st.button(
        _("Waive it"),
        type="primary",
        key="decisions_waived",
        on_click=_waived,
        args=(mending, finding.id),
    ):
        st.rerun()  # closes the dialog; what became of it shows on the page


@language.callback
def _waived(mending: Mending, id_: str) -> None:
    why, until = (st.session_state.get(f"decisions_{name}") for name in ("why", "until"))
    try:
        mending.waive(id_, str(why or ""), until or date.min)
    except ComplianceError as refusal:
        st.session_state["decisions_refused"] = wording.refused(refusal)


def _history(mending: Mending, finding: Finding) -> None:
    with st.expander(_("Comments and history ({n})").format(n=len(finding.history))):
        for note in finding.history[::-1]:
            st.markdown(
                f":gray[{outputs.moment(note.at)} · {wording.escaped(note.by)}]  \n"
                f"{wording.escaped(_(note.text))}"
            )
        with st.form("decisions_commenting", clear_on_submit=True, border=False):
            said = st.text_area(_("Comment"), key="decisions_comment")
            if st.form_submit_button(
                _("Add"), key="decisions_say", **permitted.needs("finding.comment")
            ):
                with outputs.explained(_("Not added")):
                    mending.comment(finding.id, said)
                    st.rerun()
