"""Shopping baskets: who bought what, so that nobody is found by a few things they bought.

A history of purchases is no row with a few quasi-identifiers: every item in it points to its
buyer, and whoever knows two or three of them often knows who it is. What is asked here is
k^m-anonymity (Terrovitis, Mamoulis and Kalnis 2008, doi:10.14778/1453856.1453874): every
combination of at most m items that any person has, at least k people have.

    gather_baskets ──▶ Baskets ──anonymise_baskets──▶ RecodedBaskets ──write_baskets──▶ table
                          │                                │
                          └────────measure_baskets─────────┘   before and after, by one yardstick

Not promised: anything against whoever knows more than m items, and anything about what else the
table holds. Amounts, dates and how often something was bought are not in the output.
"""

from __future__ import annotations

from compliance.anonymise.baskets.gathering import gather_baskets, write_baskets
from compliance.anonymise.baskets.items import by_code, by_demand, by_description
from compliance.anonymise.baskets.losing import losses_of_baskets
from compliance.anonymise.baskets.measuring import measure_baskets
from compliance.anonymise.baskets.nouns import (
    BasketLosses,
    BasketMeasures,
    BasketProgress,
    Baskets,
    RecodedBaskets,
)
from compliance.anonymise.baskets.recoding import anonymise_baskets

__all__ = [
    "BasketLosses",
    "BasketMeasures",
    "BasketProgress",
    "Baskets",
    "RecodedBaskets",
    "anonymise_baskets",
    "by_code",
    "by_demand",
    "by_description",
    "gather_baskets",
    "losses_of_baskets",
    "measure_baskets",
    "write_baskets",
]
