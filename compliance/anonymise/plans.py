"""A plan file's plain value to a `Plan`, or one sentence that says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compliance.anonymise import reading
from compliance.anonymise.hierarchies import SETTINGS
from compliance.anonymise.nouns import (
    Build,
    Builder,
    Criterion,
    LossKind,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.reading import refusal
from compliance.dataset.nouns import ColumnName

MOST_QUASI_IDENTIFIERS = 64
LARGEST_WEIGHT = 1e6
LARGEST_BOUND = 1e9
SMALLEST_FRACTION = 1e-9
L_KINDS = {
    "distinct": Model.DISTINCT_L,
    "entropy": Model.ENTROPY_L,
    "recursive": Model.RECURSIVE_CL,
}
T_KINDS = {
    "equal": Model.EQUAL_T,
    "hierarchical": Model.HIERARCHICAL_T,
    "ordered": Model.ORDERED_T,
}
OF_PLAN = (
    *("quasi_identifiers", "sensitive", "k", "k_map", "delta_presence", "mean_risk"),
    *("population_uniques", "population", "suppression_limit", "loss", "method"),
    *("columns", "time_limit_s"),
)
_OF_QUASI = ("hierarchy", "build", "lowest", "highest", "weight")
_OF_SENSITIVE = ("l", "t", "beta", "enhanced_beta", "delta_disclosure", "hierarchy")


def to_plan(raw: object) -> Plan:
    """The plan that `raw` describes; `raw` is what a YAML or JSON file held.

    Raises:
        MalformedRecipeError: something is unknown, missing, of a wrong kind, out of range, or
            contradicts itself.
    """
    whole = reading.mapping("the plan", raw)
    reading.only_known("the plan", whole, OF_PLAN)
    given = {str(key): value for key, value in whole.items() if value is not None}
    limit = given.get("suppression_limit", 0)
    time_limit = given.get("time_limit_s")
    plan = Plan(
        quasi_identifiers=_quasi_identifiers(given.get("quasi_identifiers")),
        criteria=(*_of_classes(given), *_of_sensitive(given.get("sensitive", {}))),
        suppression_limit=reading.number("suppression_limit", limit, low=0, high=1),
        loss=reading.choice(LossKind, "loss", given.get("loss", LossKind.LOSS)),
        method=reading.choice(Method, "method", given.get("method", Method.FULL_DOMAIN)),
        treatments=_treatments(given.get("columns", {})),
        population=reading.text("population", given["population"]) if "population" in given else "",
        time_limit_s=None if time_limit is None else _positive("time_limit_s", time_limit),
    )
    check_plan(plan)
    return plan


def check_plan(plan: Plan) -> None:
    """Refuse a plan that contradicts itself, whoever made it.

    Raises:
        MalformedRecipeError: nothing must hold; a column has two parts; a population is missing.
    """
    if not plan.quasi_identifiers:
        raise refusal("quasi_identifiers", "at least one column with its hierarchy is expected")
    if not plan.criteria:
        raise refusal("the plan", "nothing says what must hold; give k, for example")
    quasi = set(plan.columns)
    for criterion in plan.criteria:
        if criterion.column in quasi:
            raise _both("sensitive", criterion.column, "sensitive")
        needs_people = criterion.model in (Model.K_MAP, Model.DELTA_PRESENCE)
        if needs_people and not plan.population:
            reason = "name the dataset that the people were drawn from under “population”"
            raise refusal(criterion.model, reason)
    protected = {criterion.column for criterion in plan.criteria}
    for treatment in plan.treatments:
        if treatment.column in quasi:
            raise _both("columns", treatment.column, "treated otherwise")
        # What a criterion is measured on must be what is handed on.
        if treatment.column in protected and treatment.kind is not TreatmentKind.KEEP:
            reason = (
                f"“{treatment.column[:60]}” is treated, and a criterion is about its values as "
                "they are; leave one of the two"
            )
            raise refusal("columns", reason)


def _both(place: str, column: ColumnName, what: str) -> Exception:
    reason = f"“{column[:60]}” is a quasi-identifier and {what}; leave one of the two"
    return refusal(place, reason)


def _quasi_identifiers(raw: object) -> tuple[QuasiIdentifier, ...]:
    place = "quasi_identifiers"
    given = reading.mapping(place, raw if raw is not None else {})
    if not 1 <= len(given) <= MOST_QUASI_IDENTIFIERS:
        reason = f"1 to {MOST_QUASI_IDENTIFIERS} columns with their hierarchies are expected here"
        raise refusal(place, reason)
    found = tuple(_quasi(reading.column(place, key), value) for key, value in given.items())
    if len({each.column for each in found}) < len(found):
        raise refusal(place, "a column is named twice")
    return found


def _quasi(column: ColumnName, raw: object) -> QuasiIdentifier:
    place = f"quasi_identifiers.{column[:60]}"
    given = reading.mapping(place, raw)
    others = {key: value for key, value in given.items() if key not in _OF_QUASI}
    hierarchy = _hierarchy(place, given, others)
    lowest = reading.whole(f"{place}.lowest", given.get("lowest", 0), low=0)
    highest = given.get("highest")
    if highest is not None:
        highest = reading.whole(f"{place}.highest", highest, low=lowest)
    return QuasiIdentifier(
        column=column,
        hierarchy=hierarchy,
        lowest=lowest,
        highest=highest,
        weight=reading.number(
            f"{place}.weight", given.get("weight", 1), low=1 / LARGEST_WEIGHT, high=LARGEST_WEIGHT
        ),
    )


def _hierarchy(
    place: str, given: Mapping[object, object], others: Mapping[object, object]
) -> str | Build:
    """The file named under “hierarchy”, or the order to make one under “build”."""
    if ("hierarchy" in given) == ("build" in given):
        if others and "build" not in given:
            reading.only_known(place, others, _OF_QUASI)
        raise refusal(place, "give a file under “hierarchy”, or a builder under “build”")
    if "hierarchy" in given:
        reading.only_known(place, others, _OF_QUASI)
        return reading.text(f"{place}.hierarchy", given["hierarchy"])
    builder = reading.choice(Builder, f"{place}.build", given["build"])
    known = SETTINGS[builder]
    reading.only_known(place, others, (*known, *_OF_QUASI))
    return Build(builder=builder, settings=reading.settings(place, others))


def _of_classes(given: Mapping[str, object]) -> tuple[Criterion, ...]:
    """The criteria that are not about a sensitive column."""
    found = []
    for name, model in (("k", Model.K_ANONYMITY), ("k_map", Model.K_MAP)):
        if name in given:
            found.append(Criterion(model=model, value=reading.whole(name, given[name], low=1)))
    if "delta_presence" in given:
        found.append(_presence(given["delta_presence"]))
    if "mean_risk" in given:
        risk = reading.number("mean_risk", given["mean_risk"], low=0, high=1, open_low=True)
        found.append(Criterion(model=Model.MEAN_RISK, value=risk))
    if "population_uniques" in given:
        found.append(_uniques(given["population_uniques"]))
    return tuple(found)


def _presence(raw: object) -> Criterion:
    place = "delta_presence"
    given = reading.mapping(place, raw)
    reading.only_known(place, given, ("lower", "upper"))
    lower = reading.number(f"{place}.lower", given.get("lower", 0), low=0, high=1)
    upper = reading.number(f"{place}.upper", given.get("upper"), low=lower, high=1)
    return Criterion(model=Model.DELTA_PRESENCE, value=upper, lower=lower)


def _uniques(raw: object) -> Criterion:
    place = "population_uniques"
    given = reading.mapping(place, raw)
    reading.only_known(place, given, ("share", "sampling_fraction"))
    fraction = f"{place}.sampling_fraction"
    return Criterion(
        model=Model.POPULATION_UNIQUES,
        value=reading.number(f"{place}.share", given.get("share"), low=0, high=1),
        sampling_fraction=reading.number(
            fraction, given.get("sampling_fraction"), low=SMALLEST_FRACTION, high=1
        ),
    )


def _of_sensitive(raw: object) -> tuple[Criterion, ...]:
    """The criteria of all sensitive columns."""
    found: list[Criterion] = []
    for key, value in reading.mapping("sensitive", raw).items():
        column = reading.column("sensitive", key)
        place = f"sensitive.{column[:60]}"
        given = reading.mapping(place, value)
        reading.only_known(place, given, _OF_SENSITIVE)
        criteria = [
            reader(f"{place}.{name}", column, given[name])
            for name, reader in _SENSITIVE.items()
            if name in given
        ]
        if not criteria:
            raise refusal(place, "nothing says how it is protected; give l, t, beta or such")
        found += _with_hierarchy(place, criteria, given)
    return tuple(found)


def _with_hierarchy(
    place: str, criteria: list[Criterion], given: Mapping[object, object]
) -> list[Criterion]:
    """The criteria, the hierarchical one with the sensitive column's own hierarchy."""
    is_needed = any(c.model is Model.HIERARCHICAL_T for c in criteria)
    if is_needed != ("hierarchy" in given):
        reason = "hierarchical t takes a “hierarchy” of this column, and nothing else does"
        raise refusal(place, reason)
    if not is_needed:
        return criteria
    raw = given["hierarchy"]
    parts = raw if isinstance(raw, Mapping) else {"hierarchy": raw}
    others = {key: value for key, value in parts.items() if key not in ("hierarchy", "build")}
    hierarchy = _hierarchy(f"{place}.hierarchy", parts, others)
    return [_replaced(c, hierarchy) if c.model is Model.HIERARCHICAL_T else c for c in criteria]


