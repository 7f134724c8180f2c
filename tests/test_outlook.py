"""The desk at a glance: numbers and their change over a month come from what is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.privacy import state_of
from compliance.privacy.nouns import Allowance, BudgetState, GaussianEvent, Spend, SpendState
from compliance.rules.nouns import Finding, Severity, Standing, State, Status, Waiver
from compliance.rules.nouns.improvement import Decided, Reopened
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.governing.outlooks import Kind, Outlook, outlook
from tests.kept import copied
from tests.walked_shop import walk

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=45)
LATELY = AT - timedelta(days=10)


def finding(number: int, **changes: object) -> Finding:
    plain = Finding(
        id=f"F{number}",
        rule=f"R-{number}",
        entity="dataset",
        subject_id="orders",
        subject="orders",
        title=f"Duty {number}",
        severity=Severity.HIGH,
        stage=1,
        status=Status.OPEN,
        opened_at=LONG_AGO,
        due=date(2027, 3, 1),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def standing(at: datetime, unmet: int, score: float | None = 50.0) -> Standing:
    counts = {State.NOT_MET: unmet, State.MET: 5}
    return Standing(assessed_at=at, score=score, counts=counts, stages=(None,) * 10, pack="p")


def spend(number: int, at: datetime) -> Spend:
    event = GaussianEvent(statistic="rows", sensitivity_squared=1, scale=10.0)
    return Spend(
        id=f"S{number}",
        population="customers",
        purpose="count",
        events=(event,),
        state=SpendState.SETTLED,
        at=at,
    )


def budget(*spends: Spend) -> BudgetState:
    total = Allowance(epsilon=Decimal(5), delta=Decimal("1e-6"))
    return state_of("customers", total, spends, is_decided=True, at=AT)


def seen(**known: object) -> Outlook:
    nothing = {"findings": (), "standings": (), "requests": (), "budget": None, "at": AT}
    return outlook(**(nothing | known))  # type: ignore[arg-type]


def test_an_empty_desk_says_nothing_that_it_cannot_know() -> None:
    found = seen()

    assert not found.is_checked
    assert (found.wrong.now, found.wrong.change, found.late.change) == (0, None, None)
    assert (found.people, found.left.change, found.ahead, found.trend) == ("", None, (), ())


def test_what_is_wrong_is_held_against_the_last_check_of_a_month_ago() -> None:
    checks = [standing(LONG_AGO, 4), standing(LATELY, 9), standing(AT, 2)]
    found = seen(findings=[finding(1), finding(2)], standings=checks)

    assert (found.wrong.now, found.wrong.before, found.wrong.change) == (2, 4, -2)
    assert found.since == AT - timedelta(days=30)
    assert found.serious == 2


def test_a_young_desk_is_held_against_its_first_check() -> None:
    found = seen(findings=[finding(1)], standings=[standing(LATELY, 3), standing(AT, 1)])

    assert found.since == LATELY
    assert found.wrong.change == -2
    assert seen(findings=[finding(1)], standings=[standing(AT, 1)]).wrong.change is None


def test_waived_and_closed_findings_are_not_open() -> None:
    waiver = Waiver(by="Ada", why="bears it", until=date(2026, 12, 24), at=LATELY)
    over = replace(waiver, until=date(2026, 11, 20))
    closed = finding(3, status=Status.CLOSED, closed_at=LATELY)
    found = seen(findings=[finding(1, waiver=waiver), finding(2, waiver=over), closed])

    assert found.wrong.now == 1
    assert found.done == 1


def test_what_is_late_is_counted_then_and_now() -> None:
    late_then = finding(
        1, due=date(2026, 10, 20), status=Status.CLOSED, closed_at=AT - timedelta(days=5)
    )
    late_now = [finding(n, due=date(2026, 11, 25)) for n in (2, 3)]
    checks = [standing(LONG_AGO, 3), standing(AT, 2)]
    found = seen(findings=[late_then, *late_now], standings=checks)

    assert (found.late.now, found.late.before) == (2, 1)


@pytest.mark.parametrize(
    ("due", "is_soon"),
    [
        pytest.param(date(2026, 11, 25), False, id="over"),
        pytest.param(date(2026, 11, 26), True, id="today"),
        pytest.param(date(2026, 12, 26), True, id="in thirty days"),
        pytest.param(date(2026, 12, 27), False, id="in thirty-one"),
    ],
)
def test_soon_is_from_today_to_thirty_days_ahead(due: date, is_soon: bool) -> None:
    assert seen(findings=[finding(1, due=due)]).soon == is_soon


def test_what_is_left_of_the_budget_falls_by_what_was_spent_in_the_month() -> None:
    before, since = budget(spend(1, LONG_AGO)), budget(spend(1, LONG_AGO), spend(2, LATELY))
    found = seen(budget=since)

    assert found.left.now == pytest.approx(1 - since.share_spent)
    assert found.left.before == pytest.approx(1 - before.share_spent)
    assert found.left.change is not None
    assert found.left.change < 0
    assert (found.people, found.total) == ("customers", 5)


def test_the_most_urgent_comes_first() -> None:
    again = Reopened(kind=Decided.LABELS, dataset="orders", says="decide", page="discovery")
    found = seen(
        findings=[
            finding(1, due=date(2026, 12, 1)),
            finding(2, due=date(2026, 11, 1), severity=Severity.LOW),
            finding(3, due=date(2026, 11, 20), severity=Severity.CRITICAL),
            finding(4),
        ],
        waiting=2,
        alarms=1,
        again=[again],
    )

    assert [one.kind for one in found.ahead] == [
        *(Kind.FINDING, Kind.FINDING),
        *(Kind.APPROVAL, Kind.ALARM, Kind.AGAIN, Kind.FINDING),
    ]
    assert [one.place for one in found.ahead] == ["F3", "F2", "", "", "", "F1"]
    assert found.ahead[2].what == "2 acts wait for your approval"


def test_the_trend_has_a_point_for_each_check_and_never_too_many() -> None:
    checks = [standing(AT - timedelta(hours=n), n, None if n % 2 else n) for n in range(99, -1, -1)]
    found = seen(standings=checks, budget=budget(spend(1, AT - timedelta(hours=50))))

    assert len(found.trend) <= 30
    assert found.trend[-1].at == AT
    assert (found.trend[0].spent, found.trend[-1].score) == (0, 0)
    assert found.trend[-1].spent == pytest.approx(found.trend[-2].spent)
    assert found.trend[-1].spent > 0


def test_the_workspace_reads_it_off_its_records(tmp_path: Path) -> None:
    copied(tmp_path / "walked", walk)
    desk = Workspace(Settings.from_environment({}, home=tmp_path / "walked"))
    found = desk.governance.outlook.now()

    latest = desk.governance.duties.newest()
    assert latest is not None
    assert found.wrong.now == len([f for f in desk.governance.mending.findings() if f.due])
    assert found.trend[-1].score == latest.score
    assert found.trend[-1].open == sum(v.state is State.NOT_MET for v in latest.verdicts)
    assert found.left.now == pytest.approx(1 - desk.budget("customers").share_spent)
