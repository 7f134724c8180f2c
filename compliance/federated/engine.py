"""Local training of many clients at once.

Each client takes steps of stochastic gradient descent on the mean log loss of its own rows.
Clients are sorted by size, so that those who still have rows to see are always the first few;
batches are filled up with a row of zeros, which changes no gradient; each step is divided by the
true size of the batch. So the models are those that a plain loop over clients would give, up to
rounding, several times faster.

Each client's arithmetic is its own: its model does not depend, not even in the last bit, on who
else takes part. The same versions of NumPy and its linear algebra on the same kind of processor
give the same bits.

Source: McMahan et al. 2017, arXiv:1602.05629, Algorithm 1 (ClientUpdate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan
from compliance.federated.problem import Clients, Problem

_NUMBERS_AT_ONCE = 2**22  # of a step's batches, over all clients: 32 MB


def local_models(
    problem: Problem, clients: Clients, models: FloatArray, plan: Plan, round_: int
) -> FloatArray:
    """The clients' models after `plan.local_epochs` passes over their own rows.

    Args:
        problem: holds the rows.
        clients: who trains.
        models: where each starts; one row per client.
        plan: for `local_epochs`, `batch`, `learning_rate` and `seed`.
        round_: shuffles differ from round to round.
    """
    trained = np.empty_like(models)
    width = min(plan.batch, max(clients.most, 1))
    by_size = np.argsort(-clients.sizes, kind="stable")
    group = max(1, _NUMBERS_AT_ONCE // (width * problem.parameters))
    for first in range(0, len(clients), group):
        chosen = by_size[first : first + group]
        trained[chosen] = _trained(
            problem, clients.some(chosen), models[chosen], plan, round_, width
        )
    return trained


def shuffled(size: int, *, seed: int, round_: int, epoch: int, key: int) -> IntArray:
    """The order in which a client sees its rows, from a counter-based generator.

    Depends on nothing but the arguments.
    """
    keys = np.array([seed, key], dtype=np.uint64)
    bits = np.random.Philox(key=keys, counter=[0, epoch, round_, 0])
    return np.random.Generator(bits).permutation(size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Schedule:
    """Which batch is taken when. Clients lie in descending order of size.

    Attributes:
        slots: per batch, client by client, the rows that fill it; unused places hold the row of
            zeros.
        turns: the batches in the order in which they are taken: all clients' first, then all
            second ones …
        active: per step, how many clients still have a batch.
        rates: per batch in that order, half the learning rate over the true size of the batch.
        first_slot: per client, its first place in the flattened `slots`.
    """

    slots: IntArray
    turns: IntArray
    active: list[int]
    rates: FloatArray
    first_slot: IntArray


def _trained(
    problem: Problem, clients: Clients, models: FloatArray, plan: Plan, round_: int, width: int
) -> FloatArray:
    models = models.copy()
    schedule = _schedule(clients, plan.learning_rate, width, empty=len(problem.inputs) - 1)
    for epoch in range(plan.local_epochs):
        _shuffle(schedule.slots, schedule.first_slot, clients, width, (plan.seed, round_, epoch))
        batches = schedule.slots[schedule.turns]
        at = 0
        for count in schedule.active:
            rows, rates = batches[at : at + count], schedule.rates[at : at + count]
            _step(models[:count], problem.inputs[rows], problem.answers[rows], rates)
            at += count
    return models


def _step(models: FloatArray, inputs: FloatArray, answers: FloatArray, rates: FloatArray) -> None:
    """One step of each model, in place.

    The gradient of log(1 + exp(-sz)) with respect to z is (tanh(z/2) - s)/2, which cannot
    overflow; the half stands in `rates`.
    """
    pull = np.matmul(inputs, models[:, :, None])[:, :, 0]
    pull *= 0.5
    np.tanh(pull, out=pull)
    pull -= answers
    gradient = np.matmul(pull[:, None, :], inputs)[:, 0, :]
    gradient *= rates[:, None]
    models -= gradient


def _schedule(clients: Clients, learning_rate: float, width: int, empty: int) -> _Schedule:
    batches = -(-clients.sizes // width)
    first_batch = np.cumsum(batches) - batches
    steps = np.arange(batches.max(initial=0))
    active = np.searchsorted(-batches, -steps, side="left")
    client = np.arange(active.sum()) - np.repeat(np.cumsum(active) - active, active)
    step = np.repeat(steps, active)
    slots = np.full((int(batches.sum()), width), empty)
    offsets = np.arange(clients.sizes.sum()) - np.repeat(
        np.cumsum(clients.sizes) - clients.sizes, clients.sizes
    )
    places = np.repeat(first_batch * width, clients.sizes) + offsets
    slots.reshape(-1)[places] = np.repeat(clients.starts, clients.sizes) + offsets
    return _Schedule(
        slots=slots,
        turns=first_batch[client] + step,
        active=active.tolist(),
        rates=0.5 * learning_rate / np.minimum(width, clients.sizes[client] - step * width),
        first_slot=first_batch * width,
    )


def _shuffle(
    slots: IntArray,
    first_slot: IntArray,
    clients: Clients,
    width: int,
    moment: tuple[int, int, int],
) -> None:
    """New orders for all clients with more than one batch; within one, order means nothing."""
    seed, round_, epoch = moment
    flat = slots.reshape(-1)
    for client in range(int(np.searchsorted(-clients.sizes, -width, side="left"))):
        size, first = int(clients.sizes[client]), int(first_slot[client])
        order = shuffled(size, seed=seed, round_=round_, epoch=epoch, key=int(clients.keys[client]))
        flat[first : first + size] = clients.starts[client] + order
