"""Rounds with differential privacy: people are sampled, bounded, summed and hidden in noise.

The guarantee: the model of every round is (ε, δ)-differentially private for one person more or
fewer, whatever that person's rows hold and wherever they lie, where ε is priced for Poisson
sampling and the Gaussian mechanism. What it rests on:

* each person is drawn with the same probability, independently, by secret coins;
* what a drawn person adds is computed from the current model and the person's own rows only;
* it is a vector of whole numbers whose L2 norm is at most `UNITS_PER_CLIP`, exactly;
* nothing is divided by a secret count: the denominator is a constant.

Not covered: metrics on held-out rows, baselines, numbers of participants. The number of people
is taken as public, and the discrete Gaussian is priced as the continuous one, which it comes
close to on so fine a grid.

Source: McMahan et al. 2018, arXiv:1710.06963; Kairouz et al. 2021, arXiv:2102.06387.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from compliance.federated.engine import local_models
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan
from compliance.federated.problem import Problem

UNITS_PER_CLIP = 2**20  # the grid on which updates lie: a clip's 2^20th part
MOMENTUM = 0.8

Draw = Callable[[int], bytes]
AddNoise = Callable[[IntArray, float], IntArray]
Total = Callable[[IntArray], IntArray]


def noisy_round(
    problem: Problem,
    plan: Plan,
    model: FloatArray,
    velocity: FloatArray,
    round_: int,
    *,
    draw: Draw,
    add_noise: AddNoise,
    total: Total | None = None,
) -> tuple[FloatArray, FloatArray, int]:
    """The model and the velocity after one round, and how many people were drawn.

    The server keeps `MOMENTUM` of its last step and adds `plan.server_rate` times the noisy mean
    update. Momentum works on what is already noisy, so it costs no privacy.

    Args:
        problem: with `people`.
        plan: with `privacy`.
        model, velocity: as the last round left them.
        round_: from 1.
        draw: gives that many secret, uniform bytes.
        add_noise: gives its first argument plus discrete Gaussian noise of that standard
            deviation in every place.
        total: the sum of what the people at these positions add, asked of their sites; left out,
            it is computed here.
    """
    if problem.people is None or plan.privacy is None:
        raise ValueError("the problem was prepared for a plan without noise")
    drawn = sampled(len(problem.people.clients), plan.fraction, draw)
    if total is None:
        exact = summed(problem, plan, model, drawn, round_).sum(axis=0)
    else:
        exact = total(drawn)
    noisy = add_noise(exact, plan.privacy.noise_multiplier * UNITS_PER_CLIP)
    people = expected(len(problem.people.clients), plan.fraction)
    step = noisy * (plan.privacy.clip / UNITS_PER_CLIP / people)
    velocity = MOMENTUM * velocity + plan.server_rate * step
    return model + velocity, velocity, len(drawn)


def sampled(people: int, rate: float, draw: Draw) -> IntArray:
    """The positions of the people who take part: each with probability `rate`, independently."""
    coins = np.frombuffer(draw(8 * people), dtype="<u8")
    if len(coins) != people:
        raise ValueError("draw gave another number of bytes than it was asked for")
    limit = int(rate * 2**64)
    return np.arange(people) if limit >= 2**64 else np.flatnonzero(coins < np.uint64(limit))


def summed(
    problem: Problem, plan: Plan, model: FloatArray, drawn: IntArray, round_: int
) -> IntArray:
    """Per site, the sum of what its drawn people add; this is all that leaves it."""
    if problem.people is None or plan.privacy is None:
        raise ValueError("the problem was prepared for a plan without noise")
    clients = problem.people.clients.some(drawn)
    starts = np.tile(model, (len(clients), 1))
    updates = local_models(problem, clients, starts, plan, round_) - starts
    sums = np.zeros((len(problem.sites), problem.parameters), dtype=np.int64)
    np.add.at(sums, problem.people.sites[drawn], bounded(updates, plan.privacy.clip))
    return sums


def bounded(updates: FloatArray, clip: float) -> IntArray:
    """Each row scaled down to L2 norm `clip`, where longer, in whole units of the grid.

    Decimals are cut off towards zero, so no entry grows. The squared norm of a row of whole
    numbers is a whole number; rounding errors of the scaling are far below one, so the norm is at
    most `UNITS_PER_CLIP` exactly. An update that is not finite adds nothing: refusing the round
    would tell of the person.
    """
    updates = np.where(np.isfinite(updates).all(axis=1, keepdims=True), updates, 0.0)
    with np.errstate(over="ignore"):  # a norm beyond all numbers scales its row to zero
        norms = np.sqrt((updates * updates).sum(axis=1, keepdims=True))
    scaled = updates * (clip / np.maximum(norms, clip)) * (UNITS_PER_CLIP / clip)
    whole: IntArray = np.trunc(scaled).astype(np.int64)
    return whole


def expected(people: int, rate: float) -> float:
    """About how many people a round draws: `rate`·`people`, rounded up to two digits.

    The constant that noisy sums are divided by. It takes the number of people as public.
    """
    mean = rate * people
    unit = 10.0 ** (math.floor(math.log10(mean)) - 1)
    return math.ceil(mean / unit) * unit
