"""Workspaces with people in them, and requests that ask to erase some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from compliance.dataset.readers import RawFile
from compliance.demo import build_shop
from compliance.demo.nouns import Shop
from compliance.rights.nouns import (
    Decision,
    Erasure,
    Identifier,
    IdentifierKind,
    Identity,
    IdentityLevel,
    Outcome,
    Request,
    Right,
    Step,
)
from compliance.workspace import Workspace
from compliance.workspace.requesting import requests, sealing

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def store_shop(workspace: Workspace, shop: Shop | None = None) -> Shop:
    """A small demo shop, as it comes out of its systems."""
    shop = shop or build_shop(customers=120, orders=600)
    for table in shop.tables:
        workspace.add_files(table.files, table.name, table.description)
    return shop


def ask(
    workspace: Workspace,
    id_: str,
    identifiers: Sequence[Identifier],
    kept: Mapping[str, str] | None = None,
    doubts: Mapping[str, bool] | None = None,
) -> str:
    """A request to erase somebody, decided and ready to be carried out.

    Args:
        doubts: by the id of a doubtful match or mention, what an officer said of it.
    """
    desk = workspace._desk
    request = Request(
        id=id_,
        law="EU_GDPR",
        right=Right.ERASURE,
        received_on=date(2026, 10, 20),
        channel="form",
        country="DE",
        step=Step.DECIDED,
        identity=Identity(level=IdentityLevel.ACCOUNT, checked="signed in", by="o", at=AT),
        searched_on=date(2026, 10, 25),
        doubts={one: said for one, said in (doubts or {}).items() if ":" in one},
        mentions={one: said for one, said in (doubts or {}).items() if ":" not in one},
        decision=Decision(
            outcome=Outcome.FULFILLED,
            ground="consent_withdrawn",
            reason="",
            by="o",
            at=AT,
            kept=dict(kept or {}),
        ),
    )
    sealing.seal(desk, id_, identifiers)
    with desk.act("request.decide", id_) as act:
        requests.store(act, request)
    return id_


def standing(workspace: Workspace, id_: str) -> Request:
    """A request as it stands."""
    with workspace._desk.database.reading() as connection:
        return requests.one(connection, id_)


def email(value: str) -> Identifier:
    """Somebody's e-mail address."""
    return Identifier(kind=IdentifierKind.EMAIL, value=value)


def erase(workspace: Workspace, ids: Iterable[str]) -> Erasure:
    """Erase to the end."""
    steps = workspace.rights.erasing.erase(tuple(ids))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Erasure = end.value
            return found


def files_of(lines: str, name: str) -> tuple[RawFile, ...]:
    """One CSV file."""
    return (RawFile(name=f"{name}.csv", data=lines.encode()),)
