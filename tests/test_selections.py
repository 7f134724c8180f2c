"""Quantiles and the largest groups: what they are without noise, and what stands beside them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.privacy import aggregate, calibrate, preview, publish, to_query
from compliance.privacy.aggregates import CHOICES, Ranked, Role
from compliance.privacy.nouns import ReleasedValue, SelectionEvent
from compliance.privacy.nouns.question import Statistic
from compliance.privacy.selections import (
    aim,
    candidates,
    exact_quantile,
    largest_groups,
    quantile_margin,
    rivals,
    scores,
)
from tests.privacy_cases import KEY, ORDERS, SILENCE, budget, highest, table_of

EVENT = SelectionEvent(statistic="x", sensitivity=9, scale=20.0)


def quantile(at: str = "0.5", upper: int = 100, step: int = 1) -> Statistic:
    about = {"column": "amount", "lower": 0, "upper": upper, "step": step, "at": at}
    (statistic,) = to_query({"unit": "who", "statistics": [{"quantile": about}]}).statistics
    return statistic


def ranked(values: list[int]) -> Ranked:
    return Ranked(values=np.sort(np.array(values, np.int64)), starts=np.array([0, len(values)]))


EXACT = [
    pytest.param([1, 2, 9], "0.5", 2, id="the middle one of three"),
    pytest.param([10, 20], "0.5", 15, id="half way between two"),
    pytest.param([1] * 6 + [2] * 2 + [3] * 2, "0.5", 1, id="most are ones"),
    pytest.param([0] * 49 + [50] * 50 + [90], "0.5", 50, id="half are fifties"),
    pytest.param([*range(1, 101)], "0.9", 90, id="nine tenths below"),
    pytest.param([*range(1, 101)], "0.25", 25, id="a quarter below"),
    pytest.param([7] * 100, "0.999", 7, id="all alike"),
    pytest.param([], "0.5", 50, id="nobody: the middle of the bounds"),
]


@pytest.mark.parametrize(("values", "at", "expected"), EXACT)
def test_the_exact_quantile_is_the_one_people_mean(
    values: list[int], at: str, expected: int
) -> None:
    assert exact_quantile(ranked(values), 0, quantile(at)) == pytest.approx(expected, abs=1)


@given(
    values=st.lists(st.integers(0, 100), min_size=1, max_size=60),
    at=st.integers(1, 19).map(lambda n: f"{n / 20}"),
)
def test_so_many_values_lie_up_to_the_quantile_and_so_many_from_it_on(
    values: list[int], at: str
) -> None:
    found, share = exact_quantile(ranked(values), 0, quantile(at)), Decimal(at)

    assert sum(v <= found for v in values) >= share * len(values)
    assert sum(v >= found for v in values) >= (1 - share) * len(values)


@given(values=st.lists(st.integers(-50, 150), max_size=40), at=st.sampled_from(["0.1", "0.5"]))
def test_scores_are_never_above_nothing_but_for_the_lead_of_a_bound(
    values: list[int], at: str
) -> None:
    for role in CHOICES:
        found = scores(ranked(values), 0, quantile(at), role, EVENT)

        assert len(found) == len(candidates(quantile(at), role))
        assert found.dtype == np.int64
        assert (found[: len(candidates(quantile(at)))] <= 0).all()


def test_an_end_has_its_bound_once_more_among_its_candidates() -> None:
    statistic = quantile(upper=10, step=4)

    assert candidates(statistic).tolist() == [0, 4, 8, 10]
    assert candidates(statistic, Role.CHOICE_LOW).tolist() == [0, 4, 8, 10, 0]
    assert candidates(statistic, Role.CHOICE_HIGH).tolist() == [0, 4, 8, 10, 10]


def test_of_many_values_an_end_lies_a_known_distance_off_and_not_at_its_bound() -> None:
    """aim/2 ranks of the median: every value has two steps."""
    values = ranked([*range(1, 100)] * 10)
    low, high = (
        int(scores(values, 0, quantile(), role, EVENT).argmax())
        for role in (Role.CHOICE_LOW, Role.CHOICE_HIGH)
    )

    assert aim(EVENT) == 45  # 20 · ln(1/(2p)), where p·(1 − p) = 5 %
    assert (low, high) == (48, 52)  # 50 ± 45/2 ranks, of which each candidate has ten


@pytest.mark.parametrize("values", [[], [50], [50] * 10])
def test_of_few_values_the_ends_are_most_likely_the_bounds(values: list[int]) -> None:
    for role, bound in ((Role.CHOICE_LOW, 0), (Role.CHOICE_HIGH, 100)):
        found = scores(ranked(values), 0, quantile(), role, EVENT)
        weights = np.exp((found - found.max()) / EVENT.scale)

        at_bound = weights[candidates(quantile(), role) == bound].sum() / weights.sum()
        assert at_bound > 0.9


def test_the_margin_shown_before_holds_the_choice_with_ninety_five_percent() -> None:
    values = ranked([int(v) for v in np.random.default_rng(3).normal(60, 12, 400).clip(0, 100)])
    found = scores(values, 0, quantile(), Role.CHOICE, EVENT)
    weights = np.exp(found / EVENT.scale) / np.exp(found / EVENT.scale).sum()
    away = np.abs(candidates(quantile()) - exact_quantile(values, 0, quantile()))

    margin = quantile_margin(values, 0, quantile(), EVENT)

    assert weights[away <= margin].sum() >= 0.95
    assert weights[away <= margin - 1].sum() < 0.95


ABOUT = {"column": "amount", "lower": 0, "upper": 100}


def published(
    folder: Path, raw: dict[str, Any], rows: list[Any], noise: Any
) -> list[ReleasedValue]:
    table, columns = table_of(folder, ORDERS, rows)
    query = to_query({"unit": "who", **raw})
    exact = aggregate(table, query, columns, KEY)
    return list(publish(exact, query, calibrate(query, budget()), noise))


def test_the_interval_is_stretched_to_hold_the_value(tmp_path: Path) -> None:
    """Noise can throw the value outside; it would read as a mistake."""
    places = {"choice": 90, "choice_low": 20, "choice_high": 40}
    thrown = SimpleNamespace(
        choose=lambda scores, event: [places[event.statistic.partition(":")[2]]]
    )

    (value,) = published(tmp_path, {"statistics": [{"median": ABOUT | {"step": 1}}]}, [], thrown)

    assert (value.low, value.value, value.high, value.margin) == (20, 90, 90, 70)


CITIES = {"a": 5, "b": 9, "c": 7}
PEOPLE = [(f"{city}{n}", city, None, 1.0, 1) for city, size in CITIES.items() for n in range(size)]
PUBLIC = {"public_keys": {"city": list("abcdef")}}


def top(largest: int, of: str = "units", **more: object) -> dict[str, Any]:
    statistics = [{"top": {"groups": largest, "of": of}}]
    return {"by": ["city"], "statistics": statistics, **more}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(top(2, **PUBLIC), {"b": 1, "c": 2}, id="two of six"),
        pytest.param(top(6, **PUBLIC), dict(zip("bcadef", range(1, 7), strict=True)), id="all"),
        pytest.param(
            top(9, **PUBLIC), dict(zip("bcadef", range(1, 7), strict=True)), id="more than all"
        ),
        pytest.param(top(2), {}, id="of groups that stay below the threshold"),
    ],
)
def test_the_largest_groups_are_ranked_and_the_others_left_out(
    tmp_path: Path, asked: dict[str, Any], expected: dict[str, int]
) -> None:
    values = published(tmp_path, asked, PEOPLE, SILENCE)

    assert {v.keys[0]: v.value for v in values} == expected


def test_the_largest_by_rows_and_by_people_may_differ(tmp_path: Path) -> None:
    rows = [*PEOPLE, *[("a0", "a", None, 1.0, 1)] * 50]

    by_rows, by_people = (
        published(tmp_path, top(1, of, max_rows_per_group=99, **PUBLIC), rows, SILENCE)
        for of in ("rows", "units")
    )

    assert (by_rows[0].keys, by_people[0].keys) == (("a",), ("b",))


def test_the_preview_ranks_groups_and_counts_their_rivals(tmp_path: Path) -> None:
    table, columns = table_of(tmp_path, ORDERS, PEOPLE)
    query = to_query({"unit": "who", **top(2, **PUBLIC)})
    exact = aggregate(table, query, columns, KEY)
    (event,) = (event for _, event in calibrate(query, budget()).parts)
    assert isinstance(event, SelectionEvent)

    rows = preview(exact, query, budget()).rows

    counts = np.array([5, 9, 7, 0, 0, 0])
    assert [(row.keys[0], row.size) for row in rows] == [("b", 1), ("c", 2)]
    assert [row.margin for row in rows] == [rivals(counts, place, event) for place in (1, 2)]


@given(counts=st.lists(st.integers(0, 20), min_size=1, max_size=12), largest=st.integers(1, 5))
def test_no_group_left_out_is_larger_than_one_that_is_ranked(
    counts: list[int], largest: int
) -> None:
    (statistic,) = to_query({"unit": "who", **top(largest)}).statistics

    ranks = largest_groups(np.array(counts), statistic)

    assert [counts[group] for group in ranks] == sorted(counts, reverse=True)[:largest]


def test_a_choice_without_noise_is_the_highest_score() -> None:
    """The stand-in that other tests rest on."""
    assert highest(np.array([1, 5, 3]), EVENT) == [1]
