"""The privacy models: whether one holds of a recoding, and how well any table protects.

* `satisfied`, `holds`: a criterion, of each class or of the table.
* `is_per_class`, `is_monotone`: what a search may rely on.
"""

from __future__ import annotations

from compliance.anonymise.models.criteria import holds, is_monotone, is_per_class, satisfied

__all__ = ["holds", "is_monotone", "is_per_class", "satisfied"]
