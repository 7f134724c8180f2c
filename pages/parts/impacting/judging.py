"""Validation: action plan, opinions, decision, signature, history, and taking it along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.impact import measures, method, missing_in, proposed_measures, residual
from compliance.impact.nouns import (
    Decision,
    Impact,
    ImpactKind,
    Measure,
    Opinion,
    Outcome,
    RiskLevel,
    Status,
    Voice,
)
from compliance.plain import to_json
from compliance.report.nouns import ReportKind
from compliance.workspace import Workspace
from pages.parts import language, navigation, outputs, permitted, wording
from pages.parts.impacting import words

OWN = ""
_VOICES = {
    Voice.OFFICER: "Data protection officer",
    Voice.PEOPLE: "People concerned, or who speaks for them",
    Voice.OTHER: "Others: security, works council, processor",
}


def plan(workspace: Workspace, impact: Impact) -> None:
    """The action plan, what is done of it, and a new line."""
    if impact.measures:
        outputs.table(
            [
                {
                    _("No."): number,
                    _("Measure"): _(one.what),
                    _("Reduces"): locales.joined(
                        (_event_title(impact, id_) for id_ in one.events), "words"
                    )
                    or "–",
                    _("Owner"): one.owner or "–",
                    _("Due"): locales.day(one.due) if one.due else "–",
                    _("Stands"): _("done") if one.is_done else _("open"),
                }
                for number, one in enumerate(impact.measures, start=1)
            ],
            key="impact_plan",
            alt=_("{done} of {n} measures of the action plan are done").format(
                done=sum(one.is_done for one in impact.measures), n=len(impact.measures)
            ),
        )
        _done(workspace, impact)
    else:
        st.markdown(_("No measure is planned."))
    _proposals(workspace, impact)
    _planned(workspace, impact)


def opinions(workspace: Workspace, impact: Impact) -> None:
    """What those said who had to be asked."""
    for one in impact.opinions:
        who = f"**{_(_VOICES[one.of])}**" + (f" · {wording.escaped(one.by)}" if one.by else "")
        said = one.text or _("Not asked: {reason}").format(reason=one.reason)
        st.markdown(f"{who} · {locales.day(one.at) if one.at else '–'}  \n{wording.escaped(said)}")
    with st.form(f"impact_opinion_{impact.id}_{impact.version}", border=True):
        left, right = st.columns(2)
        of = left.selectbox(
            _("Whose opinion"),
            [*Voice],
            format_func=lambda voice: _(_VOICES[voice]),
            key=f"impact_opinion_of_{impact.version}",
        )
        by = right.text_input(
            _("Name or group"), key=f"impact_opinion_by_{impact.version}", max_chars=200
        )
        text = st.text_area(_("What they said"), key=f"impact_opinion_text_{impact.version}")
        reason = st.text_input(
            _("Or why they were not asked"), key=f"impact_opinion_reason_{impact.version}"
        )
        submitted = st.form_submit_button(
            _("Record the opinion"), key="impact_opinion_save", **permitted.needs("impact.opine")
        )
    if submitted:
        with outputs.explained(_("Not recorded")):
            opinion = Opinion(of=of, by=by.strip(), text=text, reason=reason)
            workspace.governance.impacts.opinion(impact.id, opinion)
            st.rerun()


def decision(workspace: Workspace, impact: Impact) -> None:
    """What comes of it, with the reasons."""
    is_dpia = impact.kind is ImpactKind.DPIA
    left = residual(impact)
    if left is RiskLevel.HIGH:
        st.warning(_(method().consult), icon=":material/gavel:")
    with st.form(f"impact_decision_{impact.id}_{impact.version}", border=True):
        options = [None, *(Decision if is_dpia else Outcome)]
        current = impact.decision if is_dpia else impact.outcome
        chosen = st.radio(
            _("Decision") if is_dpia else _("Outcome of the balancing"),
            options,
            index=options.index(current),
            format_func=_decision_word,
            key=f"impact_decision_{impact.version}",
        )
        because = st.text_area(
            _("Reasons"), impact.because, key=f"impact_because_{impact.version}", height="content"
        )
        consulted = (
            st.date_input(
                _("The authority was consulted on (Art. 36)"),
                impact.consulted_at,
                key=f"impact_consulted_{impact.version}",
            )
            if left is RiskLevel.HIGH
            else None
        )
        submitted = st.form_submit_button(
            _("Record the decision"), key="impact_decision_save", **permitted.needs("impact.decide")
        )
    if submitted:
        with outputs.explained(_("Not recorded")):
            workspace.governance.impacts.decide(
                impact.id,
                decision=chosen if isinstance(chosen, Decision) else None,
                outcome=chosen if isinstance(chosen, Outcome) else None,
                because=because,
                consulted_at=consulted if isinstance(consulted, date) else None,
            )
            st.rerun()


def signature(workspace: Workspace, impact: Impact) -> None:
    """What is missing, and the buttons that hand it on and sign it."""
    missing = missing_in(impact)
    if refused := st.session_state.pop("impact_refused", ""):
        st.error(wording.escaped(refused), title=_("Not validated"), icon=":material/block:")
    if impact.status is Status.VALIDATED:
        st.success(
            _("Validated by {who} on {at}.").format(
                who=impact.validated_by, at=outputs.moment(impact.validated_at)
            )
            if impact.validated_at
            else _("Validated."),
            icon=":material/verified:",
        )
        return
    if missing:
        with st.expander(
            _("Still missing: {n}").format(n=len(missing)), icon=":material/checklist:"
        ):
            words.bullets(missing)
    else:
        st.markdown(_("Nothing is missing."))
    with st.container(horizontal=True):
        if impact.status is Status.DRAFT and st.button(
            _("Hand on for review"),
            key="impact_submit",
            icon=":material/rate_review:",
            **permitted.needs("impact.submit"),
        ):
            with outputs.explained(_("Not handed on")):
                workspace.governance.impacts.submit(impact.id)
                st.rerun()
        if st.button(
            _("Validate …"),
            key="impact_validate",
            type="primary",
            icon=":material/verified:",
            **permitted.needs("impact.validate"),
        ):
            _sign(workspace, impact)


def versions(workspace: Workspace, impact: Impact) -> None:
    """Every version, and the assessment as a file."""
    kept = workspace.governance.impacts.history(impact.id)
    outputs.table(
        [
            {
                _("Version"): one.version,
                _("Stands"): _(str(one.status)),
                _("When"): outputs.moment(one.at) if one.at else "–",
                _("Who"): one.actor,
                _("Risk left"): _(str(one.residual)) if one.residual else "–",
            }
            for one in reversed(kept)
        ],
        key="impact_versions",
        alt=_("{n} versions; the newest is {status}").format(
            n=len(kept), status=_(str(impact.status))
        ),
    )
    with st.container(horizontal=True):
        st.download_button(
            _("Download as JSON"),
            data=lambda: to_json(workspace.governance.impacts.export(impact.id)),
            file_name=f"{impact.id}.json",
            mime="application/json",
            on_click="ignore",
            key="impact_export",
            icon=":material/download:",
            **permitted.needs("impact.export"),
        )
        if st.button(
            _("Build the report"),
            key="impact_report",
            icon=":material/description:",
            **permitted.needs("report.build"),
        ):
            with outputs.explained(_("Not built")), outputs.working(_("Typesetting …")):
                workspace.build_report(ReportKind.DPIA, about=impact.id)
                st.toast(_("Built; it stands on the page Reports."), icon=":material/check:")
    navigation.link("reports", _("Go to Reports"))


@language.dialog(mark("Sign this assessment?"))
def _sign(workspace: Workspace, impact: Impact) -> None:
    left = residual(impact)
    st.markdown(
        _(
            "**{title}**, version {version}, will be signed as **{who}**. It then stands on the "
            "facts as they are now; as soon as one of them changes it is shown as outdated."
        ).format(
            title=wording.escaped(_(impact.title)),
            version=impact.version,
            who=wording.escaped(workspace.settings.actor),
        )
    )
    if left is not None:
        title = _("Risk that is left")
        st.markdown(wording.about(title, words.level_badge(left)))
    if st.button(
        _("Sign"),
        key="impact_sign",
        type="primary",
        on_click=_signed,
        args=(workspace, impact),
        **permitted.needs("impact.validate"),
    ):
        st.rerun()  # closes the dialog; what was signed shows from storage


@language.callback
def _signed(workspace: Workspace, impact: Impact) -> None:
    """Sign, or keep the refusal for the page that comes next."""
    try:
        workspace.governance.impacts.validate(impact.id)
    except ComplianceError as refusal:
        st.session_state["impact_refused"] = wording.refused(refusal)


def _done(workspace: Workspace, impact: Impact) -> None:
    open_ = {n: one for n, one in enumerate(impact.measures) if not one.is_done}
    if not open_:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            _("A measure that is done"),
            list(open_),
            format_func=lambda n: f"{n + 1} {_(open_[n].what)}",
            key=f"impact_done_{impact.version}",
            width=420,
        )
        if (
            st.button(_("Mark as done"), key="impact_done_save", **permitted.needs("impact.plan"))
            and place is not None
        ):
            done = replace(open_[place], is_done=True)
            with outputs.explained(_("Not changed")):
                workspace.governance.impacts.plan(impact.id, done, place=place)
                st.rerun()


def _proposals(workspace: Workspace, impact: Impact) -> None:
    """What the template would have done about what is feared, and nobody has planned yet."""
    proposed = {one.id: one for one in proposed_measures(impact)}
    if not proposed:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            _("Proposed by the template, neither in place nor planned"),
            list(proposed),
            format_func=lambda id_: _(proposed[id_].title),
            key=f"impact_proposed_{impact.version}",
            placeholder=_("{n} measures").format(n=len(proposed)),
        )
        if (
            st.button(
                _("Plan the chosen"), key="impact_proposed_save", **permitted.needs("impact.plan")
            )
            and chosen
        ):
            with outputs.explained(_("Not planned")):
                for id_ in chosen:
                    workspace.governance.impacts.plan(impact.id, Measure(what=id_))
                st.rerun()


def _planned(workspace: Workspace, impact: Impact) -> None:
    with st.form(f"impact_plan_{impact.id}_{len(impact.measures)}", border=True):
        end = f"{impact.id}_{len(impact.measures)}"
        one, two = st.columns(2)
        known = one.selectbox(
            _("Measure"),
            [OWN, *(each.id for each in measures())],
            format_func=_measure_word,
            key=f"impact_plan_known_{end}",
        )
        own = two.text_input(_("In your own words"), key=f"impact_plan_own_{end}", max_chars=1000)
        events = one.multiselect(
            _("Reduces"),
            [event.id for event in impact.events],
            format_func=lambda id_: _event_title(impact, id_),
            key=f"impact_plan_events_{end}",
            placeholder=_("as the knowledge base says"),
        )
        owner = two.text_input(_("Owner"), key=f"impact_plan_owner_{end}", max_chars=200)
        due = one.date_input(_("Due"), None, key=f"impact_plan_due_{end}")
        submitted = st.form_submit_button(
            _("Plan it"), key="impact_plan_save", **permitted.needs("impact.plan")
        )
    if submitted:
        measure = Measure(
            what=known or own,
            events=tuple(events),
            owner=owner.strip(),
            due=due if isinstance(due, date) else None,
        )
        with outputs.explained(_("Not planned")):
            workspace.governance.impacts.plan(impact.id, measure)
            st.rerun()


def _measure_word(id_: str) -> str:
    found = next((each for each in measures() if each.id == id_), None)
    return f"{_(found.title)} ({found.ref})" if found else _("of my own")


def _event_title(impact: Impact, id_: str) -> str:
    event = impact.event(id_)
    return _(event.title) if event else id_


def _decision_word(one: Decision | Outcome | None) -> str:
    if one is None:
        return _("not decided")
    if one is Outcome.PASSED:
        return _("pass: the interest may be relied on")
    if one is Outcome.FAILED:
        return _("fail: the interests of people outweigh it")
    return _(str(one))
