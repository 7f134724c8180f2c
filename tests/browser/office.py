"""An app that people sign in to, the provider that they sign in with, and the time there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from compliance.access.nouns import Account, Role
from compliance.dataset import RawFile
from compliance.settings import Settings
from compliance.storage import tables
from compliance.workspace import Workspace
from tests.browser.conftest import App, Visitor, serving
from tests.provider import CLIENT, PEOPLE, SECRET, Provider, providing
from tests.walked_shop import SAID, orders

DATASET = "zanzibar"  # a word that is nowhere else
ROLES = {
    "ada": (Role.OFFICER,),
    "ann": (Role.ANALYST,),
    "aud": (Role.AUDITOR,),
    "adm": (Role.ADMINISTRATOR,),
    "ben": (Role.OFFICER,),
    "una": (Role.OFFICER,),
}


@dataclass(slots=True)
class Office:
    """The app that people sign in to, the provider that they sign in with, and the time."""

    app: App
    provider: Provider
    late: Path
    minutes: int = 0
    workspace: Workspace = field(init=False)

    def __post_init__(self) -> None:
        self.workspace = self.app.workspace

    def keep(self, name: str, *, is_active: bool = True) -> None:
        """Somebody's account as it is from now on."""
        desk = self.workspace._desk
        with desk.act("account.keep", name) as act:
            account = Account(
                id=f"a-{name}",
                name=name,
                email=str(PEOPLE[name]["email"]),
                roles=ROLES[name],
                issuer=self.provider.address,
                subject=f"sub-{name}" if name != "una" else "",
                is_active=is_active,
                at=datetime.now(UTC),
                by="local officer",
            )
            act.store(tables.ACCOUNT, account, id=account.id)

    def pass_minutes(self, minutes: int) -> None:
        self.minutes += minutes
        self.late.write_text(str(self.minutes), encoding="utf-8")

    def told(self, act: str) -> int:
        return self.app.acts[act]

    def sign_in(self, visitor: Visitor, name: str, path: str = "") -> Visitor:
        """Somebody signs in, and is on their first page."""
        visitor.page.goto(f"{self.app.address}/{path}")
        visitor.press("Sign in")
        self.answer(visitor, name)
        expect(visitor.page.get_by_role("button", name="Sign out")).to_be_visible()
        visitor.settle()
        return visitor

    def answer(self, visitor: Visitor, name: str) -> None:
        """Say at the provider who it is."""
        visitor.page.get_by_role("link", name=str(PEOPLE[name]["name"])).click()


@contextmanager
def opening(folder: Path) -> Iterator[Office]:
    """The office with a dataset and an account for each of `ROLES`, until the block ends."""
    home, late = folder / "desk", folder / "late"
    late.write_text("0", encoding="utf-8")
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.add_files([RawFile(name="orders.csv", data=orders())], DATASET, SAID)
    with providing() as provider:

        def settings(address: str) -> Mapping[str, str]:
            return {
                "LATE": str(late),
                "PRIVACY_DESK_SIGN_IN": "oidc",
                "PRIVACY_DESK_OIDC_METADATA_URL": provider.metadata_url,
                "PRIVACY_DESK_OIDC_CLIENT_ID": CLIENT,
                "PRIVACY_DESK_OIDC_CLIENT_SECRET": SECRET,
                "PRIVACY_DESK_OIDC_REDIRECT_URI": f"{address}/oauth2callback",
                "PRIVACY_DESK_VISIT_HOURS": "2",  # so that few steps go by
            }

        script = ["tests/browser/clocked_streamlit.py"]
        with serving(home, settings, script) as app:
            made = Office(app, provider, late)
            for name in ROLES:
                made.keep(name)
            yield made
