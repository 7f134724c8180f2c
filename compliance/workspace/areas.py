"""The areas of the workspace that hold others: one place to find each."""

from __future__ import annotations

from compliance.workspace.access.accounts import Accounts
from compliance.workspace.access.visits import Visits
from compliance.workspace.anchoring.anchors import Anchoring
from compliance.workspace.approving.approvals import Approving
from compliance.workspace.consenting.consents import Consenting
from compliance.workspace.desk import Desk
from compliance.workspace.erasing.erasures import Erasing
from compliance.workspace.fulfilling.fulfilment import Fulfilling
from compliance.workspace.governing.assessments import Duties
from compliance.workspace.governing.audits import Audits
from compliance.workspace.governing.impacts import Impacts
from compliance.workspace.governing.improving import Improving
from compliance.workspace.governing.outlooks import Outlooks
from compliance.workspace.governing.packs import Packs
from compliance.workspace.governing.registering import Registering
from compliance.workspace.governing.residing import Residing
from compliance.workspace.governing.watching import Watching
from compliance.workspace.lineage.lineages import Lineages
from compliance.workspace.mending.offering import Mending
from compliance.workspace.reporting.offering import Reporting
from compliance.workspace.requesting.requests import Requesting
from compliance.workspace.tracing.persons import Tracing
from compliance.workspace.trails.logbook import Log


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
