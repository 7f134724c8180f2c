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
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner
from compliance.federated.masking import masked_total
from compliance.federated.nouns import NoisePlan, Plan
from compliance.federated.problem import Problem, Units
from compliance.federated.secure import SecureSum
from compliance.federated.secure.nouns import Draw
from compliance.privacy.nouns.units import NoisePlace

UNITS_PER_CLIP = 2**20  # the grid on which updates lie: a clip's 2^20th part

AddNoise = Callable[[float, IntArray], IntArray]

_NUMBERS_AT_ONCE = 2**23  # of updates in memory: 64 MB
_TAIL = 64  # noise beyond so many standard deviations does not occur


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClipRule:
    """How a clip follows the updates, and what that leaves of the noise for them.

    Attributes:
        noise_multiplier: of the updates.
        count_noise: standard deviation of the noise on the number of updates within the clip.
        next_clip: the clip of the next round, from that of this and the noisy share within it.
    """

    noise_multiplier: float
    count_noise: float
    next_clip: Callable[[float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secrets:
    """What a run with noise or masks draws and nobody may foresee.

    Attributes:
        draw: gives that many secret, uniform bytes, by which units are drawn.
        masks: the same, for the keys of masks; so that one can tell the two apart.
        add_noise: gives whole numbers plus discrete Gaussian noise of a standard deviation, which
            stands first, in every place; one unit changes them by at most an L2 distance of
            `change(plan)`.
        clip_rule: where the clip follows the updates.
    """

    draw: Draw
    masks: Draw
    add_noise: AddNoise
    clip_rule: ClipRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohort:
    """Who takes part in a round, as positions in ascending order.

    Attributes:
        drawn: units, see `sampled`.
        sites: the sites that answer; units elsewhere add nothing.
    """

    drawn: IntArray
    sites: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoisySum:
    """What the server has after one exchange.

    Attributes:
        total: the noisy sum of what the cohort sent.
        within: the noisy number of units within the clip, less half of the drawn; 0 where the
            clip is fixed.
        masked: what the server saw, where sites masked what they sent.
        sites: those that answered.
    """

    total: FloatArray
    sites: IntArray
    within: float = 0.0
    masked: SecureSum | None = None


AskSums = Callable[[FloatArray, Cohort, float, tuple[int, int], bool], tuple[IntArray, IntArray]]


def change(plan: Plan) -> int:
    """By how much one unit can change what noise is added to: an L2 distance, in whole units.

    Where people add the noise to their own updates, neighbours differ in what somebody sends and
    not in whether: so it is twice the clip.
    """
    return UNITS_PER_CLIP * (2 if _privacy(plan).place is NoisePlace.LOCAL else 1)


def noisy_sum(
    learner: Learner,
    model: FloatArray,
    cohort: Cohort,
    clip: float,
    moment: tuple[int, int],
    secrets: Secrets,
    ask_sums: AskSums | None = None,
) -> NoisySum:
    """The sum of what the cohort sends, with the noise of whoever adds it.

    Args:
        clip: the largest L2 norm of one unit's contribution.
        moment: the round, from 1, and the exchange in it, from 0.
        ask_sums: asks the sites for `summed`, or for `noisy_sum_at_site` where they draw the
            noise, and tells who answered; left out, they are in this process.

    Raises:
        SecureTermsError, TooFewSurvivorsError: sums were to be masked and cannot be.
    """
    plan, place = learner.plan, _privacy(learner.plan).place
    hidden = partial(_with_noise, plan, secrets)
    own = hidden if place is NoisePlace.LOCAL else None
    counts = secrets.clip_rule is not None
    if ask_sums is None:
        sums = summed(learner, model, cohort, clip, moment, own, counts_within=counts)
        for site in cohort.sites if place is NoisePlace.SITE else ():
            sums[site] = hidden(sums[site])
    else:
        sums, answered = ask_sums(model, cohort, clip, moment, counts)
        cohort = replace(cohort, sites=answered)
    total, masked = _added(learner, sums, cohort, moment[0], secrets)
    if place is NoisePlace.CENTRAL:
        total = hidden(total)
    numbers = total[: len(total) - counts] * (clip / UNITS_PER_CLIP)
    within = float(total[-1]) / UNITS_PER_CLIP if counts else 0.0
    return NoisySum(
        total=np.asarray(numbers, dtype=np.float64),
        sites=cohort.sites,
        within=within,
        masked=masked,
    )


def noisy_sum_at_site(
    learner: Learner, model: FloatArray, moment: tuple[int, int], secrets: Secrets
) -> IntArray:
    """What a site sends where it draws the noise: who is drawn is its own secret too.

    The clip, the chance to be drawn and the noise are those of the plan, whatever the server says.

    Args:
        learner: of the site's own problem, which has one site.
        secrets: the site's.
    """
    plan, everybody = learner.plan, _units(learner.problem)
    drawn = sampled(len(everybody.clients), plan.fraction, secrets.draw)
    cohort = Cohort(drawn=drawn, sites=np.zeros(1, dtype=np.int64))
    sums = summed(learner, model, cohort, _privacy(plan).clip, moment)
    return _with_noise(plan, secrets, sums[0])


def _with_noise(plan: Plan, secrets: Secrets, numbers: IntArray) -> IntArray:
    """`numbers` with the noise of the plan; the last counts units, where the clip follows them."""
    rule = secrets.clip_rule
    if rule is None:
        return secrets.add_noise(_privacy(plan).noise_multiplier * UNITS_PER_CLIP, numbers)
    updates = secrets.add_noise(rule.noise_multiplier * UNITS_PER_CLIP, numbers[:-1])
    count = secrets.add_noise(rule.count_noise * UNITS_PER_CLIP, numbers[-1:])
    return np.concatenate([updates, count])


def _added(
    learner: Learner, sums: IntArray, cohort: Cohort, round_: int, secrets: Secrets
) -> tuple[IntArray, SecureSum | None]:
    """The answering sites' sums in one, masked where the plan says so."""
    if not learner.plan.secure:
        return np.asarray(sums[cohort.sites].sum(axis=0), dtype=np.int64), None
    noise = _privacy(learner.plan).noise_multiplier
    units = len(_units(learner.problem).clients)
    largest = math.ceil((units * (1 + _TAIL * noise)) * UNITS_PER_CLIP)
    found = masked_total(sums, cohort.sites, round_=round_, largest=largest, draw=secrets.masks)
    return found.total, found


def sampled(people: int, rate: float, draw: Draw) -> IntArray:
    """The positions of the people who take part: each with probability `rate`, independently."""
    coins = np.frombuffer(draw(8 * people), dtype="<u8")
    if len(coins) != people:
        raise ValueError("draw gave another number of bytes than it was asked for")
    limit = int(rate * 2**64)
    return np.arange(people) if limit >= 2**64 else np.flatnonzero(coins < np.uint64(limit))


def summed(
    learner: Learner,
    model: FloatArray,
    cohort: Cohort,
    clip: float,
    moment: tuple[int, int],
    own_noise: Callable[[IntArray], IntArray] | None = None,
    *,
    counts_within: bool = False,
) -> IntArray:
    """Per site, the sum of what its drawn units add; this is all that leaves it.

    Args:
        own_noise: each unit's part carries noise of its own.
        counts_within: a last number adds half a clip for each unit whose update was within the
            clip, and takes half away for each other.
    """
    units, (round_, exchange) = _units(learner.problem), moment
    drawn = cohort.drawn[np.isin(units.sites[cohort.drawn], cohort.sites)]
    size = sum(tensor.size for tensor in learner.messages)
    sums = np.zeros((len(learner.problem.sites), size + counts_within), dtype=np.int64)
    group = max(1, _NUMBERS_AT_ONCE // max(size, len(model)))
    for first in range(0, len(drawn), group):
        chosen = drawn[first : first + group]
        starts = np.broadcast_to(model, (len(chosen), len(model)))
        clients = units.clients.some(chosen)
        updates = learner.contributions(clients, starts, round_, exchange=exchange)
        parts = bounded(updates, clip)
        if counts_within:
            parts = np.column_stack([parts, _halves(updates, clip)])
        if own_noise is not None:
            parts = np.stack([own_noise(part) for part in parts])
        _add_by_site(sums, units.sites[chosen], parts)
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


def _halves(updates: FloatArray, clip: float) -> IntArray:
    """Half a clip in whole units for each update within the clip, and less half for each other."""
    with np.errstate(over="ignore", invalid="ignore"):
        is_within = np.sqrt((updates * updates).sum(axis=1)) <= clip
    return np.where(is_within, UNITS_PER_CLIP // 2, -UNITS_PER_CLIP // 2)


def _add_by_site(sums: IntArray, sites: IntArray, parts: IntArray) -> None:
    """Add `parts`, which lie in ascending order of their sites, to `sums`."""
    if not len(parts):
        return
    starts = np.flatnonzero(np.append(True, sites[1:] != sites[:-1]))
    sums[sites[starts]] += np.add.reduceat(parts, starts, axis=0)


def _units(problem: Problem) -> Units:
    if problem.units is None:
        raise ValueError("the problem was prepared for a plan without noise")
    return problem.units


def _privacy(plan: Plan) -> NoisePlan:
    if plan.privacy is None:
        raise ValueError("only a plan with noise hides anybody")
    return plan.privacy
