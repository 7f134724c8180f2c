"""Local recoding: each cell becomes only as coarse as its own class needs.

Full-domain search gives a whole column one level; here every class has levels of its own. The
names shown are those of the hierarchies, so they nest: two cells of a column are equal, one
contains the other, or they are disjoint. What is promised of the classes is promised of the rows
as they are *shown*: rows that show the same names are one class, wherever they came from.

Three steps, all deterministic:

1. `cheapest_first`: the nodes of the lattice in the order of what they cost; at each, rows that
   have no place yet take the one they can (ARX's repeated recoding of suppressed rows, taken to
   its limit: there each round is a whole search).
2. `mondrian`: what is left is split from the top, as LeFevre et al. 2006 do (multidimensional
   recoding, doi:10.1109/ICDE.2006.101), but only along the hierarchies.
3. `joining`: rows that still have no class join the one that they make coarser by the least, or
   are suppressed, within the limit, where that costs less.

Not promised: that the loss is the least there is; that problem is NP-hard (Meyerson and Williams
2004, doi:10.1145/1055558.1055591). Full-domain search is what proves its optimum.
"""

from __future__ import annotations

from compliance.anonymise.local.nouns import Progress
from compliance.anonymise.local.recoding import recode_locally

__all__ = ["Progress", "recode_locally"]
