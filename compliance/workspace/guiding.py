"""How far somebody is who is being guided: what they kept, and what was done meanwhile.

What a person keeps is no record: it says nothing of data, duties or decisions, so it is overwritten
and stands in no entry of the trail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from compliance.access.nouns import Actor
from compliance.dataset.nouns import Dataset
from compliance.register.nouns import Organisation
from compliance.storage import acts, preferences, records, tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.data.shops import COMPANY, TABLES
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded

_REPORT = "report.build"
_PROTECTED = ("dataset.anonymise", "release.publish", "run.finish", "duties.assess")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReport:
    """How far one's own data are on their way to the first report.

    Attributes:
        dataset: the newest of one's own; empty where none is loaded.
        is_described: whose data it is, why and on what ground is recorded.
        is_found: somebody looked for personal data in it.
        is_confirmed: every column that was found was confirmed or corrected.
        is_protected: something was anonymised, published, trained or checked since it was loaded.
    """

    dataset: str = ""
    is_described: bool = False
    is_found: bool = False
    is_confirmed: bool = False
    is_protected: bool = False


@guarded
class Guiding:
    """What the guide of the pages goes by."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def kept(self) -> Mapping[str, str]:
        """All that whoever acts kept, by name."""
        with self._desk.database.reading() as connection:
            return preferences.of(connection, self._desk.whoever().person)

    def keep(self, name: str, value: str) -> None:
        """Let `name` be `value` for whoever acts, from now on; nobody else sees it."""
        with self._desk.database.writing() as connection:
            preferences.keep(connection, self._desk.whoever().person, name[:64], value)

    def whoever(self) -> Actor:
        """Whoever acts, as they are now; see `Desk.whoever`."""
        return self._desk.whoever()

    def entries(self) -> int:
        """How many entries the trail has."""
        with self._desk.database.reading() as connection:
            return records.head_of(connection).entries

    def done_since(self, entry: int, names: Collection[str]) -> frozenset[str]:
        """Which of these acts anybody did after that entry of the trail."""
        with self._desk.database.reading() as connection:
            return acts.done_since(connection, names, entry)

    def first_report(self) -> FirstReport | None:
        """How far one's own data are on their way; None where a report on them was built."""
        with self._desk.database.reading() as connection:
            own = _own(connection)
            if not own:
                return FirstReport()
            if acts.done_since(connection, [_REPORT], min(_loaded(connection, d) for d in own)):
                return None
            newest = own[-1]
            found, said = labels.latest(connection, newest), newest.description
            loaded = _loaded(connection, newest)
            return FirstReport(
                dataset=newest.name,
                is_described=bool(said.data_subjects and said.purpose and said.legal_basis),
                is_found=found is not None,
                is_confirmed=found is not None and not found.unconfirmed,
                is_protected=bool(acts.done_since(connection, _PROTECTED, loaded)),
            )


def _own(connection: Connection) -> list[Dataset]:
    """The datasets that are not the demo shop's, by when their newest version was loaded."""
    named = records.every(connection, tables.ORGANISATION, Organisation)
    is_demo = any(one.name == COMPANY for one in named)
    every = [d for d in datasets.newest(connection) if not (is_demo and d.name in TABLES)]
    return sorted(every, key=lambda dataset: dataset.added_at)


def _loaded(connection: Connection, dataset: Dataset) -> int:
    """The entry with which a dataset first came in."""
    return records.entry_of(connection, tables.DATASET, id=f"{dataset.name}@1") or 0
