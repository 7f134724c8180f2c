"""Recommending by matrix factorisation: sites send sums over their people, never a person.

Every item has a few numbers, which are the common model, and every person has as many, their
taste, which is found from the person's own items and stays at the site. Both are what makes

    Σ_bought (1 - u·v)² + α Σ_all (u·v)² + λ (Σ |u|² + Σ |v|²)

small: first each person's u for the given v of the items, then each item's v for the given u.
What an item needs of the people is Σ u and Σ uuᵀ over those who bought it, and Σ uuᵀ over
everybody: sums, each person's part of which is made of that person's items only. So what the
server finds from the sites' sums is what it would find in one place, and sums can be masked.

With noise, Σ uuᵀ is sent over everybody only, and items are found as if each one's buyers were
like everybody: five times fewer numbers for noise to spoil. Clipping a person's part to a length
makes the person count for less in all sums alike. Eigenvalues of Σ uuᵀ that lie within the noise
are lifted out of it, so that no direction of mere noise becomes a strong one.

Sources: Hu et al. 2008, doi:10.1109/ICDM.2008.22 (the objective); Rendle et al. 2022,
arXiv:2110.14037 (squares counted by how often somebody or something occurs); Ammad-ud-din et al.
2019, arXiv:1901.09888 (factors of people stay); Chien et al. 2021, arXiv:2107.09802 (sums with
noise).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.keys import run_starts
from compliance.federated.learners.learner import Quality
from compliance.federated.nouns import Metric, Plan, Tensor
from compliance.federated.problem import Clients, Problem
from compliance.i18n import mark

NAMED = 10  # how many items are named to somebody
UNSEEN_WEIGHT = 0.1  # α: how strongly items that somebody did not buy are taken as unwanted
REGULARISATION = 2.0  # λ

_NOISE_FLOOR = 3.0
_START = 0.1  # length of the items' first numbers
_SCORES_AT_ONCE = 2**22


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _People:
    """Whose rows are whose.

    Attributes:
        owner: per person, the position of the client that has the rows.
        person: per row, whose it is, ascending.
        item: per row, its item's place.
    """

    owner: IntArray
    person: IntArray
    item: IntArray

    def without_first(self) -> _People:
        """The same people, each without the first row."""
        kept = np.ones(len(self.item), dtype=bool)
        kept[run_starts(self.person)] = False
        return _People(owner=self.owner, person=self.person[kept], item=self.item[kept])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorisationLearner:
    """Implicit alternating least squares for the examples of `recommend`; see `Learner`.

    One round finds all people's numbers anew and then all items'.
    """

    problem: Problem
    plan: Plan

    @property
    def items(self) -> int:
        """How many the catalogue holds."""
        return self.problem.answers_known

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The items' numbers."""
        return (Tensor(name=mark("items"), shape=(self.items, self.plan.rank)),)

    @property
    def messages(self) -> tuple[Tensor, ...]:
        """Sums over people, of symmetric matrices the upper triangle row by row, in which what
        stands off the diagonal is multiplied by √2: so lengths are those of the whole matrices.
        """
        rank = self.plan.rank
        triangle = rank * (rank + 1) // 2
        tastes = Tensor(name=mark("tastes of each item's buyers"), shape=(self.items, rank))
        squares = Tensor(name=mark("squared tastes"), shape=(triangle,))
        if self.plan.privacy is not None:
            return tastes, squares
        each = Tensor(
            name=mark("squared tastes of each item's buyers"), shape=(self.items, triangle)
        )
        return tastes, squares, each

    @property
    def exchanges(self) -> int:
        """One."""
        return 1

    @property
    def adds_up(self) -> bool:
        """Yes."""
        return True

    @property
    def metric(self) -> Metric:
        """The share of held-out people whose asked item is among ten named."""
        return Metric.HIT_RATE

    def initial(self) -> FloatArray:
        """Normal numbers of expected length 0.1 per item, from the seed alone."""
        dice = np.random.Generator(np.random.Philox(key=np.array([self.plan.seed, 3], np.uint64)))
        size = self.items * self.plan.rank
        return dice.normal(0, _START / np.sqrt(self.plan.rank), size)

    def contributions(
        self,
        clients: Clients,
        models: FloatArray,
        round_: int,
        *,
        exchange: int = 0,
        epochs: int | None = None,
        correction: FloatArray | None = None,
    ) -> FloatArray:
        """See `Learner.contributions`; nothing is drawn and there are no passes."""
        del round_, exchange, epochs, correction
        factors = models.reshape(len(clients), self.items, self.plan.rank)
        people = self._people(clients)
        tastes = _tastes(people, factors)
        out = np.empty((len(clients), sum(tensor.size for tensor in self.messages)))
        _fill_sums(self._parts(out), people, tastes)
        return out

    def advanced(
        self, model: FloatArray, total: FloatArray, round_: int, *, exchange: int = 0
    ) -> FloatArray:
        """See `Learner.advanced`. An item that nobody bought gets zeros."""
        del model, round_, exchange
        sums, everybody, *each = (part[0] for part in self._parts(total[None]))
        found = np.zeros((self.items, self.plan.rank))
        common = UNSEEN_WEIGHT * _unpacked(everybody, self.plan.rank)
        own = REGULARISATION * np.eye(self.plan.rank)
        if not each:
            values, directions = np.linalg.eigh(common)
            common = (directions * np.maximum(values, self._noise)) @ directions.T
            found[:] = np.linalg.solve(common + own, sums.T).T
        else:
            known = np.flatnonzero(sums.any(axis=1))
            matrices = _unpacked(each[0][known], self.plan.rank) + common + own
            found[known] = np.linalg.solve(matrices, sums[known][:, :, None])[:, :, 0]
        return found.reshape(-1)

    def predicted(self, model: FloatArray, rows: slice) -> FloatArray:
        """The rank, from 1, of the item asked for among all that its buyer was not given; ties
        count half. No number for the rows that are given.
        """
        size = rows.stop - rows.start
        people = self._people_of(np.arange(rows.start, rows.stop), np.zeros(size, np.int64))
        factors = model.reshape(1, self.items, self.plan.rank)
        ranks = np.full(size, np.nan)
        if size:
            tastes = _tastes(people.without_first(), factors)
            ranks[run_starts(people.person)] = _ranks(people, tastes, factors[0])
        return ranks

    def best_sellers(self, rows: slice) -> FloatArray:
        """What `predicted` would be if everybody were named what most people bought."""
        problem = self.problem
        bought = problem.inputs[: problem.training_rows, 0].astype(np.int64)
        buyers = np.bincount(bought, minlength=self.items).astype(np.float64)[:, None]
        size = rows.stop - rows.start
        people = self._people_of(np.arange(rows.start, rows.stop), np.zeros(size, np.int64))
        ranks = np.full(size, np.nan)
        ranks[run_starts(people.person)] = _ranks(people, np.ones((len(people.owner), 1)), buyers)
        return ranks

    def quality(self, predicted: FloatArray, rows: slice) -> Quality:
        """The mean logarithm of the ranks, and how many are at most ten."""
        del rows
        ranks = predicted[~np.isnan(predicted)]
        if not len(ranks):
            return Quality(loss=0.0, metric=None)
        return Quality(loss=float(np.log(ranks).mean()), metric=float((ranks <= NAMED).mean()))

    @property
    def _noise(self) -> float:
        """Below which nothing is left of an eigenvalue but noise."""
        privacy = self.plan.privacy
        if privacy is None:
            return 0.0
        return _NOISE_FLOOR * privacy.noise_multiplier * privacy.clip * math.sqrt(self.plan.rank)

    def _parts(self, messages: FloatArray) -> list[FloatArray]:
        """Views into messages, one per tensor: clients × its shape."""
        parts, at = [], 0
        for tensor in self.messages:
            flat = messages[:, at : at + tensor.size]
            parts.append(flat.reshape(len(messages), *tensor.shape))
            at += tensor.size
        return parts

    def _people(self, clients: Clients) -> _People:
        """Those of the clients' rows; one person at two sites is two people."""
        owner = np.repeat(np.arange(len(clients)), clients.sizes)
        ends = np.cumsum(clients.sizes)
        rows = np.repeat(clients.starts - ends + clients.sizes, clients.sizes)
        return self._people_of(rows + np.arange(len(owner)), owner)

    def _people_of(self, rows: IntArray, owner: IntArray) -> _People:
        problem = self.problem
        held_out = [at.start for at in problem.held_out_at()]
        site = np.searchsorted([*problem.sites.starts.tolist(), *held_out], rows, side="right")
        starts = run_starts(owner, site, problem.person[rows])
        return _People(
            owner=owner[starts],
            person=np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows)))),
            item=problem.inputs[rows, 0].astype(np.int64),
        )


