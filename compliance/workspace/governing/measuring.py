"""What the rules need counted on the rows, counted once per version and kept in memory.

A stored table never changes, so what was counted on it holds until the labels of its columns do.
"""

from __future__ import annotations

from datetime import datetime

from compliance.anonymise.hierarchies.places import country_code, state_code
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery
from compliance.rules.facts import measuring
from compliance.rules.facts.measuring import Ages
from compliance.rules.nouns import Residents, Retained
from compliance.workspace.desk import Desk
from compliance.workspace.recent import Recent

_KEPT = 2_000  # answers of a few kilobytes


class Measures:
    """What was counted on the tables of one desk."""

    def __init__(self) -> None:
        self._ages: Recent[Ages] = Recent(_KEPT, lambda _: 1)
        self._residents: Recent[Residents] = Recent(_KEPT, lambda _: 1)
        self._smallest: Recent[int] = Recent(_KEPT, lambda _: 1)

    def retained(
        self,
        desk: Desk,
        dataset: Dataset,
        discovery: Discovery | None,
        months: int | None,
        at: datetime,
    ) -> Retained | None:
        """How old the rows are; None where no column of dates tells."""
        column = None if discovery is None else measuring.date_column(dataset, discovery)
        if dataset.kept is not None:
            return None
        if column is None:
            return None
        key = (dataset.sha256, column)
        found = self._ages.get(key, lambda: measuring.ages(desk.table(dataset), column))
        return measuring.retained(found, months, at)

    def residents(
        self, desk: Desk, dataset: Dataset, discovery: Discovery | None
    ) -> Residents | None:
        """Where its people live; None where no column of countries tells."""
        if discovery is None or dataset.kept is not None:
            return None
        country, region = measuring.country_columns(discovery)
        if country is None:
            return None
        unit = measuring.key_column(dataset, discovery)
        key = (dataset.sha256, str(unit), country, str(region))

        def counted() -> Residents:
            table = desk.table(dataset)
            return measuring.residents(table, unit, country, region, country_code, state_code)

        return self._residents.get(key, counted)

    def residents_by(
        self, desk: Desk, dataset: Dataset, other: Dataset, found: Discovery
    ) -> Residents | None:
        """Where its people live by `other`, which has them under the same keys."""
        unit, country = dataset.description.unit, measuring.country_columns(found)[0]
        if unit is None or country is None or other.description.unit != unit or dataset.kept:
            return None
        key = (dataset.sha256, str(unit), "by", other.sha256, country)

        def counted() -> Residents:
            tables = desk.table(dataset), desk.table(other)
            return measuring.residents_by(tables[0], unit, tables[1], unit, country, country_code)

        return self._residents.get(key, counted)

    def k_missing(self, desk: Desk, dataset: Dataset, done: Anonymised) -> int:
        """By how many rows the smallest class of an output falls short of its plan."""
        columns = done.plan.columns
        key = (dataset.sha256, *columns)
        k = self._smallest.get(key, lambda: measure_table(desk.table(dataset), columns).k)
        return max(0, done.plan.k - k)


def measures_of(desk: Desk) -> Measures:
    """What was counted on the tables of `desk`."""
    return desk.kept("measures", Measures)
