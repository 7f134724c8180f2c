"""What a desk may know, invented, for the tests of facts and of what follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from compliance.dataset.nouns import (
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    Sha256,
)
from compliance.discovery.nouns import Discovery, IdentifierClass, Label, LegalClass
from compliance.register.nouns import Organisation, Record, Register
from compliance.rules.facts import subjects
from compliance.rules.nouns import Holding, Knowledge, Residents, Subject

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADDED = datetime(2026, 11, 2, 8, tzinfo=UTC)
REACH = {
    "EU_GDPR": ("DE", "FR"),
    "UK_GDPR": ("GB",),
    "CCPA": ("US-CA",),
    "CN_PIPL": ("CN",),
    "BR_LGPD": ("BR",),
    "IN_DPDP": ("IN",),
}
SAID = Description(
    data_subjects="customers", purpose="delivery", region="DE", retention_months=24, source="shop"
)
LIVING = Residents(columns=("country",), counts={"DE": 90, "CN": 10}, is_of_people=True)


def label(
    column: str,
    semantic_type: str,
    of: IdentifierClass = IdentifierClass.QUASI,
    legal: tuple[LegalClass, ...] = (),
) -> Label:
    """One column's verdict."""
    return Label(
        column=ColumnName(column),
        semantic_type=semantic_type,
        identifier_class=of,
        confidence=1,
        evidence=("invented",),
        special_category=LegalClass.GDPR_SPECIAL in legal,
        legal_classes=legal,
    )


KEY = label("id", "customer_id", IdentifierClass.DIRECT)
COUNTRY = label("country", "country")


def holding(*labels: Label, said: Description = SAID, name: str = "customers") -> Holding:
    """A dataset of 100 people with these columns; without any, nobody has looked."""
    columns = tuple(
        Column(name=one.column, type=ColumnType.TEXT, distinct=100) for one in (labels or (KEY,))
    )
    dataset = Dataset(
        id=f"{name}@1",
        name=DatasetName(name),
        version=1,
        sha256=Sha256("0" * 64),
        rows=100,
        columns=columns,
        cleaning=(),
        sources=(),
        description=said,
        added_at=ADDED,
    )
    found = Discovery(dataset_id=dataset.id, labels=labels, discovered_at=ADDED)
    return Holding(dataset=dataset, discovery=found if labels else None, residents=LIVING)


def knowing(*holdings: Holding, records: tuple[Record, ...] = ()) -> Knowledge:
    """A company in Germany that holds these datasets and has these records."""
    return Knowledge(
        at=AT,
        organisation=Organisation(name="Shop", officer="O", contact="o@shop.example", country="DE"),
        holdings=holdings,
        register=Register(records=records),
        lists={"EEA": ("DE", "FR")},
        reach=REACH,
    )


def record(kind: str, id_: str, **values: object) -> Record:
    """One record of the register."""
    return Record(kind=kind, id=id_, name=id_, values=values)


def subject_of(known: Knowledge, entity: str, id_: str = "") -> Subject:
    """The one subject of that kind and id."""
    found = [s for s in subjects(known) if s.entity == entity and (not id_ or s.id == id_)]
    assert len(found) == 1, f"{len(found)} subjects"
    return found[0]


def facts_of(known: Knowledge, entity: str, id_: str = "") -> dict[str, object]:
    """What is known of it."""
    return dict(subject_of(known, entity, id_).facts)


def with_records(known: Knowledge, *records: Record) -> Knowledge:
    """`known`, with more on record."""
    return replace(known, register=Register(records=(*known.register.records, *records)))
