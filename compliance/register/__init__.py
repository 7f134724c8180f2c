"""The register: activities, processors, transfers and what else only people know."""

from __future__ import annotations

from compliance.register.checking import checked, laid_over, merged
from compliance.register.completeness import Gaps, gaps
from compliance.register.contradicting import contradictions
from compliance.register.drawing import Held, activity_id, drawn, overlaid, scope_of
from compliance.register.kinds import kind_of, kinds, laws
from compliance.register.reading import read_records
from compliance.register.ropa import Ropa, record_of_processing, shown, write_ropa
from compliance.register.values import ABSENT, to_cell, to_value
from compliance.register.writing import Shape, write_records

__all__ = [
    "ABSENT",
    "Gaps",
    "Held",
    "Ropa",
    "Shape",
    "activity_id",
    "checked",
    "contradictions",
    "drawn",
    "gaps",
    "kind_of",
    "kinds",
    "laid_over",
    "laws",
    "merged",
    "overlaid",
    "read_records",
    "record_of_processing",
    "scope_of",
    "shown",
    "to_cell",
    "to_value",
    "write_records",
    "write_ropa",
]
