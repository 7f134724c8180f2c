"""Ten clients with ten rows of ten numbers each: the smallest federated problem one can draw."""

from __future__ import annotations

import numpy as np

from compliance.federated import Problem
from compliance.federated.nouns import LeftOut, ModelKind, Plan, Split
from compliance.federated.problem import Clients

CLIENTS, ROWS, NUMBERS = 10, 10, 10


def problem_of_ten_clients() -> tuple[Problem, Plan]:
    """The problem, whose answer is the largest of a row's numbers, and a plan of ten epochs."""
    dice = np.random.default_rng(0)
    rows = CLIENTS * ROWS
    inputs = dice.normal(size=(rows + 50, NUMBERS))
    problem = Problem(
        features=(),
        inputs=np.vstack([inputs, np.zeros(NUMBERS)]),
        answers=np.append(inputs.argmax(axis=1), 0).astype(float),
        answers_known=NUMBERS,
        person=np.arange(rows + 50, dtype=np.uint64),
        site_names=tuple(f"client {number}" for number in range(CLIENTS)),
        sites=Clients(
            starts=np.arange(CLIENTS) * ROWS,
            sizes=np.full(CLIENTS, ROWS),
            keys=np.arange(CLIENTS, dtype=np.uint64),
            most=ROWS,
        ),
        held_out=np.full(CLIENTS, 5),
        units=None,
        unit_is_row=True,
        bytes_home=(8 * ROWS * NUMBERS,) * CLIENTS,
        sites_left_out=0,
        left_out=LeftOut(),
    )
    plan = Plan(
        target="largest",  # type: ignore[arg-type]
        split=Split.IID,
        site_count=CLIENTS,
        model=ModelKind.SOFTMAX,
        rounds=10,
        local_epochs=1,
        batch=ROWS,
    )
    return problem, plan
