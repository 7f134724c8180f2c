"""The vocabulary of discovery: what a column can mean, read from the data files beside it."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from compliance.discovery.nouns import IdentifierClass, Law, LegalClass, SemanticType
from compliance.plain import from_plain
from compliance.shipped import table

_BLANK = re.compile(r"\{(\w+)\}")


class Alone(StrEnum):
    """How much the values weigh without a word from the header."""

    NO = "no"
    YES = "yes"
    DECISIVE = "decisive"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """One row of types.yaml; what its fields mean stands at the top of that file."""

    id: str
    title: str
    identifier_class: IdentifierClass
    source: str
    as_of: str
    legal: tuple[LegalClass, ...] = ()
    header: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shape: str = "any"
    validator: str = ""
    alone: Alone = Alone.NO
    as_number: str = ""
    as_flag: str = ""
    as_code: str = ""
    as_moment: str = ""
    as_day: str = ""
    shows: frozenset[str] = frozenset()
    only_with: frozenset[str] = frozenset()
    unless: str = ""
    together: str = ""
    otherwise: str = ""
    notes: str = ""

    @property
    def semantic_type(self) -> SemanticType:
        return SemanticType(
            id=self.id,
            title=self.title,
            identifier_class=self.identifier_class,
            special_category=self.special_category,
            legal_classes=self.legal,
        )

    @property
    def special_category(self) -> bool:
        """GDPR Art. 9 data."""
        return LegalClass.GDPR_SPECIAL in self.legal

    @property
    def phrases(self) -> tuple[str, ...]:
        """The header words of all languages; blanks for groups not yet filled."""
        return tuple(itertools.chain.from_iterable(self.header.values()))


def semantic_types() -> Mapping[str, SemanticType]:
    """Every meaning that a column can be given, by id, in the order of types.yaml."""
    return MappingProxyType({row.id: row.semantic_type for row in type_rows().values()})


@functools.cache
def type_rows() -> Mapping[str, TypeRow]:
    """The rows of types.yaml by id."""
    rows = (from_plain(TypeRow, row) for row in data("types")["types"])
    return MappingProxyType({row.id: row for row in rows})


@functools.cache
def laws() -> Mapping[LegalClass, Law]:
    """The law behind each legal class."""
    rows = (from_plain(Law, row) for row in data("types")["laws"])
    return MappingProxyType({row.id: row for row in rows})


@functools.cache
def header_groups() -> Mapping[str, tuple[str, ...]]:
    """The words that a blank such as “{number}” in a header phrase stands for."""
    groups = {name: tuple(words.split()) for name, words in data("types")["groups"].items()}
    groups["person"] = groups["customer"] + groups["other"]
    return MappingProxyType(groups)


def filled(phrase: str) -> Iterator[str]:
    """`phrase` once for each way to fill its blanks."""
    names = _BLANK.findall(phrase)
    for words in itertools.product(*(header_groups()[name] for name in names)):
        text = phrase
        for word in words:
            text = _BLANK.sub(word, text, count=1)
        yield text


@functools.cache
def data(name: str) -> dict[str, Any]:
    """The packaged data file `name`.yaml."""
    found: dict[str, Any] = table(__package__, f"{name}.yaml")
    return found
