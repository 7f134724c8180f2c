"""Previews, which only read, and releases, which draw noise once and are paid for."""

from __future__ import annotations

import secrets
from decimal import Decimal

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import NothingPublishedError
from compliance.lineage.nouns import Node, NodeKind
from compliance.privacy import (
    calibrate,
    check_affordable,
    check_query,
    loss_of,
    preview,
    price_of,
    publish,
)
from compliance.privacy.nouns import Budget, Preview, Release
from compliance.privacy.nouns.question import Query
from compliance.storage import records, tables
from compliance.workspace import budgets, datasets, joins
from compliance.workspace.desk import Desk, all_columns

DEFAULT_DELTA_SHARE = Decimal("0.1")  # of the total's δ, where a release names none


def look_ahead(desk: Desk, name: str, query: Query, asked: Budget) -> Preview:
    """What a release would look like. Nothing is drawn, spent or written."""
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        others = joins.joined_datasets(connection, dataset, query)
    check_query(query, all_columns(dataset, others))
    return preview(desk.aggregate(dataset, query, others), query, asked)


def release(
    desk: Desk, name: str, query: Query, epsilon: Decimal, delta: Decimal | None
) -> Release:
    """Publish the answer to `query` and pay for it, in one transaction.

    Raises:
        BudgetExceededError: it does not fit; nothing was drawn.
        NothingPublishedError: no group reached the threshold; that answer is paid for and stored.
    """
    from compliance.privacy import mechanisms  # loads OpenDP, which nothing else needs

    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        others = joins.joined_datasets(connection, dataset, query)
        total = budgets.state(connection, dataset.population).total
    check_query(query, all_columns(dataset, others))
    asked = Budget(
        epsilon=epsilon, delta=total.delta * DEFAULT_DELTA_SHARE if delta is None else delta
    )
    calibration = calibrate(query, asked)
    exact = desk.aggregate(dataset, query, others)
    with desk.act("release.publish", name) as act:
        state = budgets.state(act.connection, dataset.population)
        check_affordable(state, calibration.events, asked, query)
        published = Release(
            id=f"release-{secrets.token_hex(6)}",
            dataset_id=dataset.id,
            population=dataset.population,
            query=query,
            asked=asked,
            price=price_of(loss_of(calibration.events), asked.delta),
            values=publish(exact, query, calibration, mechanisms),
            dropped=exact.dropped,
            events=calibration.events,
            libraries=mechanisms.libraries(),
            released_at=act.at,
            actor=act.actor,
        )
        budgets.spend(act, dataset.population, published.id, published.events)
        act.store(tables.RELEASE, published, id=published.id, dataset_id=dataset.id)
        node = Node(kind=NodeKind.RELEASE, id=published.id, title=_title(query))
        for source in (dataset, *others.values()):
            act.link(datasets.dataset_node(source), node, "released")
        act.facts |= {
            "release": published.id,
            "epsilon": published.price.epsilon,
            "delta": published.price.delta,
            "rho": published.price.rho,
            "statistics": [statistic.name for statistic in query.statistics],
            "by": list(query.by),
            "unit": query.unit,
            "values": len(published.values),
        }
    if not published.values and calibration.keys:
        raise NothingPublishedError(
            threshold=calibration.keys[1].threshold,
            spent=f"{published.price.epsilon.normalize():f}",
            release=published.id,
        )
    return published


def of(connection: Connection, dataset: Dataset) -> tuple[Release, ...]:
    """All releases from any version of the dataset, newest first."""
    found = [
        release_
        for version in range(1, dataset.version + 1)
        for release_ in records.every(
            connection, tables.RELEASE, Release, dataset_id=f"{dataset.name}@{version}"
        )
    ]
    return tuple(sorted(found, key=lambda release_: release_.released_at, reverse=True))


def _title(query: Query) -> str:
    statistics = ", ".join(statistic.title for statistic in query.statistics)
    return f"{statistics} by {', '.join(query.by)}" if query.by else statistics
