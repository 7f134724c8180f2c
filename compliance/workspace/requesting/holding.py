"""Legal holds: a duty to keep data although somebody asks to erase them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from compliance.errors import HoldError, RequestInputError, UnknownHoldError
from compliance.rights.nouns import Hold
from compliance.rights.requests import check_text
from compliance.storage import tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.requesting.requested import hold_of, holds, stands


@guarded
class Holding:
    """Legal holds: place, lift, list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def holds(self) -> tuple[Hold, ...]:
        """All holds, in the order in which they were placed."""
        with self._desk.database.reading() as connection:
            return holds(connection)

    def standing(self) -> tuple[Hold, ...]:
        """The holds that stand today."""
        today = self._desk.clock().date()
        return tuple(hold for hold in self.holds() if stands(hold, today))

    def place(self, why: str, names: Sequence[str] = (), until: date | None = None) -> Hold:
        """Keep data from being erased.

        Args:
            why: the proceedings or the law, in words without names.
            names: of datasets; empty: all.
            until: the last day; None: until it is lifted.

        Raises:
            RightsError, UnknownDatasetError: it cannot be so.
        """
        id_ = f"H-{secrets.token_hex(3)}"
        with self._desk.act("hold.place", id_) as act:
            try:
                reason = check_text("The reason", why)
            except RequestInputError as wrong:
                raise HoldError(reason=str(wrong)) from None
            if until is not None and until < act.at.date():
                raise HoldError(reason="The last day of the hold lies in the past.")
            found = [str(datasets.find(act.connection, name).name) for name in names]
            hold = Hold(
                id=id_,
                why=reason,
                datasets=tuple(dict.fromkeys(found)),
                until=until,
                by=act.actor,
                at=act.at,
            )
            _store(act, hold)
            act.facts |= {"datasets": list(hold.datasets)}
        return hold

    def lift(self, id_: str) -> Hold:
        """Let a hold end; what was waiting for it can go on.

        Raises:
            UnknownHoldError: there is none that stands.
        """
        with self._desk.act("hold.lift", id_[:80]) as act:
            hold = hold_of(act.connection, id_)
            if not stands(hold, act.at.date()):
                raise UnknownHoldError(hold=id_[:40])
            lifted = replace(hold, is_lifted=True)
            _store(act, lifted)
        return lifted


def _store(act: Act, hold: Hold) -> None:
    act.store(tables.HOLD, hold, id=hold.id)
