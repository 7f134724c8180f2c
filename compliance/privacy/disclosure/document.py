"""A disclosure as a plain document, in the form that `disclosure.schema.json` describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from compliance.plain import to_plain
from compliance.privacy.disclosure.words import data
from compliance.privacy.nouns import Prices
from compliance.privacy.nouns.disclosure import (
    Compared,
    Disclosure,
    Field,
    HazardState,
    Origin,
    Yardstick,
)

KIND = "privacy-desk-disclosure"
VERSION = 1
_TIERS = (1, 2, 3)
_CURATORS = "basic.data_curators."
_TOP = "url_slug"


def to_document(disclosure: Disclosure) -> dict[str, Any]:
    """`disclosure` as plain values, every one of them publishable."""
    return {
        "kind": KIND,
        "version": VERSION,
        "release": disclosure.release_id,
        "title": disclosure.title,
        "at": disclosure.at.isoformat(),
        "desk_version": disclosure.desk_version,
        "schema": to_plain(disclosure.schema),
        "record": _record(disclosure),
        "tiers": {str(tier): _counts(disclosure.of_tier(tier)) for tier in _TIERS},
        "not_recorded": [field.path for field in disclosure.missing],
        "origins": {field.path: field.origin.value for field in disclosure.fields},
        "parameters": [_without_none(to_plain(p)) for p in disclosure.parameters],
        "prices": _prices(disclosure.prices),
        "hazards": [to_plain(hazard) for hazard in disclosure.hazards],
        "hazard_counts": {state.value: len(disclosure.in_state(state)) for state in HazardState},
        "yardsticks": [_yardstick(found) for found in disclosure.yardsticks],
        "self_audit": to_plain(disclosure.audit),
    }


def _record(disclosure: Disclosure) -> dict[str, Any]:
    """The fields nested as in the registry's schema; those that do not apply are left out."""
    top: dict[str, Any] = {}
    deployment: dict[str, Any] = {}
    for field in disclosure.fields:
        if field.origin is Origin.INAPPLICABLE:
            continue
        if field.path == _TOP:
            top[_TOP] = field.value
        elif field.path.startswith(_CURATORS):
            basic = deployment.setdefault("basic", {})
            (curator,) = basic.setdefault("data_curators", [{}])
            curator[field.path.removeprefix(_CURATORS)] = field.value
        else:
            *groups, name = field.path.split(".")
            inner = deployment
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[name] = _typed(field)
    return {**top, "deployment": deployment}


def _typed(field: Field) -> Any:
    """The value of a field as the registry's schema types it; a missing one stays a text."""
    if field.origin is Origin.MISSING:
        return field.value
    return _READERS.get(_kinds()[field.path], str)(field.value)


def _kinds() -> Mapping[str, str]:
    return {row["path"]: row["kind"] for row in data("registry.yaml")["fields"]}


_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": lambda value: float(Decimal(value)),
    "integer": int,
    "authors": lambda value: [value],
    "sources": lambda value: {
        "release_report": {
            "evidence_source_type": "Authorized organizational attestation",
            "techreport": {"title": value},
        }
    },
}


def _counts(fields: tuple[Field, ...]) -> dict[str, int]:
    return {
        "fields": sum(field.origin is not Origin.INAPPLICABLE for field in fields),
        "not_recorded": sum(field.origin is Origin.MISSING for field in fields),
    }


def _prices(prices: Prices | None) -> dict[str, Any] | None:
    """The ε of the release by every accountant; None where its record does not say."""
    if prices is None:
        return None
    quotes = [
        {"accountant": quote.accountant.value}
        | ({"reason": quote.reason} if quote.epsilon is None else {"epsilon": str(quote.epsilon)})
        for quote in prices.quotes
    ]
    return {"delta": str(prices.delta), "quotes": quotes}


def _yardstick(found: Yardstick) -> dict[str, Any]:
    return {
        "unit_kind": found.unit_kind,
        "epsilon": str(found.epsilon),
        "delta": str(found.delta),
        "says": found.says,
        "as_of": found.as_of,
        "comparable": [_compared(compared) for compared in found.comparable],
        "others": [_compared(compared) for compared in found.others],
    }


def _compared(compared: Compared) -> dict[str, Any]:
    beside = {
        "epsilon_compared": compared.epsilon,
        "delta_compared": compared.delta,
        "says": compared.says,
    }
    return _without_none(to_plain(compared.deployment) | to_plain(beside))


def _without_none(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value is not None}
