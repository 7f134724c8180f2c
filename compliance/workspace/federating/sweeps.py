"""Many runs that differ in one setting, on stored rows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial

from compliance.federated import prepare, swept, with_value
from compliance.federated.nouns import Axis, Plan, Point
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.federating import prices
from compliance.workspace.federating.secrets import secrets_of
from compliance.workspace.usage import usable


def sweep(
    desk: Desk, name: str, plan: Plan, axis: Axis, values: Sequence[float], seeds: Sequence[int]
) -> Generator[Point, None, None]:
    """Run `plan` on dataset `name` for each value of one setting and each seed; a point per value.

    Internal: noise is drawn where the plan has some, but metrics are exact, nothing is published
    and nothing spent. What comes out is the officer's own; a setting chosen by it is chosen by
    looking at the data, and no ε accounts for that. The look is in the trail before the first
    run; closing the iterator ends the sweep. Models are not kept.

    Raises:
        PlanError: the plan, the setting or one of its values does not fit; or there are more runs
            than `MOST_RUNS`.
    """
    with desk.database.reading() as connection:
        dataset, _ = usable.required(desk, connection, datasets.find(connection, name))
        discovery = labels.latest(connection, dataset)
    problem_of = partial(
        prepare,
        desk.table(dataset),
        dataset.columns,
        labels=discovery.labels if discovery else (),
        unit=dataset.description.unit,
    )
    for value in values:
        prices.check_theorem(with_value(plan, axis, value))
    points = swept(
        problem_of, plan, axis, values, seeds, secrets_of=secrets_of, price=_epsilon_of_run
    )
    with desk.act("run.sweep", dataset.name) as act:
        act.facts |= {
            "internal": True,
            "axis": axis.value,
            "values": len(set(values)),
            "seeds": len(set(seeds)),
        }
        usable.note(desk, act, f"sweep {act.entry}", dataset)
    yield from points


def _epsilon_of_run(plan: Plan) -> float:
    return float(prices.price(plan).epsilon)
