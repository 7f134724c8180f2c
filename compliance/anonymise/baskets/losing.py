"""What a recoding of baskets costs: by the field's yardstick, and for those who use it."""

from __future__ import annotations

import numpy as np

from compliance.anonymise.baskets.nouns import BasketLosses, Baskets, RecodedBaskets
from compliance.anonymise.nouns.problem import Bools, Ints


def losses_of_baskets(recoded: RecodedBaskets, leaves: int, top: int = 100) -> BasketLosses:
    """The losses of a recoding, straight from what each item is shown as.

    Args:
        recoded: before and after.
        leaves: items of the hierarchy, all of them.
        top: how many of the most bought items, and of the pairs most often bought together, the
            measures of usefulness are about; fewer where there are fewer.
    """
    before, shown = recoded.before, recoded.shown
    gone = shown < 0
    sizes = (
        np.where(gone, 0, recoded.leaves[shown]) if len(recoded.leaves) else np.zeros(len(shown))
    )
    penalty = np.where(gone, 1.0, np.where(sizes == 1, 0.0, sizes / leaves))
    own = sizes == 1
    buyers = before.buyers
    pairs = max(len(before.item), 1)
    best = np.argsort(-buyers, kind="stable")[: min(top, int((buyers > 0).sum()))]
    one, other = top_pairs(before, top)
    return BasketLosses(
        ncp=float(penalty @ buyers) / pairs,
        suppressed_items=int((gone & (buyers > 0)).sum()),
        suppressed_share=float(buyers[gone].sum()) / pairs,
        own_names=int((own & (buyers > 0)).sum()),
        names=len(recoded.after.items),
        top_items_kept=_share(own[best]),
        top_pairs_kept=_share(own[one] & own[other]),
        top_pairs_apart=_share((shown[one] != shown[other]) & ~gone[one] & ~gone[other]),
        top=top,
    )


def top_pairs(baskets: Baskets, top: int) -> tuple[Ints, Ints]:
    """The pairs of items that the most people have together, most first."""
    from scipy import sparse  # slow to load; most commands do without

    shape = (baskets.persons, len(baskets.items))
    ones = np.ones(len(baskets.item), dtype=np.int32)
    has = sparse.csr_array((ones, (baskets.person, baskets.item)), shape=shape)
    together = sparse.triu(has.T @ has, k=1).tocoo()
    order = np.lexsort((together.col, together.row, -together.data))[:top]
    return together.row[order].astype(np.int64), together.col[order].astype(np.int64)


def _share(flags: Bools) -> float:
    """The share of those that are set; 1 where there is none that could be lost."""
    return float(flags.mean()) if len(flags) else 1.0
