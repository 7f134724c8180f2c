"""Models as vectors: gradients against differences, shapes, and a model of one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from federated_cases import PERSON, Store, plan, shop

from compliance.federated import (
    LinearModel,
    Link,
    Model,
    Perceptron,
    finish,
    looped,
    prepare,
    train,
)
from compliance.federated.features import FloatArray
from compliance.federated.measures import accuracy, explained, log_loss, softmax_loss
from compliance.federated.nouns import Metric, ModelKind, Tensor

MODELS = [
    pytest.param(LinearModel(inputs=4), id="logistic"),
    pytest.param(LinearModel(inputs=4, link=Link.IDENTITY), id="linear"),
    pytest.param(LinearModel(inputs=4, width=3, link=Link.SOFTMAX), id="softmax"),
    pytest.param(Perceptron(widths=(4, 5, 3)), id="one hidden layer"),
    pytest.param(Perceptron(widths=(4, 6, 5, 3)), id="two hidden layers"),
    pytest.param(Perceptron(widths=(4, 5, 1), link=Link.IDENTITY), id="a number"),
]


def answers(link: Link, rows: int, dice: np.random.Generator) -> FloatArray:
    if link is Link.SOFTMAX:
        return dice.integers(0, 3, rows).astype(float)
    return dice.choice([-1.0, 1.0], rows) if link is Link.LOGISTIC else dice.normal(size=rows)


def as_outputs(link: Link, truth: FloatArray) -> FloatArray:
    """As a model's gradient is given them: one element per output."""
    return np.eye(3)[truth.astype(int)] if link is Link.SOFTMAX else truth[..., None]


def loss(link: Link, outputs: FloatArray, truth: FloatArray) -> float:
    """Summed over rows, as gradients are."""
    if link is Link.SOFTMAX:
        return len(truth) * softmax_loss(truth, outputs)
    if link is Link.LOGISTIC:
        return len(truth) * log_loss(truth, outputs[:, 0])
    return float(((outputs[:, 0] - truth) ** 2).sum()) / 2


def rows(dice: np.random.Generator, count: int) -> FloatArray:
    return np.column_stack([dice.normal(size=(count, 3)), np.ones(count)])


def size(model: Model) -> int:
    return sum(tensor.size for tensor in model.tensors)


