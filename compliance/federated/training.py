"""A run, round by round; it can be left after any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from compliance.errors import DivergedError
from compliance.federated.averaging import averaged_round
from compliance.federated.engine import local_models
from compliance.federated.exchange import Asked, Exchange, asked_sums
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.measures import measured
from compliance.federated.noising import AddNoise, Draw, noisy_round, summed
from compliance.federated.nouns import Plan, Round
from compliance.federated.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """A run as it stands after some rounds.

    Attributes:
        rounds: those run so far, in order; at least one.
        model: the common model.
        velocity: the server's last step, where it has momentum.
        models_alone: per site, the model that it has trained alone, for as many rounds.
        model_pooled: the model trained on all rows in one place, for as many rounds.
        times_taken: per site, in how many rounds it took part.
    """

    rounds: tuple[Round, ...]
    model: FloatArray
    velocity: FloatArray
    models_alone: FloatArray
    model_pooled: FloatArray
    times_taken: IntArray

    @property
    def latest(self) -> Round:
        return self.rounds[-1]


def train(
    problem: Problem,
    plan: Plan,
    *,
    draw: Draw | None = None,
    add_noise: AddNoise | None = None,
    price: Callable[[int], float] | None = None,
    exchange: Exchange | None = None,
) -> Iterator[Training]:
    """The run after each of its rounds.

    To stop is to ask for no more: every `Training` is complete in itself, `finish` makes an
    outcome of any. Both baselines go along, round by round. Without noise all of it follows from
    `problem` and the seed, bit for bit, and the first rounds of a long run are those of a short
    one. Noise is drawn by `add_noise` once per round, where the plan has privacy; the caller pays
    for it before asking for the round.

    Args:
        problem: prepared for `plan`.
        plan: what to do.
        draw: gives that many secret, uniform bytes; needed with noise, otherwise unused.
        add_noise: adds discrete Gaussian noise of that standard deviation to whole numbers, of
            which one person changes at most an L2 distance of `UNITS_PER_CLIP`; likewise.
        price: ε after that many rounds; shown only.
        exchange: asks the sites; left out, they are in this process, all at once.

    Raises:
        DivergedError: the model is no longer a number.
    """
    needs_noise = plan.privacy is not None
    if needs_noise != (problem.people is not None):
        raise ValueError("the problem was prepared for another plan")
    if needs_noise and (draw is None or add_noise is None):
        raise ValueError("a plan with noise needs draw and add_noise")
    return _rounds(problem, plan, draw, add_noise, price, exchange)


def _rounds(
    problem: Problem,
    plan: Plan,
    draw: Draw | None,
    add_noise: AddNoise | None,
    price: Callable[[int], float] | None,
    exchange: Exchange | None,
) -> Iterator[Training]:
    training = _untrained(problem)
    for number in range(1, plan.rounds + 1):
        if plan.privacy is None or draw is None or add_noise is None:
            stepped, clients, silent = _averaged(problem, plan, training, number, exchange)
        else:
            stepped, clients, silent = _noised(
                problem, plan, training, number, draw, add_noise, exchange
            )
        if not np.isfinite(stepped.model).all():
            raise DivergedError(round=number)
        loss, metric = measured(problem, problem.held_out_inputs @ stepped.model)
        sent = int((stepped.times_taken - training.times_taken).sum())
        done = Round(
            round=number,
            loss=loss,
            metric=metric,
            clients=clients,
            bytes_up=sent * problem.model_bytes,
            bytes_down=sent * problem.model_bytes,
            epsilon=None if price is None or plan.privacy is None else price(number),
            silent=silent,
        )
        training = replace(
            _baselines_advanced(problem, plan, stepped, number), rounds=(*training.rounds, done)
        )
        yield training


def _untrained(problem: Problem) -> Training:
    sites, parameters = len(problem.sites), problem.parameters
    return Training(
        rounds=(),
        model=np.zeros(parameters),
        velocity=np.zeros(parameters),
        models_alone=np.zeros((sites, parameters)),
        model_pooled=np.zeros(parameters),
        times_taken=np.zeros(sites, dtype=np.int64),
    )


def _averaged(
    problem: Problem, plan: Plan, training: Training, round_: int, exchange: Exchange | None
) -> tuple[Training, int, tuple[str, ...]]:
    model, taking_part, silent = averaged_round(problem, plan, training.model, round_, exchange)
    taken = training.times_taken.copy()
    taken[taking_part] += 1
    return replace(training, model=model, times_taken=taken), len(taking_part), tuple(silent)


def _noised(
    problem: Problem,
    plan: Plan,
    training: Training,
    round_: int,
    draw: Draw,
    add_noise: AddNoise,
    exchange: Exchange | None,
) -> tuple[Training, int, tuple[str, ...]]:
    asked: list[Asked] = []

    def total(drawn: IntArray) -> IntArray:
        if exchange is None:
            sums = summed(problem, plan, training.model, drawn, round_)
            return np.asarray(sums.sum(axis=0), dtype=np.int64)
        asked.append(asked_sums(exchange, problem, training.model, round_, drawn))
        return np.asarray(asked[0].arrays.sum(axis=0), dtype=np.int64)

    model, velocity, people = noisy_round(
        problem,
        plan,
        training.model,
        training.velocity,
        round_,
        draw=draw,
        add_noise=add_noise,
        total=total,
    )
    # Every site sends its sum, even one over nobody: whether it has someone is secret.
    taken = training.times_taken.copy()
    taken[asked[0].answered if asked else slice(None)] += 1
    silent = tuple(asked[0].silent) if asked else ()
    return replace(training, model=model, velocity=velocity, times_taken=taken), people, silent


def _baselines_advanced(problem: Problem, plan: Plan, training: Training, round_: int) -> Training:
    alone = local_models(problem, problem.sites, training.models_alone, plan, round_)
    pooled = local_models(problem, problem.everybody, training.model_pooled[None], plan, round_)
    return replace(training, models_alone=alone, model_pooled=pooled[0])
