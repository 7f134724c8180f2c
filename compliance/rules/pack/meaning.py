"""What a rule names must be there: its law, its kind of subject, operators, lists, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.rules.checking import OPERATORS, Wanted
from compliance.rules.nouns import POLICY, Calendar
from compliance.rules.pack.lined import Lined, Path

_LENGTHS = ("months", "days", "business_days", "hours")
_LONGEST = 9_999  # of each unit: longer than any law counts, and no clock leaves the calendar
_OF_PERIOD = (*_LENGTHS, "notify_within", "reason_required", "once")
_OF_CLOCK = ("start", "base", "calendar", "extension", "pause", "max_total")
_OF_DEADLINE = {"base_deadline": "deadline", "extended_deadline": "deadline"}


def check_rule(lined: Lined, path: Path, rule: Mapping[str, Any], pack: Mapping[str, Any]) -> None:
    """Refuses a rule that names what is not in `pack`, the plain tables of all packs together.

    Raises:
        PackError: with the line.
    """
    if rule["law"] not in pack["laws"] and rule["law"] != POLICY:
        raise lined.refusal((*path, "law"), f"there is no law “{rule['law'][:40]}”")
    if rule["entity"] not in pack["entities"]:
        raise lined.refusal((*path, "entity"), f"there is no kind “{rule['entity'][:40]}”")
    tier = rule.get("fine_tier")
    if tier and tier not in pack["fines"]:
        raise lined.refusal((*path, "fine_tier"), f"there is no fine “{tier[:40]}”")
    first, last = rule.get("effective_from"), rule.get("effective_until")
    if first and last and last < first:
        raise lined.refusal((*path, "effective_until"), "it would end before it begins")
    for name, value in rule.get("params", {}).items():
        if isinstance(value, dict) and "calendar" in value:
            _check_deadline(lined, (*path, "params", name), value)
    for part in ("when", "asserts"):
        for place, triple in enumerate(rule.get(part, [])):
            _check_triple(lined, (*path, part, place), triple, rule, pack)


def check_law(lined: Lined, name: str, laws: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuses a law that builds on one that is not there, on itself, or on one that builds too.

    Raises:
        PackError: with the line.
    """
    base = laws[name].get("builds_on")
    if base and (base not in laws or base == name or laws[base].get("builds_on")):
        problem = f"{name[:40]} cannot build on “{base[:40]}”: name a law that stands for itself"
        raise lined.refusal(("laws", name, "builds_on"), problem)


def _check_triple(
    lined: Lined, path: Path, triple: list[Any], rule: Mapping[str, Any], pack: Mapping[str, Any]
) -> None:
    name = triple[1]
    if name not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise lined.refusal(path, f"unknown operator “{name[:40]}”; there are {known}")
    wanted = OPERATORS[name].wanted
    if (wanted is Wanted.NOTHING) != (len(triple) == 2):
        raise lined.refusal(path, f"after “{name}” stands {wanted}")
    value: Any = triple[2] if len(triple) == 3 else None
    if not _fits(wanted, value):
        raise lined.refusal(path, f"after “{name}” stands {wanted}")
    if wanted is Wanted.LIST and value not in pack["lists"]:
        raise lined.refusal(path, f"there is no list “{value[:40]}”")
    params = rule.get("params", {})
    if wanted is Wanted.DAYS and not _is_count(params.get(value)):
        raise lined.refusal(path, f"“params” has no number of days called “{value[:40]}”")
    if wanted is Wanted.DEADLINE:
        key = _OF_DEADLINE.get(value, value)
        if key not in params:
            raise lined.refusal(path, f"“params” has no deadline called “{key[:40]}”")
        _check_deadline(lined, (*path[:-2], "params", key), params[key])


def _fits(wanted: Wanted, value: object) -> bool:
    if wanted is Wanted.NOTHING:
        return value is None
    if wanted is Wanted.VALUE:
        return isinstance(value, (str, int, float, bool))
    if wanted is Wanted.NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted is Wanted.VALUES:
        return isinstance(value, list) and bool(value) and all(_is_scalar(one) for one in value)
    return isinstance(value, str) and bool(value)


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int, float, bool))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_deadline(lined: Lined, path: Path, value: Any) -> None:
    start = value.get("start") if isinstance(value, dict) else None
    if not isinstance(start, str) or not start:
        raise lined.refusal(path, "a deadline says the fact that starts it as “start”")
    _check_strangers(lined, path, value, _OF_CLOCK)
    if value.get("calendar") not in list(Calendar):
        known = ", ".join(Calendar)
        raise lined.refusal((*path, "calendar"), f"unknown calendar; there are {known}")
    _check_period(lined, (*path, "base"), value.get("base"))
    if value.get("extension") is not None:
        _check_period(lined, (*path, "extension"), value["extension"])
    pause = value.get("pause", [])
    if not isinstance(pause, list) or not all(isinstance(one, str) for one in pause):
        raise lined.refusal((*path, "pause"), "“pause” is a list of reasons")


def _check_period(lined: Lined, path: Path, value: Any) -> None:
    if not isinstance(value, dict):
        raise lined.refusal(path, "a length of time has months, days, business_days or hours")
    _check_strangers(lined, path, value, _OF_PERIOD)
    lengths = [value[unit] for unit in _LENGTHS if unit in value]
    if not lengths or not all(_is_count(length) for length in lengths) or not any(lengths):
        problem = "a length of time is a whole number of months, days, business_days or hours"
        raise lined.refusal(path, problem)
    if max(lengths) > _LONGEST:
        raise lined.refusal(path, f"no law counts more than {_LONGEST:,} of anything")
    if value.get("notify_within") is not None:
        _check_period(lined, (*path, "notify_within"), value["notify_within"])


def _check_strangers(
    lined: Lined, path: Path, value: Mapping[str, Any], known: tuple[str, ...]
) -> None:
    """A setting that is misspelt would be left out of the count without a word."""
    for key in value:
        if key not in known:
            problem = f"unknown setting “{key[:40]}”; it may be {', '.join(known)}"
            raise lined.refusal((*path, key), problem)
