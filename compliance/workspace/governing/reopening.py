"""Decisions that a refreshed file has overtaken: they were made on what a dataset held before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Changes, Discovery, LabelStatus
from compliance.impact.nouns import Impact, Status
from compliance.rules.nouns import Finding
from compliance.rules.nouns import Status as Standing
from compliance.rules.nouns.improvement import Decided, Reopened
from compliance.storage import records, tables
from compliance.workspace.anonymising import recipes
from compliance.workspace.data import datasets, labels


def every(connection: Connection, at: datetime) -> tuple[Reopened, ...]:
    """Those of all datasets, dataset by dataset."""
    return tuple(
        one for dataset in datasets.newest(connection) for one in of(connection, dataset, at)
    )


def of(connection: Connection, dataset: Dataset, at: datetime) -> tuple[Reopened, ...]:
    """What the newest version of one dataset has overtaken; nothing where it brings nothing new.

    Labels are open until they are confirmed, a recipe until it is kept anew, an impact assessment
    until it is validated anew, a waiver until it is decided anew or ends.
    """
    if dataset.version == 1:
        return ()
    found = labels.latest(connection, dataset)
    if found is None:
        return tuple(_not_looked_at(connection, dataset))
    changes = labels.changes(connection, dataset)
    if not changes:
        return ()
    return (
        *_labels(dataset, found, changes),
        *_recipes(connection, dataset, changes),
        *_impacts(connection, dataset),
        *_waivers(connection, dataset, at),
    )


def _not_looked_at(connection: Connection, dataset: Dataset) -> Iterator[Reopened]:
    """Whether the refreshed file holds something new is not known, so nothing counts for it."""
    if labels.decided(connection, dataset):
        says = (
            f"{dataset.name}: the refreshed file has not been looked at, so that what was decided "
            "on its columns does not count for it yet."
        )
        yield _reopened(Decided.LABELS, dataset, says, "discovery")


def _labels(dataset: Dataset, found: Discovery, changes: Changes) -> Iterator[Reopened]:
    status = {label.column: label.status for label in found.labels}
    changed = [
        *changes.new_columns,
        *(one.column for one in changes.new_kinds),
        *(one.column for one in changes.changed_classes),
    ]
    open_ = [c for c in dict.fromkeys(changed) if status.get(c) is LabelStatus.PROPOSED]
    personal = {label.column for label in found.personal}
    if concerned := [c for c in open_ if c in personal or c not in changes.new_columns]:
        says = f"{dataset.name}: confirm what {_listed(concerned)} now hold{_s(concerned)}."
        yield _reopened(Decided.LABELS, dataset, says, "discovery")


def _recipes(connection: Connection, dataset: Dataset, changes: Changes) -> Iterator[Reopened]:
    for kept in recipes.every(connection):
        if kept.dataset != dataset.name or kept.kept_at >= dataset.added_at:
            continue
        known = {column.name for column in kept.recipe.columns}
        new = [column for column in changes.new_columns if column not in known]
        other = [one.column for one in changes.new_kinds if one.column in known]
        if concerned := list(dict.fromkeys([*new, *other])):
            says = (
                f"{dataset.name}: the recipe “{kept.recipe.name}” was kept before "
                f"{_listed(concerned)} came to hold what it holds now; try it and keep it anew."
            )
            yield _reopened(Decided.RECIPE, dataset, says, "anonymise")


def _impacts(connection: Connection, dataset: Dataset) -> Iterator[Reopened]:
    for impact in records.newest_by(connection, tables.IMPACT, Impact, "id").values():
        is_on_it = dataset.name in impact.datasets and impact.status is Status.VALIDATED
        if is_on_it and impact.validated_at and impact.validated_at < dataset.added_at:
            says = f"{dataset.name}: “{impact.title}” was validated before the file was refreshed."
            yield _reopened(Decided.IMPACT, dataset, says, "impact")


def _waivers(connection: Connection, dataset: Dataset, at: datetime) -> Iterator[Reopened]:
    for finding in records.newest_by(connection, tables.FINDING, Finding, "id").values():
        waiver, is_on_it = finding.waiver, finding.entity == "dataset"
        if waiver is None or not is_on_it or finding.subject_id != dataset.name:
            continue
        counts = waiver.until >= at.date() and finding.status is not Standing.CLOSED
        if counts and waiver.at < dataset.added_at:
            says = (
                f"{dataset.name}: “{finding.title}” was waived before the file was refreshed; "
                "decide again whether that still holds."
            )
            yield _reopened(Decided.WAIVER, dataset, says, "decisions")


def _reopened(kind: Decided, dataset: Dataset, says: str, page: str) -> Reopened:
    return Reopened(kind=kind, dataset=str(dataset.name), says=says, page=page)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"“{column}”" for column in columns)


def _s(columns: Sequence[str]) -> str:
    return "s" if len(columns) == 1 else ""
