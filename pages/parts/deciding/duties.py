"""All duties as a table: what was found, what is missing, why one does not apply, what runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.rules.nouns import Assessment, State, Verdict
from pages.parts import outputs, wording

_RUNNING = mark("running clocks")
_EVERYTHING = mark("everything")


def shown(latest: Assessment) -> None:
    """The table with its filters."""
    wanted = _filtered(latest.verdicts)
    outputs.remark(
        _("{n} of {m} verdicts").format(n=len(wanted), m=len(latest.verdicts))
        + _("; “not verified” was not read in the legal text itself.")
    )
    if not wanted:
        st.markdown(_("No verdict fits. Choose other filters."))
        return
    outputs.table(
        [_row(verdict) for verdict in wanted],
        key="decisions_all",
        alt=_("Duties with state, subject, article, severity, evidence and what is missing"),
    )


def _filtered(verdicts: Sequence[Verdict]) -> list[Verdict]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        states = [_EVERYTHING, *(str(state) for state in State), _RUNNING]
        state = st.selectbox(
            _("State"), states, format_func=lambda s: _(s).capitalize(), key="decisions_state"
        )
        laws = sorted({verdict.law_name or verdict.law for verdict in verdicts})
        law = st.selectbox(
            _("Law"),
            ["", *laws],
            format_func=lambda s: _(s) or _("All laws"),
            key="decisions_duties_law",
        )
        subjects = sorted({verdict.subject for verdict in verdicts})
        subject = st.selectbox(
            _("Subject"),
            ["", *subjects],
            format_func=lambda s: wording.subject(s) if s else _("All subjects"),
            key="decisions_subject",
        )
    kept = [
        v
        for v in verdicts
        if (state == _EVERYTHING or str(v.state) == state or (state == _RUNNING and v.due))
        and law in ("", v.law_name or v.law)
        and subject in ("", v.subject)
    ]
    return sorted(kept, key=lambda v: str(v.due)) if state == _RUNNING else kept


def _row(verdict: Verdict) -> dict[str, object]:
    return {
        _("State"): _(str(verdict.state)),
        _("Duty"): _(verdict.title),
        _("On"): wording.subject(verdict.subject),
        _("Article"): _(verdict.reference),
        _("Severity"): _(str(verdict.severity)),
        _("Evidence"): _(verdict.evidence),
        _("Why, or what is missing"): _(verdict.because),
        _("Due"): verdict.due,
        _("Read"): _(outputs.LEVEL_SHORT[verdict.level]),
    }
