"""What can be told about: the register, the datasets concerned, the law that asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.register.nouns import FieldId, Record, Register
from compliance.rules.nouns import LawId

Words = Callable[[Record, FieldId], str]
Told = tuple[list[str], list[str]]
"""What is told, and what nobody has recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What can be told about.

    Attributes:
        register: as it stands.
        words: a field of a record in words; empty where nothing is recorded.
        datasets: those with rows of the person, as people describe them.
        categories: kinds of data in them, in words.
        rows: how many rows are handed over.
        law: which asks.
        country: of the organisation, or else whose holidays count.
        third: whether a country is outside the area in which data move freely.
    """

    register: Register
    words: Words
    datasets: tuple[Dataset, ...]
    categories: tuple[str, ...]
    rows: int
    law: LawId
    country: str
    third: Callable[[str], bool]

    @property
    def names(self) -> frozenset[str]:
        """The datasets' names."""
        return frozenset(str(dataset.name) for dataset in self.datasets)

    def of(self, kind: str) -> tuple[Record, ...]:
        """The records of a kind that are about these datasets."""
        found = self.register.of(kind)
        return tuple(one for one in found if self.names & set(one.several("datasets")))

    @property
    def activities(self) -> tuple[Record, ...]:
        """What the datasets are used for."""
        return self.of("activity")

    def named(self, kind: str, field: FieldId) -> tuple[Record, ...]:
        """The records of a kind that are about these datasets, or that their activities name."""
        ids = {id_ for one in self.activities for id_ in one.several(field)}
        return tuple(
            one
            for one in self.register.of(kind)
            if one.id in ids or self.names & set(one.several("datasets"))
        )


def or_none(ground: Ground, says: list[str], missing: list[str]) -> Told:
    """The same, or that no data were found where there is nothing to tell of."""
    if not says and not missing and not ground.datasets:
        says.append(mark("No data about you were found."))
    return says, missing


def portable(
    ground: Ground, derived: Mapping[str, str], bases: Sequence[str]
) -> tuple[tuple[str, ...], Mapping[str, str], tuple[str, ...]]:
    """What GDPR Art. 20 gives: datasets to hand over, those that are not with why, and the bases.

    Args:
        derived: by dataset name, what it was made from; what was derived was not provided.
        bases: those under which the right holds.
    """
    given: list[str] = []
    left: dict[str, str] = {}
    found: set[str] = set()
    for dataset in ground.datasets:
        basis = dataset.description.legal_basis or _only_basis(ground, str(dataset.name))
        if dataset.name in derived:
            left[dataset.name] = mark("it was made from {derived}, not given by you").format(
                derived=derived[dataset.name]
            )
        elif not basis:
            left[dataset.name] = mark("its legal basis is not recorded")
        elif str(basis) not in bases:
            words = str(basis).replace("_", " ")
            left[dataset.name] = mark("it rests on {words}, not on consent or contract").format(
                words=words
            )
        else:
            given.append(dataset.name)
            found.add(str(basis))
    return tuple(given), left, tuple(sorted(found))


def _only_basis(ground: Ground, name: str) -> str:
    """The basis of the activities that use a dataset, where they all have the same."""
    found = {
        str(one.values.get("lawful_basis") or "")
        for one in ground.activities
        if name in one.several("datasets")
    }
    return found.pop() if len(found) == 1 else ""
