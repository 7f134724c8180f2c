"""Local training of many clients at once.

Each client takes steps of stochastic gradient descent on the mean loss of its own rows.
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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.models import Link, Model
from compliance.federated.nouns import Plan, Strategy
from compliance.federated.problem import Clients, Problem

_NUMBERS_AT_ONCE = 2**18  # in models and batches: 2 MB, which stay near the processor


def local_models(
    model: Model,
    problem: Problem,
    clients: Clients,
    models: FloatArray,
    plan: Plan,
    round_: int,
    *,
    epochs: int | None = None,
    correction: FloatArray | None = None,
) -> FloatArray:
    """The clients' models after `plan.local_epochs` passes over their own rows.

    With FedSGD it is one step along the gradient over all rows; with FedProx each step is also
    drawn back to where the client started.

    Args:
        model: whose gradients are followed.
        problem: holds the rows.
        clients: who trains.
        models: where each starts; one row per client.
        plan: for `local_epochs`, `batch`, `learning_rate`, `strategy` and `seed`.
        round_: shuffles differ from round to round.
        epochs: instead of `plan.local_epochs`.
        correction: is added to each client's gradients; like `models`.
    """
    task = _Work(
        model=model,
        problem=problem,
        plan=plan,
        round_=round_,
        epochs=plan.local_epochs if epochs is None else epochs,
        width=min(plan.batch, max(clients.most, 1)),
        certain=_certain(model, problem),
    )
    trained = np.empty_like(models)
    by_size = np.argsort(-clients.sizes, kind="stable")
    group = max(1, _NUMBERS_AT_ONCE // (task.width * problem.inputs.shape[1] + models.shape[1]))
    for first in range(0, len(clients), group):
        chosen = by_size[first : first + group]
        pulls = None if correction is None else correction[chosen]
        trained[chosen] = _trained(task, clients.some(chosen), models[chosen], pulls)
    return trained


def shuffled(size: int, *, seed: int, round_: int, epoch: int, key: int) -> IntArray:
    """The order in which a client sees its rows, from a counter-based generator.

    Depends on nothing but the arguments.
    """
    keys = np.array([seed, key], dtype=np.uint64)
    bits = np.random.Philox(key=keys, counter=[0, epoch, round_, 0])
    return np.random.Generator(bits).permutation(size)


def shuffles(
    sizes: Iterable[int], keys: Iterable[int], *, seed: int, round_: int, epoch: int
) -> Iterator[IntArray]:
    """`shuffled` for one client after the other, in less than half the time.

    One generator is set to each client's own start: making a new one takes longer than drawing.
    """
    words = np.array([seed, 0], dtype=np.uint64)
    bits = np.random.Philox(key=words, counter=[0, epoch, round_, 0])
    generator, start = np.random.Generator(bits), bits.state
    start["state"]["key"] = words
    for size, key in zip(sizes, keys, strict=True):
        words[1] = key
        bits.state = start
        yield generator.permutation(size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Work:
    """What all clients have in common while they train; see `local_models`.

    Attributes:
        width: rows per batch.
        certain: where answers are classes, the outputs of a model that is certain of each.
    """

    model: Model
    problem: Problem
    plan: Plan
    round_: int
    epochs: int
    width: int
    certain: FloatArray | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Schedule:
    """Which batch is taken when. Clients lie in descending order of size.

    Attributes:
        slots: per batch, client by client, the rows that fill it; unused places hold the row of
            zeros.
        turns: the batches in the order in which they are taken: all clients' first, then all
            second ones …
        active: per step, how many clients still have a batch.
        rows: per batch in that order, its true size.
        first_slot: per client, its first place in the flattened `slots`.
    """

    slots: IntArray
    turns: IntArray
    active: list[int]
    rows: IntArray
    first_slot: IntArray


def _trained(
    work: _Work, clients: Clients, starts: FloatArray, correction: FloatArray | None
) -> FloatArray:
    plan, models = work.plan, starts.copy()
    schedule = _schedule(clients, work.width, empty=len(work.problem.inputs) - 1)
    rates = plan.learning_rate / schedule.rows[:, None]
    if plan.strategy is Strategy.FEDSGD:
        return _one_step(work, clients, models, schedule)
    pull = plan.learning_rate * plan.proximal if plan.strategy is Strategy.FEDPROX else 0.0
    gradient = np.empty_like(models)
    for epoch in range(work.epochs):
        moment = (plan.seed, work.round_, epoch)
        _shuffle(schedule.slots, schedule.first_slot, clients, work.width, moment)
        for inputs, answers, first in _batches(work, schedule):
            count = len(inputs)
            here, step = models[:count], gradient[:count]
            work.model.gradients(here, inputs, answers, step)
            step *= rates[first : first + count]
            if correction is not None:
                step += plan.learning_rate * correction[:count]
            if pull:
                step += pull * (here - starts[:count])
            here -= step
    return models


def _one_step(work: _Work, clients: Clients, models: FloatArray, schedule: _Schedule) -> FloatArray:
    """One step of each client along its gradient over all its rows, batch by batch."""
    total, part = np.zeros_like(models), np.empty_like(models)
    for inputs, answers, _ in _batches(work, schedule):
        count = len(inputs)
        work.model.gradients(models[:count], inputs, answers, part[:count])
        total[:count] += part[:count]
    rates = work.plan.learning_rate / np.maximum(clients.sizes, 1)
    models -= rates[:, None] * total
    return models


def _batches(work: _Work, schedule: _Schedule) -> Iterator[tuple[FloatArray, FloatArray, int]]:
    """Step by step: inputs, answers, and how many batches were taken before.

    Rows are fetched for many steps at once, which is faster than for each.
    """
    problem, active = work.problem, schedule.active
    most = max(1, _NUMBERS_AT_ONCE // (work.width * problem.inputs.shape[1]))
    before = step = 0
    while step < len(active):
        after = step + 1
        fetched = active[step]
        while after < len(active) and fetched + active[after] <= most:
            fetched += active[after]
            after += 1
        rows = schedule.slots[schedule.turns[before : before + fetched]]
        inputs, answers = problem.inputs.take(rows, axis=0), _as_outputs(work, rows)
        at = 0
        for count in active[step:after]:
            yield inputs[at : at + count], answers[at : at + count], before + at
            at += count
        before, step = before + fetched, after


def _as_outputs(work: _Work, rows: IntArray) -> FloatArray:
    """The rows' answers as `Model.gradients` has them."""
    answers = work.problem.answers.take(rows)
    if work.certain is None:
        return answers[:, :, None]
    return work.certain.take(answers.astype(np.int64), axis=0)


def _certain(model: Model, problem: Problem) -> FloatArray | None:
    if model.link is not Link.SOFTMAX:
        return None
    parameters = sum(tensor.size for tensor in model.tensors)
    return np.eye(model.outputs(np.zeros(parameters), problem.inputs[:1]).shape[1])


def _schedule(clients: Clients, width: int, empty: int) -> _Schedule:
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
        rows=np.minimum(width, clients.sizes[client] - step * width),
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
    flat, many = slots.reshape(-1), int(np.searchsorted(-clients.sizes, -width, side="left"))
    sizes, keys = clients.sizes[:many].tolist(), clients.keys[:many].tolist()
    orders = shuffles(sizes, keys, seed=seed, round_=round_, epoch=epoch)
    starts = clients.starts[:many].tolist()
    for first, size, start, order in zip(first_slot.tolist(), sizes, starts, orders, strict=False):
        np.add(order, start, out=flat[first : first + size])
