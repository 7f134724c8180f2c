"""Asking sites: what is brought to each of them in a round, and what comes back.

The rows of a site are met on its own side only, by `answered`. Whether that side is this process
or another machine is the exchange's business; who is asked, what is checked and what becomes of
the answers is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.errors import DeploymentError
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner, learner_of
from compliance.federated.noising import (
    UNITS_PER_CLIP,
    Cohort,
    Secrets,
    noisy_sum_at_site,
    summed,
)
from compliance.federated.nouns import Plan
from compliance.federated.problem import Clients, Problem, Units
from compliance.federated.records import BoolArray
from compliance.privacy.nouns.units import NoisePlace

_LARGEST_TOTAL = 2**62  # of noisy sums together, which no number of ours may overflow

AnyArray = npt.NDArray[np.generic]
Parcel = Mapping[str, AnyArray]


class Silence(StrEnum):
    """Why a site that was asked gave no answer that counts."""

    GONE = "the site is not there"
    LATE = "no answer within the time that a round may take"
    FAILED = "the site could not compute an answer"
    UNUSABLE = "the answer was not what a site sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back; every site asked stands in one of the two.

    Attributes:
        parcels: per site, its answer.
        silent: per site without one, why.
    """

    parcels: Mapping[str, Parcel]
    silent: Mapping[str, Silence]


class Exchange(Protocol):
    """Brings a parcel to each site and fetches the answers."""

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        """The sites' answers; waits for them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What all sites that are asked together are asked.

    Attributes:
        model: the common model.
        round: from 1.
        exchange: in the round, from 0.
        epochs: passes over the rows; 0 for those of the plan.
    """

    model: FloatArray
    round: int
    exchange: int = 0
    epochs: int = 0

    def packed(self) -> dict[str, AnyArray]:
        """As it travels."""
        return {"model": self.model, "moment": np.array([self.round, self.exchange, self.epochs])}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AskedSites:
    """What sites sent.

    Attributes:
        arrays: one row per site that was asked; zeros where nothing came.
        came: per site that was asked, whether its contribution has come.
    """

    arrays: FloatArray
    came: BoolArray


def check_askable(plan: Plan) -> None:
    """Nothing, where sites can be asked for what `plan` needs.

    Raises:
        DeploymentError: they cannot, so far.
    """
    if plan.secure:
        raise DeploymentError(reason="sums are masked within one process so far")
    if plan.privacy is None or plan.privacy.place is NoisePlace.CENTRAL:
        return
    if plan.privacy.place is NoisePlace.LOCAL:
        reason = (
            "people add noise within one process so far; choose a place that is central or site"
        )
        raise DeploymentError(reason=reason)
    if plan.privacy.quantile is not None:
        reason = "a clip that follows the updates needs the noise at the desk; fix the clip"
        raise DeploymentError(reason=reason)


class Here:
    """The exchange with sites in this process: what any other must give the same answers as."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """The sites of `problem`."""
        self._learners = {
            name: learner_of(_one(problem, at), plan) for at, name in enumerate(problem.site_names)
        }

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        """Every site's answer."""
        answers = {site: answered(self._learners[site], asked) for site, asked in parcels.items()}
        return Answers(parcels=answers, silent={})


class Compared:
    """An exchange, each answer of which is compared with what this process would have answered.

    Attributes:
        difference: the largest absolute difference of two numbers so far; contributions are
            compared as they are, sums in units of the grid.
    """

    def __init__(self, far: Exchange, near: Exchange) -> None:
        """`far`, compared with `near`."""
        self._far, self._near = far, near
        self.difference = 0.0

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        """The answers of `far`."""
        came = self._far.ask(parcels)
        expected = self._near.ask({site: parcels[site] for site in came.parcels})
        for site, parcel in expected.parcels.items():
            for name, values in parcel.items():
                self._compare(values, came.parcels[site].get(name))
        return came

    def _compare(self, expected: AnyArray, came: AnyArray | None) -> None:
        if came is None or came.shape != expected.shape:
            self.difference = np.inf
            return
        if not np.array_equal(came, expected, equal_nan=expected.dtype.kind == "f"):
            apart = np.abs(np.subtract(came, expected, dtype=np.float64)).max()
            self.difference = np.inf if np.isnan(apart) else max(self.difference, float(apart))


def draws_at_sites(plan: Plan) -> bool:
    """Whether each site draws who takes part, and the noise."""
    return plan.privacy is not None and plan.privacy.place is NoisePlace.SITE


def answered(learner: Learner, asked: Parcel, secrets: Secrets | None = None) -> Parcel:
    """What leaves a site: its contribution; with noise, a sum over those of its units.

    With noise nothing else can be had, whatever is asked. Where the sites draw it, the sum is a
    noisy one.

    Args:
        learner: of the site's own problem, which has one site.
        asked: a `Question`; besides, with noise `drawn`, positions among the site's units, `clip`
            and `counts`, whether the last number counts them; otherwise perhaps a `correction`.
        secrets: the site's own, where it draws the noise.

    Raises:
        ValueError: it has none, and would need them.
    """
    model = np.asarray(asked["model"], dtype=np.float64)
    round_, exchange, epochs = (int(number) for number in np.asarray(asked["moment"], np.int64))
    if draws_at_sites(learner.plan):
        if secrets is None:
            raise ValueError("a site that draws noise needs secrets")
        return {"sum": noisy_sum_at_site(learner, model, (round_, exchange), secrets)}
    if learner.plan.privacy is not None:
        drawn = np.asarray(asked["drawn"], dtype=np.int64)
        cohort = Cohort(drawn=drawn, sites=np.zeros(1, dtype=np.int64))
        clip, counts = (float(asked[name].astype(np.float64)[0]) for name in ("clip", "counts"))
        moment = (round_, exchange)
        sums = summed(learner, model, cohort, clip, moment, counts_within=counts > 0)
        return {"sum": sums[0]}
    correction = asked.get("correction")
    found = learner.contributions(
        learner.problem.sites,
        model[None],
        round_,
        exchange=exchange,
        epochs=epochs or None,
        correction=None if correction is None else np.asarray(correction, np.float64)[None],
    )
    return {"contribution": found[0]}


