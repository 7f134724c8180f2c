"""Whether a criterion holds of the classes of a recoding, and how it behaves along the lattice."""

from __future__ import annotations

import math

import numpy as np

from compliance.anonymise.models.closeness import equal_t, hierarchical_t, ordered_t
from compliance.anonymise.models.disclosure import beta, delta, is_enhanced_beta
from compliance.anonymise.models.diversity import (
    commonest_rows,
    distinct_l,
    entropy_l,
    rare_rows,
)
from compliance.anonymise.models.uniqueness import dankar
from compliance.anonymise.nouns import Classes, Criterion, Histogram, Model
from compliance.anonymise.nouns.problem import Bools
from compliance.errors import MalformedRecipeError, NoPopulationError

_ROUNDING = 1e-12
"""What sums of shares may be off by: a class that is exactly at its bound meets it, or, where the
bound is strict, does not."""

_OF_THE_TABLE = {Model.MEAN_RISK, Model.POPULATION_UNIQUES}


def satisfied(criterion: Criterion, classes: Classes) -> Bools:
    """Whether each class meets a criterion that is about classes; one entry per class.

    The definitions are ARX's: see `models.diversity`, `closeness`, `disclosure` for each, and for
    where pycanon differs. A population cell without a row of the table has the share 0 there, and
    nobody can be left out of the population: with a lower bound of δ-presence above 0, it fails
    every class.

    Raises:
        NoPopulationError: the model needs a population, and there is none.
        MalformedRecipeError: its sensitive column, or that column's hierarchy, is not there.
        ValueError: the criterion is about the whole table.
    """
    match criterion.model:
        case Model.K_ANONYMITY:
            return np.asarray(classes.sizes >= criterion.value)
        case Model.K_MAP | Model.DELTA_PRESENCE:
            return _of_population(criterion, classes)
        case model if model in _OF_THE_TABLE:
            raise ValueError("is about the whole table")
    histogram = _histogram(criterion, classes)
    return _of_sensitive(criterion, histogram, classes)


def holds(criterion: Criterion, classes: Classes) -> bool:
    """Whether a criterion that is about the whole table holds of it; classes left out do not count.

    A table without classes meets every criterion. The share of population uniques is that of
    Dankar's rule; where no model gives an estimate, it holds only if no row stands alone. As in
    ARX.

    Raises:
        ValueError: the criterion is about single classes.
    """
    if criterion.model not in _OF_THE_TABLE:
        raise ValueError("is about single classes")
    if not len(classes.sizes):
        return True
    if criterion.model is Model.MEAN_RISK:
        return len(classes.sizes) <= criterion.value * int(classes.sizes.sum()) * (1 + _ROUNDING)
    share = dankar(classes.sizes, criterion.sampling_fraction)
    return share is not None and share <= criterion.value


def is_per_class(model: Model) -> bool:
    """Whether the model is about single classes (`satisfied`) and not the table (`holds`)."""
    return model not in _OF_THE_TABLE


def is_monotone(model: Model, *, suppressing: bool) -> bool:
    """Whether a coarser node meets the model whenever a finer one does.

    Without suppression, every class must meet it, and coarser classes are unions of classes that
    do. With suppression, they are also unions with classes that do not, and the question is
    whether the coarser node loses no more rows.

    * k-anonymity, k-map, distinct ℓ: a union has at least what each part has. Both.
      (Sweeney 2002, doi:10.1142/S0218488502001648; Machanavajjhala et al. 2007, section 4.)
    * entropy ℓ, recursive (c, ℓ): a union of classes that meet it does, for entropy is concave
      (Machanavajjhala et al. 2007, section 4.3); one that does not can spoil it.
    * t-closeness: the distance of a mixture is at most the mixture of the distances (Li et al.
      2007, section 3). β-likeness: a share in a union lies between the shares in its parts (Cao
      and Karras 2012). The same holds for the share of the population, so for δ-presence, which
      ARX treats as not monotone.
    * δ-disclosure: not at all. A value that one part lacks does not count there, and can be too
      rare in the union.
    * average risk: fewer classes over the same rows; rows that are left out of the finer node can
      be left out, or are taken in by classes that stay. Both.
    * population uniques: an estimate need not fall. Not at all.
    """
    if suppressing:
        return model in _MONOTONE_SUPPRESSING
    return model not in {Model.DELTA_DISCLOSURE, Model.POPULATION_UNIQUES}


_MONOTONE_SUPPRESSING = {Model.K_ANONYMITY, Model.K_MAP, Model.DISTINCT_L, Model.MEAN_RISK}


def _of_population(criterion: Criterion, classes: Classes) -> Bools:
    if classes.population is None:
        raise NoPopulationError(model=criterion.model.value)
    if criterion.model is Model.K_MAP:
        return np.asarray(classes.population >= criterion.value)
    if criterion.lower > 0 and classes.elsewhere > 0:
        return np.zeros(len(classes.sizes), dtype=np.bool_)
    # Multiplied out, so that a cell without people of the population is no division by zero.
    at_least = classes.sizes >= criterion.lower * classes.population * (1 - _ROUNDING)
    at_most = classes.sizes <= criterion.value * classes.population * (1 + _ROUNDING)
    return np.asarray(at_least & at_most)


def _histogram(criterion: Criterion, classes: Classes) -> Histogram:
    if criterion.column is None or criterion.column not in classes.histograms:
        place, reason = criterion.model.value, "it needs a sensitive column"
        raise MalformedRecipeError(place=place, reason=reason)
    histogram = classes.histograms[criterion.column]
    if criterion.model is Model.HIERARCHICAL_T and not histogram.maps:
        reason = f"“{criterion.column}” needs a hierarchy"
        raise MalformedRecipeError(place=criterion.model.value, reason=reason)
    return histogram


def _of_sensitive(criterion: Criterion, histogram: Histogram, classes: Classes) -> Bools:
    sizes, bound = classes.sizes, criterion.value
    match criterion.model:
        case Model.DISTINCT_L:
            meets = distinct_l(histogram, sizes) >= bound
        case Model.ENTROPY_L:
            meets = entropy_l(histogram, sizes) >= bound * (1 - _ROUNDING)
        case Model.RECURSIVE_CL:
            rare = rare_rows(histogram, sizes, math.ceil(bound))
            meets = commonest_rows(histogram, sizes) < criterion.c * rare
        case Model.EQUAL_T:
            meets = equal_t(histogram, sizes) <= bound + _ROUNDING
        case Model.HIERARCHICAL_T:
            meets = hierarchical_t(histogram, sizes) <= bound + _ROUNDING
        case Model.ORDERED_T:
            meets = ordered_t(histogram, sizes) <= bound + _ROUNDING
        case Model.BETA_LIKENESS:
            meets = beta(histogram, sizes) <= bound * (1 + _ROUNDING) + _ROUNDING
        case Model.ENHANCED_BETA_LIKENESS:
            meets = is_enhanced_beta(histogram, sizes, bound)
        case Model.DELTA_DISCLOSURE:
            meets = delta(histogram, sizes) < bound - _ROUNDING
        case model:
            raise ValueError(f"{model} is not about a sensitive column")
    return np.asarray(meets, dtype=np.bool_)
