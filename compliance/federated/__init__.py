"""Learning from rows that stay where they are.

    plan file ──to_plan──▶ Plan
    table, Plan ──prepare──▶ Problem ──train──▶ Training after each round ──finish──▶ Outcome

The rows of a site meet the common model only in `engine`; what leaves a site is a model, or with
noise a bounded sum of whole numbers.
"""

from compliance.federated.models import LinearModel, Link, Model, Perceptron, looped
from compliance.federated.noising import UNITS_PER_CLIP, Secrets, change
from compliance.federated.outcome import finish
from compliance.federated.plans import to_plan
from compliance.federated.preparing import prepare
from compliance.federated.problem import Problem
from compliance.federated.training import Training, train

__all__ = [
    "UNITS_PER_CLIP",
    "LinearModel",
    "Link",
    "Model",
    "Perceptron",
    "Problem",
    "Secrets",
    "Training",
    "change",
    "finish",
    "looped",
    "prepare",
    "to_plan",
    "train",
]
