"""A problem divided among its sites: what each must know, and which rows are its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from compliance.federated.features import IntArray
from compliance.federated.flower.at_site import Membership
from compliance.federated.keys import KeyArray
from compliance.federated.nouns import Plan, Split, Task
from compliance.federated.preparing import placed
from compliance.federated.problem import Problem
from compliance.federated.records import Records, at_own_site, people_of, sites_of
from compliance.federated.tasks import Source, Span
from compliance.federated.tasks.purchases import moments, span_of
from compliance.privacy.nouns.units import PrivacyUnitKind

_DATED = (Task.PROFILE, Task.FORECAST)  # count from the last day; the others compare at most


def memberships(source: Source, problem: Problem) -> tuple[Membership, ...]:
    """What each site of `problem`, which was prepared from `source`, must know; in its order."""
    span, is_made_up = _span(source), source.plan.split is not Split.COLUMN
    return tuple(
        Membership(
            site=name,
            plan=source.plan,
            columns=tuple(source.columns),
            labels=tuple(source.labels),
            unit=source.person,
            most_rows=problem.sites.most,
            totals=problem.in_all,
            span=span,
            keys="keys.parquet" if is_made_up else None,
        )
        for name in problem.site_names
    )


def known_values(source: Source, problem: Problem) -> pa.Table:
    """The values of the target, where it is a class, or the catalogue that is recommended from.

    One column, in the order of the table; none, where sites need no such values.
    """
    plan = source.plan
    column = plan.history.item if plan.task is Task.RECOMMEND else plan.target
    if column is None or not problem.answers_known:
        return pa.table({})
    values = source.table.arrow([column]).column(column)
    return pa.table({column: values.drop_null().unique()})


def rows_at(source: Source, problem: Problem) -> dict[str, IntArray]:
    """Per site of `problem`, the rows of the table that lie there, in the table's order.

    With noise that protects people, one who has rows at several sites is left at the one where
    that person counts. A site cannot see that by itself.
    """
    names, site = _placed_rows(source)
    return {
        name: np.flatnonzero(site == place)
        for place, name in enumerate(names)
        if name in problem.site_names
    }


def _span(source: Source) -> Span | None:
    plan = source.plan
    if plan.task not in _DATED or plan.target is not None or plan.history.time is None:
        return None
    return span_of(source, moments(source))


def _placed_rows(source: Source) -> tuple[tuple[str, ...], IntArray]:
    """The names of all sites, and per row the position of its own; -1 where it is at none."""
    plan = source.plan
    names, site = sites_of(source.table, plan.site_column)
    if plan.split is Split.COLUMN and not _is_settled(plan):
        return names, site
    examples = placed(source)
    records = examples.records
    records = records.those(examples.has_answer & (records.site >= 0))
    if _is_settled(plan):
        records = records.those(records.is_named)
        records = records.those(at_own_site(records, examples.site_names))
    home = _homes(people_of(source.table, source.row_keys, source.unit)[0], records)
    if plan.split is Split.COLUMN:
        return names, np.where(home == site, site, -1)
    return examples.site_names, home


def _is_settled(plan: Plan) -> bool:
    """Whether everybody counts at one site only, wherever the rows are from."""
    return plan.privacy is not None and plan.privacy.unit is not PrivacyUnitKind.SITE


def _homes(people: KeyArray, records: Records) -> IntArray:
    """Of each of `people`, the site of their records, which are at one; -1 where there are none."""
    known, first = np.unique(records.person, return_index=True)
    at = np.minimum(np.searchsorted(known, people), max(len(known) - 1, 0))
    return np.where(np.isin(people, known), np.append(records.site[first], -1)[at], -1)
