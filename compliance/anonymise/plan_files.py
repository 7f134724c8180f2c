"""A plan as the plain value that a plan file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.anonymise.nouns import (
    Build,
    Criterion,
    LossKind,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
    Treatment,
)
from compliance.anonymise.plans import L_KINDS, T_KINDS

_SIMPLE = {Model.K_ANONYMITY: "k", Model.K_MAP: "k_map", Model.MEAN_RISK: "mean_risk"}
_BOUNDS = {
    Model.BETA_LIKENESS: "beta",
    Model.ENHANCED_BETA_LIKENESS: "enhanced_beta",
    Model.DELTA_DISCLOSURE: "delta_disclosure",
}
_KIND_OF_L = {model: kind for kind, model in L_KINDS.items()}
_KIND_OF_T = {model: kind for kind, model in T_KINDS.items()}


def from_plan(plan: Plan) -> Mapping[str, object]:
    """What `to_plan` makes `plan` of; YAML and JSON can hold it."""
    raw: dict[str, object] = {
        "quasi_identifiers": {str(q.column): _quasi(q) for q in plan.quasi_identifiers},
        "sensitive": _sensitive(plan.criteria),
        **_of_classes(plan.criteria),
        "population": plan.population,
        "suppression_limit": plan.suppression_limit,
        "loss": "" if plan.loss is LossKind.LOSS else str(plan.loss),
        "method": "" if plan.method is Method.FULL_DOMAIN else str(plan.method),
        "columns": _columns(plan.treatments),
        "time_limit_s": plan.time_limit_s,
    }
    return {name: value for name, value in raw.items() if value not in ("", {}, None)}


def _quasi(quasi: QuasiIdentifier) -> Mapping[str, object]:
    raw = _hierarchy(quasi.hierarchy)
    if quasi.lowest:
        raw["lowest"] = quasi.lowest
    if quasi.highest is not None:
        raw["highest"] = quasi.highest
    if quasi.weight != 1:
        raw["weight"] = quasi.weight
    return raw


def _hierarchy(hierarchy: str | Build) -> dict[str, object]:
    if isinstance(hierarchy, Build):
        return {"build": str(hierarchy.builder), **hierarchy.settings}
    return {"hierarchy": hierarchy}


def _of_classes(criteria: Sequence[Criterion]) -> Mapping[str, object]:
    raw: dict[str, object] = {}
    for criterion in criteria:
        if criterion.model in _SIMPLE:
            raw[_SIMPLE[criterion.model]] = _plain(criterion.value)
        elif criterion.model is Model.DELTA_PRESENCE:
            raw["delta_presence"] = {"lower": criterion.lower, "upper": criterion.value}
        elif criterion.model is Model.POPULATION_UNIQUES:
            raw["population_uniques"] = {
                "share": criterion.value,
                "sampling_fraction": criterion.sampling_fraction,
            }
    return raw


def _sensitive(criteria: Sequence[Criterion]) -> Mapping[str, object]:
    raw: dict[str, dict[str, object]] = {}
    for criterion in criteria:
        if criterion.column is None:
            continue
        at = raw.setdefault(str(criterion.column), {})
        if criterion.model in _KIND_OF_L:
            at["l"] = {"kind": _KIND_OF_L[criterion.model], "value": _plain(criterion.value)}
            if criterion.model is Model.RECURSIVE_CL:
                at["l"] |= {"c": criterion.c}  # type: ignore[operator]
        elif criterion.model in _KIND_OF_T:
            at["t"] = {"kind": _KIND_OF_T[criterion.model], "value": criterion.value}
            if criterion.hierarchy is not None:
                at["hierarchy"] = _hierarchy(criterion.hierarchy)
        else:
            at[_BOUNDS[criterion.model]] = criterion.value
    return raw


def _columns(treatments: Sequence[Treatment]) -> Mapping[str, object]:
    raw: dict[str, list[object]] = {}
    for treatment in treatments:
        step = {str(treatment.kind): dict(treatment.settings)} if treatment.settings else None
        raw.setdefault(str(treatment.column), []).append(step or str(treatment.kind))
    return {column: steps[0] if len(steps) == 1 else steps for column, steps in raw.items()}


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