@pytest.mark.parametrize("model", MODELS)
def test_a_gradient_is_what_small_differences_of_the_loss_say(model: Model) -> None:
    dice = np.random.default_rng(1)
    inputs, truth = rows(dice, 6), answers(model.link, 6, dice)
    vector = dice.normal(0, 0.7, size(model))
    found = np.empty((1, size(model)))
    model.gradients(vector[None], inputs[None], as_outputs(model.link, truth)[None], found)

    for place in range(size(model)):
        step = np.zeros(size(model))
        step[place] = 1e-6
        above = loss(model.link, model.outputs(vector + step, inputs), truth)
        below = loss(model.link, model.outputs(vector - step, inputs), truth)

        assert found[0, place] == pytest.approx((above - below) / 2e-6, abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_a_row_of_zeros_changes_no_gradient(model: Model) -> None:
    dice = np.random.default_rng(2)
    inputs, truth = rows(dice, 5), answers(model.link, 5, dice)
    padded = np.vstack([inputs, np.zeros((3, 4))])[None]
    models = dice.normal(size=(1, size(model)))
    plain, filled = np.empty((2, 1, size(model)))
    model.gradients(models, inputs[None], as_outputs(model.link, truth)[None], plain)
    more = as_outputs(model.link, np.append(truth, np.zeros(3)))[None]
    model.gradients(models, padded, more, filled)

    assert np.abs(plain - filled).max() < 1e-12


@pytest.mark.parametrize("model", MODELS)
def test_clients_side_by_side_get_the_gradients_they_get_alone(model: Model) -> None:
    dice = np.random.default_rng(3)
    models = dice.normal(size=(7, size(model)))
    inputs = np.stack([rows(dice, 5) for _ in range(7)])
    truth = as_outputs(model.link, np.stack([answers(model.link, 5, dice) for _ in range(7)]))
    together = np.empty_like(models)
    model.gradients(models, inputs, truth, together)

    for client in range(7):
        alone = np.empty((1, size(model)))
        one = slice(client, client + 1)
        model.gradients(models[one], inputs[one], truth[one], alone)

        assert alone.tobytes() == together[one].tobytes()


def test_the_mnist_network_of_the_literature_has_its_size() -> None:
    assert size(Perceptron(widths=(785, 200, 200, 10))) == 199_210


def test_a_perceptron_starts_from_its_seed_with_biases_of_zero() -> None:
    model = Perceptron(widths=(4, 5, 3))

    assert model.initial(1).tobytes() == model.initial(1).tobytes()
    assert (model.initial(1) != model.initial(2)).any()
    assert not model.initial(1)[: 5 * 4].reshape(5, 4)[:, -1].any()


@dataclass(frozen=True)
class Dense:
    """A layer of ten outputs over ten inputs, as somebody might bring it along."""

    link: Link = Link.SOFTMAX
    tensors: tuple[Tensor, ...] = (Tensor(name="kernel", shape=(10, 10)),)

    def initial(self, seed: int) -> FloatArray:
        return np.zeros(100)

    def gradients(
        self, models: FloatArray, inputs: FloatArray, answers: FloatArray, out: FloatArray
    ) -> None:
        looped(self.gradient)(models, inputs, answers, out)

    def gradient(self, model: FloatArray, inputs: FloatArray, answers: FloatArray) -> FloatArray:
        chances = np.exp(self.outputs(model, inputs))
        chances /= chances.sum(axis=1, keepdims=True)
        return (inputs.T @ (chances - answers)).reshape(-1)

    def outputs(self, model: FloatArray, inputs: FloatArray) -> FloatArray:
        return inputs @ model.reshape(10, 10)


def test_a_model_of_ones_own_is_trained_like_the_others(stored: Store) -> None:
    table, known = stored(**shop())
    asked = plan(model=ModelKind.SOFTMAX, rounds=3)
    problem = prepare(table, known, asked, unit=PERSON)
    own = LinearModel(inputs=problem.inputs.shape[1], width=2, link=Link.SOFTMAX)

    *_, mine = train(problem, asked, model=own)
    *_, theirs = train(problem, asked)

    assert mine.model.tobytes() == theirs.model.tobytes()


def test_ten_clients_of_ten_rows_train_a_dense_layer_for_ten_epochs() -> None:
    from dense_clients import problem_of_ten_clients

    problem, asked = problem_of_ten_clients()
    *_, last = train(problem, asked, model=Dense())
    outcome = finish(problem, asked, last, model=Dense())

    assert outcome.metric is Metric.ACCURACY
    assert outcome.rounds[-1].loss < outcome.rounds[0].loss < np.log(10)
    assert len(outcome.sites) == 10


@pytest.mark.parametrize(
    ("model", "target", "metric"),
    [
        (ModelKind.SOFTMAX, "bought", Metric.AUC),
        (ModelKind.MLP, "bought", Metric.AUC),
        (ModelKind.SOFTMAX, "channel", Metric.ACCURACY),
        (ModelKind.MLP, "channel", Metric.ACCURACY),
        (ModelKind.LINEAR, "seconds", Metric.R2),
    ],
)
def test_each_kind_of_answer_has_its_metric(
    stored: Store, model: ModelKind, target: str, metric: Metric
) -> None:
    table, known = stored(**shop())
    asked = plan(model=model, target=target, rounds=2)
    problem = prepare(table, known, asked, unit=PERSON)
    *_, last = train(problem, asked)
    outcome = finish(problem, asked, last)

    assert outcome.metric is metric
    assert outcome.rounds[-1].metric == last.latest.metric <= 1
    assert outcome.rounds[-1].loss < outcome.rounds[0].loss


def test_a_perceptron_learns_what_no_straight_line_can(stored: Store) -> None:
    dice = np.random.default_rng(0)
    left, right = dice.choice([-3.0, 3.0], (2, 800))
    columns = {
        "site": [f"shop {place}" for place in dice.integers(0, 4, 800).tolist()],
        "left": left.tolist(),
        "right": right.tolist(),
        "bought": np.where(left * right > 0, "yes", "no").tolist(),
    }
    table, known = stored(**columns)

    def reached(model: ModelKind) -> float:
        asked = plan(model=model, rounds=20, learning_rate=0.3)
        *_, last = train(prepare(table, known, asked), asked)
        return last.latest.metric

    assert reached(ModelKind.MLP) > 0.99
    assert reached(ModelKind.SOFTMAX) < 0.7


def test_measures_of_classes_and_numbers_by_hand() -> None:
    outputs = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]))

    assert softmax_loss(np.array([0.0, 2.0]), outputs) == pytest.approx(-np.log(0.5 * 0.1) / 2)
    assert accuracy(np.array([0.0, 2.0]), outputs) == 0.5
    assert explained(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])) == 1
    assert explained(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])) == 0
    assert explained(np.array([2.0, 2.0]), np.array([2.0, 1.0])) is None


def test_a_run_with_a_perceptron_goes_as_well_with_noise(stored: Store) -> None:
    from federated_cases import NOISE, secrets

    table, known = stored(**shop())
    asked = plan(model=ModelKind.MLP, privacy=NOISE, fraction=0.5)
    problem = prepare(table, known, asked, unit=PERSON)
    *_, last = train(problem, asked, secrets=secrets(1))

    assert np.isfinite(last.model).all()
    assert replace(last.latest, epsilon=None).clients > 0
