"""Datasets come in, are described, and are found again."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Table as Records

from compliance.countries import is_country
from compliance.dataset import Intake, RawFile, RawTable, read, read_database_table, take_in
from compliance.dataset.nouns import (
    NAME_LIMIT,
    Dataset,
    DatasetName,
    Description,
)
from compliance.errors import (
    AlreadyStoredError,
    DescriptionError,
    ErasedMeanwhileError,
    FileMissingError,
    FileTooLargeError,
    SecondBudgetError,
    TakenNameError,
    UnknownDatasetError,
)
from compliance.i18n import mark
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.rights.nouns import Rewriting
from compliance.settings import MAX_FILE_BYTES
from compliance.storage import records, tables
from compliance.storage.records import Noun
from compliance.workspace.desk import Act, Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.releasing import budgets
from compliance.workspace.storing import store_bytes

# How the lineage calls a version without the rows of people who had them restricted: it was made
# from the version that keeps them.
RESTRICTED, LIFTED = mark("restricted"), mark("restriction lifted")

_JUNK_PREFIXES = (".", "~$", "__MACOSX")


def raw_tables(places: Iterable[str | Path], table: str | None) -> list[RawTable]:
    """The tables at `places`: files, folders (all files in them), or database addresses.

    Raises:
        FileError: one of them cannot be taken in.
    """
    raws = []
    for place in places:
        if "://" in str(place):
            raws.append(read_database_table(str(place), table))
        else:
            raws += [read(file, table) for file in _files(Path(place))]
    return raws


def add(
    desk: Desk, raws: Sequence[RawTable], name: str, description: Description | None
) -> Dataset:
    """Store `raws` as the next version of dataset `name`.

    The same table under the same name is not stored again; under another name it is refused. It
    is the same, too, where only restricted rows are missing from the version that is used.

    Raises:
        FileError, AlreadyStoredError, SecondBudgetError: nothing was stored.
    """
    intake = take_in(raws)
    with desk.database.reading() as connection:
        known = _known(connection, intake, name)
    if known is not None:
        return known if description is None else describe(desk, name, description)
    with desk.act("dataset.add", name) as act:
        if (known := _known(act.connection, intake, name)) is not None:
            act.facts |= {"version": known.version, "sha256": known.sha256, "unchanged": True}
            return known  # somebody else was quicker
        dataset = store(desk, act, intake, name, description)
        how = lineage_steps.added(dataset)
        for source in dataset.sources:
            node = Node(kind=NodeKind.SOURCE, id=source.sha256, title=source.name)
            act.link(node, dataset_node(dataset), mark("added"), how)
        act.facts["sources"] = [source.sha256 for source in dataset.sources]
    return dataset


def store(
    desk: Desk, act: Act, intake: Intake, name: str, description: Description | None
) -> Dataset:
    """Store `intake` as the next version of dataset `name`, as part of `act`.

    Raises:
        SecondBudgetError, UnknownColumnError: the description does not fit; nothing was stored.
    """
    versions = records.every(act.connection, tables.DATASET, Dataset, name=name)
    newest_ = _described(act.connection, versions[-1]) if versions else None
    dataset = Dataset(
        id=f"{name}@{len(versions) + 1}",
        name=DatasetName(name),
        version=len(versions) + 1,
        sha256=intake.sha256,
        rows=intake.rows,
        columns=intake.columns,
        cleaning=intake.cleaning,
        sources=intake.sources,
        description=description or (newest_.description if newest_ else Description()),
        added_at=act.at,
    )
    if newest_ is not None and newest_.kept is not None:
        raise TakenNameError(name=name)
    check_described(act, newest_, dataset)
    # Not earlier: nothing typed can be refused any more, so no file is left over.
    store_bytes(desk.datasets_folder / f"{intake.sha256}.parquet", intake.parquet)
    act.store(tables.DATASET, dataset, id=dataset.id, name=name, sha256=dataset.sha256)
    act.store(tables.DESCRIPTION, dataset.description, name=name)
    act.facts |= {
        "version": dataset.version,
        "rows": dataset.rows,
        "columns": len(dataset.columns),
        "sha256": dataset.sha256,
    }
    return dataset


def check_described(act: Act, before: Dataset | None, dataset: Dataset) -> None:
    """Refuse a new version whose description does not fit it.

    Raises:
        SecondBudgetError, UnknownColumnError, DescriptionError: it does not.
    """
    if before is not None:
        _keep_population(act, before, dataset)
    if dataset.description.unit:
        dataset.column(dataset.description.unit)
    _check_region(dataset.description)


def describe(desk: Desk, name: str, description: Description) -> Dataset:
    """Record what people say about dataset `name`; the description before stays on record."""
    with desk.act("dataset.describe", name) as act:
        dataset = find(act.connection, name)
        after = replace(dataset, description=description)
        if description.unit:
            dataset.column(description.unit)
        _check_region(description)
        _keep_population(act, dataset, after)
        act.store(tables.DESCRIPTION, description, name=name)
        act.facts |= {
            "recorded": [
                field
                for field in ("data_subjects", "purpose", "legal_basis", "region", "source")
                if getattr(description, field)
            ],
            "retention_months": description.retention_months,
            "unit": description.unit,
            "population": after.population,
        }
        return after


def newest(connection: Connection) -> tuple[Dataset, ...]:
    """The newest version of every dataset, in the order in which they first came."""
    found = records.newest_by(connection, tables.DATASET, Dataset, "name")
    return tuple(_described(connection, dataset) for dataset in found.values())


def find(connection: Connection, name: str) -> Dataset:
    """The newest version of dataset `name`.

    Raises:
        UnknownDatasetError: there is none.
    """
    found = records.latest(connection, tables.DATASET, Dataset, name=name)
    if found is None:
        names = list(records.newest_by(connection, tables.DATASET, Dataset, "name"))
        known = ", ".join(names[:20]) or "none yet"
        raise UnknownDatasetError(name=name[:80], known=known)
    return _described(connection, found)


def whole(connection: Connection, dataset: Dataset) -> Dataset:
    """The version that keeps all rows of `dataset`; itself, where none were moved out of it.

    Rows that people had restricted are in it, so it is for storing, searching, correcting,
    erasing; what is used otherwise is `dataset`.
    """
    node = dataset_node(dataset)
    edges = records.every(connection, tables.EDGE, Edge, made=f"{node.kind}:{node.id}")
    origin = next((e.origin.id for e in edges if e.step in (RESTRICTED, LIFTED)), None)
    kept = dataset if origin is None else version(connection, origin)
    return dataset if kept.sha256 == dataset.sha256 else kept


def newest_whole(connection: Connection) -> tuple[Dataset, ...]:
    """Of every dataset that the desk holds, the version that keeps all rows of the newest; see
    `whole`.
    """
    held = (dataset for dataset in newest(connection) if dataset.kept is None)
    return tuple(whole(connection, dataset) for dataset in held)


def version(connection: Connection, id_: str) -> Dataset:
    """The version of a dataset named `id_`, as people describe it today."""
    found = records.latest(connection, tables.DATASET, Dataset, id=id_)
    if found is None:
        raise ValueError(f"no version {id_} is stored")
    return _described(connection, found)


def of_any_version(
    connection: Connection, table: Records, kind: type[Noun], dataset: Dataset, at: str
) -> tuple[Noun, ...]:
    """All nouns of `table` about any version of `dataset`, newest first; each as it stands.

    Args:
        at: the noun's field that says when it was made.
    """
    found = [
        noun
        for version in range(1, dataset.version + 1)
        for noun in records.every(connection, table, kind, dataset_id=f"{dataset.name}@{version}")
    ]
    # What was rewritten, because somebody was erased, is stored again under the id that it had.
    newest_ = {attrgetter("id")(noun): noun for noun in found}
    return tuple(sorted(newest_.values(), key=attrgetter(at), reverse=True))


def left_of(connection: Connection, id_: str) -> str:
    """The hash of what the last erasure left of a version; empty: nothing was erased from it."""
    left = records.latest(connection, tables.REWRITING, Rewriting, dataset_id=id_)
    return "" if left is None else left.after


def check_left(connection: Connection, dataset: Dataset, left: str) -> None:
    """Refuse to store what was made of rows from which somebody was erased meanwhile.

    Args:
        left: what `left_of` said when the rows were read.

    Raises:
        ErasedMeanwhileError: somebody was.
    """
    if left_of(connection, dataset.id) != left:
        raise ErasedMeanwhileError(dataset=dataset.name)


def every_version(connection: Connection) -> tuple[Dataset, ...]:
    """All versions of all datasets, each as it stands, in the order in which they came."""
    said = records.newest_by(connection, tables.DESCRIPTION, Description, "name")
    left = records.newest_by(connection, tables.REWRITING, Rewriting, "dataset_id")
    return tuple(
        _as_it_stands(dataset, said.get(dataset.name), left.get(dataset.id))
        for dataset in records.every(connection, tables.DATASET, Dataset)
    )


def dataset_node(dataset: Dataset) -> Node:
    """A dataset version in the lineage."""
    title = mark("{dataset} (version {version})").format(
        dataset=dataset.name, version=dataset.version
    )
    return Node(kind=NodeKind.DATASET, id=dataset.id, title=title)


def _check_region(description: Description) -> None:
    """Refuse a home region that is no country.

    Raises:
        DescriptionError: it is none.
    """
    if description.region and not is_country(description.region):
        known = "a country's code of two letters, such as DE, GB, US or CN"
        raise DescriptionError(field="The home region", given=description.region, known=known)


def _keep_population(act: Act, before: Dataset, after: Dataset) -> None:
    """Refuse to move people who have spent budget to another one.

    Raises:
        SecondBudgetError: they have.
    """
    if before.population == after.population:
        return
    if budgets.state(act.connection, before.population, act.at).spends:
        raise SecondBudgetError(name=before.name, before=before.population, after=after.population)


def _described(connection: Connection, dataset: Dataset) -> Dataset:
    """`dataset` as it stands: as people describe it today, with the content that is left of it."""
    said = records.latest(connection, tables.DESCRIPTION, Description, name=dataset.name)
    left = records.latest(connection, tables.REWRITING, Rewriting, dataset_id=dataset.id)
    return _as_it_stands(dataset, said, left)


def _as_it_stands(dataset: Dataset, said: Description | None, left: Rewriting | None) -> Dataset:
    if left is not None:
        dataset = replace(dataset, sha256=left.after, rows=left.rows, columns=left.columns)
    return dataset if said is None else replace(dataset, description=said)


def _known(connection: Connection, intake: Intake, name: str) -> Dataset | None:
    """The newest version of `name`, if it is the same table.

    Raises:
        AlreadyStoredError: the table is stored under another name.
    """
    for stored in records.every(connection, tables.DATASET, Dataset, sha256=intake.sha256):
        dataset = _described(connection, stored)
        if dataset.name != name and dataset.sha256 == intake.sha256:
            raise AlreadyStoredError(name=dataset.name)
    found = records.latest(connection, tables.DATASET, Dataset, name=name)
    known = None if found is None else _described(connection, found)
    if known is None:
        return None
    is_same = intake.sha256 in (known.sha256, whole(connection, known).sha256)
    return known if is_same else None


def _files(path: Path) -> list[RawFile]:
    """The bytes at `path`; of a folder, of every file in it that is not hidden."""
    try:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file())
            files = [p for p in inside if not p.name.startswith(_JUNK_PREFIXES)]
            if not files:
                raise FileMissingError(name=path.name)
        else:
            files = [path]
        for file in files:
            found = file.stat()
            if not stat.S_ISREG(found.st_mode):  # a device or a pipe may never end
                raise FileMissingError(name=file.name)
            if found.st_size > MAX_FILE_BYTES:
                raise FileTooLargeError(name=file.name, limit=f"{MAX_FILE_BYTES // 2**30} GB")
        return [RawFile(name=file.name, data=file.read_bytes()) for file in files]
    except (OSError, ValueError):
        raise FileMissingError(name=(path.name or str(path))[:NAME_LIMIT]) from None
