"""Flower's own simulation on the work of `federated.py`, for an environment that has Flower.

    python -c "import federated_flower; federated_flower.main()" WORK.npz ROUNDS MODEL.npy

says “round 1”, “round 2” … as they are done and stores the model. It is imported, not run as a
script, so that Ray's workers find the sites' function by its name and need not be sent it anew
with each message. To Flower's advantage its sites find the orders of their rows drawn already,
load the rows once per worker, and compute no metrics; one worker per core.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Iterable, Mapping

import numpy as np
from federated_loops import trained
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

WORK = "FEDERATED_WORK"

site = ClientApp()


@functools.cache
def work() -> Mapping[str, np.ndarray]:
    """The rows and the plan, once per process."""
    with np.load(os.environ[WORK]) as stored:
        return dict(stored)


@site.train()
def train(message: Message, _: Context) -> Message:
    """A site's answer: its model after its epochs, and how many rows it has."""
    stored, config = work(), message.content["config"]
    round_, position = int(config["server-round"]) - 1, int(config["position"])
    taking_part = int(stored["cohorts"][round_, position])
    start, size = int(stored["starts"][taking_part]), int(stored["sizes"][taking_part])
    model = trained(
        message.content["arrays"]["model"].numpy(),
        stored["widths"].tolist(),
        stored["inputs"][start : start + size],
        stored["labels"][start : start + size],
        stored["orders"][round_, position, :, :size],
        batch=int(stored["batch"]),
        rate=float(stored["rate"]),
    )
    content = {
        "arrays": ArrayRecord({"model": Array(model)}),
        "metrics": MetricRecord({"num-examples": size}),
    }
    return Message(content=RecordDict(content), reply_to=message)


class GivenCohorts(FedAvg):
    """Flower's federated averaging, with the cohorts that all contenders have."""

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """One message per site taking part, once all nodes are there; any can play any site."""
        while len(nodes := list(grid.get_node_ids())) < len(work()["sizes"]):
            time.sleep(0.1)
        for position, node in enumerate(nodes[: len(work()["cohorts"][0])]):
            told = ConfigRecord({**config, "server-round": server_round, "position": position})
            content = RecordDict({self.arrayrecord_key: arrays, self.configrecord_key: told})
            yield Message(content=content, message_type="train", dst_node_id=node)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """As Flower does it, which goes on without the sites that fail; here none may."""
        answers = list(replies)
        failures = [answer.error.reason for answer in answers if answer.has_error()]
        if failures or len(answers) < len(work()["cohorts"][0]):
            raise RuntimeError(f"{len(answers)} answers, of which failed: {failures[:1]}")
        joined = super().aggregate_train(server_round, answers)
        print(f"round {server_round}", flush=True)
        return joined


def main() -> None:
    """Simulate, and store the last round's model."""
    os.environ[WORK], rounds, place = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    server = ServerApp()

    @server.main()
    def run(grid: Grid, _: Context) -> None:
        strategy = GivenCohorts(fraction_train=0.1, fraction_evaluate=0.0)
        start = ArrayRecord({"model": Array(work()["model"])})
        result = strategy.start(grid=grid, initial_arrays=start, num_rounds=rounds)
        np.save(place, result.arrays["model"].numpy())

    run_simulation(
        server_app=server,
        client_app=site,
        num_supernodes=len(work()["sizes"]),
        backend_config={
            "client_resources": {"num_cpus": 1},
            "init_args": {"log_to_driver": False, "num_cpus": os.cpu_count()},
        },
    )
