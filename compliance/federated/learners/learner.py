"""What a run asks of whatever it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from compliance.federated.features import FloatArray
from compliance.federated.nouns import Metric, Plan, Tensor
from compliance.federated.problem import Clients, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good predictions are.

    Attributes:
        loss: what training lowers; 0 where there is nothing to measure on.
        metric: see `Learner.metric`; None where the rows are too few or too alike to tell.
    """

    loss: float
    metric: float | None


class Learner(Protocol):
    """A model with its way of learning, for one problem and one plan.

    The server has a model. In each of a round's exchanges it sends that to clients, which send
    back contributions: of the same shape whoever they are, computed from the model and their own
    rows only. Contributions are averaged or, where `adds_up`, added.
    """

    @property
    def problem(self) -> Problem:
        """What it learns from."""
        ...

    @property
    def plan(self) -> Plan:
        """How."""
        ...

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """What the model consists of."""
        ...

    @property
    def messages(self) -> tuple[Tensor, ...]:
        """What a contribution consists of."""
        ...

    @property
    def exchanges(self) -> int:
        """How often clients are asked in a round."""
        ...

    @property
    def adds_up(self) -> bool:
        """Contributions are sums over rows; otherwise they are steps away from the model."""
        ...

    @property
    def metric(self) -> Metric:
        """What `Quality.metric` is."""
        ...

    def initial(self) -> FloatArray:
        """The model before the first round."""
        ...

    def contributions(
        self,
        clients: Clients,
        models: FloatArray,
        round_: int,
        *,
        exchange: int = 0,
        epochs: int | None = None,
        correction: FloatArray | None = None,
    ) -> FloatArray:
        """What each of `clients` would send: clients × numbers.

        Args:
            models: what each starts from; one row per client.
            epochs: passes over the rows, where not those of the plan; for steps only.
            correction: added to the gradients; for steps only.
        """
        ...

    def advanced(
        self, model: FloatArray, total: FloatArray, round_: int, *, exchange: int = 0
    ) -> FloatArray:
        """The model after the sum of contributions; only where they add up."""
        ...

    def predicted(self, model: FloatArray, rows: slice) -> FloatArray:
        """What the model says of these rows of the problem; one element or row for each."""
        ...

    def quality(self, predicted: FloatArray, rows: slice) -> Quality:
        """How good that is."""
        ...
