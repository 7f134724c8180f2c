"""The trail's page shows what is unusual with its reasons, and an officer says what it was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.privacy import to_query
from tests.pages.conftest import Desk, refusals, words


@pytest.fixture
def averaged(described_desk: Desk) -> Desk:
    """One question was answered four times, and nobody has looked at the trail."""
    query = to_query({"unit": "customer", "statistics": [{"count": "rows"}]})
    for _ in range(4):
        described_desk.workspace.release("orders", query, Decimal("0.1"))
    return described_desk


def test_what_is_unusual_shows_only_after_somebody_looked(averaged: Desk) -> None:
    visitor = averaged.open("trail")
    before = words(visitor)
    visitor.button(key="trail_look").click().run()

    assert "Averaging attack" not in before
    assert "**Averaging attack** · local officer" in words(visitor)
    assert "- The same question on orders was answered 4 times." in words(visitor)
    assert "Nobody has looked into it yet." in words(visitor)
    assert averaged.workspace.entries(1)[0].act == "trail.watch"


def test_an_officer_says_what_it_was(averaged: Desk) -> None:
    (raised,) = averaged.workspace.governance.watching.look()
    id_ = raised.alarm.id
    visitor = averaged.open("trail")
    visitor.button(key=f"FormSubmitter:trail_{id_}_form-Acknowledge").click().run()

    assert refusals(visitor)[0][0] == "Not acknowledged"
    visitor.text_input(key=f"trail_{id_}_why").set_value("A test of the noise")
    visitor.button(key=f"FormSubmitter:trail_{id_}_form-Acknowledge").click().run()
    assert not refusals(visitor)
    assert "Nobody has looked into" not in words(visitor)
    assert "A test of the noise" in visitor.dataframe[0].value.to_csv()


def test_a_look_that_finds_nothing_says_so(described_desk: Desk) -> None:
    visitor = described_desk.open("trail")
    visitor.button(key="trail_look").click().run()

    assert "Nothing unusual that nobody has looked into." in words(visitor)
    assert "Odd hours: days of work so far: 1" in words(visitor)
