"""Previews, which only read, and releases, which draw noise once and are paid for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import NothingPublishedError
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.privacy import (
    Aggregate,
    Calibration,
    calibrate,
    check_affordable,
    check_held,
    check_query,
    loss_of,
    preview,
    price_of,
    prices_of,
    publish,
)
from compliance.privacy.nouns import Budget, Preview, Prices, Release, ReleasedValue, Spend
from compliance.privacy.nouns.question import Query
from compliance.storage import tables
from compliance.workspace.approving.soughts import of_release
from compliance.workspace.data import datasets, joins
from compliance.workspace.desk import Desk, all_columns
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.releasing import budgets, questions
from compliance.workspace.usage import usable

DEFAULT_DELTA_SHARE = Decimal("0.1")  # of the total's δ, where a release names none
RELEASE_LEASE = timedelta(minutes=10)  # far longer than drawing 100,000 groups takes


def look_ahead(desk: Desk, name: str, query: Query, asked: Budget) -> Preview:
    """What a release would look like. Nothing is drawn, spent or written."""
    with desk.database.reading() as connection:
        words = repr((name, query.join))
        dataset, others = desk.unchanged(
            connection, words, lambda: joins.asked_of(desk, connection, name, query)
        )
    check_query(query, all_columns(dataset, others))
    return preview(desk.aggregate(dataset, query, others), query, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A release that may be asked: of what, with which noise, and the exact, secret answer."""

    id: str
    dataset: Dataset
    others: Mapping[str, Dataset]
    query: Query
    asked: Budget
    calibration: Calibration
    exact: Aggregate


def release(
    desk: Desk, name: str, query: Query, epsilon: Decimal, delta: Decimal | None
) -> Release:
    """Publish the answer to `query` and pay for it.

    Its cost is reserved, the noise is drawn without holding up other writers, and what was drawn
    is stored and paid for in one act. Until then nobody sees it: whatever fails gives the
    reservation back, and where the process dies the reservation ends by itself.

    Raises:
        BudgetExceededError, CapExceededError: it does not fit; nothing was drawn.
        ApprovalNeededError: a second person must approve it first; nothing was drawn.
        ReservationEndedError: it took too long; what was drawn is thrown away unseen.
        NothingPublishedError: no group reached the threshold; that answer is paid for and stored.
    """
    from compliance.privacy import mechanisms  # loads OpenDP, which nothing else needs

    prepared = _prepare(desk, name, query, epsilon, delta)
    calibration = prepared.calibration
    reservation = _reserve(desk, prepared)
    with ExitStack() as undo:
        undo.callback(_abort, desk, prepared, reservation)
        values = publish(prepared.exact, query, calibration, mechanisms)
        prices = prices_of(calibration.events, prepared.asked.delta)
        published = _settle(desk, prepared, reservation, values, prices, mechanisms.libraries())
        undo.pop_all()
    if not published.values and calibration.keys:
        raise NothingPublishedError(
            threshold=calibration.keys[1].threshold,
            spent=f"{published.price.epsilon.normalize():f}",
            release=published.id,
        )
    return published


def of(connection: Connection, dataset: Dataset) -> tuple[Release, ...]:
    """All releases from any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.RELEASE, Release, dataset, "released_at")


def budget_of(
    connection: Connection,
    dataset: Dataset,
    epsilon: Decimal,
    delta: Decimal | None,
    at: datetime,
) -> Budget:
    """What a release may cost, with the δ that it has where none is named."""
    if delta is None:
        total = budgets.state(connection, dataset.population, at).total
        delta = total.delta * DEFAULT_DELTA_SHARE
    return Budget(epsilon=epsilon, delta=delta)


def _prepare(
    desk: Desk, name: str, query: Query, epsilon: Decimal, delta: Decimal | None
) -> _Prepared:
    with desk.database.reading() as connection:
        dataset, others = joins.asked_of(desk, connection, name, query)
        asked = budget_of(connection, dataset, epsilon, delta, desk.clock())
    return _Prepared(
        id=f"release-{secrets.token_hex(6)}",
        dataset=dataset,
        others=others,
        query=query,
        asked=asked,
        calibration=calibrate(query, asked),
        exact=desk.aggregate(dataset, query, others),
    )


def _reserve(desk: Desk, prepared: _Prepared) -> Spend:
    """Take a place in the ledger for as long as a release can reasonably take."""
    population, events = prepared.dataset.population, prepared.calibration.events
    with desk.act("release.reserve", prepared.dataset.name) as act:
        state = budgets.state(act.connection, population, act.at)
        check_affordable(state, events, prepared.asked, prepared.query, actor=act.actor)
        held = budgets.reserve(
            act,
            population,
            prepared.id,
            events,
            sought=of_release(prepared.dataset, prepared.others, prepared.query, prepared.asked),
            asked=prepared.asked,
            lease=RELEASE_LEASE,
        )
        act.facts |= {
            "release": prepared.id,
            "epsilon": prepared.asked.epsilon,
            "delta": prepared.asked.delta,
            "until": held.expires_at,
        }
    return held


def _settle(
    desk: Desk,
    prepared: _Prepared,
    reservation: Spend,
    values: tuple[ReleasedValue, ...],
    prices: Prices,
    libraries: Mapping[str, str],
) -> Release:
    """Pay for what was drawn and store it, in one transaction.

    Raises:
        ReservationEndedError: nothing is stored.
    """
    dataset, query, events = prepared.dataset, prepared.query, prepared.calibration.events
    with desk.act("release.publish", dataset.name) as act:
        check_held(budgets.state(act.connection, dataset.population, act.at), reservation)
        published = Release(
            id=prepared.id,
            dataset_id=dataset.id,
            population=dataset.population,
            query=query,
            asked=prepared.asked,
            price=price_of(loss_of(events), prepared.asked.delta),
            values=values,
            dropped=prepared.exact.dropped,
            events=events,
            libraries=libraries,
            released_at=act.at,
            actor=act.actor,
            prices=prices,
        )
        budgets.settle(act, reservation, events)
        act.store(tables.RELEASE, published, id=published.id, dataset_id=dataset.id)
        node = Node(kind=NodeKind.RELEASE, id=published.id, title=_title(query))
        for joined, source in {"": dataset, **prepared.others}.items():
            how = lineage_steps.released(published, source, joined, desk.key)
            act.link(used_node(desk, act, source), node, mark("released"), how)
        act.facts |= {
            "release": published.id,
            "epsilon": published.price.epsilon,
            "delta": published.price.delta,
            "rho": published.price.rho,
            "statistics": [statistic.name for statistic in query.statistics],
            "by": list(query.by),
            "values": len(published.values),
            **questions.asked(query, dataset, desk.key),
        }
        usable.note(desk, act, published.id, dataset, *prepared.others.values())
    return published


def _abort(desk: Desk, prepared: _Prepared, reservation: Spend) -> None:
    with desk.act("release.abort", prepared.dataset.name) as act:
        budgets.abort(act, reservation)
        act.facts |= {"release": prepared.id}


def _title(query: Query) -> str:
    statistics = ", ".join(statistic.title for statistic in query.statistics)
    return f"{statistics} by {', '.join(query.by)}" if query.by else statistics
