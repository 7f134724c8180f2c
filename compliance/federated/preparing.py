"""A table to a learning problem: features, sites, people, and which rows are held out.

Everything here is decided person by person: neither the order of rows in the file nor anybody
else's rows change whether a row is learnt from, held out or left out. The one exception, sites
that are too small, holds without noise only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Label
from compliance.errors import TargetError, TooFewSitesError, TooManySitesError
from compliance.federated.features import FloatArray, IntArray, choose_features, encode
from compliance.federated.keys import label_keys, run_starts
from compliance.federated.nouns import MOST_ROWS_PER_PERSON, LeftOut, Plan
from compliance.federated.problem import Clients, People, Problem
from compliance.federated.records import (
    Records,
    arranged,
    at_large_sites,
    at_own_site,
    records_of,
    within_limit,
)
from compliance.settings import MAX_SITES


def prepare(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    labels: Sequence[Label] = (),
    *,
    unit: ColumnName | None = None,
) -> Problem:
    """The learning problem that `plan` asks for. Nothing is trained and nothing is drawn.

    A fifth of the people (of the rows, where no `unit` tells people apart) is held out for
    testing, by a key of the person and the seed: all rows of one person lie on one side.

    With noise, a person counts at one site only and with at most 20 rows, both chosen by keys of
    the person's own values, and no site is too small, because that would tell of one person. The
    columns with their types and numbers of distinct and missing values, the two values of the
    target, the list of sites and the number of people are taken as public.

    Args:
        table: one row per record.
        columns: its columns, in its order.
        plan: what to learn, and where.
        labels: what discovery says of the columns; may be empty.
        unit: the column that tells one person from another.

    Raises:
        UnknownColumnError, MalformedPlanError, NoFeaturesError: see `choose_features`.
        TargetError: the target has not two values, or too few rows know it.
        TooFewSitesError: fewer than 2 sites can train.
        TooManySitesError: there are more than `settings.MAX_SITES`.
    """
    features = choose_features(columns, plan, labels, unit)
    answers = _answers(table, plan.target)
    names, site = _sites(table, plan.site_column)
    column_names = [column.name for column in columns]
    everything = records_of(table, column_names, site=site, unit=unit, seed=plan.seed)
    records, left_out = _those_that_count(everything, answers, names, plan)
    records = arranged(records)
    remaining, position = np.unique(records.site, return_inverse=True)
    _check_sites(len(remaining), plan)
    _check_answers(answers, records, plan.target)
    rows = np.bincount(position[~records.is_held_out], minlength=len(remaining))
    site_names = tuple(names[index] for index in remaining)
    return Problem(
        features=tuple(feature.column for feature in features),
        inputs=encode(table, features, records.at),
        answers=np.append(answers[records.at], 0.0),
        site_names=site_names,
        sites=_site_clients(rows, site_names),
        held_out=np.bincount(position[records.is_held_out], minlength=len(remaining)),
        people=_people(records, position, is_row=unit is None) if plan.privacy else None,
        unit_is_row=unit is None,
        bytes_home=_bytes_home(table, column_names, site, remaining),
        sites_left_out=len(names) - len(remaining),
        left_out=left_out,
    )


def _answers(table: Table, target: ColumnName) -> FloatArray:
    """+1 for the value that sorts last, -1 for the other, 0 where there is none."""
    coded = table.codes(target)
    found = len(coded.labels)
    if found != 2:
        reason = f"has {found:,} different values" if found else "holds no values"
        raise TargetError(column=target, reason=reason)
    values = coded.labels.tolist()
    signs = np.array([1.0, -1.0, 0.0] if values[0] > values[1] else [-1.0, 1.0, 0.0])
    return signs[coded.codes]  # code -1 picks the last


def _sites(table: Table, column: ColumnName) -> tuple[list[str], IntArray]:
    """The sites' names in order, and per row the position of its site's; -1 where missing."""
    coded = table.codes(column)
    if len(coded.labels) > MAX_SITES:
        raise TooManySitesError(column=column, sites=len(coded.labels), limit=MAX_SITES)
    values, texts = coded.labels.tolist(), coded.texts()
    order = sorted(range(len(values)), key=values.__getitem__)
    positions = np.full(len(values) + 1, -1)
    positions[order] = np.arange(len(values))
    return [texts[index] for index in order], positions[coded.codes]


def _those_that_count(
    records: Records, answers: FloatArray, site_names: Sequence[str], plan: Plan
) -> tuple[Records, LeftOut]:
    has_answer, has_site = answers != 0, records.site >= 0
    left_out = LeftOut(
        without_answer=int((~has_answer).sum()),
        without_site=int((has_answer & ~has_site).sum()),
    )
    records = records.those(has_answer & has_site)
    if plan.privacy is None:
        large = records.those(at_large_sites(records, plan.minimum_records))
        return large, replace(left_out, at_small_sites=len(records) - len(large))
    named = records.those(records.is_named)
    settled = named.those(at_own_site(named, site_names))
    bounded = settled.those(within_limit(settled))
    return bounded, replace(
        left_out,
        without_person=len(records) - len(named),
        at_other_sites=len(named) - len(settled),
        over_limit=len(settled) - len(bounded),
    )


def _check_sites(sites: int, plan: Plan) -> None:
    if sites < 2:
        raise TooFewSitesError(column=plan.site_column, sites=sites, minimum=plan.minimum_records)


def _check_answers(answers: FloatArray, records: Records, target: ColumnName) -> None:
    if records.is_held_out.all():
        raise TargetError(column=target, reason="is known for too few rows to learn from")
    if len(np.unique(answers[records.at[records.is_held_out]])) < 2:
        raise TargetError(
            column=target,
            reason=(
                "shows at most one value in the fifth of the rows that is held out for testing "
                "(another seed holds out others)"
            ),
        )


def _site_clients(rows: IntArray, names: Sequence[str]) -> Clients:
    return Clients(
        starts=np.cumsum(rows) - rows, sizes=rows, keys=label_keys(names), most=int(rows.max())
    )


def _people(records: Records, position: IntArray, *, is_row: bool) -> People:
    training = records.those(~records.is_held_out)
    starts = run_starts(training.site, training.person)
    return People(
        clients=Clients(
            starts=starts,
            sizes=np.diff(np.append(starts, len(training))),
            keys=training.person[starts],
            most=1 if is_row else MOST_ROWS_PER_PERSON,
        ),
        sites=position[starts],  # training rows come first, so positions are the same
    )


def _bytes_home(
    table: Table, columns: Sequence[ColumnName], site: IntArray, remaining: IntArray
) -> tuple[int, ...]:
    rows = np.bincount(site[site >= 0])[remaining]
    size = int(table.arrow(columns).nbytes)
    return tuple(round(size * count / table.rows) for count in rows.tolist())
