"""Copies of somebody's cells outside the datasets: outputs, vaults, kept hierarchies.

What is rewritten is stored again under its own id, with the hash of its new file; the record that
was there stays in the trail's chain, so that nothing looks tampered with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Table as Records

from compliance.anonymise.hierarchies import read_hierarchy, write_hierarchy
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import Hierarchy
from compliance.anonymise.nouns.record import (
    Anonymised,
    AnonymisedBaskets,
    KeptRecipe,
    Proof,
    Vault,
)
from compliance.anonymise.treatments import open_vault
from compliance.anonymise.writing import to_csv
from compliance.dataset.nouns import ColumnName, Dataset, Sha256
from compliance.rights.erasing import MARK
from compliance.rights.nouns import Cut, Rewriting
from compliance.storage import records, tables
from compliance.workspace.anonymising import vaults
from compliance.workspace.desk import Act, Desk
from compliance.workspace.erasing.files import Journal
from compliance.workspace.keys import key_in

_NOTE = "People were erased from it after it was made; what was promised holds of what is left."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record to be stored again, with its keys."""

    table: Records
    noun: object
    keys: Mapping[str, str]

    def store(self, act: Act) -> None:
        """Keep it as it stands now, as part of `act`."""
        act.store(self.table, self.noun, **self.keys)


@dataclass(slots=True, kw_only=True)
class Rewritten:
    """What an erasure changes, as the files of it are being written.

    Attributes:
        versions: every dataset version as it was.
        cuts: what is done, by version.
        made: the new content of those that change, by version.
    """

    desk: Desk
    journal: Journal
    versions: Mapping[str, Dataset]
    cuts: Mapping[str, Cut]
    made: dict[str, Rewriting]
    _left: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _gone: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def now(self, id_: str) -> Dataset:
        """A version as it will be."""
        made, before = self.made.get(id_), self.versions[id_]
        if made is None:
            return before
        return replace(before, sha256=made.after, rows=made.rows, columns=made.columns)

    def gone(self, name: str, column: ColumnName) -> set[str]:
        """The values of a column that stood in rows which go, and that are nowhere else in it.

        All versions of the dataset count.
        """
        place = (name, column)
        if place not in self._gone:
            self._gone[place] = self._went(name, column) - self._stays(name, column)
        return self._gone[place]

    def _went(self, name: str, column: ColumnName) -> set[str]:
        found: set[str] = set()
        for id_, cut in self.cuts.items():
            dataset = self.versions[id_]
            if dataset.name != name or column not in dataset.column_names:
                continue
            coded = self.desk.table(dataset).codes(column)
            rows = {*cut.removed, *(row for one in cut.blanked for row in one.rows)}
            codes = {int(coded.codes[row]) for row in rows} - {-1}
            if codes:
                texts = coded.texts()
                found |= {texts[code] for code in codes}
        return found

    def _stays(self, name: str, column: ColumnName) -> set[str]:
        place = (name, column)
        if place not in self._left:
            self._left[place] = {
                text
                for dataset in self.versions.values()
                if dataset.name == name and column in dataset.column_names
                for text in self.desk.table(self.now(dataset.id)).codes(column).texts()
            }
        return self._left[place]


def rewritten_copies(connection: Connection, about: Rewritten) -> tuple[Kept, ...]:
    """Write all copies anew that hold somebody's cells; what they are stored as from now on."""
    if not about.made:
        return ()
    return (*_outputs(connection, about), *_vaults(connection, about), *_recipes(connection, about))


def files_in_use(desk: Desk, connection: Connection, every: Iterable[Dataset]) -> set[Path]:
    """The files that the records need as they stand."""
    outputs = _newest(connection, tables.ANONYMISED, Anonymised)
    baskets = _newest(connection, tables.BASKETS, AnonymisedBaskets)
    recipes = records.newest_by(connection, tables.RECIPE, KeptRecipe, "name").values()
    used = [*(one.hierarchies for one in outputs), *(one.hierarchies for one in recipes)]
    hierarchies = {sha256 for one in used for sha256 in one.values()}
    return {
        *(desk.datasets_folder / f"{one.sha256}.parquet" for one in every),
        *(desk.outputs_folder / f"{one.proof.sha256}.csv" for one in outputs),
        *(desk.outputs_folder / f"{one.sha256}.csv" for one in baskets),
        *(desk.hierarchies_folder / f"{sha}.csv" for sha in hierarchies),
        *(
            desk.vaults_folder / f"{one.sha256}.parquet"
            for one in _newest(connection, tables.VAULT, Vault)
        ),
    }


def _outputs(connection: Connection, about: Rewritten) -> Iterator[Kept]:
    """Anonymised tables: the file that is handed on, its proof, and the hierarchies behind it."""
    for done in _newest(connection, tables.ANONYMISED, Anonymised):
        proof, hierarchies = done.proof, _hierarchies(about, done.dataset_id, done.hierarchies)
        if done.made in about.made:
            proof = _proof(about, done)
        if proof is not done.proof or hierarchies != done.hierarchies:
            noun = replace(done, proof=proof, hierarchies=hierarchies)
            keys = {"id": done.id, "dataset_id": done.dataset_id, "made": done.made}
            yield Kept(table=tables.ANONYMISED, noun=noun, keys=keys)
    for baskets in _newest(connection, tables.BASKETS, AnonymisedBaskets):
        if baskets.made in about.made:
            sha256, rows = _output(about, baskets.made, baskets.sha256)
            keys = {"id": baskets.id, "dataset_id": baskets.dataset_id}
            noun_ = replace(baskets, sha256=sha256, rows=rows)
            yield Kept(table=tables.BASKETS, noun=noun_, keys=keys)


