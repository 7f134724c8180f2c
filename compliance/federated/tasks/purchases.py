"""A table of purchases, row by row: who bought, at which site, when, what, and for how much."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.errors import MalformedPlanError, MissingPersonError
from compliance.federated.features import FloatArray, IntArray, check_known
from compliance.federated.keys import (
    KeyArray,
    label_keys,
    mixed,
    run_starts,
    salted,
    value_keys,
)
from compliance.federated.records import BoolArray, Records, held_out, sites_of
from compliance.federated.tasks.examples import Examples, Source, Span

MomentArray = npt.NDArray[np.datetime64]

_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)
_LOST = 0x0BED1E  # keeps the keys of rows that belong to nobody apart from those of people
_NOWHERE = np.uint64(0x6E6F77686572652E)
_LARGEST = 1e12  # of a quantity or a price: products and their sums stay numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Buyers:
    """Each person at each site where they bought: somebody who bought at two sites is two buyers.

    Attributes:
        site_names: of all sites; empty where a split decides later.
        of_row: per row of the table, whose it is, from 0; -1 where no person is named.
        site: per buyer, the position of the site's name; -1 where missing or not yet decided.
        person: per buyer, a key of the person.
        site_of_row: per row of the table, the position of the site's name.
    """

    site_names: tuple[str, ...]
    of_row: IntArray
    site: IntArray
    person: KeyArray
    site_of_row: IntArray

    @property
    def keys(self) -> KeyArray:
        """Per buyer, a key of the person and the site."""
        sites = np.append(label_keys(self.site_names), _NOWHERE)  # position -1 picks the last
        return mixed(self.person ^ mixed(sites)[self.site])


def buyers_of(source: Source) -> Buyers:
    """Who bought where.

    Raises:
        MissingPersonError: nothing tells one person from another.
        MalformedPlanError: noise is to hide rows or devices, over which one example would reach.
        UnknownColumnError, TooManySitesError: the plan does not fit the table.
    """
    plan, table = source.plan, source.table
    if source.person is None:
        raise MissingPersonError(task=plan.task)
    if source.unit != source.person:
        reason = f"“{plan.task}” makes one of several of a person's rows; protect persons or sites"
        raise MalformedPlanError(place="privacy.unit", reason=reason)
    named = (plan.site_column, source.person, *plan.history.columns)
    check_known(source.columns, tuple(filter(None, named)))
    names, site = sites_of(table, plan.site_column)
    coded = table.codes(source.person)
    keys, is_named = value_keys(coded), coded.codes >= 0
    rows = np.flatnonzero(is_named)
    order = rows[np.lexsort((keys[rows], site[rows]))]
    starts = run_starts(site[order], keys[order])
    of_row = np.full(len(keys), -1)
    of_row[order] = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    return Buyers(
        site_names=names,
        of_row=of_row,
        site=site[order[starts]],
        person=keys[order[starts]],
        site_of_row=site,
    )


def moments(source: Source) -> MomentArray:
    """When each row happened, to the second; “not a time” where that is missing.

    Raises:
        MalformedPlanError: the plan names no column of times, or one that holds none.
    """
    column = source.plan.history.time
    if column is None:
        reason = f"“{source.plan.task}” needs a column that says when"
        raise MalformedPlanError(place="history.time", reason=reason)
    if _type(source, column) not in _MOMENTS:
        reason = f"“{column}” holds no dates or times that could be read"
        raise MalformedPlanError(place="history.time", reason=reason)
    coded = source.table.codes(column)
    labels = np.append(coded.labels.astype("datetime64[s]"), np.datetime64("NaT"))
    return np.asarray(labels[coded.codes])  # code -1 picks the last


def span_of(source: Source, when: MomentArray) -> Span:
    """The days over which the purchases of all sites reach, or those that the plan says.

    Args:
        when: see `moments`.

    Raises:
        MalformedPlanError: no row says when it was.
    """
    since, until = source.plan.history.since, source.plan.history.until
    found = source.span or _found(source, when)
    return Span(first=since or found.first, last=until or found.last)


def _found(source: Source, when: MomentArray) -> Span:
    """The first and the last day of the table."""
    days = when[~np.isnat(when)].astype("datetime64[D]")
    if not len(days):
        reason = f"“{source.plan.history.time}” says of no row when it was"
        raise MalformedPlanError(place="history.time", reason=reason)
    return Span(first=days.min().item(), last=days.max().item())


def worth(source: Source) -> FloatArray:
    """Of each row: quantity times price as far as the plan names them; 0 where one is missing."""
    history = source.plan.history
    result = np.ones(source.table.rows)
    for place, column in (("quantity", history.quantity), ("price", history.price)):
        if column is not None:
            result *= _numbers(source, f"history.{place}", column)
    return result


def quantities(source: Source) -> FloatArray:
    """Of each row; 1 where the plan names no column, 0 where it is missing."""
    column = source.plan.history.quantity
    if column is None:
        return np.ones(source.table.rows)
    return _numbers(source, "history.quantity", column)


def places_in_catalogue(source: Source) -> tuple[IntArray, int]:
    """Per row, the place of its item among all items in their order; -1 where it is missing.

    Raises:
        MalformedPlanError: the plan names no column of items.
    """
    column = source.plan.history.item
    if column is None:
        reason = f"“{source.plan.task}” needs a column that says what was bought"
        raise MalformedPlanError(place="history.item", reason=reason)
    coded = source.table.codes(column)
    values = coded.labels.tolist()
    order = sorted(range(len(values)), key=values.__getitem__)
    places = np.full(len(values) + 1, -1)
    places[order] = np.arange(len(values))
    return places[coded.codes], len(values)


def examples_of_buyers(
    source: Source,
    buyers: Buyers,
    *,
    buyer: IntArray,
    row: KeyArray,
    answers: FloatArray,
    has_answer: BoolArray,
    answers_known: int,
    inputs: FloatArray,
) -> Examples:
    """Examples of buyers as records: whose each is, where it lies, and whether it is held out.

    Args:
        buyer: whose each example is.
        row: a key per example.
        inputs: one row per example.
    """
    person = buyers.person[buyer]
    return Examples(
        features=source.plan.history.columns,
        records=Records(
            at=np.arange(len(buyer)),
            site=buyers.site[buyer],
            person=person,
            is_named=np.ones(len(buyer), dtype=bool),
            row=row,
            is_held_out=held_out(person, source.plan.seed),
        ),
        answers=answers,
        has_answer=has_answer,
        answers_known=answers_known,
        site_names=buyers.site_names,
        inputs_at=lambda rows: np.concatenate([inputs[rows], np.zeros((1, inputs.shape[1]))]),
    )


def with_lost(examples: Examples, site: IntArray, has_answer: BoolArray) -> Examples:
    """`examples` and, so that they count among what is left out, rows that are in none of them.

    Args:
        site: of each such row.
        has_answer: whether it is for another reason than a missing answer.
    """
    records, count = examples.records, len(site)
    keys = salted(np.arange(count, dtype=np.uint64), _LOST)
    nothing = np.zeros(count, dtype=bool)
    return replace(
        examples,
        records=Records(
            at=np.arange(len(records) + count),
            site=np.concatenate([records.site, site]),
            person=np.concatenate([records.person, keys]),
            is_named=np.concatenate([records.is_named, nothing]),
            row=np.concatenate([records.row, keys]),
            is_held_out=np.concatenate([records.is_held_out, nothing]),
        ),
        answers=np.concatenate([examples.answers, np.zeros(count)]),
        has_answer=np.concatenate([examples.has_answer, has_answer]),
    )


def _numbers(source: Source, place: str, column: ColumnName) -> FloatArray:
    if _type(source, column) not in _NUMBERS:
        raise MalformedPlanError(place=place, reason=f"“{column}” holds no numbers")
    numbers = source.table.numbers(column)
    values = numbers.values.astype(np.float64)
    values[~(numbers.present & np.isfinite(values))] = 0
    return values.clip(-_LARGEST, _LARGEST)


def _type(source: Source, column: ColumnName) -> ColumnType:
    return next(known.type for known in source.columns if known.name == column)
