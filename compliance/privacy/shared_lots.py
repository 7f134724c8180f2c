"""Lots that every engine can draw, drawn in memory: a digest of text for each, so a slow way.

The relational plan and this agree on what is digested: see `relational`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from compliance.dataset.kept.digests import Digests
from compliance.privacy.aggregates import clamped
from compliance.privacy.choosing import Hashes, Ints
from compliance.privacy.grouping import Groups, bars_of
from compliance.privacy.lots import Stretches
from compliance.privacy.nouns.question import Mechanism, Query, Statistic, StatisticKind
from compliance.privacy.rows import Rows

LOT_DIGITS = 16  # hexadecimal ones that fit 64 bits


class SharedLots:
    """The lots of the relational plan; see `lots.Lots`."""

    def __init__(
        self, table: Rows, query: Query, groups: Groups, stretches: Stretches, key: bytes
    ) -> None:
        self._table, self._query, self._stretches = table, query, stretches
        self._digests = Digests(key_of(query, key))
        self._people = [self._digests.here("u", t) for t in table.codes(query.unit).texts()]
        self._places = [self._place(keys) for keys in groups.keys]

    def of_places(self, unit: Ints, group: Ints) -> Hashes:
        return self._lots("p", [self._people[u] + self._places[g] for u, g in _pairs(unit, group)])

    def of_stretches(self, unit: Ints, stretch: Ints) -> Hashes:
        texts = self._stretches.tolist()
        return self._lots("s", [self._people[u] + texts[s] for u, s in _pairs(unit, stretch)])

    def of_rows(self, rows: Ints, unit: Ints) -> Hashes:
        columns = [self._texts(look, rows) for look in looks(self._query)]
        told = ["".join(row) for row in zip(*columns, strict=True)] if columns else [""] * len(rows)
        return self._lots("r", [self._people[u] + t for u, t in zip(unit, told, strict=True)])

    def _place(self, keys: Sequence[str]) -> str:
        digested = "".join(self._digests.here("k", text) for text in keys)
        return self._digests.here("g", digested) if keys else ""

    def _texts(self, look: Statistic, rows: Ints) -> list[str]:
        """Per row the whole number that reaches the statistic, as text; without one, none."""
        if look.column is None:
            raise ValueError(f"{look.name} has no column")
        numbers = self._table.numbers(look.column)
        values, present = numbers.values[rows], numbers.present[rows]
        if look.kind is StatisticKind.HISTOGRAM:
            whole: npt.NDArray[np.int64] = bars_of(values, look.edges)
        else:
            whole = clamped(np.where(present, values, 0), look)
        return [f"{n}," if is_one else "," for n, is_one in zip(whole, present, strict=True)]

    def _lots(self, use: str, texts: Sequence[str]) -> Hashes:
        found = (int(self._digests.here(use, text)[:LOT_DIGITS], 16) for text in texts)
        return np.fromiter(found, dtype=np.uint64, count=len(texts))


def key_of(query: Query, key: bytes) -> str:
    """The key of one question, as hexadecimal digits; it tells nothing about any other.

    Questions that differ in nothing but noise have the same.
    """
    exact = replace(query, shares={}, mechanism=Mechanism.GAUSSIAN)
    return hmac.new(key, f"kept\n{exact!r}".encode(), hashlib.sha256).hexdigest()[:32]


def looks(query: Query) -> list[Statistic]:
    """How the statistics of a query look at values, each way once, in an order of its own."""
    found = {same_look(statistic) for statistic in query.statistics if statistic.column}
    return sorted(found, key=repr)


def same_look(statistic: Statistic) -> Statistic:
    """The same for statistics to which the same whole number of a row is told."""
    if statistic.kind is StatisticKind.HISTOGRAM:
        return Statistic(
            kind=StatisticKind.HISTOGRAM, column=statistic.column, edges=statistic.edges
        )
    return Statistic(
        kind=StatisticKind.SUM,
        column=statistic.column,
        lower=statistic.lower,
        upper=statistic.upper,
        granularity=statistic.granularity,
    )


def _pairs(left: Ints, right: Ints) -> list[tuple[int, int]]:
    return list(zip(left.tolist(), right.tolist(), strict=True))
