"""How releases of every kind look on the Release page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from compliance.privacy import to_query
from compliance.privacy.nouns import Release
from tests.pages.conftest import Desk, asking, chart_of, unfold, words

OF_AMOUNT = {"column": "amount", "lower": 0, "upper": 90, "unit": "cents"}
BY_CITY: dict[str, object] = {
    "unit": "buyer",
    "by": ["city"],
    "public_keys": {"city": ["Ulm", "Bonn", "Kiel"]},
    "max_rows_per_group": 2,
}


def released(desk: Desk, *statistics: dict[str, object], **change: object) -> Release:
    """A release of `statistics` by city."""
    raw: dict[str, Any] = {**BY_CITY, "statistics": list(statistics), **change}
    return desk.workspace.release("purchases", to_query(raw), Decimal(1), Decimal("1e-7"))


def choose(visitor: AppTest, key: str, value: object) -> AppTest:
    return visitor.selectbox(key=key).set_value(value).run()


def test_counts_are_bars_with_their_margins_as_whiskers(buying_desk: Desk) -> None:
    done = released(buying_desk, {"count": "units"})
    visitor = buying_desk.open("release")

    (bars,) = chart_of(visitor, f"release_chart_{done.id}")["data"]
    ordered = sorted(done.values, key=lambda value: -value.value)
    assert bars["type"] == "bar"
    assert bars["x"] == [value.keys[0] for value in ordered]
    assert bars["y"] == [value.value for value in ordered]
    assert bars["error_y"]["array"] == [value.margin for value in ordered]


def test_quantiles_are_points_beside_their_intervals(buying_desk: Desk) -> None:
    done = released(buying_desk, {"median": OF_AMOUNT})
    visitor = buying_desk.open("release")

    span, points = chart_of(visitor, f"release_chart_{done.id}")["data"]
    table = visitor.dataframe[0].value
    value = next(value for value in done.values if value.keys == (points["x"][0],))
    assert value.low is not None
    assert value.high is not None
    half = span["error_y"]["array"][0]
    assert span["y"][0] - half == pytest.approx(value.low)
    assert span["y"][0] + half == pytest.approx(value.high)
    assert sorted(points["y"]) == sorted(value.value for value in done.values)
    assert set(table["From"]) == {value.low for value in done.values}


def test_a_histogram_is_drawn_group_by_group(buying_desk: Desk) -> None:
    done = released(buying_desk, {"histogram": {**OF_AMOUNT, "bins": 3}})
    visitor = buying_desk.open("release")
    choose(visitor, f"release_group_{done.id}", ("Kiel",))

    (bars,) = chart_of(visitor, f"release_chart_{done.id}")["data"]
    assert bars["x"] == ["0 to 30", "30 to 60", "60 to 90"]
    assert bars["y"] == [value.value for value in done.values if value.keys == ("Kiel",)]


def test_the_largest_groups_are_a_list_in_their_order(buying_desk: Desk) -> None:
    done = released(buying_desk, {"top": {"groups": 2, "of": "rows"}})
    visitor = buying_desk.open("release")

    ranked = sorted(done.values, key=lambda value: value.value)
    lines = "\n".join(f"{n}. `{value.keys[0]}`" for n, value in enumerate(ranked, start=1))
    assert f"**The 2 groups with the most rows**\n\n{lines}" in words(visitor)
    assert not visitor.dataframe


def test_of_several_numbers_each_can_be_pictured(buying_desk: Desk) -> None:
    done = released(buying_desk, {"count": "rows"}, {"mean": OF_AMOUNT})
    visitor = buying_desk.open("release")
    choose(visitor, f"release_picture_{done.id}", "mean_amount")

    (bars,) = chart_of(visitor, f"release_chart_{done.id}")["data"]
    means = [value.value for value in done.values if value.statistic == "mean_amount"]
    assert sorted(bars["y"]) == sorted(means)


def test_only_open_releases_are_sent(buying_desk: Desk) -> None:
    first = released(buying_desk, {"count": "rows"})
    released(buying_desk, {"count": "units"})
    visitor = buying_desk.open("release")
    shown = [set(frame.value["Statistic"]) for frame in visitor.dataframe]
    visitor.session_state[f"release_open_{first.id}"] = True
    visitor.run()

    assert shown == [{"number of people"}]
    assert [set(frame.value["Statistic"]) for frame in visitor.dataframe] == [
        {"number of people"},
        {"number of rows"},
    ]


def test_every_accountant_is_heard_and_the_tightest_stands_first(buying_desk: Desk) -> None:
    done = released(buying_desk, {"count": "rows"}, {"sum": OF_AMOUNT})
    visitor = buying_desk.open("release")

    assert done.prices is not None
    tightest = done.prices.tightest
    assert tightest is not None
    assert tightest.epsilon is not None
    assert f"Tightest proof at δ = 1e-7: ε = {tightest.epsilon.normalize():f} by " in words(
        visitor
    ).replace("1e-07", "1e-7")


def test_answers_changed_by_chance_say_so(buying_desk: Desk) -> None:
    change = {"mechanism": "randomised_response"}
    released(buying_desk, {"count": "units"}, **change)
    visitor = buying_desk.open("release")

    assert "answers changed by chance (randomised response) by OpenDP" in words(visitor)


def test_a_release_that_shows_nothing_says_so_and_what_it_cost(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    unfold(visitor, "tradeoff_fold_file").text_area(key="tradeoff_paste").input(
        "unit: buyer\nby: [amount]\nstatistics: [{count: rows}]\nwhere: amount > 89"
    )
    visitor.button(key="tradeoff_read").click().run()
    buying_desk.go(visitor, "release")
    visitor.text_input(key="release_epsilon").input("0.01")
    visitor.button(key="release_ask").click().run()
    visitor.button(key="release_confirm").click().run()

    (done,) = buying_desk.workspace.releases("purchases")
    assert done.values == ()
    assert "No group reached the threshold, so no number was published." in words(visitor)
    assert "**ε = 0.01**" in words(visitor)
