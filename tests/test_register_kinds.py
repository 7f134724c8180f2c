"""The kinds of record hold every fact that rules ask for and that a person can know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import pytest

from compliance import shipped
from compliance.register import kinds, laws
from compliance.register.kinds import raw
from compliance.register.nouns import Field, FieldType

# Facts that only the desk can say; see compliance/rules/facts.
COMPUTED = {
    "dataset": {"contains_personal_data", "records_past_retention", "rectifications_late"},
}
ONLY_COMPUTED = {"release", "audit_log", "finding"}
_OF_FIELD = ("before_field", "after_field", "eq_field")


@cache
def pack() -> dict[str, Any]:
    file = resources.files("compliance.rules").joinpath("packs/laws.yaml")
    found: dict[str, Any] = shipped.values(file.read_bytes())
    return found


def asked() -> Iterator[tuple[str, str, str, tuple[Any, ...]]]:
    """Entity, fact, law and how it is asked, of every rule of a law."""
    for rule in pack()["rules"]:
        for fact, operator, *rest in (*rule["when"], *rule["asserts"]):
            yield rule["entity"], fact, rule["law"], (operator, *rest)
            if operator in _OF_FIELD:
                yield rule["entity"], rest[0], rule["law"], ("exists",)
        for clock in rule.get("params", {}).values():
            if isinstance(clock, dict) and "start" in clock:
                yield rule["entity"], clock["start"], rule["law"], ("start",)


def fields_of(entity: str) -> dict[str, Field]:
    return {field.id: field for field in kinds()[entity].fields}


def known() -> Iterator[tuple[Field, str, tuple[Any, ...]]]:
    for entity, fact, law, use in asked():
        if entity in kinds() and fact in fields_of(entity):
            yield fields_of(entity)[fact], law, use


def test_every_fact_that_a_rule_asks_for_is_a_field_or_computed() -> None:
    missing = defaultdict(set)
    for entity, fact, _, _ in asked():
        if entity in ONLY_COMPUTED or fact in COMPUTED.get(entity, ()):
            continue
        if entity not in kinds() or fact not in fields_of(entity):
            missing[entity].add(fact)

    assert dict(missing) == {}


def test_a_field_names_every_law_that_asks_for_it() -> None:
    silent = {(field.id, law) for field, law, _ in known() if law not in (*field.laws, "POLICY")}

    assert silent == set()


def test_no_field_names_a_law_whose_rules_do_not_ask_for_it() -> None:
    asking = {(entity, fact, law) for entity, fact, law, _ in asked()}

    idle = {
        (kind.id, field.id, law)
        for kind in kinds().values()
        for field in kind.fields
        for law in field.laws
        if (kind.id, field.id, law) not in asking
    }
    assert idle == set()


def test_every_value_that_a_rule_names_is_among_the_choices() -> None:
    wanted = {
        (field.id, str(value))
        for field, _, (operator, *rest) in known()
        if field.choices and operator in ("eq", "ne", "in", "not_in", "contains_all", "subset_of")
        for value in (rest[0] if isinstance(rest[0], list) else rest)
    }
    offered = {(f.id, c) for kind in kinds().values() for f in kind.fields for c in f.choices}

    assert wanted - offered == set()


def test_a_field_is_of_the_type_that_rules_compare_with() -> None:
    """“No” exists, so a yes-or-no field can never show that something is there."""
    for field, _, (operator, *rest) in known():
        if operator == "exists":
            assert field.type is not FieldType.YES_NO, field.id
        if operator in ("eq", "ne") and isinstance(rest[0], bool):
            assert field.type is FieldType.YES_NO, field.id
        if operator in ("gt", "gte", "lt", "lte"):
            assert field.type is FieldType.NUMBER, field.id
        if operator in ("contains_all", "subset_of"):
            assert field.type is FieldType.CHOICES, field.id
        if operator in ("within_days", "not_past", "before_deadline", "start"):
            assert field.type in (FieldType.DATE, FieldType.MOMENT), field.id


def test_what_starts_a_clock_of_hours_is_a_moment() -> None:
    for rule in pack()["rules"]:
        for clock in rule.get("params", {}).values():
            if isinstance(clock, dict) and "hours" in clock.get("base", {}):
                assert fields_of(rule["entity"])[clock["start"]].type is FieldType.MOMENT


def test_the_laws_are_those_of_the_pack_with_the_same_countries() -> None:
    of_pack = {id_: law["countries"] for id_, law in pack()["laws"].items() if id_ != "POLICY"}

    assert list(laws()) == list(of_pack)
    assert {id_: row["countries"] for id_, row in raw()["scope"].items()} == of_pack


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.id)
def test_a_kind_can_be_asked_in_a_form(kind: Any) -> None:
    ids = [field.id for field in kind.fields]

    assert len(ids) == len(set(ids))
    assert kind.help.endswith(".")
    assert kind.source
    for field in kind.fields:
        assert field.group
        assert field.label[0].isupper() or not field.label[0].isalpha(), field.id
        assert not field.label.endswith("."), field.id
        assert all(isinstance(label, str) and label for label in field.choices.values()), field.id
        needs_choices = field.type in (FieldType.CHOICE, FieldType.CHOICES)
        assert bool(field.choices) >= needs_choices, field.id
        assert (field.type in (FieldType.RECORD, FieldType.RECORDS)) == (field.of in kinds())


def test_the_pack_has_no_kind_of_subject_without_a_kind_of_record() -> None:
    assert set(pack()["entities"]) - set(kinds()) == ONLY_COMPUTED
