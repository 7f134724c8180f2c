"""Every duty checked on what the desk knows, with evidence and remedy."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.rules.nouns import State
from pages.parts import navigation, outputs, session

workspace = session.workspace()
outputs.remark(_("Duties are checked on the data and the records, not on a questionnaire."))
if not workspace.datasets():
    session.dataset_or_stop()

if st.button(_("Check every duty now"), type="primary", key="decisions_check"):
    with outputs.explained(_("Not checked")), st.spinner(_("Checking …")):
        workspace.assess()
latest = workspace.governance.duties.newest()
if latest is None:
    st.markdown(_("No duty has been checked yet."))
    st.stop()

past = workspace.governance.duties.standings()
states = {state: [v for v in latest.verdicts if v.state is state] for state in State}
scores = [assessment.score for assessment in past if assessment.score is not None]
change = scores[-1] - scores[-2] if len(scores) > 1 and latest.score is not None else 0
with st.container(horizontal=True):
    st.metric(
        _("Score"),
        "–" if latest.score is None else f"{latest.score:g} / 100",
        _("{change} since the check before").format(change=f"{change:+.3g}") if change else None,
        border=True,
        height="stretch",
        help=_("Duties met among those met and not met. Not assessed is never a pass."),
    )
    for state in (State.NOT_MET, State.NOT_ASSESSED, State.MET):
        st.metric(_(str(state)).capitalize(), len(states[state]), border=True, height="stretch")
outputs.remark(_("Checked {at}").format(at=outputs.moment(latest.assessed_at)))

st.header(_("Findings"))
if not latest.findings:
    st.markdown(_("No duty is found unmet."))
for number, verdict in enumerate(latest.findings):
    with st.container(border=True, key=f"decisions_finding_{number}"):
        st.markdown(
            f"**{_(verdict.title)}** · {verdict.subject}  \n"
            f"{outputs.verdict_badge(verdict)} {outputs.severity_badge(verdict)} "
            f":gray-badge[{outputs.article(verdict)}]"
        )
        what, where = st.columns([5, 1], vertical_alignment="center")
        what.markdown(
            _("Evidence: {what}").format(what=verdict.evidence)
            + "  \n"
            + _("What to do: {what}").format(what=_(verdict.remedy))
        )
        with where:
            navigation.link(verdict.page)

st.header(_("All duties"))
outputs.table(
    [
        {
            _("Duty"): _(v.title),
            _("On"): v.subject,
            _("State"): _(str(v.state)),
            _("Article"): outputs.article(v),
            _("Severity"): _(str(v.severity)),
            _("Evidence"): v.evidence,
        }
        for v in latest.verdicts
    ],
    key="decisions_all",
    alt=_("Every duty with its state, article and evidence"),
)
