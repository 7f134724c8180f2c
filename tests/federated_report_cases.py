"""What federated reports stand on: runs with and without noise, and one that tries to break it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import report_hostile
import report_samples as samples
from msgspec.structs import replace as changed

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.federated import from_plan
from compliance.federated.nouns import (
    Baselines,
    LeftOut,
    Metric,
    NoisePlan,
    Plan,
    Poison,
    Round,
    Run,
    Sent,
    SiteResult,
    Split,
    Strategy,
    Task,
    Tensor,
    Trouble,
)
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.plain import to_yaml
from compliance.privacy.nouns import (
    Accountant,
    NoisePlace,
    Prices,
    PrivacyUnitKind,
    Protection,
    Quote,
    SampledGaussianEvent,
    Spend,
    SpendState,
)
from compliance.report.nouns import FederatedEvidence
from compliance.workspace import Workspace

LIBRARIES = {"numpy": "2.4.6", "opendp": "0.16.0", "dp-accounting": "0.6.0"}
WEIGHTS = (1, 20)
NOISE = NoisePlan(noise_multiplier=1.2)


def dataset(**change: Any) -> Dataset:
    """The shop's, described in full."""
    return replace(samples.retail().datasets[0].dataset, **change)


def run(**outcome: Any) -> Run:
    """A finished run without noise, as one is stored today."""
    plain = samples.run(dataset())
    whole = replace(
        plain.outcome,
        rounds=tuple(map(_travelled, plain.outcome.rounds)),
        tensors=(Tensor(name="weights", shape=WEIGHTS),),
        **outcome,
    )
    return replace(plain, outcome=whole, libraries=LIBRARIES)


def noisy_run(privacy: NoisePlan = NOISE, **plan: Any) -> Run:
    """The same with noise, and its ε as it was shown while it ran."""
    plain = run(protected=4_321, left_out=LeftOut(without_person=31, at_other_sites=12))
    rounds = tuple(
        replace(r, clients=211 + r.round % 7, epsilon=0.31 * r.round**0.5, clip=privacy.clip)
        for r in plain.outcome.rounds
    )
    return replace(
        plain,
        id="run-2",
        plan=replace(plain.plan, **{"privacy": privacy, "fraction": 0.05, **plan}),
        outcome=replace(plain.outcome, rounds=rounds),
    )


def evidence(done: Run | None = None, **change: Any) -> FederatedEvidence:
    """What the report on a run stands on, in a desk in good order."""
    done, shop = done or run(), samples.retail()
    spend = spent_by(done) if done.plan.privacy else None
    budget = replace(
        samples.budget_state((spend,) if spend else ()), population=dataset().population
    )
    plain = FederatedEvidence(
        organisation=shop.organisation,
        dataset=dataset(),
        run=done,
        plan=to_yaml(from_plan(done.plan)),
        spend=spend,
        prices=prices("1.695", "1.512") if spend else None,
        others=(),
        budget=budget,
        facts={"run": done.id, "rounds": 30, "of": 30, "records": "ab" * 32},
        libraries=LIBRARIES,
        lineage=(*shop.lineage[:1], _trained(done)),
        trail=shop.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )
    return replace(plain, **change)


def noisy(privacy: NoisePlan = NOISE, **plan: Any) -> FederatedEvidence:
    """What the report on a run with noise stands on."""
    return evidence(noisy_run(privacy, **plan), others=OTHERS)


def protection(
    unit: PrivacyUnitKind, size: int | None, epsilon: str | None, why: str, *, is_main: bool = False
) -> Protection:
    """What a run costs one kind of unit."""
    known = None if epsilon is None else Decimal(epsilon)
    quote = Quote(accountant=Accountant.PLD, epsilon=known, reason="" if known else "nobody said")
    return Protection(unit=unit, is_protected_unit=is_main, size=size, quote=quote, why=why)


OTHERS = (
    protection(PrivacyUnitKind.ROW, 1, "1.512", "One row lies within one person."),
    protection(PrivacyUnitKind.PERSON, 1, "1.512", "It was made for that.", is_main=True),
    protection(PrivacyUnitKind.SITE, None, None, "For one site no ε can be said."),
)


def spent_by(done: Run, **change: Any) -> Spend:
    """The line of the ledger on a run with noise."""
    privacy = done.plan.privacy or NOISE
    is_local = privacy.place is NoisePlace.LOCAL
    event = SampledGaussianEvent(
        sampling_rate=1.0 if is_local else done.plan.fraction,
        noise_multiplier=privacy.noise_multiplier / (2 if is_local else 1),
        rounds=len(done.outcome.rounds),
    )
    spend = Spend(
        id="spend-1",
        population=dataset().population,
        purpose=done.id,
        events=(event,),
        state=SpendState.SETTLED,
        at=done.started_at,
    )
    return changed(spend, **change)


def prices(renyi: str, pld: str) -> Prices:
    """What the accountants say that a run costs."""
    quotes = {Accountant.RENYI: Decimal(renyi), Accountant.PLD: Decimal(pld)}
    return Prices(
        delta=Decimal("1e-5"),
        quotes=tuple(
            Quote(accountant=who, epsilon=quotes[who])
            if who in quotes
            else Quote(accountant=who, epsilon=None, reason="sampled rounds have none")
            for who in Accountant
        ),
    )


