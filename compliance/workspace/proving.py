"""Proof, as the workspace offers it: one place to find its areas."""

from __future__ import annotations

from compliance.workspace.anchoring import Anchoring
from compliance.workspace.desk import Desk
from compliance.workspace.lineages import Lineages
from compliance.workspace.logbook import Log
from compliance.workspace.reporting import Reporting


class Proof:
    """What stands up outside.

    Attributes:
        log: the trail verified, signed, proved, exported.
        trail: its anchors outside, and the trail verified by itself.
        lineage: what was made from what, where personal data went, events of other systems.
        reports: built, signed, in every format, and checked.
    """

    def __init__(self, desk: Desk) -> None:
        self.log = Log(desk)
        self.trail = Anchoring(desk)
        self.lineage = Lineages(desk)
        self.reports = Reporting(desk)
