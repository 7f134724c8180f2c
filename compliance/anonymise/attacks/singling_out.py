"""Singling out: a description, made from the release alone, that fits one person only.

    a released row that stands alone ──▶ columns, one by one, until it does ──▶ how many people fit?

A description of weight w fits exactly one of n people with the chance n·w·(1 − w)ⁿ⁻¹ even if the
release says nothing (Cohen and Nissim 2020, doi:10.1073/pnas.1914598117). The weight is the
product of the released shares of its cells: what one knows who knows each column by itself.
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.attacks.judging import judged
from compliance.anonymise.attacks.nearest import Kinds, batches, kinds_of
from compliance.anonymise.attacks.scenes import Scene
from compliance.anonymise.nouns import Attack, AttackKind
from compliance.anonymise.nouns.problem import Bools, Floats, Ints
from compliance.i18n import mark

_ORDERS = 20  # in how many orders columns are tried


def single_out(scene: Scene, rng: np.random.Generator, attempts: int) -> Attack:
    """How often a description that fits one released row fits exactly one person.

    Rows that stand alone are described first, in random orders of the columns; where there are
    none, rows are drawn by lot, and described by all columns.
    """
    released = [facet.released for facet in scene.facets]
    kinds = kinds_of(released)
    alone = np.flatnonzero(kinds.sizes[kinds.of_row] == 1)
    pool = alone if len(alone) else np.arange(scene.released_rows)
    people = kinds_of([facet.original[scene.members] for facet in scene.facets])
    rows = rng.choice(pool, size=min(attempts, len(pool)), replace=False)
    fitting, weights = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows))
    for part in np.array_split(np.arange(len(rows)), min(_ORDERS, len(rows))):
        order = rng.permutation(len(scene.facets))
        used = _columns_until_alone([released[at] for at in order], rows[part])
        needed = np.zeros((len(part), len(order)), dtype=np.bool_)
        needed[:, order] = np.arange(len(order))[None, :] < used[:, None]
        fitting[part] = _people_who_fit(scene, people, rows[part], needed)
        weights[part] = _weights(released, rows[part], needed)
    count = len(scene.members)
    by_chance = count * weights * (1 - weights) ** (count - 1)
    return judged(
        AttackKind.SINGLING_OUT,
        scene.known,
        successes=int((fitting == 1).sum()),
        attempts=len(rows),
        baseline=float(by_chance.mean()),
        baseline_is=mark("by descriptions as rare as these, made without the release"),
        says=mark(
            "An attacker who knows {known} describes one person only in {right} of "
            "{tries} tries ({attempts:,} tried); {baseline_is}: {chance} of {chances}."
        ),
        details={"people_who_fit": float(fitting.mean()), "released_uniques": float(len(alone))},
    )


def _columns_until_alone(columns: list[Ints], rows: Ints) -> Ints:
    """How many of `columns`, from the first, each of `rows` needs to stand alone; all otherwise."""
    used = np.full(len(rows), len(columns), dtype=np.int64)
    so_far = np.zeros(len(columns[0]), dtype=np.int64)
    for at, codes in enumerate(columns):
        kinds = kinds_of([so_far, codes])
        so_far = kinds.of_row
        is_alone = kinds.sizes[so_far[rows]] == 1
        used[is_alone & (used == len(columns))] = at + 1
        if (used < len(columns)).all():
            break
    return used


def _people_who_fit(scene: Scene, people: Kinds, rows: Ints, needed: Bools) -> Ints:
    """How many of the `people` in the data fit the description of each of `rows`."""
    examples, found = scene.members[people.examples], []
    for part in batches(np.arange(len(rows)), len(examples)):
        fits = np.ones((len(examples), len(part)), dtype=np.bool_)
        for at, facet in enumerate(scene.facets):
            who = np.flatnonzero(needed[part, at])
            if len(who):
                shown = facet.released[rows[part[who]]]
                fits[:, who] &= facet.holds(facet.original[examples], shown)
        found.append(people.sizes @ fits)
    return np.concatenate(found)


def _weights(released: list[Ints], rows: Ints, needed: Bools) -> Floats:
    """The share of people that each description would fit, were columns independent."""
    weights = np.ones(len(rows))
    for at, codes in enumerate(released):
        shares = np.bincount(codes) / len(codes)
        weights *= np.where(needed[:, at], shares[codes[rows]], 1.0)
    return weights
