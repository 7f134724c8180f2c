"""Rows computed from what sites send, in closed form.

    update of one record:   weights  a·x   intercept  a    ──▶    x = weights / intercept

The attacked sites are made up of the problem's own rows. Only how near the guesses come leaves
here: no guess, and no row.

Source: Phong et al. 2017, doi:10.1007/978-981-10-5421-1_9.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.leaks import first_layers, readable, rows_of
from compliance.federated.learners import Learner
from compliance.federated.noising import Secrets, bounded, change
from compliance.federated.nouns import EXACT, Plan, Reading, Reconstruction, Shield
from compliance.federated.problem import Clients
from compliance.federated.strategies import averaging_weights

_MOST_TRIES = 100
_MOST_DRAWS = 60_000  # of noise, which takes about a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One attempt: which protection, records per site, and sites summed."""

    protection: Shield
    records: int
    sites: int


CASES = (
    Case(protection=Shield.NONE, records=1, sites=1),
    Case(protection=Shield.MINIMUM, records=5, sites=1),
    Case(protection=Shield.MINIMUM, records=50, sites=1),
    Case(protection=Shield.SUM, records=1, sites=10),
    Case(protection=Shield.NOISE, records=1, sites=1),
)


def reconstructions(
    learner: Learner, model: FloatArray, protected: Plan, secrets: Secrets, seed: int
) -> Iterator[Reconstruction]:
    """Each of `CASES` that the problem has rows for.

    Args:
        model: that the sites start from.
        protected: a plan with noise, which is drawn for `Shield.NOISE`.
        secrets: gives that noise.
        seed: chooses the rows.
    """
    chance = np.random.default_rng(seed)  # no noise comes from here
    for case in CASES:
        starts = _places(learner, case.records)
        if not len(starts) or (learner.adds_up and case.protection is Shield.NOISE):
            continue
        tries = max(1, min(_most_tries(learner, case), len(starts) // case.sites))
        errors = np.array(
            [
                _attacked(learner, model, _some(starts, case, chance), protected, case, secrets)
                for _ in range(tries)
            ]
        )
        noise = protected.privacy if case.protection is Shield.NOISE else None
        yield Reconstruction(
            protection=case.protection,
            records=case.records,
            sites=case.sites,
            tries=tries,
            exact=int((errors <= EXACT).sum()),
            error=float(np.median(errors)),
            noise_multiplier=noise.noise_multiplier if noise else None,
        )


def reading(learner: Learner, model: FloatArray) -> Reading:
    """Of how many of the problem's sites a row can be read when they start from `model`."""
    plan, sites = learner.plan, learner.problem.sites
    starts = np.broadcast_to(model, (len(sites), len(model)))
    messages = learner.contributions(sites, starts, 1)
    if plan.secure and not learner.adds_up:
        messages = averaging_weights(sites.sizes)[:, None] * messages
    told = readable(learner, sites, messages, is_summed=plan.secure)
    if learner.adds_up:
        return Reading(sites=len(sites), readable=int(told.sum()), one_step=None)
    batch = replace(sites, sizes=np.minimum(sites.sizes, plan.batch))
    first = learner.contributions(batch, starts, 1, epochs=1)
    return Reading(
        sites=len(sites),
        readable=int(told.sum()),
        one_step=int(readable(learner, batch, first).sum()),
    )


def guessed(layers: FloatArray) -> FloatArray:
    """Per message, the attacker's guess at a row, without the intercept's 1.

    The output is taken whose intercept moved farthest; where none moved, zeros are guessed.

    Args:
        layers: messages × outputs × inputs; the last input is the intercept's.
    """
    best = np.abs(layers[:, :, -1]).argmax(axis=1)
    taken = layers[np.arange(len(layers)), best]
    last = taken[:, -1:]
    guess: FloatArray = np.zeros_like(taken[:, :-1])
    np.divide(taken[:, :-1], last, out=guess, where=last != 0)
    return guess


def _most_tries(learner: Learner, case: Case) -> int:
    if case.protection is not Shield.NOISE:
        return _MOST_TRIES
    size = sum(tensor.size for tensor in learner.messages)
    return int(np.clip(_MOST_DRAWS // size, 10, _MOST_TRIES))


def _attacked(
    learner: Learner,
    model: FloatArray,
    clients: Clients,
    protected: Plan,
    case: Case,
    secrets: Secrets,
) -> float:
    """How near the guess comes to the nearest row: 0 is the row."""
    starts = np.broadcast_to(model, (len(clients), len(model)))
    messages = learner.contributions(clients, starts, 1)
    is_summed = case.protection is Shield.SUM
    if case.protection is Shield.NOISE:
        messages = _hidden(messages, protected, secrets)
    layers = first_layers(learner, messages.sum(axis=0, keepdims=True))
    if layers is None:
        told = readable(learner, clients, messages, is_summed=is_summed)
        return 0.0 if told.any() else 1.0
    rows = learner.problem.inputs[rows_of(clients)[0], :-1]
    apart = np.linalg.norm(guessed(layers)[0] - rows, axis=1)
    lengths = np.linalg.norm(rows, axis=1)
    return float((apart / np.where(lengths > 0, lengths, 1.0)).min())


def _hidden(messages: FloatArray, protected: Plan, secrets: Secrets) -> FloatArray:
    """The messages clipped and with noise, as a plan with noise has them leave."""
    noise = protected.privacy
    if noise is None:
        raise ValueError("only a plan with noise hides anybody")
    scale = noise.noise_multiplier * change(protected)
    parts = bounded(messages, noise.clip)
    return np.stack([secrets.add_noise(scale, part) for part in parts]).astype(np.float64)


def _places(learner: Learner, records: int) -> IntArray:
    """Where so many training rows of one site begin."""
    rows, owner = rows_of(learner.problem.sites)
    starts = max(0, len(rows) - records + 1)
    fitting: IntArray = rows[:starts][owner[:starts] == owner[records - 1 :]]
    return fitting


def _some(starts: IntArray, case: Case, chance: np.random.Generator) -> Clients:
    """Sites made up of rows that lie beside each other at one site."""
    chosen = chance.choice(starts, case.sites, replace=len(starts) < case.sites)
    return Clients(
        starts=chosen,
        sizes=np.full(case.sites, case.records),
        keys=chosen.astype(np.uint64),
        most=case.records,
    )
