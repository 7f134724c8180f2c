"""The kinds of record, read from `kinds.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from compliance.errors import UnknownKindError
from compliance.register.nouns import Field, FieldType, Kind, KindId
from compliance.shipped import table


@cache
def kinds() -> Mapping[KindId, Kind]:
    """Every kind of record, by id, in the order in which they are offered."""
    rows = raw()
    lists = {name: _choices(list_) for name, list_ in rows["lists"].items()}
    return {id_: _kind(id_, row, lists) for id_, row in rows["kinds"].items()}


def kind_of(id_: KindId) -> Kind:
    """The kind of that id.

    Raises:
        UnknownKindError: there is none.
    """
    found = kinds().get(id_)
    if found is None:
        raise UnknownKindError(kind=str(id_)[:40], known=", ".join(kinds()))
    return found


def laws() -> Mapping[str, str]:
    """What each law is called that the fields name, by its id."""
    return _choices(raw()["lists"]["laws"])


@cache
def raw() -> Mapping[str, Any]:
    """What stands in `kinds.yaml`."""
    found: Mapping[str, Any] = table("compliance.register", "kinds.yaml")
    return found


def _kind(id_: KindId, row: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]) -> Kind:
    return Kind(
        id=id_,
        singular=row["singular"],
        plural=row["plural"],
        help=row["help"],
        source=row["source"],
        fields=tuple(
            _field(name, group, given, lists)
            for group, fields in row["groups"].items()
            for name, given in fields.items()
        ),
        is_single=row.get("is_single", False),
        is_of_dataset=row.get("is_of_dataset", False),
        is_of_person=row.get("is_of_person", False),
    )


def _field(
    id_: str, group: str, row: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]
) -> Field:
    choices = row.get("choices", {})
    return Field(
        id=id_,
        label=row["label"],
        type=FieldType[row["type"].upper()],
        help=row.get("help", ""),
        choices=lists[choices] if isinstance(choices, str) else _choices(choices),
        of=row.get("of", ""),
        group=group,
        laws=tuple(row.get("laws", ())),
        is_personal=row.get("personal", False),
        is_past=row.get("is_past", False),
    )


def _choices(row: Mapping[Any, str]) -> Mapping[str, str]:
    return {str(value): label for value, label in row.items()}
