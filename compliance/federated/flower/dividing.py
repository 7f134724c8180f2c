"""A problem divided among its sites: what each must know, and which rows are its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Label
from compliance.federated.features import IntArray
from compliance.federated.flower.at_site import Membership
from compliance.federated.nouns import Plan
from compliance.federated.problem import Problem
from compliance.federated.records import BoolArray, at_own_site, records_of


def memberships(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    labels: Sequence[Label],
    unit: ColumnName | None,
    problem: Problem,
) -> tuple[Membership, ...]:
    """What each site of `problem`, which was prepared from the rest, must know; in its order."""
    coded = table.codes(plan.target)
    no, yes = sorted(zip(coded.labels.tolist(), coded.texts(), strict=True))
    return tuple(
        Membership(
            site=name,
            plan=plan,
            columns=tuple(columns),
            labels=tuple(labels),
            unit=unit,
            answers=(no[1], yes[1]),
            most_rows=problem.sites.most,
        )
        for name in problem.site_names
    )


def rows_at(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    unit: ColumnName | None,
    problem: Problem,
) -> dict[str, IntArray]:
    """Per site of `problem`, the rows of `table` that lie there, in the table's order.

    With noise, a person who has rows at several sites is left at the one where that person counts.
    A site cannot see that by itself.
    """
    coded = table.codes(plan.site_column)
    names = coded.texts()
    site = coded.codes.astype(np.int64)
    if plan.privacy is not None:
        site = np.where(_is_settled(table, columns, plan, unit, site), site, -1)
    return {
        name: np.flatnonzero(site == place)
        for place, name in enumerate(names)
        if name in problem.site_names
    }


def first_people(problem: Problem) -> IntArray:
    """Per site, the position of its first person among all people, and after the last, their
    number."""
    if problem.people is None:
        raise ValueError("the problem was prepared for a plan without noise")
    return np.searchsorted(problem.people.sites, np.arange(len(problem.site_names) + 1))


def _is_settled(
    table: Table,
    columns: Sequence[Column],
    plan: Plan,
    unit: ColumnName | None,
    site: IntArray,
) -> BoolArray:
    """Per row, whether it counts for a person, at the site where that person counts."""
    names = [column.name for column in columns]
    records = records_of(table, names, site=site, unit=unit, seed=plan.seed)
    has_answer = table.codes(plan.target).codes >= 0
    records = records.those(has_answer & (site >= 0) & records.is_named)
    own = records.at[at_own_site(records, table.codes(plan.site_column).texts())]
    return np.isin(np.arange(table.rows), own)
