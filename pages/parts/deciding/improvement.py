"""What was mended, by which remedy, and whether it came as predicted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import translate as _
from compliance.rules.nouns import Applied, Finding, Status
from pages.parts import outputs
from pages.parts.deciding import words


def shown(done: Sequence[Applied], findings: Sequence[Finding]) -> None:
    """Every remedy applied, newest first; and what the last tests closed."""
    titles = {finding.id: words.finding_line(finding) for finding in findings}
    closed = [finding for finding in findings if finding.status is Status.CLOSED]
    with st.container(horizontal=True):
        st.metric(_("Findings closed by a test"), len(closed), border=True)
        st.metric(_("Remedies applied"), len(done), border=True)
        same = sum(one.actual == one.remedy.predicted for one in done)
        st.metric(_("Came as predicted"), f"{same} / {len(done)}" if done else "–", border=True)
    if not done:
        st.markdown(_("No remedy has been applied yet. Open a finding, and try its remedies."))
        return
    outputs.table(
        [
            {
                _("When"): outputs.moment(one.applied_at),
                _("Finding"): titles.get(one.finding, one.finding),
                _("Remedy"): _(one.remedy.what),
                _("Score"): f"{words.score(one.actual.score_before)} → "
                f"{words.score(one.actual.score_after)}",
                _("Highest risk"): f"{words.risk(one.actual.risk_before)} → "
                f"{words.risk(one.actual.risk_after)}",
                _("Verdicts turned"): len(one.actual.turns),
                _("As predicted"): _("yes") if one.actual == one.remedy.predicted else _("no"),
                _("Version made"): one.made or "–",
                _("By"): one.actor,
            }
            for one in done
        ],
        key="decisions_done",
        alt=_("Applied remedies with score, risk and whether they came as predicted"),
    )
