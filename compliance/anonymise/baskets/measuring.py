"""How well baskets hide their people: the rarest combinations, and whom they point to."""

from __future__ import annotations

import numpy as np

from compliance.anonymise.baskets import bits
from compliance.anonymise.baskets.nouns import BasketMeasures, Baskets
from compliance.anonymise.baskets.recoding import MOST_KNOWN
from compliance.anonymise.nouns.problem import Ints
from compliance.errors import MalformedRecipeError


def measure_baskets(baskets: Baskets, m: int, asked: int = 2) -> BasketMeasures:
    """What an attacker makes of the baskets who knows up to m items of somebody's.

    Every combination of up to m items that anybody has is looked at; one that cannot tell more
    than has been found already is not counted out. Nobody is named, only counted.

    Args:
        baskets: as they are, or as they would be shown.
        m: items that are known, 1 to 3.
        asked: the size of crowd that people should stand in, at least 1.

    Raises:
        MalformedRecipeError: m is outside what it may be.
    """
    if not 1 <= m <= MOST_KNOWN:
        raise MalformedRecipeError(place="m", reason=f"it may be 1 to {MOST_KNOWN}")
    columns = bits.columns(baskets)
    buyers = bits.people(columns)
    # Rare items first: they say early whom there is no need to ask about any more.
    columns = columns[np.argsort(buyers, kind="stable")]
    attack = _Attack(columns.shape[1], asked)
    everywhere = np.arange(columns.shape[1])
    for known in range(1, m + 1):
        attack.grow(columns, everywhere, known)
    return BasketMeasures(
        persons=len(np.unique(baskets.person)),
        items=int((buyers > 0).sum()),
        m=m,
        k=attack.rarest,
        asked=asked,
        singled_out=int(bits.people(attack.singled_out)),
        exposed=int(bits.people(attack.exposed)),
    )


class _Attack:
    """What is known so far: the smallest crowd, and whom combinations leave in too small ones."""

    def __init__(self, width: int, asked: int) -> None:
        self.asked = asked
        self.rarest = 0
        self.singled_out = np.zeros(width, dtype=np.uint64)
        self.exposed = np.zeros(width, dtype=np.uint64)

    def grow(self, columns: bits.Words, where: Ints, known: int) -> None:
        """Look at all combinations of `known` of these columns.

        Args:
            columns: who has the combination so far and an item more; item × word.
            where: the place of each word among all people's.
            known: items that are still to be added, with this one.
        """
        counts = bits.people(columns)
        if known == 1:
            self._note(columns, counts, where)
            return
        columns = columns[counts > 0]
        for place in range(len(columns) - known + 1):
            base = columns[place]
            if self._tells_nothing(base, where):
                continue
            used = np.flatnonzero(base)
            self.grow(columns[place + 1 :, used] & base[used], where[used], known - 1)

    def _tells_nothing(self, base: bits.Words, where: Ints) -> bool:
        """Whether no combination among these people can be rarer, or expose anybody new."""
        return self.rarest == 1 and not (base & ~self.singled_out[where]).any()

    def _note(self, columns: bits.Words, counts: Ints, where: Ints) -> None:
        some = counts > 0
        if not some.any():
            return
        least = int(counts[some].min())
        self.rarest = min(self.rarest, least) if self.rarest else least
        if least < max(self.asked, 2):
            self.singled_out[where] |= np.bitwise_or.reduce(columns[counts == 1], axis=0)
            few = some & (counts < self.asked)
            self.exposed[where] |= np.bitwise_or.reduce(columns[few], axis=0)
