"""The work that all contenders of `federated.py` do: rows, cohorts, and the orders of rows.

Sizes of sites are log-normal, as shops' are; the answers come from a random linear model, so
that there is something to learn. Every contender starts from the same model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from pathlib import Path
from statistics import NormalDist

import numpy as np
from federated_loops import FloatArray, IntArray, trained

from compliance.federated.engine import shuffled

SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """What is to be learnt, and how.

    Attributes:
        title: for the table.
        widths: inputs, hidden units if any, answers.
        inputs, labels: one row per record, site by site.
        sizes: rows per site.
        cohorts: per round, the sites that take part.
        model: where the first round starts.
        epochs, batch, rate: of the sites' own steps.
    """

    title: str
    widths: tuple[int, ...]
    inputs: FloatArray
    labels: IntArray
    sizes: IntArray
    cohorts: IntArray
    model: FloatArray
    epochs: int = 5
    batch: int = 10
    rate: float = 0.1

    @property
    def starts(self) -> IntArray:
        """Each site's first row."""
        return np.cumsum(self.sizes) - self.sizes

    def weights(self, cohort: IntArray) -> FloatArray:
        """How much each site of a cohort counts in the average."""
        return self.sizes[cohort] / self.sizes[cohort].sum()


def work(title: str, widths: tuple[int, ...], *, sites: int, cohort: int, rounds: int = 50) -> Work:
    """Sites of about 94 rows, most of them fewer, some several hundred."""
    rng = np.random.default_rng(SEED)
    logs = NormalDist(4.3, 0.7)
    drawn = [exp(logs.inv_cdf((site + 0.5) / sites)) for site in range(sites)]
    sizes = rng.permutation(np.round(drawn).astype(int))
    inputs = rng.normal(size=(sizes.sum(), widths[0]))
    labels = (inputs @ rng.normal(size=(widths[0], widths[-1]))).argmax(axis=1)
    cohorts = [np.sort(rng.choice(sites, cohort, replace=False)) for _ in range(rounds)]
    model = started(widths)
    return Work(
        title=title,
        widths=widths,
        inputs=inputs,
        labels=labels,
        sizes=sizes,
        cohorts=np.stack(cohorts),
        model=model,
    )


def started(widths: tuple[int, ...], seed: int = SEED) -> FloatArray:
    """A flat model to start from: zeros without hidden units, else small random weights."""
    rng = np.random.default_rng(seed)
    flat = []
    for wide, high in pairwise(widths):
        scale = np.sqrt(2 / wide) if len(widths) > 2 else 0.0
        flat += [scale * rng.normal(size=wide * high), np.zeros(high)]
    return np.concatenate(flat)


def orders(work: Work, site: int, round_: int) -> Iterator[IntArray]:
    """Per epoch, the order in which a site takes its rows: the engine's own."""
    for epoch in range(work.epochs):
        yield shuffled(int(work.sizes[site]), seed=SEED, round_=round_, epoch=epoch, key=site)


def plain_round(work: Work, model: FloatArray, round_: int) -> FloatArray:
    """The average of the cohort's models, each trained by the plain loop."""
    cohort = work.cohorts[(round_ - 1) % len(work.cohorts)]
    average = np.zeros_like(model)
    for site, weight in zip(cohort.tolist(), work.weights(cohort), strict=True):
        rows = slice(work.starts[site], work.starts[site] + work.sizes[site])
        average += weight * trained(
            model,
            work.widths,
            work.inputs[rows],
            work.labels[rows],
            orders(work, site, round_),
            batch=work.batch,
            rate=work.rate,
        )
    return average


def store(work: Work, place: Path) -> None:
    """For Flower's environment, with the orders of rows drawn already."""
    drawn = np.zeros((*work.cohorts.shape, work.epochs, work.sizes.max()), dtype=np.int32)
    for round_, cohort in enumerate(work.cohorts):
        for position, site in enumerate(cohort.tolist()):
            drawn[round_, position, :, : work.sizes[site]] = list(orders(work, site, round_ + 1))
    np.savez(
        place,
        inputs=work.inputs,
        labels=work.labels,
        starts=work.starts,
        sizes=work.sizes,
        cohorts=work.cohorts,
        model=work.model,
        widths=work.widths,
        batch=work.batch,
        rate=work.rate,
        orders=drawn,
    )
