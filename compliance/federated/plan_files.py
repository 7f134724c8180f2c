"""A plan as the plain value that a plan file holds: all that reading would take otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from compliance.federated.nouns import History, NoisePlan, Plan, Split, Trouble
from compliance.federated.plans import STRATEGY_DEFAULTS, clip_of

_PARTS = {"history": History(), "trouble": Trouble()}
_OF_SITES = ("site_column", "split", "site_count", "alpha")
_ALWAYS = ("task", "target", "model", "strategy", "rounds", "seed")


def from_plan(plan: Plan) -> Mapping[str, object]:
    """What `to_plan` makes `plan` of; YAML and JSON can hold it."""
    raw: dict[str, object] = {"sites": _sites(plan)}
    defaults = {field.name: field.default for field in fields(Plan)}
    # Noise and some strategies have defaults of their own: then all is said.
    says_all = plan.privacy is not None or plan.strategy in STRATEGY_DEFAULTS
    for name, value in asdict(plan).items():
        if name in _OF_SITES or name in _PARTS or name == "privacy" or value is None:
            continue
        if name in _ALWAYS or value != defaults[name] or says_all:
            raw[name] = _plain(value)
    for name, default in _PARTS.items():
        if part := _changed(getattr(plan, name), default):
            raw[name] = part
    if plan.privacy is not None:
        noise = NoisePlan(noise_multiplier=1.0, clip=clip_of(plan.task))
        raw["privacy"] = {
            **_changed(plan.privacy, noise),
            "noise_multiplier": plan.privacy.noise_multiplier,
            "delta": str(plan.privacy.delta),
        }
    return raw


def _sites(plan: Plan) -> Mapping[str, object]:
    if plan.split is Split.COLUMN:
        return {"column": plan.site_column}
    alpha = {"alpha": plan.alpha} if plan.split is Split.DIRICHLET else {}
    return {"count": plan.site_count, "split": str(plan.split), **alpha}


def _changed(part: object, default: object) -> dict[str, object]:
    """The fields of `part` that differ from those of `default`."""
    names = [field.name for field in fields(part)]  # type: ignore[arg-type]
    return {
        name: _plain(getattr(part, name))
        for name in names
        if getattr(part, name) != getattr(default, name)
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value)
