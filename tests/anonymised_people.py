"""A small table of people, and plans for it, that tests of anonymisation share."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from compliance.anonymise import to_plan
from compliance.anonymise.nouns import Plan
from compliance.workspace.anonymising.making import Step

_End = TypeVar("_End")

AGES, CITIES = range(20, 60), ("Bonn", "Ulm", "Kiel", "Jena")


def people(rows: int = 400, *, seed: int = 1) -> bytes:
    """A CSV of people with a number, an e-mail, age, city and illness; deterministic."""
    lines = ["customer_id,email,age,city,diagnosis"]
    for n in range(rows):
        draw = (n * 7919 + seed * 104_729) % 1_000_003
        city = CITIES[draw % 4]
        illness = ("asthma", "diabetes", "migraine")[(draw // 7) % 3]
        lines.append(f"{1000 + n},p{n}@example.org,{20 + draw % 40},{city},{illness}")
    return "\n".join(lines).encode()


def plan(**changes: object) -> Plan:
    """k = 5 on age and city, two illnesses per class, 5 % may go."""
    raw: dict[str, object] = {
        "quasi_identifiers": {
            "age": {"build": "intervals", "width": 5, "factor": 2, "levels": 3},
            "city": {"build": "suppress"},
        },
        "sensitive": {"diagnosis": {"l": {"kind": "distinct", "value": 2}}},
        "k": 5,
        "suppression_limit": 0.05,
        "columns": {"customer_id": "pseudonym", "email": "drop"},
    }
    return to_plan({**raw, **changes})


def ended(steps: Generator[Step, None, _End]) -> _End:
    """What `steps` end with."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: _End = end.value
            return found
