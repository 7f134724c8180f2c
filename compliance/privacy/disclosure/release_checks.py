"""Hazards in the release itself: its bounds, keys, noise and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.privacy.aggregates import KEYS_PART, Part, parts_of
from compliance.privacy.disclosure.findings import Finding, Row, exposed, guarded, not_known
from compliance.privacy.disclosure.looks import (
    PROPOSED,
    acts_before,
    is_on_dataset,
    proposed_columns,
    tuned_exactly,
    tunes,
)
from compliance.privacy.disclosure.parameters import names_of
from compliance.privacy.disclosure.words import bounds as bounds_in_words
from compliance.privacy.disclosure.words import counted, listed, loss
from compliance.privacy.nouns import (
    Event,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    Release,
    ReleasedValue,
    SelectionEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.disclosure import Surroundings
from compliance.privacy.nouns.question import Mechanism, Query, Statistic, StatisticKind

_SLACK = 1 + 1e-9
_Check = Callable[[Statistic, float], bool]


def contributions(release: Release, _: Surroundings, __: Row) -> Finding:
    """Whether each noise was drawn for all that the bounds let one person change."""
    query = release.query
    needed: dict[str, Part | None] = {part.name: part for part in parts_of(query)}
    if not query.has_public_keys:
        needed[KEYS_PART] = None
    found = {name: e for e in release.events if (name := getattr(e, "statistic", None))}
    short = [n for n, part in needed.items() if n in found and not _covers(found[n], part, query)]
    absent = [name for name in needed if name not in found]
    within = bounds_in_words(query)
    if absent:
        return exposed(
            mark("No noise is on record for {absent_name}, with {within}").format(
                absent_name=listed(absent), within=within
            )
        )
    if short:
        return exposed(
            mark(
                "The noise on {short_name} was drawn for less than one person can change "
                "within {within}"
            ).format(short_name=listed(short), within=within)
        )
    return guarded(
        mark(
            "{parts} worked out again from the bounds ({within}): each was drawn for all "
            "that one person can change"
        ).format(parts=counted(len(needed), "part"), within=within)
    )


def bounds(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether bounds were found with noise that was paid for, as far as the trail tells."""
    before = [act for act in acts_before(release, around) if is_on_dataset(act, around)]
    if exact := [act for act in tuned_exactly(before) if "bounds" in tunes(act)]:
        return exposed(
            mark(
                "{looks} at exact values, which help to choose bounds and were not charged, "
                "came before this release"
            ).format(looks=counted(len(exact), "look"))
        )
    looks = [act for act in before if act.act == PROPOSED]
    covered = proposed_columns(looks)
    needed = dict.fromkeys(s.column for s in release.query.statistics if s.column)
    open_ = [column for column in needed if column not in covered]
    if looks and not open_:
        return guarded(
            mark(
                "{looks} with noise, paid from the budget, came before this release and "
                "covered {many_columns} with bounds"
            ).format(looks=counted(len(looks), "look"), many_columns=counted(len(needed), "column"))
        )
    said = (
        mark("the bounds of {columns}").format(columns=listed(open_))
        if open_
        else mark("the contribution bounds")
    )
    return not_known(
        mark(
            "Nothing tells where {said} come from: {looks} with noise came before, and "
            "previews leave no entry in the trail"
        ).format(said=said, looks=counted(len(looks), "look"))
    )


def group_keys(release: Release, _: Surroundings, __: Row) -> Finding:
    """Whether a group of one person can show by being there."""
    query = release.query
    if not query.by:
        return guarded(mark("There are no groups, only one total"))
    typed = {c: keys for c, keys in query.public_keys.items() if not _is_ranges(query, c)}
    if query.has_public_keys and typed:
        number = sum(len(keys) for keys in typed.values())
        return not_known(
            mark("{keys} of {columns} were typed; nothing tells where they come from").format(
                keys=counted(number, "key"), columns=listed(list(typed))
            )
        )
    if query.has_public_keys:
        return guarded(
            mark("All groups are ranges that were typed ({columns})").format(
                columns=listed(list(query.by))
            )
        )
    return _threshold(release)


def reused_noise(release: Release, around: Surroundings, row: Row) -> Finding:
    """Whether another release holds the very same numbers."""
    others = [other for other in around.releases if other.id != release.id]
    again = sum(other.query == release.query for other in others)
    twins = [other for other in others if release.values and other.values == release.values]
    compared = f"{counted(len(release.values), 'number')} compared with those of " + counted(
        len(others), "other release"
    )
    asked = mark("the same question was answered {times}, each paid for").format(
        times=counted(again + 1, "time")
    )
    if not twins:
        return guarded(
            mark("{compared}: no other holds the same; {asked}").format(
                compared=compared, asked=asked
            )
        )
    chance = _chance_of_twins(release)
    held = counted(len(twins), "release holds", "releases hold")
    told = mark("{compared}: {held} the same, by chance with {chance:.1g}").format(
        compared=compared, held=held, chance=chance
    )
    return exposed(told) if chance < float(row["chance"]) else not_known(told)


def post_processing(release: Release, _: Surroundings, __: Row) -> Finding:
    """Whether each number is one that its mechanism can give, with noise on record."""
    if not release.values:
        return not_known(mark("No number was published, so there is none to look at"))
    statistics = {s.name: s for s in release.query.statistics}
    noisy = {name.rpartition(":")[0] or name for name in names_of(release.events)}
    bare = {v.statistic for v in release.values} - noisy
    odd = [v for v in release.values if not _can_be(statistics.get(v.statistic), v, release.query)]
    all_ = counted(len(release.values), "number")
    if bare:
        return exposed(
            mark("{of_all}; no noise is on record for {bare_name}").format(
                of_all=all_, bare_name=listed(sorted(bare))
            )
        )
    if odd:
        return exposed(
            mark("{n:,} of {of_all} cannot have come out of their mechanisms").format(
                n=len(odd), of_all=all_
            )
        )
    below = sum(value.value < 0 for value in release.values)
    return guarded(
        mark(
            "{of_all} looked at: each lies on the steps and within the bounds of its "
            "mechanism; {below:,} are negative and were left so"
        ).format(of_all=all_, below=below)
    )


