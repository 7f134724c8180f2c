"""What can be trained, and the one that a plan asks for."""

from __future__ import annotations

from compliance.errors import MalformedPlanError
from compliance.federated.learners.gradient import GradientLearner
from compliance.federated.learners.learner import Learner, Quality
from compliance.federated.learners.trees import TreeLearner, tree_learner
from compliance.federated.models import LinearModel, Link, Model, Perceptron
from compliance.federated.nouns import ModelKind, Plan
from compliance.federated.problem import Problem

__all__ = ["GradientLearner", "Learner", "Quality", "TreeLearner", "learner_of"]


def learner_of(problem: Problem, plan: Plan, model: Model | None = None) -> Learner:
    """What `plan` asks for; with a `model` of the caller's own, that one.

    Raises:
        MalformedPlanError: the plan's model cannot give the problem's answers.
    """
    if plan.model is ModelKind.TREES and model is None:
        return _trees(problem, plan)
    return GradientLearner(model=model or _model(problem, plan), problem=problem, plan=plan)


def _trees(problem: Problem, plan: Plan) -> Learner:
    if problem.answers_known not in (0, 2):
        reason = "trees tell two answers apart, or give a number"
        raise MalformedPlanError(place="model", reason=reason)
    return tree_learner(problem, plan)


def _model(problem: Problem, plan: Plan) -> Model:
    inputs, answers = problem.inputs.shape[1], problem.answers_known
    match plan.model:
        case ModelKind.LOGISTIC:
            return LinearModel(inputs=inputs, link=Link.LOGISTIC)
        case ModelKind.LINEAR:
            return LinearModel(inputs=inputs, link=Link.IDENTITY)
        case ModelKind.SOFTMAX:
            return LinearModel(inputs=inputs, width=answers, link=Link.SOFTMAX)
        case ModelKind.MLP if answers:
            return Perceptron(widths=(inputs, *plan.hidden, answers), link=Link.SOFTMAX)
        case ModelKind.MLP:
            return Perceptron(widths=(inputs, *plan.hidden, 1), link=Link.IDENTITY)
        case _:
            raise MalformedPlanError(place="model", reason=f"{plan.model} learns something else")
