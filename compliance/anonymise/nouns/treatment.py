"""What is done to one column, apart from making it coarser along a hierarchy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compliance.dataset.nouns import ColumnName


class TreatmentKind(StrEnum):
    """The kinds; what each takes as settings stands in `treatments/kinds.yaml`."""

    KEEP = "keep"
    DROP = "drop"
    MASK = "mask"
    PSEUDONYM = "pseudonym"  # keyed (HMAC), the same in every table; no way back without the key
    VAULT = "vault"  # a pseudonym whose original is kept in the vault, and can be looked up
    FORMAT_PRESERVING = "format_preserving"
    SHIFT_DATES = "shift_dates"  # by one amount per person
    TOP_BOTTOM = "top_bottom"
    ROUND = "round"
    MICROAGGREGATE = "microaggregate"
    NOISE = "noise"
    SWAP = "swap"  # ranks within a window
    PRAM = "pram"  # values changed with known probabilities
    SUPPRESS_CELLS = "suppress_cells"  # single rare values


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One kind of treatment of one column.

    Attributes:
        column: which.
        kind: what is done.
        settings: what that kind takes.
    """

    column: ColumnName
    kind: TreatmentKind
    settings: Mapping[str, float | str] = field(default_factory=dict)