def _covers(event: Event, part: Part | None, query: Query) -> bool:
    """Whether the noise of an event was drawn for at least what one person can change."""
    groups = query.groups_per_unit
    l1, l2_squared = (groups, groups) if part is None else (part.l1, part.l2_squared)
    match event:
        case GaussianEvent(sensitivity_squared=squared):
            return squared >= l2_squared
        case LaplaceEvent(sensitivity=sensitivity):
            return sensitivity >= l1
        case SelectionEvent(sensitivity=sensitivity, groups=paid):
            if part is None:
                return False
            once = part.statistic.kind is StatisticKind.TOP
            return sensitivity >= part.per_group and paid >= (1 if once else part.groups)
        case RandomisedResponseEvent():
            return groups == 1
        case _:
            return False


def _is_ranges(query: Query, column: ColumnName) -> bool:
    how = query.coarse.get(column)
    return how is not None and bool(how.edges)


def _threshold(release: Release) -> Finding:
    """How likely a group of one person shows, worked out again from noise and threshold."""
    keys = [e for e in release.events if getattr(e, "statistic", "") == KEYS_PART]
    thresholds = [e for e in release.events if isinstance(e, ThresholdEvent)]
    if not thresholds:
        return exposed(mark("Groups were found in the data, and no threshold is on record"))
    threshold = thresholds[0]
    above = mark("Groups were found in the data and shown above {threshold:,} people").format(
        threshold=threshold.threshold
    )
    if not keys:
        return not_known(
            mark("{above}; the noise on the number of people is not on record").format(above=above)
        )
    alone = _shows_alone(keys[0], threshold.threshold)
    groups = release.query.groups_per_unit
    chance = -math.expm1(groups * math.log1p(-alone))
    told = mark("{above}: a person alone in {groups} shows with {chance:.2g}").format(
        above=above, groups=counted(groups, "group"), chance=chance
    )
    allowed = mark("δ = {delta} is set aside for that").format(delta=loss(threshold.delta))
    is_kept = chance <= float(threshold.delta) * _SLACK
    return guarded(f"{told}; {allowed}") if is_kept else exposed(f"{told}; only {allowed}")


def _shows_alone(event: Event, threshold: int) -> float:
    """The chance that one person and noise reach `threshold` (see `calibration._threshold`)."""
    distance = threshold - 2
    if isinstance(event, GaussianEvent):
        return NormalDist().cdf(-distance / event.scale)
    if isinstance(event, LaplaceEvent):
        return math.exp(-distance / event.scale) / (1 + math.exp(-1 / event.scale))
    return 1.0


def _chance_of_twins(release: Release) -> float:
    """A bound on the chance that fresh noise gives all the same whole numbers again.

    The likeliest value of either noise has a probability of at most 1/(2·scale).
    """
    scales = {
        event.statistic.rpartition(":")[0]: event.scale
        for event in release.events
        if isinstance(event, GaussianEvent | LaplaceEvent) and event.statistic.endswith(":value")
    }
    logs = [
        math.log(min(1.0, 1 / (2 * scales[value.statistic])))
        for value in release.values
        if value.statistic in scales
    ]
    return math.exp(sum(logs))


def _can_be(statistic: Statistic | None, value: ReleasedValue, query: Query) -> bool:
    if statistic is None or not math.isfinite(value.value):
        return False
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        return True  # estimates lie on no steps
    return _POSSIBLE[statistic.kind](statistic, value.value)


def _is_whole(_: Statistic, number: float) -> bool:
    return number == round(number)


def _is_step(statistic: Statistic, number: float) -> bool:
    steps = number * statistic.granularity.per_one
    return math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-6)


def _is_between(statistic: Statistic, number: float) -> bool:
    low, high = _range(statistic)
    return low - 1e-9 <= number <= high + 1e-9 * max(1.0, abs(high))


def _is_candidate(statistic: Statistic, number: float) -> bool:
    low, high = _range(statistic)
    steps = (number - low) / float(statistic.step or 1)
    return number == high or (
        low <= number < high and math.isclose(steps, round(steps), abs_tol=1e-6)
    )


def _is_spread(statistic: Statistic, number: float) -> bool:
    low, high = _range(statistic)
    most = (high - low) / 2
    most = most if statistic.kind is StatisticKind.STANDARD_DEVIATION else most**2
    return 0 <= number <= most * (1 + 1e-9)


def _is_rank(statistic: Statistic, number: float) -> bool:
    return number == round(number) and 1 <= number <= (statistic.largest or 0)


def _range(statistic: Statistic) -> tuple[float, float]:
    """The bounds; a statistic without them has an empty range."""
    if statistic.lower is None or statistic.upper is None:
        return math.inf, -math.inf
    return float(statistic.lower), float(statistic.upper)


_POSSIBLE: Mapping[StatisticKind, _Check] = {
    StatisticKind.COUNT_ROWS: _is_whole,
    StatisticKind.COUNT_UNITS: _is_whole,
    StatisticKind.HISTOGRAM: _is_whole,
    StatisticKind.SUM: _is_step,
    StatisticKind.MEAN: _is_between,
    StatisticKind.VARIANCE: _is_spread,
    StatisticKind.STANDARD_DEVIATION: _is_spread,
    StatisticKind.QUANTILE: _is_candidate,
    StatisticKind.TOP: _is_rank,
}
