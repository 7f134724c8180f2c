"""A release is reserved, drawn, and shown only once it is settled; whatever fails costs nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import (
    BudgetBelowSpentError,
    BudgetExceededError,
    CapExceededError,
    ReservationEndedError,
)
from compliance.federated import to_plan
from compliance.privacy import (
    calibrate,
    fits,
    loss_of,
    mechanisms,
    prices,
    prices_of,
    to_query,
)
from compliance.privacy.nouns import Accountant, Budget, Period, SpendState
from compliance.privacy.nouns.question import Query
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.releasing import releases
from compliance.workspace.releasing.releases import RELEASE_LEASE
from tests.forked import START

TOTAL = Budget(epsilon=Decimal(1), delta=Decimal("1e-5"))


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(shop: Workspace, clock: Clock) -> Workspace:
    """The shop, seen by anna, with a budget of ε = 1 and a clock to be moved by hand."""
    found = as_actor(shop, "anna", clock)
    found.decide_budget("customers", TOTAL)
    return found


def as_actor(workspace: Workspace, actor: str, clock: Callable[[], datetime]) -> Workspace:
    home = workspace.settings.home
    return Workspace(Settings.from_environment({"PRIVACY_DESK_ACTOR": actor}, home=home), clock)


def query(**change: object) -> Query:
    return to_query({"unit": "customer", "statistics": [{"count": "units"}], **change})


def acts(workspace: Workspace, newest: int) -> list[str]:
    return [entry.act for entry in reversed(workspace.entries(newest))]


@pytest.fixture
def during_the_draw(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is to happen while noise is being drawn."""
    then: list[Callable[[], None]] = []
    draw = mechanisms.add_noise

    def drawn(values: Any, event: Any) -> Any:
        for happens in then:
            happens()
        return draw(values, event)

    monkeypatch.setattr(mechanisms, "add_noise", drawn)
    return then


def test_a_release_is_reserved_and_then_published(desk: Workspace) -> None:
    released = desk.release("orders", query(), Decimal("0.5"))

    (spend,) = desk.budget("customers").spends
    assert acts(desk, 2) == ["release.reserve", "release.publish"]
    assert [e.facts["release"] for e in desk.entries(2)] == [released.id] * 2
    assert (spend.state, spend.actor, spend.expires_at) == (SpendState.SETTLED, "anna", None)
    assert spend.events == released.events


def test_others_read_and_write_while_noise_is_drawn_and_see_the_place_taken(
    desk: Workspace, during_the_draw: list[Callable[[], None]]
) -> None:
    seen: list[Any] = []

    def look() -> None:
        seen.append(desk.budget("customers"))
        seen.append(desk.releases("orders"))
        with pytest.raises(BudgetExceededError):
            desk.release("orders", query(), Decimal("0.9"))
        desk.describe("orders", desk.dataset("orders").description)

    during_the_draw.append(look)
    desk.release("orders", query(), Decimal("0.9"))

    state, releases = seen
    assert [spend.state for spend in state.spends] == [SpendState.RESERVED]
    assert state.left.epsilon < Decimal("0.8")
    assert releases == ()


def test_what_fails_during_the_draw_costs_nothing_and_is_on_the_trail(
    desk: Workspace, during_the_draw: list[Callable[[], None]]
) -> None:
    def fail() -> None:
        raise MemoryError

    before = desk.budget("customers")
    during_the_draw.append(fail)
    with pytest.raises(MemoryError):
        desk.release("orders", query(), Decimal("0.9"))

    assert desk.budget("customers") == before
    assert desk.releases("orders") == ()
    assert acts(desk, 2) == ["release.reserve", "release.abort"]
    assert desk.verify_trail().ok


