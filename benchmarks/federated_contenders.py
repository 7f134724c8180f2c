"""The contenders of `federated.py` that need no environment of their own.

    python benchmarks/federated_contenders.py own|loop WORK ROUNDS MODEL.npy

does the work of that name and says “round N” after its first round, after the last of the given
cohorts, when it stores the model, and after ROUNDS; cohorts are taken again from the first.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from federated_loops import FloatArray
from federated_own import Trainer, laid_out
from federated_work import Work, plain_round, work

WORKS = {
    "softmax": lambda: work("softmax 64×10, 10 of 100 sites", (64, 10), sites=100, cohort=10),
    "mlp": lambda: work("MLP 64-64-10, 10 of 100 sites", (64, 64, 10), sites=100, cohort=10),
    "softmax-crowd": lambda: work(
        "softmax 64×10, 100 of 500 sites", (64, 10), sites=500, cohort=100
    ),
    "mlp-crowd": lambda: work(
        "MLP 64-64-10, 100 of 500 sites", (64, 64, 10), sites=500, cohort=100
    ),
}


class Loop:
    """The plain loop, with its model told as the engine has it."""

    def __init__(self, work: Work) -> None:
        self.work, self.model = work, work.model

    def step(self, round_: int) -> FloatArray:
        """The model after one more round."""
        self.model = plain_round(self.work, self.model, round_)
        return self.model

    def told(self) -> FloatArray:
        """The model as the engine has it."""
        return laid_out(self.model, self.work.widths)


class Own:
    """The project's engine."""

    def __init__(self, work: Work) -> None:
        self.trainer, self.model = Trainer(work), laid_out(work.model, work.widths)

    def step(self, round_: int) -> FloatArray:
        """The model after one more round."""
        self.model = self.trainer.round(self.model, round_)
        return self.model

    def told(self) -> FloatArray:
        """The model."""
        return self.model


CONTENDERS = {"own": Own, "loop": Loop}


def main() -> None:
    """Run as the command line says."""
    name, title, rounds, place = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    given = WORKS[title]()
    contender = CONTENDERS[name](given)
    for round_ in range(1, rounds + 1):
        contender.step(round_)
        if round_ == len(given.cohorts):
            np.save(place, contender.told())
        if round_ in (1, len(given.cohorts), rounds):
            print(f"round {round_}", flush=True)


if __name__ == "__main__":
    main()
