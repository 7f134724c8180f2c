"""What was anonymised, with the proof of it, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.anonymise.baskets.nouns import BasketLosses, BasketMeasures
from compliance.anonymise.nouns.attack import Siege
from compliance.anonymise.nouns.found import Found, Measures
from compliance.anonymise.nouns.plan import Plan
from compliance.anonymise.nouns.recipe import Recipe
from compliance.anonymise.nouns.usefulness import Utility
from compliance.dataset.nouns import ColumnName, Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at in the written output.

    Attributes:
        name: what (`k_anonymity`, `no_direct_identifier`).
        holds: whether it does.
        says: found and wanted, in one sentence, without any value.
    """

    name: str
    holds: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was seen of an output, before anybody got it.

    Attributes:
        found: what the search came to.
        before, after: measured on the original, and on the output as read back from its bytes.
        attacked_before, attacked_after: what attackers got out of the original, and out of the
            output.
        utility: what the output is still good for.
        checks: what the output was held against.
        notes: what was done to hierarchies and other columns, in sentences without values.
        sha256: of the output as CSV.
        rows: in the output.
    """

    found: Found
    before: Measures
    after: Measures
    attacked_before: Siege
    attacked_after: Siege
    utility: tuple[Utility, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    sha256: Sha256
    rows: int

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that the output did not pass."""
        return tuple(check for check in self.checks if not check.holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymised:
    """One table that was made safe to hand on, and what shows it.

    Attributes:
        id: names it.
        dataset_id: the version that it was made from.
        made: the version of the dataset that was stored.
        plan: what was asked.
        hierarchies: per column with one, the hash of its hierarchy in ARX's form.
        proof: what was seen of the output; no check of it failed, else nothing were stored.
        libraries: name → version.
        made_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    made: str
    plan: Plan
    hierarchies: Mapping[ColumnName, Sha256]
    proof: Proof
    made_at: datetime
    actor: str
    libraries: Mapping[str, str] = field(default_factory=dict)

    @property
    def levels(self) -> Mapping[ColumnName, int]:
        """The level of each quasi-identifier; empty after local recoding."""
        return dict(zip(self.plan.columns, self.proof.found.levels, strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecipe:
    """A recipe with the hierarchies that it was made with, as it is stored.

    Attributes:
        recipe: what was done, and what the data were like.
        hierarchies: by column, the hash under which each is kept.
        dataset: the name of the dataset that it was made on.
        kept_at: when, UTC.
        actor: who.
        shown: the columns of the output; one that was left out then is not handed on later.
    """

    recipe: Recipe
    hierarchies: Mapping[ColumnName, Sha256]
    dataset: str
    kept_at: datetime
    actor: str
    shown: tuple[ColumnName, ...] = ()


class ItemOrder(StrEnum):
    """How items are put together where no hierarchy is given."""

    DEMAND = "demand"  # bought by about as many people: loses least
    CODE = "code"  # codes that begin alike
    DESCRIPTION = "description"  # descriptions that end with the same word


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPlan:
    """How purchase histories are made k^m-anonymous.

    Attributes:
        person, item: the columns that say who bought what.
        k: people who share any combination that occurs, at least.
        m: items that an attacker knows of somebody, at most; 1 to 3.
        order: how items are put together.
        description: the column that describes items, for that order.
        may_suppress: rare items may be left out.
    """

    person: ColumnName
    item: ColumnName
    k: int = 5
    m: int = 2
    order: ItemOrder = ItemOrder.DEMAND
    description: ColumnName | None = None
    may_suppress: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymisedBaskets:
    """Purchase histories that were made safe to hand on, and what shows it.

    Attributes:
        id: names it.
        dataset_id: the version that it was made from.
        made: the version of the dataset that was stored.
        plan: what was asked.
        before, after: measured on the original, and on the output as read back from its bytes.
        losses: what it costs.
        sha256: of the output as CSV.
        rows: in the output.
        made_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    made: str
    plan: BasketPlan
    before: BasketMeasures
    after: BasketMeasures
    losses: BasketLosses
    sha256: Sha256
    rows: int
    made_at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Sealed originals behind the pseudonyms of one column.

    Attributes:
        id: names it.
        dataset_id: the version whose pseudonyms these are.
        column: which.
        type: the meaning that the pseudonyms were made for.
        rows: how many.
        sha256: of the file that holds them.
    """

    id: str
    dataset_id: str
    column: ColumnName
    type: str
    rows: int
    sha256: Sha256
