"""The desk tests itself: do the samplers draw what they should, is ε what is claimed?

The samplers are held against the textbook. Then the whole way from rows to published numbers is
walked on two invented tables that differ in one eager person per group, many times, and the best
test between the two answers gives a lower bound on the true privacy loss. A bound above the claim
means that something is broken; one below it proves nothing more than that nothing was found.

Sources: Jagielski, Ullman, Oprea 2020, arXiv:2006.07709 (lower bounds by attacks); Nasr et al.
2023, arXiv:2302.07956 (bounds on μ for Gaussian noise); Dong, Roth, Su 2022, arXiv:1905.02383.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.privacy.aggregates import aggregate
from compliance.privacy.calibration import NoiseEvent, calibrate
from compliance.privacy.costs import UNIT, epsilon_of, rho_of
from compliance.privacy.nouns import Budget, GaussianEvent, LaplaceEvent, ReleasedValue
from compliance.privacy.nouns.question import Query
from compliance.privacy.queries import to_query
from compliance.privacy.release import Noise, publish
from compliance.privacy.samplers import SHAPE_ALARM, fit
from compliance.privacy.shares import Rate

ALARM = 1e-6  # the chance that a sound desk fails the whole audit
_DRAWS = 20_000  # per sampler
_GROUPS = 100  # pairs of neighbours in one publication
_ROUNDS = 60  # publications per world
_OTHERS = 4  # people in each group besides
_COLUMNS = (
    Column(name=ColumnName("who"), type=ColumnType.TEXT),
    Column(name=ColumnName("place"), type=ColumnType.TEXT),
    Column(name=ColumnName("amount"), type=ColumnType.INTEGER),
)
_KEY = bytes(32)  # nothing here is secret
_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tested.

    Attributes:
        name: what.
        claimed: what must hold, in words and numbers.
        measured: what was seen.
        passed: whether the two fit.
        draws: how many numbers were drawn for it.
    """

    name: str
    claimed: str
    measured: str
    passed: bool
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAudit:
    """All checks at one moment.

    Attributes:
        id: names it.
        checks: in the order in which they were made.
        alarm: the chance that a sound desk fails one of them.
        libraries: name → version of what drew the noise.
        desk_version: of the desk.
        audited_at: when, UTC.
        actor: who.
    """

    id: str
    checks: tuple[Check, ...]
    alarm: float
    libraries: dict[str, str]
    desk_version: str
    audited_at: datetime
    actor: str

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def draws(self) -> int:
        return sum(check.draws for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One way from rows to numbers that is audited.

    Attributes:
        name: for people.
        statistics: what is asked; the first is attacked.
        mechanism: the noise.
        epsilon: the ε claimed.
    """

    name: str
    statistics: tuple[dict[str, object], ...]
    mechanism: str
    epsilon: Decimal


_SUM: dict[str, object] = {"sum": {"column": "amount", "lower": 0, "upper": 10, "unit": "cents"}}
_WALKS = (
    _Walk(
        name="count of rows, Gaussian noise",
        statistics=({"count": "rows"}, {"count": "units"}),
        mechanism="gaussian",
        epsilon=Decimal(8),
    ),
    _Walk(
        name="sum, Gaussian noise",
        statistics=(_SUM,),
        mechanism="gaussian",
        epsilon=Decimal(4),
    ),
    _Walk(
        name="count of rows, Laplace noise",
        statistics=({"count": "rows"}, {"count": "units"}),
        mechanism="laplace",
        epsilon=Decimal(4),
    ),
    _Walk(name="sum, Laplace noise", statistics=(_SUM,), mechanism="laplace", epsilon=Decimal(2)),
)
_SAMPLERS: tuple[NoiseEvent, ...] = (
    *(GaussianEvent(statistic="x", sensitivity_squared=1, scale=s) for s in (0.7, 4.0, 90.0)),
    *(LaplaceEvent(statistic="x", sensitivity=1, scale=s) for s in (0.7, 4.0, 90.0)),
)
_DELTA = Decimal("1e-5")


def audit(noise: Noise) -> tuple[Check, ...]:
    """Every check, in a few seconds. Invented tables only; nothing of anybody is looked at."""
    return tuple(checks(noise))


def checks(noise: Noise) -> Iterator[Check]:
    """The same, one after the other, for who needs to know only whether one fails."""
    tests = len(_SAMPLERS) + 2 * len(_WALKS) + 2
    alarm = ALARM / tests
    yield from (_fits(event, noise, alarm) for event in _SAMPLERS)
    for walk in _WALKS:
        yield from _walked(walk, noise, alarm)
    yield from _thresholded(noise, alarm)


def _fits(event: NoiseEvent, noise: Noise, alarm: float) -> Check:
    """The draws' shape, symmetry and spread against the textbook's distribution."""
    drawn = noise.add_noise(np.zeros(_DRAWS, dtype=np.int64), event)
    found = fit(event, drawn)
    kind = "Gaussian" if isinstance(event, GaussianEvent) else "Laplace"
    return Check(
        name=f"{kind} sampler, scale {event.scale:g}",
        claimed=f"discrete {kind} noise of variance {found.expected_variance:.5g}; shape (χ²), "
        f"symmetry and spread less unlikely than {SHAPE_ALARM:.0e}, {alarm / 3:.0e}, "
        f"{alarm / 3:.0e}",
        measured=f"variance {found.variance:.5g}; so far off by chance in {found.shape:.2g}, "
        f"{found.symmetry:.2g} and at most {found.spread:.2g} of tests",
        passed=found.passed(alarm),
        draws=len(drawn),
    )


def _walked(walk: _Walk, noise: Noise, alarm: float) -> list[Check]:
    """The lower bound on the loss of one way, and whether its numbers have noise of their own."""
    query = _query(walk)
    asked = Budget(epsilon=walk.epsilon, delta=_DELTA)
    calibration = calibrate(query, asked)
    event = calibration.parts[0][1]
    worlds = []
    for eager in (True, False):
        exact = aggregate(_world(eager=eager), query, _COLUMNS, _KEY)
        worlds.append([_numbers(publish(exact, query, calibration, noise)) for _ in range(_ROUNDS)])
    first = query.statistics[0].name
    inside, outside = (np.concatenate([seen[first] for seen in world]) for world in worlds)
    if isinstance(event, GaussianEvent):
        check = _bounded_mu(walk, inside, outside, math.sqrt(2 * rho_of(event) / UNIT), alarm)
    elif isinstance(event, LaplaceEvent):
        check = _bounded_epsilon(walk, inside, outside, epsilon_of(event) / UNIT, alarm)
    else:
        raise TypeError("only sums and counts are walked")
    return [check, _independent(walk, worlds[0], alarm)]


def _query(walk: _Walk) -> Query:
    return to_query(
        {
            "unit": "who",
            "by": ["place"],
            "public_keys": {"place": [_place(n) for n in range(_GROUPS)]},
            "max_rows_per_group": 1,
            "statistics": list(walk.statistics),
            "mechanism": walk.mechanism,
        }
    )


def _world(*, eager: bool) -> Table:
    """In each place a few people; and, if `eager`, one more with too many rows and values."""
    rows = [(f"p{n}-{m}", _place(n), m) for n in range(_GROUPS) for m in range(_OTHERS)]
    if eager:
        rows += [(f"eager {n}", _place(n), 10_000) for n in range(_GROUPS) for _ in range(7)]
    return Table.in_memory(
        pa.table({c.name: list(v) for c, v in zip(_COLUMNS, zip(*rows, strict=True), strict=True)})
    )


def _place(number: int) -> str:
    return f"place {number:02d}"


def _numbers(values: Sequence[ReleasedValue]) -> dict[str, _Floats]:
    names = dict.fromkeys(value.statistic for value in values)
    return {name: np.array([v.value for v in values if v.statistic == name]) for name in names}


def _split(inside: _Floats, outside: _Floats) -> tuple[float, Rate, Rate]:
    """The threshold that tells the worlds apart best in one half, and its rates in the other."""
    half, other = inside[::2], outside[::2]
    places = np.unique(np.concatenate([half, other]))
    found = np.searchsorted(np.sort(half), places, side="left")
    wrong = np.searchsorted(np.sort(other), places, side="left")
    threshold = float(places[int(np.argmax(wrong / len(other) - found / len(half)))])
    test, control = inside[1::2], outside[1::2]
    return (
        threshold,
        Rate(hits=int((test >= threshold).sum()), tries=len(test)),
        Rate(hits=int((control >= threshold).sum()), tries=len(control)),
    )


def _bounded_epsilon(
    walk: _Walk, inside: _Floats, outside: _Floats, claimed: float, alarm: float
) -> Check:
    _, found, wrong = _split(inside, outside)
    low, high = found.interval(alarm)[0], wrong.interval(alarm)[1]
    bound = math.log(low / high) if low > high else 0.0
    return Check(
        name=walk.name,
        claimed=f"ε = {claimed:.3g} for the number attacked",
        measured=f"ε is at least {bound:.3g} (Clopper–Pearson, {1 - alarm:.7%} sure)",
        passed=bound <= claimed,
        draws=len(inside) + len(outside),
    )


def _bounded_mu(
    walk: _Walk, inside: _Floats, outside: _Floats, claimed: float, alarm: float
) -> Check:
    """μ = Δ/σ: how many standard deviations the noise hides; converted to ε at the same δ."""
    from scipy.stats import norm  # slow to load; only audits need it

    _, found, wrong = _split(inside, outside)
    low, high = found.interval(alarm)[0], wrong.interval(alarm)[1]
    bound = max(float(norm.ppf(low) - norm.ppf(high)), 0.0)
    claim, least = (_epsilon_of_mu(mu, float(_DELTA)) for mu in (claimed, bound))
    return Check(
        name=walk.name,
        claimed=f"ε = {claim:.3g} (δ = {_DELTA:.0e}, μ = {claimed:.3g}) for the number attacked",
        measured=f"ε is at least {least:.3g} (μ {bound:.3g}; Clopper–Pearson, "
        f"{1 - alarm:.7%} sure)",
        passed=bound <= claimed,
        draws=len(inside) + len(outside),
    )


def _epsilon_of_mu(mu: float, delta: float) -> float:
    """ε of Gaussian noise at δ: Dong, Roth, Su 2022, Corollary 2.13, by halving."""
    from scipy.stats import norm  # slow to load; only audits need it

    def excess(epsilon: float) -> float:
        kept = norm.cdf(-epsilon / mu + mu / 2)
        lost = math.exp(epsilon) * norm.cdf(-epsilon / mu - mu / 2)
        return float(kept - lost) - delta

    return _root(excess, 0.0, 200.0) if mu > 0 and excess(0.0) > 0 else 0.0


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return high


def _independent(walk: _Walk, seen: Sequence[dict[str, _Floats]], alarm: float) -> Check:
    """Whether the noise of two numbers, or of two publications, has nothing in common."""
    from scipy.stats import norm  # slow to load; only audits need it

    names = list(seen[0])
    if len(names) > 1:
        pairs = [(one[names[0]], one[names[1]]) for one in seen]
        what = "two numbers of one publication"
    else:
        first = names[0]
        pairs = [(a[first], b[first]) for a, b in zip(seen[::2], seen[1::2], strict=True)]
        what = "two publications"
    # Every group has the same exact numbers, so what varies within a publication is noise alone.
    one = np.concatenate([a - a.mean() for a, _ in pairs])
    other = np.concatenate([b - b.mean() for _, b in pairs])
    together = float(np.corrcoef(one, other)[0, 1])
    limit = float(norm.isf(alarm / 2)) / math.sqrt(len(one) - 1)
    return Check(
        name=f"{walk.name}: noise of its own",
        claimed=f"the noise of {what} has a correlation within ± {limit:.2g}",
        measured=f"{together:.2g}",
        passed=abs(together) <= limit,
        draws=0,  # those of the walk
    )


def _thresholded(noise: Noise, alarm: float) -> list[Check]:
    """Groups of one person must stay hidden but for a chance of δ, and large ones appear."""
    delta = Decimal("0.002")
    asked = Budget(epsilon=Decimal(2), delta=delta)
    checks = []
    for mechanism in ("gaussian", "laplace"):
        query = to_query(
            {
                "unit": "who",
                "by": ["place"],
                "statistics": [{"count": "rows"}],
                "mechanism": mechanism,
            }
        )
        exact = aggregate(_lonely(), query, _COLUMNS, _KEY)
        calibration = calibrate(query, asked)
        alone = crowds = 0
        for _ in range(_ROUNDS):
            shown = {value.keys[0] for value in publish(exact, query, calibration, noise)}
            alone += sum(key.startswith("lonely") for key in shown)
            crowds += "crowd" in shown
        rate = Rate(hits=alone, tries=_GROUPS * _ROUNDS)
        least = rate.interval(alarm)[0]
        checks.append(
            Check(
                name=f"groups of one person, {mechanism.capitalize()} noise",
                claimed=f"shown with a chance of at most δ = {delta}",
                measured=f"{alone} of {rate.tries:,} shown: a chance of at least {least:.2g}; a "
                f"large group in {crowds} of {_ROUNDS} publications",
                passed=least <= float(delta) and crowds == _ROUNDS,
                draws=(_GROUPS + 1) * _ROUNDS,
            )
        )
    return checks


def _lonely() -> Table:
    rows = [(f"p{n}", f"lonely {n}", 1) for n in range(_GROUPS)]
    rows += [(f"q{n}", "crowd", 1) for n in range(2_000)]
    return Table.in_memory(
        pa.table({c.name: list(v) for c, v in zip(_COLUMNS, zip(*rows, strict=True), strict=True)})
    )
