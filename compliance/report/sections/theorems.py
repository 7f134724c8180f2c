"""Which theorem protects whom in a federated run, what it stands on, and what it costs."""

from __future__ import annotations

from decimal import Decimal

from compliance.federated.nouns import ModelKind, NoisePlan, Outcome, Plan
from compliance.i18n import meant
from compliance.i18n import translate as _
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
        return _("No ε is recorded for this run, so nothing is promised.")
    unit = _(UNITS[privacy.unit][0])
    if is_row_instead(evidence.run.plan, evidence.run.outcome):
        unit = _("one row")
    whether = _("{unit} is among those learnt from").format(unit=unit)
    if privacy.place is NoisePlace.LOCAL:
        whether = _("{unit} holds the one or the other set of rows").format(unit=unit)
    return _(
        "In plain words: an attacker who starts from 50 % on whether {whether}, and sees "
        "all models, can become at most {percent} % sure by this run (ε = "
        "{epsilon}), apart from a chance of at most δ = {delta}."
    ).format(
        whether=whether,
        percent=wording.number(attacker_percent(epsilon), 1),
        epsilon=loss_up(epsilon),
        delta=loss_up(privacy.delta),
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
    everybody = (
        _("{n} of them").format(n=count(outcome.protected))
        if outcome.protected
        else _("not recorded")
    )
    return [
        fact(
            _("Unit of privacy"),
            unit_in_words(plan, outcome),
            fill=Fill.NAME,
            missing=is_row_instead(plan, outcome),
        ),
        fact(_("Protected"), everybody),
        fact(_("Noise is added by"), noiser_in_words(plan)),
        fact(_("Noise multiplier z"), noise_in_words(privacy)),
        fact(_("Clip C"), clip_in_words(privacy, outcome)),
        fact(
            _("Sampling probability q"),
            _("{fraction} in each round").format(fraction=wording.formatted(plan.fraction, "g")),
        ),
        fact(_("Rounds T"), _rounds(plan, outcome)),
        fact("δ", loss_up(privacy.delta)),
    ]


def _rounds(plan: Plan, outcome: Outcome) -> str:
    rounds = len(outcome.rounds)
    if plan.exchanges == 1:
        return count(rounds)
    sums = count(plan.exchanges, "noisy sum")
    return _("{n}: {rounds} of {sums} each").format(
        n=count(rounds * plan.exchanges), rounds=count(rounds, "round"), sums=sums
    )


# ---------------------------------------------------------------- assumptions


def _assumptions(evidence: FederatedEvidence, privacy: NoisePlan) -> Plain | None:
    headings = [
        heading(_("The theorem needs"), 3.4),
        heading(_("Made so by"), 2.6, Fill.NAME),
        heading(_("In this run"), 3.2, Fill.NAME),
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
            return _("each {unit} with probability {fraction}, anew in every round").format(
                unit=unit, fraction=wording.formatted(plan.fraction, "g")
            )
        case "always":
            return _no_sampling(evidence)
        case "clipped":
            return _("clip {clip}, steps of its {grid}th part").format(
                clip=wording.formatted(privacy.clip, "g"), grid=_GRID
            )
        case "one_place":
            return _one_place(plan, outcome)
        case "constant" if plan.model is ModelKind.TREES:
            return _("sums are used as they are, divided by noisy sums only")
        case "constant":
            return _("{units} times {fraction}, to two digits, up").format(
                units=_protected(plan, outcome), fraction=wording.formatted(plan.fraction, "g")
            )
        case "noise":
            return _noise(privacy)
        case "paid":
            return _paid(evidence)
        case "last":
            return _("the model of round {round}").format(round=len(outcome.rounds))
        case _:
            return _("always so; not a setting")


def _protected(plan: Plan, outcome: Outcome) -> str:
    unit = UNITS[plan.privacy.unit][1] if plan.privacy else "site"
    return count(outcome.protected, unit)


def _no_sampling(evidence: FederatedEvidence) -> Cell:
    if counts_on_sampling(evidence):
        return toned(_("not so: the ledger's price counts on sampling, and is too low"), "bad")
    return _("every round was priced as if each unit had sent in it")


def _one_place(plan: Plan, outcome: Outcome) -> str:
    said = bounds_in_words(plan, outcome)
    cut = outcome.left_out.at_other_sites + outcome.left_out.over_limit
    return (
        _("{said}; {rows} left out for it").format(said=said, rows=count(cut, "row"))
        if cut
        else said
    )


def _noise(privacy: NoisePlan) -> str:
    times = wording.formatted(privacy.noise_multiplier, "g")
    said = _("standard deviation {times}·C").format(times=times)
    if privacy.quantile is not None:
        return _("{said} or more, C being the clip of the round").format(said=said)
    return _("{said} = {deviation} in every number").format(
        said=said, deviation=wording.formatted(privacy.noise_multiplier * privacy.clip, ".4g")
    )


def _paid(evidence: FederatedEvidence) -> Cell:
    spend = evidence.spend
    if spend is None:
        return toned(_("not so: the ledger holds no line for this run"), "bad")
    done = wording.joined(in_words(event) for event in spend.events) or _("nothing was drawn")
    if before := evidence.facts.get("resumed_after"):
        done += _(
            "; the {before} rounds before were paid for by the run that it goes on from"
        ).format(before=before)
    if spend.state is SpendState.SETTLED:
        return _("{state}: {done}").format(state=_(spend.state.value), done=done)
    return stacked(_(spend.state.value), done, tone="warn")


def _events(evidence: FederatedEvidence) -> list[SampledGaussianEvent]:
    events = evidence.spend.events if evidence.spend else ()
    return [event for event in events if isinstance(event, SampledGaussianEvent)]


# ---------------------------------------------------------------- prices


def _prices(evidence: FederatedEvidence, privacy: NoisePlan) -> Plain | None:
    headings = [
        heading(_("Price"), 2.6),
        heading(meant("of a price", "By"), 3.2),
        heading("ε", fill=Fill.NUMBER),
        heading("δ", fill=Fill.NUMBER),
    ]
    rdp, pld = _of(evidence, Accountant.RENYI), _of(evidence, Accountant.PLD)
    priced = (
        (
            _("while it ran"),
            _("Rényi curve, round by round"),
            _epsilon(spent(evidence.run.outcome)),
        ),
        (_("of the finished run"), _("Rényi curve (RDP), as the ledger pays"), rdp),
        (_("of the finished run"), _("loss distribution (PLD), the tightest"), pld),
    )
    rows: list[list[Cell]] = [[*each, loss_up(privacy.delta)] for each in priced]
    return table(headings, rows)


def _of(evidence: FederatedEvidence, accountant: Accountant) -> str:
    if evidence.prices is None:
        return _(wording.NOT_RECORDED)
    return _epsilon(evidence.prices.of(accountant).epsilon)


def _epsilon(epsilon: Decimal | None) -> str:
    return "–" if epsilon is None else loss_up(epsilon)


def _others(evidence: FederatedEvidence) -> Plain | None:
    headings = [
        heading(_("Whom"), 1.2),
        heading(_("Counts as"), 1.4),
        heading("ε", fill=Fill.NUMBER),
        heading(_("Why"), 4.6),
    ]
    rows: list[list[Cell]] = [
        [
            _(UNITS[kind.unit][0]),
            _size(kind.size),
            _epsilon(kind.epsilon),
            _(kind.why),
        ]
        for kind in evidence.others
        if not kind.is_protected_unit
    ]
    return table(headings, rows)


def _size(size: int | None) -> str:
    if size is None:
        return _("not known")
    return _("one") if size == 1 else _("up to {n}").format(n=count(size))
