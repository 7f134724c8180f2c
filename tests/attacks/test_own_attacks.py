"""The attacks that officers can try come true on exact numbers, and hardly ever on noisy ones.

attacker ──everybody else's rows──▶ published − others = one person's number; in or out?
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, Description
from compliance.errors import NothingToAttackError
from compliance.plain import from_json, to_json
from compliance.privacy import aggregate, attacks, bound, calibrate, mechanisms, to_query
from compliance.privacy.attacks import Attack, Outcome, Trial, attack
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.privacy.targets import choose_targets
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
ALARM = 1e-7  # at most ten cases a test
EXACTLY, NEAR, INSIDE, FOUND = (
    "reads a person's number exactly",
    "reads it within 5 %",
    "tells whether a person is in the table",
    "finds a person, with 1 % false alarms",
)
FOUND_AT_5 = "finds a person, with 5 % false alarms"


class Silence:
    """A mechanism that forgets its noise, and its threshold too."""

    def add_noise(self, values: npt.NDArray[np.int64], _: object) -> npt.NDArray[np.int64]:
        return values

    def surviving_groups(self, units: npt.NDArray[np.int64], *_: object) -> list[int]:
        return [int(group) for group in np.flatnonzero(units)]


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to tell what is tested, and quick."""
    monkeypatch.setattr(attacks, "_MOST_DRAWS", 12_000)


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["city"],
        "max_rows_per_group": 3,
        "statistics": [
            {"sum": {"column": "amount", "lower": 0, "upper": 100, "unit": "cents"}},
            {"count": "rows"},
        ],
    }
    return to_query({**raw, **change})


@pytest.fixture
def shop(stored: Stored) -> tuple[Table, tuple[Column, ...]]:
    people = range(1200)
    return stored(
        who=[f"p{n}" for n in people],
        city=[("Bonn", "Ulm")[n % 2] for n in people],
        amount=[1 + n % 99 for n in people],
    )


def attacked(shop: Any, asked: Query, epsilon: str, noise: Any, delta: str = "1e-6") -> Outcome:
    table, columns = shop
    budget = Budget(epsilon=Decimal(epsilon), delta=Decimal(delta))
    bounded = bound(table, asked, columns, KEY)
    return attack(table, asked, bounded, calibrate(asked, budget), budget, noise, 7)


def named(outcome: Outcome, name: str) -> Attack:
    """The first attack of this name."""
    return next(one for one in outcome.attacks if one.name == name)


def test_exact_numbers_give_everybody_away(shop: Any) -> None:
    outcome = attacked(shop, query(), "1", mechanisms)

    assert outcome.targets == 300
    assert {one.before.share for one in outcome.attacks} == {1.0}
    assert outcome.ranking.before == 1
    assert [(one.name, one.statistic) for one in outcome.attacks] == [
        (EXACTLY, "sum_amount"),
        (NEAR, "sum_amount"),
        (EXACTLY, "count_rows"),
        (NEAR, "count_rows"),
        (INSIDE, ""),
        (FOUND, ""),
        (FOUND_AT_5, ""),
    ]


