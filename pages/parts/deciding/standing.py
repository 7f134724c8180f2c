"""Where the duties stand, and how that has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Assessment, Finding, Standing, State, Status
from compliance.workspace.mending.offering import Mending
from pages.parts import outputs, wording
from pages.parts.deciding import words
from pages.parts.figures import deciding, showing


class _Arrow(TypedDict):
    """The arrow and colour of a metric."""

    delta_arrow: Literal["up", "down", "off"]
    delta_color: Literal["green", "red", "off"]


def shown(
    latest: Assessment, past: Sequence[Standing], findings: Sequence[Finding], mending: Mending
) -> None:
    """The score, what is open, and the score over time."""
    with st.container(horizontal=True):
        change = _change(past)
        st.metric(
            _("Score"),
            "–" if latest.score is None else f"{locales.formatted(latest.score, 'g')} / 100",
            _("{change} since the check before").format(change=wording.change(change, "+.3g"))
            if change
            else None,
            border=True,
            height="stretch",
            **moved(change),
            help=_("Duties met among those met and not met. Not assessed is never a pass."),
        )
        for state in (State.NOT_MET, State.NOT_ASSESSED, State.MET):
            number = sum(verdict.state is state for verdict in latest.verdicts)
            st.metric(_(str(state)).capitalize(), number, border=True, height="stretch")
        open_ = [finding for finding in findings if finding.status is not Status.CLOSED]
        overdue = sum(map(mending.is_overdue, open_))
        st.metric(
            _("Findings open"),
            len(open_),
            _("{n} overdue").format(n=overdue) if overdue else None,
            delta_color="red",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
    if len(past) > 1:
        _trend(past)
    outputs.remark(
        _("Checked {at} with the rules {pack}").format(
            at=outputs.moment(latest.assessed_at), pack=latest.pack
        )
    )


def _change(past: Sequence[Standing]) -> float:
    scores = [standing.score for standing in past if standing.score is not None]
    return scores[-1] - scores[-2] if len(scores) > 1 else 0


def moved(by: float | None) -> _Arrow:
    """The arrow and colour of a metric that rises where things get better.

    Streamlit looks for a minus where the words begin, and that is not where every language has it.

    Args:
        by: how much it changed; None: not known.
    """
    if not by:
        return {"delta_arrow": "off", "delta_color": "off"}
    is_better = by > 0
    return {
        "delta_arrow": "up" if is_better else "down",
        "delta_color": "green" if is_better else "red",
    }


def _trend(past: Sequence[Standing]) -> None:
    first, last = past[0], past[-1]
    chart, numbers = st.columns([2, 1], vertical_alignment="center")
    with chart:
        showing.chart(
            deciding.trend(past),
            key="decisions_trend",
            alt=_("Score at each check, from {first} to {last} in {n} checks").format(
                first=words.score(first.score), last=words.score(last.score), n=len(past)
            ),
        )
    with numbers, outputs.folded(_("The score in numbers"), "decisions_numbers") as is_open:
        if not is_open:
            return
        outputs.table(
            [
                {
                    _("Checked"): outputs.moment(one.assessed_at),
                    _("Score"): one.score,
                    _("Met"): one.counts.get(State.MET, 0),
                    _("Not met"): one.counts.get(State.NOT_MET, 0),
                    _("Not assessed"): one.counts.get(State.NOT_ASSESSED, 0),
                }
                for one in past[::-1][:200]
            ],
            key="decisions_scores",
            alt=_("Every check with its score and its verdicts by state"),
        )
