"""Governance, as the workspace offers it: one place to find its areas."""

from __future__ import annotations

from compliance.workspace.assessments import Duties
from compliance.workspace.audits import Audits
from compliance.workspace.desk import Desk
from compliance.workspace.impacts import Impacts
from compliance.workspace.improving import Improving
from compliance.workspace.mending import Mending
from compliance.workspace.outlooks import Outlooks
from compliance.workspace.packs import Packs
from compliance.workspace.registering import Registering
from compliance.workspace.residing import Residing
from compliance.workspace.watching import Watching


class Governance:
    """The law on the real data.

    Attributes:
        register: what only people know.
        packs: the rules in force.
        residency: where data lie and go.
        mending: findings and remedies.
        watching: alarms.
        impacts: impact assessments.
        audits: audits that run by themselves.
        improving: found, taken in hand, tested again, scored.
        duties: what past assessments found.
        outlook: the desk at a glance.
    """

    def __init__(self, desk: Desk) -> None:
        self.register = Registering(desk)
        self.packs = Packs(desk)
        self.residency = Residing(desk)
        self.mending = Mending(desk)
        self.watching = Watching(desk)
        self.impacts = Impacts(desk)
        self.audits = Audits(desk)
        self.improving = Improving(desk)
        self.duties = Duties(desk)
        self.outlook = Outlooks(desk)
