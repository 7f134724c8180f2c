"""Evidence for the report tests, made up from the nouns; nothing here is real data."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from audited_cases import audited

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
from compliance.federated.nouns import (
    Baselines,
    LeftOut,
    NoisePlan,
    Outcome,
    Plan,
    Round,
    Run,
    SiteResult,
)
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.privacy.nouns import (
    Budget,
    BudgetState,
    Dropped,
    GaussianEvent,
    Price,
    Release,
    ReleasedValue,
    Spend,
    SpendState,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import (
    Comparison,
    Condition,
    Granularity,
    Query,
    Statistic,
    StatisticKind,
)
from compliance.register.nouns import Organisation
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.rules.nouns import Assessment, Severity, State, Verdict
from compliance.trail.nouns import Verification

NOW = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
EXAMPLE = "z•••••••"  # a masked example; must never reach a report
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
        budgets=(budget_state((spend,)),),
        assessment=_assessment(dataset.name),
        lineage=_lineage(dataset),
        trail=Verification(entries=41, root="9f" * 32, head="3c" * 32, problems=()),
        desk_version="0.1.0",
        gathered_at=NOW,
        audited=audited(_assessment(dataset.name), name=str(dataset.name)),
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
            left_out=LeftOut(without_answer=12, at_small_sites=31),
            unit_is_row=False,
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


def budget_state(spends: tuple[Spend, ...]) -> BudgetState:
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
        verdict("R12", "5(1)(e)", "Retention is set", subject, State.NOT_MET, Severity.HIGH),
        verdict("R15", "30(1)", "Recipients are listed", subject, State.NOT_MET, Severity.MEDIUM),
        verdict("R44", "46", "Transfers have a basis", subject, State.NOT_ASSESSED, Severity.HIGH),
        verdict("R06", "6(1)", "A legal basis is named", subject, State.MET, Severity.CRITICAL),
        verdict("R07", "5(1)(b)", "A purpose is named", subject, State.MET, Severity.HIGH),
        verdict("R09", "9", "Special categories", subject, State.NOT_APPLICABLE, Severity.HIGH),
        verdict("R31", "25", "Budget decided", subject, State.WAIVED, Severity.LOW),
    )
    return Assessment(verdicts=verdicts, score=50.0, assessed_at=NOW)


def verdict(
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
