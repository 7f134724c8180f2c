"""A run, round by round; it can be left after any of them, and taken up again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from compliance.errors import DivergedError, TooFewSurvivorsError
from compliance.federated.averaging import (
    Step,
    Turnout,
    averaged_round,
    has_quorum,
    poisoned_sites,
    turnout,
)
from compliance.federated.exchange import Exchange, asked_sums, check_askable, draws_at_sites
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner, learner_of
from compliance.federated.messages import bytes_of, sent
from compliance.federated.models import Model
from compliance.federated.noising import Cohort, Secrets, expected, noisy_sum, sampled
from compliance.federated.nouns import Plan, Poison, Round, Seen, Strategy
from compliance.federated.problem import Problem
from compliance.federated.strategies import Server, fresh_server, stepped
from compliance.privacy.nouns.units import PrivacyUnitKind

MOST_PASSES_ALONE = 100  # over the rows, by the baselines: more of them gain nothing
MOST_SITES_TRACED = 64  # with more, the metric of each site is not kept for every round


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """A run as it stands after some rounds.

    Attributes:
        rounds: those run so far, in order.
        model: the common model.
        server: what the server remembers besides.
        clip: the largest norm of one unit's update in the next round, where there is noise.
        models_alone: per site, the model that it has trained alone, for as many rounds; no rows
            where the plan asks for no baselines.
        model_pooled: the model trained on all rows in one place, for as many rounds.
        times_asked, times_taken: per site, in how many rounds.
        seen: what the server saw of each site in the last round, where sums were masked.
    """

    rounds: tuple[Round, ...]
    model: FloatArray
    server: Server
    clip: float
    models_alone: FloatArray
    model_pooled: FloatArray
    times_asked: IntArray
    times_taken: IntArray
    seen: tuple[Seen, ...] = ()

    @property
    def latest(self) -> Round:
        """The last round."""
        return self.rounds[-1]


def train(
    problem: Problem,
    plan: Plan,
    *,
    model: Model | None = None,
    secrets: Secrets | None = None,
    price: Callable[[int], float] | None = None,
    resumed: Training | None = None,
    exchange: Exchange | None = None,
) -> Iterator[Training]:
    """The run after each of its rounds.

    To stop is to ask for no more: every `Training` is complete in itself, `finish` makes an
    outcome of any, and a later `train` goes on from it. Both baselines go along, round by round.
    Without noise all of it follows from `problem` and the seed, bit for bit, and the first rounds
    of a long run are those of a short one. With noise, the caller pays for a round before asking
    for it.

    Args:
        problem: prepared for `plan`.
        plan: what to do.
        model: of the caller's own, instead of the plan's.
        secrets: needed with noise or masks, otherwise unused.
        price: ε after that many rounds; shown only.
        resumed: an earlier run of the same problem and plan, to go on from.
        exchange: asks the sites; left out, they are in this process, all at once.

    Raises:
        DivergedError: the model is no longer a number.
        MalformedPlanError: the model cannot give the problem's answers.
    """
    needs_noise = plan.privacy is not None
    if needs_noise != (problem.units is not None):
        raise ValueError("the problem was prepared for another plan")
    if (needs_noise or plan.secure) and secrets is None:
        raise ValueError("a plan with noise or masks needs secrets")
    learner = learner_of(problem, plan, model)
    if exchange is not None:
        check_askable(plan)
    return _rounds(learner, resumed or _untrained(learner), secrets, price, exchange)


def _rounds(
    learner: Learner,
    training: Training,
    secrets: Secrets | None,
    price: Callable[[int], float] | None,
    exchange: Exchange | None,
) -> Iterator[Training]:
    plan = learner.plan
    for number in range(len(training.rounds) + 1, plan.rounds + 1):
        with np.errstate(over="ignore", invalid="ignore"):  # told by the checks
            training = _one_round(learner, training, number, secrets, exchange)
        if price is not None and plan.privacy is not None:
            done = replace(training.latest, epsilon=price(number))
            training = replace(training, rounds=(*training.rounds[:-1], done))
        yield training


def _one_round(
    learner: Learner,
    training: Training,
    number: int,
    secrets: Secrets | None,
    exchange: Exchange | None,
) -> Training:
    """The run a round further, baselines too; what it cost is told later."""
    plan, clip = learner.plan, training.clip
    if secrets is None or plan.privacy is None:
        draw = secrets.masks if secrets is not None and plan.secure else None
        step = averaged_round(learner, training.model, training.server, number, draw, exchange)
        clients = len(step.taken)
    else:
        step, clients, clip = _noisy_round(learner, training, number, secrets, exchange)
    is_astray = step.refused > 0 and not len(step.taken) and not _only_lies(learner, step)
    if is_astray or not np.isfinite(step.model).all():
        raise DivergedError(round=number)
    done = replace(_round(learner, training, step, number), clients=clients)
    if not np.isfinite([done.loss, done.metric]).all():
        raise DivergedError(round=number)
    after = replace(_after(training, step, done), clip=clip)
    return _with_baselines(learner, after, number)


def _only_lies(learner: Learner, step: Step) -> bool:
    """Whether all who answered send broken numbers on purpose, and others may in other rounds."""
    sites = len(learner.problem.sites)
    lying = poisoned_sites(sites, learner.plan)
    is_broken = learner.plan.trouble.poison is Poison.BROKEN and len(lying) < sites
    return is_broken and bool(np.isin(step.turnout.answering, lying).all())


def _untrained(learner: Learner) -> Training:
    problem, plan, model = learner.problem, learner.plan, learner.initial()
    sites = len(problem.sites)
    return Training(
        rounds=(),
        model=model,
        server=fresh_server(plan, len(model), sites),
        clip=plan.privacy.clip if plan.privacy else 0.0,
        models_alone=np.tile(model, (sites if plan.baselines else 0, 1)),
        model_pooled=model.copy(),
        times_asked=np.zeros(sites, dtype=np.int64),
        times_taken=np.zeros(sites, dtype=np.int64),
    )


def _noisy_round(
    learner: Learner,
    training: Training,
    round_: int,
    secrets: Secrets,
    exchange: Exchange | None,
) -> tuple[Step, int, float]:
    """A round with noise, how many units were drawn, and the clip of the next round.

    Every site is asked and every answering site sends its sum, even one over nobody: whether it
    has someone is secret. Sums are divided by a constant, whoever was drawn and answered.
    """
    problem, plan, model, clip = learner.problem, learner.plan, training.model, training.clip
    if problem.units is None:
        raise ValueError("the problem was prepared for a plan without noise")
    everywhere = np.arange(len(problem.sites))
    keys = problem.sites.keys
    here = turnout(everywhere, len(problem.sites), plan, round_, steps=False, keys=keys)
    step = Step(model=model, server=training.server, turnout=here, taken=here.answering)
    if not _counts(here, plan):
        return replace(step, is_void=True), 0, clip
    units = len(problem.units.clients)
    count = expected(units, plan.fraction)
    is_drawn_afar = exchange is not None and draws_at_sites(plan)  # and how many, only sites know
    asking = None if exchange is None else partial(asked_sums, exchange, learner)
    for number in range(learner.exchanges):
        drawn = sampled(units, plan.fraction, secrets.draw)
        clients = round(count) if is_drawn_afar else len(drawn)
        cohort, moment = Cohort(drawn=drawn, sites=here.answering), (round_, number)
        try:
            found = noisy_sum(learner, model, cohort, training.clip, moment, secrets, asking)
        except TooFewSurvivorsError:
            return replace(step, is_void=True), clients, clip
        here = here.without(np.setdiff1d(here.answering, found.sites))
        step = replace(step, turnout=here, taken=here.answering)
        if not _counts(here, plan):
            return replace(step, is_void=True), clients, clip
        if learner.adds_up:
            model = learner.advanced(model, found.total, round_, exchange=number)
        else:
            model, server = stepped(plan, model, found.total / count, training.server)
            step = replace(step, server=server)
        step = replace(step, masked=found.masked)
        if secrets.clip_rule is not None:
            clip = secrets.clip_rule.next_clip(clip, found.within / count + 0.5)
    return replace(step, model=model), clients, clip


def _counts(here: Turnout, plan: Plan) -> bool:
    """Whether a round with noise is made of these answers.

    Where sites are protected, that nobody answered tells of each; so it is made in any case, of
    noise alone.
    """
    is_site = plan.privacy is not None and plan.privacy.unit is PrivacyUnitKind.SITE
    return has_quorum(here, plan) or (is_site and not plan.trouble.quorum)


def _round(learner: Learner, training: Training, step: Step, number: int) -> Round:
    """What there is to say of a round without noise."""
    problem, here = learner.problem, step.turnout
    predicted = learner.predicted(step.model, problem.held_out_rows)
    quality = learner.quality(predicted, problem.held_out_rows)
    travelled = sent(learner, len(here.asked), len(here.answering), step.masked)
    return Round(
        round=number,
        loss=quality.loss,
        metric=quality.metric or 0.0,
        clients=len(step.taken),
        bytes_up=bytes_of(travelled, is_up=True),
        bytes_down=bytes_of(travelled, is_up=False),
        sent=travelled,
        asked=len(here.asked),
        silent=len(here.asked) - len(here.answering),
        slow=len(here.slow),
        refused=step.refused,
        is_void=step.is_void,
        readable=step.readable,
        clip=training.clip or None,
        model_hash=hashlib.sha256(step.model.tobytes()).hexdigest(),
        site_metrics=_site_metrics(learner, predicted),
    )


def _site_metrics(learner: Learner, predicted: FloatArray) -> tuple[float | None, ...]:
    problem = learner.problem
    if len(problem.sites) > MOST_SITES_TRACED:
        return ()
    first = problem.training_rows
    return tuple(
        learner.quality(predicted[rows.start - first : rows.stop - first], rows).metric
        for rows in problem.held_out_at()
    )


def _after(training: Training, step: Step, done: Round) -> Training:
    asked, taken = training.times_asked.copy(), training.times_taken.copy()
    asked[step.turnout.asked] += 1
    taken[step.turnout.answering] += 1
    return replace(
        training,
        rounds=(*training.rounds, done),
        model=step.model,
        server=step.server,
        times_asked=asked,
        times_taken=taken,
        seen=step.masked.seen if step.masked else (),
    )


def _with_baselines(learner: Learner, training: Training, round_: int) -> Training:
    """Each site alone, and all rows in one place, a round further; without noise or trouble."""
    plan = learner.plan
    makes_passes = not learner.adds_up and plan.strategy is not Strategy.FEDSGD
    is_done = makes_passes and (round_ - 1) * plan.local_epochs >= MOST_PASSES_ALONE
    if not plan.baselines or is_done:
        return training
    alone, pooled = training.models_alone, training.model_pooled[None]
    sites, everybody = learner.problem.sites, learner.problem.everybody
    for exchange in range(learner.exchanges):
        found = learner.contributions(sites, alone, round_, exchange=exchange)
        together = learner.contributions(everybody, pooled, round_, exchange=exchange)
        if not learner.adds_up:
            alone, pooled = alone + found, pooled + together
            continue
        alone = np.stack(
            [
                learner.advanced(model, sums, round_, exchange=exchange)
                for model, sums in zip(alone, found, strict=True)
            ]
        )
        pooled = learner.advanced(pooled[0], together[0], round_, exchange=exchange)[None]
    return replace(training, models_alone=alone, model_pooled=pooled[0])
