"""What Trade-off shows of a question, accuracy first, and bounds by a private look."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy.nouns.question import Query
from tests.pages.conftest import Desk, asking, chart_of, refusals, unfold, words


def key(thing: str, name: str = "") -> str:
    return f"tradeoff_{thing}_purchases@1" + (f"_{name}" if name else "")


def by_city(desk: Desk) -> AppTest:
    """A visitor who looks at counts and sums of three cities."""
    visitor = asking(desk)
    visitor.multiselect(key=key("by")).set_value(["city"])
    return visitor.button(key="tradeoff_show").click().run()


def divided(desk: Desk) -> AppTest:
    """The same visitor, who opened how the loss is divided."""
    visitor = by_city(desk)
    visitor.session_state["tradeoff_division"] = True
    return visitor.run()


def exact(desk: Desk) -> AppTest:
    """The same visitor, who knows how exact the numbers must be."""
    visitor = by_city(desk)
    return visitor.radio(key="tradeoff_way").set_value("exactness").run()


def in_hand(visitor: AppTest) -> Query:
    (query,) = visitor.session_state["session_queries"].values()
    assert isinstance(query, Query)
    return query


def margins(visitor: AppTest) -> dict[str, float]:
    """Per statistic, its margin; the same for every group of a count or a sum."""
    table = visitor.dataframe[0].value
    return dict(zip(table["Statistic"], table["Noise margin ±"], strict=True))


# Risk and clarity


@pytest.mark.parametrize(
    ("prior", "says"),
    [
        (50, "thinks it 50 : 50 whether one person is in it"),
        (1, "is 1 % sure that one person is in it"),
        (99, "is 99 % sure that one person is in it"),
    ],
)
def test_the_odds_follow_what_the_attacker_believes(
    buying_desk: Desk, prior: int, says: str
) -> None:
    visitor = by_city(buying_desk)
    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(2))
    visitor.select_slider(key="tradeoff_prior").set_value(prior).run()

    share = prior / 100
    percent = 100 * share * math.exp(2) / (1 - share + share * math.exp(2))
    shown = f"{percent:.0f}" if percent < 99 else f"{math.floor(100 * percent) / 100:.2f}"
    assert says in words(visitor)
    assert f"right at most **{shown} times in 100**" in words(visitor)


def test_no_belief_is_shown_as_certain(buying_desk: Desk) -> None:
    visitor = by_city(buying_desk)
    visitor.select_slider(key="tradeoff_prior").set_value(99)
    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(10)).run()

    assert "99.99 times in 100" in words(visitor)


def test_numbers_that_drown_are_named_with_what_to_do(buying_desk: Desk) -> None:
    visitor = by_city(buying_desk)
    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(5))
    unfold(visitor, "tradeoff_fold_person").number_input(key=key("rows")).set_value(2)
    visitor.button(key="tradeoff_show").click().run()
    clear = [warning.value for warning in visitor.warning]
    unfold(visitor, "tradeoff_fold_noise").text_area(key=key("public", "city")).input(
        "Ulm, Bonn, Nowhere"
    ).run()
    visitor.button(key="tradeoff_show").click().run()

    (drowned,) = [warning.value for warning in visitor.warning]
    table = visitor.dataframe[0].value
    assert clear == []
    assert "Nowhere (number of rows); Nowhere (sum of amount). Raise ε" in drowned
    assert set(table[table["city"] == "Nowhere"]["Clarity"]) == {"✗ drowned"}
    assert set(table[table["city"] == "Ulm"]["Clarity"]) <= {"✓ clear", "≈ rough"}


def test_asking_more_than_is_left_is_said_before_release(buying_desk: Desk) -> None:
    visitor = by_city(buying_desk)
    affordable = words(visitor)
    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(10)).run()

    assert "more than is left" not in affordable
    assert "ε = 10 is more than is left for one release (ε = 5.00)" in words(visitor)


def test_the_curve_marks_the_chosen_loss(buying_desk: Desk) -> None:
    visitor = by_city(buying_desk)
    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(4)).run()

    figure = chart_of(visitor, "tradeoff_curve")
    marks = [trace["x"] for trace in figure["data"] if trace["mode"] == "markers"]
    assert marks == [[4.0], [4.0]]
    assert figure["layout"]["shapes"][0]["x0"] == 4.0


def test_a_long_table_is_cut_and_says_so(buying_desk: Desk) -> None:
    lines = b"".join(b"%d,S%d\n" % (i, i % 600) for i in range(1200))
    said = Description(unit=ColumnName("person"))
    raw = RawFile(name="v.csv", data=b"person,site\n" + lines)
    buying_desk.workspace.add_files([raw], "visits", said)
    sites = ", ".join(f"S{n}" for n in range(600))
    visitor = asking(buying_desk)
    visitor.selectbox(key="session_dataset").select("visits").run()
    visitor.multiselect(key="tradeoff_by_visits@1").set_value(["site"])
    public = unfold(visitor, "tradeoff_fold_noise").text_area(key="tradeoff_public_visits@1_site")
    public.input(sites).run()
    visitor.button(key="tradeoff_show").click().run()

    assert len(visitor.dataframe[0].value) == 500
    assert "The first 500 of 600 lines are shown" in words(visitor)
    assert "Numbers published 600" in words(visitor)
    assert "The picture shows 30 of 600 groups." in words(visitor)


# How the loss is divided


def test_a_locked_share_is_held_and_goes_along_to_the_release(buying_desk: Desk) -> None:
    visitor = divided(buying_desk)
    before = margins(visitor)
    free = visitor.number_input(key=key("share", "sum_amount")).value
    visitor.checkbox(key=key("lock", "sum_amount")).check().run()
    visitor.number_input(key=key("share", "sum_amount")).set_value(80.0).run()
    after = margins(visitor)
    buying_desk.go(visitor, "release")

    assert free == pytest.approx(33.3)
    assert in_hand(visitor).shares == {"sum_amount": Decimal("0.8")}
    assert after["sum of amount"] < before["sum of amount"]
    assert after["number of rows"] > before["number of rows"]


def test_the_others_divide_what_a_lock_leaves(buying_desk: Desk) -> None:
    visitor = divided(buying_desk)
    visitor.checkbox(key=key("lock", "sum_amount")).check().run()
    visitor.number_input(key=key("share", "sum_amount")).set_value(80.0).run()

    for name in ("count_rows", "keys"):
        shown = visitor.number_input(key=key("share", name))
        assert shown.value == pytest.approx(10.0)
        assert shown.disabled


def test_shares_that_come_to_too_much_are_refused_in_a_sentence(buying_desk: Desk) -> None:
    visitor = divided(buying_desk)
    for name in ("count_rows", "sum_amount"):
        visitor.checkbox(key=key("lock", name)).check()
    visitor.run()
    for name in ("count_rows", "sum_amount"):
        visitor.number_input(key=key("share", name)).set_value(60.0)
    visitor.run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not possible"
    assert "more than there is" in sentence
    assert not visitor.dataframe


def test_shares_of_a_file_are_locked_as_they_are(buying_desk: Desk) -> None:
    visitor = divided(buying_desk)
    unfold(visitor, "tradeoff_fold_file").text_area(key="tradeoff_paste").input(
        "unit: buyer\nby: [city]\nstatistics: [{count: rows}, {count: units}]\n"
        "shares: {count_rows: 0.123456}"
    )
    visitor.button(key="tradeoff_read").click().run()
    visitor.run()

    assert visitor.checkbox(key=key("lock", "count_rows")).value
    assert visitor.number_input(key=key("share", "count_rows")).value == pytest.approx(12.3)
    assert in_hand(visitor).shares == {"count_rows": Decimal("0.123456")}


# Accuracy first


def test_the_smallest_loss_is_found_for_how_exact_it_must_be(buying_desk: Desk) -> None:
    before = buying_desk.state()
    visitor = exact(buying_desk)
    for name, within in (("count_rows", "4"), ("sum_amount", "10")):
        visitor.text_input(key=key("within", name)).input(within)
    visitor.selectbox(key=key("coverage", "count_rows")).select("all")
    visitor.button(key="tradeoff_plan").click().run()

    table = visitor.dataframe[0].value
    share = dict.fromkeys(["number of rows"], 4.0) | dict.fromkeys(["sum of amount"], 10.0)
    allowed = [share[statistic] for statistic in table["Statistic"]]
    assert refusals(visitor) == []
    assert "The smallest ε is **" in words(visitor)
    assert "number of rows: 3 of 3 groups are that exact" in words(visitor)
    assert (table["Margin in %"] <= allowed).all()
    assert table["Margin in %"].max() > 9
    assert buying_desk.state() == before


def test_the_planned_loss_and_its_division_go_along_to_the_release(buying_desk: Desk) -> None:
    visitor = exact(buying_desk)
    visitor.button(key="tradeoff_plan").click().run()
    (asked,) = visitor.session_state["session_asked"].values()
    buying_desk.go(visitor, "release")

    assert f"The smallest ε is **{asked.epsilon.normalize():f}**" not in words(visitor)
    assert Decimal(visitor.text_input(key="release_epsilon").value) == asked.epsilon
    assert in_hand(visitor).shares.keys() == {"count_rows", "sum_amount", "keys"}


def test_a_wider_margin_costs_less(buying_desk: Desk) -> None:
    found = []
    for within in ("5", "20"):
        visitor = exact(buying_desk)
        visitor.text_input(key=key("within", "sum_amount")).input("")
        visitor.text_input(key=key("within", "count_rows")).input(within)
        visitor.radio(key=key("within_of", "count_rows")).set_value("±")
        visitor.button(key="tradeoff_plan").click().run()
        (tried,) = visitor.session_state["session_asked"].values()
        found.append(tried.epsilon)
        assert max(margins(visitor)["number of rows"], 0) <= float(within)

    assert found[1] < found[0] / 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "say how exact at least one statistic must be"),
        ("very", "it is a number such as"),
        ("-3", "a margin is a number above 0"),
        ("0.0001", "makes number of rows that exact"),
    ],
)
def test_an_exactness_that_cannot_be_is_refused_in_a_sentence(
    buying_desk: Desk, typed: str, says: str
) -> None:
    visitor = exact(buying_desk)
    visitor.text_input(key=key("within", "sum_amount")).input("")
    visitor.text_input(key=key("within", "count_rows")).input(typed)
    visitor.button(key="tradeoff_plan").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not possible"
    assert says in sentence.replace("count_rows", "number of rows")
    assert not visitor.dataframe


def test_a_plan_is_not_shown_for_another_exactness(buying_desk: Desk) -> None:
    visitor = exact(buying_desk)
    visitor.button(key="tradeoff_plan").click().run()
    visitor.text_input(key=key("within", "count_rows")).input("50").run()

    assert "The smallest ε" not in words(visitor)
    assert not visitor.dataframe


# Bounds by a private look


def look(desk: Desk, epsilon: str = "0.5") -> AppTest:
    """A visitor before the question whether to pay for a look."""
    visitor = unfold(by_city(desk), "tradeoff_fold_person")
    visitor.text_input(key="tradeoff_look_epsilon").input(epsilon)
    return visitor.button(key="tradeoff_look").click().run()


def test_a_look_names_its_price_before_anything_is_spent(buying_desk: Desk) -> None:
    before = buying_desk.state()
    visitor = look(buying_desk)

    assert "This spends **ε = 0.5** (δ = 1e-8)" in words(visitor).replace("1e-08", "1e-8")
    assert "groups and rows per person and the bounds of amount" in words(visitor)
    assert buying_desk.state() == before


def test_what_a_look_found_stands_in_the_form(buying_desk: Desk) -> None:
    visitor = look(buying_desk).button(key="tradeoff_look_confirm").click().run()

    (found,) = buying_desk.workspace.proposals("purchases")
    (amount,) = found.ranges
    assert visitor.number_input(key=key("groups")).value == found.max_groups
    assert visitor.number_input(key=key("rows")).value == found.max_rows_per_group
    assert Decimal(visitor.text_input(key=key("upper", "amount")).value) == amount.upper


def test_a_look_asked_for_by_a_double_click_is_paid_once(buying_desk: Desk) -> None:
    visitor = look(buying_desk)
    visitor.button(key="tradeoff_look_confirm").click()
    states = visitor._tree.get_widget_states()
    visitor._run(states)
    visitor._run(states)

    (found,) = buying_desk.workspace.proposals("purchases")
    assert [s.purpose for s in buying_desk.workspace.budget("buyers").spends] == [found.id]


def test_what_a_look_found_can_be_used_again_for_nothing(buying_desk: Desk) -> None:
    look(buying_desk).button(key="tradeoff_look_confirm").click().run()
    (found,) = buying_desk.workspace.proposals("purchases")
    after = buying_desk.state()
    visitor = unfold(by_city(buying_desk), "tradeoff_fold_person")
    visitor.button(key="tradeoff_look_again").click().run()

    assert visitor.number_input(key=key("groups")).value == found.max_groups
    assert buying_desk.state() == after


def test_a_look_that_does_not_fit_the_budget_is_refused(buying_desk: Desk) -> None:
    before = buying_desk.state()
    visitor = look(buying_desk, "9")
    visitor.button(key="tradeoff_look_confirm").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not looked for"
    assert "is left" in sentence
    assert buying_desk.state() == before


def test_a_price_that_is_none_is_refused_before_the_look(buying_desk: Desk) -> None:
    visitor = look(buying_desk, "little")

    assert [title for title, _ in refusals(visitor)] == ["Not possible"]
    assert not [b for b in visitor.button if b.key == "tradeoff_look_confirm"]


def test_each_dataset_keeps_its_question_while_another_is_looked_at(buying_desk: Desk) -> None:
    visitor = by_city(buying_desk)
    before = margins(visitor)
    for name in ("accounts", "purchases"):
        visitor.selectbox(key="session_dataset").select(name).run()

    assert "Ask a question above" not in words(visitor)
    assert margins(visitor) == before
    buying_desk.go(visitor, "release")
    assert "There is no question in hand" not in words(visitor)
