"""Bounds from public knowledge: sourced, sane, and found for what discovery calls a column."""

from __future__ import annotations

import re
from datetime import date

import pytest

from compliance.discovery import semantic_types
from compliance.privacy import Preset, presets_for, to_query
from compliance.privacy.presets import presets


def test_every_preset_has_an_id_of_its_own() -> None:
    ids = [preset.id for preset in presets()]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("preset", presets(), ids=[preset.id for preset in presets()])
def test_a_preset_names_its_source_its_date_and_known_types(preset: Preset) -> None:
    assert preset.title
    assert preset.source
    assert date.fromisoformat(preset.as_of)
    assert set(preset.types) <= set(semantic_types())
    assert preset.currency == "" or re.fullmatch(r"[A-Z]{3}", preset.currency)


@pytest.mark.parametrize("preset", presets(), ids=[preset.id for preset in presets()])
def test_a_preset_can_be_asked_as_it_stands(preset: Preset) -> None:
    bounds = {"lower": preset.lower, "upper": preset.upper, "unit": str(preset.granularity)}
    query = to_query({"unit": "who", "statistics": [{"median": {"column": "what", **bounds}}]})

    assert (query.statistics[0].lower, query.statistics[0].upper) == (preset.lower, preset.upper)


def test_amounts_are_found_in_the_currency_asked_for() -> None:
    german, chinese = presets_for("money_amount", "EUR"), presets_for("money_amount", "CNY")
    everywhere = presets_for("money_amount")

    assert {preset.currency for preset in german} == {"EUR"}
    assert {preset.currency for preset in chinese} == {"CNY"}
    assert {preset.currency for preset in everywhere} > {"EUR", "CNY"}


def test_what_is_no_money_is_found_whatever_the_currency() -> None:
    assert presets_for("rating", "EUR") == presets_for("rating", "JPY") == presets_for("rating")


def test_nothing_is_proposed_for_what_nobody_knows() -> None:
    assert presets_for("email") == presets_for("no such type") == ()


def test_bounds_that_are_upside_down_are_a_slip() -> None:
    one = presets()[0]

    with pytest.raises(ValueError, match="below"):
        Preset(
            id="x",
            types=one.types,
            title=one.title,
            lower=one.upper,
            upper=one.lower,
            granularity=one.granularity,
            source=one.source,
            as_of=one.as_of,
        )
