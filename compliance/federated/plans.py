"""A plan file's plain value to a `Plan`, or one sentence that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedPlanError
from compliance.federated.nouns import ModelKind, NoisePlan, Plan, Strategy, Task
from compliance.settings import MAX_COLUMNS

# With noise, and nothing else said: sampling a tenth of the people is what makes ε small, and
# the server takes larger steps because clipping makes those of the people small.
NOISE_DEFAULTS: Mapping[str, float] = {"fraction": 0.1, "server_rate": 2.0}

_LONGEST_NUMBER = 40


def to_plan(raw: object) -> Plan:
    """The plan that `raw` describes; `raw` is what a YAML or JSON file held.

    What is not said takes the defaults of `Plan`; with noise, those of `NOISE_DEFAULTS`.

    Raises:
        MalformedPlanError: something is unknown, missing, of a wrong kind or out of range.
    """
    plan = _mapping("plan", raw)
    _check_keys("plan", plan, ("sites", "target", "privacy", "features", *_READERS))
    for needed in ("sites", "target"):
        if needed not in plan:
            raise MalformedPlanError(place="plan", reason=f"“{needed}” is missing")
    privacy = _noise(plan["privacy"]) if "privacy" in plan else None
    read = {name: reader(name, plan[name]) for name, reader in _READERS.items() if name in plan}
    return Plan(
        site_column=_site_column(plan["sites"]),
        target=_column("target", plan["target"]),
        features=_columns(plan.get("features", [])),
        privacy=privacy,
        **({**NOISE_DEFAULTS, **read} if privacy else read),  # type: ignore[arg-type]
    )


def _mapping(place: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise MalformedPlanError(place=place, reason="names with their values are expected here")
    return value


def _check_keys(place: str, given: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            raise MalformedPlanError(
                place=place, reason=f"“{key[:40]}” is not known; possible: {', '.join(known)}"
            )


def _site_column(value: object) -> ColumnName:
    sites = _mapping("sites", value)
    if set(sites) != {"column"}:
        raise MalformedPlanError(
            place="sites", reason="sites come from a column so far; possible: {column: NAME}"
        )
    return _column("sites.column", sites["column"])


def _column(place: str, value: object) -> ColumnName:
    # A header such as 2010 is a number to YAML unless it is quoted.
    is_number = type(value) is int and abs(value) < 10**_LONGEST_NUMBER
    if not is_number and (not isinstance(value, str) or not value):
        raise MalformedPlanError(place=place, reason="the name of a column is expected here")
    return ColumnName(str(value))


def _columns(value: object) -> tuple[ColumnName, ...]:
    if not isinstance(value, list) or len(value) > MAX_COLUMNS:
        raise MalformedPlanError(
            place="features",
            reason=f"a list of column names is expected here, {MAX_COLUMNS:,} at most",
        )
    return tuple(_column("features", name) for name in value)


def _noise(value: object) -> NoisePlan:
    if value is None:
        raise MalformedPlanError(
            place="privacy",
            reason="nothing stands here; give a noise_multiplier, or leave “privacy” out",
        )
    noise = _mapping("privacy", value)
    _check_keys("privacy", noise, ("noise_multiplier", "clip", "delta"))
    if "noise_multiplier" not in noise:
        raise MalformedPlanError(place="privacy", reason="“noise_multiplier” is missing")
    read: dict[str, Decimal] = {
        name: _decimal(f"privacy.{name}", value) for name, value in noise.items()
    }
    return NoisePlan(
        noise_multiplier=float(read["noise_multiplier"]),
        clip=float(read.get("clip", 1)),
        delta=read.get("delta", Decimal("1e-5")),
    )


def _whole(place: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedPlanError(place=place, reason="a whole number is expected here")
    return value


def _decimal(place: str, value: object) -> Decimal:
    # YAML 1.1 reads 1e-5 as text, because it lacks a dot.
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        is_long = isinstance(value, int) and abs(value) >= 10**_LONGEST_NUMBER
        text = "" if is_long else str(value).strip()
        try:
            number = Decimal(text) if len(text) <= _LONGEST_NUMBER else Decimal("nan")
        except InvalidOperation:
            number = Decimal("nan")
        if number.is_finite():
            return number
    raise MalformedPlanError(place=place, reason="a number is expected here")


def _number(place: str, value: object) -> float:
    return float(_decimal(place, value))


def _choice(choices: type[StrEnum]) -> Callable[[str, object], StrEnum]:
    def read(place: str, value: object) -> StrEnum:
        for choice in choices:
            if choice == value:
                return choice
        possible = ", ".join(choices)
        raise MalformedPlanError(place=place, reason=f"so far it may only be: {possible}")

    return read


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "task": _choice(Task),
    "model": _choice(ModelKind),
    "strategy": _choice(Strategy),
    "rounds": _whole,
    "local_epochs": _whole,
    "batch": _whole,
    "fraction": _number,
    "learning_rate": _number,
    "server_rate": _number,
    "minimum_records": _whole,
    "seed": _whole,
}
