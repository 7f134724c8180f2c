"""A shop of which all is known, and assessments of it that lack nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import anonymisation_report_cases as anonymised
import federated_report_cases as federated
import report_samples as samples

from compliance.dataset.nouns import ColumnName, Dataset, DatasetName, Description, LegalBasis
from compliance.discovery.nouns import Discovery, IdentifierClass, Label, LabelStatus
from compliance.impact import (
    answered,
    begun,
    decided,
    gauged,
    method,
    opined,
    screened_by_hand,
)
from compliance.impact.nouns import (
    Decision,
    Gauge,
    Impact,
    ImpactKind,
    Opinion,
    Origin,
    Outcome,
    Voice,
)
from compliance.register.nouns import Organisation, Record, Register
from compliance.rules.nouns import Holding, Knowledge

AT = samples.NOW
TODAY = AT.date()
CANARY = "canary-7c1e"  # a typed purpose that must not show where only facts may
SAID = Description(
    data_subjects="patients",
    purpose="care",
    legal_basis=LegalBasis.CONTRACT,
    region="DE",
    retention_months=24,
    source="web shop",
    unit=ColumnName("name"),
    special_condition="Art. 9(2)(a)",
)
ACTIVITY: Mapping[str, Any] = {
    "purposes": ["recommend products"],
    "lawful_basis": "contract",
    "datasets": ["patients"],
    "recipients": [],
    "retention_months": 24,
    "transfers": None,
    "security_measures": ["encryption", "access_by_role"],
    "role": "controller",
}
PROCESSOR: Mapping[str, Any] = {"country": "DE", "contract_id": "C-1", "activities": ["advice"]}


def label(column: str, type_: str, class_: IdentifierClass, *, special: bool = False) -> Label:
    """A confirmed label."""
    return Label(
        column=ColumnName(column),
        semantic_type=type_,
        identifier_class=class_,
        confidence=1.0,
        evidence=("by its name",),
        special_category=special,
        status=LabelStatus.CONFIRMED,
    )


LABELS = (
    label("name", "person_name", IdentifierClass.DIRECT),
    label("birth_year", "birth_year", IdentifierClass.QUASI),
    label("illness", "health", IdentifierClass.SENSITIVE, special=True),
)


def patients(**change: Any) -> Dataset:
    """The dataset that everything is about."""
    found = anonymised.dataset("patients", "name", "birth_year", "illness")
    return replace(found, description=SAID, **change)


def holding(**change: Any) -> Holding:
    """The same with what was found out about it."""
    plain = Holding(
        dataset=patients(),
        discovery=Discovery(dataset_id="patients@1", labels=LABELS, discovered_at=AT),
        people=12_000,
    )
    return replace(plain, **change)


def output(**change: Any) -> Holding:
    """What was anonymised from it."""
    plain = Holding(
        dataset=anonymised.dataset("patients-anonymised", "birth_year", "illness"),
        discovery=None,
        anonymised=anonymised.done(),
        k_missing=0,
    )
    return replace(plain, **change)


def activity(**change: Any) -> Record:
    """The activity on record."""
    return Record(kind="activity", id="advice", name="Advice", values={**ACTIVITY, **change})


def processor(id_: str = "mailer", **change: Any) -> Record:
    """A processor on record."""
    values = {**PROCESSOR, **change}
    return Record(kind="processor", id=id_, name=id_.capitalize(), values=values)


def register(*records: Record) -> Register:
    """A register of the activity, one processor and what is given."""
    given = {(record.kind, record.id) for record in records}
    plain = [r for r in (activity(), processor()) if (r.kind, r.id) not in given]
    return Register(records=(*plain, *records))


def knowledge(*holdings: Holding, **change: Any) -> Knowledge:
    """All that is known of the shop."""
    plain = Knowledge(
        at=AT,
        organisation=Organisation(name="Teal Shop", officer="A. Officer", country="DE"),
        holdings=holdings or (holding(),),
        register=register(),
    )
    return replace(plain, **change)


def run(**change: Any) -> Any:
    """A federated run without noise."""
    return replace(federated.run(), **change)


def begun_one(known: Knowledge | None = None, **change: Any) -> Impact:
    """An assessment just begun."""
    asked = {"id_": "dpia-1", "activity": "advice"} | change
    kind = asked.pop("kind", ImpactKind.DPIA)
    template = asked.pop("template", "recommendation")
    return begun(kind, template, known or knowledge(), **asked)


def complete(known: Knowledge | None = None, **change: Any) -> Impact:
    """An assessment in which nothing is missing but the signature."""
    impact = begun_one(known, **change)
    for question in method().questions(impact.kind):
        if not impact.answers[question.id].counts:
            impact = answered(impact, question.id, f"Said of {question.id}.")
    if impact.kind is ImpactKind.LIA:
        return decided(impact, TODAY, outcome=Outcome.PASSED, because="It is balanced.")
    for id_, criterion in impact.screening.items():
        if criterion.holds is None or criterion.origin is Origin.TEMPLATE:
            holds = bool(criterion.holds)
            impact = screened_by_hand(impact, id_, holds=holds, why="Looked at.")
    return _judged(impact)


def _judged(impact: Impact) -> Impact:
    for event in impact.events:
        for field in ("impacts", "threats", "sources"):
            impact = answered(impact, f"{event.id}.{field}", f"{field} of {event.id}")
        impact = gauged(
            impact, event.id, severity=Gauge.IMPORTANT, likelihood=Gauge.MAXIMUM, why="Seen."
        )
        impact = gauged(
            impact, event.id, severity=Gauge.LIMITED, likelihood=Gauge.LIMITED, after=True
        )
    officer = Opinion(of=Voice.OFFICER, by="A. Officer", text="Go on.", at=date(2026, 11, 20))
    people = Opinion(of=Voice.PEOPLE, reason="Customers are too many; a panel follows.")
    impact = opined(opined(impact, officer, TODAY), people, TODAY)
    return decided(impact, TODAY, decision=Decision.GO, because="The risk left is low.")


def named(name: str, **change: Any) -> Holding:
    """A holding of another name."""
    base = holding(**change)
    made = replace(base.dataset, id=f"{name}@1", name=DatasetName(name))
    return replace(base, dataset=made)
