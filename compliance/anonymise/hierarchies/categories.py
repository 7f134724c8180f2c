"""Words by what they go together with, or by how rare they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from compliance.anonymise.hierarchies.numbers import Level
from compliance.anonymise.nouns.problem import Floats

OTHER = "(other)"
MOST_ALIKE = 400
_NAMED = 3


def by_rarity(counts: Mapping[str, int], rows: Sequence[int]) -> list[Level]:
    """Values in fewer rows than the bound of each level are `OTHER`; bounds ascend."""
    return [
        tuple(value if count >= bound else OTHER for value, count in counts.items())
        for bound in rows
    ]


def by_likeness(
    counts: Mapping[str, int], beside: Sequence[Sequence[Mapping[str, int]]]
) -> list[Level]:
    """Values that stand with much the same values of other columns, put together: half the groups
    at each level, until there are two.

    The two groups join first whose joining loses least of what the column tells about the others
    (the weighted Jensen-Shannon distance). No chance is involved; equal ones join in the order of
    their names. Values beyond the `MOST_ALIKE` commonest are `OTHER` first.

    Source: Slonim and Tishby, Agglomerative Information Bottleneck, 1999.
    """
    values = list(counts)
    by_count = sorted(values, key=lambda value: (-counts[value], value))
    kept = sorted(by_count[:MOST_ALIKE])
    place = {value: at for at, value in enumerate(kept)}
    profiles = np.hstack([_profiles(values, column) for column in beside])
    weights = np.array([float(counts[value]) for value in values])
    chosen = [values.index(value) for value in kept]
    steps = _joinings(profiles[chosen], weights[chosen])
    made: list[Level] = []
    group = list(range(len(kept)))
    size, target = len(kept), (len(kept) + 1) // 2
    for keep, goes in steps:
        group = [keep if g == goes else g for g in group]
        size -= 1
        if size == target and size > 1:
            names = _names(group, kept, counts)
            made.append(tuple(names[group[place[v]]] if v in place else OTHER for v in values))
            target = (size + 1) // 2
    return made


def _profiles(values: Sequence[str], column: Sequence[Mapping[str, int]]) -> Floats:
    """Per value, the shares of the other column's values; one row per value, sums to 1 or 0."""
    others = sorted({name for row in column for name in row})
    at = {name: place for place, name in enumerate(others)}
    table = np.zeros((len(values), len(others)))
    for line, row in enumerate(column):
        for name, count in row.items():
            table[line, at[name]] = count
    shares: Floats = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    return shares


def _joinings(profiles: Floats, weights: Floats) -> list[tuple[int, int]]:
    """Which group takes in which, step by step; the smaller number is kept."""
    profiles, weights = profiles.copy(), weights.copy()
    count = len(weights)
    cost = np.full((count, count), np.inf)
    for one in range(count):
        cost[one, one + 1 :] = _costs(profiles, weights, one, np.arange(one + 1, count))
    steps: list[tuple[int, int]] = []
    alive = np.ones(count, dtype=bool)
    for _ in range(count - 1):
        keep, goes = np.unravel_index(int(np.argmin(cost)), cost.shape)
        total = weights[keep] + weights[goes]
        share = weights[goes] / total if total else 0.5
        profiles[keep] = (1 - share) * profiles[keep] + share * profiles[goes]
        weights[keep] = total
        alive[goes] = False
        cost[goes, :] = cost[:, goes] = np.inf
        others = np.flatnonzero(alive)
        others = others[others != keep]
        fresh = _costs(profiles, weights, int(keep), others)
        cost[np.minimum(others, keep), np.maximum(others, keep)] = fresh
        steps.append((int(keep), int(goes)))
    return steps


def _costs(profiles: Floats, weights: Floats, one: int, others: np.ndarray) -> Floats:
    """What is lost by joining `one` with each of `others`, in nats times rows."""
    mine, theirs = profiles[one], profiles[others]
    heavy, light = weights[one], weights[others][:, None]
    joint = (heavy * mine + light * theirs) / np.maximum(heavy + light, 1e-300)
    # Rounding keeps equal costs equal on every machine.
    lost = heavy * _divergence(mine[None, :], joint) + light[:, 0] * _divergence(theirs, joint)
    rounded: Floats = np.round(lost, 9)
    return rounded


def _divergence(of: Floats, joint: Floats) -> Floats:
    ratio = np.divide(of, joint, out=np.ones_like(joint), where=(of > 0) & (joint > 0))
    sums: Floats = (of * np.log(ratio)).sum(axis=1)
    return sums


def _names(group: Sequence[int], kept: Sequence[str], counts: Mapping[str, int]) -> dict[int, str]:
    """Each group by its commonest values; a group of one by that value."""
    members: dict[int, list[str]] = {}
    for at, value in zip(group, kept, strict=True):
        members.setdefault(at, []).append(value)
    names = {}
    for at, values in members.items():
        first = sorted(values, key=lambda value: (-counts[value], value))
        more = len(first) - _NAMED
        shown = first if more <= 1 else first[:_NAMED]
        names[at] = " / ".join(shown) + (f" and {more} more" if more > 1 else "")
    return names
