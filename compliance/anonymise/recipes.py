"""Keep a plan that was carried out, and say what changed when it is carried out again."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compliance.anonymise.hierarchies import write_hierarchy
from compliance.anonymise.nouns import (
    ALL,
    Criterion,
    Found,
    Hierarchy,
    Ladder,
    Measures,
    Model,
    Plan,
    SensitiveMeasures,
)
from compliance.anonymise.nouns.recipe import ColumnProfile, Drift, DriftKind, Recipe
from compliance.anonymise.preparing import Prepared
from compliance.dataset.nouns import Column, Sha256
from compliance.shipped import table

Counts = npt.NDArray[np.int64]

_AT_LEAST: Mapping[Model, str] = {Model.DISTINCT_L: "distinct_l", Model.ENTROPY_L: "entropy_l"}
_AT_MOST: Mapping[Model, str] = {
    Model.EQUAL_T: "equal_t",
    Model.ORDERED_T: "ordered_t",
    Model.HIERARCHICAL_T: "hierarchical_t",
    Model.BETA_LIKENESS: "beta",
    Model.DELTA_DISCLOSURE: "delta",
}
_ROUNDING = 1e-9


def to_recipe(
    name: str,
    plan: Plan,
    columns: Sequence[Column],
    prepared: Prepared,
    found: Found,
    measures: Measures,
) -> Recipe:
    """The recipe of a plan that was carried out. It holds counts and shares, and no value.

    Whoever keeps it keeps `prepared.hierarchies` too, and prepares the next delivery with these:
    their groups are what is compared.

    Args:
        name: what people will call it.
        plan: what must hold.
        columns: of the table.
        prepared: the table and the plan as codes.
        found: the levels chosen, and the rows suppressed.
        measures: of the output.
    """
    ladders = prepared.problem.ladders
    levels = found.levels or tuple(map(_telling_level, ladders))
    return Recipe(
        name=name,
        plan=plan,
        levels=found.levels,
        columns=tuple(columns),
        rows=prepared.problem.rows,
        suppressed=found.suppressed,
        profiles=tuple(
            _profile(ladder, prepared.hierarchies[ladder.column], level)
            for ladder, level in zip(ladders, levels, strict=True)
        ),
        sensitive={each.column: each.values for each in prepared.problem.sensitive},
        measures=measures,
    )


def column_drift(recipe: Recipe, columns: Sequence[Column]) -> tuple[Drift, ...]:
    """What changed in the columns; asked before the table is prepared, which needs them.

    A column that the plan names must be there. A new one is an alarm too: it would be handed on
    as it is.
    """
    before = {column.name: column for column in recipe.columns}
    now = {column.name: column for column in columns}
    drifts = [
        Drift(
            kind=DriftKind.COLUMN_MISSING,
            column=name,
            before=1,
            now=0,
            is_alarm=name in _named(recipe.plan),
        )
        for name in before
        if name not in now
    ]
    drifts += [
        Drift(kind=DriftKind.COLUMN_NEW, column=name, before=0, now=1)
        for name in now
        if name not in before
    ]
    drifts += [
        Drift(
            kind=DriftKind.TYPE_CHANGED,
            column=name,
            before=str(before[name].type),
            now=str(now[name].type),
            is_alarm=name in _named(recipe.plan),
        )
        for name in now
        if name in before and before[name].type is not now[name].type
    ]
    return tuple(drifts)


def drift(recipe: Recipe, prepared: Prepared, measures: Measures) -> tuple[Drift, ...]:
    """What changed in the rows since the recipe was made, alarms first.

    Args:
        recipe: as kept.
        prepared: the new table, prepared with the hierarchies kept with the recipe.
        measures: of the new output: the new rows at the recipe's levels, suppressed ones left out.
    """
    drifts = [
        *_of_size(recipe, prepared),
        *_of_protection(recipe, prepared, measures),
        *(each for profile in recipe.profiles for each in _of_column(recipe, profile, prepared)),
        *_of_sensitive(recipe, prepared),
    ]
    return tuple(sorted(drifts, key=lambda each: not each.is_alarm))


def stability(before: Counts, now: Counts) -> float:
    """The population stability index of two counts over the same groups; 0 where all is alike.

    Half a row is added to each group, so that an empty one does not make it endless.
    """
    old = (before + 0.5) / (before + 0.5).sum()
    new = (now + 0.5) / (now + 0.5).sum()
    return float(((new - old) * np.log(new / old)).sum())


@functools.cache
def _limits() -> Mapping[str, Mapping[str, float]]:
    return {row["id"]: row for row in table("compliance.anonymise", "drift.yaml")}


def _named(plan: Plan) -> set[str]:
    """The columns that a plan says something about."""
    named = {*plan.columns, *(each.column for each in plan.treatments)}
    return {str(name) for name in named | {c.column for c in plan.criteria if c.column}}


def _telling_level(ladder: Ladder) -> int:
    """The highest level that still tells groups apart; 0 where none does."""
    return max((level for level, size in enumerate(ladder.sizes) if size > 1), default=0)


def _profile(ladder: Ladder, hierarchy: Hierarchy, level: int) -> ColumnProfile:
    leaves = len(hierarchy.values)
    counts = _counts(ladder, level, leaves)
    present = ladder.codes[ladder.codes < leaves]
    return ColumnProfile(
        column=ladder.column,
        hierarchy=_hash(hierarchy, leaves),
        leaves=leaves,
        level=level,
        shares=tuple((counts / max(1, counts.sum())).tolist()),
        distinct=len(np.unique(present)),
        missing_share=_share(len(ladder.codes) - len(present), len(ladder.codes)),
    )


def _counts(ladder: Ladder, level: int, leaves: int) -> Counts:
    """Rows per group of a level; rows without a value are not counted."""
    groups = ladder.maps[level]
    present = ladder.codes[ladder.codes < leaves]
    size = int(groups[:leaves].max(initial=-1)) + 1
    counts: Counts = np.bincount(groups[present], minlength=size).astype(np.int64)
    return counts


def _hash(hierarchy: Hierarchy, leaves: int) -> Sha256:
    """Of the first values of a hierarchy; what a last level with one name calls it is all one."""
    levels = [level[:leaves] for level in hierarchy.levels]
    if len(set(levels[-1])) == 1 and len(levels) > 1:
        levels[-1] = (ALL,) * leaves
    part = Hierarchy(column=hierarchy.column, levels=tuple(levels))
    return Sha256(hashlib.sha256(write_hierarchy(part)).hexdigest())


def _of_size(recipe: Recipe, prepared: Prepared) -> list[Drift]:
    ratio = prepared.problem.rows / max(1, recipe.rows)
    limit = _limits()["rows"]
    if limit["remark"] <= ratio <= 1 / limit["remark"]:
        return []
    is_alarm = ratio < limit["alarm"]
    rows = prepared.problem.rows
    return [Drift(kind=DriftKind.ROWS, before=recipe.rows, now=rows, is_alarm=is_alarm)]


def _of_protection(recipe: Recipe, prepared: Prepared, measures: Measures) -> list[Drift]:
    """What the output no longer holds, and what it holds less of."""
    drifts = [
        broken for criterion in recipe.plan.criteria for broken in _broken(criterion, measures)
    ]
    if measures.rows and measures.k < max(recipe.plan.k, recipe.measures.k):
        drifts.append(
            Drift(
                kind=DriftKind.K_FALLEN,
                before=recipe.measures.k,
                now=measures.k,
                is_alarm=measures.k < recipe.plan.k,
            )
        )
    left_out = _share(prepared.problem.rows - measures.rows, prepared.problem.rows)
    if left_out > recipe.plan.suppression_limit + _ROUNDING:
        allowed = recipe.plan.suppression_limit
        drifts.append(Drift(kind=DriftKind.SUPPRESSION, before=allowed, now=left_out))
    return drifts


def _broken(criterion: Criterion, measures: Measures) -> list[Drift]:
    """The criterion, where the measures show that it does not hold."""
    if criterion.model is Model.MEAN_RISK:
        now, holds = measures.marketer.mean, measures.marketer.mean <= criterion.value + _ROUNDING
    elif criterion.column is not None and criterion.column in measures.sensitive:
        now, holds = _reached(criterion, measures.sensitive[criterion.column])
    else:
        return []
    if holds or not measures.rows:
        return []
    kind = DriftKind.CRITERION_BROKEN
    return [Drift(kind=kind, column=criterion.column, before=criterion.value, now=now)]


def _reached(criterion: Criterion, measured: SensitiveMeasures) -> tuple[float, bool]:
    """What a sensitive column reaches by the criterion's yardstick, and whether it is enough."""
    if criterion.model in _AT_LEAST:
        now = float(getattr(measured, _AT_LEAST[criterion.model]))
        return now, now >= criterion.value - _ROUNDING
    if criterion.model in _AT_MOST:
        now = getattr(measured, _AT_MOST[criterion.model])
        return (0.0, True) if now is None else (now, now <= criterion.value + _ROUNDING)
    return 0.0, True  # recursive diversity is measured for l = 2 only


