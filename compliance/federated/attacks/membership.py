"""Whether somebody was learnt from: told by the model, and by what travels in a round.

    the model ──▶ how surely it answers for somebody ──┬──────────────▶ loss
    shadow models that have and have not seen them ────┴──────────────▶ likelihood
    a round's messages ──▶ do they point where the person's own would? ─▶ update
    all other rows, and all rounds ──▶ what is left when they are gone ─▶ rest

Those learnt from are told from those held out. Only areas and shares leave here.

Sources: Yeom et al. 2018, arXiv:1709.01604 (loss); Carlini et al. 2022, arXiv:2112.03570 (shadow
models; with few of them one variance, and here one shift, for all); Dwork et al. 2015,
doi:10.1109/FOCS.2015.46 (tracing by correlation); Hanley and McNeil 1982,
doi:10.1148/radiology.143.1.7063747 (the interval).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from compliance.federated.attacks.shadows import (
    HANDS,
    People,
    confidence,
    held_out_instead,
    people_of,
    runs_of,
)
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner, learner_of
from compliance.federated.measures import auc
from compliance.federated.models import Model
from compliance.federated.noising import Cohort, Secrets, bounded, change, noisy_sum, sampled
from compliance.federated.nouns import Membership, MembershipTest, NoisePlan, Plan
from compliance.federated.problem import Clients, Problem
from compliance.federated.strategies import averaging_weights
from compliance.federated.training import train
from compliance.privacy.nouns import PrivacyUnitKind

Allowed = Callable[[int], float]

_FALSE_ALARM = 0.01
_Z = 1.959963984540054  # two-sided 95 %
_NUMBERS_AT_ONCE = 2**23
_MOST_TARGETS = 500
_MOST_DRAWS = 60_000
_RIDGE = 1e-3
_LEAST = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attacked:
    """The run that is attacked.

    Attributes:
        problem: prepared for `plan`.
        plan: what it does.
        model: of the caller's own, instead of the plan's.
        secrets: where the plan has noise.
        allowed: the largest AUC that the guarantee allows any test after so many exchanges.
        repeats: shadow runs are this many times five.
        seed: deals people to shadow runs, and chooses targets.
    """

    problem: Problem
    plan: Plan
    model: Model | None = None
    secrets: Secrets | None = None
    allowed: Allowed | None = None
    repeats: int = 2
    seed: int = 0


def memberships(attacked: Attacked, model: FloatArray | None = None) -> Iterator[Membership]:
    """Each of `MembershipTest`, the cheapest first; shadow runs take as long as ten runs.

    Args:
        model: that the run ended with, where it is known.
    """
    learner = learner_of(attacked.problem, attacked.plan, attacked.model)
    chance = np.random.default_rng(attacked.seed)  # no noise comes from here
    yield _judged(attacked, MembershipTest.REST, *_of_rest(attacked, learner, chance))
    yield _judged(attacked, MembershipTest.UPDATE, *_of_update(attacked, learner, chance))
    people = people_of(attacked.problem)
    ended = trained(attacked, attacked.problem) if model is None else model
    sure = people.mean(confidence(learner, ended))
    yield _judged(attacked, MembershipTest.LOSS, *_parted(sure, people))
    calibrated = sure - _usual(attacked, learner, people, chance)
    yield _judged(attacked, MembershipTest.LIKELIHOOD, *_parted(calibrated, people))


def trained(attacked: Attacked, problem: Problem) -> FloatArray:
    """The model that the attacked run, or a shadow of it on another `problem`, ends with."""
    plan = replace(attacked.plan, baselines=False, secure=False)  # masks change no model
    *_, last = train(problem, plan, model=attacked.model, secrets=attacked.secrets)
    return last.model


def interval(area: float, people_in: int, people_out: int) -> tuple[float, float]:
    """Where an AUC lies with 95 %, within 0–1.

    Source: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
    """
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    square = area * (1 - area)
    square += (people_in - 1) * (one - area**2) + (people_out - 1) * (two - area**2)
    margin = _Z * math.sqrt(max(square, 0) / (people_in * people_out))
    return max(area - margin, 0.0), min(area + margin, 1.0)


def _judged(
    attacked: Attacked, test: MembershipTest, inside: FloatArray, outside: FloatArray
) -> Membership:
    """How well scores tell those who are in from those who are not."""
    answers = np.append(np.ones(len(inside)), -np.ones(len(outside)))
    area = auc(answers, np.append(inside, outside))
    if area is None:
        raise ValueError("a test needs people on both sides")
    low, high = interval(area, len(inside), len(outside))
    limit = np.sort(outside)[len(outside) - 1 - int(_FALSE_ALARM * len(outside))]
    return Membership(
        test=test,
        is_protected=attacked.plan.privacy is not None,
        people_in=len(inside),
        people_out=len(outside),
        auc=area,
        low=low,
        high=high,
        found=float((inside > limit).mean()),
        at_most=_at_most(attacked, test),
    )


def _at_most(attacked: Attacked, test: MembershipTest) -> float | None:
    """What the guarantee allows; for sites it says nothing of people with rows at several."""
    plan, noise = attacked.plan, attacked.plan.privacy
    if attacked.allowed is None or noise is None:
        return None
    if noise.unit is PrivacyUnitKind.SITE and test is not MembershipTest.REST:
        return None
    rounds = 1 if test is MembershipTest.UPDATE else plan.rounds
    return attacked.allowed(rounds * plan.exchanges)


def _parted(scores: FloatArray, people: People) -> tuple[FloatArray, FloatArray]:
    return scores[people.is_in], scores[~people.is_in]


def _usual(
    attacked: Attacked, learner: Learner, people: People, chance: np.random.Generator
) -> FloatArray:
    """Per person, midway between how surely shadows speak that have and have not seen them."""
    total, times = np.zeros((2, len(people))), np.zeros((2, len(people)))
    for _ in range(attacked.repeats):
        hands = chance.permutation(len(people)) % HANDS
        for hand in range(HANDS):
            is_out = hands == hand
            dealt, _order = held_out_instead(attacked.problem, attacked.plan, is_out[people.of_row])
            sure = people.mean(confidence(learner, trained(attacked, dealt)))
            total[is_out.astype(int), np.arange(len(people))] += sure
            times[is_out.astype(int), np.arange(len(people))] += 1
    return np.asarray((total / times).mean(axis=0), dtype=np.float64)


def _of_update(
    attacked: Attacked, learner: Learner, chance: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """How far the first round's messages point where somebody's own would, whitened."""
    problem, model = attacked.problem, learner.initial()
    inside = _some(runs_of(problem, slice(0, problem.training_rows)), learner, chance)
    outside = _some(runs_of(problem, problem.held_out_rows), learner, chance)
    own = np.concatenate([_sent(learner, who, model) for who, _ in (inside, outside)])
    sites = np.append(inside[1], outside[1])
    seen, middle = _seen(attacked, learner, model), np.zeros((len(problem.sites), own.shape[1]))
    if len(seen) == 1:
        sites = np.zeros_like(sites)
    for site in np.unique(sites):
        middle[site] = own[sites == site].mean(axis=0)
    towards = _whitened(own - own.mean(axis=0))
    scores = ((seen - middle[: len(seen)])[sites] * towards).sum(axis=1)
    return scores[: len(inside[0])], scores[len(inside[0]) :]


def _whitened(vectors: FloatArray) -> FloatArray:
    """The vectors, one per row, turned so that what is common to many of them counts little."""
    count, width = vectors.shape
    ridge = _RIDGE * max(float((vectors * vectors).sum()), _LEAST)
    # The same directions follow from either product; the smaller one is faster.
    if width <= count:
        turned = np.linalg.solve(vectors.T @ vectors + ridge * np.eye(width), vectors.T).T
    else:
        turned = np.linalg.solve(vectors @ vectors.T + ridge * np.eye(count), vectors)
    return np.asarray(turned, dtype=np.float64)


def _seen(attacked: Attacked, learner: Learner, model: FloatArray) -> FloatArray:
    """What the server, or whoever sees what it adds up, sees of the first round."""
    problem, plan, secrets = attacked.problem, attacked.plan, attacked.secrets
    if plan.privacy is not None and secrets is not None and problem.units is not None:
        drawn = sampled(len(problem.units.clients), plan.fraction, secrets.draw)
        everywhere = Cohort(drawn=drawn, sites=np.arange(len(problem.sites)))
        return noisy_sum(learner, model, everywhere, plan.privacy.clip, (1, 0), secrets).total[None]
    messages = _sent(learner, problem.sites, model)
    if not plan.secure:
        return messages
    if learner.adds_up:
        return np.asarray(messages.sum(axis=0, keepdims=True), dtype=np.float64)
    return (averaging_weights(problem.sites.sizes) @ messages)[None]


def _of_rest(
    attacked: Attacked, learner: Learner, chance: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """What is left of the messages once everybody else's part is taken away."""
    noise = attacked.plan.privacy
    if noise is None or attacked.secrets is None:
        return _difference(learner)
    return _noisy_rest(attacked, learner, noise, attacked.secrets, chance)


