"""What an officer's word makes of a label."""

from __future__ import annotations

import pytest

from compliance.discovery import relabelled
from compliance.discovery.nouns import IdentifierClass, Label, LabelStatus
from compliance.errors import LabelError

PROPOSED = Label(
    column="contact",
    semantic_type="phone",
    identifier_class=IdentifierClass.DIRECT,
    confidence=0.7,
    evidence=("The header says “contact”.",),
    examples=("t•••••••",),
)


def test_the_same_type_and_class_confirm_a_label() -> None:
    label = relabelled(PROPOSED, "phone", "direct")

    assert label.status is LabelStatus.CONFIRMED
    assert label.evidence == ("The header says “contact”.", "An officer confirmed this.")
    assert label.examples == PROPOSED.examples


def test_another_type_or_class_corrects_a_label_and_keeps_its_evidence() -> None:
    label = relabelled(PROPOSED, "contact_channel", "none")

    assert label.status is LabelStatus.CORRECTED
    assert (label.semantic_type, label.identifier_class) == ("contact_channel", "none")
    assert label.evidence[0] == PROPOSED.evidence[0]
    assert label.evidence[1] == "An officer corrected this; it was “telephone number”, direct."
    assert label.confidence == PROPOSED.confidence


def test_a_column_corrected_to_harmless_shows_no_examples() -> None:
    assert relabelled(PROPOSED, "category", "none").examples == ()
    assert relabelled(PROPOSED, "phone", "quasi").examples == PROPOSED.examples


def test_a_correction_brings_the_special_category_of_its_type() -> None:
    assert relabelled(PROPOSED, "religion", "sensitive").special_category
    assert not relabelled(PROPOSED, "city", "quasi").special_category


def test_confirming_twice_says_it_once() -> None:
    once = relabelled(PROPOSED, "phone", "direct")

    assert relabelled(once, "phone", "direct") == once


@pytest.mark.parametrize(
    ("semantic_type", "identifier_class", "kind"),
    [("phones", "direct", "type"), ("phone", "secret", "class")],
    ids=["unknown type", "unknown class"],
)
def test_unknown_types_and_classes_are_refused_with_the_known_ones(
    semantic_type: str, identifier_class: str, kind: str
) -> None:
    with pytest.raises(LabelError) as refused:
        relabelled(PROPOSED, semantic_type, identifier_class)

    assert refused.value.facts["kind"] == kind
    assert ("quasi" if kind == "class" else "Known: phone") in str(refused.value)
