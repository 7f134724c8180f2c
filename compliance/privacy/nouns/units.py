"""Whom a run protects, where its noise is drawn, and what that means for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from compliance.privacy.nouns.account import Quote


class PrivacyUnitKind(StrEnum):
    """What may be there or not without the model telling; the smallest first."""

    ROW = "row"
    DEVICE = "device"
    PERSON = "person"
    SITE = "site"


class NoisePlace(StrEnum):
    """Where the noise is drawn, and so who need not be trusted."""

    CENTRAL = "central"  # once, on the sum of all: the one who adds up is trusted
    SITE = "site"  # by each site on its own sum: the server is not trusted, the own site is
    LOCAL = "local"  # by each person on the own update: nobody is trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How well a run protects one kind of unit, whichever kind it was made for.

    Attributes:
        unit: who.
        is_protected_unit: whether the run was made for this kind.
        size: as how many of the protected units one of these counts at most; None where nobody
            said.
        quote: its ε at the run's δ, or why there is none.
        why: one sentence for an officer.
    """

    unit: PrivacyUnitKind
    is_protected_unit: bool
    size: int | None
    quote: Quote
    why: str

    @property
    def epsilon(self) -> Decimal | None:
        """At the run's δ; None where nothing worth the name holds."""
        return self.quote.epsilon
