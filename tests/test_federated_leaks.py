"""Whether a row can be read off what a site sends: looked at in every round without noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop

from compliance.federated import Problem, prepare, train
from compliance.federated.features import FloatArray
from compliance.federated.leaks import readable, rows_of
from compliance.federated.learners import Learner, learner_of
from compliance.federated.nouns import ModelKind, NoisePlan, Plan, Sight, Strategy, Tensor
from compliance.federated.problem import Clients
from compliance.privacy.nouns import NoisePlace

MODELS = [
    pytest.param({"model": ModelKind.LOGISTIC}, id="logistic"),
    pytest.param({"model": ModelKind.SOFTMAX}, id="softmax"),
    pytest.param({"model": ModelKind.MLP, "hidden": (5,)}, id="mlp"),
]
STRATEGIES = [Strategy.FEDAVG, Strategy.FEDSGD, Strategy.FEDPROX, Strategy.SCAFFOLD]


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop())
    return prepare(table, known, plan(), unit=PERSON)


def with_a_kiosk(stored: Store, asked: Plan, records: int = 1) -> Problem:
    """The shop, with one more site that trains on so many different people."""
    columns = shop(800)
    table, known = stored(**columns)
    taken = prepare(table, known, asked, unit=PERSON)
    sizes = taken.sites.sizes.copy()
    sizes[0] = records
    return replace(taken, sites=replace(taken.sites, sizes=sizes))


def sent(learner: Learner, clients: Clients, round_: int = 1) -> FloatArray:
    model = np.random.default_rng(3).normal(0, 0.1, len(learner.initial()))
    return learner.contributions(clients, np.tile(model, (len(clients), 1)), round_)


def made_up(sizes: list[int]) -> Clients:
    counts = np.array(sizes)
    return Clients(
        starts=np.cumsum(counts) - counts,
        sizes=counts,
        keys=np.arange(len(sizes), dtype=np.uint64),
        most=max(sizes),
    )


@pytest.mark.parametrize("changes", MODELS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_site_with_one_record_is_found_in_every_round(
    stored: Store, changes: dict[str, object], strategy: Strategy
) -> None:
    asked = plan(minimum_records=1, strategy=strategy, **changes)
    problem = with_a_kiosk(stored, asked)
    *_, last = train(problem, asked)

    assert [done.readable for done in last.rounds] >= [1] * asked.rounds


@pytest.mark.parametrize("changes", [MODELS[0], MODELS[1]])
def test_at_sites_with_many_records_no_row_is_found(
    problem: Problem, changes: dict[str, object]
) -> None:
    *_, last = train(problem, plan(**changes))

    assert [done.readable for done in last.rounds] == [0] * 4


@pytest.mark.parametrize("changes", MODELS)
def test_copies_of_one_row_are_found_by_where_the_update_points(
    problem: Problem, changes: dict[str, object]
) -> None:
    """Not by the number of records: a minimum of 20 does not help against 30 copies."""
    inputs, answers = problem.inputs.copy(), problem.answers.copy()
    inputs[:30], answers[:30] = inputs[0], answers[0]
    copied = replace(problem, inputs=inputs, answers=answers)
    learner = learner_of(copied, plan(**changes))
    clients = made_up([30, 40, 50])

    assert readable(learner, clients, sent(learner, clients)).tolist()[0]
    if changes["model"] is not ModelKind.MLP:
        assert readable(learner, clients, sent(learner, clients)).tolist() == [True, False, False]


def test_a_hidden_unit_that_one_row_wakes_is_found(problem: Problem) -> None:
    learner = learner_of(problem, plan(model=ModelKind.MLP, hidden=(3,), local_epochs=1, batch=60))
    clients = made_up([60])
    first = learner.tensors[0]
    rows = problem.inputs[:60]
    seconds = np.unique(rows[:, 0])
    model = learner.initial()
    layer = np.zeros(first.shape)
    if (rows[:, 0] == seconds[-1]).sum() == 1:  # the row of the longest visit, and no other
        layer[0, 0], layer[0, -1] = 1, -(seconds[-1] + seconds[-2]) / 2
    model[: first.size] = layer.ravel()
    woken = learner.contributions(clients, model[None], 1)
    layer[0, -1] = -(seconds[-9] + seconds[-10]) / 2
    model[: first.size] = layer.ravel()
    woken_by_nine = learner.contributions(clients, model[None], 1)

    assert readable(learner, clients, woken).tolist() == [True]
    assert readable(learner, clients, woken_by_nine).tolist() == [False]


def test_the_sum_over_sites_hides_the_row_of_one(stored: Store) -> None:
    asked = plan(minimum_records=1, secure=True)
    problem = with_a_kiosk(stored, asked)
    *_, last = train(problem, asked, secrets=secrets(1))
    *_, open_ = train(problem, replace(asked, secure=False))

    assert [done.readable for done in last.rounds] == [0] * 4
    assert [done.readable for done in open_.rounds] == [1] * 4


def test_the_sum_over_a_single_site_hides_nothing(stored: Store) -> None:
    asked = plan(minimum_records=1, secure=True)
    problem = with_a_kiosk(stored, asked)
    learner = learner_of(problem, asked)
    kiosk = problem.sites.some(np.array([0]))

    assert readable(learner, kiosk, sent(learner, kiosk), is_summed=True).tolist() == [True]


def test_a_row_in_a_message_is_found_number_by_number(problem: Problem) -> None:
    learner = learner_of(problem, plan(model=ModelKind.MLP, hidden=(8,)))
    clients = made_up([50, 50])
    messages = np.random.default_rng(0).normal(size=(2, len(learner.initial())))
    width = problem.inputs.shape[1]
    messages[1, 11 : 11 + width] = problem.inputs[70]

    assert readable(learner, clients, messages).tolist() == [False, True]

    messages[1, 11 : 11 + width] = problem.inputs[10]  # one site's row in another's message

    assert readable(learner, clients, messages).tolist() == [True, False]


def test_a_row_scaled_by_anything_is_found_and_a_row_bent_a_little_is_not(
    problem: Problem,
) -> None:
    learner = learner_of(problem, plan())
    clients = made_up([200])
    row = problem.inputs[123]
    for scale in (1e-200, -3e-7, 1.0, 1e200):
        assert readable(learner, clients, scale * row[None]).tolist() == [True]
    bent = row + 1e-3 * np.linalg.norm(row) * np.eye(len(row))[1]

    assert readable(learner, clients, bent[None]).tolist() == [False]


def test_messages_have_one_shape_however_many_rows_a_site_has(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    clients = made_up([1, 5, 200, 0])
    size = sum(tensor.size for tensor in learner.messages)

    assert sent(learner, clients).shape == (4, size)


def test_a_message_of_another_shape_is_refused(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    clients = made_up([5, 6])

    with pytest.raises(ValueError, match="shape"):
        readable(learner, clients, np.zeros((2, 1 + len(learner.initial()))))


@dataclass(frozen=True, kw_only=True)
class Counting:
    """A learner whose sites send histograms."""

    problem: Problem
    messages: tuple[Tensor, ...]
    adds_up: bool = True


@pytest.mark.parametrize(
    ("first", "second", "told", "told_of_the_sum"),
    [
        pytest.param([3, 4, 7], [2, 5, 7], [0, 0], [0, 0], id="many rows everywhere"),
        pytest.param([0, 0.5, 0.5], [2, 5, 7], [1, 0], [0, 0], id="one row at one site"),
        pytest.param([0, 0.5, 0.5], [0, 0, 0], [1, 0], [1, 0], id="one row anywhere"),
        pytest.param([1, 0, 1], [0, 1, 1], [1, 1], [0, 0], id="one row at each site"),
        pytest.param([0, 7, 7], [0, 2, 2], [1, 1], [1, 1], id="all rows alike"),
        pytest.param([1, 4, 5], [1, 5, 6], [0, 0], [0, 0], id="one row in a bin, not alone"),
        pytest.param([0, 0, 0], [0, 0, 0], [0, 0], [0, 0], id="nobody"),
    ],
)
def test_a_histogram_of_one_row_shows_that_rows_bins(
    problem: Problem,
    first: list[float],
    second: list[float],
    told: list[int],
    told_of_the_sum: list[int],
) -> None:
    """Two bins of one input, and a cell in which every row counts."""
    tensors = (Tensor(name="total", shape=(3,)), Tensor(name="sums", shape=(2, 3)))
    learner = Counting(problem=problem, messages=tensors)
    elsewhere = [[5, 3, 8], [4, 4, 8]]  # another node, in which many rows are
    messages = np.array(
        [[1, 1, 1, *far, *here] for far, here in zip(elsewhere, (first, second), strict=True)]
    )
    clients = made_up([20, 30])

    assert readable(learner, clients, messages).tolist() == [bool(one) for one in told]  # type: ignore[arg-type]
    summed = readable(learner, clients, messages, is_summed=True)  # type: ignore[arg-type]
    assert summed.tolist() == [bool(one) for one in told_of_the_sum]


def test_rows_are_listed_client_by_client() -> None:
    clients = replace(made_up([2, 0, 3]), starts=np.array([10, 12, 4]))
    rows, owner = rows_of(clients)

    assert rows.tolist() == [10, 11, 4, 5, 6]
    assert owner.tolist() == [0, 0, 2, 2, 2]


def test_with_noise_it_is_not_looked_at_and_not_said_to_be_none(stored: Store) -> None:
    asked = plan(privacy=NOISE, rounds=2)
    table, known = stored(**shop())
    *_, last = train(prepare(table, known, asked, unit=PERSON), asked, secrets=secrets(1))

    assert [done.readable for done in last.rounds] == [None, None]


@pytest.mark.parametrize(
    ("changes", "sight"),
    [
        ({}, Sight.EACH_UPDATE),
        ({"secure": True}, Sight.THE_SUM),
        ({"privacy": NOISE}, Sight.EACH_SUM),
        ({"privacy": NOISE, "secure": True}, Sight.THE_SUM),
        ({"privacy": NoisePlan(noise_multiplier=1, place=NoisePlace.SITE)}, Sight.NOISY_SUMS),
        ({"privacy": NoisePlan(noise_multiplier=1, place=NoisePlace.LOCAL)}, Sight.NOISY_PEOPLE),
    ],
)
def test_what_the_server_sees_is_said_in_words(changes: dict[str, object], sight: Sight) -> None:
    assert Sight.of(plan(**changes)) is sight
    assert sight.said.endswith(".")
