"""The rows under consideration: whose they are, where they are, and which may count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.errors import TooManySitesError
from compliance.federated.features import IntArray
from compliance.federated.keys import (
    KeyArray,
    label_keys,
    mixed,
    ranks_in_runs,
    run_starts,
    salted,
    value_keys,
)
from compliance.federated.nouns import MOST_ROWS_PER_PERSON
from compliance.settings import MAX_SITES

HELD_OUT_SHARE = 0.2

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Records:
    """Some rows of a table, side by side.

    Attributes:
        at: where in the table.
        site: the position of the site's name; -1 where the site is missing.
        person: a key of the person; of the row itself where no person is named.
        is_named: whether a person is named.
        row: a key of the row.
        is_held_out: whether it is for testing only.
    """

    at: IntArray
    site: IntArray
    person: KeyArray
    is_named: BoolArray
    row: KeyArray
    is_held_out: BoolArray

    def __len__(self) -> int:
        return len(self.at)

    def those(self, chosen: BoolArray | IntArray) -> Records:
        """The rows that `chosen` picks, in its order."""
        return Records(
            at=self.at[chosen],
            site=self.site[chosen],
            person=self.person[chosen],
            is_named=self.is_named[chosen],
            row=self.row[chosen],
            is_held_out=self.is_held_out[chosen],
        )


def records_of(
    table: Table,
    rows: KeyArray,
    *,
    site: IntArray,
    unit: ColumnName | None,
    seed: int,
) -> Records:
    """All rows of the table; a fifth of the people is held out, by a key of the person alone.

    Args:
        rows: a key per row.
        site: per row, the position of its site's name; -1 where it is missing.
        unit: the column that tells one person from another, or one device.
    """
    person, is_named = people_of(table, rows, unit)
    return Records(
        at=np.arange(len(rows)),
        site=site,
        person=person,
        is_named=is_named,
        row=rows,
        is_held_out=held_out(person, seed),
    )


def people_of(table: Table, rows: KeyArray, unit: ColumnName | None) -> tuple[KeyArray, BoolArray]:
    """Per row, a key of the person, or of the row itself where none is named; and whether one is.

    Args:
        rows: a key per row.
        unit: the column that tells one person from another; None where each row is one.
    """
    if unit is None:
        return rows, np.ones(len(rows), dtype=bool)
    coded = table.codes(unit)
    is_named = coded.codes >= 0
    return np.where(is_named, value_keys(coded), rows), is_named


def held_out(person: KeyArray, seed: int) -> BoolArray:
    """Per key of a person, whether they are held out: a fifth is, each by the key alone."""
    return np.less(salted(person, seed), np.uint64(int(HELD_OUT_SHARE * 2**64)))


def sites_of(table: Table, column: ColumnName | None) -> tuple[tuple[str, ...], IntArray]:
    """The sites' names in order, and per row the position of its site's; -1 where missing.

    With no column there are no names, and all are missing.

    Raises:
        TooManySitesError: there are more than `settings.MAX_SITES`.
    """
    if column is None:
        return (), np.full(table.rows, -1)
    coded = table.codes(column)
    if len(coded.labels) > MAX_SITES:
        raise TooManySitesError(column=column, sites=len(coded.labels), limit=MAX_SITES)
    values, texts = coded.labels.tolist(), coded.texts()
    order = sorted(range(len(values)), key=values.__getitem__)
    positions = np.full(len(values) + 1, -1)
    positions[order] = np.arange(len(values))
    return tuple(texts[index] for index in order), positions[coded.codes]


def at_own_site(records: Records, site_names: Sequence[str]) -> BoolArray:
    """Per row, whether it lies at the one site where its person counts.

    That is the site, among those where the person has rows, that a key of person and site ranks
    first; so it does not depend on anybody else.
    """
    ranks = mixed(records.person ^ mixed(label_keys(site_names))[records.site])
    order = np.lexsort((ranks, records.person))
    starts = run_starts(records.person[order])
    lengths = np.diff(np.append(starts, len(records)))
    own = np.empty(len(records), dtype=np.int64)
    own[order] = np.repeat(records.site[order][starts], lengths)
    return np.equal(own, records.site)


def within_limit(records: Records) -> BoolArray:
    """Per row, whether it is among the first 20 of its person by its own key."""
    order = np.lexsort((records.row, records.person))
    ranks = np.empty(len(records), dtype=np.int64)
    ranks[order] = ranks_in_runs(run_starts(records.person[order]), len(records))
    return ranks < MOST_ROWS_PER_PERSON


def at_large_sites(records: Records, minimum: int) -> BoolArray:
    """Per row, whether its site has `minimum` rows, and any that are not held out."""
    rows = np.bincount(records.site)
    training = np.bincount(records.site, weights=~records.is_held_out)
    return ((rows >= minimum) & (training > 0))[records.site]


def arranged(records: Records) -> Records:
    """Training rows first, then by site, person and row, whatever order they came in."""
    return records.those(
        np.lexsort((records.row, records.person, records.site, records.is_held_out))
    )
