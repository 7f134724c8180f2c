"""What the page of releases says of a budget beside spent and left."""

from __future__ import annotations

import re
from decimal import Decimal

from compliance.privacy.nouns import Period
from tests.pages.conftest import Desk, words


def test_a_budget_for_good_without_caps_says_no_more(full_desk: Desk) -> None:
    said = words(full_desk.open("release"))

    assert "begins anew" not in said
    assert "may spend" not in said


def test_a_period_names_its_end_and_the_loss_since_the_beginning(full_desk: Desk) -> None:
    full_desk.workspace.decide_budget("customers", period=Period.YEAR)

    said = words(full_desk.open("release"))

    assert re.search(r"This is the budget of one year; it begins anew on \d+\s\w+\s20", said)
    assert "weaker promise" in said


def test_a_cap_names_its_actor_and_what_is_left(full_desk: Desk) -> None:
    full_desk.workspace.decide_budget("customers", caps={"anna": Decimal("0.5")})

    assert "anna may spend ε = 0.5 of it; ε = 0.50 is left." in words(full_desk.open("release"))


def test_what_was_spent_is_added_up_by_other_methods_when_asked_and_nothing_is_written(
    full_desk: Desk,
) -> None:
    before = full_desk.state()
    visitor = full_desk.open("release")
    assert "another method may prove a lower one" in words(visitor)
    unasked = words(visitor).count("Tightest proof")

    visitor.button(key="release_opinion").click().run()

    assert not visitor.exception
    assert words(visitor).count("Tightest proof") == unasked + 1
    assert "by privacy loss distributions (zCDP" in words(visitor)
    assert full_desk.state() == before
