"""The laws of the ledger, its periods and its caps. Nothing here draws noise or reads data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from compliance.errors import (
    BudgetBelowSpentError,
    BudgetExceededError,
    CapExceededError,
    PrivacyParameterError,
    ReservationEndedError,
)
from compliance.plain import from_json, to_json
from compliance.privacy import check_affordable, check_budget, check_held, loss_of, state_of
from compliance.privacy.accounting import fits, price_of
from compliance.privacy.costs import UNIT, rho_of
from compliance.privacy.ledger import bounds_of, spends_in_force
from compliance.privacy.nouns import (
    Accountant,
    Allowance,
    Budget,
    BudgetState,
    Event,
    GaussianEvent,
    LaplaceEvent,
    Period,
    Prices,
    Quote,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    Spend,
    SpendState,
    SynthesisEvent,
    ThresholdEvent,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DELTA = Decimal("1e-5")
NUMBERS = count()


def allowed(epsilon: str | int = 1, **said: Any) -> Allowance:
    return Allowance(**{"epsilon": Decimal(epsilon), "delta": DELTA, **said})


def laplace(epsilon: float) -> LaplaceEvent:
    return LaplaceEvent(statistic="x", sensitivity=1, scale=1 / epsilon, groups=1, per_group=1)


def gaussian(rho: float) -> GaussianEvent:
    scale = math.sqrt(1 / (2 * rho))
    return GaussianEvent(statistic="x", sensitivity_squared=1, scale=scale, groups=1, per_group=1)


def spend(*events: Event, state: SpendState = SpendState.SETTLED, **said: Any) -> Spend:
    facts = {"id": f"s{next(NUMBERS)}", "at": NOON, "actor": "anna", **said}
    return Spend(population="p", purpose="test", events=events, state=state, **facts)


def state(
    spends: Sequence[Spend], allowance: Allowance | None = None, at: datetime = NOON
) -> BudgetState:
    return state_of("p", allowance or allowed(), spends, is_decided=True, at=at)


EVENTS = st.one_of(
    st.floats(1e-5, 0.05).map(gaussian),
    st.floats(1e-3, 0.5).map(laplace),
    st.builds(
        SelectionEvent,
        statistic=st.just("x"),
        sensitivity=st.just(1),
        scale=st.floats(1, 100),
        draws=st.integers(1, 3),
        is_monotonic=st.booleans(),
    ),
    st.builds(
        RandomisedResponseEvent,
        statistic=st.just("x"),
        categories=st.just(4),
        probability=st.floats(0.26, 0.5),
    ),
    st.builds(SynthesisEvent, rho=st.decimals("0.0001", "0.01", places=4)),
    st.builds(
        ThresholdEvent,
        threshold=st.just(9),
        delta=st.sampled_from([Decimal("1e-8"), Decimal("3e-7")]),
    ),
)
SPENDS = st.lists(st.lists(EVENTS, min_size=1, max_size=3).map(lambda es: spend(*es)), max_size=5)


def of_money(found: BudgetState) -> tuple[object, ...]:
    """What a state says beside the lines themselves."""
    return found.spent, found.left, found.share_spent, found.since_beginning, found.caps


@given(spends=SPENDS, order=st.randoms(use_true_random=False))
def test_the_order_of_spends_does_not_matter(spends: list[Spend], order: Any) -> None:
    shuffled = order.sample(spends, len(spends))
    allowance = allowed(caps={"anna": Decimal("0.5")})

    assert of_money(state(shuffled, allowance)) == of_money(state(spends, allowance))


@given(spends=SPENDS, more=SPENDS)
def test_a_spend_never_raises_what_is_left(spends: list[Spend], more: list[Spend]) -> None:
    allowance = allowed(caps={"anna": Decimal("0.5")})
    before, after = state(spends, allowance), state([*spends, *more], allowance)

    assert after.left.epsilon <= before.left.epsilon
    assert after.left.delta <= before.left.delta
    assert after.caps[0].left <= before.caps[0].left
    assert after.spent.epsilon >= before.spent.epsilon
    assert after.share_spent >= before.share_spent


@given(spends=SPENDS, held=st.lists(EVENTS, min_size=1, max_size=4), used=st.integers(0, 4))
def test_settling_for_less_never_lowers_what_is_left(
    spends: list[Spend], held: list[Event], used: int
) -> None:
    reserved = spend(*held, state=SpendState.RESERVED)
    settled = replace(reserved, events=tuple(held[:used]), state=SpendState.SETTLED)

    before, after = state([*spends, reserved]), state([*spends, reserved, settled])

    assert after.left.epsilon >= before.left.epsilon
    assert after.spent.epsilon <= before.spent.epsilon


@given(spends=SPENDS, held=st.lists(EVENTS, min_size=1, max_size=4))
def test_an_abort_restores_exactly_what_was(spends: list[Spend], held: list[Event]) -> None:
    reserved = spend(*held, state=SpendState.RESERVED, expires_at=NOON + timedelta(minutes=10))
    aborted = replace(reserved, events=(), state=SpendState.ABORTED)

    assert state([*spends, reserved, aborted]) == state(spends)


@given(spends=SPENDS, held=st.lists(EVENTS, min_size=1, max_size=4))
def test_a_reservation_that_has_ended_counts_for_nothing(
    spends: list[Spend], held: list[Event]
) -> None:
    end = NOON + timedelta(minutes=10)
    reserved = spend(*held, state=SpendState.RESERVED, expires_at=end)

    assert state([*spends, reserved], at=end) == state(spends, at=end)
    assert reserved in state([*spends, reserved], at=end - timedelta(microseconds=1)).spends


def test_a_reservation_without_an_end_stays_spent_for_good() -> None:
    reserved = spend(laplace(0.5), state=SpendState.RESERVED)

    assert reserved in state([reserved], at=NOON + timedelta(days=10_000)).spends


FINAL = [SpendState.SETTLED, SpendState.ABORTED]


@pytest.mark.parametrize("first", FINAL)
@pytest.mark.parametrize("then", [*FINAL, SpendState.RESERVED])
def test_what_a_reservation_became_first_is_final(first: SpendState, then: SpendState) -> None:
    reserved = spend(laplace(0.5), state=SpendState.RESERVED)
    history = [reserved, replace(reserved, state=first), replace(reserved, state=then, events=())]

    in_force = spends_in_force(history, NOON)

    assert [s.events for s in in_force] == ([(laplace(0.5),)] if first in FINAL[:1] else [])


def test_a_settled_spend_counts_when_and_for_whom_it_was_reserved() -> None:
    reserved = spend(laplace(0.5), state=SpendState.RESERVED, actor="anna")
    later = NOON + timedelta(days=40)
    settled = replace(reserved, state=SpendState.SETTLED, at=later, actor="somebody else")

    (found,) = spends_in_force([reserved, settled], later)

    assert (found.at, found.actor, found.state) == (NOON, "anna", SpendState.SETTLED)


@given(
    events=st.lists(EVENTS, min_size=1, max_size=4),
    exponents=st.tuples(st.floats(-5, -0.5), st.floats(-5, -0.5)),
)
def test_a_price_falls_with_delta(events: list[Event], exponents: tuple[float, float]) -> None:
    small, large = (Decimal(str(10**e)) for e in sorted(exponents))
    loss = loss_of(events)

    assert price_of(loss, large).epsilon <= price_of(loss, small).epsilon


@given(events=st.lists(EVENTS, max_size=4), low=st.floats(1e-4, 0.05), more=st.floats(0, 0.05))
def test_a_price_grows_with_every_loss(events: list[Event], low: float, more: float) -> None:
    small = price_of(loss_of([*events, gaussian(low)]), DELTA).epsilon
    large = price_of(loss_of([*events, gaussian(low + more)]), DELTA).epsilon

    assert small <= large


@given(
    events=st.lists(EVENTS, max_size=4),
    epsilons=st.tuples(st.decimals("0.01", "3", places=2), st.decimals("0.01", "3", places=2)),
    exponents=st.tuples(st.integers(-9, -2), st.integers(-9, -2)),
)
def test_what_fits_a_budget_fits_every_larger_one(
    events: list[Event], epsilons: tuple[Decimal, Decimal], exponents: tuple[int, int]
) -> None:
    (low, high), (less, more) = sorted(epsilons), sorted(exponents)
    small = Budget(epsilon=low, delta=Decimal(1).scaleb(less))
    large = Budget(epsilon=high, delta=Decimal(1).scaleb(more))

    assert fits(loss_of(events), large) or not fits(loss_of(events), small)


class Ledger(RuleBasedStateMachine):
    """Reserve, settle, abort, wait, in any order, as releases of several officers would."""

    total = allowed("0.5")
    lease = timedelta(minutes=10)

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Spend] = []
        self.held: list[Spend] = []
        self.at = NOON

    @rule(events=st.lists(EVENTS, min_size=1, max_size=2), has_lease=st.booleans())
    def reserve(self, events: list[Event], has_lease: bool) -> None:
        try:
            check_affordable(self.state, events, Budget(epsilon=Decimal(1), delta=DELTA))
        except BudgetExceededError:
            return
        end = self.at + self.lease if has_lease else None
        self.held.append(spend(*events, state=SpendState.RESERVED, at=self.at, expires_at=end))
        self.history.append(self.held[-1])

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        reserved = data.draw(st.sampled_from(self.held))
        used = data.draw(st.integers(0, len(reserved.events)))
        try:
            check_held(self.state, reserved)
        except ReservationEndedError:
            assert reserved.expires_at is not None
            assert reserved.expires_at <= self.at
            return
        self._end(replace(reserved, events=reserved.events[:used], state=SpendState.SETTLED))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def abort(self, data: st.DataObject) -> None:
        self._end(replace(data.draw(st.sampled_from(self.held)), state=SpendState.ABORTED))

    @rule(minutes=st.integers(1, 11))
    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @invariant()
    def nothing_in_force_and_nothing_ever_shown_exceeds_the_total(self) -> None:
        shown = [s for s in self.history if s.state is SpendState.SETTLED]
        for spends in (self.state.spends, shown):
            assert fits(loss_of(e for s in spends for e in s.events), self.total.total)

    @property
    def state(self) -> BudgetState:
        return state(self.history, self.total, self.at)

    def _end(self, line: Spend) -> None:
        self.held = [s for s in self.held if s.id != line.id]
        self.history.append(line)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_where_the_clock_was_set_back_others_keep_what_they_took() -> None:
    late = spend(laplace(0.6), state=SpendState.RESERVED, expires_at=NOON + timedelta(minutes=10))
    other = spend(laplace(0.6), at=NOON + timedelta(minutes=11))

    with pytest.raises(ReservationEndedError):
        check_held(state([late, other], at=NOON + timedelta(minutes=9)), late)


BOUNDS = [
    pytest.param(Period.MONTH, (2026, 11, 24), (2026, 11), (2026, 12), id="month"),
    pytest.param(Period.MONTH, (2026, 12, 31), (2026, 12), (2027, 1), id="last month"),
    pytest.param(Period.QUARTER, (2026, 11, 24), (2026, 10), (2027, 1), id="quarter"),
    pytest.param(Period.QUARTER, (2026, 1, 1), (2026, 1), (2026, 4), id="first quarter"),
    pytest.param(Period.YEAR, (2026, 11, 24), (2026, 1), (2027, 1), id="year"),
]


@pytest.mark.parametrize(("period", "day", "start", "end"), BOUNDS)
def test_periods_are_those_of_the_calendar(period: Period, day: Any, start: Any, end: Any) -> None:
    assert bounds_of(period, datetime(*day, tzinfo=UTC)) == (
        datetime(*start, 1, tzinfo=UTC),
        datetime(*end, 1, tzinfo=UTC),
    )


@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    period=st.sampled_from([Period.MONTH, Period.QUARTER, Period.YEAR]),
)
def test_every_moment_lies_in_one_period_and_the_next_follows_at_once(
    at: datetime, period: Period
) -> None:
    bounds = bounds_of(period, at)
    assert bounds is not None
    start, end = bounds
    following = bounds_of(period, end)

    assert start <= at < end
    assert following is not None
    assert following[0] == end


def test_a_period_begins_at_midnight_utc_wherever_somebody_is() -> None:
    in_china = datetime(2027, 1, 1, 7, tzinfo=timezone(timedelta(hours=8)))

    assert bounds_of(Period.YEAR, in_china) == bounds_of(Period.YEAR, NOON)


def test_without_a_period_everything_counts_for_good() -> None:
    old = spend(laplace(0.5), at=NOON - timedelta(days=4_000))

    found = state([old])

    assert (found.starts, found.ends) == (None, None)
    assert float(found.spent.epsilon) == pytest.approx(0.5, abs=1e-4)
    assert found.since_beginning == found.spent


def test_a_new_period_brings_the_budget_back_and_the_loss_since_the_beginning_stays() -> None:
    yearly = allowed(period=Period.YEAR)
    years = [spend(laplace(0.8), at=NOON - timedelta(days=365 * n)) for n in (2, 1, 0)]

    found = state(years, yearly)

    assert float(found.spent.epsilon) == pytest.approx(0.8, abs=1e-4)
    assert found.left.epsilon < Decimal("0.3")
    assert found.since_beginning is not None
    assert float(found.since_beginning.epsilon) == pytest.approx(2.4, abs=1e-4)
    assert found.ends == datetime(2027, 1, 1, tzinfo=UTC)
    assert (len(found.spends), len(found.counted)) == (3, 1)
    assert state(years, yearly, at=datetime(2027, 1, 1, tzinfo=UTC)).spent.epsilon == 0


def test_a_spend_counts_in_the_period_of_its_reservation() -> None:
    yearly = allowed(period=Period.YEAR)
    night = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    reserved = spend(laplace(0.8), state=SpendState.RESERVED, at=night)
    settled = replace(reserved, state=SpendState.SETTLED, at=night + timedelta(seconds=2))

    after = state([reserved, settled], yearly, at=night + timedelta(minutes=1))

    assert after.spent.epsilon == 0
    assert state([reserved, settled], yearly, at=night).share_spent > 0.7


def test_the_loss_since_the_beginning_has_a_delta_per_period_that_was_used() -> None:
    monthly = allowed(period=Period.MONTH)
    months = [spend(gaussian(0.01), at=NOON - timedelta(days=31 * n)) for n in range(4)]

    found = state(months, monthly).since_beginning

    assert found is not None
    assert found == price_of(loss_of([gaussian(0.01)] * 4), 4 * DELTA)


def test_a_loss_since_the_beginning_that_no_epsilon_bounds_is_said_to_be_unknown() -> None:
    pure = Allowance(epsilon=Decimal(1), delta=Decimal(0), period=Period.YEAR)
    before = spend(gaussian(0.01), at=NOON - timedelta(days=365))

    found = state([before], pure)

    assert found.spent.epsilon == 0
    assert found.since_beginning is None


def test_a_longer_period_is_refused_where_more_was_spent_in_it() -> None:
    months = [spend(laplace(0.8), at=NOON - timedelta(days=31 * n)) for n in (1, 0)]
    monthly = state(months, allowed(period=Period.MONTH))

    check_budget(monthly, allowed(period=Period.MONTH), NOON)
    with pytest.raises(BudgetBelowSpentError):
        check_budget(monthly, allowed(period=Period.YEAR), NOON)


def asked(epsilon: str) -> Budget:
    return Budget(epsilon=Decimal(epsilon), delta=DELTA)


def test_a_cap_is_refused_with_spent_left_and_asked_in_one_sentence() -> None:
    capped = allowed(3, caps={"anna": Decimal("0.5")})
    found = state([spend(laplace(0.3)), spend(laplace(1), actor="ben")], capped)

    with pytest.raises(CapExceededError) as refusal:
        check_affordable(found, [laplace(0.25)], asked("0.25"), actor="anna")

    facts = refusal.value.facts
    assert (facts["cap"], facts["asked"]) == ("0.5", "0.25")
    assert float(str(facts["spent"])) == pytest.approx(0.3, abs=1e-4)
    assert str(facts["left"]) in str(refusal.value)
    assert str(refusal.value).count(". ") == 0
    check_affordable(found, [laplace(0.2)], asked("0.2"), actor="anna")
    check_affordable(found, [laplace(0.25)], asked("0.25"), actor="ben")


def test_a_cap_gives_nothing_beyond_the_budget() -> None:
    capped = allowed("0.5", caps={"anna": Decimal(5)})

    with pytest.raises(BudgetExceededError):
        check_affordable(state([], capped), [laplace(0.6)], asked("0.6"), actor="anna")


def test_a_cap_is_of_the_present_period_too() -> None:
    capped = allowed(3, period=Period.YEAR, caps={"anna": Decimal("0.5")})
    found = state([spend(laplace(0.4), at=NOON - timedelta(days=365))], capped)

    check_affordable(found, [laplace(0.4)], asked("0.4"), actor="anna")


def test_a_refusal_names_the_end_of_the_period() -> None:
    found = state([spend(laplace(0.9))], allowed(period=Period.YEAR))

    with pytest.raises(BudgetExceededError, match="until 2027-01-01"):
        check_affordable(found, [laplace(0.9)], asked("0.9"))


@pytest.mark.parametrize("actor", ["", " ", "x" * 81, "a\nb"])
def test_a_cap_for_nobody_is_refused(actor: str) -> None:
    with pytest.raises(PrivacyParameterError, match="one actor"):
        allowed(caps={actor: Decimal(1)})


@pytest.mark.parametrize("cap", ["0", "-1", "NaN", "101"])
def test_a_cap_that_is_no_epsilon_is_refused(cap: str) -> None:
    with pytest.raises(PrivacyParameterError, match="ε"):
        allowed(caps={"anna": Decimal(cap)})


def test_old_records_can_still_be_read() -> None:
    """As written before there were periods, caps, actors, leases and groups."""
    decided = from_json(Allowance, '{"delta":"0.00001","epsilon":"3"}')
    line = from_json(
        Spend,
        '{"at":"2026-11-24T12:00:00Z","events":[{"type":"gaussian","scale":3.0,'
        '"sensitivity_squared":9,"statistic":"count_rows:value"},{"type":"laplace","scale":2.0,'
        '"sensitivity":3,"statistic":"keys"}],"id":"spend-1","population":"p","purpose":"x",'
        '"state":"settled"}',
    )

    assert decided == allowed(3)
    assert (line.actor, line.expires_at) == ("", None)
    assert [event.groups for event in line.events] == [0, 0]  # type: ignore[union-attr]
    assert state([line], decided).spent.epsilon > 0


MONEY = st.decimals("0.000001", "100", places=6)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
ALLOWANCES = st.builds(
    Allowance,
    epsilon=MONEY,
    delta=st.sampled_from([Decimal(0), Decimal("1e-30"), DELTA]),
    period=st.sampled_from(Period),
    caps=st.dictionaries(st.sampled_from(["anna", "Bénédicte", "陈"]), MONEY, max_size=2),
)
SAMPLED = st.builds(
    SampledGaussianEvent,
    sampling_rate=st.floats(0.01, 1),
    noise_multiplier=st.floats(0.3, 10),
    rounds=st.integers(1, 9),
)
LINES = st.builds(
    Spend,
    id=st.text(max_size=9),
    population=st.text(max_size=9),
    purpose=st.text(max_size=9),
    events=st.lists(st.one_of(EVENTS, SAMPLED), max_size=3).map(tuple),
    state=st.sampled_from(SpendState),
    at=MOMENTS,
    actor=st.text(max_size=9),
    expires_at=st.none() | MOMENTS,
)
PRICES = st.builds(
    Prices,
    delta=st.just(DELTA),
    quotes=st.tuples(
        *(
            st.builds(Quote, accountant=st.just(a), epsilon=st.none() | MONEY, reason=st.text())
            for a in Accountant
        )
    ),
)


STATES = st.builds(
    state,
    st.lists(LINES, max_size=3),
    st.builds(
        allowed,
        period=st.sampled_from(Period),
        caps=st.dictionaries(st.just("anna"), MONEY, max_size=1),
    ),
    MOMENTS,
)


@given(noun=st.one_of(ALLOWANCES, LINES, PRICES, STATES))
def test_every_noun_of_the_account_comes_back_from_its_text_as_it_was(noun: Any) -> None:
    assert from_json(type(noun), to_json(noun)) == noun


@given(prices=PRICES)
def test_the_tightest_price_is_the_smallest_that_is_known(prices: Prices) -> None:
    known = [quote.epsilon for quote in prices.quotes if quote.epsilon is not None]

    assert (prices.tightest.epsilon if prices.tightest else None) == min(known, default=None)


def test_events_of_one_kind_cost_the_same_one_by_one_as_counted() -> None:
    """Equal events are priced once and multiplied; rounding must not make that cheaper."""
    event = gaussian(0.0123)

    assert loss_of([event] * 7).rho == 7 * rho_of(event)
    assert loss_of([laplace(0.1)] * 7).pure == 7 * loss_of([laplace(0.1)]).pure  # type: ignore[operator]
    assert loss_of([event]).rho < UNIT  # type: ignore[operator]
