"""What an audit report stands on beside the data, made up; nothing here is real."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from compliance.lineage.nouns import Standing as Worth
from compliance.report.nouns.audited import (
    Audited,
    Criterion,
    Standards,
    TagLoss,
    TagReach,
    TagStop,
    Tracked,
    Travel,
)
from compliance.rules.nouns import (
    Assessment,
    Law,
    Level,
    Severity,
    Standing,
    State,
    Status,
    Verdict,
)

STAGES = (
    *("Collection", "Preprocessing", "Labelling and anonymisation", "Storage and localisation"),
    *("Analysis", "Traceability", "Audit", "Decision", "Report", "Improvement"),
)


def audited(assessment: Assessment, *, name: str = "orders", past: int = 4) -> Audited:
    """Rules, `past` earlier assessments, findings in every state, tags that went and stopped."""
    at = assessment.assessed_at
    return Audited(
        scope="everything",
        left_out=(f"{name} of last year",),
        standards=_standards(assessment),
        standings=tuple(_standing(assessment, n, past) for n in range(past + 1)),
        findings=_findings(assessment, at),
        travel=_travel(name),
    )


def _standards(assessment: Assessment) -> Standards:
    laws = {verdict.law for verdict in assessment.verdicts}
    return Standards(
        edition="laws 2026.11 + desk 2026.11",
        sha256="5a" * 32,
        as_of="2026-11-20",
        rules=Counter(dict.fromkeys(laws, 7)),
        levels=Counter({Level.TEXT: 5, Level.MEMORY: 2}),
        laws={law: Law(name=f"{law} in full", short=law, applies="who processes") for law in laws},
        criteria={
            verdict.rule: Criterion(
                requirement="What is kept is kept no longer than needed.",
                shows="The record.",
                fine={
                    "amount_eur": 20_000_000,
                    "turnover_share": 0.04,
                    "rule": "higher of the two",
                    "ref": "Art. 83(5)",
                },
                fine_level=Level.TEXT,
            )
            for verdict in assessment.findings
        },
        switched_off={"R99": "we do not do that"},
        stages=STAGES,
    )


def _standing(assessment: Assessment, number: int, past: int) -> Standing:
    return Standing(
        assessed_at=assessment.assessed_at - timedelta(days=7 * (past - number)),
        score=(assessment.score or 0) - 4 * (past - number) / 3,
        counts={State.NOT_MET: len(assessment.findings) + past - number},
        stages=(None,) * 10,
        pack="laws 2026.11 + desk 2026.11",
    )


def _findings(assessment: Assessment, at: datetime) -> tuple[Tracked, ...]:
    found = [
        _tracked(verdict, number, at) for number, verdict in enumerate(assessment.findings, start=1)
    ]
    closed = Tracked(
        id="Fclosed0001",
        rule="R06",
        entity="dataset",
        subject_id="orders",
        subject="orders",
        title="A legal basis is named",
        severity=Severity.CRITICAL,
        status=Status.CLOSED,
        opened_at=at - timedelta(days=60),
        due=(at - timedelta(days=40)).date(),
        owner="Dr. Ada Beispiel",
        closed_at=at - timedelta(days=30),
        closed_by="officer",
    )
    return (*found, closed)


def _tracked(verdict: Verdict, number: int, at: datetime) -> Tracked:
    """Every other one is from earlier, overdue and in work."""
    is_old = bool(number % 2)
    return Tracked(
        id=f"F{number:010x}",
        rule=verdict.rule,
        entity=verdict.entity,
        subject_id=verdict.subject_id,
        subject=verdict.subject,
        title=verdict.title,
        severity=verdict.severity,
        status=Status.IN_PROGRESS if is_old else Status.OPEN,
        opened_at=at - timedelta(days=30) if is_old else at,
        due=(at + timedelta(days=-2 if is_old else 30)).date(),
        owner="Dr. Ada Beispiel" if is_old else "",
    )


def _travel(name: str) -> Travel:
    return Travel(
        reached=(
            TagReach(made=f"{name} 2", kind="dataset", columns=3, tags=("customer_id", "email")),
        ),
        stopped=(
            TagStop(
                origin=f"{name} 1",
                made="number of people by Country",
                columns=("CustomerID",),
                tags=("customer_id",),
                evidence="release-7",
                what="ε 0.5, spent",
                standing=Worth.HOLDS.value,
            ),
            TagStop(
                origin=f"{name} 1",
                made=f"{name} for partners",
                columns=tuple(f"{name} column {n}" for n in range(12)),
                tags=("email",),
                evidence="anonymised-1",
                what="k-anonymity, measured and attacked",
                standing=Worth.VOID.value,
            ),
        ),
        lost=(
            TagLoss(
                made=f"{name} 3",
                columns=("contact",),
                tags=("email",),
                why="its labels say that it is not personal, and nothing was measured",
            ),
        ),
    )
