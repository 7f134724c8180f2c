"""How much is sold next, from how much was sold in the periods before.

Two shapes of table. In a wide one each row is a series, say a product, and columns in order are
its periods. In a long one, which the plan tells by naming a time, each row is something sold; what
each site sold in a period is one series per site.

One example per series and period: the `history.steps` periods before are the inputs, the period
itself is the answer. The last `history.horizon_days` are held out, from all series alike, and not
some of the series: who predicts the past from the future, or a product's week from the same week
of its sisters, has predicted nothing. The first and last day
are the plan's, or else the table's, which are then taken as public.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict

import numpy as np

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.errors import MalformedPlanError
from compliance.federated.features import FloatArray, IntArray, check_known
from compliance.federated.keys import KeyArray, label_keys, mixed
from compliance.federated.nouns import Plan
from compliance.federated.records import BoolArray, Records, records_of, sites_of
from compliance.federated.tasks.examples import Examples, Source
from compliance.federated.tasks.purchases import MomentArray, moments, span_of, with_lost, worth

_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)
_NUMBERED = re.compile(r"(.*?)(\d{1,9})")


def forecasts(source: Source) -> Examples:
    """One example per series and period that has enough periods before it.

    A series begins with its first sale; where one of its periods is missing, the examples that
    would need it have no answer. Rows of a long table without a site or a time are in no sum, and
    are counted among what is left out.

    Raises:
        UnknownColumnError, MalformedPlanError, TooManySitesError: the plan does not fit the table.
    """
    if source.plan.history.time is None:
        return _wide(source)
    return _long(source)


def _wide(source: Source) -> Examples:
    plan, table = source.plan, source.table
    named = (plan.site_column, source.unit, *plan.features)
    check_known(source.columns, tuple(filter(None, named)))
    columns = _periods(source)
    read = [table.numbers(column) for column in columns]
    sold = np.stack([one.values.astype(np.float64) for one in read], axis=1)
    is_there = np.stack([one.present for one in read], axis=1) & np.isfinite(sold)
    sold[~is_there] = 0
    names, site = sites_of(table, plan.site_column)
    series = records_of(table, source.row_keys, site=site, unit=source.unit, seed=plan.seed)
    return _windows(plan, sold, is_there, series, features=columns, site_names=names)


def _long(source: Source) -> Examples:
    plan, table = source.plan, source.table
    if plan.site_column is None:
        reason = "what was sold is summed for each site, so a column must say which it is"
        raise MalformedPlanError(place="sites", reason=reason)
    if plan.privacy is not None and plan.privacy.unit != "site":
        reason = "what a site sold mixes all who bought there; only sites can be protected"
        raise MalformedPlanError(place="privacy.unit", reason=reason)
    check_known(source.columns, (plan.site_column, *plan.history.columns))
    names, site = sites_of(table, plan.site_column)
    when = moments(source).astype("datetime64[D]")
    sold, is_there = _sums(source, site, len(names), when)
    keys = label_keys(names)
    series = Records(
        at=np.arange(len(names)),
        site=np.arange(len(names)),
        person=keys,
        is_named=np.ones(len(names), dtype=bool),
        row=keys,
        is_held_out=np.zeros(len(names), dtype=bool),
    )
    columns = plan.history.columns
    examples = _windows(plan, sold, is_there, series, features=columns, site_names=names)
    is_lost = np.isnat(when) | (site < 0)
    return with_lost(examples, site[is_lost], ~np.isnat(when[is_lost]))


def _sums(
    source: Source, site: IntArray, sites: int, when: MomentArray
) -> tuple[FloatArray, BoolArray]:
    """Per site and whole period what was sold, and whether that is since its first sale.

    Periods end with the table's last day; what lies before the first whole one is left away.
    """
    value = worth(source)
    known = np.flatnonzero(~np.isnat(when) & (site >= 0))
    known = known[np.argsort(value[known], kind="stable")]  # sums follow no order of the file
    span, length = span_of(source, when), source.plan.history.period_days
    first, last = (np.datetime64(day, "D").astype(np.int64) for day in (span.first, span.last))
    periods = int(last - first + 1) // length
    period = periods - 1 - (last - when[known].astype(np.int64)) // length
    whole = (period >= 0) & (period < periods)
    place = site[known][whole] * periods + period[whole]
    shape = (sites, periods)
    sold = np.bincount(place, value[known][whole], sites * periods).reshape(shape)
    has_sale = np.bincount(place, minlength=sites * periods).reshape(shape) > 0
    return np.asarray(sold, dtype=np.float64), np.maximum.accumulate(has_sale, axis=1)


def _windows(
    plan: Plan,
    sold: FloatArray,
    is_there: BoolArray,
    series: Records,
    *,
    features: tuple[ColumnName, ...],
    site_names: tuple[str, ...],
) -> Examples:
    """The examples of series × periods.

    The inputs are the periods' departures from their mean, the latest one last, then the mean;
    amounts are sign(x)·log(1 + |x|)/2, answers too.
    """
    history, periods = plan.history, sold.shape[1]
    horizon = math.ceil(history.horizon_days / history.period_days)
    count = periods - history.steps
    if count <= horizon:
        reason = (
            f"there are {periods} periods; {history.steps} steps back and {horizon} periods held "
            f"out need {history.steps + horizon + 1} at least"
        )
        raise MalformedPlanError(place="history", reason=reason)
    scaled = np.sign(sold) * np.log1p(np.abs(sold)) / 2
    shown = np.lib.stride_tricks.sliding_window_view(scaled, history.steps + 1, axis=1)
    whole = np.lib.stride_tricks.sliding_window_view(is_there, history.steps + 1, axis=1)
    which, at = np.divmod(np.arange(len(sold) * count), count)
    return Examples(
        features=features,
        records=Records(
            at=np.arange(len(which)),
            site=series.site[which],
            person=series.person[which],
            is_named=series.is_named[which],
            row=_keys(series.row[which], count - at),  # another's first sale moves only the start
            is_held_out=at >= count - horizon,
        ),
        answers=shown[which, at, -1],
        has_answer=np.asarray(whole[which, at].all(axis=1)),
        answers_known=0,
        site_names=site_names,
        inputs_at=lambda rows: _inputs(shown[which[rows], at[rows], :-1]),
    )


def _keys(series: KeyArray, at: IntArray) -> KeyArray:
    return mixed(series ^ mixed(at.astype(np.uint64) + np.uint64(1)))


def _inputs(before: FloatArray) -> FloatArray:
    mean = before.mean(axis=1, keepdims=True)
    ones = np.ones_like(mean)
    inputs = np.concatenate([before - mean, mean, ones], axis=1)
    return np.concatenate([inputs, np.zeros((1, inputs.shape[1]))])


def _periods(source: Source) -> tuple[ColumnName, ...]:
    """The plan's features in its order, or the longest run of numbers under one name.

    Of two runs as long, such as W0 to W51 and Normalized 0 to Normalized 51, the one that the
    table shows first.
    """
    plan = source.plan
    types = {column.name: column.type for column in source.columns}
    for column in plan.features:
        if types[column] not in _NUMBERS:
            raise MalformedPlanError(place="features", reason=f"“{column}” holds no numbers")
    if plan.features:
        return plan.features
    aside = (plan.site_column, source.unit)
    numbers = [name for name, type_ in types.items() if type_ in _NUMBERS and name not in aside]
    found = max(_runs(numbers), key=len, default=())
    if len(found) < 2:
        reason = "no time is named, and no columns are numbered one after another, such as W0, W1"
        raise MalformedPlanError(place="history.time", reason=reason)
    return found


def _runs(names: list[ColumnName]) -> list[tuple[ColumnName, ...]]:
    """Columns whose names differ in a number only, as far as the numbers follow one another."""
    families: dict[str, dict[int, ColumnName]] = defaultdict(dict)
    for name in names:
        if match := _NUMBERED.fullmatch(name):
            families[match[1]].setdefault(int(match[2]), name)
    runs: list[tuple[ColumnName, ...]] = []
    for family in families.values():
        run: list[ColumnName] = []
        for number in sorted(family):
            run = [*run, family[number]] if number - 1 in family else [family[number]]
            if number + 1 not in family:
                runs.append(tuple(run))
    return runs
