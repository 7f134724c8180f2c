"""How people stand to each purpose, and how that came about."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rights.nouns import ConsentFile, ConsentState, Purpose
from compliance.workspace.consenting.consents import SOON_DAYS, Stands
from pages.parts import outputs
from pages.parts.consenting.words import STATES
from pages.parts.figures import consenting as drawing
from pages.parts.figures import showing

_SHOWN = 50


def shown(found: Sequence[Stands]) -> None:
    """The people of each purpose as a chart and as a table."""
    if not any(sum(one.states.values()) for one in found):
        st.markdown(_("Nobody’s consent is on record yet. Define a purpose, then take a file in."))
        return
    with st.container(horizontal=True):
        for state, label in (
            (ConsentState.GIVEN, _("Consents that hold")),
            (ConsentState.WITHDRAWN, _("Withdrawn")),
            (ConsentState.EXPIRED, _("Expired")),
        ):
            number = sum(one.states.get(state, 0) for one in found)
            st.metric(label, outputs.count(number), border=True)
        soon = sum(one.expiring for one in found)
        label = _("Expire in {n} days").format(n=SOON_DAYS)
        st.metric(label, outputs.count(soon), border=True)
    asked = [one for one in found if sum(one.states.values())]
    with st.container(border=True):
        showing.chart(drawing.standing(asked), key="consent_standing", alt=_alt(asked))
    outputs.table(
        [
            {
                _("Purpose"): one.purpose.title,
                **{_(STATES[state]): one.states.get(state, 0) for state in ConsentState},
                _("Expire in {n} days").format(n=SOON_DAYS): one.expiring,
                _("Lasts"): lasting(one.purpose),
            }
            for one in found
        ],
        key="consent_standing_table",
        alt=_("How many people stand how to each purpose"),
    )


def history(past: Sequence[ConsentFile]) -> None:
    """What the register held after each change; the newest first."""
    if not past:
        st.markdown(_("Nothing was recorded yet."))
        return
    outputs.table(
        [
            {
                _("At"): outputs.moment(one.at),
                _("By"): one.actor,
                _("From"): _(one.source),
                _("Events"): one.rows,
                _("People"): one.people,
                _("Agree"): sum(c.of(ConsentState.GIVEN) for c in one.purposes.values()),
                _("Withdrawn"): sum(c.of(ConsentState.WITHDRAWN) for c in one.purposes.values()),
                _("Used after withdrawal"): sum(c.used_after for c in one.purposes.values()),
            }
            for one in reversed(past[-_SHOWN:])
        ],
        key="consent_history",
        alt=_("The register of consents after each change, in numbers"),
    )


def lasting(purpose: Purpose) -> str:
    """How long a consent lasts, in words."""
    if purpose.lasts_months is None:
        return _("no end")
    return _("{n} months").format(n=purpose.lasts_months)


def _alt(found: Sequence[Stands]) -> str:
    """The chart in words."""
    said = [
        _("{purpose}: {agreed} agreed, {withdrawn} withdrew, {expired} expired").format(
            purpose=one.purpose.title,
            agreed=outputs.count(one.states.get(ConsentState.GIVEN, 0)),
            withdrawn=outputs.count(one.states.get(ConsentState.WITHDRAWN, 0)),
            expired=outputs.count(one.states.get(ConsentState.EXPIRED, 0)),
        )
        for one in found
    ]
    return locales.joined(said, "clauses")
