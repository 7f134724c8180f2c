"""Find personal data: in columns, from their headers, their values and the table around them."""

from compliance.discovery.changes import compare
from compliance.discovery.columns import discover
from compliance.discovery.labels import masked, relabelled
from compliance.discovery.rare import rare_findings
from compliance.discovery.singling import singling_out
from compliance.discovery.types import laws, semantic_types

__all__ = [
    "compare",
    "discover",
    "laws",
    "masked",
    "rare_findings",
    "relabelled",
    "semantic_types",
    "singling_out",
]
