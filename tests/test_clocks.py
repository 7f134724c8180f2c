"""Clocks, against a table of cases that were counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance import shipped
from compliance.errors import ClockError
from compliance.plain import from_plain
from compliance.rules.clocks import due
from compliance.rules.clocks.calendars import local_day
from compliance.rules.nouns import Calendar, Deadline, Due, Extension, Pause, Period, Running
from tests.cli_cases import refused, run

HERE = Path(__file__).resolve().parent
PACK = HERE.parent / "compliance" / "rules" / "packs" / "laws.yaml"
CASES: list[dict[str, Any]] = shipped.values((HERE / "clock_cases.yaml").read_bytes())
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)

RULES = {rule["id"]: rule for rule in shipped.values(PACK.read_bytes())["rules"]}
MONTH = Deadline(
    start="received_at",
    base=Period(months=1),
    calendar=Calendar.EU_1182_71,
    extension=Extension(months=2, reason_required=True),
)


def deadlines(params: object) -> list[dict[str, Any]]:
    """Every clock in the parameters of a rule."""
    found = params.values() if isinstance(params, dict) else ()
    return [one for one in found if isinstance(one, dict) and "calendar" in one]


def moment(said: object) -> date | datetime:
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    assert isinstance(said, date)
    return said


def of_case(case: dict[str, Any], **more: Any) -> Due:
    raw = RULES[case["rule"]]["params"][case.get("deadline", "deadline")]
    clock = from_plain(Deadline, raw)
    return due(clock, moment(case["start"]), AT, country=case["country"], **more)


def ends(found: datetime | None, case: dict[str, Any], which: str) -> bool:
    """Whether a clock ends when the case says: to the second, or on that day."""
    wanted = moment(case[which])
    assert found is not None
    if isinstance(wanted, datetime):
        return found == wanted
    return local_day(found, case["country"]) == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_clock_ends_when_it_was_counted_by_hand(case: dict[str, Any]) -> None:
    found = of_case(case)

    assert ends(found.base, case, "base"), case["why"]
    assert RULES[case["rule"]]["law"] == case["law"]


@pytest.mark.parametrize("case", [c for c in CASES if "extended" in c], ids=lambda c: c["id"])
def test_an_extension_counts_from_the_start(case: dict[str, Any]) -> None:
    found = of_case(case, is_extended=True)

    assert ends(found.extended, case, "extended"), case["why"]
    assert found.effective == found.extended
    assert found.notify_by == found.base


def test_every_law_with_a_clock_has_a_worked_case() -> None:
    with_clock = {rule["law"] for rule in RULES.values() if deadlines(rule.get("params"))}

    assert with_clock <= {case["law"] for case in CASES}


def test_every_clock_of_the_rules_can_be_read() -> None:
    clocks = [one for rule in RULES.values() for one in deadlines(rule.get("params"))]

    assert len(clocks) > 20
    assert {from_plain(Deadline, one).calendar for one in clocks} == set(Calendar)


def test_an_extension_that_the_law_does_not_know_does_not_count() -> None:
    case = next(case for case in CASES if case["id"] == "brazil-access")
    found = of_case(case, is_extended=True)

    assert found.extended is None
    assert found.effective == found.base
    assert any("the law knows none" in step for step in found.steps)


def test_a_british_clock_stands_still_while_identity_is_awaited() -> None:
    case = next(case for case in CASES if case["id"] == "uk")
    pause = Pause(since=date(2026, 12, 1), until=date(2026, 12, 8), reason="identity_awaited")
    found = of_case(case, pauses=[pause])

    assert found.paused_days == 7
    assert local_day(found.base, "GB") == date(2027, 1, 4)  # 28 December and a week


def test_two_pauses_of_the_same_days_count_once() -> None:
    case = next(case for case in CASES if case["id"] == "uk")
    pauses = [
        Pause(since=date(2026, 12, 1), until=date(2026, 12, 8), reason="identity_awaited"),
        Pause(since=date(2026, 12, 4), until=date(2026, 12, 9), reason="clarification_awaited"),
    ]

    assert of_case(case, pauses=pauses).paused_days == 8


@pytest.mark.parametrize("case", ["gdpr", "ccpa", "brazil-access"])
def test_a_clock_that_may_not_stand_still_does_not(case: str) -> None:
    pause = Pause(since=date(2026, 11, 3), until=date(2026, 11, 20), reason="identity_awaited")
    row = next(row for row in CASES if row["id"] == case)

    assert of_case(row, pauses=[pause]) == of_case(row)


def test_a_pause_for_another_reason_does_not_count() -> None:
    pause = Pause(since=date(2026, 12, 1), until=date(2026, 12, 8), reason="holiday season")
    case = next(case for case in CASES if case["id"] == "uk")

    assert of_case(case, pauses=[pause]).paused_days == 0


LATER = datetime(2027, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "at", "state"),
    [
        pytest.param(None, datetime(2026, 12, 30, 22, tzinfo=UTC), Running.RUNNING, id="last hour"),
        pytest.param(None, datetime(2026, 12, 31, tzinfo=UTC), Running.OVERDUE, id="a day later"),
        pytest.param(date(2026, 12, 30), LATER, Running.MET, id="answered on the last day"),
        pytest.param(date(2026, 12, 31), LATER, Running.LATE, id="answered a day late"),
        pytest.param(
            datetime(2026, 12, 30, 23, 30, tzinfo=UTC),
            LATER,
            Running.LATE,
            id="past midnight there",
        ),
    ],
)
def test_a_clock_says_how_it_stands(
    done: date | datetime | None, at: datetime, state: Running
) -> None:
    found = due(MONTH, date(2026, 11, 30), at, country="DE", done=done)

    assert found.state is state


def test_an_open_pause_shows_as_one() -> None:
    clock = Deadline(
        start="received_at",
        base=Period(months=1),
        calendar=Calendar.UK_CORRESPONDING_DATE,
        pause=("identity_awaited",),
    )
    pause = Pause(since=date(2026, 11, 20), until=None, reason="identity_awaited")

    assert due(clock, date(2026, 11, 2), AT, country="GB", pauses=[pause]).state is Running.PAUSED


def test_without_a_competent_country_the_steps_say_that_holidays_are_missing() -> None:
    nowhere = due(MONTH, date(2026, 11, 25), AT).steps
    germany = due(MONTH, date(2026, 11, 25), AT, country="DE").steps

    assert any("No public holidays are known" in step for step in nowhere)
    assert not any("No public holidays are known" in step for step in germany)


@pytest.mark.parametrize("start", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_start_in_no_sensible_year_is_refused(start: date) -> None:
    with pytest.raises(ClockError, match="1970 to 2199"):
        due(MONTH, start, AT)


def test_the_command_line_counts_and_refuses(tmp_path: Path) -> None:
    home, asked = tmp_path / "desk", ("clock", "GDPR-12-3", "--start", "2026-10-31", "--country")
    run(home, "trail", "list")
    found = run(home, "--json", *asked, "IE", "--extended").document

    assert found["clocks"][0]["effective"].startswith("2027-02-02")
    for wrong in ("XX", "Ireland"):
        assert "two-letter code" in refused(home, *asked, wrong)


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
PLACES = st.sampled_from(["DE", "IE", "FR", "GB", "IT", ""])


@given(day=DAYS, country=PLACES)
def test_an_end_of_months_is_a_working_day_and_never_before_the_month_is_over(
    day: date, country: str
) -> None:
    found = due(MONTH, day, AT, country=country)
    last = local_day(found.base, country)

    assert last.weekday() < 5
    assert timedelta(days=28) <= last - day <= timedelta(days=31 + 10)
    assert found.extended is not None
    assert found.extended > found.base


@given(day=DAYS, later=st.integers(0, 60), country=PLACES)
def test_who_starts_later_is_not_due_earlier(day: date, later: int, country: str) -> None:
    first = due(MONTH, day, AT, country=country).base
    second = due(MONTH, day + timedelta(days=later), AT, country=country).base

    assert first <= second
