"""Accuracy first, which only reads; and bounds by a private look, which is paid for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.privacy import (
    check_affordable,
    loss_of,
    plan,
    price_of,
    proposing,
)
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.planning import Planned, Proposal, Target
from compliance.privacy.nouns.question import Query
from compliance.storage import tables
from compliance.workspace.approving.soughts import of_bounds
from compliance.workspace.data import datasets, joins
from compliance.workspace.desk import Desk, all_columns
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.releasing import budgets
from compliance.workspace.releasing.releases import DEFAULT_DELTA_SHARE
from compliance.workspace.usage import usable


def plan_ahead(
    desk: Desk, name: str, query: Query, targets: Sequence[Target], delta: Decimal | None
) -> Planned:
    """The smallest loss that meets `targets`. Nothing is drawn, spent or written."""
    dataset, others, total = _found(desk, name, query)
    chosen = total.delta * DEFAULT_DELTA_SHARE if delta is None else delta
    return plan(desk.aggregate(dataset, query, others), query, targets, chosen)


def propose(
    desk: Desk, name: str, query: Query, columns: Sequence[ColumnName], asked: Budget
) -> Proposal:
    """Look for bounds with noise and pay for the look, in one transaction.

    Raises:
        BudgetExceededError, ApprovalNeededError: it does not fit, or a second person must approve
            it first; nothing is kept.
        NotANumberColumnError, UnknownColumnError: a column has no bounds.
    """
    from compliance.privacy import mechanisms  # loads OpenDP, which nothing else needs

    dataset, others, _ = _found(desk, name, query)
    known = all_columns(dataset, others)
    proposing.check_columns(columns, known)
    sought = proposing.looks(query, columns)
    events = proposing.look_events(query, sought, asked)
    table = desk.joined(dataset, query, others)
    with desk.act("bounds.propose", name) as act:
        state = budgets.state(act.connection, dataset.population, act.at)
        check_affordable(state, events, asked, actor=act.actor)
        chosen = proposing.take_looks(table, query, known, sought, events, desk.key, mechanisms)
        found = {look.sought: value for look, value in zip(sought, chosen, strict=True)}
        proposal = Proposal(
            id=f"bounds-{secrets.token_hex(6)}",
            dataset_id=dataset.id,
            population=dataset.population,
            query=query,
            asked=asked,
            price=price_of(loss_of(events), asked.delta),
            max_groups=found.get(proposing.Sought.GROUPS, 1),
            max_rows_per_group=found[proposing.Sought.ROWS],
            most_periods=found.get(proposing.Sought.PERIODS),
            ranges=proposing.ranges(sought, chosen),
            events=events,
            libraries=mechanisms.libraries(),
            proposed_at=act.at,
            actor=act.actor,
        )
        wish = of_bounds(dataset, others, query, columns, asked)
        budgets.spend(act, dataset.population, proposal.id, events, sought=wish, asked=asked)
        act.store(tables.PROPOSAL, proposal, id=proposal.id, dataset_id=dataset.id)
        node = Node(kind=NodeKind.RELEASE, id=proposal.id, title=mark("Proposed bounds"))
        for joined, source in {"": dataset, **others}.items():
            how = lineage_steps.looked_at(proposal, columns, source, joined)
            act.link(used_node(desk, act, source), node, mark("looked at"), how)
        act.facts |= {
            "proposal": proposal.id,
            "epsilon": proposal.price.epsilon,
            "delta": proposal.price.delta,
            "unit": query.unit,
            "columns": list(columns),
        }
        usable.note(desk, act, proposal.id, dataset, *others.values())
    return proposal


def proposals(connection: Connection, dataset: Dataset) -> tuple[Proposal, ...]:
    """All proposals for any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.PROPOSAL, Proposal, dataset, "proposed_at")


def _found(desk: Desk, name: str, query: Query) -> tuple[Dataset, Mapping[str, Dataset], Budget]:
    with desk.database.reading() as connection:
        dataset, others = joins.asked_of(desk, connection, name, query)
        return dataset, others, budgets.state(connection, dataset.population, desk.clock()).total
