"""Which product somebody buys next.

One example per buyer and item that they bought, once however often. The catalogue, all items of
the table in their order, is taken as public: it is the shop's own. The input is the item's place
in it, and the answer the same number.

The first example of each buyer is the one that is asked for where the buyer is held out; the
others are given. It is the item that they took up last where the plan names a time, and otherwise
one by a key. Somebody with one item cannot be asked: with nothing given there is nothing to tell
from.
"""

from __future__ import annotations

import numpy as np

from compliance.errors import MalformedPlanError
from compliance.federated.features import IntArray
from compliance.federated.keys import KeyArray, mixed, run_starts
from compliance.federated.records import BoolArray, held_out
from compliance.federated.tasks.examples import Examples, Source
from compliance.federated.tasks.purchases import (
    buyers_of,
    examples_of_buyers,
    moments,
    places_in_catalogue,
    quantities,
    with_lost,
)

MOST_ITEMS = 20_000


def recommendations(source: Source) -> Examples:
    """Each buyer's different items; a row that returns something is no purchase.

    A row without a person or an item has no answer.

    Raises:
        MissingPersonError, UnknownColumnError, MalformedPlanError, TooManySitesError: the plan
            does not fit the table.
    """
    buyers = buyers_of(source)
    place, items = _catalogue(source)
    chosen = np.flatnonzero((buyers.of_row >= 0) & (place >= 0) & (quantities(source) > 0))
    buyer, item = buyers.of_row[chosen], place[chosen]
    when = _seconds(source)[chosen]
    order = np.lexsort((when, item, buyer))
    starts = order[run_starts(buyer[order], item[order])]  # each buyer's first time of each item
    buyer, item, when = buyer[starts], item[starts], when[starts]
    keys = mixed(buyers.keys[buyer] ^ mixed(item.astype(np.uint64)))
    is_asked, is_alone = _asked(buyer, when, keys)
    keys[is_asked] = 0  # so that it comes first among its buyer's, and no limit cuts it off
    examples = examples_of_buyers(
        source,
        buyers,
        buyer=buyer,
        row=keys,
        answers=item.astype(np.float64),
        has_answer=~(is_alone & held_out(buyers.person[buyer], source.plan.seed)),
        answers_known=items,
        inputs=np.stack([item.astype(np.float64), np.ones(len(item))], axis=1),
    )
    lost = buyers.site_of_row[(buyers.of_row < 0) | (place < 0)]
    return with_lost(examples, lost, np.zeros(len(lost), dtype=bool))


def _catalogue(source: Source) -> tuple[IntArray, int]:
    place, items = places_in_catalogue(source)
    if not 2 <= items <= MOST_ITEMS:
        reason = (
            f"“{source.plan.history.item}” holds {items:,} different items; "
            f"2 to {MOST_ITEMS:,} can be recommended from"
        )
        raise MalformedPlanError(place="history.item", reason=reason)
    return place, items


def _seconds(source: Source) -> IntArray:
    """When each row happened, as far as the plan and the row say so."""
    if source.plan.history.time is None:
        return np.zeros(source.table.rows, dtype=np.int64)
    when = moments(source)
    return np.where(np.isnat(when), 0, when.astype(np.int64))


def _asked(buyer: IntArray, when: IntArray, keys: KeyArray) -> tuple[BoolArray, BoolArray]:
    """Per example, whether it is its buyer's latest (by key among equals), and whether the only."""
    order = np.lexsort((keys, -when, buyer))
    starts = run_starts(buyer[order])
    is_asked = np.zeros(len(buyer), dtype=bool)
    is_asked[order[starts]] = True
    return is_asked, np.bincount(buyer)[buyer] == 1 if len(buyer) else is_asked
