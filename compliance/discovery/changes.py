"""What a refreshed table holds that the last one did not."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns import ChangedClass, Changes, Discovery, Label, NewKind
from compliance.discovery.types import semantic_types


def compare(before: Discovery, after: Discovery) -> Changes:
    """What `after` shows that `before` did not. Columns are matched by name, not by place.

    What an officer said of a column counts as what it is.
    """
    old = {label.column: label for label in before.labels}
    new = {label.column: label for label in after.labels}
    pairs = [(old[name], label) for name, label in new.items() if name in old]
    return Changes(
        new_columns=tuple(name for name in new if name not in old),
        gone_columns=tuple(name for name in old if name not in new),
        new_kinds=tuple(_new_kinds(before, after)),
        changed_classes=tuple(_changed(one, two) for one, two in pairs if _differ(one, two)),
    )


def _new_kinds(before: Discovery, after: Discovery) -> Iterator[NewKind]:
    known = _kinds(before)
    for label in after.labels:
        held = known.get(label.column, frozenset())
        for kind in dict.fromkeys(_kinds_of(label)):
            if kind not in held and (label.column in known or _is_personal(kind)):
                yield NewKind(column=label.column, semantic_type=kind, is_rare=False)
    for found in after.rare:
        if found.semantic_type not in known.get(found.column, frozenset()):
            yield NewKind(column=found.column, semantic_type=found.semantic_type, is_rare=True)


def _kinds(discovery: Discovery) -> dict[ColumnName, frozenset[str]]:
    """Every kind of data that was seen in each column, in many values or in few."""
    rare = [(found.column, found.semantic_type) for found in discovery.rare]
    return {
        label.column: frozenset(
            (*_kinds_of(label), *(kind for column, kind in rare if column == label.column))
        )
        for label in discovery.labels
    }


def _kinds_of(label: Label) -> tuple[str, ...]:
    return (label.semantic_type, *(part.semantic_type for part in label.parts))


def _is_personal(kind: str) -> bool:
    return kind in semantic_types() and semantic_types()[kind].identifier_class != "none"


def _differ(one: Label, two: Label) -> bool:
    return (one.identifier_class, one.legal_classes) != (two.identifier_class, two.legal_classes)


def _changed(one: Label, two: Label) -> ChangedClass:
    return ChangedClass(
        column=two.column,
        before=one.identifier_class,
        after=two.identifier_class,
        legal_before=one.legal_classes,
        legal_after=two.legal_classes,
    )
