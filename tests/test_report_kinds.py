"""Every kind of statistic and of guarantee in a report: tables, charts, words, pages."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal

import pytest
import release_cases as cases
from report_hostile import HOSTILE
from report_pages import Built, attachments, built, built_sample, squeezed

from compliance.privacy.nouns import Accountant, Prices, Quote, Release
from compliance.report.building import to_content
from compliance.report.nouns import ReportKind
from compliance.report.sections.guarantees import in_plain_words, to_guarantee
from compliance.report.sections.releases import asked_in_words, title_of, to_release

NBSP = "\N{NO-BREAK SPACE}"
MARGIN = f"±{NBSP}(95{NBSP}%)"
INTERVAL = f"Interval (95{NBSP}%)"
BY_REGION = {
    "by": ["region"],
    "public_keys": {"region": list(cases.CHINESE)},
    "groups": [(name,) for name in cases.CHINESE],
}
EDGES = {"column": "amount", "edges": [-10, 0, 10, 20]}


@pytest.fixture(scope="module")
def kinds() -> Built:
    return built_sample("kinds")


def _facts(release: Release) -> dict[str, str]:
    return {f["name"]: f["value"].replace(NBSP, " ") for f in to_guarantee(release)}


def _titles(table: dict) -> list[str]:
    return [column["title"] for column in table["columns"]]


def test_a_histogram_has_one_row_per_bar_and_groups_side_by_side():
    shown = to_release(cases.published({"histogram": EDGES}, **BY_REGION))

    (histogram,) = shown["histograms"]
    assert shown["values"] is None
    assert histogram["title"] == "Histogram of amount"
    assert _titles(histogram["table"]) == ["From – below", *cases.CHINESE, MARGIN]
    assert [row[0] for row in histogram["table"]["rows"]] == ["−10 to 0", "0 to 10", "10 to 20"]
    assert all(row[-1] == "11" for row in histogram["table"]["rows"])


def test_a_histogram_of_many_groups_has_one_row_per_group_and_bar():
    groups = [(f"G{n}",) for n in range(7)]
    release = cases.published({"histogram": EDGES}, by=["region"], groups=groups)

    (histogram,) = to_release(release)["histograms"]

    assert _titles(histogram["table"]) == ["region", "From – below", "Rows", MARGIN]
    assert len(histogram["table"]["rows"]) == 7 * 3
    assert "The first 3 of 7 groups." in histogram["chart"]["caption"]


def test_bars_that_differ_in_their_margins_each_say_their_own():
    release = cases.published({"histogram": EDGES}, **BY_REGION)
    odd = replace(release.values[0], margin=99.0)

    (histogram,) = to_release(replace(release, values=(odd, *release.values[1:])))["histograms"]

    assert histogram["table"]["rows"][0][1:] == ["−10 to 0", "89", "99"]


def test_no_number_of_a_histogram_is_lost():
    release = cases.published({"histogram": EDGES}, **BY_REGION)

    (histogram,) = to_release(release)["histograms"]

    shown = {cell for row in histogram["table"]["rows"] for cell in row[1:-1]}
    assert shown == {f"{value.value:,.0f}" for value in release.values}


def test_the_bars_of_a_chart_start_at_nought_and_keep_their_order():
    (histogram,) = to_release(cases.published({"histogram": EDGES}))["histograms"]

    (panel,) = histogram["chart"]["panels"]
    assert histogram["chart"]["labels"] == ["−10 to 0", "0 to 10", "10 to 20"]
    assert [row["bar"][0] for row in panel["rows"]] == [panel["zero"]] * 3
    assert [row["bar"][1] for row in panel["rows"]] == [r["marks"][0]["at"] for r in panel["rows"]]
    assert not panel["is_steep"]


def test_one_towering_bar_does_not_bend_the_axis() -> None:
    """Lengths are compared by eye, so the steps of the axis stay even."""
    release = cases.published(
        {"histogram": {"column": "amount", "lower": 0, "upper": 9, "bins": 9}}
    )
    tall = replace(release.values[4], value=1e6)
    values = (*release.values[:4], tall, *release.values[5:])

    (histogram,) = to_release(replace(release, values=values))["histograms"]

    (panel,) = histogram["chart"]["panels"]
    assert not panel["is_steep"]
    assert panel["rows"][4]["bar"][1] > 50 * (panel["rows"][3]["bar"][1] - panel["zero"])


def test_a_wide_histogram_is_whole_in_its_table_and_cut_in_its_chart():
    wide = {"column": "amount", "lower": 0, "upper": 600, "bins": 600}

    (histogram,) = to_release(cases.published({"histogram": wide}))["histograms"]

    assert len(histogram["table"]["rows"]) == 500
    assert histogram["left"] == 100
    assert len(histogram["chart"]["labels"]) == 40
    assert "The first 40 of 600 bars." in histogram["chart"]["caption"]


def test_a_bar_without_a_number_is_named_and_not_drawn():
    release = cases.published({"histogram": EDGES})
    values = tuple(replace(value, value=math.nan) for value in release.values)

    (histogram,) = to_release(replace(release, values=values))["histograms"]

    assert [row[1] for row in histogram["table"]["rows"]] == ["no number"] * 3
    assert [row["bar"] for row in histogram["chart"]["panels"][0]["rows"]] == [None] * 3


def test_a_quantile_stands_with_its_interval():
    amount = {"column": "amount", "lower": 0, "upper": 100}
    table = to_release(cases.published({"median": amount}, **BY_REGION))["values"]

    assert _titles(table) == ["region", "Median of amount", INTERVAL]
    assert table["rows"][0] == [cases.CHINESE[0], "40", "39 to 45"]


def test_intervals_and_margins_share_a_column_where_statistics_stand_below_one_another():
    amount = {"column": "amount", "lower": 0, "upper": 100}
    many = [{kind: amount} for kind in ("sum", "mean", "variance", "standard_deviation")]

    table = to_release(cases.published(*many, {"median": amount}, **BY_REGION))["values"]

    assert _titles(table)[-1] == f"± or interval (95{NBSP}%)"
    assert [row[1] for row in table["rows"][:5]] == [
        *("sum of amount", "mean of amount", "variance of amount"),
        *("standard deviation of amount", "median of amount"),
    ]


def test_the_interval_of_a_quantile_need_not_be_even():
    amount = {"column": "amount", "lower": 0, "upper": 100}
    chart = to_release(cases.published({"median": amount}, **BY_REGION))["chart"]

    row = chart["panels"][0]["rows"][0]
    assert row["marks"][0]["at"] - row["whisker"][0] < row["whisker"][1] - row["marks"][0]["at"]


def test_the_largest_groups_stand_by_rank_without_a_margin():
    release = cases.published({"top": {"groups": 3, "of": "units"}}, **BY_REGION)
    backwards = replace(release, values=release.values[::-1])

    shown = to_release(backwards)

    (ranking,) = shown["rankings"]
    assert ranking["title"] == "The 3 groups with the most people"
    assert _titles(ranking["table"]) == ["Rank", "region"]
    assert ranking["table"]["rows"] == [[str(n + 1), cases.CHINESE[n]] for n in range(3)]
    assert shown["values"] is None
    assert "ranks have no margin" in shown["units"]


def test_a_ranking_beside_counts_takes_no_group_from_their_table():
    release = cases.published({"count": "rows"}, {"top": {"groups": 3}}, **BY_REGION)

    table = to_release(release)["values"]

    assert _titles(table) == ["region", "Number of rows", MARGIN]
    assert len(table["rows"]) == 5
    assert not any("not released" in row for row in table["rows"])


@pytest.mark.parametrize(
    ("number", "name", "says"),
    [
        pytest.param(9, "Contribution bounds", "at most 3 months of day", id="period"),
        pytest.param(9, "Contribution bounds", "at most 1 group of each month", id="in a month"),
        pytest.param(10, "Unit of privacy", "by visitor in clicks", id="join"),
        pytest.param(
            10,
            "The loss is divided",
            "25.0 % for number of rows, what is left evenly for the others",
            id="shares",
        ),
        pytest.param(8, "Unit of privacy", "the answer of one person", id="changed answers"),
        pytest.param(8, "Mechanism", "each person's answer changed by chance", id="how changed"),
        pytest.param(2, "Mechanism", "chosen with Gumbel noise", id="quantile"),
        pytest.param(6, "Group keys", "found in the data", id="private keys"),
    ],
)
def test_a_guarantee_names_what_it_rests_on(number, name, says):
    assert says in _facts(cases.every_kind()[number - 1])[name]


def test_a_guarantee_has_no_shares_where_none_were_asked():
    assert "The loss is divided" not in _facts(cases.published({"count": "rows"}))


def test_shares_that_use_everything_up_leave_nothing_for_others():
    release = cases.published({"count": "rows"}, {"count": "units"}, shares={"count_rows": 0.25})
    whole = replace(
        release,
        query=replace(
            release.query,
            shares={"count_rows": Decimal("0.25"), "count_units": Decimal("0.75")},
        ),
    )

    assert _facts(whole)["The loss is divided"].endswith("75.0 % for number of people")


def test_prices_of_other_accountants_stand_beside_the_first_where_the_record_has_them():
    quotes = tuple(
        Quote(accountant=name, epsilon=None, reason="δ is 0")
        if name is Accountant.PURE
        else Quote(accountant=name, epsilon=Decimal("0.8"))
        for name in Accountant
    )
    plain = cases.published({"count": "rows"})
    priced = replace(plain, prices=Prices(delta=Decimal("1e-6"), quotes=quotes))

    told = {name: value for name, value in _facts(priced).items() if name.startswith("By ")}
    assert told == {
        "By plain sums of ε": "δ is 0.",
        "By sums of ρ": "ε = 0.8, δ = 1e-6",
        "By Rényi curves": "ε = 0.8, δ = 1e-6",
        "By loss distributions": "ε = 0.8, δ = 1e-6",
    }
    assert not any(name.startswith("By ") for name in _facts(plain))


def test_changed_answers_are_explained_as_such():
    words = in_plain_words(cases.every_kind()[7])

    assert "hesitates between two answers of a person" in words
    assert "(ε = 1, δ = " in words


@pytest.mark.parametrize(
    ("number", "title", "asked"),
    [
        (6, "The 5 groups with the most people by region", "The 5 groups with the most people, "),
        (9, "Sum of amount by month of day", "The sum of amount, for each month of day."),
        (10, "Mean of clicks.seconds and number of rows by age", "each of 3 ranges of age"),
        (10, "Mean of", "joined with clicks (by visitor), one row of each person there."),
    ],
    ids=["largest", "months", "ranges", "joined"],
)
def test_a_question_is_told_in_words(number, title, asked):
    query = cases.every_kind()[number - 1].query

    assert title_of(query).startswith(title)
    assert asked in asked_in_words(query).replace(NBSP, " ")


def test_bounds_of_bars_are_written_plainly():
    wide = {"column": "amount", "lower": -500, "upper": 5_500, "bins": 60}
    (row,) = to_release(cases.published({"histogram": wide}))["clamps"]["rows"]

    assert [cell.replace(NBSP, " ") for cell in row[1:]] == [
        "whole numbers, in 60 bars",
        "−500",
        "5,500",
    ]


def test_a_release_of_no_value_shows_none():
    release = replace(cases.published({"histogram": EDGES}, **BY_REGION), values=())

    shown = to_release(release)

    assert not shown["has_values"]
    assert shown["histograms"][0]["table"] is None
    assert shown["histograms"][0]["chart"] is None
    assert "No value was published." in built(cases.with_releases(release)).text


def test_every_kind_is_on_the_pages(kinds):
    text = squeezed(kinds.text)

    for words in (
        *("Histogram of amount", "The 5 groups with the most people", "39 to 45", "5400 to 5500"),
        *("changed answers", "Variance of amount", *cases.CHINESE),
    ):
        assert squeezed(words).lower() in text.lower()


def test_hostile_groups_and_columns_come_out_literally():
    groups = [(name,) for name in HOSTILE]
    column = "名" * 60 + "#panic()"
    edges = {"column": column, "edges": [0, 1, 2]}
    release = cases.published(
        {"histogram": edges},
        {"top": {"groups": 4}},
        {"median": {"column": column, "lower": 0, "upper": 10}},
        by=["*by*"],
        groups=groups,
    )

    report = built(cases.with_releases(release))

    text = squeezed(report.text)
    assert [name for name in HOSTILE if squeezed(name) not in text] == []
    attached = json.loads(attachments(report.document)["evidence.json"])
    assert len(attached["datasets"][0]["releases"][0]["values"]) == len(release.values)


def test_what_was_cut_is_told_in_one_place_only():
    release = cases.every_kind()[0]
    content = to_content(ReportKind.AUDIT, cases.with_releases(release))
    item = content["releases"]["groups"][0]["items"][0]

    public = json.dumps({key: value for key, value in item.items() if key != "dropped"})

    assert "777,001" in json.dumps(item["dropped"])
    assert not any(number in public for number in ("777,001", "555,002", "333,003"))
