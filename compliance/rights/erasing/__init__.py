"""Erasing: from where somebody was found to tables without that person."""

from compliance.rights.erasing.cutting import Cutter, Version
from compliance.rights.erasing.rewriting import MARK, columns_of, commitment, rewritten
from compliance.rights.erasing.ways import blank_columns, way_of, why_beyond

__all__ = [
    "MARK",
    "Cutter",
    "Version",
    "blank_columns",
    "columns_of",
    "commitment",
    "rewritten",
    "way_of",
    "why_beyond",
]