PUBLIC = {"public_keys": {"city": ["Bonn", "Ulm"]}}
ONE_COUNT = {"by": [], "max_rows_per_group": 1, "statistics": [{"count": "units"}]}


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("epsilon", ["0.5", "2", "6"])
@pytest.mark.parametrize("change", [{}, PUBLIC, ONE_COUNT], ids=["private", "public", "one count"])
def test_with_noise_no_attack_exceeds_what_the_guarantee_allows(
    shop: Any, mechanism: str, epsilon: str, change: dict[str, object]
) -> None:
    """The lower end of the interval stays below; for the AUC by Hoeffding's bound on pairs."""
    outcome = attacked(shop, query(**change, mechanism=mechanism), epsilon, mechanisms)

    inside = named(outcome, INSIDE)
    assert inside.at_most is not None
    assert inside.after.interval(2 * ALARM)[0] <= inside.at_most
    reach = math.sqrt(math.log(1 / ALARM) / (2 * (inside.after.tries // 2)))
    assert outcome.ranking.after <= outcome.ranking.at_most + reach
    for name, alarm in ((FOUND, 0.01), (FOUND_AT_5, 0.05)):
        found = named(outcome, name)
        assert found.false_alarm is not None
        wrong = found.false_alarm.interval(2 * ALARM)
        assert found.after.interval(2 * ALARM)[0] <= math.exp(float(epsilon)) * wrong[1] + 1e-6
        # Half of the tries set the test and half of them count: both err by chance.
        assert wrong[0] <= alarm + 0.03


def test_with_noise_hardly_anything_is_read_off(shop: Any) -> None:
    """Sums in cents under noise of thousands: to the cent fits fewer than one draw in 4,000."""
    exactly = named(attacked(shop, query(), "1", mechanisms), EXACTLY)

    assert exactly.after.interval(2 * ALARM)[0] <= 1 / 4000


def test_on_one_laplace_count_the_best_test_reaches_the_bound(shop: Any) -> None:
    """There ε is used up to the last bit: an attack that stayed far below would be a weak one."""
    asked = query(**ONE_COUNT, mechanism="laplace")

    outcome = attacked(shop, asked, "1", mechanisms, "0")

    bound_, inside = math.e / (1 + math.e), named(outcome, INSIDE)
    reach = math.sqrt(math.log(1 / ALARM) / (2 * (inside.after.tries // 2)))
    assert inside.at_most == pytest.approx(bound_)
    assert outcome.ranking.at_most == pytest.approx(bound_)
    assert inside.after.interval(2 * ALARM)[1] >= bound_
    assert outcome.ranking.after >= bound_ - reach


def test_the_attack_is_a_real_one_and_succeeds_against_little_noise(shop: Any) -> None:
    outcome = attacked(shop, query(max_rows_per_group=1), "60", mechanisms)

    assert named(outcome, INSIDE).after.share > 0.95
    assert named(outcome, FOUND).after.share > 0.9
    assert outcome.ranking.after > 0.95


def test_a_mechanism_that_forgets_its_noise_is_found_out(shop: Any) -> None:
    outcome = attacked(shop, query(), "0.5", Silence())

    inside = named(outcome, INSIDE)
    assert {one.after.share for one in outcome.attacks} == {1.0}
    assert inside.after.interval(1e-6)[0] > (inside.at_most or 1)
    assert outcome.ranking.after == 1


def test_a_good_guess_is_told_beside_what_was_read_off(stored: Stored) -> None:
    """Nine in ten people add the same: naming that is right so often without any release."""
    shop = stored(
        who=[f"p{n}" for n in range(200)],
        city=["Bonn"] * 200,
        amount=[30 if n % 10 else 31 for n in range(200)],
    )
    outcome = attacked(shop, query(by=[]), "1", mechanisms)

    guesses = [named(outcome, name).guess for name in (EXACTLY, NEAR)]
    assert [guess.share for guess in guesses if guess] == [0.9, 1.0]
    assert named(outcome, INSIDE).guess is None


def test_a_group_that_is_withheld_tells_nothing(stored: Stored) -> None:
    """Everybody alone in a group of their own: even without noise, nothing is there to read."""

    class OnlyThreshold(Silence):
        def surviving_groups(self, units: Any, *rest: Any) -> list[int]:
            return mechanisms.surviving_groups(units, *rest)

    shop = stored(
        who=[f"p{n}" for n in range(60)],
        city=[f"city {n}" for n in range(60)],
        amount=[1 + n for n in range(60)],
    )
    outcome = attacked(shop, query(), "1", OnlyThreshold(), "1e-9")

    assert named(outcome, EXACTLY).before.share == 1
    assert [named(outcome, name).after.hits for name in (EXACTLY, NEAR)] == [0, 0]
    assert outcome.ranking.after == 0.5


def test_a_group_that_appears_for_one_person_gives_them_away(stored: Stored) -> None:
    """A desk that drew noise but forgot the threshold: the attack looks at who appears at all."""

    class NoThreshold(Silence):
        def add_noise(self, values: Any, event: Any) -> npt.NDArray[np.int64]:
            return mechanisms.add_noise(values, event)

    shop = stored(who=["alone"] * 3, city=["Rareville"] * 3, amount=[1, 2, 3])
    asked = query(statistics=[{"count": "rows"}])

    assert attacked(shop, asked, "0.01", NoThreshold()).ranking.after == 1
    assert attacked(shop, asked, "0.01", mechanisms).ranking.after < 1


def test_a_group_of_nobody_is_never_there_so_one_that_appears_is_proof() -> None:
    asked = query(statistics=[{"count": "rows"}])
    keys = calibrate(asked, Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))).keys
    assert keys is not None

    if_shown, if_not = attacks._evidence_of_groups(np.array([1, keys[1].threshold]), *keys)

    assert if_shown[0] > 100
    assert 0 < if_shown[1] < 1
    assert -1 < if_not[1] < 0


def test_the_answer_without_a_person_is_the_answer_less_what_they_add(stored: Stored) -> None:
    """Two ways to one number: a subtraction, and everybody else's rows aggregated anew."""
    who = [f"p{n}" for n in range(40) for _ in range(1 + n % 5)]
    city = [("Bonn", "Ulm", "Trier")[(n * 7) % 3] for n in range(len(who))]
    amount = [(n * 31) % 97 for n in range(len(who))]
    histogram = {"histogram": {"column": "amount", "edges": [0, 30, 60, 100]}}
    asked = query(
        max_groups=2,
        max_rows_per_group=2,
        public_keys={"city": ["Bonn", "Ulm", "Trier"]},
        statistics=[{"sum": {"column": "amount", "lower": 0, "upper": 60}}, histogram],
    )
    table, columns = stored(who=who, city=city, amount=amount)
    whole = aggregate(table, asked, columns, KEY)
    calibration = calibrate(asked, Budget(epsilon=Decimal(1), delta=Decimal("1e-6")))
    bounded = bound(table, asked, columns, KEY)

    targets = choose_targets(table, asked, bounded, calibration, np.random.default_rng(1))

    found = sorted(
        tuple(
            tuple(sorted(part.amount[targets.person[part.place] == person].tolist()))
            for part in targets.added
        )
        for person in range(targets.people)
    )
    wanted = []
    for person in sorted(set(who)):
        others = [n for n, name in enumerate(who) if name != person]
        fewer, _ = stored(
            who=[who[n] for n in others],
            city=[city[n] for n in others],
            amount=[amount[n] for n in others],
        )
        without = aggregate(fewer, asked, columns, KEY)
        lack = [whole.parts[name] - without.parts[name] for name in whole.parts]
        wanted.append(tuple(tuple(sorted(part[part != 0].tolist())) for part in lack))
    assert targets.people == 40
    assert found == sorted(wanted)


def test_a_seed_chooses_the_same_people_again_and_another_seed_others(shop: Any) -> None:
    table, columns = shop
    asked, budget = query(), Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))
    bounded = bound(table, asked, columns, KEY)

    first, again, other = (
        choose_targets(table, asked, bounded, calibrate(asked, budget), np.random.default_rng(seed))
        .added[0]
        .amount
        for seed in (1, 1, 2)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


NOTHING = [
    pytest.param({"statistics": [{"top": {"groups": 1}}]}, id="choices only"),
    pytest.param({"where": "amount > 500"}, id="nobody counts"),
]


@pytest.mark.parametrize("change", NOTHING)
def test_where_there_is_nothing_to_subtract_the_attack_is_refused(
    shop: Any, change: dict[str, object]
) -> None:
    with pytest.raises(NothingToAttackError):
        attacked(shop, query(**change), "1", mechanisms)


def test_a_trial_is_kept_and_in_the_trail_without_any_value(
    workspace: Workspace, orders_csv: bytes
) -> None:
    said = Description(population="customers")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    asked = to_query({"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]})
    budget = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))

    trial = workspace.probing.try_attacks("orders", asked, budget, seed=5)

    (newest,) = workspace.entries(1)
    assert workspace.probing.trials("orders") == (trial,)
    assert workspace.budget("customers").spends == ()
    assert newest.act == "attack.try"
    assert newest.facts["internal"] is True
    assert trial.seed == 5
    assert trial.ranking is not None
    assert "Zembla" not in repr(trial)
    assert workspace.verify_trail().ok


def test_a_trial_of_an_earlier_version_can_still_be_read(workspace: Workspace) -> None:
    """It knew neither people's standing out nor guesses nor seeds."""
    asked = to_query({"unit": "customer", "statistics": [{"count": "rows"}]})
    rate = {"hits": 1, "tries": 2}
    plain = {
        "id": "trial-1",
        "dataset_id": "orders@1",
        "query": asked,
        "asked": {"epsilon": "1", "delta": "0"},
        "targets": 2,
        "attacks": [{"name": "x", "before": rate, "after": rate, "at_most": None}],
        "tried_at": "2026-11-26T00:00:00Z",
        "actor": "a",
    }

    trial = from_json(Trial, to_json(plain))

    assert trial.ranking is None
    assert trial.attacks[0].guess is None
