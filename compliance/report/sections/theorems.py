"""Which theorem protects whom in a federated run, what it stands on, and what it costs."""

from __future__ import annotations

from decimal import Decimal

from compliance.federated.nouns import ModelKind, NoisePlan, Outcome, Plan
from compliance.privacy.nouns import (
    Accountant,
    NoisePlace,
    SampledGaussianEvent,
    SpendState,
)
from compliance.report import wording
from compliance.report.nouns import FederatedEvidence
from compliance.report.sections.events import in_words
from compliance.report.sections.guarantees import attacker_percent
from compliance.report.sections.plans import (
    UNITS,
    bounds_in_words,
    is_row_instead,
    noiser_in_words,
    unit_in_words,
    whose_rows,
)
from compliance.report.sections.runs import clip_in_words, noise_in_words, spent
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, toned
from compliance.report.texts import texts
from compliance.report.wording import count, loss_up

_GRID = "2^20"


def to_theorem(evidence: FederatedEvidence) -> Plain | None:
    """The theorem with its assumptions and prices; None where there is no noise."""
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if plan.privacy is None:
        return None
    said = texts()["theorem"]
    return {
        "facts": _facts(plan, plan.privacy, outcome),
        "statement": said["statements"][plan.privacy.place],
        "source": said["sources"][plan.privacy.place],
        "adaptive": "" if plan.privacy.quantile is None else said["adaptive"],
        "assumptions": _assumptions(evidence, plan.privacy),
        "prices": _prices(evidence, plan.privacy),
        "meaning": meaning(evidence),
        "others": _others(evidence),
    }


def reported_epsilon(evidence: FederatedEvidence) -> Decimal | None:
    """The tightest ε of the finished run that is known; None without noise, or where none is."""
    if evidence.run.plan.privacy is None:
        return None
    tightest = evidence.prices.tightest if evidence.prices else None
    return tightest.epsilon if tightest else spent(evidence.run.outcome)


def meaning(evidence: FederatedEvidence) -> str:
    """What (ε, δ) means to somebody whom the noise hides."""
    epsilon, privacy = reported_epsilon(evidence), evidence.run.plan.privacy
    if epsilon is None or privacy is None:
        return "No ε is recorded for this run, so nothing is promised."
    unit = "one row" if is_row_instead(evidence.run.plan, evidence.run.outcome) else ""
    whether = f"{unit or UNITS[privacy.unit][0]} is among those learnt from"
    if privacy.place is NoisePlace.LOCAL:
        whether = f"{unit or UNITS[privacy.unit][0]} holds the one or the other set of rows"
    return (
        f"In plain words: an attacker who starts from 50 % on whether {whether}, and sees all "
        f"models, can become at most {wording.number(attacker_percent(epsilon), 1)} % sure by this "
        f"run (ε = {loss_up(epsilon)}), apart from a chance of at most "
        f"δ = {loss_up(privacy.delta)}."
    )


def counts_on_sampling(evidence: FederatedEvidence) -> bool:
    """Whether the ledger took sampling into account where the theorem does not."""
    privacy = evidence.run.plan.privacy
    return (
        privacy is not None
        and privacy.place is NoisePlace.LOCAL
        and any(event.sampling_rate < 1 for event in _events(evidence))
    )


def _facts(plan: Plan, privacy: NoisePlan, outcome: Outcome) -> list[Plain]:
    everybody = f"{count(outcome.protected)} of them" if outcome.protected else "not recorded"
    return [
        fact(
            "Unit of privacy",
            unit_in_words(plan, outcome),
            fill=Fill.NAME,
            missing=is_row_instead(plan, outcome),
        ),
        fact("Protected", everybody),
        fact("Noise is added by", noiser_in_words(plan)),
        fact("Noise multiplier z", noise_in_words(privacy)),
        fact("Clip C", clip_in_words(privacy, outcome)),
        fact("Sampling probability q", f"{plan.fraction:g} in each round"),
        fact("Rounds T", _rounds(plan, outcome)),
        fact("δ", loss_up(privacy.delta)),
    ]


def _rounds(plan: Plan, outcome: Outcome) -> str:
    rounds = len(outcome.rounds)
    if plan.exchanges == 1:
        return count(rounds)
    sums = count(plan.exchanges, "noisy sum")
    return f"{count(rounds * plan.exchanges)}: {count(rounds, 'round')} of {sums} each"


# ---------------------------------------------------------------- assumptions


