"""How well any table protects the people in it, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from compliance.anonymise.models import closeness, disclosure, diversity, risks, uniqueness
from compliance.anonymise.models.grouping import (
    Column,
    classes_of,
    counted,
    first_of_each,
    grouped,
)
from compliance.anonymise.models.sensitive import sensitive_of
from compliance.anonymise.models.sparse import per_class
from compliance.anonymise.nouns import (
    Classes,
    Hierarchy,
    Histogram,
    Ladder,
    Measures,
    Recoding,
    Sensitive,
    SensitiveMeasures,
)
from compliance.anonymise.nouns.problem import Ints
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.errors import UnknownColumnError


def measure(
    recoding: Recoding,
    sensitive: Sequence[Sensitive] = (),
    population: Sequence[Ladder] = (),
    *,
    sampling_fraction: float | None = None,
) -> Measures:
    """What a recoding protects; suppressed rows are not in it.

    Args:
        recoding, sensitive, population: as in `classes_of`.
        sampling_fraction: rows per person of the population, to estimate uniqueness; that of the
            population where there is one.

    Raises:
        MalformedRecipeError: as in `classes_of`.
    """
    classes = classes_of(recoding, sensitive, population)
    return measured(classes, sampling_fraction=sampling_fraction)


def measured(
    classes: Classes,
    *,
    sampling_fraction: float | None = None,
    easiest: Ints | None = None,
    rows: int | None = None,
) -> Measures:
    """The same from the classes themselves.

    Args:
        classes: of rows, or of people.
        sampling_fraction: as in `measure`.
        easiest, rows: where classes are of people: those who are easiest to find in each, and the
            rows that they stand on.
    """
    sizes, population = classes.sizes, classes.population
    size, count = np.unique(sizes, return_counts=True)
    people = int((sizes if easiest is None else easiest).sum())
    return Measures(
        rows=people if rows is None else rows,
        classes=len(sizes),
        k=int(size[0]) if len(size) else 0,
        uniques=int((sizes == 1).sum()),
        prosecutor=risks.prosecutor(sizes, easiest),
        journalist=risks.journalist(sizes, population, easiest),
        marketer=risks.marketer(sizes, population, easiest),
        sizes=tuple(zip(size.tolist(), count.tolist(), strict=True)),
        sensitive={name: of_sensitive(each) for name, each in classes.histograms.items()},
        population=_uniqueness(classes, people, sampling_fraction),
        people=None if easiest is None else people,
    )


def measure_table(
    table: Table,
    quasi: Sequence[ColumnName],
    sensitive: Sequence[ColumnName] = (),
    *,
    population: Table | None = None,
    hierarchies: Mapping[ColumnName, Hierarchy] | None = None,
    unit: ColumnName | None = None,
    sampling_fraction: float | None = None,
) -> Measures:
    """What a table protects as it stands, whoever made it.

    Missing values form classes of their own, and are a sensitive value of their own (pycanon
    leaves such rows out). A sensitive column is measured by itself, its classes are those of the
    quasi-identifiers; for pycanon's other mode, name the other sensitive columns among them.

    Args:
        table: any.
        quasi: the columns that point to people together; without one, all rows are one class.
        sensitive: the columns that are to be hidden; numbers and dates are ordered by value, words
            by their letters.
        population: the people that the table's were drawn from, with columns of the same names
            and the same words in them.
        hierarchies: of sensitive columns, for hierarchical t.
        unit: the column that says whose row it is; then people are counted, each of them once per
            class and sensitive value, and rows without a person are taken to be one person.
        sampling_fraction: rows (people) per person of the population, to estimate uniqueness.

    Raises:
        UnknownColumnError: a column is not in the table, or not in the population.
    """
    asked = [*quasi, *sensitive, *([] if unit is None else [unit])]
    _check_columns(table, asked, "the table")
    if population is not None:
        _check_columns(population, quasi, "the population")
    group, others = _groups(table, quasi, population)
    hidden = [sensitive_of(table, name, (hierarchies or {}).get(name)) for name in sensitive]
    if unit is None:
        histograms = {each.column: _counted(group, group, each) for each in hidden}
        classes = _classes(group, others, histograms)
        return measured(classes, sampling_fraction=sampling_fraction)
    persons = table.codes(unit).codes.astype(np.int64) + 1
    if population is not None and unit in population.column_names:
        others = others[first_of_each(_pairs(others, population.codes(unit).codes + 1))]
    pairs = first_of_each(_pairs(group, persons))
    histograms = {each.column: _counted(group, persons, each) for each in hidden}
    classes = _classes(group[pairs], others, histograms)
    return measured(
        classes,
        sampling_fraction=sampling_fraction,
        easiest=_easiest(group[pairs], persons[pairs], classes.sizes),
        rows=table.rows,
    )


def of_sensitive(histogram: Histogram) -> SensitiveMeasures:
    """How well one sensitive column is hidden: the worst figure of any class.

    Without classes, nothing is told about anybody: 0 values, and no distance.
    """
    if not len(histogram.classes):
        nothing = {"entropy_l": 0.0, "equal_t": 0.0, "ordered_t": 0.0, "beta": 0.0, "delta": 0.0}
        return SensitiveMeasures(distinct_l=0, recursive_c=None, **nothing)
    sizes = per_class(histogram.counts, histogram)
    c = float(diversity.recursive_c(histogram, sizes).max())
    tree = closeness.hierarchical_t(histogram, sizes).max() if histogram.maps else None
    return SensitiveMeasures(
        distinct_l=int(diversity.distinct_l(histogram, sizes).min()),
        entropy_l=float(diversity.entropy_l(histogram, sizes).min()),
        recursive_c=c if np.isfinite(c) else None,
        equal_t=float(closeness.equal_t(histogram, sizes).max()),
        ordered_t=float(closeness.ordered_t(histogram, sizes).max()),
        beta=float(disclosure.beta(histogram, sizes).max()),
        delta=float(disclosure.delta(histogram, sizes).max()),
        hierarchical_t=None if tree is None else float(tree),
    )


def _check_columns(table: Table, columns: Sequence[ColumnName], dataset: str) -> None:
    for column in columns:
        if column not in table.column_names:
            known = ", ".join(table.column_names)
            raise UnknownColumnError(column=column, dataset=dataset, known=known)


def _groups(
    table: Table, quasi: Sequence[ColumnName], population: Table | None
) -> tuple[Ints, Ints]:
    """The class of each row, and of each row of the population; classes with rows come first."""
    columns = [_column(table, population, name) for name in quasi]
    group, count = grouped(columns, table.rows + (population.rows if population else 0))
    if population is None:
        return group, group[:0]
    own = np.bincount(group[: table.rows], minlength=count) > 0
    number = np.where(own, np.cumsum(own) - 1, own.sum() + np.cumsum(~own) - 1)[group]
    return number[: table.rows], number[table.rows :]


def _column(table: Table, population: Table | None, name: ColumnName) -> Column:
    """The column's codes, and those of the population after them, by the same words."""
    found = table.codes(name)
    if population is None:
        return Column(codes=found.codes + 1, codes_end=len(found.labels) + 1)
    others, place = population.codes(name), {text: i for i, text in enumerate(found.texts(), 1)}
    number = [place.setdefault(text, len(place) + 1) for text in others.texts()]
    joined = np.concatenate((found.codes + 1, np.array([*number, 0])[others.codes]))
    return Column(codes=joined, codes_end=len(place) + 1)


