"""The nouns of anonymisation: hierarchies, plans, problems, and what is found and measured."""

from compliance.anonymise.nouns.found import (
    Curve,
    Found,
    Losses,
    Measures,
    Risk,
    SensitiveMeasures,
)
from compliance.anonymise.nouns.hierarchy import ALL, Build, Builder, Hierarchy
from compliance.anonymise.nouns.plan import (
    Criterion,
    LossKind,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
)
from compliance.anonymise.nouns.problem import (
    Classes,
    Histogram,
    Ladder,
    Problem,
    Recoding,
    Sensitive,
)
from compliance.anonymise.nouns.treatment import Treatment, TreatmentKind

__all__ = [
    "ALL",
    "Build",
    "Builder",
    "Classes",
    "Criterion",
    "Curve",
    "Found",
    "Hierarchy",
    "Histogram",
    "Ladder",
    "LossKind",
    "Losses",
    "Measures",
    "Method",
    "Model",
    "Plan",
    "Problem",
    "QuasiIdentifier",
    "Recoding",
    "Risk",
    "Sensitive",
    "SensitiveMeasures",
    "Treatment",
    "TreatmentKind",
]
