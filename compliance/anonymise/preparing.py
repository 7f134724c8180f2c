"""One table and one plan to integer codes, ready to be searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from compliance.anonymise.hierarchies import build_hierarchy, complete
from compliance.anonymise.hierarchies.matching import leaves_of
from compliance.anonymise.models import sensitive_of
from compliance.anonymise.nouns import (
    ALL,
    Build,
    Hierarchy,
    Ladder,
    Model,
    Plan,
    Problem,
    QuasiIdentifier,
    Sensitive,
)
from compliance.anonymise.nouns.problem import Codes32, Floats
from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Codes, Table
from compliance.errors import HierarchyError, UnknownColumnError
from compliance.i18n import mark


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A problem, and what was done to the hierarchies so that they fit the table.

    Attributes:
        problem: what a search works on.
        hierarchies: as used, in the order of the ladders: read or built, then completed.
        unmapped: per column, how many different values of the table (or the population) its
            hierarchy did not hold; only columns with some. `unmapped` in `hierarchies` names them.
        unmapped_rows: per such column, the rows of the table with such a value.
        notes: what building and completing did, in sentences without any value.
        of_sensitive: the hierarchies of sensitive columns, as used.
    """

    problem: Problem
    hierarchies: Mapping[ColumnName, Hierarchy]
    unmapped: Mapping[ColumnName, int] = field(default_factory=dict)
    unmapped_rows: Mapping[ColumnName, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    of_sensitive: Mapping[ColumnName, Hierarchy] = field(default_factory=dict)

    @property
    def every_hierarchy(self) -> Mapping[ColumnName, Hierarchy]:
        """All that are needed to prepare such a table again."""
        return {**self.of_sensitive, **self.hierarchies}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fitted:
    """One column's ladders, and what its hierarchy lacked."""

    hierarchy: Hierarchy
    ladder: Ladder
    population: Ladder | None
    unmapped: int
    unmapped_rows: int


def prepare(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    hierarchies: Mapping[ColumnName, Hierarchy],
    population: Table | None = None,
) -> Prepared:
    """The problem that `plan` sets for `table`.

    Values are matched with those of a hierarchy as they are written; then without blanks, as
    numbers, and without regard to case. Those that it does not hold are completed (`complete`).

    Args:
        table: one row per person.
        columns: of the table.
        plan: what must hold.
        hierarchies: by column; those that the plan reads from files, and those of sensitive
            columns. A quasi-identifier that is not among them must be one to build.
        population: the people that the table was drawn from; has the quasi-identifiers' columns.

    Raises:
        UnknownColumnError: the table or the population lacks a column of the plan.
        HierarchyError: one is not given or cannot be built; or the plan names levels beyond it.
    """
    _check_columns(plan, [column.name for column in columns], population)
    fitted = [_fit(quasi, table, population, hierarchies) for quasi in plan.quasi_identifiers]
    missing = {each.ladder.column: each for each in fitted if each.unmapped}
    of_sensitive = _of_sensitive(table, plan, hierarchies)
    problem = Problem(
        ladders=tuple(each.ladder for each in fitted),
        sensitive=_sensitive(table, plan, of_sensitive),
        criteria=plan.criteria,
        suppression_limit=plan.suppression_limit,
        loss=plan.loss,
        population=tuple(each.population for each in fitted if each.population is not None),
    )
    return Prepared(
        problem=problem,
        hierarchies={each.ladder.column: each.hierarchy for each in fitted},
        unmapped={column: each.unmapped for column, each in missing.items()},
        unmapped_rows={column: each.unmapped_rows for column, each in missing.items()},
        notes=tuple(_completed_note(column, each) for column, each in missing.items()),
        of_sensitive=of_sensitive,
    )


def _completed_note(column: ColumnName, fitted: _Fitted) -> str:
    return mark(
        "{n:,} value(s) of “{column}”, in {rows:,} row(s), were not in its hierarchy and were "
        "given a place in it."
    ).format(n=fitted.unmapped, column=column, rows=fitted.unmapped_rows)


def _check_columns(plan: Plan, names: Sequence[ColumnName], population: Table | None) -> None:
    sensitive = [criterion.column for criterion in plan.criteria if criterion.column]
    places = [("this dataset", names, [*plan.columns, *sensitive])]
    if population is not None:
        places.append(("the population", population.column_names, list(plan.columns)))
    for place, known, wanted in places:
        for column in wanted:
            if column not in known:
                listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
                raise UnknownColumnError(column=column[:80], dataset=place, known=listed)


def _fit(
    quasi: QuasiIdentifier,
    table: Table,
    population: Table | None,
    hierarchies: Mapping[ColumnName, Hierarchy],
) -> _Fitted:
    """The ladders of one quasi-identifier."""
    codes = table.codes(quasi.column)
    texts = codes.texts()
    others = None if population is None else population.codes(quasi.column)
    only_there = [] if others is None else _unknown(others.texts(), texts)
    every = [*texts, *only_there]
    hierarchy = _hierarchy(quasi, table, only_there, hierarchies)
    completed = complete(hierarchy, every)
    rungs = _Rungs.of(completed.hierarchy, has_missing=_has_missing(codes, others))
    lowest, highest = _bounds(quasi, hierarchy)
    ladders = [
        Ladder(
            column=quasi.column,
            codes=_leaf_codes(completed.hierarchy, each),
            maps=rungs.maps,
            names=rungs.names,
            shares=rungs.shares,
            lowest=lowest,
            highest=highest,
            weight=quasi.weight,
        )
        for each in (codes, others)
        if each is not None
    ]
    leaves = ladders[0].codes
    is_lacking = (leaves >= len(hierarchy.values)) & (leaves < len(completed.hierarchy.values))
    return _Fitted(
        hierarchy=completed.hierarchy,
        ladder=ladders[0],
        population=ladders[1] if len(ladders) > 1 else None,
        unmapped=completed.added,
        unmapped_rows=int(is_lacking.sum()),
    )


def _unknown(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those of `texts` that are none of `known`, however they are written."""
    leaves = leaves_of(known, texts)
    return [text for text, leaf in zip(texts, leaves, strict=True) if leaf < 0]


def _hierarchy(
    quasi: QuasiIdentifier,
    table: Table,
    others: Sequence[str],
    hierarchies: Mapping[ColumnName, Hierarchy],
) -> Hierarchy:
    """The hierarchy that is given, or else built as the plan says."""
    if quasi.column in hierarchies:
        return hierarchies[quasi.column]
    if isinstance(quasi.hierarchy, Build):
        return build_hierarchy(table, quasi.column, quasi.hierarchy, others)
    reason = f"the plan reads it from “{quasi.hierarchy[:80]}”, which was not given"
    raise HierarchyError(column=quasi.column, reason=reason)


def _bounds(quasi: QuasiIdentifier, hierarchy: Hierarchy) -> tuple[int, int]:
    """The lowest and highest level that may be used."""
    highest = hierarchy.height if quasi.highest is None else quasi.highest
    if not 0 <= quasi.lowest <= highest <= hierarchy.height:
        reason = (
            f"the plan allows levels {quasi.lowest} to {highest}, and it has levels 0 to "
            f"{hierarchy.height}"
        )
        raise HierarchyError(column=quasi.column, reason=reason)
    return quasi.lowest, highest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rungs:
    """The levels of a hierarchy in codes; see `Ladder`."""

    maps: tuple[Codes32, ...]
    names: tuple[tuple[str | None, ...], ...]
    shares: tuple[Floats, ...]

    @classmethod
    def of(cls, hierarchy: Hierarchy, *, has_missing: bool) -> _Rungs:
        """Those of `hierarchy`, with a leaf for missing values at the end where there are any."""
        levels = [
            _level(names, is_lowest=level == 0, has_missing=has_missing)
            for level, names in enumerate(hierarchy.levels)
        ]
        maps, names, shares = zip(*levels, strict=True)
        return cls(maps=maps, names=names, shares=shares)


def _level(
    names: Sequence[str], *, is_lowest: bool, has_missing: bool
) -> tuple[Codes32, tuple[str | None, ...], Floats]:
    """Group of each leaf, name of each group, and share of the leaves in each."""
    groups = {name: group for group, name in enumerate(dict.fromkeys(names))}
    codes = np.fromiter((groups[name] for name in names), dtype=np.int32, count=len(names))
    shares = np.bincount(codes, minlength=len(groups)) / max(1, len(names))
    if not has_missing:
        return codes, tuple(groups), shares
    if len(groups) == 1 and not is_lowest:
        # Missing values join the only group, whose name must not claim to know what they are.
        name = next(iter(groups))
        return np.append(codes, np.int32(0)), (ALL if name.strip(ALL) else name,), shares
    share = 1 / max(1, len(names))
    return (
        np.append(codes, np.int32(len(groups))),
        (*groups, None),
        np.append(shares, share),
    )


def _has_missing(*columns: Codes | None) -> bool:
    return any(bool((codes.codes < 0).any()) for codes in columns if codes is not None)


def _leaf_codes(hierarchy: Hierarchy, codes: Codes) -> Codes32:
    """The leaf of each row; missing values are the leaf after the last."""
    leaves = leaves_of(hierarchy.values, codes.texts())
    return np.array([*leaves, len(hierarchy.values)], dtype=np.int32)[codes.codes]


def _sensitive(
    table: Table, plan: Plan, hierarchies: Mapping[ColumnName, Hierarchy]
) -> tuple[Sensitive, ...]:
    """The columns that criteria name, each once, in their order."""
    named = {criterion.column: None for criterion in plan.criteria if criterion.column}
    return tuple(_ranked(table, column, hierarchies.get(column)) for column in named)


def _of_sensitive(
    table: Table, plan: Plan, hierarchies: Mapping[ColumnName, Hierarchy]
) -> dict[ColumnName, Hierarchy]:
    """The hierarchies of sensitive columns: those given, and those that are to be built."""
    named = {criterion.column: None for criterion in plan.criteria if criterion.column}
    given = {column: hierarchies[column] for column in named if column in hierarchies}
    for criterion in plan.criteria:
        column = criterion.column
        if criterion.model is not Model.HIERARCHICAL_T or column is None or column in given:
            continue
        if not isinstance(criterion.hierarchy, Build):
            reason = "hierarchical t-closeness needs one, and none was given"
            raise HierarchyError(column=column, reason=reason)
        given[column] = build_hierarchy(table, column, criterion.hierarchy)
    return given


def _ranked(table: Table, column: ColumnName, hierarchy: Hierarchy | None) -> Sensitive:
    found = sensitive_of(table, column)
    if hierarchy is None:
        return found
    codes = table.codes(column)
    named, has_missing = codes.texts(), _has_missing(codes)
    texts = [named[place] for place in np.argsort(codes.labels, kind="stable")]
    completed = complete(hierarchy, texts).hierarchy
    leaves = leaves_of(completed.values, texts) + [len(completed.values)] * has_missing
    rungs = _Rungs.of(completed, has_missing=has_missing)
    return replace(found, maps=tuple(_renumbered(groups[leaves]) for groups in rungs.maps))


def _renumbered(groups: Codes32) -> Codes32:
    """The same groups, numbered from 0 without holes."""
    return np.unique(groups, return_inverse=True)[1].astype(np.int32)
