"""Make a table safe to hand on, at the smallest loss that can be proven; measure it, attack it.

The nouns, each with the one verb that makes it:

* **Hierarchy** (build, read): how the values of one column become coarser, level by level.
* **Plan** (read): what must hold of the output, and what may be done to reach it.
* **Problem** (prepare): one table and one plan as integer codes, ready to be searched.
* **Found** (search): the level of each column that loses least, and whether that is proven.
* **Curve** (survey): every node of the lattice at once, so that a slider can show all of them.
* **Recoding** (recode): what each row shows afterwards.
* **Measures** (measure): how well any table protects, as numbers.
* **Siege** (attack): what an attacker gets out of it who tries.
"""

from __future__ import annotations

from compliance.anonymise.hierarchies import SETTINGS, read_hierarchy
from compliance.anonymise.lattice import MOST_CELLS, frontier
from compliance.anonymise.plan_files import from_plan
from compliance.anonymise.plans import to_plan
from compliance.anonymise.preparing import Prepared, prepare
from compliance.anonymise.treatments import kinds, settings_of

__all__ = [
    "MOST_CELLS",
    "SETTINGS",
    "Prepared",
    "from_plan",
    "frontier",
    "kinds",
    "prepare",
    "read_hierarchy",
    "settings_of",
    "to_plan",
]
