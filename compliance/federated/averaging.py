"""Rounds without noise: sites train, the server averages.

Source: McMahan et al. 2017, arXiv:1602.05629, Algorithm 1 (FederatedAveraging).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compliance.federated.engine import local_models
from compliance.federated.exchange import Exchange, Silence, asked_models
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan
from compliance.federated.problem import Problem

_COHORTS = 1  # keeps these draws apart from those that shuffle rows


def cohort(sites: int, plan: Plan, round_: int) -> IntArray:
    """The positions of the sites that take part in a round, in ascending order.

    `plan.fraction` of them, at least one, drawn from the seed and the round alone.
    """
    if plan.fraction == 1:
        return np.arange(sites)
    bits = np.random.Philox(
        key=np.array([plan.seed, 0], dtype=np.uint64), counter=[0, 0, round_, _COHORTS]
    )
    size = max(1, round(plan.fraction * sites))
    return np.sort(np.random.Generator(bits).permutation(sites)[:size])


def averaging_weights(sizes: IntArray) -> FloatArray:
    """Each site's weight in the average: its share of the rows. They sum to 1."""
    return np.asarray(sizes / sizes.sum(), dtype=np.float64)


def averaged_round(
    problem: Problem, plan: Plan, model: FloatArray, round_: int, exchange: Exchange | None = None
) -> tuple[FloatArray, IntArray, Mapping[str, Silence]]:
    """The common model after one round, the sites that took part, and those that kept silent.

    The server goes from its model `plan.server_rate` of the way to the average of the sites'
    models, in which each counts by its number of rows; 1 is plain federated averaging.
    """
    taking_part = cohort(len(problem.sites), plan, round_)
    silent: Mapping[str, Silence] = {}
    if exchange is None:
        clients = problem.sites.some(taking_part)
        starts = np.tile(model, (len(clients), 1))
        models = local_models(problem, clients, starts, plan, round_)
    else:
        asked = asked_models(exchange, problem, model, round_, taking_part)
        models = np.asarray(asked.arrays, dtype=np.float64)
        taking_part, silent = asked.answered, asked.silent
    if not len(taking_part):
        return model, taking_part, silent
    average = averaging_weights(problem.sites.sizes[taking_part]) @ models
    return model + plan.server_rate * (average - model), taking_part, silent
