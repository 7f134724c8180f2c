"""Evidence for the report tests, made up from the nouns; nothing here is real data."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from compliance.dataset.nouns import (
    CleaningStep,
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    LegalBasis,
    Sha256,
    Source,
)
from compliance.discovery.nouns import Discovery, IdentifierClass, Label, LabelStatus
from compliance.federated.nouns import Baselines, NoisePlan, Outcome, Plan, Round, Run, SiteResult
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.privacy.nouns import (
    Budget,
    BudgetState,
    Comparison,
    Condition,
    Dropped,
    Event,
    GaussianEvent,
    Granularity,
    LaplaceEvent,
    Mechanism,
    Price,
    Query,
    Release,
    ReleasedValue,
    SampledGaussianEvent,
    Spend,
    SpendState,
    Statistic,
    StatisticKind,
    ThresholdEvent,
)
from compliance.report.nouns import DatasetEvidence, Evidence, Organisation
from compliance.rules.nouns import Assessment, Severity, State, Verdict
from compliance.trail.nouns import Verification

NOW = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
EXAMPLE = "z•••••••"  # a masked example; must never reach a report
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

COUNTRIES = (
    *("Albania", "Andorra", "Austria", "Belgium", "Brazil", "Bulgaria", "Canada", "Chile"),
    *("China", "Croatia", "Denmark", "Estonia", "Finland", "France", "Germany", "Greece"),
    *("Hungary", "Iceland", "India", "Indonesia", "Italy", "Jordan", "Kenya", "Latvia"),
    *(
        "Malaysia",
        "Malta",
        "Mexico",
        "Morocco",
        "New Zealand",
        "Norway",
        "Oman",
        "Papua New Guinea",
    ),
    *("Peru", "Poland", "Portugal", "Romania", "São Tomé and Príncipe", "United Arab Emirates"),
)


def retail() -> Evidence:
    """A shop: 38 countries, two statistics, one federated run of 9 sites and 30 rounds."""
    dataset = _retail_dataset()
    published = release(dataset, COUNTRIES)
    spend = Spend(
        id="s1",
        population="customers of the web shop",
        purpose="Release of number of people and sum of UnitPrice by Country",
        events=published.events,
        state=SpendState.SETTLED,
        at=NOW - timedelta(hours=2),
    )
    return Evidence(
        organisation=Organisation(
            name="Nordlicht Versand GmbH",
            officer="Dr. Ada Beispiel",
            contact="privacy@example.org",
            country="DE",
        ),
        datasets=(
            DatasetEvidence(
                dataset=dataset,
                discovery=_retail_labels(dataset),
                releases=(published,),
                runs=(run(dataset),),
            ),
        ),
        budgets=(_budget((spend,)),),
        assessment=_assessment(dataset.name),
        lineage=_lineage(dataset),
        trail=Verification(entries=41, root="9f" * 32, head="3c" * 32, problems=()),
        desk_version="0.1.0",
        gathered_at=NOW,
    )


def empty() -> Evidence:
    """A desk in which nothing has happened yet."""
    return Evidence(
        organisation=Organisation(),
        datasets=(),
        budgets=(),
        assessment=Assessment(verdicts=(), score=None, assessed_at=NOW),
        lineage=(),
        trail=Verification(entries=0, root="", head="", problems=()),
        desk_version="0.1.0",
        gathered_at=NOW,
    )


def bare() -> Evidence:
    """One dataset of which nobody has said or done anything."""
    dataset = replace(_retail_dataset(), description=Description(), cleaning=(), sources=())
    alone = DatasetEvidence(dataset=dataset, discovery=None, releases=(), runs=())
    return replace(empty(), datasets=(alone,))


def hostile(*, columns: int = 200, releases: int = 100) -> Evidence:
    """Long names, markup, Chinese, right-to-left text, emoji; many columns and releases."""
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
        budgets=(replace(_budget(spends), population=dataset.population, is_decided=False),),
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
    )


def run(dataset: Dataset, *, sites: int = 9, rounds: int = 30) -> Run:
    """A finished run without noise."""
    return Run(
        id="run-1",
        dataset_id=dataset.id,
        plan=Plan(site_column=ColumnName("Region"), target=ColumnName("Revenue"), rounds=rounds),
        outcome=Outcome(
            rounds=tuple(_round(n) for n in range(1, rounds + 1)),
            sites=tuple(
                SiteResult(
                    site=f"Region {n}",
                    rows=400 + 731 * n,
                    bytes_up=30 * 8 * 20,
                    bytes_down=30 * 8 * 20,
                    bytes_home=(400 + 731 * n) * 140,
                    metric_federated=None if n == 4 else 0.86 + 0.01 * math.sin(n),
                    metric_local=None if n == 4 else 0.81 + 0.05 * math.sin(2 * n),
                )
                for n in range(1, sites + 1)
            ),
            sites_left_out=2,
            baselines=Baselines(centralised=0.8912, local=0.8333),
            features=tuple(ColumnName(f"Feature_{n}") for n in range(12)),
        ),
        started_at=NOW - timedelta(hours=1),
        actor="analyst",
    )


def noisy_run(dataset: Dataset) -> Run:
    """A finished run with noise."""
    plain = run(dataset)
    rounds = tuple(replace(r, epsilon=0.31 * math.sqrt(r.round)) for r in plain.outcome.rounds)
    return replace(
        plain,
        id="run-2",
        plan=replace(plain.plan, privacy=NoisePlan(noise_multiplier=1.2), fraction=0.05),
        outcome=replace(plain.outcome, rounds=rounds),
    )


def _round(number: int) -> Round:
    return Round(
        round=number,
        loss=0.35 + 0.4 * math.exp(-number / 6),
        metric=0.88 - 0.3 * math.exp(-number / 5),
        clients=9,
        bytes_up=9 * 160,
        bytes_down=9 * 160,
    )


def _retail_dataset() -> Dataset:
    kinds = {
        "InvoiceNo": ColumnType.TEXT,
        "StockCode": ColumnType.TEXT,
        "Description": ColumnType.TEXT,
        "Quantity": ColumnType.INTEGER,
        "InvoiceDate": ColumnType.TIMESTAMP,
        "UnitPrice": ColumnType.NUMBER,
        "CustomerID": ColumnType.TEXT,
        "Country": ColumnType.TEXT,
    }
    return Dataset(
        id="online-retail@1",
        name=DatasetName("online retail"),
        version=1,
        sha256=Sha256("0123456789abcdef" * 4),
        rows=541_909,
        columns=tuple(
            Column(name=ColumnName(name), type=kind, missing=135_080 * (name == "CustomerID"))
            for name, kind in kinds.items()
        ),
        cleaning=(
            CleaningStep(step="Exact duplicate rows removed", rows_changed=5_268),
            CleaningStep(
                step="Blanks at both ends cut off",
                rows_changed=1_455,
                column=ColumnName("Description"),
            ),
        ),
        sources=(
            Source(name="online_retail.xlsx", sha256=Sha256("ab" * 32), size_bytes=23_715_344),
        ),
        description=Description(
            data_subjects="customers",
            purpose="fulfil orders and report sales",
            legal_basis=LegalBasis.CONTRACT,
            region="GB",
            source="web shop",
            population="customers of the web shop",
            unit=ColumnName("CustomerID"),
        ),
        added_at=NOW - timedelta(days=1),
    )


def _retail_labels(dataset: Dataset) -> Discovery:
    told = {
        "InvoiceNo": ("transaction_id", IdentifierClass.QUASI, LabelStatus.PROPOSED),
        "InvoiceDate": ("timestamp", IdentifierClass.QUASI, LabelStatus.CONFIRMED),
        "CustomerID": ("customer_id", IdentifierClass.DIRECT, LabelStatus.CONFIRMED),
        "Country": ("country", IdentifierClass.QUASI, LabelStatus.CORRECTED),
    }
    other = ("other", IdentifierClass.NONE, LabelStatus.PROPOSED)
    return Discovery(
        dataset_id=dataset.id,
        labels=tuple(
            Label(
                column=name,
                semantic_type=told.get(name, other)[0],
                identifier_class=told.get(name, other)[1],
                status=told.get(name, other)[2],
                confidence=0.93,
                evidence=("The header names it", "98 % of values have its form"),
                examples=(EXAMPLE,),
            )
            for name in dataset.column_names
        ),
        discovered_at=NOW - timedelta(hours=20),
    )


def release(dataset: Dataset, groups: tuple[str, ...]) -> Release:
    people = Statistic(kind=StatisticKind.COUNT_UNITS)
    turnover = Statistic(
        kind=StatisticKind.SUM,
        column=ColumnName("UnitPrice"),
        lower=Decimal(0),
        upper=Decimal(50),
        granularity=Granularity.CENTS,
    )
    values = []
    for number, group in enumerate(groups):
        size = 3_950.0 / (number + 1) ** 1.7 - 3
        values.append(_value(group, people.name, round(size), 11.7))
        values.append(_value(group, turnover.name, round(size * 41.37, 2), 812.44))
    return Release(
        id="release-7",
        dataset_id=dataset.id,
        population=dataset.population,
        query=Query(
            unit=ColumnName("CustomerID"),
            statistics=(people, turnover),
            max_groups=2,
            max_rows_per_group=10,
            by=(ColumnName("Country"),),
            where=(
                Condition(column=ColumnName("Quantity"), comparison=Comparison.GREATER, value="0"),
            ),
        ),
        asked=Budget(epsilon=Decimal(1), delta=Decimal("1e-6")),
        price=Price(epsilon=Decimal("0.99871"), delta=Decimal("1e-6"), rho=Decimal("0.01793421")),
        values=tuple(values),
        dropped=Dropped(rows=214_553, units=1_911, rows_without_unit=135_080),
        events=(
            GaussianEvent(statistic=people.name, sensitivity_squared=2, scale=5.97),
            GaussianEvent(statistic=turnover.name, sensitivity_squared=5 * 10**9, scale=41_451.2),
            ThresholdEvent(threshold=34, delta=Decimal("5e-7")),
        ),
        libraries={"opendp": "0.16.0", "numpy": "2.4.6"},
        released_at=NOW - timedelta(hours=2),
        actor="analyst",
    )


def _value(group: str, statistic: str, value: float, margin: float | None) -> ReleasedValue:
    return ReleasedValue(keys=(group,), statistic=statistic, value=value, margin=margin)


def _budget(spends: tuple[Spend, ...]) -> BudgetState:
    return BudgetState(
        population="customers of the web shop",
        total=Budget(epsilon=Decimal(3), delta=Decimal("1e-5")),
        is_decided=True,
        spent=Price(epsilon=Decimal("1.2149"), delta=Decimal("1e-5"), rho=Decimal("0.0179")),
        left=Price(epsilon=Decimal("1.7723"), delta=Decimal("1e-5")),
        share_spent=0.1784,
        spends=spends,
    )


def _assessment(subject: str) -> Assessment:
    verdicts = (
        _verdict("R12", "5(1)(e)", "Retention is set", subject, State.NOT_MET, Severity.HIGH),
        _verdict("R15", "30(1)", "Recipients are listed", subject, State.NOT_MET, Severity.MEDIUM),
        _verdict("R44", "46", "Transfers have a basis", subject, State.NOT_ASSESSED, Severity.HIGH),
        _verdict("R06", "6(1)", "A legal basis is named", subject, State.MET, Severity.CRITICAL),
        _verdict("R07", "5(1)(b)", "A purpose is named", subject, State.MET, Severity.HIGH),
        _verdict("R09", "9", "Special categories", subject, State.NOT_APPLICABLE, Severity.HIGH),
        _verdict("R31", "25", "Budget decided", subject, State.WAIVED, Severity.LOW),
    )
    return Assessment(verdicts=verdicts, score=50.0, assessed_at=NOW)


def _verdict(
    rule: str, article: str, title: str, subject: str, state: State, severity: Severity
) -> Verdict:
    return Verdict(
        rule=rule,
        law="GDPR",
        article=f"Art. {article}",
        title=title,
        subject=subject,
        state=state,
        evidence=f"The record of {subject} was looked at for this duty: {state.value}",
        severity=severity,
        remedy=f"Open the record of {subject} and fill in what {rule} asks for",
        page="Datasets",
        stage=1,
    )


def _lineage(dataset: Dataset) -> tuple[Edge, ...]:
    source = Node(kind=NodeKind.SOURCE, id="src", title="online_retail.xlsx")
    made = Node(kind=NodeKind.DATASET, id=dataset.id, title=f"{dataset.name} 1")
    release = Node(kind=NodeKind.RELEASE, id="release-7", title="number of people by Country")
    return (
        Edge(origin=source, made=made, step="add", entry=3, at=NOW - timedelta(days=1)),
        Edge(origin=made, made=release, step="release", entry=17, at=NOW - timedelta(hours=2)),
    )


def _hostile_name(number: int) -> str:
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
        f"line\nbreak\tand tab {number}",
    )
    return kinds[number % len(kinds)]


def _hostile_dataset(columns: int) -> Dataset:
    names = [ColumnName(_hostile_name(number)) for number in range(columns)]
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
    groups = [HOSTILE[n % len(HOSTILE)] + str(n) for n in range((0, 1, 5, 12)[number % 4])]
    values = [
        ReleasedValue(
            keys=(group,) if number % 3 else (group, "第二", "third" * 9),
            statistic=s.name,
            value=(math.nan if n == 1 else -(10.0 ** (n * 1.3)) * 1.37),
            margin=None if n == 1 else 10.0**n,
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
        _verdict(
            f"RULE-WITH-A-LONG-IDENTIFIER-{n}",
            "44–49",
            f"{HOSTILE[n % len(HOSTILE)]} is in order",
            _hostile_name(n),
            states[n % len(states)],
            tuple(Severity)[n % 4],
        )
        for n in range(60)
    ]
    verdicts[0] = replace(verdicts[0], state=State.NOT_MET, evidence="A long reason. " * 400)
    verdicts.sort(key=lambda v: v.state is not State.NOT_MET)
    return Assessment(verdicts=tuple(verdicts), score=33.333, assessed_at=NOW)


def _hostile_edge(number: int) -> Edge:
    origin = Node(kind=NodeKind.SOURCE, id=str(number), title=_hostile_name(number))
    made = Node(kind=NodeKind.DATASET, id=str(number), title=_hostile_name(number + 1))
    return Edge(origin=origin, made=made, step="add", entry=10**6 + number, at=NOW)
