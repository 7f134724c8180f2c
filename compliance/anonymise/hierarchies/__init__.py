"""How the values of a column become coarser: read from a file, or built from the values.

    ARX's CSV ──read_hierarchy──▶ Hierarchy ──complete──▶ one that holds every value of a table
    values, Label ──propose──▶ Build
    values, Build ──build_hierarchy──▶ Hierarchy
    Hierarchy ──write_hierarchy──▶ ARX's CSV

What the file leaves open is completed and said in a note; what contradicts itself is refused.
"""

from compliance.anonymise.hierarchies.building import SETTINGS, build_hierarchy
from compliance.anonymise.hierarchies.completing import Completed, complete, unmapped
from compliance.anonymise.hierarchies.proposing import propose
from compliance.anonymise.hierarchies.reading import Read, read_hierarchy
from compliance.anonymise.hierarchies.writing import write_hierarchy

__all__ = [
    "SETTINGS",
    "Completed",
    "Read",
    "build_hierarchy",
    "complete",
    "propose",
    "read_hierarchy",
    "unmapped",
    "write_hierarchy",
]