def _tastes(people: _People, factors: FloatArray) -> FloatArray:
    """Each person's numbers: those that suit the person's items best, given the items'.

    Args:
        factors: of the items, per owner.
    """
    count, rank = len(people.owner), factors.shape[2]
    bought = np.ascontiguousarray(factors[people.owner[people.person], people.item].T)
    everything = np.matmul(factors.transpose(0, 2, 1), factors)
    matrices = UNSEEN_WEIGHT * everything[people.owner]
    for row, column in _triangle(rank):
        found = np.bincount(people.person, bought[row] * bought[column], count)
        matrices[:, row, column] += found
        if row != column:
            matrices[:, column, row] += found
    matrices += REGULARISATION * np.eye(rank)
    sums = np.stack([np.bincount(people.person, part, count) for part in bought], axis=1)
    return np.asarray(np.linalg.solve(matrices, sums[:, :, None])[:, :, 0])


def _fill_sums(parts: list[FloatArray], people: _People, tastes: FloatArray) -> None:
    """What each owner sends, into views of it."""
    sums, everybody, *each = parts
    owners, items, _ = sums.shape
    place = people.owner[people.person] * items + people.item
    for column in range(tastes.shape[1]):
        found = np.bincount(place, tastes[people.person, column], owners * items)
        sums[:, :, column] = found.reshape(owners, items)
    for at, (row, column) in enumerate(_triangle(tastes.shape[1])):
        square = tastes[:, row] * tastes[:, column] * (1 if row == column else np.sqrt(2))
        everybody[:, at] = np.bincount(people.owner, square, owners)
        if each:
            found = np.bincount(place, square[people.person], owners * items)
            each[0][:, :, at] = found.reshape(owners, items)


