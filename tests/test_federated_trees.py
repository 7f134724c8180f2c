"""Boosted trees: sums equal a plain loop's, all sites equal one place, and noise is survived."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, coins, plan, secrets, shop
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import Table, to_parquet
from compliance.errors import MalformedPlanError
from compliance.federated import Problem, Training, finish, prepare, to_plan, train
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import TreeLearner, learner_of
from compliance.federated.learners.binning import FINE, binned, layout_of
from compliance.federated.learners.forest import Forest, Travellers
from compliance.federated.learners.growing import Caution, best_splits
from compliance.federated.nouns import Metric, ModelKind, Plan, Poison, Strategy, Trouble
from compliance.federated.problem import Clients
from compliance.privacy.nouns import NoisePlace


def trees(**changes: object) -> Plan:
    """A short plan for trees in `shop`."""
    return plan(**{"model": ModelKind.TREES, "rounds": 6, "learning_rate": 0.3, **changes})


def whole_run(problem: Problem, asked: Plan) -> Training:
    *_, last = train(problem, asked)
    return last


def learner_for(problem: Problem, asked: Plan) -> TreeLearner:
    learner = learner_of(problem, asked)
    assert isinstance(learner, TreeLearner)
    return learner


def some_clients() -> Clients:
    """Six of them; one has no row, one a single one, and two share rows."""
    return Clients(
        starts=np.array([300, 0, 100, 60, 200, 299]),
        sizes=np.array([0, 5, 16, 17, 64, 1]),
        keys=np.arange(6, dtype=np.uint64),
        most=64,
    )


def plain_score(learner: TreeLearner, model: FloatArray, row: int, trees: int) -> float:
    """What the first trees say of a row, as one would first write it."""
    forest, score = learner.forest, float(model[0])
    for tree in range(trees):
        leaf = plain_node(learner, model, row, tree, forest.depth)
        score += forest.leaves(model, tree)[leaf]
    return score


def plain_node(learner: TreeLearner, model: FloatArray, row: int, tree: int, level: int) -> int:
    node = 0
    for above in range(level):
        at = 2**above - 1 + node
        input_ = int(learner.forest.inputs(model, tree)[at])
        threshold = learner.forest.thresholds(model, tree)[at]
        node = 2 * node + int(input_ > 0 and learner.bins[row, input_ - 1] > threshold)
    return node


def plain_sums(
    learner: TreeLearner, rows: range, model: FloatArray, round_: int, level: int
) -> FloatArray:
    """What `TreeLearner.contributions` promises for one client, cell by cell."""
    layout = learner.layout
    sums = np.zeros((2, 2 ** (learner.plan.depth - 1), layout.cells))
    for row in rows:
        score = plain_score(learner, model, row, round_ - 1)
        chance, answer = 1 / (1 + math.exp(-score)), learner.problem.answers[row]
        node = plain_node(learner, model, row, round_ - 1, level)
        for input_ in range(learner.bins.shape[1]):
            value = int(learner.bins[row, input_])
            if layout.choices[input_] < 0:
                cell = int(layout.first[input_]) + value
            elif value:
                cell = int(layout.first[input_])
            else:
                continue
            sums[0, node, cell] += chance - (answer > 0)
            sums[1, node, cell] += chance * (1 - chance)
    return sums.reshape(-1)


def grown(learner: TreeLearner, clients: int) -> FloatArray:
    """For each client, other trees of three rounds."""
    models = []
    for one in range(clients):
        problem = learner.problem
        site = problem.everybody.some(np.array([0]))
        some = replace(site, sizes=np.array([60 + 40 * one]))
        model = learner.initial()
        for round_ in (1, 2, 3):
            for exchange in range(learner.exchanges):
                sums = learner.contributions(some, model[None], round_, exchange=exchange)
                model = learner.advanced(model, sums[0], round_, exchange=exchange)
        models.append(model)
    return np.stack(models)


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop())
    return prepare(table, known, trees(), unit=PERSON)


@pytest.fixture
def hidden(stored: Store) -> Problem:
    table, known = stored(**shop(3000))
    return prepare(table, known, trees(privacy=NOISE), unit=PERSON)


@pytest.mark.parametrize("round_", [1, 3])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_sums_of_all_clients_at_once_equal_a_plain_loop(
    problem: Problem, round_: int, level: int
) -> None:
    learner, clients = learner_for(problem, trees()), some_clients()
    models = grown(learner, len(clients))

    at_once = learner.contributions(clients, models, round_, exchange=level)

    for client, (start, size) in enumerate(zip(clients.starts, clients.sizes, strict=True)):
        rows = range(int(start), int(start + size))
        one_by_one = plain_sums(learner, rows, models[client], round_, level)
        assert np.abs(at_once[client] - one_by_one).max() < 1e-6  # derivatives lie on a grid
    assert not at_once[0].any()
    assert at_once[4].any()


def test_memory_stays_bounded_and_pieces_change_nothing(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, clients = learner_for(problem, trees()), some_clients()
    models = grown(learner, len(clients))
    whole = learner.contributions(clients, models, 3, exchange=2)

    monkeypatch.setattr("compliance.federated.learners.trees._CELLS_AT_ONCE", 50)

    assert learner.contributions(clients, models, 3, exchange=2).tobytes() == whole.tobytes()


def test_trees_of_all_sites_are_those_of_all_rows_in_one_place(problem: Problem) -> None:
    run = whole_run(problem, trees(rounds=12))

    assert run.model.any()
    assert run.model.tobytes() == run.model_pooled.tobytes()
    assert all((run.model != alone).any() for alone in run.models_alone)


def test_scores_that_are_remembered_are_those_that_are_not(problem: Problem) -> None:
    whole = whole_run(problem, trees(rounds=6))
    first = next(train(problem, trees(rounds=6)))

    *_, resumed = train(problem, trees(rounds=6), resumed=first)

    assert resumed.model.tobytes() == whole.model.tobytes()
    assert resumed.models_alone.tobytes() == whole.models_alone.tobytes()
    remembering, fresh = (learner_for(problem, trees(rounds=6)) for _ in range(2))
    for model in (whole.model, whole.models_alone[0], whole.model):
        there = remembering.contributions(problem.everybody, model[None], 6, exchange=1)
        here = replace(fresh, _known=[]).contributions(
            problem.everybody, model[None], 6, exchange=1
        )
        assert there.tobytes() == here.tobytes()


def test_trees_find_what_no_line_tells(stored: Store) -> None:
    dice = np.random.default_rng(5)
    one, other = dice.integers(0, 9, 800), dice.integers(0, 9, 800)
    table, known = stored(
        site=[f"shop {number % 3}" for number in range(800)],
        one=one.tolist(),
        other=other.tolist(),
        bought=np.where((one > 4) ^ (other > 4), "yes", "no").tolist(),
    )
    asked = trees(depth=2, rounds=10, features=("one", "other"))

    by_trees = whole_run(prepare(table, known, asked), asked)
    by_line = whole_run(prepare(table, known, plan()), plan())

    assert by_trees.latest.metric > 0.99
    assert by_line.latest.metric < 0.7


def test_numbers_are_learnt_by_squared_loss(problem: Problem) -> None:
    seconds = problem.inputs[:, :1].sum(axis=1)
    numbers = replace(problem, answers=np.sin(3 * seconds) + 4, answers_known=0)

    run = whole_run(numbers, trees(rounds=30))
    outcome = finish(numbers, trees(rounds=30), run)

    assert outcome.metric is Metric.R2
    assert run.latest.metric > 0.9
    assert run.model.tobytes() == run.model_pooled.tobytes()


def test_more_than_two_answers_are_refused(problem: Problem) -> None:
    with pytest.raises(MalformedPlanError, match="trees tell two answers apart"):
        learner_of(replace(problem, answers_known=3), trees())


def test_a_model_of_zeros_says_nothing_and_a_void_round_leaves_its_tree_so(
    problem: Problem,
) -> None:
    learner = learner_for(problem, trees())
    asked = trees(trouble=Trouble(dropout=0.6, quorum=0.5), rounds=8)

    run = whole_run(problem, asked)

    assert not learner.predicted(learner.initial(), slice(0, 50)).any()
    void = [done.round for done in run.rounds if done.is_void]
    assert 0 < len(void) < 8
    forest = learner_for(problem, asked).forest
    for round_ in range(1, 9):
        assert forest.leaves(run.model, round_ - 1).any() == (round_ not in void)


def test_a_site_with_one_row_grows_no_branch(problem: Problem) -> None:
    learner = learner_for(problem, trees())
    alone = replace(problem.everybody, sizes=np.array([1]))
    sums = learner.contributions(alone, learner.initial()[None], 1)

    model = learner.advanced(learner.initial(), sums[0], 1)

    assert not learner.forest.inputs(model, 0).any()
    assert model[0] == pytest.approx(problem.answers[0] * 0.4)  # half a row over 1/4 and 1


def test_a_site_that_sends_no_numbers_is_not_taken(problem: Problem) -> None:
    asked = trees(trouble=Trouble(poisoned=1, poison=Poison.BROKEN))

    run = whole_run(problem, asked)

    assert [done.refused for done in run.rounds] == [1] * 6
    assert run.latest.metric > 0.6


def test_sums_that_lie_are_survived(problem: Problem) -> None:
    for poison in (Poison.FLIP, Poison.NOISE):
        run = whole_run(problem, trees(trouble=Trouble(poisoned=3, poison=poison)))

        assert np.isfinite(run.model).all()


def test_what_travels_has_one_shape_however_many_rows_there_are(problem: Problem) -> None:
    run = whole_run(problem, trees(depth=3))
    learner = learner_for(problem, trees(depth=3))
    up = [one for one in run.latest.sent if one.is_up]

    assert {one.shape for one in up} == {(4, learner.layout.cells)}
    assert {one.copies for one in up} == {4 * 3}  # four sites, three levels
    assert sum(tensor.size for tensor in learner.tensors) == len(run.model)


def test_options_take_one_cell_and_numbers_one_for_each_bin(problem: Problem) -> None:
    layout = layout_of(problem, FINE)
    numbers = int((problem.choices < 0).sum())

    assert numbers == 2  # seconds and discount
    assert layout.cells == numbers * layout.bins + problem.inputs.shape[1] - numbers
    assert layout.slots == numbers + 3  # channel, weekend, and the 1 in every row


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=30))
def test_bins_keep_the_order_of_numbers_and_look_at_one_at_a_time(numbers: list[float]) -> None:
    empty = Problem.__new__(Problem)
    for name, value in (("choices", np.array([-1, 0])), ("inputs", np.zeros((1, 2)))):
        object.__setattr__(empty, name, value)
    layout = layout_of(empty, FINE)
    column = np.array([[number, 1.0] for number in sorted(numbers)])

    bins = binned(column, layout)[:, 0].astype(int)

    assert (np.diff(bins) >= 0).all()
    assert (np.sign(bins - binned(np.zeros((1, 2)), layout)[0, 0]) == np.sign(column[:, 0])).all()
    assert bins.max() < layout.bins
    for row in range(len(column)):
        assert binned(column[row : row + 1], layout)[0, 0] == bins[row]


def test_equal_gains_are_decided_by_the_order_of_inputs(problem: Problem) -> None:
    doubled = np.concatenate(
        [problem.inputs[:, :1], problem.inputs[:, :1], problem.inputs[:, -1:]], 1
    )
    twin = replace(problem, inputs=doubled, choices=np.array([-1, -1, 0]))
    learner = learner_for(twin, trees())
    sums = learner.contributions(twin.everybody, learner.initial()[None], 1)

    splits = best_splits(
        sums.reshape(2, -1, learner.layout.cells)[:, :1],
        learner.layout,
        Caution(weight=1.0, least=1.0),
    )

    assert splits.inputs.tolist() == [1]


def test_one_row_never_needs_more_than_the_clip(hidden: Problem) -> None:
    learner = learner_for(hidden, trees(privacy=NOISE))
    model = learner.initial()
    model[0] = -6.0  # sure of the wrong answer for some
    rows = np.arange(hidden.training_rows)
    each = Clients(starts=rows, sizes=np.ones_like(rows), keys=rows.astype(np.uint64), most=1).some(
        rows[:400]
    )

    sums = learner.contributions(each, np.broadcast_to(model, (400, len(model))), 1)

    lengths = np.linalg.norm(sums, axis=1)
    assert 0.9 < lengths.max() <= 1


def test_every_exchange_draws_people_anew(hidden: Problem) -> None:
    drawn: list[int] = []
    dice = coins(1)

    def draw(size: int) -> bytes:
        drawn.append(size)
        return dice(size)

    asked = trees(privacy=NOISE, fraction=0.1, rounds=3, depth=2, baselines=False)
    noisy = replace(secrets(2), draw=draw)
    *_, run = train(hidden, asked, secrets=noisy)

    assert len(drawn) == 3 * asked.exchanges == 6
    assert np.isfinite(run.model).all()


def test_trees_learn_under_noise(hidden: Problem) -> None:
    asked = trees(
        privacy=replace(NOISE, noise_multiplier=0.5),
        fraction=0.5,
        rounds=15,
        depth=2,
        baselines=False,
    )
    *_, run = train(hidden, asked, secrets=secrets(3))

    assert run.latest.metric > 0.7


@pytest.mark.parametrize("by", list(NoisePlace))
def test_noise_that_drowns_everything_grows_no_branch_and_breaks_nothing(
    hidden: Problem, by: NoisePlace
) -> None:
    asked = trees(privacy=replace(NOISE, noise_multiplier=500, place=by), rounds=2, baselines=False)

    *_, run = train(hidden, asked, secrets=secrets(4))

    assert np.abs(run.model[:1]).max() < 10
    forest = learner_for(hidden, asked).forest
    split = sum(int((forest.inputs(run.model, tree) > 0).sum()) for tree in range(2))
    assert split <= 4  # of fourteen; a square of noise sometimes passes for a gain
    assert np.isfinite(run.latest.loss)


def test_bins_are_coarser_the_more_noise_there_is(hidden: Problem) -> None:
    bins = [
        learner_for(
            hidden, trees(privacy=replace(NOISE, noise_multiplier=z), fraction=1.0)
        ).layout.bins
        for z in (0.1, 0.5, 10)
    ]

    assert bins[0] > bins[1] > bins[2]
    assert learner_for(hidden, trees()).layout.bins == bins[0]


def test_noise_of_many_cells_is_averaged_away(hidden: Problem) -> None:
    """Two ways to the same sum are surer than either: the split with noise is nearer the exact."""
    learner = learner_for(hidden, trees(privacy=NOISE))
    layout, dice = learner.layout, np.random.default_rng(0)
    flat = np.zeros((2, 1, layout.cells))
    flat[1] = 40.0
    exact = Caution(weight=1.0, least=-np.inf)

    def spread_of_totals(caution: Caution) -> float:
        values = []
        for _ in range(300):
            sums = flat + dice.normal(0, 1, flat.shape)
            values.append(best_splits(sums, layout, caution).values.sum())
        return float(np.std(values))

    assert spread_of_totals(replace(exact, spread=1.0)) < 0.8 * spread_of_totals(exact)


@pytest.mark.parametrize("strategy", ["scaffold", "fedadam", "median", "fedavgm"])
def test_a_strategy_that_joins_steps_is_refused_for_sums(strategy: str) -> None:
    said = {"sites": {"column": "site"}, "target": "bought", "model": "trees"}

    with pytest.raises(MalformedPlanError, match="sites send sums for “trees”"):
        to_plan({**said, "strategy": strategy})
    assert to_plan({**said, "strategy": "fedavg"}).strategy is Strategy.FEDAVG


def test_trees_with_noise_cost_as_much_as_other_models_by_default() -> None:
    said = {"sites": {"column": "site"}, "target": "bought", "model": "trees"}
    noisy = to_plan({**said, "privacy": {"noise_multiplier": 1}})

    assert (noisy.depth, noisy.fraction, noisy.strategy) == (2, 0.1, Strategy.FEDAVG)
    assert noisy.rounds * noisy.exchanges == to_plan({**said, "model": "logistic"}).rounds
    assert (to_plan(said).depth, to_plan(said).fraction) == (3, 1.0)


def test_a_row_goes_left_where_no_input_is_asked() -> None:
    forest = Forest(trees=1, depth=2)
    model = np.zeros((1, forest.size))
    forest.leaves(model, 0)[0] = [1.0, 2.0, 3.0, 4.0]
    rows: IntArray = np.arange(2)
    here = Travellers(bins=np.array([[0, 1], [9, 1]], dtype=np.uint8), rows=rows, model=rows * 0)

    assert here.scores(forest, model, 0).tolist() == [1.0, 1.0]
    forest.inputs(model, 0)[0, 0] = 1  # the root asks the first input, its right child nothing
    assert here.scores(forest, model, 0).tolist() == [1.0, 3.0]


@pytest.fixture
def shoppers(shared_data: Path, tmp_path: Path) -> tuple[Table, tuple[Column, ...]]:
    path = shared_data / "online_shoppers" / "online_shoppers_intention.csv"
    cleaned = clean(read(RawFile(name=path.name, data=path.read_bytes())).table)
    (tmp_path / "table.parquet").write_bytes(to_parquet(cleaned.table))
    return Table(tmp_path / "table.parquet"), cleaned.columns


SHOPPERS = {"sites": {"column": "Region"}, "target": "Revenue", "model": "trees"}


@pytest.mark.realdata
def test_trees_tell_buyers_from_visitors(shoppers: tuple[Table, tuple[Column, ...]]) -> None:
    asked = to_plan(SHOPPERS)
    problem = prepare(*shoppers, asked)

    run = whole_run(problem, asked)
    outcome = finish(problem, asked, run)

    assert run.latest.metric > 0.925
    assert outcome.baselines is not None
    assert outcome.baselines.centralised == run.latest.metric
    assert outcome.baselines.local < run.latest.metric


@pytest.mark.realdata
def test_with_noise_the_default_trees_still_learn(
    shoppers: tuple[Table, tuple[Column, ...]],
) -> None:
    asked = to_plan({**SHOPPERS, "privacy": {"noise_multiplier": 1}, "baselines": False})
    problem = prepare(*shoppers, asked)

    *_, run = train(problem, asked, secrets=secrets(3))

    assert run.latest.metric > 0.88
