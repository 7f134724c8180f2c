"""What reports on anonymisations stand on: a proven one, a local one, and a hostile one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import report_hostile
import report_samples as samples

from compliance.anonymise import from_plan
from compliance.anonymise.checking import model_in_words
from compliance.anonymise.nouns import (
    Attack,
    AttackKind,
    Build,
    Builder,
    Criterion,
    Found,
    Losses,
    Measures,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
    Risk,
    SensitiveMeasures,
    Siege,
    Treatment,
    TreatmentKind,
    UseKind,
    Utility,
)
from compliance.anonymise.nouns.record import Anonymised, Check, Proof
from compliance.dataset.nouns import Column, ColumnName, ColumnType, Dataset, DatasetName, Sha256
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.plain import to_yaml
from compliance.report.nouns import AnonymisationEvidence

QUASI = tuple(ColumnName(name) for name in ("birth_year", "postcode", "sex"))
ILLNESS = ColumnName("illness")
HASH = Sha256("5b" * 32)
PLAN = Plan(
    quasi_identifiers=(
        QuasiIdentifier(
            column=QUASI[0],
            hierarchy=Build(builder=Builder.INTERVALS, settings={"width": 5, "factor": 2}),
        ),
        QuasiIdentifier(column=QUASI[1], hierarchy="postcode.csv", lowest=1, weight=2.0),
        QuasiIdentifier(column=QUASI[2], hierarchy="sex.csv"),
    ),
    criteria=(
        Criterion(model=Model.K_ANONYMITY, value=5),
        Criterion(model=Model.DISTINCT_L, value=2, column=ILLNESS),
    ),
    suppression_limit=0.05,
)
LOCAL = replace(PLAN, method=Method.LOCAL)


def attack(kind: AttackKind, successes: int, baseline: float, **change: Any) -> Attack:
    """500 tries of an attacker who knows all quasi-identifiers; its interval is ± 4 points."""
    share = successes / 500
    plain = Attack(
        kind=kind,
        known=QUASI,
        attempts=500,
        successes=successes,
        low=max(0.0, share - 0.04),
        high=min(1.0, share + 0.04),
        baseline=baseline,
        baseline_is="guessing",
        sentence=f"An attacker was right in {successes} of 500 tries.",
        target=ILLNESS if kind is AttackKind.INFERENCE else None,
    )
    return replace(plain, **change)


def siege(linked: int, singled: int, inferred: int, members: int, **change: Any) -> Siege:
    """Four attacks, by how many tries were right."""
    plain = Siege(
        attacks=(
            attack(AttackKind.LINKAGE, linked, 0.00003),
            attack(AttackKind.SINGLING_OUT, singled, 0.01),
            attack(AttackKind.INFERENCE, inferred, 0.75),
            attack(AttackKind.MEMBERSHIP, members, 0.5),
        )
    )
    return replace(plain, **change)


BEFORE = Measures(
    rows=30_162,
    classes=18_109,
    k=1,
    uniques=14_021,
    prosecutor=Risk(max=1.0, mean=0.6),
    journalist=Risk(max=1.0, mean=0.6),
    marketer=Risk(max=1.0, mean=0.6),
    sizes=((1, 14_021), (2, 3_000), (6, 1_000), (40, 88)),
    sensitive={
        ILLNESS: SensitiveMeasures(
            distinct_l=1,
            entropy_l=1.0,
            recursive_c=None,
            equal_t=0.751,
            ordered_t=0.751,
            beta=3.017,
            delta=math.inf,
        )
    },
)
AFTER = Measures(
    rows=28_773,
    classes=268,
    k=5,
    uniques=0,
    prosecutor=Risk(max=0.2, mean=0.009),
    journalist=Risk(max=0.2, mean=0.009),
    marketer=Risk(max=0.2, mean=0.009),
    sizes=((5, 19), (9, 12), (50, 200), (1_200, 15)),
    sensitive={
        ILLNESS: SensitiveMeasures(
            distinct_l=2,
            entropy_l=1.05,
            recursive_c=105.0,
            equal_t=0.655,
            ordered_t=0.655,
            beta=3.2,
            delta=4.744,
        )
    },
)
FOUND = Found(
    levels=(4, 2, 0),
    classes=268,
    suppressed=1_389,
    losses=Losses(
        loss=0.328277,
        entropy=345_681.8,
        discernibility=69_480_169.0,
        class_size=112.1,
        granularity=0.626,
        suppressed_share=1_389 / 30_162,
    ),
    optimal=True,
    bound=0.328277,
    nodes_checked=304,
    nodes=6_480,
)
UTILITY = (
    Utility(
        kind=UseKind.CLASSIFIER,
        measure="share of people put in the right class",
        sentence="Telling classes: 77 % with the released table.",
        original=0.81,
        released=0.77,
        baseline=0.756,
    ),
    Utility(
        kind=UseKind.FORECAST,
        measure="error of weekly sales forecasts, as a share of sales",
        sentence="Sales forecasting: not applicable, for no column is named for the date.",
    ),
)
CHECKS = (
    Check(name="k_anonymity", holds=True, says="At least 5 rows in every class: 268 of 268."),
    Check(name="suppression", holds=True, says="1,389 of 30,162 rows are not in the output."),
    Check(name="linkage", holds=True, says="Classes of 5 allow 20.00%."),
)
PROOF = Proof(
    found=FOUND,
    before=BEFORE,
    after=AFTER,
    attacked_before=siege(299, 500, 463, 370),
    attacked_after=siege(25, 0, 383, 247),
    utility=UTILITY,
    checks=CHECKS,
    notes=("“name” is left out",),
    sha256=HASH,
    rows=28_773,
)


def done(plan: Plan = PLAN, **proof: Any) -> Anonymised:
    """A finished anonymisation, as one is stored."""
    return Anonymised(
        id="anonymised-1",
        dataset_id="patients@1",
        made="patients-anonymised@1",
        plan=plan,
        hierarchies={column: Sha256(f"{n + 1}a" * 32) for n, column in enumerate(plan.columns)},
        proof=replace(PROOF, **proof),
        made_at=samples.NOW,
        actor="A. Officer",
        libraries={"numpy": "2.4.6", "pyarrow": "26.0.1"},
    )


def dataset(name: str, *columns: str) -> Dataset:
    """The shop's dataset under another name, with these columns."""
    return replace(
        samples.retail().datasets[0].dataset,
        id=f"{name}@1",
        name=DatasetName(name),
        version=1,
        columns=tuple(
            Column(name=ColumnName(c), type=ColumnType.TEXT, missing=0, distinct=9) for c in columns
        ),
    )


