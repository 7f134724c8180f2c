"""What a refreshed table holds that the last one did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import discovery_cases as cases

from compliance.discovery import compare, discover, rare_findings, relabelled
from compliance.discovery.nouns import ChangedClass, Changes, Discovery, NewKind
from compliance.plain import from_plain, to_plain

ORDINARY = [f"blue mug no {n}" for n in range(500)]
SHOP: dict[str, Sequence[object]] = {"item": ORDINARY, "quantity": list(range(500))}


def discovery_of(columns: Mapping[str, Sequence[object]], version: int = 1) -> Discovery:
    table, found = cases.table_of(columns)
    labels = discover(table, found)
    return Discovery(
        dataset_id=f"shop-{version}",
        labels=labels,
        discovered_at=datetime(2026, 11, version, tzinfo=UTC),
        rare=rare_findings(table, found, labels),
    )


def test_the_same_table_again_shows_nothing_new() -> None:
    changes = compare(discovery_of(SHOP), discovery_of(SHOP, 2))

    assert changes == Changes()
    assert not changes


def test_columns_are_matched_by_name() -> None:
    turned = {"quantity": SHOP["quantity"], "item": SHOP["item"]}

    assert not compare(discovery_of(SHOP), discovery_of(turned, 2))


def test_new_and_gone_columns_are_named_and_what_the_new_ones_hold() -> None:
    emails = [f"user{n}@example.org" for n in range(500)]
    changes = compare(discovery_of(SHOP), discovery_of({"item": ORDINARY, "email": emails}, 2))

    assert changes.new_columns == ("email",)
    assert changes.gone_columns == ("quantity",)
    assert changes.new_kinds == (
        NewKind(column="email", semantic_type="email", is_rare=False),
    )  # fmt: skip


def test_one_card_number_in_a_refreshed_file_is_new() -> None:
    after = discovery_of({**SHOP, "item": ["4111 1111 1111 1111", *ORDINARY[1:]]}, 2)
    changes = compare(discovery_of(SHOP), after)

    assert changes.new_kinds == (
        NewKind(column="item", semantic_type="credit_card", is_rare=True),
    )  # fmt: skip
    assert not compare(after, discovery_of(SHOP, 3))


def test_a_column_that_becomes_personal_has_another_class() -> None:
    phones = [f"+49 170 {1_000_000 + 9_001 * n}" for n in range(500)]
    changes = compare(discovery_of(SHOP), discovery_of({**SHOP, "item": phones}, 2))

    assert [(c.column, c.before, c.after) for c in changes.changed_classes] == [
        ("item", "none", "direct")
    ]
    assert [kind.semantic_type for kind in changes.new_kinds] == ["phone"]


def test_what_an_officer_said_counts() -> None:
    before = discovery_of(SHOP)
    said = relabelled(before.labels[0], "religion", "sensitive")
    after = replace(before, labels=(said, *before.labels[1:]))
    (changed,) = compare(before, after).changed_classes

    assert isinstance(changed, ChangedClass)
    assert changed.legal_before == ()
    assert "gdpr_special" in changed.legal_after


def test_records_of_before_can_still_be_read() -> None:
    now = to_plain(discovery_of(SHOP))
    del now["rare"]
    for label in now["labels"]:
        for field in ("legal_classes", "matching", "form", "parts"):
            del label[field]
    read = from_plain(Discovery, now)

    assert read.rare == ()
    assert read.labels[0].matching is None


def test_a_discovery_and_its_changes_survive_as_records() -> None:
    found = discovery_of({**SHOP, "contact": [*cases.EMAILS, *cases.PHONES, *["none"] * 380]})
    changes = compare(discovery_of(SHOP), found)

    assert from_plain(Discovery, to_plain(found)) == found
    assert from_plain(Changes, to_plain(changes)) == changes
