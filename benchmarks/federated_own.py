"""The project's own engine on rows that are numbers already."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from federated_loops import FloatArray, IntArray
from federated_work import SEED, Work

from compliance.dataset.nouns import ColumnName
from compliance.federated import LinearModel, Link, Model, Perceptron, Problem
from compliance.federated.engine import local_models
from compliance.federated.nouns import LeftOut, ModelKind, Plan
from compliance.federated.problem import Clients


class Rows(NamedTuple):
    """One row of numbers per record, and the number of its answer."""

    inputs: FloatArray
    labels: IntArray


class Trainer:
    """Some work, laid out as the engine has it: per layer one matrix, its biases last."""

    def __init__(self, work: Work) -> None:
        nothing = Rows(work.inputs[:0], work.labels[:0])
        self.work = work
        self.model = _model(work.widths)
        self.problem = problem_of(Rows(work.inputs, work.labels), nothing, work.sizes)
        self.plan = plan_of(work.widths, epochs=work.epochs, batch=work.batch, rate=work.rate)

    def round(self, model: FloatArray, round_: int) -> FloatArray:
        """The average of the cohort's models after their local training."""
        cohort = self.work.cohorts[(round_ - 1) % len(self.work.cohorts)]
        clients = self.problem.sites.some(cohort)
        starts = np.tile(model, (len(clients), 1))
        trained = local_models(self.model, self.problem, clients, starts, self.plan, round_)
        return self.work.weights(cohort) @ trained


def plan_of(
    widths: tuple[int, ...],
    *,
    epochs: int,
    batch: int,
    rate: float,
    rounds: int = 1,
    fraction: float = 1.0,
    seed: int = SEED,
) -> Plan:
    """A plan without baselines for a model of these widths."""
    return Plan(
        site_column=ColumnName("site"),
        target=ColumnName("answer"),
        model=ModelKind.MLP if len(widths) > 2 else ModelKind.SOFTMAX,
        hidden=widths[1:-1] or (1,),  # the softmax has none and does not look
        rounds=rounds,
        local_epochs=epochs,
        batch=batch,
        fraction=fraction,
        learning_rate=rate,
        baselines=False,
        seed=seed,
    )


def problem_of(training: Rows, held_out: Rows, sizes: IntArray) -> Problem:
    """Sites of these sizes, one after the other; all that is held out is the first one's."""
    everything = np.vstack([training.inputs, held_out.inputs])
    inputs = np.ones((len(everything) + 1, everything.shape[1] + 1))  # the intercept's one
    inputs[:-1, :-1], inputs[-1] = everything, 0.0
    return Problem(
        features=(),
        inputs=inputs,
        answers=np.concatenate([training.labels, held_out.labels, [0]]).astype(float),
        answers_known=int(training.labels.max()) + 1,
        person=np.arange(len(everything), dtype=np.uint64),
        site_names=tuple(map(str, range(len(sizes)))),
        sites=Clients(
            starts=np.cumsum(sizes) - sizes,
            sizes=sizes,
            keys=np.arange(len(sizes), dtype=np.uint64),
            most=int(sizes.max()),
        ),
        held_out=np.append(len(held_out.labels), np.zeros(len(sizes) - 1, dtype=np.int64)),
        units=None,
        unit_is_row=True,
        bytes_home=(0,) * len(sizes),
        sites_left_out=0,
        left_out=LeftOut(),
    )


def laid_out(model: FloatArray, widths: tuple[int, ...]) -> FloatArray:
    """A model of the plain loop as the engine has it: per layer one row per unit, bias last."""
    flat, at = [], 0
    for wide, high in pairwise(widths):
        layer = model[at : at + (wide + 1) * high].reshape(wide + 1, high)
        flat.append(layer.T.reshape(-1))
        at += layer.size
    return np.concatenate(flat)


def _model(widths: tuple[int, ...]) -> Model:
    wide, *hidden, high = widths
    if hidden:
        return Perceptron(widths=(wide + 1, *hidden, high), link=Link.SOFTMAX)
    return LinearModel(inputs=wide + 1, width=high, link=Link.SOFTMAX)
