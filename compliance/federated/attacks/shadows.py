"""Runs like the attacked one in which other people are held out: what an attacker learns from.

Everybody is dealt into one of five hands; each shadow run holds out another hand. So it is known
of everybody how the model speaks of them when it has seen them and when it has not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import run_starts
from compliance.federated.leaks import rows_of
from compliance.federated.learners import Learner
from compliance.federated.nouns import Metric, Plan
from compliance.federated.problem import Clients, Problem, Units
from compliance.federated.records import BoolArray
from compliance.privacy.nouns import PrivacyUnitKind

HANDS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """Whose rows a problem has.

    Attributes:
        of_row: per row, the position of its person.
        rows: per person, how many.
        is_in: per person, whether they are learnt from.
    """

    of_row: IntArray
    rows: IntArray
    is_in: BoolArray

    def __len__(self) -> int:
        return len(self.rows)

    def mean(self, values: FloatArray) -> FloatArray:
        """Per person, the mean over their rows."""
        total = np.bincount(self.of_row, weights=values, minlength=len(self))
        return np.asarray(total / self.rows, dtype=np.float64)


def people_of(problem: Problem) -> People:
    """Everybody, in the order of their keys."""
    _, of_row = np.unique(problem.person, return_inverse=True)
    rows = np.bincount(of_row)
    learnt = np.bincount(of_row[: problem.training_rows], minlength=len(rows))
    return People(of_row=of_row, rows=rows, is_in=learnt > 0)


def sites_of_rows(problem: Problem) -> IntArray:
    """Per row, training rows first, the position of its site."""
    _, training = rows_of(problem.sites)
    return np.append(training, np.repeat(np.arange(len(problem.sites)), problem.held_out))


def held_out_instead(problem: Problem, plan: Plan, is_out: BoolArray) -> tuple[Problem, IntArray]:
    """The problem with other rows held out, and per row of it where it stood before.

    Args:
        is_out: per row, whether it is now held out; all rows of a person alike.
    """
    site = sites_of_rows(problem)
    order = np.lexsort((np.arange(len(site)), problem.person, site, is_out))
    now, training = site[order], int((~is_out).sum())
    sizes = np.bincount(now[:training], minlength=len(problem.sites))
    sites = replace(
        problem.sites, starts=np.cumsum(sizes) - sizes, sizes=sizes, most=int(sizes.max())
    )
    zeros = np.zeros((1, problem.inputs.shape[1]))
    dealt = replace(
        problem,
        inputs=np.concatenate([problem.inputs[order], zeros]),
        answers=np.append(problem.answers[order], 0.0),
        person=problem.person[order],
        sites=sites,
        held_out=np.bincount(now[training:], minlength=len(sites)),
    )
    return replace(dealt, units=_units(dealt, plan)), order


def runs_of(problem: Problem, rows: slice) -> tuple[Clients, IntArray]:
    """Those rows of each person that lie at one site, as clients, and at which site.

    Args:
        rows: training rows, or held-out ones.
    """
    person, site = problem.person[rows], sites_of_rows(problem)[rows]
    starts = run_starts(site, person)
    clients = Clients(
        starts=starts + rows.start,
        sizes=np.diff(np.append(starts, len(person))),
        keys=person[starts],
        most=problem.units.clients.most if problem.units else len(person),
    )
    return clients, site[starts]


def confidence(learner: Learner, model: FloatArray) -> FloatArray:
    """Per row, how surely the model gives the true answer; larger is surer.

    The log-odds of the true answer, which are nearly normal; for numbers less the squared error,
    for all else less the loss.

    Source: Carlini et al. 2022, arXiv:2112.03570, section 4.
    """
    rows = len(learner.problem.person)
    answers = learner.problem.answers[:rows]
    said = np.asarray(learner.predicted(model, slice(0, rows)))
    said = said.reshape(rows, -1)
    if learner.metric is Metric.HIT_RATE:
        losses = [learner.quality(said[i : i + 1], slice(i, i + 1)).loss for i in range(rows)]
        return -np.array(losses)
    if said.shape[1] > 1:
        return _margin(said, answers.astype(np.int64))
    if learner.metric is Metric.R2:
        return np.asarray(-((said[:, 0] - answers) ** 2), dtype=np.float64)
    return np.asarray(said[:, 0] * answers, dtype=np.float64)


def _margin(outputs: FloatArray, answers: IntArray) -> FloatArray:
    """The log-odds of the true class."""
    here = np.arange(len(answers))
    right, others = outputs[here, answers], outputs.copy()
    others[here, answers] = -np.inf
    highest = others.max(axis=1)
    rest = highest + np.log(np.exp(others - highest[:, None]).sum(axis=1))
    return np.asarray(right - rest, dtype=np.float64)


def _units(problem: Problem, plan: Plan) -> Units | None:
    if plan.privacy is None:
        return None
    if plan.privacy.unit is PrivacyUnitKind.SITE:
        return Units(clients=problem.sites, sites=np.arange(len(problem.sites)))
    clients, sites = runs_of(problem, slice(0, problem.training_rows))
    return Units(clients=clients, sites=sites)
