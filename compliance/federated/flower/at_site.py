"""What a site does with its own rows: prepare them, and answer each round with a bounded array.

Nothing here knows Flower. The rows are the site's file; what is public of all sites together
(columns, the two answers, the largest site) came with the plan in `site.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Label
from compliance.errors import ComplianceError
from compliance.federated.exchange import answered
from compliance.federated.features import FloatArray, choose_features, encode
from compliance.federated.flower.parcels import ParcelError, packed, unpacked
from compliance.federated.keys import label_keys, run_starts
from compliance.federated.nouns import MOST_ROWS_PER_PERSON, LeftOut, Plan
from compliance.federated.problem import Clients, People, Problem
from compliance.federated.records import Records, arranged, records_of, within_limit
from compliance.plain import from_json

SITE_FILE = "site.json"
NO_ANSWER = b""

# Whatever goes wrong at a site is told as “no answer”: a message could quote a row.
_TROUBLE = (
    ArithmeticError,
    AttributeError,
    ComplianceError,
    LookupError,
    MemoryError,
    OSError,
    ParcelError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a site knows of the federation that it is part of; nothing of other sites' rows.

    Attributes:
        site: its name, as the column of the sites writes it.
        plan: what is learnt.
        columns: of the table, as all sites together have them; public.
        labels: what discovery says of the columns.
        unit: the column that tells one person from another.
        answers: the target's two values as text; the second counts as yes.
        most_rows: no site trains on more; public.
        rows: the site's file with its rows, Parquet, in the site's folder.
    """

    site: str
    plan: Plan
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    unit: ColumnName | None
    answers: tuple[str, str]
    most_rows: int
    rows: str = "rows.parquet"


class Site:
    """A site's folder, and its rows once they are asked for."""

    def __init__(self, folder: Path) -> None:
        """The site whose folder this is."""
        self._folder = folder

    def answer(self, asked: bytes) -> bytes:
        """The packed answer to a packed question; `NO_ANSWER` where there can be none."""
        try:
            return packed(answered(self._problem, self._membership.plan, unpacked(asked)))
        except _TROUBLE:
            return NO_ANSWER

    @cached_property
    def _membership(self) -> Membership:
        return from_json(Membership, (self._folder / SITE_FILE).read_text(encoding="utf-8"))

    @cached_property
    def _problem(self) -> Problem:
        return prepared(Table(self._folder / self._membership.rows), self._membership)


def prepared(table: Table, membership: Membership) -> Problem:
    """The site's part of the problem that `compliance.federated.prepare` makes of all sites.

    The same rows count, in the same order, encoded by the same rules.
    """
    plan, unit = membership.plan, membership.unit
    features = choose_features(membership.columns, plan, membership.labels, unit)
    answers = _answers(table, plan.target, membership.answers)
    names = [column.name for column in membership.columns]
    here = np.zeros(table.rows, dtype=np.int64)
    records = records_of(table, names, site=here, unit=unit, seed=plan.seed)
    records = arranged(_those_that_count(records, answers, plan))
    training = int((~records.is_held_out).sum())
    return Problem(
        features=tuple(feature.column for feature in features),
        inputs=encode(table, features, records.at),
        answers=np.append(answers[records.at], 0.0),
        site_names=(membership.site,),
        sites=Clients(
            starts=np.zeros(1, dtype=np.int64),
            sizes=np.array([training]),
            keys=label_keys([membership.site]),
            most=membership.most_rows,
        ),
        held_out=np.array([len(records) - training]),
        people=_people(records, is_row=unit is None) if plan.privacy else None,
        unit_is_row=unit is None,
        bytes_home=(0,),
        sites_left_out=0,
        left_out=LeftOut(),
    )


def _answers(table: Table, target: ColumnName, values: tuple[str, str]) -> FloatArray:
    """+1 for the second value, -1 for the first, 0 for anything else and for nothing."""
    coded = table.codes(target)
    signs = {values[0]: -1.0, values[1]: 1.0}
    return np.array([*(signs.get(text, 0.0) for text in coded.texts()), 0.0])[coded.codes]


def _those_that_count(records: Records, answers: FloatArray, plan: Plan) -> Records:
    records = records.those(answers != 0)
    if plan.privacy is None:
        return records
    named = records.those(records.is_named)
    return named.those(within_limit(named))


def _people(records: Records, *, is_row: bool) -> People:
    training = records.those(~records.is_held_out)
    starts = run_starts(training.person)
    return People(
        clients=Clients(
            starts=starts,
            sizes=np.diff(np.append(starts, len(training))),
            keys=training.person[starts],
            most=1 if is_row else MOST_ROWS_PER_PERSON,
        ),
        sites=np.zeros(len(starts), dtype=np.int64),
    )
