"""Federated learning, as the workspace offers it: train, go on, take the model away."""

from __future__ import annotations

from collections.abc import Generator

from compliance.federated.nouns import Plan, Round, Run
from compliance.privacy.nouns import Price, Protection
from compliance.workspace import datasets, run_prices, runs
from compliance.workspace.desk import Desk


class Federation:
    """The runs of a workspace."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def train(
        self, name: str, plan: Plan, resume: str | None = None
    ) -> Generator[Round, None, None]:
        """Run `plan` on dataset `name`, round by round; closing the iterator stops and stores it.

        Args:
            resume: the id of a run to go on from; its plan may differ in the number of rounds.

        Raises:
            PlanError, BudgetExceededError, CapExceededError: refused, nothing was trained.
        """
        return runs.rounds(self._desk, name, plan, resume)

    def price(self, plan: Plan) -> Price:
        """The most that a plan with noise can cost. Nothing is spent by asking.

        Raises:
            MalformedPlanError: no theorem covers the noise.
        """
        return run_prices.price(plan)

    def protection(self, plan: Plan) -> tuple[Protection, ...]:
        """How well a plan with noise protects a row, a device, a person and a site."""
        return run_prices.protection(plan)

    def runs(self, name: str) -> tuple[Run, ...]:
        """All runs on dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return runs.of(connection, datasets.find(connection, name))

    def model(self, name: str, run_id: str) -> bytes:
        """The common model of a run as a NumPy archive, one array for each of its tensors.

        Raises:
            CheckpointError: there is no such run, or its model is no longer there.
        """
        return runs.model(self._desk, name, run_id)
