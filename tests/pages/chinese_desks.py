"""Desks in which there is something to press every button about, and the files that are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from approving_cases import ANNA, BEN, account, keep, people, require, signed_in

from compliance.access.nouns import Matter
from compliance.dataset import RawFile
from compliance.impact.nouns import ImpactKind
from compliance.privacy import to_query
from compliance.rights.nouns import Identifier, IdentifierKind, IdentityLevel, Outcome, Right
from compliance.settings import Settings
from compliance.workspace import Workspace
from pages.parts import session
from pages.parts.guiding.touring import Tour
from tests.fulfilling_cases import NOA, decided, filled
from tests.pages.conftest import Desk
from tests.pages.test_guiding_pages import small_demo
from tests.pages.test_impact_page import signed
from tests.request_cases import in_scope, opened
from tests.rule_cases import OWN
from tests.test_doubtful_mentions import DORA, TWO, notes
from tests.test_tracing import add, customers
from tests.walked_shop import SAID, orders

WHO = {"anna": account(ANNA, "anna"), "ben": account(BEN, "ben")}
FILES: Mapping[str, bytes] = {
    "orders.csv": orders(),
    "broken.csv": b'a,b\n1,"x',
    "broken.png": b"no picture",
    "broken.yaml": b"k: much",
    "broken.json": b"{}",
    "ours.yaml": OWN.encode(),
    "wrong.yaml": OWN.replace("severity: high", "severity: terrible").encode(),
}


@contextmanager
def in_hands(desk: Desk, name: str) -> Iterator[None]:
    """Pages in the hands of whoever has this name; of the local officer where there is none."""
    before = session.workspace
    if name:
        session.workspace = lambda: signed_in(desk.workspace, WHO[name])
    try:
        yield
    finally:
        session.workspace = before


def names(desk: Workspace) -> Mapping[str, str]:
    """What `{…}` in a row stands for: requests by their right, a finding, a folder outside."""
    every = desk.rights.requests.requests()
    findings = {one.title: one.id for one in desk.governance.mending.findings()}
    return {one.request.right.name.lower(): one.request.id for one in every} | {
        "contact": findings.get("Controller and contact are on record", ""),
        "outside": str(desk.settings.home.parent),
    }


def workspace(home: Path) -> Workspace:
    return Workspace(Settings.from_environment({}, home=home))


def _described(home: Path) -> None:
    workspace(home).add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)


def _asked(home: Path) -> None:
    """Requests of one person, each decided but two: an access just in, one to be told apart."""
    desk = filled(workspace(home))
    _to_erase(desk)
    rights = (Right.RECTIFICATION, Right.RESTRICTION, Right.OBJECTION)
    for right in (*rights, Right.REVIEW, Right.COMPLAINT, Right.PORTABILITY):
        decided(desk, right)
    decided(desk, Right.OPT_OUT, "CCPA")
    opened(desk.rights.requests, who=NOA)


def _to_erase(desk: Workspace) -> None:
    requests = desk.rights.requests
    id_ = opened(requests, Right.ERASURE, who=NOA)
    requests.steps.identify(id_, IdentityLevel.ACCOUNT, "signed in")
    doubts = requests.steps.search(id_).doubts
    if doubts:
        requests.steps.doubts(id_, dict.fromkeys(doubts, False))
    requests.steps.decide(id_, Outcome.FULFILLED, ground="consent_withdrawn")


def _alike(home: Path) -> None:
    """A request to erase somebody whose number others have, too."""
    desk = workspace(home)
    add(desk, "people", customers(), "customer_id")
    notes(desk, *TWO)
    requests = in_scope(desk)
    dora = Identifier(kind=IdentifierKind.EMAIL, value=DORA)
    found = opened(requests, Right.ERASURE, who=(dora,))
    requests.steps.identify(found, IdentityLevel.DOCUMENT, "birth date compared")
    requests.steps.search(found)


def _appealed(home: Path) -> None:
    """One request under a law that lets people appeal, one whose clock can stand still."""
    desk = workspace(home)
    requests = in_scope(desk)
    opened(requests, Right.ACCESS, "US_VA_VCDPA", country="US")
    opened(requests, Right.ERASURE, "UK_GDPR", country="GB")


def _shared(home: Path) -> None:
    """Three officers; whatever spends more than ε = 0.4 and every erasure needs a second one."""
    desk = workspace(home)
    keep(desk, *people())
    require(desk, "0.4", [Matter.ERASURE])


def _watched(home: Path) -> None:
    desk = workspace(home)
    query = to_query({"unit": "customer", "statistics": [{"count": "rows"}]})
    for _ in range(4):
        desk.release("orders", query, Decimal("0.1"))


def _outdated(home: Path) -> None:
    """A signed assessment, since which a fact has changed."""
    desk = workspace(home)
    impacts = desk.governance.impacts
    signed(desk, impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"]).id)
    desk.describe("orders", replace(SAID, retention_months=60))


def _toured(home: Path, page: str) -> None:
    """A tour that stands at a stop."""
    desk = workspace(home)
    small_demo(desk)
    desk.guiding.keep("tour", str(Tour(page=page, since=0)))


AFTER_A_WALK = {"full", "shared", "outdated", "watched"}  # laid out in a shop that was walked
PREPARED: Mapping[str, Callable[[Path], object]] = {
    "empty": workspace,
    "described": _described,
    "full": workspace,
    "asked": _asked,
    "alike": _alike,
    "appealed": _appealed,
    "shared": _shared,
    "outdated": _outdated,
    "toured": partial(_toured, page="datasets"),
    "at_the_end": partial(_toured, page="reports"),
    "watched": _watched,
}