def _of_column(recipe: Recipe, profile: ColumnProfile, prepared: Prepared) -> list[Drift]:
    ladder = next(each for each in prepared.problem.ladders if each.column == profile.column)
    hierarchy = prepared.hierarchies[profile.column]
    if len(hierarchy.values) < profile.leaves or _hash(hierarchy, profile.leaves) != (
        profile.hierarchy
    ):
        kind = DriftKind.HIERARCHY_CHANGED
        return [Drift(kind=kind, column=profile.column, before=0, now=1)]
    return [
        *_of_values(profile, ladder, len(hierarchy.values)),
        *_of_missing(profile, ladder, len(hierarchy.values)),
        *_of_shares(recipe, profile, ladder, len(hierarchy.values)),
    ]


def _of_values(profile: ColumnProfile, ladder: Ladder, leaves: int) -> list[Drift]:
    is_new = (ladder.codes >= profile.leaves) & (ladder.codes < leaves)
    share = _share(int(is_new.sum()), len(ladder.codes))
    limit = _limits()["new_values"]
    if share <= limit["remark"]:
        return []
    is_alarm = share > limit["alarm"]
    kind = DriftKind.NEW_VALUES
    return [Drift(kind=kind, column=profile.column, before=0, now=share, is_alarm=is_alarm)]


