"""The areas of the workspace that hold others: one place to find each."""

from __future__ import annotations

from compliance.workspace.accounts import Accounts
from compliance.workspace.anchoring import Anchoring
from compliance.workspace.approving import Approving
from compliance.workspace.assessments import Duties
from compliance.workspace.audits import Audits
from compliance.workspace.consenting import Consenting
from compliance.workspace.desk import Desk
from compliance.workspace.erasing import Erasing
from compliance.workspace.fulfilling import Fulfilling
from compliance.workspace.impacts import Impacts
from compliance.workspace.improving import Improving
from compliance.workspace.lineages import Lineages
from compliance.workspace.logbook import Log
from compliance.workspace.mending import Mending
from compliance.workspace.outlooks import Outlooks
from compliance.workspace.packs import Packs
from compliance.workspace.registering import Registering
from compliance.workspace.reporting import Reporting
from compliance.workspace.requesting import Requesting
from compliance.workspace.residing import Residing
from compliance.workspace.tracing import Tracing
from compliance.workspace.visits import Visits
from compliance.workspace.watching import Watching


class Access:
    """Who may do what.

    Attributes:
        accounts: who may sign in, and with which roles.
        visits: from sign-in to sign-out.
        approving: acts that a second person approves.
    """

    def __init__(self, desk: Desk) -> None:
        self.accounts = Accounts(desk)
        self.visits = Visits(desk)
        self.approving = Approving(desk)


class Rights:
    """People control their data.

    Attributes:
        requests: from intake to answer.
        tracing: one person, looked for everywhere.
        fulfilling: access, portability, rectification, restriction, objection, opt-out.
        erasing: out of every version and derived copy.
        consents: who agreed to what, and what may be used.
    """

    def __init__(self, desk: Desk) -> None:
        self.requests = Requesting(desk)
        self.tracing = Tracing(desk)
        self.fulfilling = Fulfilling(desk)
        self.erasing = Erasing(desk)
        self.consents = Consenting(desk)


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
