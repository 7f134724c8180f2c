"""Invented rows: reserved, drawn, settled and stored as a dataset of their own."""

from __future__ import annotations

import csv
import io
import secrets
from contextlib import ExitStack

from sqlalchemy import Connection

from compliance.dataset import Intake, RawFile, read, take_in
from compliance.dataset.nouns import Dataset, Description, check_dataset_name
from compliance.errors import NothingInventedError, TakenNameError
from compliance.i18n import mark
from compliance.privacy import (
    check_affordable,
    check_query,
    coded_rows,
    loss_of,
    price_of,
    queries_of,
    synthesis_event,
    to_texts,
)
from compliance.privacy.nouns import Budget, SynthesisEvent
from compliance.privacy.nouns.synthesis import Synthesis, SynthesisPlan
from compliance.storage import records, tables
from compliance.workspace.approving.soughts import of_synthesis
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.releasing import budgets
from compliance.workspace.usage import usable


def synthesise(
    desk: Desk, name: str, plan: SynthesisPlan, asked: Budget, new_name: str
) -> Synthesis:
    """Invent rows like those of dataset `name` and store them as dataset `new_name`.

    The whole loss is reserved first and stays spent once noise is drawn, whatever follows.

    Raises:
        MissingGroupError, TakenNameError, QueryError, BudgetExceededError,
            ApprovalNeededError: nothing was drawn.
        NothingInventedError: drawn and paid for, but no row came of it.
    """
    from compliance.privacy import synthesisers  # loads OpenDP, which nothing else needs

    synthesisers.check_installed()
    check_dataset_name(new_name)
    with desk.database.reading() as connection:
        dataset, _ = usable.required(desk, connection, datasets.find(connection, name))
        _check_free(connection, new_name)
    for query in queries_of(plan):
        check_query(query, dataset.columns)
    event = synthesis_event(asked)
    codes = coded_rows(desk.table(dataset), plan, dataset.columns, desk.key)
    id_ = f"synthesis-{secrets.token_hex(6)}"
    with desk.act("synthesis.reserve", name) as act:
        state = budgets.state(act.connection, dataset.population, act.at)
        check_affordable(state, [event], asked, actor=act.actor)
        sought = of_synthesis(dataset, plan, asked, new_name)
        reservation = budgets.reserve(
            act, dataset.population, id_, [event], sought=sought, asked=asked
        )
        act.facts |= {"synthesis": id_, "epsilon": asked.epsilon, "rho": event.rho}
    sizes = [len(plan.public_keys[column]) for column in plan.columns]
    invented = to_texts(synthesisers.invent(codes, sizes, plan, event), plan)
    with ExitStack() as afterwards, desk.act("synthesis.store", name) as act:
        budgets.settle(act, reservation, [event])
        act.facts |= {"synthesis": id_, "invented": list(plan.columns)}
        usable.note(desk, act, id_, dataset)
        if not next(iter(invented.values())):
            afterwards.callback(_nothing, id_)
            return _stored(act, id_, dataset, plan, asked, event, "", synthesisers.libraries())
        _check_free(act.connection, new_name)
        said = Description(
            purpose=dataset.description.purpose,
            source=f"invented from {dataset.id} with differential privacy ({id_})",
            region=dataset.description.region,
        )
        made = datasets.store(desk, act, _intake(invented, new_name), new_name, said)
        done = _stored(act, id_, dataset, plan, asked, event, made.id, synthesisers.libraries())
        how = lineage_steps.synthesised(dataset, made, done, desk.key)
        origin = used_node(desk, act, dataset)
        act.link(origin, datasets.dataset_node(made), mark("synthesised"), how)
        return done


def of(connection: Connection, dataset: Dataset) -> tuple[Synthesis, ...]:
    """All that was invented from any version of the dataset, newest first."""
    return datasets.of_any_version(
        connection, tables.SYNTHESIS, Synthesis, dataset, "synthesised_at"
    )


def _stored(
    act: Act,
    id_: str,
    dataset: Dataset,
    plan: SynthesisPlan,
    asked: Budget,
    event: SynthesisEvent,
    made: str,
    libraries: dict[str, str],
) -> Synthesis:
    synthesis = Synthesis(
        id=id_,
        dataset_id=dataset.id,
        made=made,
        population=dataset.population,
        plan=plan,
        asked=asked,
        price=price_of(loss_of([event]), asked.delta),
        events=(event,),
        libraries=libraries,
        synthesised_at=act.at,
        actor=act.actor,
    )
    act.store(tables.SYNTHESIS, synthesis, id=id_, dataset_id=dataset.id)
    return synthesis


def _check_free(connection: Connection, name: str) -> None:
    if records.latest(connection, tables.DATASET, Dataset, name=name) is not None:
        raise TakenNameError(name=name)


def _nothing(id_: str) -> None:
    raise NothingInventedError(synthesis=id_)


def _intake(invented: dict[str, list[str]], name: str) -> Intake:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(invented)
    writer.writerows(zip(*invented.values(), strict=True))
    return take_in([read(RawFile(name=f"{name}.csv", data=text.getvalue().encode()))])
