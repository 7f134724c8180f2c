"""Federated learning, as the workspace offers it: train, go on, look closer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from compliance.federated.nouns import Axis, Finding, Plan, Point, Run, Siege
from compliance.privacy.nouns import Price, Protection
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.federating import deployments, prices, proofs, runs, sweeps
from compliance.workspace.federating.deployments import Deployment, Flower, Order, Rounds
from compliance.workspace.guarding import guarded


@guarded
class Federation:
    """The runs of a workspace."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def train(
        self, name: str, plan: Plan, resume: str | None = None, by: Flower | None = None
    ) -> Rounds:
        """Run `plan` on dataset `name`, round by round; closing the iterator stops and stores it.

        Args:
            resume: the id of a run to go on from; its plan may differ in the number of rounds.
            by: that Flower carries what sites are asked and answer; else they are in this process.

        Raises:
            PlanError, BudgetExceededError, CapExceededError: refused, nothing was trained.
            DeploymentError: with `by`, the sites could not be reached; what was run is stored.
        """
        return deployments.rounds(self._desk, name, plan, resume, by)

    def deploy(self, name: str, plan: Plan, order: Order) -> Deployment:
        """Write the folder that server and sites need to run `plan` across machines.

        Raises:
            PlanError, CannotWriteError: refused, or the disk does.
        """
        return deployments.write(self._desk, name, plan, order)

    def price(self, plan: Plan) -> Price:
        """The most that a plan with noise can cost. Nothing is spent by asking.

        Raises:
            MalformedPlanError: no theorem covers the noise.
        """
        return prices.price(plan)

    def protection(
        self, plan: Plan, largest_site: int | None = None, *, unit_is_row: bool = False
    ) -> tuple[Protection, ...]:
        """How well a plan with noise protects a row, a device, a person and a site.

        Args:
            largest_site: protected units at the largest site, where that may be known.
            unit_is_row: no column tells people apart, so that rows stand for them.
        """
        asked = prices.of_rows(plan) if unit_is_row else plan
        return prices.protection(asked, largest_site)

    def runs(self, name: str) -> tuple[Run, ...]:
        """All runs on dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return runs.of(connection, datasets.find(connection, name))

    def model(self, name: str, run_id: str) -> bytes:
        """The common model of a run as a NumPy archive, one array for each of its tensors.

        That it was taken away is in the trail, so never ask while a page is merely shown.

        Raises:
            UnknownRunError, CheckpointError: there is no such run, or its model is gone.
        """
        data = runs.model(self._desk, name, run_id)
        with self._desk.act("run.export", name) as act:
            act.facts |= {"run": run_id, "bytes": len(data)}
        return data

    def sweep(
        self,
        name: str,
        plan: Plan,
        axis: Axis,
        values: Sequence[float],
        seeds: Sequence[int],
    ) -> Generator[Point, None, None]:
        """Try `plan` with each value of one setting, and give each point as it is known.

        For the officer alone: it looks at all rows and spends nothing. See `sweeps.sweep`.

        Raises:
            PlanError: the plan, the setting or a value does not fit.
        """
        return sweeps.sweep(self._desk, name, plan, axis, values, seeds)

    def attack(self, name: str, run_id: str, seed: int = 0) -> Generator[Finding, None, None]:
        """Attack a run, and give each finding as it is made; see `run_proofs.attack_run`.

        Raises:
            UnknownRunError, PlanError: there is no such run, or it cannot be made again.
        """
        return proofs.attack_run(self._desk, name, run_id, seed)

    def attacks(self, name: str) -> tuple[Siege, ...]:
        """All attacks on runs of dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return proofs.sieges(connection, datasets.find(connection, name))
