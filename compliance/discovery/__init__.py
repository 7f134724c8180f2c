"""Find personal data: in columns, from their headers, their values and the table around them."""

from compliance.discovery.columns import discover
from compliance.discovery.labels import masked, relabelled
from compliance.discovery.types import semantic_types

__all__ = ["discover", "masked", "relabelled", "semantic_types"]
