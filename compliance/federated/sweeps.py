"""Many runs that differ in one setting, to see what it does and how sure that is.

Every value is tried with the same seeds, which choose who is held out, made-up sites, cohorts and
shuffles. Choosing a setting by what comes out looks at the data: no ε covers that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from compliance.errors import (
    DivergedError,
    MalformedPlanError,
    TargetError,
    TooFewSitesError,
    UntestableError,
)
from compliance.federated.learners import learner_of
from compliance.federated.noising import Secrets
from compliance.federated.nouns import (
    MOST_RUNS,
    Axis,
    Metric,
    NoisePlan,
    Plan,
    Point,
    Split,
    Strategy,
)
from compliance.federated.plans import SUMMED
from compliance.federated.problem import Problem
from compliance.federated.training import Training, train
from compliance.i18n import mark


def swept(
    problem_of: Callable[[Plan], Problem],
    plan: Plan,
    axis: Axis,
    values: Sequence[float],
    seeds: Sequence[int],
    *,
    secrets_of: Callable[[Plan, Problem], Secrets] | None = None,
    price: Callable[[Plan], float] | None = None,
) -> Iterator[Point]:
    """For each value, in ascending order, what its runs came to, as soon as the last has ended.

    Baselines are not trained. A run that goes astray, or finds too few sites or answers, is noted
    in its point. All values are checked before the first run.

    Args:
        problem_of: prepares a plan's problem.
        plan: what to do besides; its seed is not used.
        values: whole numbers for rounds and local epochs.
        seeds: one run each for every value.
        secrets_of: what a run draws; needed with noise or masks, otherwise unused.
        price: ε of a whole run; asked with noise only.

    Raises:
        MalformedPlanError: the plan has no such setting, a value is out of range, or there are
            too many runs.
    """
    values, seeds = sorted(set(values)), tuple(dict.fromkeys(seeds))
    _check_size(len(values), len(seeds))
    if _draws(plan) and secrets_of is None:
        raise ValueError("a plan with noise or masks needs secrets")
    _check_axis(plan, axis)
    plans = [[replace(with_value(plan, axis, one), seed=seed) for seed in seeds] for one in values]
    work = _Work(problem_of=problem_of, secrets_of=secrets_of, price=price)
    return (_point(work, axis, value, some) for value, some in zip(values, plans, strict=True))


def with_value(plan: Plan, axis: Axis, value: float) -> Plan:
    """`plan` with the setting at `value`, and without baselines.

    Raises:
        MalformedPlanError: the value cannot be.
    """
    plan = replace(plan, baselines=False)
    match axis:
        case Axis.NOISE_MULTIPLIER:
            return replace(plan, privacy=replace(_noise(plan), noise_multiplier=value))
        case Axis.CLIP:
            return replace(plan, privacy=replace(_noise(plan), clip=value))
        case Axis.FRACTION:
            return replace(plan, fraction=value)
        case Axis.ROUNDS:
            return replace(plan, rounds=_whole(axis, value))
        case Axis.LOCAL_EPOCHS:
            return replace(plan, local_epochs=_whole(axis, value))
        case Axis.DROPOUT:
            return replace(plan, trouble=replace(plan.trouble, dropout=value))
        case Axis.ALPHA:
            return replace(plan, alpha=value)


def frontier(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points to which no other is better in one of ε and mean metric and as good in the other.

    In ascending order of ε; a point without noise costs more than any other. Of equal ones, the
    first.
    """
    best: list[Point] = []
    for point in sorted(points, key=lambda one: (_cost(one), -(one.mean or 0.0))):
        if point.mean is None:
            continue
        if not best or point.mean > (best[-1].mean or 0.0):
            best.append(point)
    return tuple(best)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What a sweep is given; see `swept`."""

    problem_of: Callable[[Plan], Problem]
    secrets_of: Callable[[Plan, Problem], Secrets] | None
    price: Callable[[Plan], float] | None


def _point(work: _Work, axis: Axis, value: float, plans: Sequence[Plan]) -> Point:
    measured, bytes_up, reasons = [], 0, []
    metric = Metric.AUC
    for plan in plans:
        try:
            problem = work.problem_of(plan)
            last = _last(work, problem, plan)
        except (DivergedError, TargetError, UntestableError, TooFewSitesError) as error:
            reasons.append(str(error))
            continue
        metric = learner_of(problem, plan).metric
        measured.append(last.latest.metric)
        bytes_up += sum(done.bytes_up for done in last.rounds)
    is_priced = work.price is not None and plans[0].privacy is not None
    return Point(
        axis=axis,
        value=value,
        epsilon=work.price(plans[0]) if is_priced and work.price else None,
        metric=metric,
        measured=tuple(measured),
        bytes_up=round(bytes_up / max(len(measured), 1)),
        failed=len(reasons),
        reason=reasons[0] if reasons else "",
    )


def _last(work: _Work, problem: Problem, plan: Plan) -> Training:
    secrets = work.secrets_of(plan, problem) if _draws(plan) and work.secrets_of else None
    *_, last = train(problem, plan, secrets=secrets)
    return last


def _draws(plan: Plan) -> bool:
    """Whether a run draws what nobody may foresee."""
    return plan.privacy is not None or plan.secure


def _check_size(values: int, seeds: int) -> None:
    if not values or not seeds:
        reason = "at least one value and one seed are needed"
        raise MalformedPlanError(place="sweep", reason=reason)
    if values * seeds > MOST_RUNS:
        reason = f"{values:,} values with {seeds:,} seeds are more than {MOST_RUNS:,} runs"
        raise MalformedPlanError(place="sweep", reason=reason)


def _check_axis(plan: Plan, axis: Axis) -> None:
    """A setting that changes nothing would draw a line that says nothing."""
    has_steps = plan.model not in SUMMED and plan.strategy is not Strategy.FEDSGD
    is_idle: Mapping[Axis, tuple[bool, str]] = {
        Axis.NOISE_MULTIPLIER: (plan.privacy is None, mark("the plan has no noise")),
        Axis.CLIP: (plan.privacy is None, mark("the plan has no noise, so nothing is clipped")),
        Axis.LOCAL_EPOCHS: (not has_steps, mark("sites of this plan make no passes of their own")),
        Axis.ALPHA: (plan.split is not Split.DIRICHLET, mark("only a Dirichlet split has one")),
    }
    idle, reason = is_idle.get(axis, (False, ""))
    if idle:
        raise MalformedPlanError(place=f"sweep.{axis}", reason=reason)


def _noise(plan: Plan) -> NoisePlan:
    if plan.privacy is None:
        raise MalformedPlanError(place="privacy", reason=mark("the plan has no noise"))
    return plan.privacy


def _whole(axis: Axis, value: float) -> int:
    if value != int(value):
        raise MalformedPlanError(place=f"sweep.{axis}", reason="whole numbers are expected here")
    return int(value)


def _cost(point: Point) -> float:
    return float("inf") if point.epsilon is None else point.epsilon
