"""Whom a run's noise protects, how much of it there is, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.dataset.nouns import Dataset
from compliance.federated import clip_of
from compliance.federated.nouns import Task
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy.nouns import BudgetState, NoisePlace, Price, PrivacyUnitKind, Protection
from pages.parts import outputs

UNIT_WORDS = {
    PrivacyUnitKind.PERSON: "every person",
    PrivacyUnitKind.DEVICE: "every device",
    PrivacyUnitKind.SITE: "every site as a whole",
    PrivacyUnitKind.ROW: "every single row",
}
PLACE_WORDS = {
    NoisePlace.CENTRAL: "the server, once (it is trusted)",
    NoisePlace.SITE: "each site (the server need not be trusted)",
    NoisePlace.LOCAL: "each person (nobody need be trusted)",
}
_MULTIPLIERS = [0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0]
_FRACTIONS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
_CLIPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]


def noise(dataset: Dataset, task: Task) -> dict[str, object]:
    """The part of a plan that protects somebody, where it is switched on."""
    is_on = st.toggle(
        _("Protect with noise (differential privacy)"),
        key="federated_noise",
        help=_("Spends from the same budget as releases."),
    )
    if not is_on:
        return {}
    one, two, three = st.columns(3)
    unit = _unit(one, dataset)
    places = list(NoisePlace)[:1] if unit is PrivacyUnitKind.SITE else list(NoisePlace)
    place = two.selectbox(
        _("The noise is added by"),
        places,
        format_func=lambda kind: _(PLACE_WORDS[kind]),
        key="federated_place",
    )
    multiplier = three.select_slider(
        _("Noise, as a multiple of what one can change"),
        _MULTIPLIERS,
        2.0,
        key="federated_multiplier",
    )
    fraction = one.select_slider(
        _("Chance of each to take part in a round"),
        _FRACTIONS,
        1.0 if unit is PrivacyUnitKind.SITE else 0.1,
        key="federated_fraction_site" if unit is PrivacyUnitKind.SITE else "federated_fraction",
    )
    clip = two.select_slider(
        _("Longest update of one (clip)"), _CLIPS, clip_of(task), key=f"federated_clip_{task}"
    )
    privacy: dict[str, object] = {
        "noise_multiplier": multiplier,
        "clip": clip,
        "unit": str(unit),
        "place": str(place),
    }
    if unit is PrivacyUnitKind.DEVICE:
        privacy["column"] = three.selectbox(
            _("Devices are told apart by"),
            [column.name for column in dataset.columns],
            key="federated_device",
        )
    if place is not NoisePlace.LOCAL and three.toggle(
        _("Let the clip follow the updates"),
        key="federated_follow",
        help=_("Part of the noise is used to count how many updates are longer."),
    ):
        privacy["quantile"] = 0.5
    return {"fraction": fraction, "privacy": privacy}


def _unit(place: DeltaGenerator, dataset: Dataset) -> PrivacyUnitKind:
    """Whom the noise protects; it says so where rows stand for people."""
    unit: PrivacyUnitKind = place.selectbox(
        _("Protect"),
        list(UNIT_WORDS),
        format_func=lambda kind: _(UNIT_WORDS[kind]),
        key="federated_unit",
    )
    if unit is PrivacyUnitKind.PERSON and dataset.description.unit is None:
        outputs.remark(
            _("No column tells people apart here, so each row is taken for a person. ")
            + _("Say on Datasets which column does.")
        )
    return unit


def priced(
    rounds: int,
    price: Price,
    state: BudgetState,
    told: Callable[[int | None], Sequence[Protection]],
) -> None:
    """What a run with noise would cost, beside what is left, and what everybody has of it.

    Args:
        told: the protection of each unit, from how many protected ones the largest site has.
    """
    left = float(state.left.epsilon)
    words = _("{n} rounds like this cost at most ε = {price} (δ = {delta}); ε = {left} is left.")
    outputs.remark(
        words.format(
            n=rounds,
            price=locales.formatted(float(price.epsilon), ".2f"),
            delta=locales.formatted(price.delta, ".0e"),
            left=locales.formatted(left, ".2f"),
        )
    )
    if float(price.epsilon) > left:
        outputs.remark(_("It will end by itself before the round that would break the budget."))
    with st.expander(
        _("What that means for a row, a device, a person, a site"), icon=":material/shield_person:"
    ):
        largest = st.number_input(
            _("How many of those protected the largest site has, if that may be known"),
            0,
            1_000_000,
            0,
            key="federated_largest",
            help=_("Then the table says what a whole site has of it."),
        )
        protections(told(int(largest) or None), "federated_protection")
        outputs.remark(
            _(
                "Counted by privacy loss distributions, the tightest way; the budget counts by "
                "Rényi curves, which add up with everything else."
            )
        )


def protections(told: Sequence[Protection], key: str) -> None:
    """How well each kind of unit is protected."""
    outputs.table(
        [
            {
                _("Unit"): _("one {unit}").format(unit=_(str(one.unit))),
                "ε": "–" if one.epsilon is None else locales.formatted(float(one.epsilon), ".2f"),
                _("Why"): _(one.why),
            }
            for one in told
        ],
        key=key,
        alt=_("ε of a row, a device, a person and a site"),
    )
