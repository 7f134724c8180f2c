"""Learning from rows that stay where they are.

    plan file ──to_plan──▶ Plan
    table, Plan ──prepare──▶ Problem ──train──▶ Training after each round ──finish──▶ Outcome

The rows of a site meet the common model only in `engine`; what leaves a site is a model, or with
noise a bounded sum of whole numbers.
"""

from compliance.federated.accounting import rdp_epsilon, sampled_epsilon
from compliance.federated.models import LinearModel, Link, Model, Perceptron, looped
from compliance.federated.naive import naive_metric
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
    "naive_metric",
    "prepare",
    "rdp_epsilon",
    "sampled_epsilon",
    "to_plan",
    "train",
]
