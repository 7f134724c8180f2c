"""What is known, made up for tests of where data lie and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import Mock

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset, DatasetName, Description, Sha256
from compliance.discovery.nouns import Discovery, IdentifierClass, Label
from compliance.register.nouns import Contradiction, Organisation, Record, Register
from compliance.rules.nouns import Answer, Flow, Form, Holding, Judgement, Knowledge
from compliance.rules.residency import judge, tables

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def label(column: str, class_: IdentifierClass, *, sensitive: bool = False) -> Label:
    return Label(
        column=column,
        semantic_type="x",
        identifier_class=class_,
        confidence=1.0,
        evidence=("made up",),
        special_category=sensitive,
    )


def holding(
    name: str,
    region: str = "DE",
    labels: Sequence[Label] | None = (label("id", IdentifierClass.DIRECT),),
    people: int | None = 100,
    **more: Any,
) -> Holding:
    """A dataset with one direct identifier; `labels=None`: nobody has looked."""
    dataset = Dataset(
        id=f"{name}@1",
        name=DatasetName(name),
        version=1,
        sha256=Sha256("0" * 64),
        rows=1_000,
        columns=(),
        cleaning=(),
        sources=(),
        description=Description(region=region),
        added_at=AT,
    )
    found = None
    if labels is not None:
        found = Discovery(dataset_id=dataset.id, labels=tuple(labels), discovered_at=AT)
    return Holding(dataset=dataset, discovery=found, people=people, **more)


def anonymous(name: str, region: str = "DE", k_missing: int | None = 0) -> Holding:
    """An anonymised dataset; with `k_missing` above 0 its proof does not hold any more."""
    record = Mock(spec=Anonymised)
    record.proof.failed = ()
    return holding(name, region, k_missing=k_missing, anonymised=record)


def transfer(id_: str, **values: object) -> Record:
    return Record(kind="transfer", id=id_, name=id_, values=values)


def knowing(
    *holdings: Holding,
    records: Sequence[Record] = (),
    org: Mapping[str, object] | None = None,
    at: datetime = AT,
    contradictions: Sequence[Contradiction] = (),
) -> Knowledge:
    whole = [Record(kind="org", id="org", name="Shop", values=org)] if org is not None else []
    return Knowledge(
        at=at,
        organisation=Organisation(name="Shop", country="DE"),
        holdings=holdings,
        register=Register(records=(*records, *whole), contradictions=tuple(contradictions)),
    )


def flow(
    origin: str,
    destination: str,
    form: Form = Form.ROWS,
    people: int | None = 100,
    sensitive: int | None = 0,
    mechanism: str = "",
    since: date | None = None,
    id_: str = "T1",
    **facts: object,
) -> Flow:
    return Flow(
        id=id_,
        dataset=f"data of {id_}",
        origin=origin,
        destination=destination,
        recipient="",
        form=form,
        people=people,
        sensitive_people=sensitive,
        mechanism=mechanism,
        facts=facts,
        since=since,
    )


def said(law: str, moved: Flow, at: datetime = AT, knowledge: Knowledge | None = None) -> Judgement:
    """What one law says of a movement."""
    known = knowledge or knowing(at=at)
    (found,) = [j for j in judge(moved, None, tables(), at, known) if j.law == law]
    return found


def answer(law: str, moved: Flow, at: datetime = AT) -> Answer:
    return said(law, moved, at).answer
