"""Evidence that tries to break the report: long names, markup, foreign scripts, much of it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from audited_cases import audited
from report_samples import EXAMPLE, NOW, budget_state, run, verdict

from compliance.dataset.nouns import (
    CleaningStep,
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    Sha256,
    Source,
)
from compliance.discovery.nouns import Discovery, IdentifierClass, Label
from compliance.federated.nouns import NoisePlan, Plan, Run
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.privacy.nouns import (
    Budget,
    Dropped,
    Event,
    LaplaceEvent,
    Price,
    Release,
    ReleasedValue,
    SampledGaussianEvent,
    Spend,
    SpendState,
)
from compliance.privacy.nouns.question import (
    Comparison,
    Condition,
    Mechanism,
    Query,
    Statistic,
    StatisticKind,
)
from compliance.register.nouns import Organisation
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.rules.nouns import Assessment, Severity, State
from compliance.trail.nouns import Verification

HOSTILE = (
    '#panic("x")',
    "*bold* _under_ `raw`",
    "$x$",
    "@ref <label>",
    '"quotes" and \\ backslash',
    "</script><script>alert(1)</script>",
    "= Heading",
    '#import "/etc/passwd": *',
    "// comment /* block */",
    "~a--b---c...",
    "[unclosed ]] #{",
)


def hostile(*, columns: int = 300, releases: int = 40) -> Evidence:
    """Long names, markup, Chinese, right-to-left text, emoji, control characters; much of it."""
    dataset = _hostile_dataset(columns)
    published = tuple(_hostile_release(dataset, number) for number in range(releases))
    spends = tuple(
        Spend(
            id=r.id,
            population=r.population,
            purpose=f"Release {number} of {HOSTILE[number % len(HOSTILE)]}",
            events=r.events,
            state=SpendState.RESERVED if number % 7 == 0 else SpendState.SETTLED,
            at=r.released_at,
        )
        for number, r in enumerate(published)
    )
    return Evidence(
        organisation=Organisation(
            name="上海测试电子商务有限公司 and " + "Sons-of-the-very-long-company-name " * 3,
            officer='#panic("officer") 王小明 😀',
            contact="אבג ابتث @ref $x$",
            country="CN",
        ),
        datasets=(
            DatasetEvidence(
                dataset=dataset,
                discovery=_hostile_labels(dataset),
                releases=published,
                runs=(_hostile_run(dataset), _stopped_run(dataset)),
            ),
        ),
        budgets=(replace(budget_state(spends), population=dataset.population, is_decided=False),),
        assessment=_hostile_assessment(),
        lineage=tuple(_hostile_edge(n) for n in range(60)),
        trail=Verification(
            entries=1_234_567,
            root="ab" * 32,
            head="cd" * 32,
            problems=("Entry 17 does not follow entry 16.", f"Entry 18 names {HOSTILE[0]}."),
        ),
        desk_version="0.1.0",
        gathered_at=NOW,
        audited=audited(_hostile_assessment(), name=HOSTILE[0] + hostile_name(10)),
    )


def hostile_name(number: int) -> str:
    kinds = (
        "customer_lifetime_value_in_euros_excluding_returns_and_tax_" + str(number),
        "x" * 57 + f"{number:03d}",
        f"客户终身价值（不含退货和税）{number}",
        f"שם הלקוח {number}",
        f"اسم العميل {number}",
        f"emoji😀👩‍👩‍👧{number}",
        f"{HOSTILE[number % len(HOSTILE)]} {number}",
        f"한국어 이름 {number}",
        f"a\u202eb\u200bc{number}",
        f"line\nbreak\tand tab \x07\x1b {number}",
        "W" * 196 + f" {number:03d}",
        "名" * 196 + f" {number:03d}",
        f"customer_{'very_' * 37}long {number:03d}",
    )
    return kinds[number % len(kinds)]


def _hostile_dataset(columns: int) -> Dataset:
    names = [ColumnName(hostile_name(number)) for number in range(columns)]
    return Dataset(
        id="hostile@12",
        name=DatasetName("D" + "verylongdatasetname" * 4),
        version=12,
        sha256=Sha256("f" * 64),
        rows=2**60,
        columns=tuple(
            Column(name=name, type=ColumnType.TEXT, missing=10**12, distinct=7) for name in names
        ),
        cleaning=tuple(
            CleaningStep(step=f"{text} cleaned", rows_changed=10**9, column=names[n % columns])
            for n, text in enumerate(HOSTILE)
        ),
        sources=tuple(
            Source(name=f"{text}.csv", sha256=Sha256("e" * 64), size_bytes=10**15)
            for text in HOSTILE
        ),
        description=Description(
            data_subjects="المستخدمون #panic()",
            purpose="*" * 300,
            population="人群 $x$ " + "p" * 90,
        ),
        added_at=NOW - timedelta(days=400),
    )


def _hostile_labels(dataset: Dataset) -> Discovery:
    kinds = tuple(IdentifierClass)
    labels = tuple(
        Label(
            column=name,
            semantic_type="national_identification_number_of_a_person",
            identifier_class=kinds[number % 4],
            confidence=1 / (1 + number % 7),
            evidence=tuple(f"{text} was seen" for text in HOSTILE[: 1 + number % 4]),
            examples=(EXAMPLE, EXAMPLE),
            special_category=number % 5 == 0,
        )
        for number, name in enumerate(dataset.column_names)
        if number % 11  # some columns without a verdict
    )
    return Discovery(dataset_id=dataset.id, labels=labels, discovered_at=NOW)


def _hostile_release(dataset: Dataset, number: int) -> Release:
    column = dataset.column_names[number % len(dataset.columns)]
    statistics = tuple(
        Statistic(kind=kind, column=column, lower=Decimal("-1e12"), upper=Decimal("1e12"))
        if kind in {StatisticKind.SUM, StatisticKind.MEAN}
        else Statistic(kind=kind)
        for kind in tuple(StatisticKind)[: 1 + number % 4]
    )
    how_many = 200 if number == 9 else (0, 1, 5, 12)[number % 4]
    groups = [HOSTILE[n % len(HOSTILE)] + str(n) for n in range(how_many)]
    values = [
        ReleasedValue(
            keys=(group,) if number % 3 else (group, "第二", "third" * 9),
            statistic=s.name,
            value=(math.nan if n == 1 else -(10.0 ** (n % 12 * 1.3)) * 1.37),
            margin=None if n == 1 else 10.0 ** (n % 12),
        )
        for n, group in enumerate(groups)
        for s in statistics
    ]
    by = (column,) if number % 3 else (column, dataset.column_names[0], dataset.column_names[1])
    events: tuple[Event, ...] = tuple(
        LaplaceEvent(statistic=s.name, sensitivity=10**9, scale=1.5e12) for s in statistics
    )
    return Release(
        id=f"release-{number}",
        dataset_id=dataset.id,
        population=dataset.population,
        query=Query(
            unit=column,
            statistics=statistics,
            by=by,
            public_keys={c: tuple(groups) for c in by},
            mechanism=Mechanism.LAPLACE,
            where=(
                Condition(
                    column=column, comparison=Comparison.NOT_EQUAL, value=HOSTILE[number % 11]
                ),
            ),
        ),
        asked=Budget(epsilon=Decimal("0.01"), delta=Decimal(0)),
        price=Price(epsilon=Decimal("0.01"), delta=Decimal(0)),
        values=tuple(values),
        dropped=Dropped(rows=10**15, units=0, rows_without_unit=1),
        events=(*events, SampledGaussianEvent(sampling_rate=0.01, noise_multiplier=1.1, rounds=5)),
        libraries={},
        released_at=NOW - timedelta(minutes=number),
        actor=HOSTILE[number % len(HOSTILE)],
    )


def _hostile_run(dataset: Dataset) -> Run:
    many = run(dataset, sites=60, rounds=200)
    sites = tuple(
        replace(s, site=f"{HOSTILE[n % len(HOSTILE)]}{'地区' * (n % 20)}", bytes_home=10**16)
        for n, s in enumerate(many.outcome.sites)
    )
    rounds = tuple(
        replace(r, epsilon=0.1 * r.round, loss=math.nan if r.round == 50 else r.loss)
        for r in many.outcome.rounds
    )
    plan = Plan(
        site_column=dataset.column_names[1],
        target=dataset.column_names[0],
        rounds=1000,
        privacy=NoisePlan(noise_multiplier=0.5),
    )
    features = dataset.column_names
    return replace(
        many,
        id="run-hostile",
        plan=plan,
        outcome=replace(many.outcome, sites=sites, rounds=rounds, features=features),
        actor=HOSTILE[0],
    )


def _stopped_run(dataset: Dataset) -> Run:
    none = run(dataset, sites=0, rounds=1)
    outcome = replace(none.outcome, rounds=(), sites=(), baselines=None, is_stopped=True)
    return replace(none, id="run-stopped", outcome=outcome)


def _hostile_assessment() -> Assessment:
    states = tuple(State)
    verdicts = [
        verdict(
            f"RULE-WITH-A-LONG-IDENTIFIER-{n}",
            "44–49",
            f"{HOSTILE[n % len(HOSTILE)]} is in order",
            hostile_name(n),
            states[n % len(states)],
            tuple(Severity)[n % 4],
        )
        for n in range(60)
    ]
    verdicts[0] = replace(verdicts[0], state=State.NOT_MET, evidence="A long reason. " * 400)
    verdicts.sort(key=lambda v: v.state is not State.NOT_MET)
    return Assessment(verdicts=tuple(verdicts), score=33.333, assessed_at=NOW)


def _hostile_edge(number: int) -> Edge:
    origin = Node(kind=NodeKind.SOURCE, id=str(number), title=hostile_name(number))
    made = Node(kind=NodeKind.DATASET, id=str(number), title=hostile_name(number + 1))
    return Edge(origin=origin, made=made, step="add", entry=10**6 + number, at=NOW)
