"""Risk and proof are shown in a figure, a sentence and a table that all say the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from compliance.privacy import to_query
from compliance.privacy.attacks import Attack, Ranking, Trial
from compliance.privacy.honesty import GroupError
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Mechanism
from compliance.privacy.risk import detection, dots, largest_rise, posterior
from compliance.privacy.selfaudit import Check, SelfAudit
from compliance.privacy.shares import Rate
from tests.pages.conftest import PATIENCE_S, unfold, words

AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
BUDGET = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))
QUERY = to_query(
    {
        "unit": "who",
        "by": ["city"],
        "statistics": [
            {"count": "rows"},
            {"sum": {"column": "amount", "lower": 0, "upper": 50}},
        ],
    }
)


def draw(part: str, asked: dict[str, object]) -> None:
    """Streamlit runs this text as a page, so what it needs is imported here."""
    from pages.parts import risks

    getattr(risks, part)(**asked)


def drawn(part: str, **asked: object) -> AppTest:
    """What a part draws, on a page of its own."""
    visitor = AppTest.from_function(draw, default_timeout=PATIENCE_S, args=(part, asked)).run()
    assert not visitor.exception
    return visitor


def chart(visitor: AppTest) -> tuple[dict[str, Any], str]:
    """The figure as sent to the browser, and the words for who cannot see it."""
    (found,) = visitor.get("plotly_chart")
    return json.loads(found.proto.spec), found.proto.alt


def rows(visitor: AppTest, place: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.dataframe[place].value.to_dict("records")
    return found


def test_each_outcome_is_a_dot_and_a_row() -> None:
    outcomes = dots(1_200.0, 30.0, Mechanism.GAUSSIAN)

    visitor = unfold(drawn("outcomes", value=1_200.0, shown=outcomes, title="Rows in DE", key="a"))

    figure, alt = chart(visitor)
    assert len(figure["data"][0]["x"]) == len(rows(visitor)) == 20
    assert min(figure["data"][0]["y"]) == 1
    assert [row["Published"] for row in rows(visitor)] == list(outcomes)
    assert rows(visitor)[0]["Off by"] == pytest.approx(outcomes[0] - 1_200)
    assert figure["layout"]["shapes"][0]["x0"] == 1_200
    assert alt.startswith("Rows in DE: 20 outcomes")
    assert "one chance in 20" in words(visitor)


def test_a_belief_is_told_from_any_start_and_from_the_worst() -> None:
    said = words(drawn("beliefs", prior=0.2, budget=BUDGET))

    start, end = largest_rise(1)
    assert f"**{posterior(0.2, 1):.0%}**".replace("%", "\u00a0%") in said
    assert f"from {start:.0%} to {end:.0%}".replace("%", "\u00a0%") in said
    assert "chance of 1e-6 that all is told" in said


def test_without_delta_no_chance_is_told_of() -> None:
    budget = Budget(epsilon=Decimal(1), delta=Decimal(0))

    assert "chance" not in words(drawn("beliefs", prior=0.5, budget=budget))


def test_a_belief_near_certainty_is_not_called_certain() -> None:
    budget = Budget(epsilon=Decimal(20), delta=Decimal(0))

    assert "**> 99.99\u00a0%**" in words(drawn("beliefs", prior=0.5, budget=budget))


def test_a_test_for_a_person_is_a_curve_beside_guessing_and_a_table() -> None:
    visitor = drawn("trade_off", budget=BUDGET, key="a")

    figure, alt = chart(visitor)
    best, guessing = figure["data"]
    assert best["name"] != guessing["name"]
    assert best["line"].get("dash") != guessing["line"]["dash"]
    assert [row["Others wrongly named"] for row in rows(visitor)][:2] == ["1\u00a0%", "5\u00a0%"]
    most = f"{detection(0.05, BUDGET):.0%}".replace("%", "\u00a0%")
    assert rows(visitor)[1]["People found, at most"] == most
    assert most in alt
    assert alt in words(visitor)


TRIAL = Trial(
    id="trial-1",
    dataset_id="orders@1",
    query=QUERY,
    asked=BUDGET,
    targets=300,
    attacks=(
        Attack(
            name="reads a person's number exactly",
            statistic="sum_amount",
            before=Rate(hits=300, tries=300),
            after=Rate(hits=3, tries=3_000),
            guess=Rate(hits=30, tries=300),
        ),
        Attack(
            name="finds a person, with 5 % false alarms",
            before=Rate(hits=300, tries=300),
            after=Rate(hits=240, tries=3_000),
            at_most=0.136,
            false_alarm=Rate(hits=150, tries=3_000),
        ),
    ),
    tried_at=AT,
    actor="a",
    ranking=Ranking(before=1.0, after=0.54, at_most=0.73),
)


def test_attacks_are_two_bars_each_with_the_guarantee_and_a_plain_guess_beside() -> None:
    visitor = drawn("attacks", trial=TRIAL, query=QUERY, key="a")

    figure, alt = chart(visitor)
    before, after, most = figure["data"]
    assert (before["y"], after["y"], most["y"]) == (
        [100, 100],
        [pytest.approx(0.1), 8],
        [pytest.approx(13.6)],
    )
    assert before["marker"]["pattern"] != after["marker"]["pattern"]
    first, second = rows(visitor)
    assert first["Attack"] == "reads a person's number exactly (sum of amount)"
    assert (first["With noise"], first["Plain guess"], first["At most"]) == (
        "0.10\u00a0%",
        "10\u00a0%",
        "–",
    )
    assert (second["False alarm"], second["At most"]) == ("5\u00a0%", "14\u00a0%")
    assert "100\u00a0% of times without noise, 0.10\u00a0% with it" in alt
    said = words(visitor)
    assert "**54\u00a0%** with noise" in said
    assert "Internal" in said
    assert "300 people were attacked" in said


def test_a_trial_of_an_earlier_version_says_nothing_of_who_stands_out() -> None:
    visitor = drawn("attacks", trial=replace(TRIAL, ranking=None), query=QUERY, key="a")

    assert "stands out" not in words(visitor)


def audit(*checks: bool) -> SelfAudit:
    return SelfAudit(
        id="audit-1",
        checks=tuple(
            Check(name=f"check {n}", claimed="x", measured="y", passed=passed, draws=20_000)
            for n, passed in enumerate(checks)
        ),
        alarm=1e-6,
        libraries={"opendp": "0.16.0"},
        desk_version="0.1.0",
        audited_at=AT,
        actor="a",
    )


def test_an_audit_that_passed_says_so_in_a_word_and_an_icon_and_shows_every_check() -> None:
    visitor = drawn("self_audit", done=audit(True, True), key="a")

    said = words(visitor)
    assert ":green-badge[:material/check_circle: passed]" in said
    assert "2 of 2 checks passed · 26\u00a0November 2026, 09:30\u00a0UTC" in said
    assert "40,000 numbers" in said
    assert "at most 1e-06" in said
    assert "opendp 0.16.0" in said
    assert [row["Result"] for row in rows(visitor)] == ["passed", "passed"]
    assert not visitor.error


def test_an_audit_that_failed_names_what_and_says_to_stop() -> None:
    visitor = drawn("self_audit", done=audit(True, False), key="a")

    said = words(visitor)
    assert ":red-badge[:material/error: failed]" in said
    assert "1 of 2 checks passed" in said
    assert [error.value for error in visitor.error] == [
        "Do not release anything until the reason is known: check 1."
    ]
    assert [row["Result"] for row in rows(visitor)] == ["passed", "failed"]


def error(city: str, statistic: str, *parts: float) -> GroupError:
    truth, clipping, dropping, margin = parts
    return GroupError(
        keys=(city,),
        statistic=statistic,
        cell="",
        truth=truth,
        clipping=clipping,
        dropping=dropping,
        margin=margin,
    )


ERRORS = (
    error("Bonn", "count_rows", 40, 0, -20, 5),
    error("Ulm", "count_rows", 0, 0, 0, 5),
    error("Bonn", "sum_amount", 400, -30, 10, 50),
)


def test_errors_stack_shift_and_margin_and_the_table_adds_them_up() -> None:
    visitor = drawn("errors", found=ERRORS, query=QUERY, key="a")

    counts, sums = (json.loads(found.proto.spec) for found in visitor.get("plotly_chart"))
    shift, margin = counts["data"]
    assert (shift["x"], shift["y"], margin["y"]) == (["Bonn", "Ulm"], [20, 0], [5, 5])
    assert shift["marker"]["pattern"] != margin["marker"]["pattern"]
    assert counts["layout"]["barmode"] == "stack"
    assert sums["data"][0]["y"] == [20]
    bonn, ulm = rows(visitor)
    assert (bonn["city"], bonn["Left out"], bonn["Together ±"], bonn["In %"]) == (
        "Bonn",
        -20,
        25,
        62.5,
    )
    assert ulm["In %"] is None or ulm["In %"] != ulm["In %"]
    assert rows(visitor, 1)[0]["Clamped by"] == -30
    assert "in 1 of 2 numbers the bounds shift more than the noise blurs" in words(visitor)


def test_a_statistic_without_errors_draws_nothing() -> None:
    visitor = drawn("errors", found=ERRORS[:2], query=QUERY, key="a")

    assert len(visitor.get("plotly_chart")) == 1
