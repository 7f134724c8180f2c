"""Learning from rows that stay where they are.

    plan file ──to_plan──▶ Plan
    table, Plan ──prepare──▶ Problem ──train──▶ Training after each round ──finish──▶ Outcome

The rows of a site meet the common model only in `engine`; what leaves a site is a model, or with
noise a bounded sum of whole numbers.
"""

from compliance.federated.checkpoints import from_checkpoint, to_checkpoint, to_tensors
from compliance.federated.fairness import economy, fairness, worst_tenth
from compliance.federated.models import LinearModel, Link, Model, Perceptron, looped
from compliance.federated.naive import naive_metric
from compliance.federated.noising import UNITS_PER_CLIP, ClipRule, Secrets, change
from compliance.federated.outcome import finish
from compliance.federated.plan_files import from_plan
from compliance.federated.plans import MODELS, SUMMED, clip_of, to_plan
from compliance.federated.preparing import prepare
from compliance.federated.problem import Problem
from compliance.federated.sweeps import frontier, swept, with_value
from compliance.federated.training import Training, train

__all__ = [
    "MODELS",
    "SUMMED",
    "UNITS_PER_CLIP",
    "ClipRule",
    "LinearModel",
    "Link",
    "Model",
    "Perceptron",
    "Problem",
    "Secrets",
    "Training",
    "change",
    "clip_of",
    "economy",
    "fairness",
    "finish",
    "from_checkpoint",
    "from_plan",
    "frontier",
    "looped",
    "naive_metric",
    "prepare",
    "swept",
    "to_checkpoint",
    "to_plan",
    "to_tensors",
    "train",
    "with_value",
    "worst_tenth",
]
