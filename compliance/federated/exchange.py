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

from compliance.federated.engine import local_models
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.noising import UNITS_PER_CLIP, summed
from compliance.federated.nouns import Plan
from compliance.federated.problem import People, Problem

Parcel = Mapping[str, npt.NDArray[np.generic]]


class Silence(StrEnum):
    """Why a site that was asked gave no answer that counts."""

    GONE = "the site is not there"
    LATE = "no answer within the time that a round may take"
    FAILED = "the site could not compute an answer"
    UNUSABLE = "the answer was not what a site sends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came back in a round; every site asked stands in one of the two.

    Attributes:
        parcels: per site, its answer.
        silent: per site without one, why.
    """

    parcels: Mapping[str, Parcel]
    silent: Mapping[str, Silence]


class Exchange(Protocol):
    """Brings a parcel to each site and fetches the answers."""

    def ask(self, round_: int, parcels: Mapping[str, Parcel]) -> Answers:
        """The answers of that round; waits for them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a round's answers come to.

    Attributes:
        arrays: one row per site that answered.
        answered: which these are; positions in `Problem.site_names`, ascending.
        silent: per site that was asked and does not count, why.
    """

    arrays: npt.NDArray[np.generic]
    answered: IntArray
    silent: Mapping[str, Silence]


class Here:
    """The exchange with sites in this process: what any other must give the same answers as."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """The sites of `problem`."""
        self._plan = plan
        self._sites = {name: _one(problem, at) for at, name in enumerate(problem.site_names)}

    def ask(self, round_: int, parcels: Mapping[str, Parcel]) -> Answers:
        """Every site's answer."""
        del round_  # it stands in the parcels
        answers = {
            site: answered(self._sites[site], self._plan, asked) for site, asked in parcels.items()
        }
        return Answers(parcels=answers, silent={})


class Compared:
    """An exchange, each answer of which is compared with what this process would have answered.

    Attributes:
        difference: the largest absolute difference of two numbers so far; models are compared as
            they are, sums in units of the grid.
    """

    def __init__(self, far: Exchange, near: Exchange) -> None:
        """`far`, compared with `near`."""
        self._far, self._near = far, near
        self.difference = 0.0

    def ask(self, round_: int, parcels: Mapping[str, Parcel]) -> Answers:
        """The answers of `far`."""
        came = self._far.ask(round_, parcels)
        expected = self._near.ask(round_, {site: parcels[site] for site in came.parcels})
        for site, parcel in expected.parcels.items():
            for name, values in parcel.items():
                self._compare(values, came.parcels[site].get(name))
        return came

    def _compare(
        self, expected: npt.NDArray[np.generic], came: npt.NDArray[np.generic] | None
    ) -> None:
        if came is None or came.shape != expected.shape:
            self.difference = np.inf
            return
        apart = np.abs(np.subtract(came, expected, dtype=np.float64))
        self.difference = max(self.difference, float(apart.max(initial=0.0)))


def answered(problem: Problem, plan: Plan, asked: Parcel) -> Parcel:
    """What leaves a site in a round: without noise its model, with noise a sum over its people.

    Args:
        problem: the site's own: it has one site.
        plan: what is learnt.
        asked: `model`; `round`; with noise also `drawn`, positions among the site's people.
    """
    model = np.asarray(asked["model"], dtype=np.float64)
    round_ = int(asked["round"][0])
    if plan.privacy is None:
        return {"model": local_models(problem, problem.sites, model[None], plan, round_)[0]}
    drawn = np.asarray(asked["drawn"], dtype=np.int64)
    return {"sum": summed(problem, plan, model, drawn, round_)[0]}


def asked_models(
    exchange: Exchange, problem: Problem, model: FloatArray, round_: int, chosen: IntArray
) -> Asked:
    """The models of the sites at the positions `chosen`, trained from `model`."""
    parcels = {
        problem.site_names[at]: {"model": model, "round": np.array([round_])} for at in chosen
    }
    return _taken(exchange.ask(round_, parcels), "model", problem, np.float64, None)


def asked_sums(
    exchange: Exchange, problem: Problem, model: FloatArray, round_: int, drawn: IntArray
) -> Asked:
    """The sums of all sites over the people at the positions `drawn`.

    A sum longer than its site's drawn people can make it does not count: noise would not cover it.
    """
    if problem.people is None:
        raise ValueError("the problem was prepared for a plan without noise")
    names = problem.site_names
    first = np.searchsorted(problem.people.sites, np.arange(len(names) + 1))
    parts = np.split(drawn, np.searchsorted(drawn, first[1:-1]))
    parcels = {
        name: {"model": model, "round": np.array([round_]), "drawn": part - start}
        for name, part, start in zip(names, parts, first, strict=False)
    }
    most = dict(zip(names, (len(part) * UNITS_PER_CLIP for part in parts), strict=True))
    return _taken(exchange.ask(round_, parcels), "sum", problem, np.int64, most)


def _taken(
    answers: Answers,
    name: str,
    problem: Problem,
    kind: type[np.generic],
    longest: Mapping[str, int] | None,
) -> Asked:
    """The answers that are what a site sends: one finite number per parameter, not too long."""
    good, silent = {}, dict(answers.silent)
    for site, parcel in answers.parcels.items():
        values = parcel.get(name)
        is_good = values is not None and values.dtype == kind
        if is_good and values is not None and values.shape == (problem.parameters,):
            length = np.linalg.norm(values.astype(np.float64))
            if np.isfinite(length) and (longest is None or length <= longest[site]):
                good[site] = values
                continue
        silent[site] = Silence.UNUSABLE
    at = [place for place, site in enumerate(problem.site_names) if site in good]
    empty = np.zeros((0, problem.parameters), dtype=kind)
    rows = [good[problem.site_names[place]][None] for place in at]
    return Asked(
        arrays=np.concatenate([empty, *rows]),
        answered=np.array(at, dtype=np.int64),
        silent=silent,
    )


def _one(problem: Problem, at: int) -> Problem:
    """The problem with one of its sites, as that site has it."""
    people = problem.people
    if people is not None:
        own = np.flatnonzero(people.sites == at)
        people = People(clients=people.clients.some(own), sites=np.zeros(len(own), dtype=np.int64))
    return replace(
        problem,
        site_names=problem.site_names[at : at + 1],
        sites=problem.sites.some(np.array([at])),
        people=people,
    )
