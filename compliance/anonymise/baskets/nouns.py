"""What people bought, before and after, and how well it hides them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compliance.anonymise.nouns.problem import Codes32, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baskets:
    """Who has which items: each pair once, by person, then by item.

    Attributes:
        persons: how many people; also those whose items have all been suppressed.
        items: the names, all different.
        person, item: codes from 0, one entry per pair.
    """

    persons: int
    items: tuple[str, ...]
    person: Codes32
    item: Codes32

    def __post_init__(self) -> None:
        if len(set(self.items)) != len(self.items):
            raise ValueError("an item stands twice")
        key = self.person.astype(np.int64) * max(len(self.items), 1) + self.item
        if (np.diff(key) <= 0).any():
            raise ValueError("pairs are in order, and each once")

    @property
    def buyers(self) -> Ints:
        """How many people have each item."""
        return np.bincount(self.item, minlength=len(self.items))


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketProgress:
    """How far a recoding has come.

    Attributes:
        share: 0–1, of the loss that could be won back by finer names, what has been looked at.
        names: item names in use so far.
    """

    share: float
    names: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecodedBaskets:
    """What is shown in place of each item, everywhere.

    Attributes:
        before: as they were.
        after: as they are shown; the items are names of the hierarchy.
        shown: per item of `before`, its place in `after.items`; −1 where it is suppressed.
        leaves: per item of `after`, how many items of the hierarchy it stands for.
        k, m: what was asked.
    """

    before: Baskets
    after: Baskets
    shown: Codes32
    leaves: Ints
    k: int
    m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketMeasures:
    """How well baskets hide their people from whoever knows at most m items of one.

    Attributes:
        persons: people with at least one item.
        items: names that anybody has.
        m: items that the attacker knows, at most.
        k: people who share the rarest combination that occurs; 0 where nobody has any item.
        asked: the size of crowd that `exposed` is about.
        singled_out: people whom some such combination points to alone.
        exposed: people whom some such combination leaves among fewer than `asked`.
    """

    persons: int
    items: int
    m: int
    k: int
    asked: int
    singled_out: int
    exposed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLosses:
    """What a recoding of baskets costs.

    Attributes:
        ncp: 0–1, normalised certainty penalty: over all pairs of person and item, the mean share
            of the items that the shown name stands for; 0 for an item's own name, 1 where it is
            suppressed (Xu et al. 2006, doi:10.1145/1150402.1150504; Terrovitis et al. 2008).
        suppressed_items: items that nobody shows any more.
        suppressed_share: 0–1, of the pairs.
        own_names: items that are still shown as themselves.
        names: names in use.
        top_items_kept: 0–1, of the most bought items, those still shown as themselves.
        top_pairs_kept: 0–1, of the pairs of items most often bought together, those of which both
            are still shown as themselves: how often they go together can be counted exactly.
        top_pairs_apart: 0–1, of the same, those shown under two names.
        top: how many items, and pairs, these three are about.
    """

    ncp: float
    suppressed_items: int
    suppressed_share: float
    own_names: int
    names: int
    top_items_kept: float
    top_pairs_kept: float
    top_pairs_apart: float
    top: int
