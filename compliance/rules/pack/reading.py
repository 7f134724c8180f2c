"""One pack file: which settings it may have, and of what kind each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from compliance.rules.nouns import Level, Severity
from compliance.rules.pack.lined import Lined, Path, read_lined

Check = Callable[[Lined, Path, Any], None]

_NAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A pack as it stands in its file; what it extends is not looked at yet.

    Attributes:
        id, version, title: of the pack.
        extends: the packs that it adds to.
        lined: its settings with their lines.
    """

    id: str
    version: str
    title: str
    extends: tuple[str, ...]
    lined: Lined


def read_part(data: bytes, name: str, *, base: str = "desk") -> Part:
    """The pack in the file `data`, called `name` in messages.

    Args:
        base: what a pack extends that does not say it.

    Raises:
        PackError: with the line, what is wrong there.
    """
    lined = read_lined(data, name)
    if not isinstance(lined.plain, dict):
        raise lined.refusal((), "a pack is a list of settings such as “id:” and “rules:”")
    _settings(_PACK, ("id", "title", "version", "as_of"))(lined, (), lined.plain)
    plain = lined.plain
    return Part(
        id=plain["id"],
        version=plain["version"],
        title=plain["title"],
        extends=tuple(plain.get("extends", [base] if base else [])),
        lined=lined,
    )


def _settings(kinds: Mapping[str, Check], needed: tuple[str, ...] = ()) -> Check:
    """A mapping with these settings and no others."""

    def check(lined: Lined, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            raise lined.refusal(path, "settings are expected here, each with its name")
        for key, one in value.items():
            if key not in kinds:
                raise lined.refusal((*path, key), _stranger(key, kinds))
            kinds[key](lined, (*path, key), one)
        for key in needed:
            if key not in value:
                raise lined.refusal(path, f"{_whose(path, value)} lacks “{key}”")

    return check


def _stranger(key: str, kinds: Mapping[str, Check]) -> str:
    near = get_close_matches(key, kinds, n=1)
    hint = f"did you mean “{near[0]}”?" if near else f"it may be {', '.join(kinds)}"
    return f"unknown setting “{key[:40]}”; {hint}"


def _whose(path: Path, value: Mapping[str, Any]) -> str:
    if not path:
        return "the pack"
    id_ = value.get("id")
    return f"rule {id_}" if isinstance(id_, str) else f"“{path[-1]}”"


def _text(lined: Lined, path: Path, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise lined.refusal(path, f"“{path[-1]}” must be a text, and not empty")


def _maybe_text(lined: Lined, path: Path, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise lined.refusal(path, f"“{path[-1]}” must be a text")


def _name(lined: Lined, path: Path, value: Any) -> None:
    _text(lined, path, value)
    if not set(value) <= _NAME_SIGNS or len(value) > 60:
        problem = f"“{path[-1]}” may have small letters, digits, “-”, “_” and “.”, at most 60"
        raise lined.refusal(path, problem)


def _day(lined: Lined, path: Path, value: Any) -> None:
    try:
        is_day = isinstance(value, str) and len(value) == 10 and date.fromisoformat(value)
    except ValueError:
        is_day = False
    if not is_day:
        raise lined.refusal(path, f"“{path[-1]}” must be a day that exists, such as 2026-11-23")


def _maybe_day(lined: Lined, path: Path, value: Any) -> None:
    if value is not None:
        _day(lined, path, value)


def _yes_no(lined: Lined, path: Path, value: Any) -> None:
    if not isinstance(value, bool):
        raise lined.refusal(path, f"“{path[-1]}” must be true or false")


def _stage(lined: Lined, path: Path, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10:
        raise lined.refusal(path, f"“{path[-1]}” must be a stage of the life cycle, 1 to 10")


def _one_of(choices: tuple[str, ...]) -> Check:
    def check(lined: Lined, path: Path, value: Any) -> None:
        if value not in choices:
            raise lined.refusal(path, f"“{path[-1]}” must be one of {' / '.join(choices)}")

    return check


def _list_of(one: Check, *, is_empty_allowed: bool = True) -> Check:
    def check(lined: Lined, path: Path, value: Any) -> None:
        if not isinstance(value, list) or not (value or is_empty_allowed):
            least = "" if is_empty_allowed else " with at least one entry"
            raise lined.refusal(path, f"“{path[-1]}” must be a list{least}")
        for place, each in enumerate(value):
            one(lined, (*path, place), each)

    return check


def _named(one: Check) -> Check:
    """A mapping from any name to such things."""

    def check(lined: Lined, path: Path, value: Any) -> None:
        if not isinstance(value, dict):
            raise lined.refusal(path, f"under “{path[-1]}” names with their values are expected")
        for key, each in value.items():
            one(lined, (*path, key), each)

    return check


def _anything(_: Lined, __: Path, ___: Any) -> None:
    """Checked later, by those who use it."""


def _triple(lined: Lined, path: Path, value: Any) -> None:
    is_one = isinstance(value, list) and 2 <= len(value) <= 3
    if not is_one or not all(isinstance(text, str) and text for text in value[:2]):
        problem = "a triple is a list of fact, operator and, for most operators, a value"
        raise lined.refusal(path, problem)


_VERIFIED = {"level": _one_of(tuple(Level)), "source": _text}
_RULE: Mapping[str, Check] = {
    "id": _text,
    "law": _text,
    "ref": _text,
    "title": _text,
    "requirement": _text,
    "entity": _text,
    "when": _list_of(_triple),
    "asserts": _list_of(_triple, is_empty_allowed=False),
    "severity": _one_of(tuple(Severity)),
    "verified": _settings(_VERIFIED, ("level", "source")),
    "as_of": _day,
    "evidence": _maybe_text,
    "params": _named(_anything),
    "fine_tier": _maybe_text,
    "effective_from": _maybe_day,
    "effective_until": _maybe_day,
    "remedy": _maybe_text,
    "page": _maybe_text,
    "stage": _stage,
    "notes": _maybe_text,
    "replaces": _yes_no,
}
_NEEDED = ("id", "law", "ref", "title", "requirement", "entity", "asserts", "severity", "verified")
_LAW: Mapping[str, Check] = {
    "name": _text,
    "short": _text,
    "applies": _maybe_text,
    "authority": _maybe_text,
    "countries": _list_of(_text),
    "pending": _maybe_text,
    "builds_on": _maybe_text,
    "but_not": _list_of(_text),
}
_ENTITY: Mapping[str, Check] = {
    "name": _text,
    "page": _text,
    "stage": _stage,
    "must_exist": _yes_no,
}
_PACK: Mapping[str, Check] = {
    "id": _name,
    "title": _text,
    "version": _name,
    "as_of": _day,
    "extends": _list_of(_text),
    "laws": _named(_settings(_LAW, ("name", "short"))),
    "entities": _named(_settings(_ENTITY, ("name", "page", "stage"))),
    "words": _named(_text),
    "values": _named(_text),
    "planned": _list_of(_text),
    "countries": _list_of(_text),
    "lists": _named(_list_of(_text)),
    "sources": _named(_text),
    "fines": _named(_named(_anything)),
    "rules": _list_of(_settings(_RULE, _NEEDED)),
    "disabled": _named(_text),
}
