"""ε and δ on sliders, and what the attacker believes beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from pages.parts import wording

EPSILONS = [
    Decimal(d) * Decimal(10) ** e
    for e in range(-2, 1)
    for d in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
]
EPSILONS = [*EPSILONS, Decimal(10)]
DELTAS = [Decimal(10) ** -exponent for exponent in range(12, 3, -1)]
PRIORS_PERCENT = [1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99]


def epsilon() -> Decimal:
    """ε on a slider with logarithmic steps; what each end means is written."""
    with st.container(gap=None):
        chosen: Decimal = st.select_slider(
            _("ε, how much one person may show"),
            EPSILONS,
            value=Decimal(1),
            format_func=wording.plain,
            key="tradeoff_epsilon",
            persist_state="session",
        )
        _ends(_("stronger privacy"), _("more accuracy"))
    return chosen


def delta(total: Budget) -> Decimal:
    """δ on a slider; at first a tenth of the total's."""
    with st.container(gap=None):
        chosen: Decimal = st.select_slider(
            _("δ, the chance that the bound fails"),
            DELTAS,
            value=_nearest(DELTAS, total.delta / 10),
            format_func=lambda d: locales.formatted(d, ".0e"),
            key="tradeoff_delta",
            persist_state="session",
        )
        _ends(_("stronger privacy"), _("more accuracy"))
    return chosen


def prior_percent() -> int:
    """How sure the attacker is beforehand that one person is in the data."""
    with st.container(gap=None):
        chosen: int = st.select_slider(
            _("What an attacker believes beforehand"),
            PRIORS_PERCENT,
            value=50,
            format_func=lambda percent: locales.share_of(locales.number(percent)),
            key="tradeoff_prior",
            persist_state="session",
        )
        _ends(_("knows little"), _("nearly sure"), "help", "person_search")
    return chosen


def _nearest(options: Sequence[Decimal], wanted: Decimal) -> Decimal:
    return min(options, key=lambda option: abs(option.ln() - wanted.ln()))


def _ends(low: str, high: str, first: str = "shield", last: str = "straighten") -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f":small[:material/{first}: {low}]", width="content")
        st.markdown(f":small[{high} :material/{last}:]", width="content")
