"""Access, as the workspace offers it: one place to find its three areas."""

from __future__ import annotations

from compliance.workspace.accounts import Accounts
from compliance.workspace.approving import Approving
from compliance.workspace.desk import Desk
from compliance.workspace.visits import Visits


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
