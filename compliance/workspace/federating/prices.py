"""What the noise of a federated run costs and covers, before and while it goes on."""

from __future__ import annotations

from dataclasses import replace

from compliance.errors import MalformedPlanError
from compliance.federated import ClipRule, Problem
from compliance.federated.nouns import ROBUST, Plan
from compliance.privacy import (
    events_of_run,
    loss_of,
    next_clip,
    price_of,
    protection_of_units,
    split_noise,
    why_no_theorem,
)
from compliance.privacy.nouns import Price, PrivacyUnitKind, Protection, SampledGaussianEvent

CLIP_RATE = 0.2  # how fast a clip follows the updates (Andrew et al. 2021, arXiv:1905.03871)
COUNT_NOISE = 0.05  # of those expected: the noise on how many updates are within the clip


def price(plan: Plan) -> Price:
    """What all rounds of a plan with noise cost together, at the plan's δ.

    Raises:
        MalformedPlanError: no theorem covers the noise.
    """
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    check_theorem(plan)
    return price_of(loss_of(events_of(plan, plan.rounds * plan.exchanges)), plan.privacy.delta)


def protection(plan: Plan, largest_site: int | None = None) -> tuple[Protection, ...]:
    """How well all rounds protect a row, a device, a person and a site.

    Args:
        largest_site: protected units at the largest site, where that is public.
    """
    if plan.privacy is None:
        raise ValueError("only a plan with noise protects anybody")
    (event,) = events_of(plan, plan.rounds * plan.exchanges)
    unit, place = plan.privacy.unit, plan.privacy.place
    sizes: dict[PrivacyUnitKind, int | None] = {}
    if largest_site:
        sizes[PrivacyUnitKind.SITE] = largest_site
    if unit is PrivacyUnitKind.SITE:  # nothing keeps anybody to one site where sites are the unit
        sizes = {PrivacyUnitKind.PERSON: None, PrivacyUnitKind.DEVICE: None}
    return protection_of_units(unit, event, plan.privacy.delta, sizes, place=place)


def of_rows(plan: Plan) -> Plan:
    """`plan` as it is where no column tells people apart: a person's device may hold many rows."""
    if plan.privacy is None or plan.privacy.unit is not PrivacyUnitKind.PERSON:
        return plan
    return replace(plan, privacy=replace(plan.privacy, unit=PrivacyUnitKind.ROW))


def check_theorem(plan: Plan, expected: float = float("inf"), *, unit_is_row: bool = False) -> None:
    """Refuses noise of which no theorem says what it protects.

    Args:
        expected: protected units in a round, on average.
        unit_is_row: nothing tells persons apart, so rows stand for them.

    Raises:
        MalformedPlanError: the first reason.
    """
    noise = plan.privacy
    if noise is None:
        return
    is_site, trouble = noise.unit is PrivacyUnitKind.SITE, plan.trouble
    needs_answers = trouble.quorum or (plan.secure and (trouble.dropout or trouble.stragglers))
    robust = plan.strategy.value if plan.strategy in ROBUST else "mean"
    reasons = why_no_theorem(
        noise_at=noise.place.value,
        unit="row" if unit_is_row and not is_site else noise.unit.value,
        sampling="all" if plan.fraction == 1 else "poisson",
        noise_multiplier=noise.noise_multiplier,
        expected_participants=expected,
        aggregation=robust,
        strategy=plan.strategy.value if robust == "mean" else "fedavg",
        clip="fixed" if noise.quantile is None else "adaptive",
        # Whether a site answers tells of its people nothing, but of itself everything.
        counts="decide" if is_site and needs_answers else "ignored",
    )
    if reasons:
        raise MalformedPlanError(place="privacy", reason=reasons[0].sentence.rstrip("."))


def events_of(plan: Plan, exchanges: int) -> tuple[SampledGaussianEvent, ...]:
    """What so many noisy sums of a plan are in the ledger; each has a sample of its own."""
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    return events_of_run(
        plan.privacy.place,
        sampling_rate=plan.fraction,
        noise_multiplier=plan.privacy.noise_multiplier,
        rounds=exchanges,
    )


def epsilon_after(plan: Plan, done: int) -> float:
    """ε at the plan's δ after so many rounds."""
    if plan.privacy is None:
        raise ValueError("only a plan with noise has a price")
    found = price_of(loss_of(events_of(plan, done * plan.exchanges)), plan.privacy.delta)
    return float(found.epsilon)


def clip_rule(plan: Plan, problem: Problem) -> ClipRule | None:
    """How the clip follows the updates; None where it is fixed."""
    if plan.privacy is None or plan.privacy.quantile is None or problem.units is None:
        return None
    quantile = plan.privacy.quantile
    noise = COUNT_NOISE * plan.fraction * len(problem.units.clients)
    return ClipRule(
        noise_multiplier=split_noise(plan.privacy.noise_multiplier, noise),
        count_noise=noise,
        next_clip=lambda clip, share: next_clip(clip, share, quantile, CLIP_RATE),
    )
