"""Which columns of a table hold what people are known by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compliance.dataset.nouns import ColumnName, ColumnType, Dataset
from compliance.discovery.nouns import Form, Label
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing.kinds import data, kind_of_type, words

_WORD = re.compile(r"[A-ZÀ-Þ]?[^\W_A-ZÀ-Þ]+|[A-ZÀ-Þ]+")
_SHORTEST_KEY_NAME = 3
_ID_TYPES = ("customer_id", "person_id", "employee_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Columns that hold one kind of identifier: one, or several that do so together.

    Attributes:
        kind: what.
        columns: a name's given and family part; a street with its postal code and city.
    """

    kind: IdentifierKind
    columns: tuple[ColumnName, ...]

    @property
    def title(self) -> str:
        """The columns as one name."""
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns of one dataset version hold.

    Attributes:
        key: the column that says whose a row is; None: none does.
        holders: of other identifiers.
        references: columns that name another person than the row's own by the same keys.
        records: columns with a key of the row itself, by which other tables point to it.
        texts: columns in which sentences, lists or JSON may stand.
        singles: those of them that hold one thing in each cell, with few exceptions.
        country: the column that says in which country people live, if there is one.
    """

    key: ColumnName | None
    holders: tuple[Holder, ...]
    references: tuple[ColumnName, ...] = ()
    records: tuple[ColumnName, ...] = ()
    texts: tuple[ColumnName, ...] = ()
    singles: frozenset[ColumnName] = frozenset()
    country: ColumnName | None = None
    types: Mapping[ColumnName, str] = field(default_factory=dict)

    def of(self, kind: IdentifierKind) -> tuple[Holder, ...]:
        """The holders of that kind."""
        return tuple(holder for holder in self.holders if holder.kind is kind)

    def kind_of(self, column: ColumnName) -> IdentifierKind:
        """What a column holds by itself."""
        if column == self.key:
            return IdentifierKind.PERSON_KEY
        held = (holder.kind for holder in self.holders if holder.columns == (column,))
        return next(held, IdentifierKind.OTHER)


def plain_name(column: str) -> str:
    """A column's name without case and separators, so that CustomerID is customer_id."""
    return "".join(char for char in column.casefold() if char.isalnum())


def layout_of(dataset: Dataset, labels: Sequence[Label], keys: frozenset[str]) -> Layout:
    """What the columns of `dataset` hold.

    Args:
        labels: what discovery, or an officer, says of them.
        keys: the plain names of the columns that tell people apart in datasets of the same
            population; a column of another population's name is another person's.
    """
    known = [label for label in labels if label.column in dataset.column_names]
    key = _key_of(dataset, keys)
    types = {label.column: label.semantic_type for label in known}
    return Layout(
        key=key,
        holders=(*_names(known), *_addresses(known), *_singles(known)),
        references=_references(dataset, key, types, keys),
        records=tuple(
            c.name for c in dataset.columns if _is_record_key(dataset, c.name, key, types)
        ),
        texts=tuple(
            c.name
            for c in dataset.columns
            if c.type is ColumnType.TEXT and c.name != key and types.get(c.name) not in _closed()
        ),
        singles=frozenset(
            label.column
            for label in known
            if label.form is Form.SINGLE and label.semantic_type not in words("sentences")
        ),
        country=next((c for c, t in types.items() if t in data()["country"]), None),
        types=types,
    )


def _closed() -> frozenset[str]:
    return words("closed")


def _key_of(dataset: Dataset, keys: frozenset[str]) -> ColumnName | None:
    unit = dataset.description.unit
    if unit is not None and unit in dataset.column_names:
        return unit
    return next((name for name in dataset.column_names if plain_name(name) in keys), None)


def _references(
    dataset: Dataset,
    key: ColumnName | None,
    types: Mapping[ColumnName, str],
    keys: frozenset[str],
) -> tuple[ColumnName, ...]:
    """Columns named like a key (referrer_customer_id), or of the same meaning (ReportsTo)."""
    own = types.get(key) if key else None
    return tuple(
        name
        for name in dataset.column_names
        if name != key
        and (
            any(_is_named_after(name, one) for one in keys)
            or (own in _ID_TYPES and types.get(name) == own)
        )
    )


def _is_named_after(name: str, key: str) -> bool:
    """Whether the last words of a column's name are a key's name: “paid” does not end with “id”.

    A key that is called no more than “id” names nobody: product_id is no person's.
    """
    words = [word for word in _WORD.findall(name) if word]
    ends = {plain_name("".join(words[at:])) for at in range(len(words))}
    return len(key) >= _SHORTEST_KEY_NAME and key in ends


def _is_record_key(
    dataset: Dataset, name: ColumnName, key: ColumnName | None, types: Mapping[ColumnName, str]
) -> bool:
    """Whether each row has its own value there, and the column is meant to be a key."""
    column, meaning = dataset.column(name), types.get(name, "")
    is_code = column.type in (ColumnType.TEXT, ColumnType.INTEGER)
    is_own = column.missing == 0 and column.distinct == dataset.rows > 1
    is_named = meaning in words("record_unclear") and plain_name(name).endswith(_record_ends())
    return is_code and is_own and name != key and (meaning in words("record_keys") or is_named)


def _record_ends() -> tuple[str, ...]:
    return tuple(words("record_ends"))


def _singles(labels: Iterable[Label]) -> Iterable[Holder]:
    """One holder for each kind that a column holds, alone or among others."""
    for label in labels:
        found = {kind_of_type(label.semantic_type)} if label.form is not Form.FREE_TEXT else set()
        if label.form is Form.MIXED:
            found |= {kind_of_type(part.semantic_type) for part in label.parts}
        for kind in sorted(one for one in found if one is not None):
            if kind is IdentifierKind.ADDRESS:
                continue  # it stands with its town
            if kind is IdentifierKind.NAME and label.semantic_type in ("given_name", "family_name"):
                continue  # half a name
            yield Holder(kind=kind, columns=(label.column,))


def _names(labels: Sequence[Label]) -> Iterable[Holder]:
    """Given and family names, put together in the order of their columns."""
    given = [label.column for label in labels if label.semantic_type == "given_name"]
    family = [label.column for label in labels if label.semantic_type == "family_name"]
    for pair in zip(given, family, strict=False):
        yield Holder(kind=IdentifierKind.NAME, columns=pair)


def _addresses(labels: Sequence[Label]) -> Iterable[Holder]:
    """Streets, each with the postal code and town that stand beside it."""
    streets = [one.column for one in labels if one.semantic_type == "street_address"]
    beside = [
        [one.column for one in labels if one.semantic_type in types]
        for types in data()["beside_street"].values()
    ]
    for place, street in enumerate(streets):
        with_it = [found[place] for found in beside if len(found) == len(streets)]
        yield Holder(kind=IdentifierKind.ADDRESS, columns=(street, *with_it))
