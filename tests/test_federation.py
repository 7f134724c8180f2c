"""Federated runs in a workspace: paid for, stopped in time, taken up again, taken away."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from itertools import islice

import numpy as np
import pytest

from compliance.dataset import RawFile
from compliance.errors import (
    BudgetExceededError,
    CheckpointError,
    MalformedPlanError,
    PrivacyParameterError,
    UnknownRunError,
)
from compliance.federated import to_plan
from compliance.federated.nouns import Plan, Round, Run
from compliance.privacy.nouns import Budget, PrivacyUnitKind, SpendState
from compliance.workspace import Workspace
from compliance.workspace.federating.prices import price

NOISE = {"noise_multiplier": 3.0}


def plan(**more: object) -> Plan:
    raw: Mapping[str, object] = {
        "sites": {"column": "region"},
        "target": "bought",
        "rounds": 6,
        "local_epochs": 1,
    }
    return to_plan({**raw, **more})


def run(
    desk: Workspace, asked: Plan, *, rounds: int | None = None, resume: str | None = None
) -> Run:
    """The run as stored, left after `rounds`."""
    with closing(desk.federation.train("orders", asked, resume)) as going:
        list(islice(going, rounds))
    return desk.federation.runs("orders")[0]


def tensors(desk: Workspace, done: Run) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(desk.federation.model("orders", done.id))) as found:
        return {name: found[name] for name in found.files}


def without_cost(rounds: tuple[Round, ...]) -> list[tuple[float, float, str]]:
    return [(done.loss, done.metric, done.model_hash) for done in rounds]


def test_a_run_ends_before_the_round_that_would_break_the_budget(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal("3"), delta=Decimal("1e-6")))
    long = plan(rounds=500, privacy={"noise_multiplier": 2.0}, fraction=0.1)

    done = run(shop, long)
    state = shop.budget("customers")

    assert done.outcome.is_over_budget
    assert 0 < len(done.outcome.rounds) < 500
    assert 2 < state.spent.epsilon <= 3
    assert [spend.state for spend in state.spends] == [SpendState.SETTLED]
    with pytest.raises(BudgetExceededError):
        run(shop, long)


def test_a_run_that_somebody_stops_is_not_over_budget(shop: Workspace) -> None:
    done = run(shop, plan(privacy=NOISE), rounds=2)

    assert done.outcome.is_stopped
    assert not done.outcome.is_over_budget


def test_a_run_taken_up_again_is_the_run_that_was_never_stopped(shop: Workspace) -> None:
    whole = run(shop, plan(strategy="fedadam"))
    stopped = run(shop, plan(strategy="fedadam"), rounds=2)
    resumed = run(shop, plan(strategy="fedadam"), resume=stopped.id)

    assert len(stopped.outcome.rounds) == 2
    assert without_cost(resumed.outcome.rounds) == without_cost(whole.outcome.rounds)
    assert resumed.outcome.sites == whole.outcome.sites
    assert resumed.outcome.baselines == whole.outcome.baselines
    assert tensors(shop, resumed)["weights"].tobytes() == tensors(shop, whole)["weights"].tobytes()
    ended = next(entry for entry in shop.entries() if entry.act == "run.finish")
    assert ended.facts["resumed_after"] == 2


def test_a_finished_run_can_go_on_for_more_rounds(shop: Workspace) -> None:
    short, long = plan(rounds=2), plan(rounds=4)
    resumed = run(shop, long, resume=run(shop, short).id)

    assert without_cost(resumed.outcome.rounds) == without_cost(run(shop, long).outcome.rounds)


def test_trees_that_the_budget_ends_are_stored_as_they_stand(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal("3"), delta=Decimal("1e-6")))
    noise = {"noise_multiplier": 2.0}
    done = run(shop, plan(model="trees", depth=2, rounds=300, fraction=0.1, privacy=noise))

    assert done.outcome.is_over_budget
    last = done.outcome.rounds[-1]
    assert [site.metric_federated for site in done.outcome.sites] == list(last.site_metrics)
    assert [spend.state for spend in shop.budget("customers").spends] == [SpendState.SETTLED]


def test_trees_can_go_on_for_more_rounds(shop: Workspace) -> None:
    short, long = plan(model="trees", rounds=2), plan(model="trees", rounds=4)
    resumed, whole = run(shop, long, resume=run(shop, short).id), run(shop, long)

    assert without_cost(resumed.outcome.rounds[2:]) == without_cost(whole.outcome.rounds[2:])
    assert resumed.outcome.baselines == whole.outcome.baselines


def test_going_on_with_noise_pays_for_the_new_rounds_only(shop: Workspace) -> None:
    asked = plan(privacy=NOISE)
    stopped = run(shop, asked, rounds=2)
    resumed = run(shop, asked, resume=stopped.id)

    spends = shop.budget("customers").spends
    assert [spend.events[0].rounds for spend in spends] == [2, 4]  # type: ignore[union-attr]
    assert resumed.outcome.rounds[-1].epsilon == pytest.approx(
        float(shop.federation.price(asked).epsilon)
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"seed": 8}, "another plan", id="another seed"),
        pytest.param({"rounds": 2}, "2 rounds already", id="no more rounds"),
    ],
)
def test_a_run_is_taken_up_only_by_its_own_plan(
    shop: Workspace, change: Mapping[str, object], reason: str
) -> None:
    stopped = run(shop, plan(), rounds=2)

    with pytest.raises(CheckpointError, match=reason):
        run(shop, plan(**change), resume=stopped.id)


def test_an_unknown_or_lost_run_cannot_be_taken_up(shop: Workspace) -> None:
    with pytest.raises(UnknownRunError):
        run(shop, plan(), resume="run-000000000000")
    stopped = run(shop, plan(), rounds=2)
    (shop.settings.home / "runs" / f"{stopped.id}.npz").write_bytes(b"PK broken")
    with pytest.raises(CheckpointError, match="cannot be read"):
        run(shop, plan(), resume=stopped.id)
    (shop.settings.home / "runs" / f"{stopped.id}.npz").unlink()
    with pytest.raises(CheckpointError, match="not in the workspace"):
        shop.federation.model("orders", stopped.id)


def test_the_model_that_is_taken_away_is_the_one_of_the_last_round(shop: Workspace) -> None:
    done = run(shop, plan(model="mlp", hidden=[5]))
    layers = tensors(shop, done)

    assert {name: layer.shape for name, layer in layers.items()} == {
        tensor.name: tensor.shape for tensor in done.outcome.tensors
    }
    assert len(done.outcome.rounds[-1].model_hash) == 64


def test_masks_change_nothing_but_what_the_server_sees(shop: Workspace) -> None:
    plain, masked = run(shop, plan()), run(shop, plan(secure=True))
    shown, hidden = tensors(shop, plain)["weights"], tensors(shop, masked)["weights"]

    assert np.abs(shown - hidden).max() < 1e-6
    assert len(masked.outcome.seen) == len(masked.outcome.sites)
    assert plain.outcome.seen == ()
    names = {one.name for one in masked.outcome.rounds[0].sent}
    assert {"keys for masks", "sealed shares of keys", "shares to take masks off"} <= names


def test_sites_that_fall_silent_are_recovered_from_under_masks(shop: Workspace) -> None:
    trouble = {"dropout": 0.3}
    plain = run(shop, plan(trouble=trouble, rounds=12))
    masked = run(shop, plan(trouble=trouble, rounds=12, secure=True))

    for open_, hidden in zip(plain.outcome.rounds, masked.outcome.rounds, strict=True):
        assert open_.silent == hidden.silent
        is_too_few = (open_.asked - open_.silent) * 2 <= open_.asked
        assert hidden.is_void == is_too_few
    assert any(done.silent for done in masked.outcome.rounds if not done.is_void)


def test_masked_sums_with_noise_spend_the_same(shop: Workspace) -> None:
    masked = run(shop, plan(privacy=NOISE, secure=True))

    assert masked.outcome.rounds[-1].epsilon == pytest.approx(
        float(shop.federation.price(plan(privacy=NOISE)).epsilon)
    )
    assert len(masked.outcome.seen) == len(masked.outcome.sites)
    (spend,) = shop.budget("customers").spends
    assert spend.events[0].rounds == 6  # type: ignore[union-attr]


def test_a_clip_that_follows_the_updates_moves_and_costs_the_same(shop: Workspace) -> None:
    fixed = plan(privacy={"noise_multiplier": 1.0, "clip": 50.0}, fraction=0.5)
    moving = plan(
        privacy={"noise_multiplier": 1.0, "clip": 50.0, "quantile": 0.5}, fraction=0.5, rounds=6
    )
    shop.decide_budget("customers", Budget(epsilon=Decimal(50), delta=Decimal("1e-6")))
    clips = [done.clip for done in run(shop, moving).outcome.rounds]

    assert clips[0] == 50.0
    assert sorted(clips, reverse=True) == clips  # nearly all updates are shorter, so it falls
    assert clips[-1] < 40
    assert {done.clip for done in run(shop, fixed).outcome.rounds} == {50.0}
    assert shop.federation.price(moving) == shop.federation.price(fixed)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"strategy": "median"}, "median"),
        ({"strategy": "scaffold"}, "SCAFFOLD"),
        (
            {"privacy": {"noise_multiplier": 1, "unit": "site", "place": "site"}},
            "protected and draws",
        ),
        (
            {
                "privacy": {"noise_multiplier": 1, "unit": "site"},
                "trouble": {"quorum": 0.5},
            },
            "secret",
        ),
        ({"privacy": {"noise_multiplier": 1, "place": "local", "quantile": 0.5}}, "own"),
        ({"privacy": {"noise_multiplier": 1, "place": "local", "unit": "row"}}, "Each row"),
    ],
)
def test_noise_without_a_theorem_is_refused_before_anything_is_spent(
    shop: Workspace, change: Mapping[str, object], reason: str
) -> None:
    asked = plan(**{"privacy": NOISE, **change})

    with pytest.raises(MalformedPlanError, match=reason):
        run(shop, asked)
    with pytest.raises(MalformedPlanError, match=reason):
        shop.federation.price(asked)
    assert shop.budget("customers").spends == ()


def test_rows_that_stand_for_persons_do_not_add_their_own_noise(
    workspace: Workspace, orders_csv: bytes
) -> None:
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders")

    with pytest.raises(MalformedPlanError, match="Each row"):
        run(workspace, plan(privacy={**NOISE, "place": "local"}))


def test_too_few_people_for_a_moving_clip_are_refused(shop: Workspace) -> None:
    asked = plan(privacy={"noise_multiplier": 90.0, "quantile": 0.5}, fraction=0.1)

    with pytest.raises((MalformedPlanError, PrivacyParameterError)):
        run(shop, asked)
    assert shop.budget("customers").spends == ()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"secure": True, "strategy": "krum"}, "secure"),
        ({"sites": {"count": 4, "split": "shards"}, "privacy": NOISE}, "sites.split"),
        ({"privacy": NOISE, "trouble": {"poisoned": 1}}, "trouble.poisoned"),
        ({"privacy": {**NOISE, "place": "site"}, "strategy": "median"}, "strategy"),
        ({"privacy": {**NOISE, "place": "local"}, "strategy": "krum"}, "strategy"),
        ({"privacy": {**NOISE, "unit": "device"}}, "privacy.column"),
        ({"privacy": {**NOISE, "column": "person"}}, "privacy.column"),
    ],
)
def test_what_cannot_go_together_is_refused(change: Mapping[str, object], place: str) -> None:
    with pytest.raises(MalformedPlanError) as refusal:
        plan(**change)

    assert refusal.value.facts["place"] == place


def test_every_unit_is_told_how_well_it_is_protected(shop: Workspace) -> None:
    told = shop.federation.protection(plan(privacy=NOISE))
    by_unit = {one.unit: one for one in told}

    assert by_unit[PrivacyUnitKind.PERSON].is_protected_unit
    assert by_unit[PrivacyUnitKind.ROW].epsilon == by_unit[PrivacyUnitKind.PERSON].epsilon
    assert by_unit[PrivacyUnitKind.SITE].epsilon is None
    assert "no ε" in by_unit[PrivacyUnitKind.SITE].why


def test_no_device_is_said_to_lie_within_a_row_that_stands_for_a_person(shop: Workspace) -> None:
    told = shop.federation.protection(plan(privacy=NOISE), unit_is_row=True)
    by_unit = {one.unit: one for one in told}

    assert by_unit[PrivacyUnitKind.ROW].is_protected_unit
    assert by_unit[PrivacyUnitKind.DEVICE].epsilon is None
    assert by_unit[PrivacyUnitKind.PERSON].epsilon is None


@pytest.mark.parametrize("place", ["central", "site", "local"])
def test_a_run_protects_by_noise_drawn_anywhere(shop: Workspace, place: str) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(50), delta=Decimal("1e-6")))
    done = run(shop, plan(privacy={**NOISE, "place": place}, rounds=2))

    assert done.outcome.protected > 100
    assert done.outcome.rounds[-1].epsilon == pytest.approx(
        float(shop.federation.price(plan(privacy={**NOISE, "place": place}, rounds=2)).epsilon)
    )


def test_noise_at_each_site_costs_what_central_noise_costs_and_local_noise_more() -> None:
    prices = {
        place: price(plan(privacy={**NOISE, "place": place})).epsilon
        for place in ("central", "site", "local")
    }

    assert prices["central"] == prices["site"] < prices["local"]


def test_where_sites_are_protected_nothing_is_said_of_a_person_who_may_be_at_several(
    shop: Workspace,
) -> None:
    asked = plan(privacy={"noise_multiplier": 10.0, "unit": "site"}, fraction=1.0)
    by_unit = {one.unit: one for one in shop.federation.protection(asked)}

    assert by_unit[PrivacyUnitKind.ROW].epsilon == by_unit[PrivacyUnitKind.SITE].epsilon
    assert by_unit[PrivacyUnitKind.PERSON].epsilon is None
    assert by_unit[PrivacyUnitKind.DEVICE].epsilon is None


def test_a_whole_site_can_be_the_unit(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(100), delta=Decimal("1e-6")))
    done = run(
        shop, plan(privacy={"noise_multiplier": 2.0, "unit": "site"}, fraction=1.0, rounds=2)
    )

    assert done.outcome.protected == len(done.outcome.sites)


def test_a_device_can_be_the_unit(shop: Workspace) -> None:
    asked = plan(privacy={**NOISE, "unit": "device", "column": "amount"}, rounds=1)

    assert run(shop, asked).outcome.protected > 10


def test_a_row_can_be_the_unit(shop: Workspace) -> None:
    done = run(shop, plan(privacy={**NOISE, "unit": "row"}, rounds=1))

    assert done.outcome.unit_is_row
    assert done.outcome.left_out.over_limit == 0
