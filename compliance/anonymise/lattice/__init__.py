"""Full-domain recoding: one level for each column, the choice that loses least, proven.

* `search`: that choice, with progress and within a time limit.
* `survey`, `surveying`: every choice at every k; `frontier`: those that none beats.
* `recode`: the rows at one choice.
"""

from __future__ import annotations

from compliance.anonymise.lattice.curves import frontier, survey, surveying
from compliance.anonymise.lattice.recoding import recode
from compliance.anonymise.lattice.searching import Progress, search

__all__ = ["Progress", "frontier", "recode", "search", "survey", "surveying"]
