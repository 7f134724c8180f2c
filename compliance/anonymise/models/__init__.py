"""The privacy models: whether one holds of a recoding, and how well any table protects.

* `satisfied`, `holds`: a criterion, of each class or of the table.
* `is_per_class`, `is_monotone`: what a search may rely on.
* `classes_of`, `sensitive_of`: rows in their equivalence classes, and the values counted in them.
* `measure`, `measure_table`: the figures of a recoding, or of any table.
* `share_at_risk`: the share of rows that are easier to find than a threshold allows.

What the models mean, and where ARX and pycanon differ: docs/privacy-models.md.
"""

from __future__ import annotations

from compliance.anonymise.models.criteria import holds, is_monotone, is_per_class, satisfied
from compliance.anonymise.models.grouping import classes_of
from compliance.anonymise.models.measuring import measure, measure_table
from compliance.anonymise.models.risks import share_at_risk
from compliance.anonymise.models.sensitive import sensitive_of

__all__ = [
    "classes_of",
    "holds",
    "is_monotone",
    "is_per_class",
    "measure",
    "measure_table",
    "satisfied",
    "sensitive_of",
    "share_at_risk",
]