def _counted(group: Ints, persons: Ints, hidden: Sensitive) -> Histogram:
    """Rows per class and value; where `persons` are not the classes themselves, people."""
    if persons is not group:
        rows = first_of_each(_pairs(_pairs(group, hidden.codes), persons))
        group, values = group[rows], hidden.codes[rows]
    else:
        values = hidden.codes
    found = counted(group, values, (int(group.max(initial=-1)) + 1, hidden.values))
    return replace(found, maps=hidden.maps)


def _pairs(left: Ints, right: npt.NDArray[np.integer]) -> Ints:
    """One number per row that tells both."""
    ends = [int(each.max(initial=0)) + 1 for each in (left, right)]
    columns = [Column(codes=c, codes_end=e) for c, e in zip((left, right), ends, strict=True)]
    return grouped(columns, len(left))[0]


def _classes(group: Ints, others: Ints, histograms: dict[ColumnName, Histogram]) -> Classes:
    sizes = np.bincount(group).astype(np.int64)
    if not len(others):
        return Classes(sizes=sizes, histograms=histograms)
    within = np.bincount(others, minlength=len(sizes)).astype(np.int64)
    return Classes(
        sizes=sizes,
        histograms=histograms,
        population=within[: len(sizes)],
        elsewhere=int(within[len(sizes) :].sum()),
    )


def _easiest(group: Ints, persons: Ints, sizes: Ints) -> Ints:
    """People per class, each in the smallest of the classes that they stand in."""
    order = np.argsort(sizes[group], kind="stable")
    _, first = np.unique(persons[order], return_index=True)
    return np.bincount(group[order[first]], minlength=len(sizes)).astype(np.int64)


def _uniqueness(classes: Classes, people: int, fraction: float | None) -> dict[str, float]:
    """The share of the population that is unique in it, by every model that applies."""
    sizes = classes.sizes
    if fraction is None and classes.population is not None and people:
        everybody = int(classes.population.sum()) + classes.elsewhere
        fraction = people / max(everybody, people)
    if fraction is None or not len(sizes):
        return {}
    estimates = {
        "zayatz": uniqueness.zayatz(sizes, fraction),
        "pitman": uniqueness.pitman(sizes, fraction),
        "snb": uniqueness.snb(sizes, fraction),
        "dankar": uniqueness.dankar(sizes, fraction, fall_back=True),
    }
    return {model: share for model, share in estimates.items() if share is not None}
