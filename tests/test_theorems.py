"""A run that adds noise without a theorem is refused, and one that has a theorem is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import PrivacyParameterError
from compliance.privacy import split_noise, why_no_theorem
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind
from compliance.privacy.theorems import _file

COVERED = {
    "noise_at": "central",
    "unit": "person",
    "sampling": "poisson",
    "noise_multiplier": 1.0,
    "expected_participants": 600.0,
}
CASES = _file()["cases"]


def reasons(**changes: object) -> set[str]:
    found = why_no_theorem(**{**COVERED, **changes})  # type: ignore[arg-type]
    return {reason.id for reason in found}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="the usual run"),
        pytest.param({"sampling": "all"}, id="everybody in"),
        pytest.param({"noise_at": "site"}, id="noise at each site"),
        pytest.param({"noise_at": "local", "sampling": "fixed"}, id="local: no coins needed"),
        pytest.param({"noise_at": "local", "counts": "decide"}, id="local: who sends is seen"),
        pytest.param({"noise_at": "site", "aggregation": "median"}, id="a median of noisy sums"),
        pytest.param({"unit": "site", "minimum_records": 20}, id="a site by its own records"),
        pytest.param({"clip": "adaptive"}, id="an adaptive clip of many"),
        pytest.param({"strategy": "fedadam"}, id="what the server does to noisy sums"),
    ],
)
def test_a_run_that_a_theorem_covers_is_not_refused(changes: dict[str, object]) -> None:
    assert reasons(**changes) == set()


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("fixed_cohorts", {"sampling": "fixed"}),
        ("fixed_cohorts", {"sampling": "fixed", "noise_at": "site"}),
        ("size_weights", {"weights": "size"}),
        ("size_weights", {"weights": "size", "noise_at": "local"}),
        ("robust_aggregation", {"aggregation": "median"}),
        ("robust_aggregation", {"aggregation": "trimmed_mean"}),
        ("robust_aggregation", {"aggregation": "krum"}),
        ("scaffold", {"strategy": "scaffold"}),
        ("secret_counts", {"counts": "decide"}),
        ("minimum_records", {"minimum_records": 2}),
        ("minimum_records", {"minimum_records": 20, "unit": "row"}),
        ("adaptive_clip_of_few", {"clip": "adaptive", "expected_participants": 10.0}),
        ("adaptive_clip_of_few", {"clip": "adaptive", "expected_participants": float("nan")}),
        ("adaptive_clip_of_local_noise", {"clip": "adaptive", "noise_at": "local"}),
        ("site_hides_itself", {"unit": "site", "noise_at": "site"}),
        ("rows_hide_themselves", {"unit": "row", "noise_at": "local"}),
        ("several_sites", {"noise_at": "site", "places": "several_sites"}),
        ("fitted_encoding", {"encoding": "fitted"}),
        ("best_round", {"choice": "best"}),
    ],
)
def test_a_run_without_a_theorem_is_refused_for_its_one_reason(
    reason: str, changes: dict[str, object]
) -> None:
    assert reasons(**changes) == {reason}


def test_all_reasons_are_told_at_once_each_with_what_to_do_and_its_source() -> None:
    found = why_no_theorem(
        **{**COVERED, "sampling": "fixed", "strategy": "scaffold"},  # type: ignore[arg-type]
    )

    assert [reason.id for reason in found] == ["fixed_cohorts", "scaffold"]
    assert all(reason.source and "; " in reason.sentence for reason in found)


def test_a_word_that_is_not_known_is_refused() -> None:
    assert reasons(strategy="fednova") == {"unknown_strategy"}
    assert reasons(noise_at="cloud", unit="family") == {"unknown_noise_at", "unknown_unit"}


@given(noise=st.floats(0.1, 50), expected=st.floats(1, 2000))
def test_an_adaptive_clip_is_refused_exactly_where_its_noise_cannot_be_split(
    noise: float, expected: float
) -> None:
    is_refused = bool(
        reasons(clip="adaptive", noise_multiplier=noise, expected_participants=expected)
    )

    try:
        split_noise(noise, expected * 0.05)
    except PrivacyParameterError:
        assert is_refused
    else:
        assert not is_refused


def test_the_file_knows_all_places_and_units_and_says_each_thing_once() -> None:
    known = _file()["known"]

    assert known["noise_at"] == [str(place) for place in NoisePlace]
    assert known["unit"] == [str(unit) for unit in PrivacyUnitKind]
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert case["when"]
        assert all(set(words) <= set(known[name]) for name, words in case["when"].items())
        assert re.search(r"arXiv:\d{4}\.\d{4,5}|doi:10\.", case["source"])
        assert case["sentence"].endswith(".")
