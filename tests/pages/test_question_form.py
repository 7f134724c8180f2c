"""The form on Trade-off: everything that can be asked, in words, and refused in one sentence."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import yaml
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy import from_query, to_query
from compliance.privacy.nouns.question import Query
from tests.pages.conftest import Desk, asking, chart_of, refusals, unfold, words


def key(thing: str, column: str = "") -> str:
    return f"tradeoff_{thing}_purchases@1" + (f"_{column}" if column else "")


def show(visitor: AppTest) -> AppTest:
    return visitor.button(key="tradeoff_show").click().run()


def ask(buying_desk: Desk, raw: dict[str, object]) -> AppTest:
    """A visitor who pasted a question."""
    visitor = asking(buying_desk)
    unfold(visitor, "tradeoff_fold_file").text_area(key="tradeoff_paste").input(
        json.dumps(raw)
    )  # which is YAML as well
    return visitor.button(key="tradeoff_read").click().run()


def interview(visitor: AppTest) -> AppTest:
    """The interview, opened or opened again: for AppTest every run closes it."""
    return visitor.button(key="tradeoff_interview").click().run()


def in_hand(visitor: AppTest) -> Query:
    (query,) = visitor.session_state["session_queries"].values()
    assert isinstance(query, Query)
    return query


def asked(visitor: AppTest) -> list[str]:
    return [statistic.name for statistic in in_hand(visitor).statistics]


COUNTS = {"unit": "buyer", "by": ["city"], "statistics": [{"count": "rows"}]}
OF_AMOUNT = {"column": "amount", "lower": 0, "upper": 90, "unit": "cents"}
EVERYTHING = {
    "unit": "buyer",
    "max_groups": 3,
    "max_rows_per_group": 2,
    "by": [
        "city",
        {"column": "bought_on", "per": "quarter"},
        {"column": "pieces", "edges": [0, 5, 10]},
    ],
    "public_keys": {"city": ["Ulm", "Bonn"]},
    "statistics": [
        {"count": "rows"},
        {"count": "units"},
        {"sum": OF_AMOUNT},
        {"median": OF_AMOUNT},
        {"quantile": {**OF_AMOUNT, "at": 0.9}},
        {"histogram": {"column": "stars", "edges": [1, 3, 5]}},
        {"top": {"groups": 3, "of": "units"}},
    ],
    "mechanism": "laplace",
    "where": "amount > 1 and city != 'Köln'",
    "period": {"column": "bought_on", "per": "quarter", "most": 2},
}


# What to compute


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("sum", "sum_amount"),
        ("mean", "mean_amount"),
        ("median", "median_amount"),
        ("variance", "variance_amount"),
        ("standard deviation", "standard_deviation_amount"),
        ("histogram", "histogram_amount"),
    ],
)
def test_every_kind_of_number_can_be_asked_of_a_column(
    buying_desk: Desk, kind: str, name: str
) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("kinds", "amount")).set_value([kind]).run()
    show(visitor)

    assert refusals(visitor) == []
    assert asked(visitor) == ["count_rows", name]
    assert f"{kind} of amount" in set(visitor.dataframe[0].value["Statistic"])


def test_percentiles_are_asked_in_hundredths(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("kinds", "amount")).set_value(["percentiles"]).run()
    visitor.text_input(key=key("percentiles", "amount")).input("10; 97.5").run()
    show(visitor)

    assert [s.at for s in in_hand(visitor).statistics[1:]] == [Decimal("0.1"), Decimal("0.975")]


def test_people_and_the_largest_groups_can_be_counted(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("columns")).set_value([])
    visitor.multiselect(key=key("by")).set_value(["city"])
    visitor.multiselect(key=key("statistics")).set_value(["count people", "largest groups"]).run()
    visitor.number_input(key=key("largest")).set_value(2)
    visitor.radio(key=key("largest_of")).set_value("units")
    show(visitor)

    numbers, ranking = (frame.value for frame in visitor.dataframe)
    assert asked(visitor) == ["count_units", "top_2_units"]
    assert numbers["Number (internal)"].tolist() == [300, 300, 300]
    assert ranking["Rank (internal)"].tolist() == [1, 2]
    assert set(ranking["Can change places with"]) == {"2 other groups"}


def test_several_columns_are_asked_with_bounds_of_their_own(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("columns")).set_value(["amount", "stars", "gift"]).run()
    visitor.multiselect(key=key("kinds", "stars")).set_value(["mean"]).run()
    show(visitor)

    bounds = {s.name: (s.lower, s.upper) for s in in_hand(visitor).statistics[1:]}
    assert bounds == {"sum_amount": (0, 150), "mean_stars": (1, 5), "sum_gift": (0, 1)}


def test_a_histogram_is_drawn_bar_by_bar(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("statistics")).set_value([])
    visitor.multiselect(key=key("by")).set_value([])
    visitor.multiselect(key=key("kinds", "amount")).set_value(["histogram"]).run()
    visitor.text_input(key=key("bars", "amount")).input("0, 30, 60, 90")
    show(visitor)

    (bars,) = chart_of(visitor, "tradeoff_bars")["data"]
    table = visitor.dataframe[0].value
    assert bars["x"] == ["0 to 30", "30 to 60", "60 to 90"] == table["Bar"].tolist()
    assert table["Number (internal)"].sum() == 1350
    assert bars["error_y"]["array"] == table["Noise margin ±"].tolist()


@pytest.mark.parametrize(
    ("thing", "typed", "says"),
    [
        ("lower", "a lot", "bound is not a number"),
        ("lower", "200", "lower bound must lie below"),
        ("upper", "", "needs a lower and an upper bound"),
        ("upper", "1e400", "a bound lies between"),
        ("percentiles", "most", "percentiles are numbers between 0 and 100"),
        ("percentiles", "120", "between 0 and 1"),
        ("percentiles", "50", "asked twice"),
        ("bars", "ten", "is a whole number"),
        ("bars", "9, 3", "lies above the one before"),
        ("step", "nought", "a bound is not a number"),
        ("step", "0.001", "a step is a multiple"),
    ],
)
def test_what_no_bound_can_be_is_refused_in_a_sentence(
    buying_desk: Desk, thing: str, typed: str, says: str
) -> None:
    visitor = asking(buying_desk)
    kinds = ["median", "percentiles", "histogram"]
    visitor.multiselect(key=key("kinds", "amount")).set_value(kinds).run()
    visitor.text_input(key=key(thing, "amount")).input(typed).run()
    show(visitor)

    ((title, sentence),) = refusals(visitor)
    assert title == "Not understood"
    assert says in sentence
    assert sentence.endswith(".")


def test_nothing_to_compute_is_refused_in_a_sentence(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("columns")).set_value([])
    visitor.multiselect(key=key("statistics")).set_value([])
    show(visitor)

    assert [title for title, _ in refusals(visitor)] == ["Not understood"]


def test_nobody_to_protect_is_refused_in_a_sentence(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.selectbox(key=key("unit")).set_value(None)
    show(visitor)

    ((_, sentence),) = refusals(visitor)
    assert "whose privacy" in sentence


# Bounds from public knowledge


def test_bounds_come_from_public_knowledge_and_say_whence(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)

    assert visitor.text_input(key=key("upper", "amount")).value == "150"
    assert "From public knowledge, not from these data. Source: Regulation (EC)" in words(visitor)


def test_another_public_bound_is_taken_with_one_choice(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.radio(key=key("preset", "amount")).set_value("small_payment_eur").run()
    show(visitor)

    assert visitor.text_input(key=key("upper", "amount")).value == "50"
    assert in_hand(visitor).statistics[1].upper == 50


def test_a_bound_of_ones_own_is_not_called_public_knowledge(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.text_input(key=key("upper", "amount")).input("77,50").run()
    show(visitor)

    assert in_hand(visitor).statistics[1].upper == Decimal("77.50")
    assert visitor.radio(key=key("preset", "amount")).value is None
    assert "not from these data. Source" not in words(visitor)


def test_no_bound_is_read_from_the_data(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    buying_desk.workspace.discover("purchases")
    visitor.multiselect(key=key("columns")).set_value(["pieces"]).run()
    public = [visitor.text_input(key=key(end, "pieces")).value for end in ("lower", "upper")]

    assert public in (["0", "20"], ["", ""])


# Groups


def test_dates_are_grouped_by_month_unless_said_otherwise(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("by")).set_value(["bought_on"]).run()
    show(visitor)
    monthly = visitor.dataframe[0].value["bought_on"]
    visitor.selectbox(key=key("per", "bought_on")).select("quarter").run()
    show(visitor)
    quarterly = visitor.dataframe[0].value["bought_on"]

    assert set(monthly) <= {f"2025-{month:02d}" for month in range(1, 13)}
    assert monthly.nunique() > 4
    assert sorted(set(quarterly)) == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert "by bought_on per quarter" in words(visitor)


def test_numbers_are_grouped_between_edges(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("by")).set_value(["pieces"]).run()
    visitor.text_input(key=key("edges", "pieces")).input("0, 5, 10").run()
    show(visitor)

    assert set(visitor.dataframe[0].value["pieces"]) == {"0 to 5", "5 to 10"}


def test_public_groups_are_shown_and_others_left_out(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("by")).set_value(["city"])
    unfold(visitor, "tradeoff_fold_noise").text_area(key=key("public", "city")).input(
        "Ulm\nNowhere, DE"
    ).run()
    show(visitor)

    assert set(visitor.dataframe[0].value["city"]) == {"Ulm", "Nowhere, DE"}
    assert "all keys are public" in words(visitor)


def test_columns_of_a_dataset_about_the_same_people_make_groups(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    assert "accounts.plan" in visitor.multiselect(key=key("by")).options
    visitor.multiselect(key=key("by")).set_value(["accounts.plan"]).run()
    show(visitor)

    assert refusals(visitor) == []
    assert [join.dataset for join in in_hand(visitor).join] == ["accounts"]
    assert set(visitor.dataframe[0].value["accounts.plan"]) == {"basic", "plus"}


def test_two_columns_of_groups_can_cross(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("columns")).set_value([])
    visitor.multiselect(key=key("by")).set_value(["city", "gift"]).run()
    show(visitor)
    visitor.radio(key="tradeoff_view").set_value("cross table").run()

    crossed = visitor.dataframe[0].value
    assert crossed.columns.tolist() == ["city", "False", "True"]
    assert crossed["city"].tolist() == ["Bonn", "Kiel", "Ulm"]
    assert all("±" in cell and cell[-1] in "✓≈✗" for cell in crossed["True"])


# Each person


def test_the_interview_ends_in_the_form_and_can_be_changed_there(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("by")).set_value(["city"])
    interview(visitor)
    visitor.radio(key=key("answer_rows")).set_value(3)
    visitor.radio(key=key("answer_overlap")).set_value(True)
    visitor.selectbox(key=key("answer_again")).select("quarter")
    interview(visitor)
    visitor.number_input(key=key("answer_groups")).set_value(2)
    visitor.number_input(key=key("answer_most_quarter")).set_value(3)
    visitor.button(key="tradeoff_answer").click().run()
    show(visitor)
    query = in_hand(visitor)
    unfold(visitor, "tradeoff_fold_person").number_input(key=key("groups")).set_value(1)
    show(visitor)

    assert (query.unit, query.max_groups, query.max_rows_per_group) == ("buyer", 2, 3)
    assert query.by == ("city", "bought_on")
    assert query.period is not None
    assert (query.period.column, query.period.per, query.period.most) == ("bought_on", "quarter", 3)
    assert in_hand(visitor).max_groups == 1


def test_a_person_with_several_numbers_is_warned_of(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    interview(visitor)
    before = [warning.value for warning in visitor.warning]
    visitor.radio(key=key("answer_ids")).set_value("several")
    interview(visitor)

    assert before == []
    assert ["Then each value is protected" in w.value for w in visitor.warning] == [True]


def test_randomised_response_says_what_it_needs_until_it_has_it(buying_desk: Desk) -> None:
    visitor = unfold(asking(buying_desk), "tradeoff_fold_noise")
    visitor.radio(key=key("noise")).set_value("randomised_response").run()
    missing = words(visitor).count("not yet")
    show(visitor)
    refused = refusals(visitor)
    visitor.multiselect(key=key("columns")).set_value([])
    visitor.multiselect(key=key("statistics")).set_value(["count people"])
    visitor.multiselect(key=key("by")).set_value(["city"]).run()
    visitor.text_area(key=key("public", "city")).input("Ulm, Bonn, Kiel").run()
    met = words(visitor).count("not yet")
    show(visitor)

    assert missing == 3
    assert [title for title, _ in refused] == ["Not understood"]
    assert met == 0
    assert refusals(visitor) == []
    assert asked(visitor) == ["count_units"]


# The question as a file


def test_a_pasted_question_stands_in_the_form_and_is_asked(buying_desk: Desk) -> None:
    visitor = ask(buying_desk, EVERYTHING)
    show(visitor)

    assert refusals(visitor) == []
    assert sorted(asked(visitor)) == sorted(s.name for s in to_query(EVERYTHING).statistics)
    assert from_query(in_hand(visitor)) == {
        **from_query(to_query(EVERYTHING)),
        "statistics": from_query(in_hand(visitor))["statistics"],
    }
    assert not visitor.warning or "cannot show" not in visitor.warning[0].value


def test_an_uploaded_question_is_taken_and_can_be_taken_away_again(buying_desk: Desk) -> None:
    data = yaml.safe_dump(COUNTS).encode()
    visitor = asking(buying_desk)
    unfold(visitor, "tradeoff_fold_file").file_uploader(key="tradeoff_upload").set_value(
        [("q.yaml", data, "text/yaml")]
    )
    visitor.button(key="tradeoff_read").click().run()

    assert "The question stands in the form." in words(visitor)
    assert in_hand(visitor) == to_query(COUNTS)
    assert [b.key for b in visitor.get("download_button")] == ["tradeoff_download"]


def test_a_question_beyond_the_form_is_asked_as_it_is_and_said_so(buying_desk: Desk) -> None:
    wide = {"sum": {"column": "amount", "lower": 0, "upper": 500, "unit": "cents"}}
    raw = {**COUNTS, "statistics": [{"median": OF_AMOUNT}, wide]}
    visitor = ask(buying_desk, raw)

    assert ["cannot show all of it" in warning.value for warning in visitor.warning][:1] == [True]
    assert in_hand(visitor) == to_query(raw)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "it is not a list of named settings"),
        ("a: [", "it is no YAML"),
        ("unit: &x buyer\nby: *x", "points to other parts"),
        ("by: [city]", "whose privacy"),
        ("unit: buyer\nstatistics: [{count: rows}]\nby: [colour]", "no column “colour”"),
        ("unit: buyer\nstatistics: [{count: rows}]\ncolour: 1", "known settings are"),
        ("unit: buyer\nstatistics: [{sum: {column: city, lower: 0, upper: 1}}]", "needs numbers"),
    ],
)
def test_a_file_that_is_no_question_is_refused_in_a_sentence(
    buying_desk: Desk, typed: str, says: str
) -> None:
    visitor = asking(buying_desk)
    before = in_hand(visitor)
    unfold(visitor, "tradeoff_fold_file").text_area(key="tradeoff_paste").input(typed)
    visitor.button(key="tradeoff_read").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not understood"
    assert says in sentence
    assert in_hand(visitor) == before


# How it is asked


def test_the_form_is_folded_where_there_is_something_to_see(buying_desk: Desk) -> None:
    visitor = buying_desk.open("tradeoff")

    assert [box.label for box in visitor.expander if box.label.endswith("question")] == [
        "Change the question"
    ]
    assert not visitor.multiselect
    assert chart_of(visitor, "tradeoff_curve")["data"]


def test_the_form_is_open_where_nothing_can_be_seen_before_it_is_filled_in(
    empty_desk: Desk,
) -> None:
    table = RawFile(name="b.csv", data=b"city\nOslo\nBergen\n")
    empty_desk.workspace.add_files([table], "bought")
    visitor = empty_desk.open("tradeoff")

    assert "Ask a question above" in words(visitor)
    assert visitor.multiselect(key="tradeoff_by_bought@1").value == []


def test_what_was_changed_in_the_form_stays_when_it_is_folded_at_once(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.multiselect(key=key("by")).set_value(["city"])
    visitor.text_input(key=key("upper", "amount")).input("70")
    visitor.session_state["tradeoff_question"] = False  # the browser sends all three together
    visitor.run()
    assert not visitor.multiselect
    assert "The form now asks:" in words(visitor)

    unfold(visitor, "tradeoff_question")
    assert visitor.multiselect(key=key("by")).value == ["city"]
    assert visitor.text_input(key=key("upper", "amount")).value == "70"


def test_a_changed_form_asks_nothing_until_told_to(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    before, shown = in_hand(visitor), visitor.dataframe[0].value
    visitor.multiselect(key=key("by")).set_value(["gift"]).run()

    assert in_hand(visitor) == before
    assert visitor.dataframe[0].value.equals(shown)
    assert "The form now asks: Number of rows, sum of amount by gift." in words(visitor)
    show(visitor)
    assert "The form now asks" not in words(visitor)


def test_filling_in_the_form_writes_nothing(buying_desk: Desk) -> None:
    before = buying_desk.state()
    visitor = ask(buying_desk, EVERYTHING)
    interview(visitor)
    visitor.button(key="tradeoff_answer").click().run()
    show(visitor)

    assert buying_desk.state() == before


HOSTILE = "![x](http://elsewhere.example/x.png) [a](http://b.example) **b** $c$ :red[d]"


def test_what_a_column_is_called_stays_text(buying_desk: Desk) -> None:
    """A picture named in a header would tell a stranger's server who looks at the page."""
    lines = "".join(f"P{n},{n % 3},{n % 50}\n" for n in range(300))
    data = f'person,"{HOSTILE}","{HOSTILE} amount"\n{lines}'.encode()
    said = Description(unit=ColumnName("person"))
    buying_desk.workspace.add_files([RawFile(name="h.csv", data=data)], "hostile", said)
    visitor = asking(buying_desk)
    visitor.selectbox(key="session_dataset").select("hostile").run()
    columns = visitor.multiselect(key="tradeoff_columns_hostile@1")
    visitor.multiselect(key="tradeoff_by_hostile@1").set_value([columns.options[0]])
    columns.set_value([columns.options[1]]).run()
    visitor.text_input(key=f"tradeoff_lower_hostile@1_{columns.options[1]}").input("0")
    visitor.text_input(key=f"tradeoff_upper_hostile@1_{columns.options[1]}").input("9").run()
    visitor.button(key="tradeoff_show").click().run()
    visitor.session_state["tradeoff_division"] = True
    interview(visitor)
    on_tradeoff = said_in_markdown(visitor)
    buying_desk.go(visitor, "release")
    visitor.selectbox(key="session_dataset").select("hostile").run()
    visitor.button(key="release_ask").click().run()
    on_release = said_in_markdown(visitor)

    for said_ in (on_tradeoff, on_release):
        assert "elsewhere.example" in said_
        assert not re.search(r"(?<!\\)\[(?!small|x\d)[^]]*elsewhere", said_)
        assert "![" not in said_
        assert "$c$" not in said_


