"""A federated plan, as a form."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery
from compliance.federated import to_plan
from compliance.federated.nouns import Plan
from compliance.i18n import translate as _

_MOST_SITES = 500
_RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
_MULTIPLIERS = [0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0]
_FRACTIONS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]


def plan(dataset: Dataset, discovery: Discovery | None) -> Plan | None:
    """A federated plan as chosen; None where the dataset offers nothing to learn or to tell apart.

    Nothing is trained by choosing, so the widgets need no form and the noise can show its price.
    """
    sites = [c.name for c in dataset.columns if 2 <= c.distinct <= _MOST_SITES]
    targets = [c.name for c in dataset.columns if c.distinct == 2]
    if not targets or len(sites) < 2:
        st.info(
            _(
                "This dataset has no column with exactly two values to learn, "
                "or none to tell sites apart."
            )
        )
        return None
    left, right = st.columns(2)
    with left:
        target = st.selectbox(
            _("What to predict (two values)"),
            targets,
            index=len(targets) - 1,
            key="federated_target",
        )
        site = st.selectbox(
            _("Sites: rows with the same value stay together"),
            sites,
            index=_site_index(sites, targets, discovery),
            key="federated_sites",
        )
        rounds = st.slider(_("Rounds"), 1, 100, 30, key="federated_rounds")
    with right:
        epochs = st.slider(
            _("Passes over its rows per round and site"), 1, 20, 5, key="federated_epochs"
        )
        rate = st.select_slider(_("Learning rate"), _RATES, 0.1, key="federated_rate")
        minimum = st.number_input(
            _("Fewest records of a site"), 2, 10_000, 20, key="federated_minimum"
        )
    raw: dict[str, object] = {
        "sites": {"column": site},
        "target": target,
        "rounds": rounds,
        "local_epochs": epochs,
        "learning_rate": rate,
        "minimum_records": minimum,
    }
    return to_plan(raw | _noise())


def _noise() -> dict[str, object]:
    """The part of a plan that protects people, where it is switched on."""
    is_on = st.toggle(
        _("Protect every person with noise (differential privacy)"),
        key="federated_noise",
        help=_("Spends from the same budget as releases. The unit is one person."),
    )
    if not is_on:
        return {}
    left, right = st.columns(2)
    multiplier = left.select_slider(
        _("Noise, as a multiple of what one person can change"),
        _MULTIPLIERS,
        2.0,
        key="federated_multiplier",
    )
    fraction = right.select_slider(
        _("Chance of a person to take part in a round"),
        _FRACTIONS,
        0.1,
        key="federated_fraction",
    )
    return {"fraction": fraction, "privacy": {"noise_multiplier": multiplier}}


def _site_index(sites: Sequence[str], targets: Sequence[str], discovery: Discovery | None) -> int:
    labels = {la.column: la.semantic_type for la in discovery.labels} if discovery else {}
    for i, name in enumerate(sites):
        kind = labels.get(name, "")
        if name not in targets and (
            kind in ("country", "region", "region_code")
            or name.lower() in ("site", "region", "country", "store")
        ):
            return i
    return next((i for i, name in enumerate(sites) if name not in targets), 0)