def forecast() -> FederatedEvidence:
    """A run with no target, made-up sites, another metric, no comparison, and much trouble."""
    plan = Plan(
        task=Task.FORECAST,
        split=Split.DIRICHLET,
        site_count=40,
        alpha=0.1,
        strategy=Strategy.FEDPROX,
        rounds=200,
        baselines=False,
        secure=True,
        trouble=Trouble(dropout=0.2, stragglers=0.1, quorum=0.5, poisoned=3, poison=Poison.BROKEN),
    )
    plain = run()
    rounds = tuple(
        replace(
            _travelled(samples._round(n)),
            silent=n % 3,
            slow=n % 2,
            refused=n % 5 == 0,
            is_void=n == 7,
        )
        for n in range(1, 121)
    )
    outcome = replace(
        plain.outcome,
        rounds=rounds,
        baselines=None,
        is_stopped=True,
        is_over_budget=True,
        metric=Metric.R2,
        sites=tuple(replace(s, metric_local=None) for s in plain.outcome.sites),
    )
    return evidence(replace(plain, plan=plan, outcome=outcome, libraries={}))


def hostile() -> FederatedEvidence:
    """Names that are markup, foreign or endless; very many sites, rounds and tensors."""
    whole = report_hostile.hostile()
    (alone,) = whole.datasets
    plain = next(r for r in alone.runs if r.id == "run-hostile")
    names = report_hostile.HOSTILE
    sent = tuple(
        Sent(
            name=f"{names[n % len(names)]} {n}",
            shape=(n, 2**40),
            is_up=n % 2 == 0,
            bytes=8**9,
            copies=10**6,
        )
        for n in range(120)
    )
    sites = tuple(
        SiteResult(
            site=report_hostile.hostile_name(n),
            rows=10**9,
            bytes_up=10**15,
            bytes_down=0,
            bytes_home=10**16,
            metric_federated=(0.5 + n / 700, None, float("nan"))[n % 3],
            metric_local=0.5 if n % 4 else None,
        )
        for n in range(260)
    )
    rounds = tuple(
        replace(r, sent=sent, silent=10**5, slow=3, refused=7, is_void=True, clip=0.1 * r.round,
                model_hash="f" * 64)
        for r in plain.outcome.rounds
    )  # fmt: skip
    privacy = NoisePlan(
        noise_multiplier=0.5,
        unit=PrivacyUnitKind.DEVICE,
        column=ColumnName(report_hostile.hostile_name(10)),
        place=NoisePlace.SITE,
        quantile=0.5,
    )
    done = replace(
        plain,
        plan=replace(plain.plan, privacy=privacy),
        outcome=replace(plain.outcome, rounds=rounds, sites=sites, protected=2**50),
        libraries={},
    )
    spend = spent_by(done, population=alone.dataset.population, state=SpendState.RESERVED)
    return FederatedEvidence(
        organisation=whole.organisation,
        dataset=alone.dataset,
        run=done,
        plan=to_yaml(from_plan(done.plan)),
        spend=spend,
        prices=prices("88888.1234567", "77777.7654321"),
        others=(protection(PrivacyUnitKind.SITE, 10**12, None, "A reason. " * 60),),
        budget=replace(whole.budgets[0], spends=(*whole.budgets[0].spends, spend)),
        facts={"transport": "flower", "difference": 1e-16, names[0]: names[1]},
        libraries={"numpy": names[2]},
        lineage=whole.lineage,
        trail=whole.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )


def stopped() -> FederatedEvidence:
    """A run that ended before its first round."""
    none = run(baselines=Baselines(centralised=0.5, local=0.5))
    outcome = replace(none.outcome, rounds=(), sites=(), baselines=None, is_stopped=True)
    return evidence(replace(none, outcome=outcome))


def trained(desk: Workspace, name: str, plan: Plan) -> Run:
    """The run that `plan` makes on a real desk."""
    for _ in desk.federation.train(name, plan):
        pass
    return desk.federation.runs(name)[0]


def _travelled(done: Round) -> Round:
    """`done` with what travelled in it, and a hash of its model."""
    size = 8 * WEIGHTS[0] * WEIGHTS[1]
    ways = [
        Sent(name="weights", shape=WEIGHTS, is_up=is_up, bytes=size, copies=9)
        for is_up in (False, True)
    ]
    return replace(
        done,
        sent=tuple(ways),
        asked=9,
        model_hash=hashlib.sha256(b"%d" % done.round).hexdigest(),
    )


def _trained(done: Run) -> Edge:
    made = Node(kind=NodeKind.RUN, id=done.id, title=f"Model of {done.plan.subject}")
    whole = dataset()
    origin = Node(kind=NodeKind.DATASET, id=whole.id, title=f"{whole.name} (version 1)")
    return Edge(origin=origin, made=made, step="trained", entry=19, at=done.started_at)
