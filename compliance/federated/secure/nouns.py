"""What sites and server of a secure sum agree on, send each other, and end up with.

Sites are counted from 0, as the rows of their numbers; sentences for officers count from 1. Sizes
are those of the contents alone, without the envelope of whatever carries a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.errors import SecureTermsError
from compliance.federated.features import IntArray
from compliance.federated.nouns import Seen

__all__ = [
    "MOST_SITES",
    "Advertised",
    "Answer",
    "Draw",
    "Masked",
    "Parcel",
    "Question",
    "SecureSum",
    "Seen",
    "Terms",
    "WordArray",
]

MOST_SITES = 200  # every pair shares a mask, so the work grows with the square

Draw = Callable[[int], bytes]
WordArray = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What everybody in a round agrees on beforehand.

    Attributes:
        round_: its number; other rounds have other masks.
        sites: how many may take part; from 2 to `MOST_SITES`.
        threshold: how many must answer at the end; more than half, so that no two groups of
            sites can be asked for different things.
        numbers: how many each site sends.
        largest: no entry of any site is larger, or smaller than its negative.

    Raises:
        SecureTermsError: too few or too many sites, a threshold that half of them can reach, or
            a bound with which a sum might leave what 64 bits hold.
    """

    round_: int
    sites: int
    threshold: int
    numbers: int
    largest: int

    def __post_init__(self) -> None:
        if not 0 <= self.round_ < 2**64 or self.numbers < 1 or self.largest < 0:
            raise ValueError("a round's number, its numbers or their bound cannot be so")
        if reason := self._reason_against():
            raise SecureTermsError(reason=reason)

    def _reason_against(self) -> str | None:
        least = self.sites // 2 + 1
        if not 2 <= self.sites <= MOST_SITES:
            return f"it takes from 2 to {MOST_SITES} sites, not {self.sites:,}; join sites"
        if not least <= self.threshold <= self.sites:
            return (
                f"{self.threshold} of {self.sites} sites should be able to open it; choose from "
                f"{least} to {self.sites}, since two halves could be asked for different shares"
            )
        if self.largest * self.sites >= 2**63:
            return (
                f"{self.sites} sites with numbers up to {self.largest:,} might add up to 2^63 or "
                "more; lower the bound, or take a coarser grid"
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """A site's public keys, through the server to everybody.

    Attributes:
        site: whose.
        parcel_key: X25519, for what sites send each other sealed.
        mask_key: X25519, for the masks of pairs.
        seed_print: a fingerprint of the seed of the site's own mask, by which a wrong one is
            found out; it says nothing about the mask.
    """

    site: int
    parcel_key: bytes
    mask_key: bytes
    seed_print: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.parcel_key) + len(self.mask_key) + len(self.seed_print)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One site's shares for another, sealed: the server passes it on and cannot read it."""

    sender: int
    recipient: int
    sealed: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.sealed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Masked:
    """A site's numbers under all its masks, modulo 2^64."""

    site: int
    words: WordArray

    @property
    def size(self) -> int:
        """In bytes."""
        return self.words.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the server asks the survivors: seeds of the one, mask keys of the other.

    Attributes:
        survivors: whose masked numbers came; for these, shares of the seeds.
        dropped: who shared keys and then sent nothing; for these, shares of the mask keys.
    """

    survivors: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A survivor's shares, by the site that they belong to.

    Attributes:
        site: who answers.
        seeds: shares of the seeds of survivors' own masks.
        keys: shares of the mask keys of those who dropped out.
    """

    site: int
    seeds: Mapping[int, bytes]
    keys: Mapping[int, bytes]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.seeds.values())) + sum(map(len, self.keys.values()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SecureSum:
    """The sum over the sites whose numbers came, and how it came about.

    Attributes:
        total: whole numbers, exact.
        seen: per site, in order.
        survivors: whose numbers are in the sum.
        recovered: who dropped out in between; their masks were taken off.
    """

    total: IntArray
    seen: tuple[Seen, ...]
    survivors: tuple[int, ...]
    recovered: tuple[int, ...]
