"""Gradient-boosted trees whose sites send sums only.

A round grows one tree, an exchange one level of it. In each exchange a site adds up the first and
second derivatives of its rows' losses, by node and bin; the server splits the nodes by the sums of
all sites, and after the last level sets the leaves. Sums are all that it needs, so the trees are
those that all rows in one place would give: bit for bit, because derivatives lie on a grid on
which sums are exact.

Source: Chen and Guestrin 2016, arXiv:1603.02754; Friedman 2001, doi:10.1214/aos/1013203451.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners.binning import (
    FINE,
    BinArray,
    CellArray,
    Layout,
    binned,
    cells_of,
    layout_of,
)
from compliance.federated.learners.forest import Forest, Travellers
from compliance.federated.learners.growing import Caution, best_splits, best_value
from compliance.federated.learners.learner import Quality
from compliance.federated.measures import auc, explained, log_loss
from compliance.federated.nouns import Metric, Plan, Tensor
from compliance.federated.problem import Clients, Problem
from compliance.i18n import mark
from compliance.privacy.nouns import NoisePlace

_GRID = 2.0**30  # derivatives are multiples of its inverse, so that sums of millions are exact
_FINENESS = ((1600, FINE), (400, 2), (0, 1))  # for that many units drawn per unit of noise
_CELLS_AT_ONCE = 2**21
_KEPT = 4  # scores remembered: of the common model, of the sites' own, of the one of all rows


def tree_learner(problem: Problem, plan: Plan) -> TreeLearner:
    """Trees for `problem`: log loss where two answers are told apart, squared loss for numbers."""
    kinds = layout_of(problem, FINE)
    layout = layout_of(problem, _fineness(problem, plan, kinds.slots))
    bins = binned(problem.inputs, layout)
    return TreeLearner(
        problem=problem,
        plan=plan,
        layout=layout,
        forest=Forest(trees=plan.rounds, depth=plan.depth),
        bins=bins,
        cells=cells_of(bins, layout),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """Scores of some clients' rows by the first trees of some models."""

    clients: Clients
    models: FloatArray
    trees: int
    scores: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TreeLearner:
    """Boosted trees; see `Learner`.

    Attributes:
        layout: of the histograms.
        forest: of the model.
        bins, cells: of all rows, see `binned` and `cells_of`.
    """

    problem: Problem
    plan: Plan
    layout: Layout
    forest: Forest
    bins: BinArray
    cells: CellArray
    _known: list[_Known] = field(default_factory=list)

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Those of the forest."""
        return self.forest.tensors

    @property
    def messages(self) -> tuple[Tensor, ...]:
        """Per node of the deepest level and cell, two sums; levels above fill the first nodes."""
        shape = (2 ** (self.plan.depth - 1), self.layout.cells)
        return (
            Tensor(name=mark("sum of first derivatives"), shape=shape),
            Tensor(name=mark("sum of second derivatives"), shape=shape),
        )

    @property
    def exchanges(self) -> int:
        """One for each level."""
        return self.plan.depth

    @property
    def adds_up(self) -> bool:
        """Yes."""
        return True

    @property
    def metric(self) -> Metric:
        """AUC for two answers, R² for numbers."""
        return Metric.AUC if self._tells_two_apart else Metric.R2

    def initial(self) -> FloatArray:
        """No tree yet: 0 for every row."""
        return np.zeros(self.forest.size)

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
        """See `Learner.contributions`."""
        del epochs, correction
        owner = np.repeat(np.arange(len(clients)), clients.sizes)
        offsets = np.arange(len(owner)) - np.repeat(
            np.cumsum(clients.sizes) - clients.sizes, clients.sizes
        )
        if is_one := models.strides[0] == 0:
            models = models[:1]
        travellers = Travellers(
            bins=self.bins,
            rows=np.repeat(clients.starts, clients.sizes) + offsets,
            model=np.zeros_like(owner) if is_one else owner,
        )
        scores = self._scores(clients, travellers, models, round_ - 1)
        node = travellers.nodes_at(self.forest, models, round_ - 1, exchange)
        derivatives = self._derivatives(scores, self.problem.answers[travellers.rows])
        sums = np.zeros((len(clients), 2, *self.messages[0].shape))
        self._add(sums, owner, travellers.rows, node, derivatives)
        return sums.reshape(len(clients), -1)

    def advanced(
        self, model: FloatArray, total: FloatArray, round_: int, *, exchange: int = 0
    ) -> FloatArray:
        """One level further in the tree of the round; after the last with its leaves."""
        caution, tree, nodes = self._caution, round_ - 1, 2**exchange
        sums = total.reshape(2, -1, self.layout.cells)[:, :nodes] / self._scale
        model = model.copy()
        if exchange == 0 and not model.any():
            model[0] = best_value(sums[:, 0, -1], caution)
            sums[0] += model[0] * sums[1]  # what it does to first derivatives, nearly
        splits = best_splits(sums, self.layout, caution)
        level = slice(nodes - 1, 2 * nodes - 1)
        self.forest.inputs(model, tree)[level] = splits.inputs
        self.forest.thresholds(model, tree)[level] = splits.thresholds
        if exchange == self.exchanges - 1:
            values = self.plan.learning_rate * splits.values.reshape(-1)
            self.forest.leaves(model, tree)[:] = values
        return model

    def predicted(self, model: FloatArray, rows: slice) -> FloatArray:
        """The log-odds of +1, or the number itself; one element per row."""
        at = np.arange(*rows.indices(len(self.bins)))
        travellers = Travellers(bins=self.bins, rows=at, model=np.zeros_like(at))
        return self._added(travellers, model[None], np.full(len(at), model[0]), 0, self.plan.rounds)

    def quality(self, predicted: FloatArray, rows: slice) -> Quality:
        """See `Learner.quality`."""
        answers = self.problem.answers[rows]
        if not len(answers):
            return Quality(loss=0.0, metric=None)
        if self._tells_two_apart:
            return Quality(loss=log_loss(answers, predicted), metric=auc(answers, predicted))
        loss = float(((predicted - answers) ** 2).mean())
        return Quality(loss=loss, metric=explained(answers, predicted))

    @property
    def _tells_two_apart(self) -> bool:
        return self.problem.answers_known == 2

    @property
    def _scale(self) -> float:
        return _scale(self.plan, self.layout.slots)

    @property
    def _caution(self) -> Caution:
        """Tied to the noise, which is public, and to nothing in the data."""
        spread = _spread(self.problem, self.plan, self.layout.slots)
        if not spread:
            return Caution(weight=1.0, least=1.0)
        return Caution(weight=spread, least=2 * spread, spread=spread)

    def _derivatives(self, scores: FloatArray, answers: FloatArray) -> FloatArray:
        """2 × rows: first and second derivatives of the log loss, or of the squared error's fourth.

        So the two are about 1 at most, which is what noise is scaled for.
        """
        found = np.ones((2, len(scores)))
        if self._tells_two_apart:
            leaning = np.tanh(scores / 2)
            found[0] = (leaning - answers) / 2
            found[1] = (1 - leaning**2) / 4
        else:
            found *= 0.5
            found[0] *= scores - answers
        return np.asarray(np.rint(found * (self._scale * _GRID)) / _GRID)

    def _add(
        self,
        sums: FloatArray,
        owner: IntArray,
        rows: IntArray,
        node: IntArray,
        derivatives: FloatArray,
    ) -> None:
        """Add each row's derivatives to its cells; rows lie client by client."""
        wide, (nodes, cells) = self.layout.cells + 1, sums.shape[2:]
        most_rows = max(1, _CELLS_AT_ONCE // self.layout.slots)
        most_clients = max(1, _CELLS_AT_ONCE // (nodes * wide))
        at = 0
        while at < len(rows):
            some = slice(at, at + most_rows)
            present, client = np.unique(owner[some], return_inverse=True)
            if len(present) > most_clients:
                end = at + int(np.searchsorted(client, most_clients))
                some, present = slice(at, end), present[:most_clients]
                client = client[: end - at]
            place = (client * nodes + node[some]) * wide
            keys = (place[:, None] + self.cells[rows[some]]).reshape(-1)
            for which in (0, 1):
                weights = np.repeat(derivatives[which, some], self.layout.slots)
                found = np.bincount(keys, weights, minlength=len(present) * nodes * wide)
                sums[present, which] += found.reshape(-1, nodes, wide)[:, :, :cells]
            at += len(client)

    def _scores(
        self, clients: Clients, travellers: Travellers, models: FloatArray, trees: int
    ) -> FloatArray:
        """What the first `trees` trees say, from what is known of fewer where something is."""
        scores, done = models[travellers.model, 0], 0
        for known in self._known:
            if done < known.trees <= trees and self._is_same(known, clients, models):
                scores, done = known.scores, known.trees
        scores = self._added(travellers, models, scores, done, trees)
        if 2 * len(scores) > self.problem.training_rows and done < trees:
            known = _Known(clients=clients, models=models, trees=trees, scores=scores)
            self._known[:] = [*self._known[1 - _KEPT :], known]
        return scores

    def _is_same(self, known: _Known, clients: Clients, models: FloatArray) -> bool:
        """Whether the scores are of these rows, by models whose first trees are the same."""
        if len(known.clients) != len(clients) or known.models.shape != models.shape:
            return False
        forest, trees = self.forest, known.trees
        return (
            np.array_equal(known.clients.starts, clients.starts)
            and np.array_equal(known.clients.sizes, clients.sizes)
            and all(
                np.array_equal(one, other)
                for one, other in zip(
                    forest.first(known.models, trees), forest.first(models, trees), strict=True
                )
            )
        )

    def _added(
        self, travellers: Travellers, models: FloatArray, scores: FloatArray, first: int, end: int
    ) -> FloatArray:
        """`scores` with those of the trees from `first` up to `end`, in order."""
        for tree in range(first, end):
            scores = scores + travellers.scores(self.forest, models, tree)
        return scores


def _scale(plan: Plan, slots: int) -> float:
    """With noise, what brings one row's contribution to a length of about 1 or less."""
    return 1.0 if plan.privacy is None else 1 / math.sqrt(slots)


def _spread(problem: Problem, plan: Plan, slots: int) -> float:
    """Standard deviation of the noise in one cell, in derivatives; 0 without noise."""
    privacy = plan.privacy
    if privacy is None:
        return 0.0
    spread = privacy.noise_multiplier * privacy.clip / _scale(plan, slots)
    if privacy.place is NoisePlace.SITE:
        spread *= math.sqrt(problem.in_all.sites)
    if privacy.place is NoisePlace.LOCAL:
        spread *= math.sqrt(_drawn(problem, plan))
    return spread


def _drawn(problem: Problem, plan: Plan) -> float:
    """About how many units a round with noise draws; the number of units is public."""
    return plan.fraction * problem.in_all.units


def _fineness(problem: Problem, plan: Plan, slots: int) -> int:
    """How fine bins are: as many as the noise, which is in every one of them, leaves worth having.

    It follows from what is public: the noise, and how many units there are.
    """
    spread = _spread(problem, plan, slots)
    if not spread:
        return FINE
    worth = _drawn(problem, plan) / spread
    return next(fineness for least, fineness in _FINENESS if worth >= least)
