"""Impact assessments, drawn from facts, and outdated as soon as these change."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.impact import level_after, method, missing_in, residual, weighed
from compliance.impact.nouns import Impact, ImpactKind
from pages.parts import explaining, outputs, session, wording
from pages.parts.impacting import answers, beginning, judging, redrawing, risks, words


def shown(impact: Impact, changed: tuple[str, ...]) -> None:
    """One assessment: how it stands, and its parts."""
    st.header(wording.escaped(_(impact.title)))
    who = impact.actor or "–"
    st.markdown(
        f"{words.status_badge(impact, knowledge)} :gray-badge[{_(words.KIND_WORDS[impact.kind])}] "
        + _("version {version}, by {who}").format(version=impact.version, who=wording.escaped(who))
    )
    redrawing.banner(workspace, impact, changed)
    figures_of(impact)
    if impact.kind is ImpactKind.DPIA:
        dpia(impact)
    else:
        lia(impact)


def figures_of(impact: Impact) -> None:
    """How far it has come, in numbers."""
    missing = len(missing_in(impact))
    with st.container(horizontal=True):
        if impact.kind is ImpactKind.DPIA:
            need = weighed(impact.screening).need
            st.metric(_("A DPIA is"), _(str(need)), border=True, height="stretch")
            left = residual(impact)
            high = [e for e in impact.events if level_after(e) is None]
            st.metric(
                _("Risk left"),
                _(str(left)) if left else _("{n} not gauged").format(n=len(high)),
                border=True,
                height="stretch",
            )
        done = sum(one.is_done for one in impact.measures)
        number = f"{done} / {len(impact.measures)}"
        st.metric(_("Measures done"), number, border=True, height="stretch")
        st.metric(_("Still missing"), missing, border=True, height="stretch")
    explaining.explained("impact_figures", "dpia", "residual")


def dpia(impact: Impact) -> None:
    """The four parts; what is typed in them stays, so all are drawn."""
    parts = method().parts[ImpactKind.DPIA]
    context, principles, feared, judged = outputs.tabs(
        "impact_dpia_tabs", [*(_(part.title) for part in parts), _("Validation")]
    )
    with context:
        answers.screening(workspace, impact)
        answers.part(workspace, impact, parts[0])
    with principles:
        answers.part(workspace, impact, parts[1])
    with feared:
        with st.container():  # a place of its own, so that no field after it moves
            if feared.open:
                risks.risk_map(impact)
        answers.part(workspace, impact, parts[2])
        risks.events(workspace, impact)
    with judged:
        st.subheader(_("Action plan"))
        judging.plan(workspace, impact)
        st.subheader(_("Opinions"))
        judging.opinions(workspace, impact)
        validation(impact, is_seen=bool(judged.open))


def lia(impact: Impact) -> None:
    """The three tests, safeguards and outcome."""
    parts = method().parts[ImpactKind.LIA]
    *tests, judged = outputs.tabs(
        "impact_lia_tabs", [*(_(part.title) for part in parts), _("Outcome")]
    )
    for tab, part in zip(tests, parts, strict=True):
        with tab:
            answers.part(workspace, impact, part)
    with judged:
        validation(impact, is_seen=bool(judged.open))


def validation(impact: Impact, *, is_seen: bool) -> None:
    """Decision, signature, history; this one has no fields and is drawn only where it is seen."""
    st.subheader(_("Decision"))
    judging.decision(workspace, impact)
    st.subheader(_("Signature"))
    judging.signature(workspace, impact)
    if is_seen:
        st.subheader(_("History"))
        judging.versions(workspace, impact)


workspace = session.workspace()
outputs.remark(
    _(
        "What processing can do to people, and what is done about it. Answers are drawn from "
        "facts, so an assessment is outdated as soon as one of them changes."
    )
)
found = workspace.governance.impacts.list()
if not found and not workspace.datasets():
    session.dataset_or_stop()
knowledge = workspace.governance.impacts.knowledge()
beginning.lacking(workspace.governance.impacts.needs(), knowledge)
beginning.begin(workspace, knowledge, is_first=not found)
redrawing.read_in(workspace)
if not found:
    st.markdown(_("No assessment has been begun yet."))
    st.stop()
changes = beginning.listed(workspace, found, knowledge)
titles = {one.id: wording.bracketed(_(one.title), one.kind.upper()) for one in found}
opened = st.session_state.pop("impact_open", None)
if opened in titles:
    st.session_state["impact_which"] = opened
which = st.selectbox(
    _("Assessment"), list(titles), format_func=titles.__getitem__, key="impact_which", width=560
)
chosen = next((one for one in found if one.id == which), found[-1])
shown(chosen, changes[chosen.id])
