"""People's rights, as the workspace offers them: one place to find their five areas."""

from __future__ import annotations

from compliance.workspace.consenting import Consenting
from compliance.workspace.desk import Desk
from compliance.workspace.erasing import Erasing
from compliance.workspace.fulfilling import Fulfilling
from compliance.workspace.requesting import Requesting
from compliance.workspace.tracing import Tracing


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
