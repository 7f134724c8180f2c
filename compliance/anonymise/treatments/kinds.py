"""What can be done to a column: the rows of kinds.yaml, and the settings of one treatment."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.anonymise.nouns import Treatment, TreatmentKind
from compliance.errors import TreatmentError
from compliance.plain import from_plain, one_line
from compliance.shipped import table

_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one setting means and may be; the fields are those of kinds.yaml."""

    title: str
    kind: str
    of: tuple[str, ...] = ()
    least: float | None = None
    above: float | None = None
    most: float | None = None
    needed: bool = False
    default: float | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """One kind of treatment, in the words of the page; the fields are those of kinds.yaml."""

    id: TreatmentKind
    title: str
    does: str
    protects: str
    leaves: str
    source: str
    as_of: str
    settings: Mapping[str, Setting] = field(default_factory=dict)


@functools.cache
def kinds() -> Mapping[TreatmentKind, KindRow]:
    """Every kind, by its id."""
    rows = [_row(raw) for raw in table(__package__, "kinds.yaml")["kinds"]]
    return {row.id: row for row in rows}


def settings_of(treatment: Treatment) -> dict[str, Any]:
    """The settings of `treatment`, checked, with the defaults; None where nothing is said.

    Raises:
        TreatmentError: a setting is unknown, missing, or not what it may be.
    """
    known = kinds()[treatment.kind].settings
    for name in treatment.settings:
        if name not in known:
            offered = ", ".join(f"“{each}”" for each in known) or "none"
            reason = f"there is no setting “{one_line(name)[:40]}”; those it has: {offered}"
            raise TreatmentError(column=treatment.column, reason=reason)
    return {name: _checked(treatment, name, known[name]) for name in known}


def _row(raw: Mapping[str, Any]) -> KindRow:
    settings = {
        name: {"kind" if key == "is" else key: value for key, value in setting.items()}
        for name, setting in raw.get("settings", {}).items()
    }
    return from_plain(KindRow, {**raw, "as_of": str(raw["as_of"]), "settings": settings})


def _checked(treatment: Treatment, name: str, setting: Setting) -> Any:
    value = treatment.settings.get(name, setting.default)
    reason = ""
    if value is None:
        if setting.needed:
            reason = f"it needs the setting “{name}” ({setting.title})"
    elif setting.kind in ("text", "choice"):
        reason = _trouble_with_text(name, value, setting)
    else:
        reason = _trouble_with_number(name, value, setting)
    if reason:
        raise TreatmentError(column=treatment.column, reason=reason)
    return int(value) if setting.kind == "whole" and value is not None else value


def _trouble_with_text(name: str, value: object, setting: Setting) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return f"the setting “{name}” is a text of at most {_LONGEST_TEXT} characters"
    if setting.of and value not in setting.of:
        return f"the setting “{name}” is one of: {', '.join(setting.of)}"
    return ""


def _trouble_with_number(name: str, value: object, setting: Setting) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"the setting “{name}” is a number"
    if setting.kind == "whole" and value != int(value):
        return f"the setting “{name}” is a whole number"
    too_small = (setting.least is not None and value < setting.least) or (
        setting.above is not None and value <= setting.above
    )
    if too_small or (setting.most is not None and value > setting.most):
        return f"the setting “{name}” is {_bounds(setting)}"
    return ""


def _bounds(setting: Setting) -> str:
    words = []
    if setting.least is not None:
        words.append(f"at least {setting.least:g}")
    if setting.above is not None:
        words.append(f"above {setting.above:g}")
    if setting.most is not None:
        words.append(f"at most {setting.most:g}")
    return " and ".join(words)
