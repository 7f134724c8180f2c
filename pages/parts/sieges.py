"""Attacks on a run: what they came to, without protection and with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.federated.nouns import (
    Finding,
    Membership,
    MembershipTest,
    Poisoning,
    Reading,
    Reconstruction,
    Shield,
    Siege,
)
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import outputs
from pages.parts.figures import fairness as charts
from pages.parts.figures import showing
from pages.parts.plan_words import STRATEGY_WORDS

_TESTS = {
    MembershipTest.LOSS: "fits better",
    MembershipTest.LIKELIHOOD: "fits better than without",
    MembershipTest.UPDATE: "in a round’s message",
    MembershipTest.REST: "all others known",
}


def siege(found: Siege) -> None:
    """All that the attacks on one run came to."""
    outputs.remark(
        locales.joined(
            [
                _(found.sight.said),
                _("Made on exact numbers: for you, not for publication. {at}, by {who}.").format(
                    at=outputs.moment(found.tried_at), who=found.actor
                ),
            ],
            "sentences",
        )
    )
    if found.reading is not None:
        _read(found.reading)
    if found.reconstructions:
        _reconstructed(found)
    if found.memberships:
        _told_apart(found)
    if found.poisonings:
        _poisoned(found.poisonings)


def progress(found: Sequence[Finding]) -> str:
    """What is being tried, in a few words."""
    last = found[-1]
    if isinstance(last, Membership):
        return _("telling who was learnt from …")
    return _("sites that lie …") if isinstance(last, Poisoning) else _("computing rows …")


def _read(reading: Reading) -> None:
    words = _(
        "**{readable} of {sites}** sites of this run send something from which a row can be read."
    )
    st.markdown(words.format(readable=reading.readable, sites=reading.sites))


def _reconstructed(found: Siege) -> None:
    st.markdown(_("**Rows computed from what a site sends**"))
    showing.chart(
        charts.reconstructions(
            found.reconstructions,
            [_against(one) for one in found.reconstructions],
            (_("Rows computed exactly, %"), _("error")),
        ),
        key=f"federated_read_{found.id}",
        alt=_("Share of attacked sites of which a row was computed exactly, per protection"),
    )


def _told_apart(found: Siege) -> None:
    st.markdown(_("**Who was learnt from**"))
    showing.chart(
        charts.memberships(
            found.memberships,
            {test: _(words) for test, words in _TESTS.items()},
            (_("without noise"), _("with noise"), _("most that ε allows"), _("guessing")),
            _("Told apart (AUC)"),
        ),
        key=f"federated_member_{found.id}",
        alt=_("How well attackers tell who was learnt from, without noise and with"),
    )
    protected = found.protected.privacy
    if protected is not None and found.plan.privacy is None:
        words = _("This run has no noise; a twin with noise {z} times the clip stands beside it.")
        outputs.remark(words.format(z=locales.formatted(protected.noise_multiplier, "g")))


def _poisoned(found: Sequence[Poisoning]) -> None:
    st.markdown(_("**The same run with sites that lie**"))
    outputs.table(
        [
            {
                _("Joined by"): _(STRATEGY_WORDS[one.strategy]),
                _("Sites that lie"): _("none")
                if not one.poisoned
                else f"{one.poisoned}/{one.sites}",
                one.measure.written: _("no model")
                if one.metric is None
                else locales.formatted(one.metric, ".3f"),
            }
            for one in found
        ],
        key=f"federated_lies_{found[0].strategy}_{len(found)}",
        alt=_("Quality of the run with sites that lie, per way of joining"),
    )


def _against(one: Reconstruction) -> str:
    match one.protection:
        case Shield.NONE:
            return _("site with one row")
        case Shield.MINIMUM:
            return _("{n} rows").format(n=one.records)
        case Shield.SUM:
            return _("sum of {n} sites").format(n=one.sites)
        case Shield.NOISE:
            return _("clip and noise")