def _of_missing(profile: ColumnProfile, ladder: Ladder, leaves: int) -> list[Drift]:
    share = _share(int((ladder.codes >= leaves).sum()), len(ladder.codes))
    limit = _limits()["missing_values"]
    more = share - profile.missing_share
    if more <= limit["remark"]:
        return []
    return [
        Drift(
            kind=DriftKind.MISSING_VALUES,
            column=profile.column,
            before=profile.missing_share,
            now=share,
            is_alarm=more > limit["alarm"],
        )
    ]


def _of_shares(recipe: Recipe, profile: ColumnProfile, ladder: Ladder, leaves: int) -> list[Drift]:
    """A shift that is large, and larger than chance makes where nothing changed."""
    from scipy.stats import chi2  # slow to load; most commands do without

    now = _counts(ladder, profile.level, leaves)
    rows = round(recipe.rows * (1 - profile.missing_share))
    before = np.zeros(max(len(now), len(profile.shares)), dtype=np.int64)
    before[: len(profile.shares)] = np.rint(np.array(profile.shares) * rows)
    now = np.pad(now, (0, len(before) - len(now)))
    is_used = (before > 0) | (now > 0)
    before, now = before[is_used], now[is_used]
    if len(before) < 2 or not before.sum() or not now.sum():
        return []
    index, limit = stability(before, now), _limits()["shifted"]
    chance = chi2.isf(_limits()["chance"]["alarm"], len(before) - 1)
    by_chance = float(chance) * (1 / before.sum() + 1 / now.sum())
    if index <= max(limit["remark"], by_chance):
        return []
    return [
        Drift(
            kind=DriftKind.SHIFTED,
            column=profile.column,
            before=limit["remark"],
            now=index,
            is_alarm=index > limit["alarm"],
        )
    ]


def _of_sensitive(recipe: Recipe, prepared: Prepared) -> list[Drift]:
    return [
        Drift(
            kind=DriftKind.SENSITIVE_VALUES,
            column=each.column,
            before=recipe.sensitive[each.column],
            now=each.values,
            is_alarm=False,
        )
        for each in prepared.problem.sensitive
        if recipe.sensitive.get(each.column, each.values) != each.values
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
