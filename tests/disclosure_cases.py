"""Surroundings of a release for the tests of disclosures: a careful shop, to be made careless."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import release_cases as cases
import report_samples as samples
from report_hostile import HOSTILE, hostile

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.plain import to_json
from compliance.privacy import state_of
from compliance.privacy.disclosure import disclose, to_document
from compliance.privacy.nouns import Allowance, BudgetState, Period, Release, Spend, SpendState
from compliance.privacy.nouns.disclosure import Act, AuditStamp, OtherDataset, Surroundings
from compliance.report.nouns import ReleaseEvidence

SCHEMA = json.loads(
    (files("compliance.privacy.disclosure") / "disclosure.schema.json").read_text("utf-8")
)
NAME = "orders"
POPULATION = "customers"
LIBRARIES = {"opendp": "0.16.0", "numpy": "2.4.6"}


def dataset(**change: Any) -> Dataset:
    """Ten thousand orders, described in full."""
    plain = samples.retail().datasets[0].dataset
    said = replace(
        plain.description,
        unit=ColumnName("customer"),
        population=POPULATION,
        retention_months=24,
    )
    return replace(plain, id="orders@1", name=NAME, rows=10_000, description=said, **change)


def described(**change: Any) -> Dataset:
    """The same with another description."""
    plain = dataset()
    return replace(plain, description=replace(plain.description, **change))


def act(entry: int, name: str, *, actor: str = "analyst", on: str = NAME, **facts: object) -> Act:
    """An entry of the trail, hours before any release."""
    at = samples.NOW - timedelta(days=2, hours=-entry)
    return Act(entry=entry, at=at, actor=actor, act=name, subject=on, facts=facts)


def decided(entry: int, epsilon: str = "3", *, at: datetime | None = None, **facts: object) -> Act:
    """A decision on the budget."""
    made = act(entry, "budget.decide", on=POPULATION, epsilon=epsilon, delta="0.00001", **facts)
    return replace(made, at=at or made.at)


def proposed(entry: int, *columns: str) -> Act:
    """A look for bounds with noise."""
    return act(entry, "bounds.propose", proposal="bounds-1", columns=list(columns))


def published_act(release: Release, entry: int = 9) -> Act:
    """The entry of a release."""
    made = act(entry, "release.publish", actor=release.actor, release=release.id)
    return replace(made, at=release.released_at)


def budget(
    *releases: Release,
    is_decided: bool = True,
    epsilon: str = "3",
    period: Period = Period.NONE,
    caps: Mapping[str, str] = MappingProxyType({}),
) -> BudgetState:
    """A ledger with just what these releases did."""
    spends = [
        Spend(
            id=f"spend-{release.id}",
            population=POPULATION,
            purpose=release.id,
            events=release.events,
            state=SpendState.SETTLED,
            at=release.released_at,
        )
        for release in releases
    ]
    allowance = Allowance(
        epsilon=Decimal(epsilon),
        delta=Decimal("1e-5"),
        period=period,
        caps={who: Decimal(cap) for who, cap in caps.items()},
    )
    return state_of(POPULATION, allowance, spends, is_decided=is_decided, at=samples.NOW)


def passed_audit(**change: Any) -> AuditStamp:
    """A self-audit of yesterday with the versions in use."""
    plain = AuditStamp(
        at=samples.NOW - timedelta(days=1),
        passed=True,
        says="at least ε = 0.93 of 1 promised was seen",
        desk_version="0.1.0",
        libraries=LIBRARIES,
    )
    return replace(plain, **change)


def around(release: Release, **change: Any) -> Surroundings:
    """A careful shop around `release`: described, decided, in the ledger, audited."""
    careful = Surroundings(
        dataset=dataset(),
        curator="Nordlicht Versand GmbH",
        country="DE",
        budget=budget(release),
        acts=(act(1, "dataset.add"), decided(2), published_act(release)),
        others=(OtherDataset(name="clicks", population=POPULATION, unit=ColumnName("visitor")),),
        releases=(release,),
        audit=passed_audit(),
        desk_version="0.1.0",
        at=samples.NOW,
    )
    return replace(careful, **change)


def evidence(release: Release, **change: Any) -> ReleaseEvidence:
    """What a release report stands on, in these surroundings."""
    surroundings, shop = around(release, **change), samples.retail()
    disclosure = disclose(release, surroundings)
    return ReleaseEvidence(
        organisation=shop.organisation,
        dataset=surroundings.dataset,
        release=release,
        disclosure=disclosure,
        published=to_json(to_document(disclosure)),
        budget=surroundings.budget,
        lineage=shop.lineage,
        trail=shop.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )


def hostile_evidence() -> ReleaseEvidence:
    """A long release of a hostile dataset, in careless surroundings."""
    whole = hostile()
    (alone,) = whole.datasets
    (release,) = (r for r in alone.releases if r.id == "release-9")
    audit = AuditStamp(
        at=samples.NOW,
        passed=False,
        says=HOSTILE[2] * 9,
        desk_version=HOSTILE[0],
        libraries={HOSTILE[3]: HOSTILE[4]},
    )
    surroundings = Surroundings(
        dataset=alone.dataset,
        curator=whole.organisation.name,
        country="CN",
        budget=whole.budgets[0],
        acts=(act(1, HOSTILE[1], actor=HOSTILE[5], on=alone.dataset.name),),
        others=(),
        releases=alone.releases,
        audit=audit,
        desk_version="0.1.0",
        at=samples.NOW,
    )
    disclosure = disclose(release, surroundings)
    return ReleaseEvidence(
        organisation=whole.organisation,
        dataset=alone.dataset,
        release=release,
        disclosure=disclosure,
        published=to_json(to_document(disclosure)),
        budget=whole.budgets[0],
        lineage=whole.lineage,
        trail=whole.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )


def totals(**question: Any) -> Release:
    """People and their spending, in one total with a small δ."""
    amount = {"column": "amount", "lower": 0, "upper": 100}
    return cases.published(
        {"count": "units"}, {"sum": amount}, epsilon="0.5", delta="1e-6", **question
    )
