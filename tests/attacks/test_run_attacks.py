"""The desk's attacks on a federated run come true without protection, and fail with it.

    what a site sends ──▶ a row            what is left without all others ──▶ in or out?
    the model ──▶ in or out?               sites that lie ──▶ a useless model

Coins and noise are drawn from fixed seeds here, so nothing fails by chance today; limits leave
five standard errors, so that another seed would fail with a chance below one in a million.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop, silent

from compliance.errors import UnknownRunError
from compliance.federated import Problem, prepare
from compliance.federated.attacks import (
    Attacked,
    besieged,
    memberships,
    poisonings,
    reading,
    reconstructions,
    twins,
)
from compliance.federated.attacks.membership import interval
from compliance.federated.attacks.shadows import held_out_instead, people_of
from compliance.federated.learners import learner_of
from compliance.federated.nouns import (
    Finding,
    Membership,
    MembershipTest,
    ModelKind,
    NoisePlan,
    Plan,
    Poisoning,
    Reconstruction,
    Shield,
    Sight,
    Strategy,
    Trouble,
)
from compliance.privacy.nouns import PrivacyUnitKind
from compliance.workspace.federating import proofs

STRONG = NoisePlan(noise_multiplier=5.0)
MEMORISER = {
    "model": ModelKind.MLP,
    "hidden": (64,),
    "rounds": 15,
    "local_epochs": 10,
    "learning_rate": 0.5,
    "site_column": "site",
}


def problem_of(stored: Store, asked: Plan, columns: dict[str, list[object]]) -> Problem:
    table, known = stored(**columns)
    return prepare(table, known, asked, unit=PERSON)


def coin_flips(rows: int = 240) -> dict[str, list[object]]:
    """A shop in which buying is chance: whoever tells who bought must have seen them."""
    dice = np.random.default_rng(5)
    columns = shop(rows, sites=3)
    columns["person"] = [f"person {row}" for row in range(rows)]
    columns["bought"] = dice.choice(["yes", "no"], rows).tolist()
    for number in range(12):
        columns[f"number {number}"] = dice.normal(0, 9, rows).tolist()
    return columns


def error_of(people_in: int, people_out: int) -> float:
    """The standard error of an AUC of somebody who guesses."""
    return math.sqrt((people_in + people_out + 1) / (12 * people_in * people_out))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"model": ModelKind.LOGISTIC}, id="logistic"),
        pytest.param({"model": ModelKind.SOFTMAX}, id="softmax"),
        pytest.param({"model": ModelKind.MLP}, id="mlp"),
        pytest.param({"strategy": Strategy.FEDPROX}, id="held back"),
    ],
)
@pytest.mark.parametrize("epochs", [1, 5])
def test_a_row_of_one_record_is_computed_exactly_and_protection_hides_it(
    stored: Store, changes: dict[str, object], epochs: int
) -> None:
    asked = plan(local_epochs=epochs, **changes)
    learner = learner_of(problem_of(stored, asked, shop()), asked)
    model = learner.initial() + 0.01
    noisy = replace(asked, privacy=NOISE)

    found = list(reconstructions(learner, model, noisy, secrets(0), 0))

    bare, five, fifty, ten_sites, noise = found
    assert (bare.records, bare.sites, bare.protection) == (1, 1, Shield.NONE)
    assert bare.exact == bare.tries == 100
    assert bare.error < 1e-11
    assert [five.records, fifty.records, ten_sites.sites] == [5, 50, 10]
    assert fifty.exact == ten_sites.exact == noise.exact == 0
    assert min(fifty.error, ten_sites.error) > 0.05
    assert noise.error > 0.5
    assert noise.noise_multiplier == 1.0


def test_fewer_steps_show_more_and_a_sum_over_sites_shows_less(stored: Store) -> None:
    """Of units that many rows wake in five epochs, some are woken by one row of a first batch."""
    asked = plan(model=ModelKind.MLP, hidden=(16,), local_epochs=5, batch=8)
    problem = problem_of(stored, asked, shop())
    seen = [
        reading(learner_of(problem, one), learner_of(problem, one).initial())
        for one in (asked, replace(asked, secure=True))
    ]

    assert [one.sites for one in seen] == [4, 4]
    assert seen[0].one_step == seen[1].one_step
    assert (seen[0].one_step or 0) > seen[0].readable
    assert seen[1].readable == 0


def test_without_the_noise_a_clipped_row_is_read_to_the_grid(stored: Store) -> None:
    """It is the noise that hides a row, and not the clipping."""
    asked = plan()
    learner = learner_of(problem_of(stored, asked, shop()), asked)
    noisy = replace(asked, privacy=NOISE)
    quiet = replace(secrets(0), add_noise=silent)

    *_, noise = reconstructions(learner, learner.initial(), noisy, quiet, 0)

    assert noise.protection is Shield.NOISE
    assert noise.error < 1e-3


def judged(attacked: Attacked) -> dict[MembershipTest, Membership]:
    return {one.test: one for one in memberships(attacked)}


def test_a_model_that_memorised_tells_who_was_learnt_from(stored: Store) -> None:
    asked = plan(**MEMORISER)
    bare = judged(Attacked(problem=problem_of(stored, asked, coin_flips()), plan=asked, repeats=1))

    for test in (MembershipTest.LOSS, MembershipTest.LIKELIHOOD):
        assert bare[test].auc > 0.5 + 5 * error_of(bare[test].people_in, bare[test].people_out)
        assert bare[test].low > 0.6
        assert not bare[test].is_protected
        assert bare[test].at_most is None


def test_with_noise_the_same_tests_do_no_better_than_guessing(stored: Store) -> None:
    asked = plan(
        **{**MEMORISER, "rounds": 10}, privacy=STRONG, fraction=0.1, strategy=Strategy.FEDAVGM
    )
    problem = problem_of(stored, asked, coin_flips())
    hidden = judged(
        Attacked(problem=problem, plan=asked, secrets=secrets(3), allowed=lambda _: 0.75, repeats=1)
    )

    for one in hidden.values():
        margin = 5 * error_of(one.people_in, one.people_out)
        assert one.auc < 0.5 + margin
        assert one.is_protected
        assert one.at_most == 0.75


def test_who_knows_all_others_tells_everybody_without_noise_even_from_a_sum(
    stored: Store,
) -> None:
    for asked in (plan(), plan(secure=True), plan(model=ModelKind.MLP)):
        bare = next(memberships(Attacked(problem=problem_of(stored, asked, shop()), plan=asked)))

        assert bare.test is MembershipTest.REST
        assert bare.auc == bare.found == 1
        assert bare.people_in == 8


@pytest.mark.parametrize(
    ("multiplier", "rounds"), [(0.5, 1), (1.0, 1), (3.0, 1), (3.0, 9)], ids=str
)
def test_who_knows_all_others_does_as_well_as_theory_says(
    stored: Store, multiplier: float, rounds: int
) -> None:
    """Everybody in, updates as long as the clip: two normals, √rounds/z apart in all."""
    noise = NoisePlan(noise_multiplier=multiplier, clip=1e-3)
    asked = plan(privacy=noise, rounds=rounds)
    problem = problem_of(stored, asked, shop(1500))
    found = next(memberships(Attacked(problem=problem, plan=asked, secrets=secrets(1))))
    expected = NormalDist().cdf(math.sqrt(rounds) / multiplier / math.sqrt(2))

    assert found.people_in == found.people_out > 300
    assert abs(found.auc - expected) < 5 * error_of(found.people_in, found.people_out)


def test_a_round_hides_people_better_than_the_run(stored: Store) -> None:
    asked = plan(privacy=NOISE, fraction=0.1, rounds=7)
    problem = problem_of(stored, asked, shop())
    rest, update, *_ = memberships(
        Attacked(problem=problem, plan=asked, secrets=secrets(1), allowed=float)
    )

    assert (rest.at_most, update.at_most) == (7.0, 1.0)


def test_protected_sites_promise_nothing_about_people(stored: Store) -> None:
    noise = NoisePlan(noise_multiplier=1.0, unit=PrivacyUnitKind.SITE)
    asked = plan(privacy=noise, rounds=2)
    problem = problem_of(stored, asked, shop())
    found = judged(
        Attacked(problem=problem, plan=asked, secrets=secrets(1), allowed=lambda _: 0.9, repeats=1)
    )

    assert found[MembershipTest.REST].at_most == 0.9
    assert found[MembershipTest.LOSS].at_most is None


def test_the_interval_is_that_of_hanley_and_mcneil() -> None:
    """Their example: W = 0.893 with 51 and 58 cases has a standard error of 0.032."""
    low, high = interval(0.893, 51, 58)

    assert (high - low) / 2 / 1.96 == pytest.approx(0.032, abs=1e-3)
    assert interval(1.0, 10, 10) == (1.0, 1.0)


def test_shadows_hold_out_whole_people_and_keep_every_row_where_it_was(stored: Store) -> None:
    asked = plan(privacy=NOISE)
    problem = problem_of(stored, asked, shop())
    people = people_of(problem)
    is_out = np.random.default_rng(0).random(len(people)) < 0.4

    dealt, order = held_out_instead(problem, asked, is_out[people.of_row])

    assert sorted(order.tolist()) == list(range(len(problem.person)))
    assert (dealt.inputs[:-1] == problem.inputs[order]).all()
    assert (people_of(dealt).is_in == ~is_out).all()
    assert dealt.units is not None
    assert dealt.units.clients.sizes.sum() == dealt.training_rows == dealt.sites.sizes.sum()
    assert len(dealt.units.clients) == (~is_out).sum()


def test_holding_out_the_same_people_changes_nothing(stored: Store) -> None:
    asked = plan(privacy=NOISE)
    problem = problem_of(stored, asked, shop())
    is_out = np.arange(len(problem.person)) >= problem.training_rows

    again, order = held_out_instead(problem, asked, is_out)

    assert (order == np.arange(len(order))).all()
    assert (again.sites.sizes == problem.sites.sizes).all()
    assert again.units is not None
    assert problem.units is not None
    assert (again.units.clients.starts == problem.units.clients.starts).all()
    assert (again.units.sites == problem.units.sites).all()


def test_liars_spoil_the_average_and_robust_strategies_set_them_aside(stored: Store) -> None:
    asked = plan(rounds=8, trouble=Trouble(poisoned=2))
    problem = problem_of(stored, asked, shop(1200, sites=8))

    honest, average, *robust = poisonings(problem, asked)

    assert (honest.poisoned, average.poisoned, average.sites) == (0, 2, 8)
    assert honest.metric is not None
    assert average.metric is not None
    assert honest.metric - average.metric > 0.1
    assert [one.strategy for one in robust] == ["krum", "median", "trimmed_mean"]
    assert all(one.metric is not None for one in robust)
    assert all(honest.metric - (one.metric or 0) < 0.05 for one in robust)


def test_two_sites_cannot_outvote_a_liar(stored: Store) -> None:
    assert list(poisonings(problem_of(stored, plan(), shop(sites=2)), plan())) == []


def test_a_run_with_noise_is_attacked_beside_one_without_and_the_other_way_round() -> None:
    bare, noisy = plan(baselines=True), plan(privacy=STRONG, fraction=0.2)

    assert twins(bare)[0] == replace(bare, baselines=False)
    assert twins(bare)[1].privacy == NoisePlan(noise_multiplier=1.0)
    assert twins(noisy)[1] == replace(noisy, baselines=False)
    assert twins(noisy)[0].privacy is None
    assert twins(noisy)[0].fraction == 1


def test_findings_hold_numbers_and_kinds_and_no_value_of_a_row(stored: Store) -> None:
    columns = shop(300)
    plain, noisy = twins(plan(rounds=1))
    found = list(
        besieged(
            Attacked(problem=problem_of(stored, plain, columns), plan=plain, repeats=1),
            Attacked(problem=problem_of(stored, noisy, columns), plan=noisy, secrets=secrets(0)),
        )
    )

    kinds = [type(one) for one in found]
    assert kinds.count(Membership) == 2 * len(MembershipTest)
    assert kinds.count(Poisoning) == 5
    assert kinds.count(Reconstruction) == 5
    assert "shop 1" not in repr(found)
    assert "person" not in repr(found)


RUN = {"site_column": "region", "target": "bought", "rounds": 2, "baselines": False}


def attacked_shop(shop: Any) -> tuple[str, Iterator[Finding]]:
    list(shop.federation.train("orders", Plan(**RUN)))  # type: ignore[arg-type]
    (run,) = shop.federation.runs("orders")
    return run.id, proofs.attack_run(shop._desk, "orders", run.id, seed=4)


def kept(shop: Any) -> tuple[Any, ...]:
    with shop._desk.database.reading() as connection:
        return proofs.sieges(connection, shop.dataset("orders"))


def test_an_attack_on_a_run_is_kept_and_in_the_trail_without_any_value(shop: Any) -> None:
    run_id, findings = attacked_shop(shop)
    found = list(findings)

    (siege,) = kept(shop)
    (newest,) = shop.entries(1)
    assert [siege.reading, *siege.reconstructions, *siege.memberships, *siege.poisonings] == found
    assert (siege.run_id, siege.seed, siege.sight) == (run_id, 4, Sight.EACH_UPDATE)
    assert newest.act == "run.attack"
    assert newest.facts["internal"] is True
    assert newest.facts["rows_read"] == newest.facts["rows_attacked"] > 0
    assert shop.budget("customers").spends == ()
    assert "Zembla" not in repr(siege)
    assert all(0.5 < one.at_most < 1 for one in siege.memberships if one.is_protected)
    assert shop.verify_trail().ok


def test_an_attack_that_is_stopped_is_kept_as_far_as_it_went(shop: Any) -> None:
    _, findings = attacked_shop(shop)
    first = next(findings)
    findings.close()  # type: ignore[attr-defined]

    (siege,) = kept(shop)
    assert siege.reading == first
    assert siege.reconstructions == siege.memberships == siege.poisonings == ()
    assert shop.entries(1)[0].act == "run.attack"


def test_a_run_that_is_not_there_is_refused(shop: Any) -> None:
    with pytest.raises(UnknownRunError, match="run-0"):
        next(proofs.attack_run(shop._desk, "orders", "run-0"))

    assert kept(shop) == ()