def _difference(learner: Learner) -> tuple[FloatArray, FloatArray]:
    """Without noise: how far each site's message is from that without its first or last person.

    The attacker computes both. For somebody who is not there nothing is left.
    """
    problem, model = learner.problem, learner.initial()
    runs, at = runs_of(problem, slice(0, problem.training_rows))
    first = np.searchsorted(at, np.arange(len(problem.sites)))
    last = np.append(first[1:], len(at)) - 1
    sites = problem.sites
    headless = replace(
        sites, starts=sites.starts + runs.sizes[first], sizes=sites.sizes - runs.sizes[first]
    )
    tailless = replace(sites, sizes=sites.sizes - runs.sizes[last])
    whole = _sent(learner, sites, model)
    left = [
        np.linalg.norm(whole - _sent(learner, others, model), axis=1)
        for others in (headless, tailless)
    ]
    again = np.linalg.norm(whole - _sent(learner, sites, model), axis=1)
    return np.concatenate(left), np.concatenate([again, again])


def _noisy_rest(
    attacked: Attacked,
    learner: Learner,
    noise: NoisePlan,
    secrets: Secrets,
    chance: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """With noise: how much likelier all rounds are with somebody than without, as a logarithm.

    Noise is alike in all directions, so only its part along the person's update tells anything;
    that update is taken as long as in the first round.
    """
    plan, units = attacked.plan, attacked.problem.units
    if units is None:
        raise ValueError("the problem was prepared for a plan without noise")
    exchanges = plan.rounds * plan.exchanges
    most = min(_MOST_TARGETS, max(10, _MOST_DRAWS // (2 * exchanges)))
    chosen, _ = _some((units.clients, units.sites), learner, chance, most=most)
    parts = bounded(_sent(learner, chosen, learner.initial()), noise.clip)
    lengths = np.rint(np.linalg.norm(parts.astype(np.float64), axis=1)).astype(np.int64)
    scale = noise.noise_multiplier * change(plan)
    scores = np.zeros((2, len(lengths)))
    for _ in range(exchanges):
        drawn = sampled(len(lengths), plan.fraction, secrets.draw)
        added = np.zeros((2, len(lengths)), dtype=np.int64)
        added[0, drawn] = lengths[drawn]
        left = secrets.add_noise(scale, added.ravel()).reshape(2, -1)
        scores += _log_ratio(left, lengths, scale, plan.fraction)
    return scores[0], scores[1]


def _log_ratio(left: IntArray, lengths: IntArray, scale: float, rate: float) -> FloatArray:
    """Of a sum with somebody, who is drawn at `rate`, to one without."""
    there = lengths * (left - lengths / 2) / scale**2
    away = math.log(max(1 - rate, _LEAST))
    return np.asarray(np.logaddexp(away, math.log(rate) + there), dtype=np.float64)


def _some(
    runs: tuple[Clients, IntArray],
    learner: Learner,
    chance: np.random.Generator,
    most: int = _MOST_TARGETS,
) -> tuple[Clients, IntArray]:
    """So many of the clients, each as likely, as messages find room in memory."""
    clients, sites = runs
    size = max(sum(tensor.size for tensor in learner.messages), len(learner.initial()))
    room = max(2, min(most, _NUMBERS_AT_ONCE // size))
    chosen = np.sort(chance.permutation(len(clients))[:room])
    return clients.some(chosen), sites[chosen]


def _sent(learner: Learner, clients: Clients, model: FloatArray) -> FloatArray:
    """What the clients send in the first round."""
    starts = np.broadcast_to(model, (len(clients), len(model)))
    return learner.contributions(clients, starts, 1)
