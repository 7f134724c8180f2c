"""Labels after discovery: masked examples, and what an officer's word makes of a label."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from compliance.discovery.nouns import IdentifierClass, Label, LabelStatus
from compliance.discovery.types import semantic_types
from compliance.errors import LabelError
from compliance.i18n import mark

_EXAMPLES = 3
_SUGGESTIONS = 8
_MASKED_LENGTH = 12
_DOT = "•"


def relabelled(label: Label, semantic_type: str, identifier_class: str) -> Label:
    """`label` as an officer leaves it: confirmed where both answers are the same, else corrected.

    The old evidence stays and one sentence is added. Who said it and when is the trail's to keep.

    Args:
        label: a proposed label, or one on which an officer has spoken before.
        semantic_type: an id of `semantic_types()`.
        identifier_class: a value of `IdentifierClass`.

    Raises:
        LabelError: there is no such type or class.
    """
    types = semantic_types()
    if semantic_type not in types:
        near = get_close_matches(semantic_type, types, n=_SUGGESTIONS, cutoff=0.6)
        shown = ", ".join(near or list(types)[:_SUGGESTIONS])
        known = f"{shown} and {len(types) - len(near or range(_SUGGESTIONS))} others"
        raise LabelError(given=semantic_type[:40], kind="type", known=known)
    if identifier_class not in set(IdentifierClass):
        raise LabelError(
            given=identifier_class[:40], kind="class", known=", ".join(IdentifierClass)
        )
    given = (semantic_type, IdentifierClass(identifier_class))
    if given == (label.semantic_type, label.identifier_class):
        said = mark("An officer confirmed this.")
        return replace(label, status=LabelStatus.CONFIRMED, evidence=_with(label.evidence, said))
    old = types[label.semantic_type].title if label.semantic_type in types else label.semantic_type
    said = mark("An officer corrected this; it was “{old}”, {kind}.").format(
        old=old, kind=label.identifier_class
    )
    return replace(
        label,
        semantic_type=given[0],
        identifier_class=given[1],
        evidence=_with(label.evidence, said),
        examples=() if given[1] is IdentifierClass.NONE else label.examples,
        special_category=types[semantic_type].special_category,
        legal_classes=types[semantic_type].legal_classes,
        matching=label.matching if given[0] == label.semantic_type else None,
        status=LabelStatus.CORRECTED,
        proposed=label.proposed or label.semantic_type,
    )


def masked_examples(values: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `values`, masked."""
    return tuple(dict.fromkeys(masked(value) for value in itertools.islice(values, _EXAMPLES)))


def masked(value: str) -> str:
    """`value` with its first character kept and all later ones dotted, but blanks and punctuation.

    At most twelve characters, so that the length of a long value does not show.
    """
    cut = value[:_MASKED_LENGTH]
    return cut[:1] + "".join(c if unicodedata.category(c)[0] in "PZ" else _DOT for c in cut[1:])


def _with(evidence: tuple[str, ...], said: str) -> tuple[str, ...]:
    return evidence if evidence[-1] == said else (*evidence, said)
