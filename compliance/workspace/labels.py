"""Discovery on a stored dataset, and what officers make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.discovery import discover, relabelled
from compliance.discovery.nouns import Discovery, IdentifierClass, LabelStatus
from compliance.lineage.nouns import Node, NodeKind
from compliance.storage import records, tables
from compliance.workspace import datasets
from compliance.workspace.desk import Act, Desk


def find_labels(desk: Desk, name: str) -> Discovery:
    """Look at every column of dataset `name`; labels that an officer decided stay as they are."""
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
    labels = discover(desk.table(dataset), dataset.columns)
    with desk.act("dataset.discover", name) as act:
        before = latest(act.connection, dataset)
        decided = {
            label.column: label
            for label in (before.labels if before else ())
            if label.status is not LabelStatus.PROPOSED
        }
        found = Discovery(
            dataset_id=dataset.id,
            labels=tuple(decided.get(label.column, label) for label in labels),
            discovered_at=act.at,
        )
        _store(act, dataset, found)
        act.link(datasets.dataset_node(dataset), _node(dataset), "discovered")
    return found


def decide(
    desk: Desk, name: str, decisions: Mapping[str, tuple[str, IdentifierClass]]
) -> Discovery:
    """Confirm or correct labels of dataset `name`: per column, the meaning and the class."""
    with desk.act("label.decide", name) as act:
        dataset = datasets.find(act.connection, name)
        before = latest(act.connection, dataset)
        for column in decisions:
            dataset.column(column)
        labels = tuple(
            relabelled(label, *decisions[label.column]) if label.column in decisions else label
            for label in (before.labels if before else ())
        )
        found = replace(before, labels=labels) if before else None
        if found is None:
            raise ValueError("labels are decided after discovery")
        _store(act, dataset, found)
        act.facts["decided"] = [
            {
                "column": la.column,
                "type": la.semantic_type,
                "class": la.identifier_class,
                "status": la.status,
            }
            for la in labels
            if la.column in decisions
        ]
    return found


def latest(connection: Connection, dataset: Dataset) -> Discovery | None:
    """The labels of this version of the dataset; None where nobody has looked."""
    return records.latest(connection, tables.DISCOVERY, Discovery, dataset_id=dataset.id)


def _store(act: Act, dataset: Dataset, found: Discovery) -> None:
    act.store(tables.DISCOVERY, found, dataset_id=dataset.id)
    act.facts |= {
        "columns": len(found.labels),
        "personal": len(found.personal),
        "unconfirmed": len(found.unconfirmed),
    }


def _node(dataset: Dataset) -> Node:
    return Node(kind=NodeKind.LABELS, id=dataset.id, title=f"Labels of {dataset.name}")
