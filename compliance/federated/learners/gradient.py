"""Learning by steps along gradients: clients send how far they would go."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.federated.engine import local_models
from compliance.federated.features import FloatArray
from compliance.federated.learners.learner import Quality
from compliance.federated.measures import accuracy, auc, explained, log_loss, softmax_loss
from compliance.federated.models import Link, Model
from compliance.federated.nouns import Metric, Plan, Tensor
from compliance.federated.problem import Clients, Problem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradientLearner:
    """Any `Model`, trained by `local_models`; see `Learner`."""

    model: Model
    problem: Problem
    plan: Plan

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Those of the model."""
        return self.model.tensors

    @property
    def messages(self) -> tuple[Tensor, ...]:
        """A step for each of the model's numbers."""
        return self.model.tensors

    @property
    def exchanges(self) -> int:
        """One."""
        return 1

    @property
    def adds_up(self) -> bool:
        """No: steps are averaged."""
        return False

    @property
    def metric(self) -> Metric:
        """AUC for two answers, accuracy for more, R² for numbers."""
        if self.model.link is Link.IDENTITY:
            return Metric.R2
        return Metric.AUC if self.problem.answers_known <= 2 else Metric.ACCURACY

    def initial(self) -> FloatArray:
        """See `Learner.initial`."""
        return self.model.initial(self.plan.seed)

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
        """See `Learner.contributions`."""
        del exchange
        trained = local_models(
            self.model,
            self.problem,
            clients,
            models,
            self.plan,
            round_,
            epochs=epochs,
            correction=correction,
        )
        trained -= models
        return trained

    def advanced(
        self, model: FloatArray, total: FloatArray, round_: int, *, exchange: int = 0
    ) -> FloatArray:
        """Not for steps, which a strategy joins."""
        del model, total, round_, exchange
        raise ValueError("steps are joined by a strategy")

    def predicted(self, model: FloatArray, rows: slice) -> FloatArray:
        """The outputs, rows × outputs."""
        return self.model.outputs(model, self.problem.inputs[rows])

    def quality(self, predicted: FloatArray, rows: slice) -> Quality:
        """See `Learner.quality`."""
        answers = self.problem.answers[rows]
        if not len(answers):
            return Quality(loss=0.0, metric=None)
        match self.model.link:
            case Link.LOGISTIC:
                scores = predicted[:, 0]
                return Quality(loss=log_loss(answers, scores), metric=auc(answers, scores))
            case Link.SOFTMAX:
                loss = softmax_loss(answers, predicted)
                if self.metric is Metric.AUC:
                    area = auc(2 * answers - 1, predicted[:, 1] - predicted[:, 0])
                    return Quality(loss=loss, metric=area)
                return Quality(loss=loss, metric=accuracy(answers, predicted))
            case Link.IDENTITY:
                values = predicted[:, 0]
                loss = float(((values - answers) ** 2).mean())
                return Quality(loss=loss, metric=explained(answers, values))
