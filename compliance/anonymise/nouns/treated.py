"""The secrets that treatments need, what draws noise, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.anonymise.nouns.treatment import TreatmentKind
from compliance.dataset.nouns import ColumnName

SHORTEST_KEY_BYTES = 32
KEY_NAMES = ("pseudonyms", "vault", "dates", "formats")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The secrets behind pseudonyms, vault, date shifts and formats; never shown.

    Each is drawn on its own, so that who may open the vault need not be able to make pseudonyms.
    An empty one may be given where no treatment needs it.

    Attributes:
        pseudonyms, vault, dates, formats: at least 32 random bytes each, or none.
    """

    pseudonyms: bytes = field(default=b"", repr=False)
    vault: bytes = field(default=b"", repr=False)
    dates: bytes = field(default=b"", repr=False)
    formats: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        given = [secret for name in KEY_NAMES if (secret := getattr(self, name))]
        if any(len(secret) < SHORTEST_KEY_BYTES for secret in given):
            raise ValueError(f"a key has at least {SHORTEST_KEY_BYTES} bytes")
        if len(set(given)) != len(given):
            raise ValueError("one key serves two ends")


class Noise(Protocol):
    """Draws noise: discrete, on whole numbers; the workspace passes OpenDP's."""

    def __call__(self, values: Ints, *, scale: float, distribution: str) -> Ints:
        """`values` with independent noise of `scale` on each; “laplace” or “gaussian”."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one treatment did to one column, in words, without any value.

    Attributes:
        column, kind: which.
        rows: cells that had a value before.
        changed: how many of them are not the same afterwards.
        sentence: the same for officers.
    """

    column: ColumnName
    kind: TreatmentKind
    rows: int
    changed: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transition:
    """With which probability each value became each other; it may be published.

    Attributes:
        names: the values, in order.
        chances: row: what it was, column: what it became; each row sums to 1.
    """

    names: tuple[str, ...]
    chances: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultRows:
    """Pseudonyms and their sealed originals, in the order of the pseudonyms.

    Attributes:
        type: the semantic type that the pseudonyms were made for.
        pseudonyms: all different.
        sealed: the encrypted original of each; worthless without the vault's key.
    """

    type: str
    pseudonyms: tuple[str, ...]
    sealed: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.pseudonyms) != len(self.sealed):
            raise ValueError("one sealed original per pseudonym")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Treated:
    """The treated columns.

    Attributes:
        columns: an Arrow array per treated column, one entry per row; dropped ones are not there.
        dropped: those.
        notes: one per treatment, in their order.
        transitions: by column, for PRAM, so that published tables can be corrected.
        vault: by column, what the workspace stores apart.
    """

    columns: Mapping[ColumnName, Any]
    dropped: tuple[ColumnName, ...]
    notes: tuple[Note, ...]
    transitions: Mapping[ColumnName, Transition] = field(default_factory=dict)
    vault: Mapping[ColumnName, VaultRows] = field(default_factory=dict)