def _replaced(criterion: Criterion, hierarchy: str | Build) -> Criterion:
    return Criterion(
        model=criterion.model,
        value=criterion.value,
        column=criterion.column,
        hierarchy=hierarchy,
    )


def _l_diversity(place: str, column: ColumnName, raw: object) -> Criterion:
    given = reading.mapping(place, raw)
    model = _kind(place, given.get("kind"), L_KINDS)
    is_recursive = model is Model.RECURSIVE_CL
    reading.only_known(place, given, ("kind", "value", "c") if is_recursive else ("kind", "value"))
    at, value = f"{place}.value", given.get("value")
    if model is Model.ENTROPY_L:
        return Criterion(
            model=model, column=column, value=reading.number(at, value, low=1, high=1e9)
        )
    least = 2 if is_recursive else 1
    c = _positive(f"{place}.c", given.get("c")) if is_recursive else 1.0
    return Criterion(model=model, column=column, value=reading.whole(at, value, low=least), c=c)


def _t_closeness(place: str, column: ColumnName, raw: object) -> Criterion:
    given = reading.mapping(place, raw)
    reading.only_known(place, given, ("kind", "value"))
    model = _kind(place, given.get("kind"), T_KINDS)
    value = reading.number(f"{place}.value", given.get("value"), low=0, high=1)
    return Criterion(model=model, column=column, value=value)


