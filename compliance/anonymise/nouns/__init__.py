"""The nouns of anonymisation: hierarchies, plans, problems, and what is found and measured."""

from compliance.anonymise.nouns.attack import Attack, AttackKind, Siege
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
from compliance.anonymise.nouns.treated import (
    Keys,
    Noise,
    Note,
    Transition,
    Treated,
    VaultRows,
)
from compliance.anonymise.nouns.treatment import Treatment, TreatmentKind
from compliance.anonymise.nouns.usefulness import Roles, UseKind, Utility

__all__ = [
    "ALL",
    "Attack",
    "AttackKind",
    "Build",
    "Builder",
    "Classes",
    "Criterion",
    "Curve",
    "Found",
    "Hierarchy",
    "Histogram",
    "Keys",
    "Ladder",
    "LossKind",
    "Losses",
    "Measures",
    "Method",
    "Model",
    "Noise",
    "Note",
    "Plan",
    "Problem",
    "QuasiIdentifier",
    "Recoding",
    "Risk",
    "Roles",
    "Sensitive",
    "SensitiveMeasures",
    "Siege",
    "Transition",
    "Treated",
    "Treatment",
    "TreatmentKind",
    "UseKind",
    "Utility",
    "VaultRows",
]
