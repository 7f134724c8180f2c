"""Remedies: what could be done about a finding, and what that would change.

* `catalogue`, `fitting`: which kinds of remedy fit which finding; data.
* `effect`: the verdicts that turn from one assessment to another, with risk and loss.
* `ranked`: the remedies in an order that says why.
"""

from __future__ import annotations

from compliance.rules.remedies.catalogue import Catalogue, Fit, Recordable, catalogue, fitting
from compliance.rules.remedies.effects import effect, mended, worsened
from compliance.rules.remedies.ranking import NOT_MEASURED, REFUSED, ends, percent, ranked

__all__ = [
    "NOT_MEASURED",
    "REFUSED",
    "Catalogue",
    "Fit",
    "Recordable",
    "catalogue",
    "effect",
    "ends",
    "fitting",
    "mended",
    "percent",
    "ranked",
    "worsened",
]