def _kind(place: str, raw: object, kinds: Mapping[str, Model]) -> Model:
    if not isinstance(raw, str) or raw not in kinds:
        raise refusal(f"{place}.kind", f"it may be: {', '.join(kinds)}")
    return kinds[raw]


def _bounded(model: Model) -> Callable[[str, ColumnName, object], Criterion]:
    def read(place: str, column: ColumnName, raw: object) -> Criterion:
        return Criterion(model=model, column=column, value=_positive(place, raw))

    return read


_SENSITIVE: Mapping[str, Callable[[str, ColumnName, object], Criterion]] = {
    "l": _l_diversity,
    "t": _t_closeness,
    "beta": _bounded(Model.BETA_LIKENESS),
    "enhanced_beta": _bounded(Model.ENHANCED_BETA_LIKENESS),
    "delta_disclosure": _bounded(Model.DELTA_DISCLOSURE),
}


def _treatments(raw: object) -> tuple[Treatment, ...]:
    """What is done to other columns: one treatment each, or a list of them in order."""
    found: list[Treatment] = []
    for key, value in reading.mapping("columns", raw).items():
        column = reading.column("columns", key)
        place = f"columns.{column[:60]}"
        steps = value if isinstance(value, list) else [value]
        if not steps:
            raise refusal(place, "nothing says what is done to it")
        found += [_treatment(place, column, step) for step in steps]
    return tuple(found)


def _treatment(place: str, column: ColumnName, raw: object) -> Treatment:
    given = {raw: None} if isinstance(raw, str) else reading.mapping(place, raw)
    if len(given) != 1:
        raise refusal(place, "one treatment is expected here, such as drop; several make a list")
    (key, value), *_ = given.items()
    kind = reading.choice(TreatmentKind, place, key)
    return Treatment(column=column, kind=kind, settings=reading.settings(f"{place}.{kind}", value))


def _positive(place: str, value: object) -> float:
    return reading.number(place, value, low=0, high=LARGEST_BOUND, open_low=True)
