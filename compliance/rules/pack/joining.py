"""Packs joined: each adds to those that it extends, replaces rules by name, switches some off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.plain import from_plain
from compliance.rules.nouns import Pack
from compliance.rules.pack.meaning import check_law, check_rule
from compliance.rules.pack.reading import Part

_TABLES = ("laws", "entities", "words", "values", "lists", "sources", "fines")
_NAMES = ("planned", "countries")


def join(parts: Sequence[Part]) -> Pack:
    """All parts as one pack that can be used; it is named after the last of them.

    Raises:
        PackError: with the line, what is wrong there: an unknown base, a circle of packs, a rule
            that is there already, an operator, list, deadline, kind of subject that is not.
    """
    ordered = order_of(parts)
    plain: dict[str, Any] = {table: {} for table in _TABLES}
    plain |= {name: [] for name in _NAMES}
    rules: dict[str, dict[str, Any]] = {}
    disabled: dict[str, str] = {}
    for part in ordered:
        said = part.lined.plain
        for table in _TABLES:
            plain[table] |= said.get(table, {})
        for name in _NAMES:
            plain[name] += said.get(name, [])
        _add_rules(part, rules)
        disabled |= _switched_off(part, rules)
    for part in ordered:
        _check_rules(part, rules, plain)
        for law in part.lined.plain.get("laws", {}):
            check_law(part.lined, law, plain["laws"])
    last = ordered[-1].lined.plain
    with_rules = [part for part in ordered if part.lined.plain.get("rules") or part is ordered[-1]]
    return from_plain(
        Pack,
        {key: last[key] for key in ("id", "title", "version", "as_of")}
        | plain
        | {
            "rules": [{k: v for k, v in rule.items() if k[0] != "_"} for rule in rules.values()],
            "disabled": disabled,
            "extends": list(ordered[-1].extends),
            "parts": [f"{part.id} {part.version}" for part in with_rules],
        },
    )


def order_of(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts so that each comes after those that it extends.

    Raises:
        PackError: one extends a pack that is not there, or packs extend each other in a circle.
    """
    by_id = {part.id: part for part in parts}
    ordered: list[Part] = []
    open_: list[str] = []

    def visit(part: Part) -> None:
        if part in ordered:
            return
        open_.append(part.id)
        for place, id_ in enumerate(part.extends):
            if id_ not in by_id:
                problem = f"it extends the pack “{id_[:40]}”, which is not here"
                raise part.lined.refusal(("extends", place), problem)
            if id_ in open_:
                circle = " → ".join([*open_[open_.index(id_) :], id_])
                raise part.lined.refusal(("extends", place), f"packs extend in a circle: {circle}")
            visit(by_id[id_])
        open_.pop()
        ordered.append(part)

    for part in parts:
        visit(part)
    return tuple(ordered)


def _add_rules(part: Part, rules: dict[str, dict[str, Any]]) -> None:
    own: set[str] = set()
    for place, rule in enumerate(part.lined.plain.get("rules", [])):
        id_, path = rule["id"], ("rules", place, "id")
        if id_ in own:
            raise part.lined.refusal(path, f"rule {id_} stands there twice")
        own.add(id_)
        replaces = rule.get("replaces", False)
        if id_ in rules and not replaces:
            other = rules[id_]["_part"][0]
            problem = f"rule {id_} is in the pack “{other}” already; say “replaces: true”"
            raise part.lined.refusal(path, problem)
        if replaces and id_ not in rules:
            raise part.lined.refusal(path, f"there is no rule {id_} to replace")
        as_of = rule.get("as_of", part.lined.plain["as_of"])
        said = {
            key: value for key, value in rule.items() if key != "replaces" and value is not None
        }
        rules[id_] = said | {
            "as_of": as_of,
            "when": rule.get("when", []),
            "_part": (part.id, place),
        }


def _switched_off(part: Part, rules: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = part.lined.plain.get("disabled", {})
    for id_ in found:
        if id_ not in rules:
            raise part.lined.refusal(
                ("disabled", id_), f"there is no rule {id_[:60]} to switch off"
            )
    return found


def _check_rules(part: Part, rules: Mapping[str, Any], plain: Mapping[str, Any]) -> None:
    for place, rule in enumerate(part.lined.plain.get("rules", [])):
        if rules[rule["id"]]["_part"] == (part.id, place):
            check_rule(part.lined, ("rules", place), rule, plain)