def evidence(made: Anonymised | None = None, **change: Any) -> AnonymisationEvidence:
    """What the report on an anonymisation stands on, in a desk in good order."""
    made, shop = made or done(), samples.retail()
    origin, output = (
        dataset("patients", "name", *QUASI, ILLNESS),
        dataset("patients-anonymised", *QUASI, ILLNESS),
    )
    plain = AnonymisationEvidence(
        organisation=shop.organisation,
        dataset=origin,
        output=output,
        done=made,
        criteria=tuple(model_in_words(criterion) for criterion in made.plan.criteria),
        plan=to_yaml(from_plan(made.plan)),
        entry=19,
        lineage=(
            Edge(
                origin=Node(kind=NodeKind.DATASET, id=origin.id, title="patients (version 1)"),
                made=Node(kind=NodeKind.DATASET, id=output.id, title="patients-anonymised"),
                step="anonymised",
                entry=19,
                at=samples.NOW,
            ),
        ),
        trail=shop.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )
    return replace(plain, **change)


def local() -> AnonymisationEvidence:
    """Local recoding of people, with pseudonyms, no sensitive column, and attacks left untried."""
    plan = replace(
        LOCAL,
        criteria=(Criterion(model=Model.K_ANONYMITY, value=7),),
        treatments=(Treatment(column=ColumnName("name"), kind=TreatmentKind.PSEUDONYM),),
    )
    made = done(
        plan,
        found=replace(FOUND, levels=(), optimal=False, nodes_checked=0, bound=0.0),
        before=replace(BEFORE, sensitive={}, people=25_000),
        after=replace(AFTER, k=7, sensitive={}, people=24_000),
        attacked_before=Siege(attacks=()),
        attacked_after=Siege(
            attacks=(), not_tried={kind: f"{kind} needs rows" for kind in AttackKind}
        ),
        utility=(),
    )
    return evidence(made)


def hostile() -> AnonymisationEvidence:
    """Names that are markup, foreign or endless; very many columns, attacks, notes and checks."""
    whole = report_hostile.hostile()
    (alone,) = whole.datasets
    names = report_hostile.HOSTILE
    columns = alone.dataset.column_names
    plan = Plan(
        quasi_identifiers=tuple(
            QuasiIdentifier(
                column=column,
                hierarchy=f"{report_hostile.hostile_name(n)}.csv"
                if n % 2
                else Build(builder=Builder.PLACES, settings={"within": names[n % len(names)]}),
                highest=n,
                weight=1e9,
            )
            for n, column in enumerate(columns[:64])
        ),
        criteria=tuple(
            Criterion(model=Model.DISTINCT_L, value=10**9, column=column)
            for column in columns[100:140]
        ),
        suppression_limit=1.0,
        population=names[0],
        time_limit_s=1e9,
        treatments=tuple(
            Treatment(column=column, kind=TreatmentKind.VAULT) for column in columns[150:200]
        ),
    )
    attacks = tuple(
        attack(
            AttackKind.INFERENCE, n * 4, 0.5, target=column, known=columns, sentence=names[n % 11]
        )
        for n, column in enumerate(columns[100:140])
    )
    odd = SensitiveMeasures(
        distinct_l=10**12,
        entropy_l=math.nan,
        recursive_c=math.inf,
        equal_t=1e12,
        ordered_t=0.0,
        beta=math.inf,
        delta=1e-12,
        hierarchical_t=0.5,
    )
    measures = replace(
        AFTER,
        rows=2**60,
        classes=2**50,
        k=1,
        uniques=2**50,
        sizes=((1, 2**50), (2**40, 3)),
        sensitive=dict.fromkeys(columns[100:140], odd),
        population={names[1]: 1e-9},
        people=2**60,
    )
    made = done(
        plan,
        found=replace(FOUND, levels=tuple(range(64)), optimal=False, nodes=2**200, bound=1e-9),
        before=measures,
        after=replace(measures, sensitive={}),
        attacked_before=Siege(attacks=attacks),
        attacked_after=Siege(
            attacks=attacks, not_tried={AttackKind.LINKAGE: f"{names[7]} {'very ' * 99}long"}
        ),
        utility=tuple(
            replace(UTILITY[0], kind=kind, measure=name, released=math.inf, baseline=1e15)
            for kind, name in zip(UseKind, names, strict=False)
        ),
        checks=tuple(Check(name=name, holds=False, says=name * 9) for name in names),
        notes=tuple(f"{name} {report_hostile.hostile_name(n)}" for n, name in enumerate(names)),
        rows=2**60,
    )
    return evidence(
        replace(made, actor=names[0], id=names[1], libraries={names[2]: names[3]}),
        organisation=whole.organisation,
        dataset=alone.dataset,
        output=alone.dataset,
        entry=0,
        lineage=whole.lineage,
        trail=whole.trail,
    )
