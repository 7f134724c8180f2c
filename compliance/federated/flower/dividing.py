"""A problem divided among its sites: what each must know, and which rows are its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from compliance.dataset.nouns import ColumnName
from compliance.federated.features import IntArray
from compliance.federated.flower.at_site import Membership
from compliance.federated.problem import Problem
from compliance.federated.records import BoolArray, at_own_site
from compliance.federated.tasks import Source, examples_of
from compliance.privacy.nouns.units import PrivacyUnitKind


def memberships(source: Source, problem: Problem) -> tuple[Membership, ...]:
    """What each site of `problem`, which was prepared from `source`, must know; in its order."""
    return tuple(
        Membership(
            site=name,
            plan=source.plan,
            columns=tuple(source.columns),
            labels=tuple(source.labels),
            unit=source.person,
            most_rows=problem.sites.most,
        )
        for name in problem.site_names
    )


def known_values(source: Source, problem: Problem) -> pa.Table:
    """The values of the target, where it is a class: one column, in the order of the table."""
    target = source.plan.target
    if target is None or not problem.answers_known:
        return pa.table({})
    values = source.table.arrow([target]).column(target)
    return pa.table({target: values.drop_null().unique()})


def rows_at(source: Source, problem: Problem) -> dict[str, IntArray]:
    """Per site of `problem`, the rows of the table that lie there, in the table's order.

    With noise that protects people, one who has rows at several sites is left at the one where
    that person counts. A site cannot see that by itself.
    """
    coded = source.table.codes(source.plan.site_column or ColumnName(""))
    site = coded.codes.astype(np.int64)
    privacy = source.plan.privacy
    if privacy is not None and privacy.unit is not PrivacyUnitKind.SITE:
        site = np.where(_is_settled(source), site, -1)
    return {
        name: np.flatnonzero(site == place)
        for place, name in enumerate(coded.texts())
        if name in problem.site_names
    }


def _is_settled(source: Source) -> BoolArray:
    """Per row, whether it counts for a person, at the site where that person counts."""
    examples = examples_of(source)
    records = examples.records
    counts = examples.has_answer & (records.site >= 0) & records.is_named
    records = records.those(counts)
    own = records.at[at_own_site(records, examples.site_names)]
    return np.isin(np.arange(source.table.rows), own)
