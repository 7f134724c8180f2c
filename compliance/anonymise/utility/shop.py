"""Three worked examples of a shop, on original and release: profiles, what goes together, sales."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compliance.anonymise.nouns import Roles, UseKind, Utility
from compliance.anonymise.nouns.problem import Floats
from compliance.anonymise.utility.sales import Needs, Sales, sales_of, trouble, worth_of
from compliance.anonymise.utility.saying import inapplicable, lost, told
from compliance.dataset.table import Table
from compliance.i18n import mark

_TOP = 20
_NEIGHBOURS = 5
_WEEK = 7
_LAGS = 4
_FEWEST_WEEKS = 16
_TESTED_WEEKS = 1 / 4
_RIDGE = 1e-3

_SAME_PROFILES = mark("share of customers whose kind is as frequent as in the original")
_SAME_ITEMS = mark("share of the same articles among those recommended")
_WEEKLY_ERROR = mark("error of weekly sales forecasts, as a share of sales")


def profiled(original: Table, released: Table, roles: Roles) -> Utility:
    """How alike customers are spread over kinds by recency, frequency and worth.

    Each is cut in thirds of the original customers; the share of customers in 27 kinds is
    compared. Source: Fader et al. 2005, doi:10.1509/jmkr.2005.42.4.415.
    """
    kind = UseKind.PROFILING
    if roles.person is None or roles.date is None:
        return inapplicable(kind, _SAME_PROFILES, mark("no columns are named for person and date"))
    needs = Needs(person=roles.person, date=roles.date, worth=worth_of(roles))
    sides = _sides(kind, _SAME_PROFILES, original, released, needs)
    if isinstance(sides, Utility):
        return sides
    first, second = (_recency_frequency_worth(sales) for sales in sides)
    edges = np.quantile(first, (1 / 3, 2 / 3), axis=0)
    apart = np.abs(_kinds(first, edges) - _kinds(second, edges)).sum() / 2
    return told(kind, _SAME_PROFILES, 1.0, float(1 - apart))


def recommended(original: Table, released: Table, roles: Roles) -> Utility:
    """Whether best sellers lead to the same further articles.

    For each of the best sellers of the original, the articles that the most of its buyers bought
    too; without a person, the best sellers themselves.
    """
    kind = UseKind.RECOMMENDATION
    if roles.product is None:
        return inapplicable(kind, _SAME_ITEMS, mark("no column is named for the article"))
    person = roles.person if roles.person in released.column_names else None
    needs = Needs(person=person, product=roles.product)
    sides = _sides(kind, _SAME_ITEMS, original, released, needs)
    if isinstance(sides, Utility):
        return sides
    first, second = sides
    if person is None:
        both = _best(first) & _best(second)
        return told(kind, _SAME_ITEMS, 1.0, len(both) / max(len(_best(first)), 1))
    of_first, of_second = _bought_too(first, _best(first)), _bought_too(second, _best(first))
    shares = [
        len(of_first[name] & of_second[name]) / len(of_first[name])
        for name in of_first
        if of_first[name]
    ]
    if not shares:
        return inapplicable(kind, _SAME_ITEMS, mark("nobody bought two articles"))
    return told(kind, _SAME_ITEMS, 1.0, float(np.mean(shares)))


def forecast(original: Table, released: Table, roles: Roles) -> Utility:
    """How far forecasts of the last quarter of weeks are off, week by week.

    Each week's sales from the four before, by a regression with a ridge learnt from the table's
    own earlier weeks; judged by the original's sales. Without either: the mean of earlier weeks.
    """
    kind = UseKind.FORECAST
    if roles.date is None:
        return inapplicable(kind, _WEEKLY_ERROR, mark("no column is named for the date"))
    needs = Needs(date=roles.date, worth=worth_of(roles))
    sides = _sides(kind, _WEEKLY_ERROR, original, released, needs)
    if isinstance(sides, Utility):
        by_original = forecast(original, original, roles) if sides.is_applicable else sides
        return replace(sides, original=by_original.original, baseline=by_original.baseline)
    weeks = [_weekly(sales, sides[0]) for sales in sides]
    truth = weeks[0]
    if len(truth) < _FEWEST_WEEKS or truth.sum() <= 0:
        reason = mark("it takes sales in at least {n} weeks").format(n=_FEWEST_WEEKS)
        return inapplicable(kind, _WEEKLY_ERROR, reason)
    start = len(truth) - int(len(truth) * _TESTED_WEEKS)
    errors = [_error(_forecasts(series, start), truth[start:]) for series in weeks]
    baseline = _error(np.full(len(truth) - start, truth[:start].mean()), truth[start:])
    return told(kind, _WEEKLY_ERROR, errors[0], errors[1], baseline, higher_is_better=False)


def _sides(
    kind: UseKind, measure: str, original: Table, released: Table, needs: Needs
) -> tuple[Sales, Sales] | Utility:
    """The sales of both tables, or what stands in the way."""
    if reason := trouble(original, needs):
        return inapplicable(kind, measure, reason)
    if reason := trouble(released, needs):
        higher_is_better = kind is not UseKind.FORECAST
        perfect = 1.0 if higher_is_better else 0.0
        return lost(kind, measure, perfect, reason, higher_is_better=higher_is_better)
    return sales_of(original, needs), sales_of(released, needs)


def _recency_frequency_worth(sales: Sales) -> Floats:
    """Person × (days since the last sale, days with sales, worth of all)."""
    people, person = np.unique(sales.person, return_inverse=True)
    last = np.full(len(people), np.iinfo(np.int64).min)
    np.maximum.at(last, person, sales.day)
    visits = np.unique(np.stack([person, sales.day], axis=1), axis=0)[:, 0]
    return np.stack(
        [
            (sales.day.max() - last).astype(np.float64),
            np.bincount(visits, minlength=len(people)).astype(np.float64),
            np.bincount(person, weights=sales.worth, minlength=len(people)),
        ],
        axis=1,
    )


def _kinds(customers: Floats, edges: Floats) -> Floats:
    """The share of customers of each of 27 kinds."""
    third = (customers[:, :, None] > edges.T[None, :, :]).sum(axis=2)
    shares: Floats = np.bincount(third @ np.array([9, 3, 1]), minlength=27) / len(customers)
    return shares


def _best(sales: Sales) -> set[str]:
    """The articles that stand in the most rows."""
    counts = np.bincount(sales.item[sales.item >= 0], minlength=len(sales.items))
    order = np.lexsort((np.array(sales.items), -counts))[:_TOP]
    return {sales.items[at] for at in order if counts[at] > 0}


def _bought_too(sales: Sales, of: set[str]) -> dict[str, set[str]]:
    """For each article of `of`, the ones that most of its buyers bought too."""
    from scipy.sparse import csr_array  # slow to load

    known = (sales.item >= 0) & (sales.person >= 0)
    pairs = np.unique(np.stack([sales.person[known], sales.item[known]], axis=1), axis=0)
    if not len(pairs):
        return {name: set() for name in of}
    shape = int(pairs[:, 0].max()) + 1, len(sales.items)
    bought = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    names = np.array(sales.items)
    found: dict[str, set[str]] = {}
    for name in of:
        at = np.flatnonzero(names == name)
        buyers: Floats = np.asarray(bought[:, at].sum(axis=1)).ravel()
        together = np.asarray(bought.T @ buyers).ravel()
        together[at] = 0
        order = np.lexsort((names, -together))[:_NEIGHBOURS]
        found[name] = {str(names[other]) for other in order if together[other] > 0}
    return found


def _weekly(sales: Sales, original: Sales) -> Floats:
    """The worth of each full week of the original."""
    first = int(original.day.min())
    weeks = (int(original.day.max()) - first + 1) // _WEEK
    week = (sales.day - first) // _WEEK
    inside = (week >= 0) & (week < weeks)
    return np.bincount(week[inside], weights=sales.worth[inside], minlength=weeks).astype(
        np.float64
    )


def _forecasts(series: Floats, start: int) -> Floats:
    """One week ahead for each week from `start`, learnt from the weeks before it."""
    scale = float(np.abs(series[:start]).mean()) or 1.0
    lagged = np.stack([series[at : len(series) - _LAGS + at] for at in range(_LAGS)], axis=1)
    inputs = np.concatenate([lagged / scale, np.ones((len(lagged), 1))], axis=1)
    learnt = inputs[: start - _LAGS]
    answers = series[_LAGS:start] / scale
    ridge = _RIDGE * len(learnt) * np.eye(_LAGS + 1)
    weights = np.linalg.solve(learnt.T @ learnt + ridge, learnt.T @ answers)
    forecasts: Floats = inputs[start - _LAGS :] @ weights * scale
    return forecasts


def _error(forecasts: Floats, truth: Floats) -> float:
    return float(np.abs(forecasts - truth).sum() / np.abs(truth).sum())
