"""Purchase histories made safe to hand on: k^m-anonymity, measured on what was written."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from compliance.anonymise.baskets import (
    BasketMeasures,
    Baskets,
    RecodedBaskets,
    anonymise_baskets,
    by_code,
    by_demand,
    by_description,
    gather_baskets,
    losses_of_baskets,
    measure_baskets,
    write_baskets,
)
from compliance.anonymise.nouns import Hierarchy
from compliance.anonymise.nouns.record import AnonymisedBaskets, BasketPlan, ItemOrder
from compliance.anonymise.writing import read_back, to_csv
from compliance.dataset.nouns import Dataset, Sha256, check_dataset_name
from compliance.dataset.table import Table
from compliance.errors import MalformedRecipeError, StillAtRiskError
from compliance.i18n import mark
from compliance.storage import tables
from compliance.workspace.anonymising import tables as anonymising
from compliance.workspace.anonymising.making import Step, as_intake, told
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.storing import store_bytes
from compliance.workspace.usage import usable

_TOP = 100


def anonymise(
    desk: Desk, name: str, plan: BasketPlan, into: str = "", hierarchy: Hierarchy | None = None
) -> Generator[Step, None, AnonymisedBaskets]:
    """Make the histories in dataset `name` k^m-anonymous, and store them as dataset `into`.

    Args:
        into: left out, the dataset's name with “-baskets” behind it.
        hierarchy: of the items; left out, made as `plan.order` says.

    Raises:
        AnonymisationError, UnknownColumnError, TakenNameError: refused; nothing was stored.
        StillAtRiskError: the output does not keep its promise; nothing was stored.
    """
    into = check_dataset_name(into or f"{name[:64]}-baskets")
    with desk.database.reading() as connection:
        found = datasets.find(connection, name)
        _check_free(connection, found, into)
        dataset, _ = usable.required(desk, connection, found, is_handed_on=True)
        left = datasets.left_of(connection, dataset.id)
    for column in (plan.person, plan.item, *([plan.description] if plan.description else [])):
        dataset.column(column)
    table = desk.table(dataset)
    yield Step(doing="Gathering who bought what")
    baskets = gather_baskets(table, plan.person, plan.item)
    grown = hierarchy or _hierarchy(table, plan, baskets)
    steps = anonymise_baskets(baskets, grown, plan.k, plan.m, may_suppress=plan.may_suppress)
    recoded = yield from told(
        steps, lambda at: Step(doing="Putting items together", share=at.share)
    )
    content = write_baskets(recoded.after, plan.person, plan.item)
    data = to_csv(content)
    yield Step(doing="Measuring what was written")
    again = gather_baskets(read_back(data, content.schema), plan.person, plan.item)
    after = measure_baskets(again, plan.m, plan.k)
    if 0 < after.k < plan.k or not after.persons:
        reason = f"A combination of {plan.m} items is shared by {after.k:,} people only."
        raise StillAtRiskError(reason=reason)
    written = _Written(baskets, recoded, after, content, data, grown, left)
    return _stored(desk, dataset, plan, written, into)


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """Histories that were looked at and may be stored."""

    before: Baskets
    recoded: RecodedBaskets
    after: BasketMeasures
    content: pa.Table
    data: bytes
    hierarchy: Hierarchy
    left: str  # what an erasure had left of the version when it was read


def _stored(
    desk: Desk, dataset: Dataset, plan: BasketPlan, made: _Written, into: str
) -> AnonymisedBaskets:
    sha256 = Sha256(hashlib.sha256(made.data).hexdigest())
    with desk.act("baskets.anonymise", dataset.name) as act:
        _check_free(act.connection, dataset, into)
        datasets.check_left(act.connection, dataset, made.left)
        store_bytes(desk.outputs_folder / f"{sha256}.csv", made.data)
        said = anonymising.description_of(dataset)
        stored = datasets.store(desk, act, as_intake(made.content, made.data), into, said)
        done = AnonymisedBaskets(
            id=f"baskets-{secrets.token_hex(6)}",
            dataset_id=dataset.id,
            made=stored.id,
            plan=plan,
            before=measure_baskets(made.before, plan.m, plan.k),
            after=made.after,
            losses=losses_of_baskets(made.recoded, len(made.hierarchy.values), _TOP),
            sha256=sha256,
            rows=made.content.num_rows,
            made_at=act.at,
            actor=act.actor,
        )
        act.store(tables.BASKETS, done, id=done.id, dataset_id=done.dataset_id)
        how = lineage_steps.baskets(dataset, stored, done)
        origin = used_node(desk, act, dataset)
        act.link(origin, datasets.dataset_node(stored), mark("anonymised"), how)
        act.facts |= {
            "anonymised": done.id,
            "made": done.made,
            "m": plan.m,
            "k_before": done.before.k,
            "k_after": done.after.k,
            "singled_out_before": done.before.singled_out,
            "output_sha256": sha256,
        }
        usable.note(desk, act, done.id, dataset)
    return done


def of(connection: Connection, dataset: Dataset) -> tuple[AnonymisedBaskets, ...]:
    """All histories made from any version of the dataset, newest first."""
    return datasets.of_any_version(
        connection, tables.BASKETS, AnonymisedBaskets, dataset, "made_at"
    )


def _check_free(connection: Connection, dataset: Dataset, into: str) -> None:
    own = {done.made.rpartition("@")[0] for done in of(connection, dataset)}
    anonymising.check_free(connection, into, own)


def _hierarchy(table: Table, plan: BasketPlan, baskets: Baskets) -> Hierarchy:
    if plan.order is ItemOrder.CODE:
        return by_code(plan.item, baskets)
    if plan.order is ItemOrder.DEMAND:
        return by_demand(plan.item, baskets)
    if plan.description is None:
        reason = "items can be put together by description only where a column describes them"
        raise MalformedRecipeError(place="description", reason=reason)
    items, texts = table.codes(plan.item), table.codes(plan.description)
    words = np.array([*texts.texts(), ""], dtype=object)[texts.codes]
    names = np.array([*items.texts(), ""], dtype=object)[items.codes]
    described = dict(zip(names.tolist(), words.tolist(), strict=True))
    return by_description(plan.item, baskets, [described[name] for name in baskets.items])
