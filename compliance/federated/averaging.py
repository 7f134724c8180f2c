"""Rounds without noise: who is asked, who answers, and what the server makes of it.

Source: McMahan et al. 2017, arXiv:1602.05629, Algorithm 1 (FederatedAveraging).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compliance.errors import TooFewSurvivorsError
from compliance.federated.exchange import Exchange, Question, asked_sites
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import KeyArray, salted
from compliance.federated.leaks import readable
from compliance.federated.learners import Learner
from compliance.federated.masking import LARGEST_STEP, LARGEST_SUM, masked_decimals
from compliance.federated.nouns import Plan, Poison, Strategy
from compliance.federated.records import BoolArray
from compliance.federated.secure import SecureSum
from compliance.federated.secure.nouns import Draw
from compliance.federated.strategies import (
    Server,
    averaging_weights,
    corrected,
    joined,
    stepped,
)

_COHORTS, _TURNOUT, _POISONED, _LIES = 1, 2, 3, 4  # keep these draws apart from shuffles' (0)
_BOAST, _DIN = 10.0, 100.0  # how much longer a poisoned update is than an honest one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turnout:
    """Who was asked in a round, as positions of sites in ascending order.

    Attributes:
        asked: all of them.
        answering: those that answer in time.
        slow: of those, the ones that make only one pass.
    """

    asked: IntArray
    answering: IntArray
    slow: IntArray

    def without(self, silent: IntArray) -> Turnout:
        """The same, but for sites that did not answer after all."""
        return replace(
            self,
            answering=np.setdiff1d(self.answering, silent),
            slow=np.setdiff1d(self.slow, silent),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """What a round did.

    Attributes:
        model, server: after it.
        turnout: who was asked.
        taken: positions of the sites whose contributions were taken.
        is_void: too few answered; nothing changed.
        refused: sites that answered with what is no number.
        masked: what the server saw, where sites masked what they sent.
        readable: of those taken, the sites of which the server can read a row off what it sees;
            None where that was not looked at.
    """

    model: FloatArray
    server: Server
    turnout: Turnout
    taken: IntArray
    is_void: bool = False
    masked: SecureSum | None = None
    refused: int = 0
    readable: int | None = None


def cohort(sites: int, plan: Plan, round_: int) -> IntArray:
    """The positions of the sites that are asked in a round, in ascending order.

    `plan.fraction` of them, at least one, drawn from the seed and the round alone.
    """
    if plan.fraction == 1:
        return np.arange(sites)
    return np.sort(_dice(plan, round_, _COHORTS).permutation(sites)[: plan.asked(sites)])


def turnout(
    asked: IntArray,
    sites: int,
    plan: Plan,
    round_: int,
    *,
    steps: bool = True,
    keys: KeyArray | None = None,
) -> Turnout:
    """Who of those asked answers; each by coins of its own, from the seed and the round.

    Args:
        steps: sites make passes, of which a slow one makes one; otherwise it does not answer.
        keys: of all sites. With them coins follow from a site's key and not from its place, which
            would tell whether there are sites before it.
    """
    if keys is None:
        coins = _dice(plan, round_, _TURNOUT).random((2, sites))[:, asked]
    else:
        coins = _coins_of(keys[asked], plan, round_)
    is_there = coins[0] >= plan.trouble.dropout
    is_slow = (coins[1] < plan.trouble.stragglers) & is_there
    if not steps:
        return Turnout(asked=asked, answering=asked[is_there & ~is_slow], slow=asked[:0])
    return Turnout(asked=asked, answering=asked[is_there], slow=asked[is_slow])


def has_quorum(here: Turnout, plan: Plan) -> bool:
    """Whether enough sites answer for the round to count."""
    needed = plan.trouble.quorum * len(here.asked)
    return len(here.answering) > 0 and len(here.answering) >= needed


def poisoned_sites(sites: int, plan: Plan) -> IntArray:
    """The positions of the sites that lie, the same in every round."""
    return np.sort(_dice(plan, 0, _POISONED).permutation(sites)[: plan.trouble.poisoned])


def averaged_round(
    learner: Learner,
    model: FloatArray,
    server: Server,
    round_: int,
    draw: Draw | None = None,
    exchange: Exchange | None = None,
) -> Step:
    """The common model after one round.

    Contributions that are no numbers are not taken, and where too few sites answer nothing is.

    Args:
        draw: secret bytes, where sites mask what they send.
        exchange: asks the sites; left out, they are in this process.

    Raises:
        SecureTermsError: there are too many sites for masks, or one sends too large a number.
    """
    plan, sites = learner.plan, len(learner.problem.sites)
    asked = cohort(sites, plan, round_)
    here = turnout(asked, sites, plan, round_, steps=not learner.adds_up)
    void = Step(model=model, server=server, turnout=here, taken=here.answering[:0], is_void=True)
    if not has_quorum(here, plan):
        return replace(void, taken=here.answering)
    try:
        if learner.adds_up:
            return _added_up(learner, model, void, round_, draw, exchange)
        return _stepped(learner, model, void, round_, draw, exchange)
    except TooFewSurvivorsError:
        return void


def _stepped(
    learner: Learner,
    model: FloatArray,
    void: Step,
    round_: int,
    draw: Draw | None,
    exchange: Exchange | None,
) -> Step:
    """A round in which sites send steps."""
    plan, server = learner.plan, void.server
    updates, here = _updates(learner, model, server, void.turnout, round_, exchange)
    void = replace(void, turnout=here)
    if not has_quorum(here, plan):
        return replace(void, taken=here.answering)
    updates = _with_lies(updates, here.answering, len(learner.problem.sites), plan, round_)
    is_number = np.isfinite(updates).all(axis=1)
    taken, updates = here.answering[is_number], updates[is_number]
    refused = len(here.answering) - len(taken)
    if not len(taken):
        return replace(void, refused=refused)
    sizes = learner.problem.sites.sizes[taken]
    if draw is None:
        mean, seen = joined(plan, updates, sizes), None
    else:
        weights = averaging_weights(sizes)[:, None]
        mean, seen = _hidden(weights * updates, taken, here, LARGEST_STEP, round_, draw)
    moved, remembered = stepped(plan, model, mean, server)
    if plan.strategy is Strategy.SCAFFOLD:
        steps = _steps(plan, sizes, np.isin(taken, here.slow))
        remembered = corrected(remembered, taken, updates, steps, plan.learning_rate)
        # The server knows what sites were told to add, and can take it away again.
        updates = remembered.controls[taken]
    shown = averaging_weights(sizes)[:, None] * updates if plan.secure else updates
    told = readable(learner, learner.problem.sites.some(taken), shown, is_summed=plan.secure)
    step = Step(model=moved, server=remembered, turnout=here, taken=taken, masked=seen)
    return replace(step, refused=refused, readable=int(told.sum()))


def _hidden(
    parts: FloatArray, taken: IntArray, here: Turnout, largest: float, round_: int, draw: Draw
) -> tuple[FloatArray, SecureSum]:
    """The sum of `parts`, one per site in `taken`, as a server learns it that sees none."""
    places = np.searchsorted(here.asked, taken)
    vectors = np.zeros((len(here.asked), parts.shape[1]))
    vectors[places] = parts
    return masked_decimals(vectors, places, round_=round_, largest=largest, draw=draw)


def _updates(
    learner: Learner,
    model: FloatArray,
    server: Server,
    here: Turnout,
    round_: int,
    exchange: Exchange | None,
) -> tuple[FloatArray, Turnout]:
    """What each answering site found, one row per site, slow ones in one pass; and who answered."""
    updates = np.empty((len(here.answering), len(model)))
    came = np.ones(len(here.answering), dtype=bool)
    is_slow = np.isin(here.answering, here.slow)
    for some, epochs in ((~is_slow, None), (is_slow, 1)):
        if not some.any():
            continue
        sites = here.answering[some]
        correction = None
        if learner.plan.strategy is Strategy.SCAFFOLD:
            correction = server.control - server.controls[sites]
        if exchange is not None:
            question = Question(model=model, round=round_, epochs=epochs or 0)
            answers = asked_sites(exchange, learner, question, sites, correction)
            updates[some], came[some] = answers.arrays, answers.came
            continue
        starts = np.broadcast_to(model, (len(sites), len(model)))
        clients = learner.problem.sites.some(sites)
        updates[some] = learner.contributions(
            clients, starts, round_, epochs=epochs, correction=correction
        )
    return updates[came], here.without(here.answering[~came])


def _added_up(
    learner: Learner,
    model: FloatArray,
    void: Step,
    round_: int,
    draw: Draw | None,
    exchange: Exchange | None,
) -> Step:
    """A round of exchanges in which sites send sums over their rows."""
    here, sites = void.turnout, learner.problem.sites
    taken, seen, refused = here.answering, None, 0
    told = np.zeros(len(sites), dtype=bool)
    for number in range(learner.exchanges):
        if exchange is None:
            starts = np.broadcast_to(model, (len(taken), len(model)))
            sums = learner.contributions(sites.some(taken), starts, round_, exchange=number)
        else:
            question = Question(model=model, round=round_, exchange=number)
            answers = asked_sites(exchange, learner, question, taken)
            here = here.without(taken[~answers.came])
            taken, sums = taken[answers.came], answers.arrays[answers.came]
            if not has_quorum(here, learner.plan):
                return replace(void, turnout=here, taken=here.answering)
        sums = _with_lies(sums, taken, len(sites), learner.plan, round_)
        is_number = np.isfinite(sums).all(axis=1)
        taken, sums = taken[is_number], sums[is_number]
        refused = len(here.answering) - len(taken)
        if not len(taken):
            return replace(void, turnout=here, refused=refused)
        told[taken] |= readable(learner, sites.some(taken), sums, is_summed=learner.plan.secure)
        if draw is None:
            total = sums.sum(axis=0)
        else:
            total, seen = _hidden(sums, taken, here, LARGEST_SUM, round_, draw)
        model = learner.advanced(model, total, round_, exchange=number)
    step = Step(model=model, server=void.server, turnout=here, taken=taken, masked=seen)
    return replace(step, refused=refused, readable=int(told.sum()))


def _with_lies(
    updates: FloatArray, sites: IntArray, all_sites: int, plan: Plan, round_: int
) -> FloatArray:
    """`updates`, of which those of poisoned sites are no honest ones."""
    lies = np.flatnonzero(np.isin(sites, poisoned_sites(all_sites, plan)))
    if not len(lies):
        return updates
    updates = updates.copy()
    if plan.trouble.poison is Poison.FLIP:
        updates[lies] *= -_BOAST
    elif plan.trouble.poison is Poison.BROKEN:
        updates[lies] = np.nan
    else:
        anywhere = _dice(plan, round_, _LIES).normal(size=(len(lies), updates.shape[1]))
        lengths = np.linalg.norm(updates[lies], axis=1) / np.linalg.norm(anywhere, axis=1)
        updates[lies] = _DIN * lengths[:, None] * anywhere
    return updates


def _coins_of(keys: KeyArray, plan: Plan, round_: int) -> FloatArray:
    """Two numbers from 0 up to 1 per key."""
    salts = (plan.seed ^ (round_ << 32) ^ (which << 48) for which in (1, 2))
    return np.stack([salted(keys, salt) >> np.uint64(11) for salt in salts]) / 2.0**53


def _steps(plan: Plan, sizes: IntArray, is_slow: BoolArray) -> IntArray:
    batches = -(-sizes // plan.batch)
    return np.where(is_slow, 1, plan.local_epochs) * batches


def _dice(plan: Plan, round_: int, purpose: int) -> np.random.Generator:
    bits = np.random.Philox(
        key=np.array([plan.seed, 0], dtype=np.uint64), counter=[0, 0, round_, purpose]
    )
    return np.random.Generator(bits)
