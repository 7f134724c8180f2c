"""A plan file's plain value to a `Plan`, or one sentence that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedPlanError
from compliance.federated.nouns import (
    MOST_TIERS,
    History,
    ModelKind,
    NoisePlan,
    Plan,
    Poison,
    Split,
    Strategy,
    Task,
    Trouble,
)
from compliance.privacy.nouns.units import NoisePlace, PrivacyUnitKind
from compliance.settings import MAX_COLUMNS

# What holds where nothing else is said. With noise: sampling a tenth of the people is what makes ε
# small, and the server takes larger steps, with momentum, because clipping makes those of the
# people small. FedAdam and FedYogi take steps of about their rate in every place.
NOISE_DEFAULTS: Mapping[str, object] = {
    "fraction": 0.1,
    "server_rate": 2.0,
    "strategy": Strategy.FEDAVGM,
    "momentum": 0.8,
}
STRATEGY_DEFAULTS: Mapping[Strategy, Mapping[str, object]] = {
    Strategy.FEDADAM: {"server_rate": 0.1},
    Strategy.FEDYOGI: {"server_rate": 0.1},
    Strategy.FEDSGD: {"learning_rate": 0.5},
}
# Where sites send sums, there is nothing for a strategy to join. With noise every level of a
# tree costs budget: these trees cost as much as 30 rounds of another model.
SUMMED = (ModelKind.TREES, ModelKind.MATRIX_FACTORISATION)
TREE_DEFAULTS: Mapping[str, object] = {"learning_rate": 0.2}
NOISY_TREE_DEFAULTS: Mapping[str, object] = {
    "fraction": 0.1,
    "rounds": 15,
    "depth": 2,
    **TREE_DEFAULTS,
}
# Measured on the data sets of benchmarks/tasks.py.
TASK_DEFAULTS: Mapping[Task, Mapping[str, object]] = {
    Task.PROFILE: {
        "learning_rate": 0.05,
        "strategy": Strategy.FEDAVGM,
        "momentum": 0.8,
        "rounds": 60,
    },
    Task.RECOMMEND: {"rounds": 10},
    Task.FORECAST: {"learning_rate": 0.02},
}
# A recommender's rounds solve rather than step: few of them suffice, each with everybody. Of a
# forecast's steps little would be left beside noise, were they not longer and noise held back.
TASK_NOISE_DEFAULTS: Mapping[Task, Mapping[str, object]] = {
    Task.PROFILE: {"rounds": 30},
    Task.RECOMMEND: {"rounds": 3, "fraction": 1.0, "strategy": Strategy.FEDAVG},
    Task.FORECAST: {"learning_rate": 0.1, "server_rate": 0.3},
}
# Measured on the same: what one series changes in a forecast is a tenth of other updates.
TASK_CLIPS: Mapping[Task, float] = {Task.FORECAST: 0.1}
MODELS: Mapping[Task, tuple[ModelKind, ...]] = {
    Task.RESPONSE: (
        ModelKind.LOGISTIC,
        ModelKind.LINEAR,
        ModelKind.SOFTMAX,
        ModelKind.MLP,
        ModelKind.TREES,
    ),
    Task.PROFILE: (ModelKind.SOFTMAX, ModelKind.MLP),
    Task.RECOMMEND: (ModelKind.MATRIX_FACTORISATION,),
    Task.FORECAST: (ModelKind.LINEAR, ModelKind.MLP, ModelKind.TREES),
}

_LONGEST_NUMBER = 40
_MOST_LAYERS = 4


def to_plan(raw: object) -> Plan:
    """The plan that `raw` describes; `raw` is what a YAML or JSON file held.

    What is not said takes the defaults of `Plan`, of the task's first model, of the strategy and,
    with noise, those of `NOISE_DEFAULTS`; trees have defaults of their own.

    Raises:
        MalformedPlanError: something is unknown, missing, of a wrong kind or out of range.
    """
    plan = _mapping("plan", raw)
    known = ("sites", "target", "privacy", "features", "history", "trouble", "hidden", *_READERS)
    _check_keys("plan", plan, known)
    if "sites" not in plan:
        raise MalformedPlanError(place="plan", reason="“sites” is missing")
    read = {name: reader(name, plan[name]) for name, reader in _READERS.items() if name in plan}
    given: dict[str, object] = {
        **_defaults(read, has_noise="privacy" in plan),
        **read,
        **_sites(plan["sites"]),
        "features": _columns(plan.get("features", [])),
        "privacy": None,
    }
    if "privacy" in plan:
        task = Task(str(read.get("task", Task.RESPONSE)))
        given["privacy"] = _noise(plan["privacy"], clip_of(task))
    noise = given["privacy"]
    if (
        isinstance(noise, NoisePlan)
        and noise.unit is PrivacyUnitKind.SITE
        and "fraction" not in read
    ):
        given["fraction"] = 1.0  # sites are few: a tenth of them is next to none
    if "target" in plan:
        given["target"] = _column("target", plan["target"])
    if "hidden" in plan:
        given["hidden"] = _widths(plan["hidden"])
    if "history" in plan:
        given["history"] = History(**_read("history", plan["history"], _HISTORY))  # type: ignore[arg-type]
    if "trouble" in plan:
        given["trouble"] = Trouble(**_read("trouble", plan["trouble"], _TROUBLE))  # type: ignore[arg-type]
    return Plan(**given)  # type: ignore[arg-type]


def clip_of(task: Task) -> float:
    """The clip of a plan with noise that says none."""
    return TASK_CLIPS.get(task, 1.0)


def _defaults(read: Mapping[str, object], *, has_noise: bool) -> dict[str, object]:
    """What holds where the plan says nothing; it refuses a model that the task does not have."""
    task = Task(str(read.get("task", Task.RESPONSE)))
    models = MODELS[task]
    if (model := read.get("model", models[0])) not in models:
        reason = f"“{task}” is learnt by {' or '.join(models)}, not by “{model}”"
        raise MalformedPlanError(place="model", reason=reason)
    if model in SUMMED:
        own = {
            **TASK_DEFAULTS.get(task, {}),
            **_defaults_of_sums(str(model), read, has_noise=has_noise),
        }
        own |= TASK_NOISE_DEFAULTS.get(task, {}) if has_noise else {}
        return {**own, "model": model, "strategy": Strategy.FEDAVG}
    said = {"model": models[0], "strategy": Strategy.FEDAVG, **TASK_DEFAULTS.get(task, {})}
    if has_noise:
        said = {**said, **NOISE_DEFAULTS, **TASK_NOISE_DEFAULTS.get(task, {})}
    strategy = Strategy(str(read.get("strategy", said["strategy"])))
    return {**said, "strategy": strategy, **STRATEGY_DEFAULTS.get(strategy, {})}


def _defaults_of_sums(
    model: str, read: Mapping[str, object], *, has_noise: bool
) -> Mapping[str, object]:
    """The same where sites send sums; it refuses strategies, which join steps."""
    if (strategy := read.get("strategy", Strategy.FEDAVG)) is not Strategy.FEDAVG:
        reason = f"sites send sums for “{model}”, and “{strategy}” joins steps; leave it out"
        raise MalformedPlanError(place="strategy", reason=reason)
    if model == ModelKind.TREES:
        return NOISY_TREE_DEFAULTS if has_noise else TREE_DEFAULTS
    return {"fraction": NOISE_DEFAULTS["fraction"]} if has_noise else {}


def _read(
    place: str, value: object, readers: Mapping[str, Callable[[str, object], object]]
) -> dict[str, object]:
    part = _mapping(place, value)
    _check_keys(place, part, tuple(readers))
    return {name: readers[name](f"{place}.{name}", value) for name, value in part.items()}


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


def _sites(value: object) -> dict[str, object]:
    sites = _read("sites", value, _SITES)
    if set(sites) == {"column"}:
        return {"site_column": sites["column"]}
    if "column" in sites or "count" not in sites:
        reason = "possible are {column: NAME} or {count: NUMBER, split: KIND}"
        raise MalformedPlanError(place="sites", reason=reason)
    split = sites.get("split", Split.IID)
    if split is Split.COLUMN:
        reason = "a split by column needs the column and no count"
        raise MalformedPlanError(place="sites.split", reason=reason)
    alpha = {"alpha": sites["alpha"]} if "alpha" in sites else {}
    return {"split": split, "site_count": sites["count"], **alpha}


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


def _noise(value: object, clip: float) -> NoisePlan:
    if value is None:
        raise MalformedPlanError(
            place="privacy",
            reason="nothing stands here; give a noise_multiplier, or leave “privacy” out",
        )
    noise = _read("privacy", value, _PRIVACY)
    if "noise_multiplier" not in noise:
        raise MalformedPlanError(place="privacy", reason="“noise_multiplier” is missing")
    return NoisePlan(**{"clip": clip, **noise})  # type: ignore[arg-type]


def _widths(value: object) -> tuple[int, ...]:
    widths = value if isinstance(value, list) else [value]
    if not 1 <= len(widths) <= _MOST_LAYERS:
        reason = f"1 to {_MOST_LAYERS} widths are expected here"
        raise MalformedPlanError(place="hidden", reason=reason)
    return tuple(_whole("hidden", width) for width in widths)


def _edges(place: str, value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_TIERS:
        reason = f"a list of 1 to {MOST_TIERS} numbers is expected here"
        raise MalformedPlanError(place=place, reason=reason)
    return tuple(_number(place, edge) for edge in value)


def _day(place: str, value: object) -> date:
    # YAML reads 2011-12-09 as a date unless it is quoted.
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        reason = "a day is expected here, such as 2011-12-09"
        raise MalformedPlanError(place=place, reason=reason) from None


def _truth(place: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise MalformedPlanError(place=place, reason="true or false is expected here")
    return value


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
        raise MalformedPlanError(place=place, reason=f"it may be: {possible}")

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
    "momentum": _number,
    "proximal": _number,
    "tolerated": _number,
    "rank": _whole,
    "depth": _whole,
    "minimum_records": _whole,
    "secure": _truth,
    "baselines": _truth,
    "seed": _whole,
}
_SITES: Mapping[str, Callable[[str, object], object]] = {
    "column": _column,
    "count": _whole,
    "split": _choice(Split),
    "alpha": _number,
}
_HISTORY: Mapping[str, Callable[[str, object], object]] = {
    "time": _column,
    "item": _column,
    "quantity": _column,
    "price": _column,
    "horizon_days": _whole,
    "tiers": _edges,
    "steps": _whole,
    "period_days": _whole,
    "since": _day,
    "until": _day,
}
_TROUBLE: Mapping[str, Callable[[str, object], object]] = {
    "dropout": _number,
    "stragglers": _number,
    "quorum": _number,
    "poisoned": _whole,
    "poison": _choice(Poison),
}
_PRIVACY: Mapping[str, Callable[[str, object], object]] = {
    "noise_multiplier": _number,
    "clip": _number,
    "delta": _decimal,
    "unit": _choice(PrivacyUnitKind),
    "column": _column,
    "place": _choice(NoisePlace),
    "quantile": _number,
}