def _assumptions(evidence: FederatedEvidence, privacy: NoisePlan) -> Plain | None:
    headings = [
        heading("The theorem needs", 3.4),
        heading("Made so by", 2.6, Fill.NAME),
        heading("In this run", 3.2, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [each["says"], each["where"], _in_this_run(each["id"], evidence, privacy)]
        for each in texts()["theorem"]["assumptions"]
        if privacy.place in each["by"]
    ]
    return table(headings, rows)


def _in_this_run(id_: str, evidence: FederatedEvidence, privacy: NoisePlan) -> Cell:
    plan, outcome = evidence.run.plan, evidence.run.outcome
    unit = whose_rows(plan)
    match id_:
        case "drawn":
            return f"each {unit} with probability {plan.fraction:g}, anew in every round"
        case "always":
            return _no_sampling(evidence)
        case "clipped":
            return f"clip {privacy.clip:g}, steps of its {_GRID}th part"
        case "one_place":
            return _one_place(plan, outcome)
        case "constant" if plan.model is ModelKind.TREES:
            return "sums are used as they are, divided by noisy sums only"
        case "constant":
            return f"{count(outcome.protected, unit)} times {plan.fraction:g}, to two digits, up"
        case "noise":
            return _noise(privacy)
        case "paid":
            return _paid(evidence)
        case "last":
            return f"the model of round {len(outcome.rounds)}"
        case _:
            return "always so; not a setting"


def _no_sampling(evidence: FederatedEvidence) -> Cell:
    if counts_on_sampling(evidence):
        return toned("not so: the ledger's price counts on sampling, and is too low", "bad")
    return "every round was priced as if each unit had sent in it"


def _one_place(plan: Plan, outcome: Outcome) -> str:
    said = bounds_in_words(plan, outcome)
    cut = outcome.left_out.at_other_sites + outcome.left_out.over_limit
    return f"{said}; {count(cut, 'row')} left out for it" if cut else said


def _noise(privacy: NoisePlan) -> str:
    said = f"standard deviation {privacy.noise_multiplier:g}·C"
    if privacy.quantile is not None:
        return f"{said} or more, C being the clip of the round"
    return f"{said} = {privacy.noise_multiplier * privacy.clip:.4g} in every number"


def _paid(evidence: FederatedEvidence) -> Cell:
    spend = evidence.spend
    if spend is None:
        return toned("not so: the ledger holds no line for this run", "bad")
    done = "; ".join(in_words(event) for event in spend.events) or "nothing was drawn"
    if before := evidence.facts.get("resumed_after"):
        done += f"; the {before} rounds before were paid for by the run that it goes on from"
    if spend.state is SpendState.SETTLED:
        return f"{spend.state.value}: {done}"
    return stacked(spend.state.value, done, tone="warn")


def _events(evidence: FederatedEvidence) -> list[SampledGaussianEvent]:
    events = evidence.spend.events if evidence.spend else ()
    return [event for event in events if isinstance(event, SampledGaussianEvent)]


# ---------------------------------------------------------------- prices


def _prices(evidence: FederatedEvidence, privacy: NoisePlan) -> Plain | None:
    headings = [
        heading("Price", 2.6),
        heading("By", 3.2),
        heading("ε", fill=Fill.NUMBER),
        heading("δ", fill=Fill.NUMBER),
    ]
    rdp, pld = _of(evidence, Accountant.RENYI), _of(evidence, Accountant.PLD)
    priced = (
        ("while it ran", "Rényi curve, round by round", _epsilon(spent(evidence.run.outcome))),
        ("of the finished run", "Rényi curve (RDP), as the ledger pays", rdp),
        ("of the finished run", "loss distribution (PLD), the tightest", pld),
    )
    rows: list[list[Cell]] = [[*each, loss_up(privacy.delta)] for each in priced]
    return table(headings, rows)


def _of(evidence: FederatedEvidence, accountant: Accountant) -> str:
    if evidence.prices is None:
        return wording.NOT_RECORDED
    return _epsilon(evidence.prices.of(accountant).epsilon)


def _epsilon(epsilon: Decimal | None) -> str:
    return "–" if epsilon is None else loss_up(epsilon)


def _others(evidence: FederatedEvidence) -> Plain | None:
    headings = [
        heading("Whom", 1.2),
        heading("Counts as", 1.4),
        heading("ε", fill=Fill.NUMBER),
        heading("Why", 4.6),
    ]
    rows: list[list[Cell]] = [
        [
            UNITS[kind.unit][0],
            _size(kind.size),
            _epsilon(kind.epsilon),
            kind.why,
        ]
        for kind in evidence.others
        if not kind.is_protected_unit
    ]
    return table(headings, rows)


def _size(size: int | None) -> str:
    if size is None:
        return "not known"
    return "one" if size == 1 else f"up to {count(size)}"
