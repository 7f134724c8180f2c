"""What somebody says of a movement, as the facts that tables ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from compliance.errors import MovementFactError
from compliance.i18n import mark
from compliance.rules.residency.tables import Asked, tables

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_LONGEST_SHOWN = 40


def to_facts(said: Mapping[str, str]) -> dict[str, object]:
    """The facts that are said, by name, each as its type has it.

    Raises:
        MovementFactError: no table asks for such a fact, or it is not of its type.
    """
    return {name: _fact(name, text.strip()) for name, text in said.items()}


def to_mechanism(said: str) -> dict[str, object]:
    """A safeguard as the facts that hold it, for every law that knows it.

    Raises:
        MovementFactError: no law knows it.
    """
    found: dict[str, object] = {
        table.mechanism: said for table in tables().laws.values() if said in table.mechanisms
    }
    if not found:
        known = ", ".join(sorted({m for table in tables().laws.values() for m in table.mechanisms}))
        raise _refusal(said, mark("a mechanism"), mark("known are {known}").format(known=known))
    return found


def _fact(name: str, text: str) -> object:
    asked = tables().facts.get(name)
    if asked is None or not asked.type:
        known = ", ".join(fact for fact, one in tables().facts.items() if one.type)
        raise _refusal(name, mark("a fact"), mark("tables ask for {known}").format(known=known))
    if asked.type == "yes or no":
        if text.lower() not in _YES_NO:
            raise _refusal(text, name, mark("it is yes or no"))
        return _YES_NO[text.lower()]
    return _date(name, text) if asked.type == "date" else _choice(name, text, asked)


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _refusal(text, name, mark("it is a date such as 2026-11-26")) from None


def _choice(name: str, text: str, asked: Asked) -> str:
    if text not in asked.choices:
        raise _refusal(
            text, name, mark("it is one of {choices}").format(choices=", ".join(asked.choices))
        )
    return text


def _refusal(given: str, fact: str, reason: str) -> MovementFactError:
    shown = (
        given if len(given) <= _LONGEST_SHOWN and given.isprintable() else mark("What was given")
    )
    return MovementFactError(given=shown, fact=fact, reason=reason)
