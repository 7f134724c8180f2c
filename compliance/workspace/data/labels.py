"""Discovery on a stored dataset, and what officers make of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from compliance.dataset import Table
from compliance.dataset.nouns import Dataset
from compliance.discovery import compare, discover, rare_findings, relabelled
from compliance.discovery.nouns import (
    Changes,
    Discovery,
    Form,
    IdentifierClass,
    Label,
    LabelStatus,
)
from compliance.discovery.nouns.text import TextFindings
from compliance.discovery.text import scan_column
from compliance.i18n import mark
from compliance.lineage.nouns import How, Node, NodeKind
from compliance.storage import records, tables
from compliance.workspace.data import datasets, elsewhere
from compliance.workspace.desk import Act, Desk

_MOST_TEXTS = 2_000
_SENTENCES = ("free_text", "review_text")


def find_labels(desk: Desk, name: str) -> Discovery:
    """Look at every column of dataset `name`; labels that an officer decided stay as they are."""
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
    if dataset.kept is None:
        seen = look(desk.table(dataset), dataset, desk.clock())
    else:
        some = elsewhere.sample(dataset, desk.settings, desk.key)
        seen = replace(look(some, dataset, desk.clock()), rare=(), sampled_rows=some.rows)
    with desk.act("dataset.discover", name) as act:
        found = replace(with_decided(act.connection, dataset, seen), discovered_at=act.at)
        keep(act, dataset, found)
    return found


def look(table: Table, dataset: Dataset, at: datetime) -> Discovery:
    """What is seen in every column; nothing is stored, and what officers said is not asked."""
    labels = discover(table, dataset.columns)
    return Discovery(
        dataset_id=dataset.id,
        labels=labels,
        discovered_at=at,
        rare=rare_findings(table, dataset.columns, labels),
        texts={label.column: _texts(table, label) for label in labels if _is_text(label)},
    )


def with_decided(connection: Connection, dataset: Dataset, seen: Discovery) -> Discovery:
    """What is seen, with what officers said of it."""
    said = decided(connection, dataset)
    return replace(seen, labels=tuple(_as_decided(label, said) for label in seen.labels))


def carried(
    before: Discovery, table: Table, dataset: Dataset, changed: Collection[str], at: datetime
) -> Discovery:
    """The labels of a new version made from one that was looked at.

    Columns that hold what they held keep their labels; those in `changed` are looked at again.
    """
    known = {label.column: label for label in before.labels if label.column not in changed}
    seen = look(table, dataset, at) if changed else None
    again = {label.column: label for label in (seen.labels if seen else ())}
    rare = [one for one in before.rare if one.column in known]
    texts = {column: one for column, one in before.texts.items() if column in known}
    if seen is not None:
        rare += [one for one in seen.rare if one.column not in known]
        texts |= {c: one for c, one in seen.texts.items() if c not in known}
    names = dataset.column_names
    return Discovery(
        dataset_id=dataset.id,
        labels=tuple(known.get(name) or again[name] for name in names),
        discovered_at=at,
        rare=tuple(one for one in rare if one.column in names),
        texts={column: one for column, one in texts.items() if column in names},
    )


def keep(act: Act, dataset: Dataset, found: Discovery) -> None:
    """Store the labels of `dataset` as part of `act`."""
    _store(act, dataset, found)
    act.facts["new_kinds"] = len(news(act.connection, dataset, found).new_kinds)
    how = How(parameters={"columns": len(found.labels), "personal": len(found.personal)})
    act.link(datasets.dataset_node(dataset), _node(dataset), mark("discovered"), how)


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


def known(connection: Connection, dataset: Dataset) -> Discovery | None:
    """The labels of a version that keeps restricted rows: those of what is used in its place.

    Officers look at what is used, so what they say there holds of the rows that are kept, too. Of
    every other version it is `latest`.
    """
    used = datasets.find(connection, dataset.name)
    if used.id != dataset.id and datasets.whole(connection, used).id == dataset.id:
        found = latest(connection, used)
        if found is not None:
            return replace(found, dataset_id=dataset.id)
    return latest(connection, dataset)


def decided(connection: Connection, dataset: Dataset) -> Mapping[str, Label]:
    """What officers said of the columns, of this version or of the last one that was looked at."""
    own = latest(connection, dataset)
    known = own or _last(connection, dataset)
    return {
        label.column: label
        for label in (known.labels if known else ())
        if label.status is not LabelStatus.PROPOSED
    }


def _as_decided(label: Label, decided: Mapping[str, Label]) -> Label:
    """What was decided stands, as long as discovery says what it said then."""
    said = decided.get(label.column)
    if said is None or label.semantic_type != (said.proposed or said.semantic_type):
        return label
    return said


def changes(connection: Connection, dataset: Dataset) -> Changes | None:
    """What this version holds that the one before did not; None where one was not looked at."""
    found = latest(connection, dataset)
    return None if found is None else news(connection, dataset, found)


def news(connection: Connection, dataset: Dataset, found: Discovery) -> Changes:
    """What is new since the last version that was looked at; nothing where there is none."""
    before = _last(connection, dataset)
    return Changes() if before is None else compare(before, found)


def _last(connection: Connection, dataset: Dataset) -> Discovery | None:
    """The labels of the last version before this one that was looked at."""
    for version in range(dataset.version - 1, 0, -1):
        id_ = f"{dataset.name}@{version}"
        found = records.latest(connection, tables.DISCOVERY, Discovery, dataset_id=id_)
        if found is not None:
            return found
    return None


def _is_text(label: Label) -> bool:
    return label.form is Form.FREE_TEXT or label.semantic_type in _SENTENCES


def _texts(table: Table, label: Label) -> TextFindings:
    """What a sample of the sentences of a column holds; its values decide which, not its rows."""
    return scan_column(sorted(table.codes(label.column).texts())[:: _step(table, label)])


def _step(table: Table, label: Label) -> int:
    return max(1, len(table.codes(label.column).labels) // _MOST_TEXTS)


def _store(act: Act, dataset: Dataset, found: Discovery) -> None:
    act.store(tables.DISCOVERY, found, dataset_id=dataset.id)
    act.facts |= {
        "columns": len(found.labels),
        "personal": len(found.personal),
        "unconfirmed": len(found.unconfirmed),
        "rare": len(found.rare),
        **({"sampled_rows": found.sampled_rows} if found.sampled_rows else {}),
    }


def _node(dataset: Dataset) -> Node:
    return Node(
        kind=NodeKind.LABELS,
        id=dataset.id,
        title=mark("Labels of {dataset}").format(dataset=dataset.name),
    )
