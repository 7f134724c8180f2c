"""What a search finds, what is measured of a table, and every node of a lattice at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.dataset.nouns import ColumnName


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What a recoding costs, by every yardstick; suppressed rows count as fully generalised.

    Attributes:
        loss: 0–1, see `LossKind.LOSS`.
        entropy: in bits, see `LossKind.ENTROPY`.
        discernibility, class_size: see `LossKind`.
        granularity: 0–1, the share of detail kept: 1 − the mean share that a cell stands for.
        suppressed_share: 0–1, of the rows.
    """

    loss: float
    entropy: float
    discernibility: float
    class_size: float
    granularity: float
    suppressed_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The end of a search, or the best so far.

    Attributes:
        levels: per quasi-identifier; () after local recoding.
        classes: equivalence classes of the output.
        suppressed: rows that are not in it.
        losses: what it costs.
        optimal: proven: no allowed choice of levels meets the criteria at a smaller loss.
        bound: no allowed choice can be below this loss; equals the loss found where optimal.
        nodes_checked: how many nodes were evaluated.
        nodes: how many there are.
    """

    levels: tuple[int, ...]
    classes: int
    suppressed: int
    losses: Losses
    optimal: bool
    bound: float
    nodes_checked: int
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How likely an attacker finds the right person, 0–1.

    Attributes:
        max: for the row (or person) that is easiest to find.
        mean: over all rows (or people).
    """

    max: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveMeasures:
    """How well one sensitive column is hidden within the classes.

    Attributes:
        distinct_l, entropy_l: of the weakest class.
        recursive_c: recursive (c, 2)-diversity holds for every c above it; None where it holds
            for none, for a class has one value only.
        equal_t, ordered_t: the largest distance of a class; hierarchical_t where a hierarchy is.
        beta: the largest relative gain of belief; delta: the largest |log2| ratio.
    """

    distinct_l: int
    entropy_l: float
    recursive_c: float | None
    equal_t: float
    ordered_t: float
    beta: float
    delta: float
    hierarchical_t: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How well one table protects the people in it.

    Attributes:
        rows: how many, those that are suppressed not among them.
        people: how many, where a column says whose each row is; then k, uniques, sizes and risks
            count people and not rows. None where every row is somebody.
        classes: groups of rows that share all quasi-identifiers; missing values form their own.
        k: rows in the smallest class; 0 for an empty table.
        uniques: classes of one row.
        prosecutor: the attacker knows that the person is in the table.
        journalist: the attacker does not; as prosecutor where no population is known.
        marketer: the attacker links all rows; `mean` is the expected share of right links, `max`
            the chance that the easiest is right.
        sizes: how many classes there are of each size, smallest first.
        sensitive: by column.
        population: the share of the population that is unique in it, by the model that estimates
            it; models that do not apply are not in it. {} where not asked.
    """

    rows: int
    classes: int
    k: int
    uniques: int
    prosecutor: Risk
    journalist: Risk
    marketer: Risk
    sizes: tuple[tuple[int, int], ...] = ()
    sensitive: Mapping[ColumnName, SensitiveMeasures] = field(default_factory=dict)
    population: Mapping[str, float] = field(default_factory=dict)
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Every node of a lattice at every k asked for; no noise, no criteria but k.

    Attributes:
        levels: one row per node, a column per quasi-identifier. int8.
        ks: the k's, ascending.
        suppressed: rows in classes smaller than k; node × k.
        losses: per node and k by the loss kind's name; node × k.
        granularity: detail kept; node × k.
        mean_risk: classes per row of what is left; node × k.
        columns: the quasi-identifiers.
        rows: of the table.
    """

    columns: tuple[ColumnName, ...]
    rows: int
    levels: npt.NDArray[np.int8]
    ks: tuple[int, ...]
    suppressed: Ints
    losses: Mapping[str, Floats]
    granularity: Floats
    mean_risk: Floats
