"""What must hold of the output, and what may be done to reach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.anonymise.nouns.hierarchy import Build
from compliance.anonymise.nouns.treatment import Treatment
from compliance.dataset.nouns import ColumnName


class Model(StrEnum):
    """The privacy models, each with its own meaning of `Criterion.value`.

    The sources stand with the measures in `models`.
    """

    K_ANONYMITY = "k_anonymity"  # rows per class, at least
    K_MAP = "k_map"  # people of the population per class, at least
    DELTA_PRESENCE = "delta_presence"  # share of the population in the table: `lower` to `value`
    DISTINCT_L = "distinct_l"  # different sensitive values per class, at least
    ENTROPY_L = "entropy_l"  # exp of the entropy of sensitive values per class, at least
    RECURSIVE_CL = "recursive_cl"  # l; `c` bounds the commonest against the rare ones
    EQUAL_T = "equal_t"  # distance of the class's distribution from the table's, at most
    HIERARCHICAL_T = "hierarchical_t"  # the same, where values are as far as their common parent
    ORDERED_T = "ordered_t"  # the same, where values are as far as their ranks
    BETA_LIKENESS = "beta_likeness"  # relative gain of belief in any value, at most
    ENHANCED_BETA_LIKENESS = "enhanced_beta_likeness"  # the same, and at most −ln of its share
    DELTA_DISCLOSURE = "delta_disclosure"  # |log2| of that ratio, below
    MEAN_RISK = "mean_risk"  # classes per row (the marketer's risk), at most
    POPULATION_UNIQUES = "population_uniques"  # estimated share of population uniques, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that must hold of every equivalence class, or of the table as a whole.

    Attributes:
        model: which.
        value: its bound; see `Model`.
        column: the sensitive column; None where the model is not about one.
        c: the second parameter of recursive (c, l)-diversity.
        lower: the lower bound of δ-presence.
        sampling_fraction: 0–1, rows per person of the population, for `POPULATION_UNIQUES`.
        hierarchy: of the sensitive column, for `HIERARCHICAL_T`: the name of its file, or how to
            make it.
    """

    model: Model
    value: float
    column: ColumnName | None = None
    c: float = 1.0
    lower: float = 0.0
    sampling_fraction: float = 1.0
    hierarchy: str | Build | None = None


class LossKind(StrEnum):
    """What the search makes as small as it can.

    LOSS: the mean share of its column's values that a cell stands for, as the geometric mean over
    columns (Iyengar 2002; as ARX computes it). ENTROPY: non-uniform entropy, in bits (De Waal and
    Willenborg 1999). DISCERNIBILITY: Σ class size² with each suppressed row at the table's size
    (Bayardo and Agrawal 2005). CLASS_SIZE: rows per class on average (LeFevre 2006).
    """

    LOSS = "loss"
    ENTROPY = "entropy"
    DISCERNIBILITY = "discernibility"
    CLASS_SIZE = "class_size"


class Method(StrEnum):
    """FULL_DOMAIN: one level for a whole column, provably optimal. LOCAL: a level per cell."""

    FULL_DOMAIN = "full_domain"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuasiIdentifier:
    """One column that points to people together with others.

    Attributes:
        column: which.
        hierarchy: the name of the file that it is read from, or how to make it.
        lowest, highest: the levels that may be used; None for the hierarchy's own ends.
        weight: how much its loss counts against that of the others; above 0.
    """

    column: ColumnName
    hierarchy: str | Build
    lowest: int = 0
    highest: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is anonymised.

    Attributes:
        quasi_identifiers: in the order in which levels are reported.
        criteria: all of them must hold of the output.
        suppression_limit: 0–1, the share of rows that may be suppressed.
        loss: what is made as small as can be.
        method: how values become coarser.
        treatments: what is done to other columns, in order. Without one, personal data and columns
            by which single people are found are left out of the output; others stay as they are.
        population: the dataset that the people were drawn from, for k-map and δ-presence; its
            columns are called as the quasi-identifiers are.
        time_limit_s: after which the best so far is taken, with its bound; None for no limit.
    """

    quasi_identifiers: tuple[QuasiIdentifier, ...]
    criteria: tuple[Criterion, ...]
    suppression_limit: float = 0.0
    loss: LossKind = LossKind.LOSS
    method: Method = Method.FULL_DOMAIN
    treatments: tuple[Treatment, ...] = ()
    population: str = ""
    time_limit_s: float | None = None

    @property
    def columns(self) -> Sequence[ColumnName]:
        """The quasi-identifying columns, in order."""
        return [each.column for each in self.quasi_identifiers]

    @property
    def sensitive(self) -> Sequence[ColumnName]:
        """The columns that a criterion is about, each once."""
        return list(dict.fromkeys(each.column for each in self.criteria if each.column))

    @property
    def k(self) -> int:
        """The least rows per class that the criteria ask for; 1 where none does."""
        asked = [c.value for c in self.criteria if c.model is Model.K_ANONYMITY]
        return int(max(asked, default=1))