def said_in_markdown(visitor: AppTest) -> str:
    """All that Streamlit reads as Markdown: words, labels of widgets and expanders."""
    labels = [node.label for node in visitor._tree if isinstance(node, Widget)]
    labels += [block.label for block in visitor.expander]
    return "\n".join([words(visitor), *labels])


def test_a_picture_chosen_for_one_question_does_not_spoil_the_next(buying_desk: Desk) -> None:
    visitor = asking(buying_desk)
    visitor.selectbox(key="tradeoff_picture").set_value("sum_amount").run()
    visitor.multiselect(key=key("kinds", "amount")).set_value(["median"]).run()
    show(visitor)

    assert refusals(visitor) == []
    assert visitor.selectbox(key="tradeoff_picture").value in ("count_rows", "median_amount")


def test_a_filter_with_an_apostrophe_stands_in_the_form(buying_desk: Desk) -> None:
    raw = {**COUNTS, "where": 'city = "Val d\'Or"'}
    visitor = ask(buying_desk, raw)

    show(visitor)
    assert in_hand(visitor) == to_query(raw)
    assert refusals(visitor) == []


def test_a_number_of_another_dataset_is_asked_from_a_file(buying_desk: Desk) -> None:
    table = "buyer,points\n" + "".join(f"B{n:04d},{n % 7}\n" for n in range(900))
    buying_desk.workspace.add_files(
        [RawFile(name="c.csv", data=table.encode())], "cards", Description(population="buyers")
    )
    raw = {
        "unit": "buyer",
        "join": {"dataset": "cards", "unit": "buyer"},
        "statistics": [{"mean": {"column": "cards.points", "lower": 0, "upper": 7}}],
    }
    visitor = ask(buying_desk, raw)

    assert refusals(visitor) == []
    assert in_hand(visitor) == to_query(raw)
    assert "cards.points" not in visitor.multiselect(key=key("by")).options
