"""What cannot both be so is found, and what merely is missing is no contradiction."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compliance.register import contradictions, kinds
from compliance.register.contradicting import Rule, rules
from compliance.register.nouns import FieldType, Record

TODAY = date(2026, 11, 26)


def record(of: str, /, **values: object) -> Record:
    return Record(kind=of, id="x", name="X", values=values)


def said(*records: Record) -> list[str]:
    return [one.says for one in contradictions(records, TODAY)]


def values_for(lines: tuple[tuple[Any, ...], ...]) -> dict[str, object]:
    """Values on which every line holds."""
    values: dict[str, object] = {}
    for field, operator, *rest in lines:
        wanted = rest[0] if rest else None
        if operator in ("before", "below"):
            low, high = ("2026-01-01", "2026-02-01") if operator == "before" else (1, 2)
            values |= {field: low, wanted: high}
        elif operator == "same":
            values |= {field: "DE", wanted: "DE"}
        elif operator == "in":
            values[field] = wanted[0]
        elif operator in ("past", "ahead"):
            values[field] = "2020-01-01" if operator == "past" else "2030-01-01"
        else:
            values.setdefault(field, {"is": wanted, "absent": None}.get(operator, "2026-01-15"))
    return values


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.says)
def test_every_contradiction_can_be_found_and_mended(rule: Rule) -> None:
    values = values_for(rule.all)
    others = [] if rule.other is None else [record(rule.other[0], **values_for(rule.other[1]))]

    assert rule.says in said(record(rule.kind, **values), *others)
    for field in values:
        rest = {name: value for name, value in values.items() if name != field}
        assert rule.says not in said(record(rule.kind, **rest), *others)
    if rule.other is not None:
        assert rule.says not in said(record(rule.kind, **values))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.says)
def test_a_contradiction_is_about_fields_that_there_are(rule: Rule) -> None:
    kind = kinds()[rule.kind]
    lines = [(kind, line) for line in rule.all]
    if rule.other is not None:
        lines += [(kinds()[rule.other[0]], line) for line in rule.other[1]]

    assert all(kind.field(field) for field in rule.fields)
    for of, (field, operator, *rest) in lines:
        found = of.field(field)
        assert found is not None
        wanted = rest[0] if rest and isinstance(rest[0], list) else rest
        if operator in ("is", "in") and found.choices:
            assert set(map(str, wanted)) <= set(found.choices)
        if operator in ("before", "past", "ahead"):
            assert found.type in (FieldType.DATE, FieldType.MOMENT)
        if operator in ("before", "same", "below"):
            assert of.field(rest[0])
    assert rule.says.endswith(".")


def test_a_record_that_says_nothing_contradicts_nothing() -> None:
    assert said(*(record(kind) for kind in kinds())) == []


def test_answered_on_the_day_it_was_received_is_no_contradiction() -> None:
    assert said(record("request", received_at="2026-11-01", responded_at="2026-11-01")) == []


def test_moments_are_compared_across_time_zones() -> None:
    aware, told = "2026-11-20T10:00:00+01:00", "2026-11-20T09:30:00+00:00"

    assert said(record("breach", aware_at=aware, authority_notified_at=told)) == []
    assert said(record("breach", aware_at=told, authority_notified_at=aware)) != []


def test_a_contradiction_says_which_fields_it_puts_in_doubt() -> None:
    (found,) = contradictions([record("transfer", origin="DE", destination="DE")], TODAY)

    assert (found.kind, found.record, found.fields) == ("transfer", "x", ("origin", "destination"))
