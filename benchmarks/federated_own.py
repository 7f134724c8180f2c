"""The project's own engine on the work of `federated.py`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from compliance.federated.models import LinearModel, Link, Model, Perceptron
from federated_loops import FloatArray, IntArray
from federated_work import SEED, Work

from compliance.dataset.nouns import ColumnName
from compliance.federated.engine import local_models
from compliance.federated.nouns import LeftOut, Plan
from compliance.federated.problem import Clients, Problem


class Trainer:
    """One piece of work, laid out as the engine has it: per layer one matrix, its biases last."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.model = _model(work.widths)
        self.problem = _problem(work)
        self.plan = Plan(
            site_column=ColumnName("site"),
            target=ColumnName("answer"),
            local_epochs=work.epochs,
            batch=work.batch,
            learning_rate=work.rate,
            seed=SEED,
        )

    def round(self, model: FloatArray, round_: int) -> FloatArray:
        """The average of the cohort's models after their local training."""
        cohort = self.work.cohorts[(round_ - 1) % len(self.work.cohorts)]
        clients = self.problem.sites.some(cohort)
        starts = np.tile(model, (len(clients), 1))
        trained = local_models(self.model, self.problem, clients, starts, self.plan, round_)
        return self.work.weights(cohort) @ trained

    def answers(self, model: FloatArray, inputs: FloatArray) -> IntArray:
        """What a model says of rows: the number of the likeliest answer."""
        return self.model.outputs(model, _with_ones(inputs)).argmax(axis=1)


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


def _problem(work: Work) -> Problem:
    sites = len(work.sizes)
    return Problem(
        features=(),
        inputs=np.vstack([_with_ones(work.inputs), np.zeros(work.widths[0] + 1)]),
        answers=np.append(work.labels, 0).astype(float),
        answers_known=work.widths[-1],
        person=np.arange(len(work.labels), dtype=np.uint64),
        site_names=tuple(map(str, range(sites))),
        sites=Clients(
            starts=work.starts,
            sizes=work.sizes,
            keys=np.arange(sites, dtype=np.uint64),
            most=int(work.sizes.max()),
        ),
        held_out=np.zeros(sites, dtype=np.int64),
        units=None,
        unit_is_row=True,
        bytes_home=(0,) * sites,
        sites_left_out=0,
        left_out=LeftOut(),
    )


def _with_ones(inputs: FloatArray) -> FloatArray:
    return np.hstack([inputs, np.ones((len(inputs), 1))])