def test_a_release_that_was_stopped_costs_nothing(
    desk: Workspace, during_the_draw: list[Callable[[], None]]
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    during_the_draw.append(stop)
    with pytest.raises(KeyboardInterrupt):
        desk.release("orders", query(), Decimal("0.9"))

    assert desk.budget("customers").spends == ()


def test_a_release_that_took_too_long_is_thrown_away_unseen_and_costs_nothing(
    desk: Workspace, clock: Clock, during_the_draw: list[Callable[[], None]]
) -> None:
    def wait() -> None:
        clock.at += RELEASE_LEASE

    during_the_draw.append(wait)
    with pytest.raises(ReservationEndedError, match="took too long"):
        desk.release("orders", query(), Decimal("0.9"))

    assert desk.budget("customers").spends == ()
    assert desk.releases("orders") == ()
    assert acts(desk, 2) == ["release.reserve", "release.abort"]


def test_what_goes_wrong_after_settling_takes_nothing_back(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a connection breaks just after the database has stored everything."""
    settle = releases._settle

    def settle_and_fail(*told: Any) -> None:
        settle(*told)
        raise ConnectionError

    monkeypatch.setattr(releases, "_settle", settle_and_fail)
    with pytest.raises(ConnectionError):
        desk.release("orders", query(), Decimal("0.9"))

    assert [spend.state for spend in desk.budget("customers").spends] == [SpendState.SETTLED]
    assert len(desk.releases("orders")) == 1
    assert "records" not in desk.entries(1)[0].facts


def test_nobody_is_paid_twice_where_another_took_the_place_of_a_slow_release(
    desk: Workspace, clock: Clock, during_the_draw: list[Callable[[], None]]
) -> None:
    """The other release fits only because the first one's lease is over; then the clock is set
    back, so that the lease seems to run again."""

    def be_overtaken() -> None:
        during_the_draw.clear()
        clock.at += RELEASE_LEASE
        desk.release("orders", query(), Decimal("0.9"))
        clock.at -= timedelta(minutes=5)

    during_the_draw.append(be_overtaken)
    with pytest.raises(ReservationEndedError):
        desk.release("orders", query(), Decimal("0.9"))

    assert len(desk.releases("orders")) == 1
    assert desk.budget("customers").spent.epsilon <= 1


def _die_while_drawing(home: str) -> None:
    mechanisms.add_noise = lambda *_: os._exit(9)  # type: ignore[assignment]
    workspace = Workspace(Settings.from_environment({}, home=Path(home)))
    workspace.release("orders", query(), Decimal("0.9"))


@pytest.mark.in_a_file
def test_a_process_that_dies_while_drawing_neither_loses_nor_doubles_a_spend(
    shop: Workspace,
) -> None:
    shop.decide_budget("customers", TOTAL)
    worker = START.Process(target=_die_while_drawing, args=(str(shop.settings.home),))
    worker.start()
    worker.join()
    assert worker.exitcode == 9

    with pytest.raises(BudgetExceededError):
        shop.release("orders", query(), Decimal("0.9"))
    held = shop.budget("customers")
    later = as_actor(shop, "anna", lambda: datetime.now(UTC) + RELEASE_LEASE)
    later.release("orders", query(), Decimal("0.9"))

    assert [spend.state for spend in held.spends] == [SpendState.RESERVED]
    assert len(later.releases("orders")) == 1
    assert len(later.budget("customers").spends) == 1


def test_many_at_once_never_get_more_than_there_is(shop: Workspace) -> None:
    shop.decide_budget("customers", TOTAL)
    granted: list[str] = []

    def ask() -> None:
        for _ in range(4):
            try:
                granted.append(shop.release("orders", query(), Decimal("0.3")).id)
            except BudgetExceededError:
                continue

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    state = shop.budget("customers")
    assert sorted(granted) == sorted(r.id for r in shop.releases("orders"))
    assert sorted(granted) == sorted(spend.purpose for spend in state.spends)
    assert state.spent.epsilon <= 1
    assert shop.verify_trail().ok


def test_a_refused_release_leaves_no_trace(desk: Workspace) -> None:
    before = desk.verify_trail().entries

    with pytest.raises(BudgetExceededError):
        desk.release("orders", query(), Decimal(3))

    assert desk.verify_trail().entries == before


def test_people_of_whom_nothing_was_shown_may_join_another_population(
    desk: Workspace, during_the_draw: list[Callable[[], None]]
) -> None:
    def fail() -> None:
        raise MemoryError

    during_the_draw.append(fail)
    with pytest.raises(MemoryError):
        desk.release("orders", query(), Decimal("0.5"))
    said = replace(desk.dataset("orders").description, population="others")

    assert desk.describe("orders", said).population == "others"


def test_a_cap_holds_for_its_actor_alone_and_is_on_the_trail(desk: Workspace, clock: Clock) -> None:
    desk.decide_budget("customers", caps={"anna": Decimal("0.3")})
    ben = as_actor(desk, "ben", clock)

    with pytest.raises(CapExceededError, match=r"“anna” may spend ε = 0\.3"):
        desk.release("orders", query(), Decimal("0.4"))
    desk.release("orders", query(), Decimal("0.2"))
    ben.release("orders", query(), Decimal("0.4"))

    (cap,) = desk.budget("customers").caps
    assert 0 < cap.spent.epsilon <= Decimal("0.2")
    assert 0 < cap.left < Decimal("0.3")
    assert desk.entries(5)[4].facts["caps"] == {"anna": "0.3"}


def test_a_cap_holds_for_runs_too(desk: Workspace) -> None:
    desk.decide_budget("customers", caps={"anna": Decimal("0.01")})
    plan = to_plan(
        {
            "sites": {"column": "region"},
            "target": "bought",
            "rounds": 2,
            "privacy": {"noise_multiplier": 3.0},
            "fraction": 0.1,
        }
    )

    with pytest.raises(CapExceededError):
        next(desk.federation.train("orders", plan))


def test_a_cap_can_be_taken_away_and_what_is_not_named_stays(desk: Workspace) -> None:
    desk.decide_budget("customers", caps={"anna": Decimal("0.3"), "ben": Decimal("0.2")})
    desk.decide_budget("customers", period=Period.QUARTER)

    state = desk.decide_budget("customers", caps={"anna": None})

    assert [(cap.actor, cap.epsilon) for cap in state.caps] == [("ben", Decimal("0.2"))]
    assert (state.period, state.total) == (Period.QUARTER, TOTAL)


def test_a_yearly_budget_is_whole_again_in_the_new_year(desk: Workspace, clock: Clock) -> None:
    desk.decide_budget("customers", period=Period.YEAR)
    desk.release("orders", query(), Decimal("0.9"))
    clock.at = datetime(2027, 1, 1, tzinfo=UTC)
    fresh = desk.budget("customers")

    desk.release("orders", query(), Decimal("0.9"))

    state = desk.budget("customers")
    assert fresh.left.epsilon == 1
    assert state.since_beginning is not None
    assert state.since_beginning.epsilon > 1
    assert (len(state.spends), len(state.counted)) == (2, 1)
    with pytest.raises(BudgetBelowSpentError):
        desk.decide_budget("customers", period=Period.NONE)


def test_a_release_reserved_before_midnight_is_paid_from_the_old_period(
    desk: Workspace, clock: Clock, during_the_draw: list[Callable[[], None]]
) -> None:
    desk.decide_budget("customers", period=Period.YEAR)
    clock.at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)

    def strike_midnight() -> None:
        clock.at = datetime(2027, 1, 1, tzinfo=UTC)

    during_the_draw.append(strike_midnight)
    desk.release("orders", query(), Decimal("0.9"))

    assert desk.budget("customers").spent.epsilon == 0
    assert len(desk.releases("orders")) == 1


def test_a_release_keeps_what_every_accountant_said_and_the_ledger_is_priced_on_demand(
    desk: Workspace,
) -> None:
    released = desk.release("orders", query(), Decimal("0.5"), TOTAL.delta)
    whole = desk.prices("customers")

    assert released.prices is not None
    assert released.prices == desk.releases("orders")[0].prices
    assert released.prices.tightest == released.prices.of(Accountant.PLD)
    assert released.prices.of(Accountant.RENYI).epsilon == released.price.epsilon
    assert whole == released.prices


def test_what_no_person_asks_for_is_never_computed(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Previews, budgets and checks do with exact whole numbers; the second accountant is slow."""
    desk.release("orders", query(), Decimal("0.2"))

    def refuse(*_: object) -> None:
        raise AssertionError("asked while something slides")

    monkeypatch.setattr(prices, "by_pld", refuse)
    desk.preview("orders", query(), Budget(epsilon=Decimal("0.3"), delta=TOTAL.delta))
    desk.budget("customers")
    desk.assess()
    with pytest.raises(BudgetExceededError):
        desk.release("orders", query(), Decimal(3))

    with pytest.raises(AssertionError):
        desk.prices("customers")


def test_the_second_accountant_never_decides_what_fits(desk: Workspace) -> None:
    """Its price of both is within the total; the ledger's is not, and that one counts."""
    desk.release("orders", query(), Decimal("0.7"), TOTAL.delta)
    asked = next(Decimal(n) / 100 for n in range(60, 100) if not fits_too(desk, Decimal(n) / 100))
    events = calibrate(query(), Budget(epsilon=asked, delta=TOTAL.delta)).events
    both = [*desk.budget("customers").spends[0].events, *events]
    tightest = prices_of(both, TOTAL.delta).tightest

    assert tightest is not None
    assert tightest.epsilon is not None
    assert tightest.epsilon < TOTAL.epsilon
    with pytest.raises(BudgetExceededError):
        desk.release("orders", query(), asked, TOTAL.delta)


def fits_too(desk: Workspace, epsilon: Decimal) -> bool:
    """Whether one more release of `epsilon` fits by the ledger's exact numbers."""
    events = calibrate(query(), Budget(epsilon=epsilon, delta=TOTAL.delta)).events
    return fits(loss_of([*desk.budget("customers").spends[0].events, *events]), TOTAL)