def asked_sites(
    exchange: Exchange,
    learner: Learner,
    question: Question,
    sites: IntArray,
    correction: FloatArray | None = None,
) -> AskedSites:
    """The contributions of the sites at these positions, which may hold what is no number.

    Args:
        correction: one row per site.
    """
    names = [learner.problem.site_names[site] for site in sites]
    parcels = {name: question.packed() for name in names}
    if correction is not None:
        for name, own in zip(names, correction, strict=True):
            parcels[name]["correction"] = own
    answers = exchange.ask(parcels)
    arrays = np.zeros((len(sites), _numbers(learner)))
    came = np.zeros(len(sites), dtype=bool)
    for at, name in enumerate(names):
        values = answers.parcels.get(name, {}).get("contribution")
        if values is not None and values.dtype == np.float64 and values.shape == arrays[at].shape:
            arrays[at], came[at] = values, True
    return AskedSites(arrays=arrays, came=came)


def asked_sums(
    exchange: Exchange,
    learner: Learner,
    model: FloatArray,
    cohort: Cohort,
    clip: float,
    moment: tuple[int, int],
    counts_within: bool,  # noqa: FBT001 - called by position
) -> tuple[IntArray, IntArray]:
    """Per site of the problem the sum over its drawn units, and which sites have sent one.

    A sum longer than its units can make it counts as none: noise would not cover it. Where the
    sites draw the noise, they draw the units as well, and any sum can come.
    """
    problem = learner.problem
    if problem.units is None:
        raise ValueError("the problem was prepared for a plan without noise")
    names = problem.site_names
    if draws_at_sites(learner.plan):
        return _noisy_sums(
            exchange,
            learner,
            Question(model=model, round=moment[0], exchange=moment[1]),
            cohort.sites,
        )
    first = np.searchsorted(problem.units.sites, np.arange(len(names) + 1))
    parts = np.split(cohort.drawn, np.searchsorted(cohort.drawn, first[1:-1]))
    question = Question(model=model, round=moment[0], exchange=moment[1]).packed()
    common = {**question, "clip": np.array([clip]), "counts": np.array([int(counts_within)])}
    asked = {names[at]: {**common, "drawn": parts[at] - first[at]} for at in cohort.sites}
    answers = exchange.ask(asked)
    sums = np.zeros((len(names), _numbers(learner) + counts_within), dtype=np.int64)
    came = []
    for at in cohort.sites.tolist():
        values = answers.parcels.get(names[at], {}).get("sum")
        if values is not None and _is_sum(values, sums[at], len(parts[at]), counts_within):
            sums[at] = values
            came.append(at)
    return sums, np.array(came, dtype=np.int64)


def _noisy_sums(
    exchange: Exchange, learner: Learner, question: Question, sites: IntArray
) -> tuple[IntArray, IntArray]:
    names = learner.problem.site_names
    answers = exchange.ask({names[at]: question.packed() for at in sites})
    sums = np.zeros((len(names), _numbers(learner)), dtype=np.int64)
    largest, came = _LARGEST_TOTAL // len(names), []
    for at in sites.tolist():
        values = answers.parcels.get(names[at], {}).get("sum")
        if values is None or values.dtype != sums.dtype or values.shape != sums[at].shape:
            continue
        if all(abs(number) <= largest for number in values.tolist()):
            sums[at] = values
            came.append(at)
    return sums, np.array(came, dtype=np.int64)


def _is_sum(values: AnyArray, like: IntArray, units: int, counts_within: bool) -> bool:  # noqa: FBT001
    """Whether so many units, each within its clip, can have made this sum."""
    if values.dtype != like.dtype or values.shape != like.shape:
        return False
    numbers = [int(value) for value in values.tolist()]  # exact, however long
    if counts_within and 2 * abs(numbers.pop()) > units * UNITS_PER_CLIP:
        return False
    return sum(number * number for number in numbers) <= (units * UNITS_PER_CLIP) ** 2


def _numbers(learner: Learner) -> int:
    return sum(tensor.size for tensor in learner.messages)


def _one(problem: Problem, at: int) -> Problem:
    """The problem with one of its sites, as that site has it: no rows but its own."""
    first, size = int(problem.sites.starts[at]), int(problem.sites.sizes[at])
    held_out = problem.held_out_at()[at]
    rows = np.r_[first : first + size, held_out, len(problem.inputs) - 1]
    units = problem.units
    if units is not None:
        own = np.flatnonzero(units.sites == at)
        clients = _from(units.clients.some(own), first)
        units = Units(clients=clients, sites=np.zeros(len(own), dtype=np.int64))
    return replace(
        problem,
        inputs=problem.inputs[rows],
        answers=problem.answers[rows],
        person=problem.person[rows[:-1]],
        site_names=problem.site_names[at : at + 1],
        sites=_from(problem.sites.some(np.array([at])), first),
        held_out=problem.held_out[at : at + 1],
        units=units,
        totals=problem.in_all,
    )


def _from(clients: Clients, first: int) -> Clients:
    """`clients`, whose rows are counted from the row `first`."""
    return replace(clients, starts=clients.starts - first)
