"""What kind of customer somebody becomes, from what they bought before.

The last day is the plan's, or else the table's, which is then taken as public; the future begins
`history.horizon_days` before its end. What a buyer bought until then, at one site, makes one
example; what the same buyer spends there
afterwards makes its answer: 0 does not come back, or spends nothing on balance; 1 is below the
first edge of `history.edges`, 2 from there to the second, and so on. Edges are fixed and tell
nothing of the data.

The inputs follow the usual measures of recency, frequency and monetary worth: Fader et al. 2005,
doi:10.1509/jmkr.2005.42.4.415.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import History
from compliance.federated.records import BoolArray
from compliance.federated.tasks.examples import Examples, Source
from compliance.federated.tasks.purchases import (
    Buyers,
    MomentArray,
    buyers_of,
    examples_of_buyers,
    moments,
    places_in_catalogue,
    quantities,
    span_of,
    with_lost,
    worth,
)
from compliance.federated.tasks.response import responses


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Purchases by known buyers at known times, in ascending order of their worth.

    Sums over them follow that order, not that of the file.

    Attributes:
        buyer, worth, quantity: of each.
        day: how many days before the cutoff, from 0; negative after it.
        month: of the calendar.
        item: its place in the catalogue; all 0 where the plan names none.
    """

    buyer: IntArray
    worth: FloatArray
    quantity: FloatArray
    day: IntArray
    month: IntArray
    item: IntArray

    def those(self, chosen: BoolArray) -> _Rows:
        return _Rows(
            buyer=self.buyer[chosen],
            worth=self.worth[chosen],
            quantity=self.quantity[chosen],
            day=self.day[chosen],
            month=self.month[chosen],
            item=self.item[chosen],
        )


def profiles(source: Source) -> Examples:
    """One example per buyer; with a target, one per row, like a response's.

    A buyer with nothing before the cutoff has no answer, and neither has a row
    without a person or a time.

    Raises:
        MissingPersonError, UnknownColumnError, MalformedPlanError, TooManySitesError: the plan
            does not fit the table. With a target, see `responses`.
    """
    if source.plan.target is not None:
        return responses(source)
    buyers = buyers_of(source)
    when = moments(source)
    rows = _rows(source, buyers, when)
    count, edges = len(buyers.site), source.plan.history.edges
    is_future = (rows.day < 0) & (rows.day >= -source.plan.history.horizon_days)
    past, future = rows.those(rows.day >= 0), rows.those(is_future)
    spent = np.bincount(future.buyer, weights=future.worth, minlength=count)
    kinds = np.where(spent > 0, 1 + np.searchsorted(edges, spent, side="right"), 0)
    has_past = np.bincount(past.buyer, minlength=count) > 0
    examples = examples_of_buyers(
        source,
        buyers,
        buyer=np.arange(count),
        row=buyers.keys,
        answers=kinds.astype(np.float64),
        has_answer=has_past,
        answers_known=len(edges) + 2,
        inputs=_inputs(past, count, source.plan.history),
    )
    lost = buyers.site_of_row[(buyers.of_row < 0) | np.isnat(when)]
    return with_lost(examples, lost, np.zeros(len(lost), dtype=bool))


def _rows(source: Source, buyers: Buyers, when: MomentArray) -> _Rows:
    items = None if source.plan.history.item is None else places_in_catalogue(source)[0]
    value, quantity = worth(source), quantities(source)
    chosen = np.flatnonzero((buyers.of_row >= 0) & ~np.isnat(when))
    chosen = chosen[np.argsort(value[chosen], kind="stable")]
    return _Rows(
        buyer=buyers.of_row[chosen],
        worth=value[chosen],
        quantity=quantity[chosen],
        day=_days_before_cutoff(source, when)[chosen],
        month=when[chosen].astype("datetime64[M]").astype(np.int64),
        item=np.zeros(len(chosen), dtype=np.int64) if items is None else items[chosen],
    )


def _days_before_cutoff(source: Source, when: MomentArray) -> IntArray:
    """0 on the last day that is past; -1 on the first day of the future."""
    horizon = np.timedelta64(source.plan.history.horizon_days, "D")
    last = np.datetime64(span_of(source, when).last, "D") - horizon
    return np.asarray((last - when.astype("datetime64[D]")).astype(np.int64))


def _inputs(past: _Rows, buyers: int, history: History) -> FloatArray:
    """One row per buyer, the last input 1. Days are measured in horizons, worth in first edges."""
    recent = past.those(past.day < history.horizon_days)
    returned = past.those(past.quantity < 0)
    last, first = np.full(buyers, np.iinfo(np.int64).max), np.zeros(buyers, dtype=np.int64)
    np.minimum.at(last, past.buyer, past.day)
    np.maximum.at(first, past.buyer, past.day)
    days, spent = _different(past.buyer, past.day, buyers), _sum(past, buyers)
    since = [np.minimum(last, first), first]  # recency, and how long they have been customers
    counts = [
        days,  # frequency
        _different(past.buyer, past.month, buyers),
        _different(past.buyer, past.item, buyers),
        _different(recent.buyer, recent.day, buyers),
        np.bincount(returned.buyer, minlength=buyers),
    ]
    amounts = [
        spent,  # monetary worth
        spent / np.maximum(days, 1),  # the mean basket
        _sum(recent, buyers),
        _sum(returned, buyers),
    ]
    return np.stack(
        [
            *(_small(one / history.horizon_days) for one in since),
            *(_small(one) / 2 for one in counts),
            *(_small(one / history.edges[0]) for one in amounts),
            np.ones(buyers),
        ],
        axis=1,
    )


def _small(amounts: FloatArray | IntArray) -> FloatArray:
    """sign(x)·log(1 + |x|)."""
    return np.asarray(np.sign(amounts) * np.log1p(np.abs(amounts)), dtype=np.float64)


def _sum(rows: _Rows, buyers: int) -> FloatArray:
    return np.asarray(np.bincount(rows.buyer, rows.worth, buyers), dtype=np.float64)


def _different(buyer: IntArray, what: IntArray, buyers: int) -> IntArray:
    """Per buyer, how many different values `what` has."""
    order = np.lexsort((what, buyer))
    one, other = buyer[order], what[order]
    is_new = np.append(True, (one[1:] != one[:-1]) | (other[1:] != other[:-1]))[: len(order)]
    return np.bincount(one[is_new], minlength=buyers)
