"""A question examined on its page: nothing happens until a button is pressed, and then once."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Desk, refusals, turn_to, words


def examining(desk: Desk) -> AppTest:
    """A visitor who has asked to examine the question in hand."""
    visitor = desk.open("tradeoff")
    return visitor.toggle(key="tradeoff_examine").set_value(True).run()


def headings(visitor: AppTest) -> list[str]:
    return [tab.label for tab in visitor.tabs]


def test_a_question_in_hand_can_be_examined_in_four_ways(full_desk: Desk) -> None:
    before = full_desk.state()

    visitor = examining(full_desk)

    assert {"Possible outcomes", "The best test", "Attack it", "All of the error"} <= set(
        headings(visitor)
    )
    turn_to(visitor, "The best test")
    assert "Others wrongly named" in str([list(f.value.columns) for f in visitor.dataframe])
    assert full_desk.state() == before


def test_an_attack_is_carried_out_when_asked_and_shown_from_storage(full_desk: Desk) -> None:
    visitor = examining(full_desk)

    turn_to(visitor, "Attack it").button(key="tradeoff_attack").click().run()

    (trial,) = full_desk.workspace.probing.trials("orders")
    assert refusals(visitor) == []
    assert full_desk.workspace.entries(1)[0].act == "attack.try"
    again = turn_to(examining(full_desk), "Attack it")
    assert full_desk.workspace.probing.trials("orders") == (trial,)
    assert any("With noise" in str(list(f.value.columns)) for f in again.dataframe)


def test_all_of_the_error_is_told_on_an_invented_table_without_a_trace(full_desk: Desk) -> None:
    visitor = examining(full_desk)
    before = full_desk.workspace.verify_trail()

    visitor.button(key="tradeoff_error_invented").click().run()

    assert refusals(visitor) == []
    assert "bounds shift more than the noise blurs" in words(visitor)
    assert full_desk.workspace.verify_trail() == before


def test_a_look_at_the_real_rows_is_in_the_trail(full_desk: Desk) -> None:
    visitor = examining(full_desk)

    visitor.button(key="tradeoff_error_real").click().run()

    assert refusals(visitor) == []
    assert full_desk.workspace.entries(1)[0].act == "error.compare"


def test_what_cannot_be_assumed_is_refused_in_a_sentence(full_desk: Desk) -> None:
    visitor = examining(full_desk)
    visitor.number_input(key="tradeoff_known_rows").set_value(50.0)

    visitor.button(key="tradeoff_error_invented").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not compared"
    assert "usual" in sentence


def test_the_desk_audits_itself_when_asked_and_shows_the_last_audit(full_desk: Desk) -> None:
    visitor = full_desk.open("release")
    assert "has not been audited yet" in words(visitor)

    visitor.button(key="release_audit").click().run()

    (done,) = full_desk.workspace.probing.self_audits()
    assert refusals(visitor) == []
    assert done.passed
    assert "16 of 16 checks passed" in words(visitor) or "checks passed" in words(visitor)
