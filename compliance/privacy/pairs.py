"""Dominating pairs: two distributions that are as easy to tell apart as the worst of the data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

REACH = 10.0  # standard deviations of Gaussian noise beyond which loss counts as infinite
BEYOND = 2 * math.exp(-(REACH**2) / 2)  # its mass: the noise is sub-Gaussian
UP = 1e-12  # masses and losses are raised by this share; floats err by less than 1e-13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """A dominating pair as the distribution of its loss.

    Attributes:
        masses: under the first distribution; together with `infinite` at least 1.
        losses: ln of the first over the second, of each mass.
        size: about the root mean square of the losses.
        infinite: mass of unbounded loss.
    """

    masses: Floats
    losses: Floats
    size: float
    infinite: float = 0.0

    @property
    def reach(self) -> float:
        """The largest finite loss, whichever sign it has."""
        return float(np.abs(self.losses).max())


def rounded(pair: Pair, width: float) -> dict[int, float]:
    """`pair` on the whole multiples of `width`, at least as easy to tell apart.

    Each outcome is split in two, of the next lower and the next higher loss, so that the masses
    under both distributions stay as they are. Forgetting which of the two it was gives the old
    pair back, so the new one dominates it.
    """
    losses = pair.losses + UP * (1 + np.abs(pair.losses))
    places = np.floor(losses / width)
    higher = np.clip(np.expm1(places * width - losses) / math.expm1(-width), 0.0, 1.0)
    masses = pair.masses * (1 + UP)
    first = int(places.min())
    offsets = (places - first).astype(np.int64)
    length = int(offsets.max()) + 2
    found = np.bincount(offsets, masses * (1 - higher), length)
    found += np.bincount(offsets + 1, masses * higher, length)
    return dict(enumerate(found.tolist(), first))
