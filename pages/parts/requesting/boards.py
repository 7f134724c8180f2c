"""What is due, and what a period's requests come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import Shape
from compliance.rights import alerts, outcome_of
from compliance.workspace import Workspace
from compliance.workspace.requesting.clocks import Clocked
from pages.parts import outputs
from pages.parts.figures import requesting as charts
from pages.parts.figures import showing
from pages.parts.requesting import words


def board(found: Sequence[Clocked]) -> None:
    """Every request with something left to do, the most urgent first."""
    reached = Counter(one.alert for one in found if one.is_running)
    st.markdown(" ".join(words.alert_badge(mark, reached[mark]) for mark in reversed(alerts())))
    if not found:
        st.markdown(_("Nothing is left to do."))
        return
    outputs.table(
        [
            {
                _("Request"): one.request.id,
                _("Asks for"): words.title(one.request),
                _("Next"): _(words.ACTIONS[one.next]) if one.next else "–",
                _("Due"): locales.day(one.due.effective) if one.due else "–",
                _("Days left"): "–" if one.days_left is None else f"{one.days_left}",
                _("Time used"): None if one.share is None else round(min(one.share, 1.0), 2),
                _("Alert"): words.mark(one),
                _("Stands"): _(one.request.step.value),
                _("Law"): words.law_name(one.request.law),
                _("Received"): one.request.received_on,
            }
            for one in found
        ],
        key="requests_board",
        alt=_("{n} requests have something left to do; {late} of them are overdue").format(
            n=len(found), late=reached[max(alerts())]
        ),
        column_config={
            _("Time used"): st.column_config.ProgressColumn(format="percent", width="small")
        },
    )


def numbers(workspace: Workspace) -> None:
    """The statistics of a period, as a chart and a table, and the log to take along."""
    area = workspace.rights.requests
    today = workspace.governance.audits.now().date()
    one, two = st.columns(2)
    since = one.date_input(
        _("Received since"), area.log_begins(today), key="requests_since", max_value=today
    )
    until = two.date_input(_("Received until"), today, key="requests_until", max_value=today)
    with outputs.explained(_("No numbers")):
        found = area.statistics(since, until)
        _metrics(found.received, found.median_days, found.share_in_time, found.signals)
        inside = [c for c in area.requests() if found.since <= c.request.received_on <= found.until]
        if not inside:
            st.markdown(_("No request came in during this time."))
            return
        _chart(inside)
        _log(workspace, since, until)


def _metrics(received: int, days: float | None, share: float | None, signals: int) -> None:
    with st.container(horizontal=True):
        st.metric(_("Received"), received, border=True)
        st.metric(
            _("Median days to the answer"),
            "–" if days is None else locales.formatted(days, "g"),
            border=True,
        )
        st.metric(
            _("Answered in time"),
            "–" if share is None else locales.share(share),
            border=True,
            help=_("Of those answered or overdue."),
        )
        st.metric(
            _("Signals without a person"),
            signals,
            border=True,
            help=_("Global Privacy Control of browsers where nobody was signed in."),
        )


def _chart(inside: Sequence[Clocked]) -> None:
    counted = Counter((one.request.right, outcome_of(one.request)) for one in inside)
    rights = sorted({right for right, _outcome in counted}, key=list(words.RIGHTS).index)
    outcomes = sorted({outcome for _right, outcome in counted})
    named = [_(words.RIGHTS[right]) for right in rights]
    counts = {outcome: [counted[right, outcome] for right in rights] for outcome in outcomes}
    said = locales.joined((f"{sum(counts[outcome])} {_(outcome)}" for outcome in outcomes), "words")
    alt = _("Requests by right and by what became of them: {said}").format(said=said)
    showing.chart(
        charts.by_right(named, counts),
        key="requests_chart",
        alt=alt,
    )
    outputs.table(
        [
            {
                _("Right"): name,
                **{_(outcome): counts[outcome][place] for outcome in outcomes},
            }
            for place, name in enumerate(named)
        ],
        key="requests_counts",
        alt=alt,
    )
    laws = Counter(one.request.law for one in inside)
    said_laws = locales.joined(
        (f"{words.law_name(law)} {number}" for law, number in laws.most_common()), "words"
    )
    outputs.remark(_("By law: {laws}.").format(laws=said_laws))


def _log(workspace: Workspace, since: date, until: date) -> None:
    """The log, made when somebody asks for it: taking it along is an act."""
    outputs.remark(
        _(
            "The log for a regulator names nobody. California asks to keep it for 24 months "
            "(11 CCR 7101)."
        )
    )
    one, two = st.columns([1, 3], vertical_alignment="bottom")
    shape = one.radio(
        _("Form of the log"),
        [*Shape],
        format_func=lambda form: str(form).upper(),
        horizontal=True,
        key="requests_log_shape",
    )
    two.download_button(
        _("Download the log"),
        data=partial(workspace.rights.requests.log, shape, since, until),
        on_click="ignore",
        file_name=f"requests-{since}-{until}.{shape}",
        mime="text/csv" if shape is Shape.CSV else "application/json",
        key="requests_log",
        icon=":material/download:",
    )
