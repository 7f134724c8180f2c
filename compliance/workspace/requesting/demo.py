"""What customers of the demo shop ask for, taken in and led on as an officer would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from compliance.countries import name_of
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.rights.nouns import (
    Identifier,
    IdentifierKind,
    IdentityLevel,
    Outcome,
    Rejection,
    Right,
)
from compliance.workspace.desk import Desk
from compliance.workspace.requesting.requests import Requesting
from compliance.workspace.requesting.steps import Steps

_COLUMNS = {
    IdentifierKind.EMAIL: ColumnName("email"),
    IdentifierKind.NAME: ColumnName("full_name"),
    IdentifierKind.PERSON_KEY: ColumnName("customer_id"),
}
_COUNTRY = ColumnName("country")


def fill(desk: Desk, customers: Dataset, asked: Sequence[Mapping[str, Any]]) -> None:
    """Take in what `asked` says, of people in `customers`.

    Args:
        asked: as `shop_requests` gives them.
    """
    area, today = Requesting(desk), desk.clock().date()
    for one in asked:
        who = _person(desk, customers, one["country"], one["customer"])
        received = today - timedelta(days=one["days_ago"])
        opened = area.open(
            one["law"],
            Right(one["right"]),
            received,
            who,
            channel=one["channel"],
            country=one["country"],
        )
        for step in one.get("steps", ()):
            ((verb, said),) = step.items()
            _take(area.steps, opened.id, verb, said, today)


def _person(desk: Desk, customers: Dataset, country: str, place: int) -> tuple[Identifier, ...]:
    """What the `place`-th customer of `country` is known by."""
    table = desk.table(customers)
    codes = {kind: table.codes(column) for kind, column in _COLUMNS.items()}
    home = table.codes(_COUNTRY)
    known = np.all([one.codes >= 0 for one in codes.values()], axis=0)
    lives = home.codes == home.texts().index(name_of(country))
    row = int(np.flatnonzero(known & lives)[place])
    return tuple(
        Identifier(kind=kind, value=str(one.labels[one.codes[row]])) for kind, one in codes.items()
    )


def _take(steps: Steps, id_: str, verb: str, said: Mapping[str, Any], today: date) -> None:
    """One step, as the demo's file names it."""
    on = today - timedelta(days=said.get("days_ago", 0))
    match verb:
        case "confirm":
            steps.confirm(id_, on)
        case "ask_identity":
            steps.ask_identity(id_, said["doubt"])
        case "reject_proof":
            level = IdentityLevel[said["level"].upper()]
            steps.reject_proof(id_, level, Rejection(said["why"]))
        case "identify":
            steps.identify(id_, IdentityLevel[said["level"].upper()], said["checked"])
        case "decide":
            steps.decide(
                id_,
                Outcome(said["outcome"]),
                ground=said.get("ground", ""),
                reason=said.get("reason", ""),
            )
        case "answer":
            steps.answer(id_, on, told=said.get("told", ()))
        case "close":
            steps.close(id_)
        case _:
            raise ValueError(f"the demo knows no step {verb}")