def _ranks(people: _People, tastes: FloatArray, factors: FloatArray) -> FloatArray:
    """Per person, the rank of the first of the person's items among all but the others."""
    count, ranks = len(tastes), np.empty(len(tastes))
    ends = np.searchsorted(people.person, np.arange(count + 1))
    step = max(1, _SCORES_AT_ONCE // len(factors))
    for first in range(0, count, step):
        last = min(first + step, count)
        some = slice(ends[first], ends[last])
        scores = tastes[first:last] @ factors.T
        asked = scores[np.arange(last - first), people.item[ends[first:last]]]
        scores[people.person[some] - first, people.item[some]] = -np.inf
        above = (scores > asked[:, None]).sum(axis=1)
        ranks[first:last] = 1 + above + (scores == asked[:, None]).sum(axis=1) / 2
    return ranks


def _triangle(rank: int) -> list[tuple[int, int]]:
    return [(row, column) for row in range(rank) for column in range(row, rank)]


def _unpacked(packed: FloatArray, rank: int) -> FloatArray:
    """Symmetric matrices of their upper triangles."""
    matrices = np.empty((*packed.shape[:-1], rank, rank))
    for at, (row, column) in enumerate(_triangle(rank)):
        value = packed[..., at] / (1 if row == column else np.sqrt(2))
        matrices[..., row, column] = matrices[..., column, row] = value
    return matrices