def _proof(about: Rewritten, done: Anonymised) -> Proof:
    """The proof of what is left; measured anew where rows went."""
    sha256, rows = _output(about, done.made, done.proof.sha256)
    after = done.proof.after
    if rows != done.proof.rows:
        table = about.desk.table(about.now(done.made))
        shown = [column for column in done.plan.sensitive if column in table.column_names]
        after = measure_table(table, done.plan.columns, shown)
    notes = done.proof.notes if _NOTE in done.proof.notes else (*done.proof.notes, _NOTE)
    return replace(done.proof, sha256=sha256, rows=rows, after=after, notes=notes)


def _output(about: Rewritten, made: str, before: Sha256) -> tuple[Sha256, int]:
    """The file that is handed on, written from the new content; its hash, and its rows."""
    now = about.now(made)
    data = to_csv(about.desk.table(now).arrow(now.column_names))
    folder = about.desk.outputs_folder
    return _swapped(about, folder, "csv", before, data), now.rows


def _vaults(connection: Connection, about: Rewritten) -> Iterator[Kept]:
    """Vaults without the originals of whoever went."""
    origins = {
        one.made: one.dataset_id for one in _newest(connection, tables.ANONYMISED, Anonymised)
    }
    key = key_in(about.desk.settings.home / "vault.key")
    for vault in _newest(connection, tables.VAULT, Vault):
        origin = origins.get(vault.dataset_id)
        if origin is None or origin not in about.versions:
            continue
        gone = about.gone(about.versions[origin].name, vault.column)
        if not gone:
            continue
        rows = vaults.rows_of(about.desk, vault)
        opened = open_vault(rows, rows.pseudonyms, key)
        stays = [code for code in rows.pseudonyms if opened[code] not in gone]
        if len(stays) == len(rows.pseudonyms):
            continue
        sealed = dict(zip(rows.pseudonyms, rows.sealed, strict=True))
        left = replace(rows, pseudonyms=tuple(stays), sealed=tuple(sealed[code] for code in stays))
        data = vaults.to_file(left)
        sha256 = _swapped(about, about.desk.vaults_folder, "parquet", vault.sha256, data)
        yield Kept(
            table=tables.VAULT,
            noun=replace(vault, rows=len(stays), sha256=sha256),
            keys={"id": vault.id, "dataset_id": vault.dataset_id},
        )


def _recipes(connection: Connection, about: Rewritten) -> Iterator[Kept]:
    newest = {str(one.name): one.id for one in about.versions.values()}
    for kept in records.newest_by(connection, tables.RECIPE, KeptRecipe, "name").values():
        if kept.dataset not in newest:
            continue
        hierarchies = _hierarchies(about, newest[kept.dataset], kept.hierarchies)
        if hierarchies != kept.hierarchies:
            noun = replace(kept, hierarchies=hierarchies)
            yield Kept(table=tables.RECIPE, noun=noun, keys={"name": kept.recipe.name})


def _hierarchies(
    about: Rewritten, origin: str, hashes: Mapping[ColumnName, Sha256]
) -> Mapping[ColumnName, Sha256]:
    """The hierarchies without values that only whoever went had."""
    if origin not in about.versions:
        return hashes
    name, found = about.versions[origin].name, dict(hashes)
    for column, sha256 in hashes.items():
        gone = about.gone(name, column)
        path = about.desk.hierarchies_folder / f"{sha256}.csv"
        if not gone or not path.exists():
            continue
        hierarchy = read_hierarchy(path.read_bytes(), column).hierarchy
        left = _without(hierarchy, gone)
        if left is not None:
            data = write_hierarchy(left)
            folder = about.desk.hierarchies_folder
            found[column] = _swapped(about, folder, "csv", sha256, data)
    return found


def _without(hierarchy: Hierarchy, gone: Collection[str]) -> Hierarchy | None:
    """It without values; None where it stays as it is. Where none is left, a mark is one."""
    places = [place for place, value in enumerate(hierarchy.values) if value not in gone]
    if len(places) == len(hierarchy.values):
        return None
    if not places:
        return replace(hierarchy, levels=((MARK,), *(("*",) for _ in hierarchy.levels[1:])))
    levels = tuple(tuple(level[place] for place in places) for level in hierarchy.levels)
    return replace(hierarchy, levels=levels)


def _swapped(about: Rewritten, folder: Path, kind: str, before: Sha256, data: bytes) -> Sha256:
    """Write a file, and condemn the one that it takes the place of; its hash."""
    after = Sha256(hashlib.sha256(data).hexdigest())
    if after != before:
        about.journal.write(folder / f"{after}.{kind}", data)
        about.journal.condemn(folder / f"{before}.{kind}")
    return after


def _newest(
    connection: Connection, table: Records, kind: type[records.Noun]
) -> tuple[records.Noun, ...]:
    return tuple(records.newest_by(connection, table, kind, "id").values())
