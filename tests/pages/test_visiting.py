"""Pages are shown to who is signed in, as their roles allow, for as long as their visit lasts."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from compliance.access import check_is_near
from compliance.access.nouns import Account, Caller, Role
from compliance.errors import ElsewhereError
from compliance.settings import Settings
from compliance.storage import tables
from compliance.workspace import Workspace
from pages.parts import language, visiting
from pages.parts.navigation import PAGES
from tests.pages.conftest import PATIENCE_S, ROOT, ROWS, Desk, refusals

READY = {
    "PRIVACY_DESK_SIGN_IN": "oidc",
    "PRIVACY_DESK_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "PRIVACY_DESK_OIDC_CLIENT_ID": "privacy-desk",
    "PRIVACY_DESK_OIDC_CLIENT_SECRET": "not-a-secret",
    "PRIVACY_DESK_OIDC_REDIRECT_URI": "https://desk.example/oauth2callback",
}


class Office:
    """A desk that people sign in to; who is at the browser is set here."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.late = timedelta()
        self.said: dict[str, object] = {"is_logged_in": False}
        visiting.shared().access.visits._desk.clock = lambda: datetime.now(UTC) + self.late

    @property
    def workspace(self) -> Workspace:
        return visiting.shared()

    def keep(self, name: str, *roles: Role, is_active: bool = True) -> None:
        account = Account(
            id=f"a-{name}",
            name=name,
            email=f"{name}@example.com",
            roles=roles,
            issuer="https://id.example",
            subject=f"sub-{name}",
            is_active=is_active,
            at=datetime.now(UTC),
            by="local officer",
        )
        with self.workspace._desk.act("account.keep", name) as act:
            act.store(tables.ACCOUNT, account, id=account.id)

    def sign_in(self, name: str, *roles: Role) -> AppTest:
        """Somebody with these roles signs in and looks at the first page."""
        self.keep(name, *roles)
        self.said = {
            "is_logged_in": True,
            "iss": "https://id.example",
            "sub": f"sub-{name}",
            "iat": int((datetime.now(UTC) + self.late).timestamp()),
            "nonce": f"{name} {self.late}",
        }
        return self.look()

    def look(self, page: str = "") -> AppTest:
        """A new window, on one page."""
        visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()
        if page:
            visitor.switch_page(ROWS[page].path).run()
        assert not visitor.exception
        return visitor

    def told(self, act: str) -> int:
        return sum(entry.act == act for entry in self.workspace.entries(1000))


@pytest.fixture
def office(full_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A desk with something in every corner, where nobody has signed in yet."""
    return _office(full_desk, monkeypatch)


@pytest.fixture
def bare_office(empty_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same on a desk with nothing in it."""
    return _office(empty_desk, monkeypatch)


def _office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Office:
    for name, value in READY.items():
        monkeypatch.setenv(name, value)
    made = Office(desk)
    monkeypatch.setattr(visiting, "claims", lambda: made.said)
    # AppTest has no provider to send a browser to.
    monkeypatch.setattr("streamlit.logout", lambda: made.said.update(is_logged_in=False))
    return made


def titles(visitor: AppTest) -> list[str]:
    return [title.value for title in visitor.title]


def everything_sent(visitor: AppTest) -> str:
    """All that the browser of a visitor was sent, as one text."""
    return str(visitor._tree)


def test_signed_out_there_is_the_sign_in_page_and_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        pytest.fail("the workspace was asked for data")

    monkeypatch.setattr(Workspace, "datasets", read)
    visitor = office.look()

    assert titles(visitor) == ["Sign in"]
    assert [button.label for button in visitor.main.button] == ["Sign in"]
    assert "orders" not in everything_sent(visitor)
    assert [row.name for row in PAGES if row.help in everything_sent(visitor)] == []
    with pytest.raises(ValueError, match=r"Known pages: .*app.py'\]"):
        visitor.switch_page(ROWS["trail"].path)


def test_signed_in_the_browser_is_sent_what_signed_out_it_was_not(office: Office) -> None:
    """So the test above looks where the names of datasets would be."""
    office.sign_in("ada", Role.OFFICER)

    assert "orders" in everything_sent(office.look("datasets"))


def test_somebody_who_signed_in_sees_their_name_their_roles_and_their_pages(
    bare_office: Office,
) -> None:
    visitor = bare_office.sign_in("ada", Role.OFFICER, Role.ADMINISTRATOR)

    assert titles(visitor) == ["Overview"]
    assert "**ada**  \nadministrator, officer" in [m.value for m in visitor.sidebar.markdown]
    assert bare_office.told("visit.begin") == 1


@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_for_the_roles_that_may_see_it_and_tells_the_others(
    bare_office: Office, role: Role
) -> None:
    visitor = bare_office.sign_in("ada", role)
    may = bare_office.workspace.acting(visitor.session_state["visiting_actor"]).may

    for row in PAGES:
        visitor.switch_page(row.path).run()
        assert titles(visitor) == [row.title]
        refused = [title for title, _ in refusals(visitor)]
        assert ("Not for your role" in refused) == (not may(row.right)), row.name


def test_an_administrator_begins_on_the_first_page_that_is_theirs(bare_office: Office) -> None:
    assert titles(bare_office.sign_in("adm", Role.ADMINISTRATOR)) == ["Trail"]


def test_signing_out_ends_the_visit_and_a_copied_cookie_opens_nothing(bare_office: Office) -> None:
    visitor = bare_office.sign_in("ada", Role.OFFICER)
    cookie = dict(bare_office.said)

    visitor.button(key="entrance_out").click().run()
    bare_office.said = cookie
    thief = bare_office.look()

    assert titles(thief) == ["Sign in"]
    assert [info.value for info in thief.info] == ["You are not signed in: you signed out."]
    assert bare_office.told("visit.end") == 1


def test_after_half_an_hour_the_page_says_so_and_keeps_nothing(office: Office) -> None:
    visitor = office.sign_in("ada", Role.OFFICER)
    visitor.switch_page(ROWS["tradeoff"].path).run()
    visitor.session_state["session_queries"] = "what ada asked"
    office.late = timedelta(minutes=31)

    visitor.run()

    assert titles(visitor) == ["Sign in"]
    assert [i.value for i in visitor.info] == [
        "You are not signed in: nothing was done for 30 minutes."
    ]
    assert "what ada asked" not in repr(visitor.session_state)
    assert "visiting_actor" not in visitor.session_state


def test_the_next_person_in_the_same_window_finds_nothing_of_the_last(bare_office: Office) -> None:
    visitor = bare_office.sign_in("ada", Role.OFFICER)
    visitor.session_state["session_queries"] = "what ada asked"
    visitor.session_state["anonymise_draft"] = "what ada made"
    bare_office.sign_in("bob", Role.ANALYST)

    visitor.run()

    assert "**bob**  \nanalyst" in [m.value for m in visitor.sidebar.markdown]
    assert "session_queries" not in visitor.session_state
    assert "anonymise_draft" not in visitor.session_state


def test_other_roles_count_from_the_next_click_on(bare_office: Office) -> None:
    visitor = bare_office.sign_in("ada", Role.OFFICER)
    visitor.switch_page(ROWS["datasets"].path).run()

    bare_office.keep("ada", Role.AUDITOR)
    visitor.run()

    assert [title for title, _ in refusals(visitor)] == ["Not for your role"]


def test_whoever_lost_their_account_is_out_at_the_next_click(bare_office: Office) -> None:
    visitor = bare_office.sign_in("ada", Role.OFFICER)

    bare_office.keep("ada", Role.OFFICER, is_active=False)
    visitor.run()

    assert titles(visitor) == ["Sign in"]
    assert [title for title, _ in refusals(visitor)] == ["Not let in"]


def test_a_click_after_the_visit_does_nothing_before_the_page_says_so(bare_office: Office) -> None:
    """Callbacks run before the app does; they ask for themselves."""
    visitor = bare_office.sign_in("ada", Role.OFFICER)
    visitor.switch_page(ROWS["decisions"].path).run()
    done: list[str] = []
    bare_office.late = timedelta(minutes=31)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.session_state", {"visiting_actor": "ada"})
        language.callback(lambda: done.append("done"))()

    assert done == []


@pytest.mark.parametrize("name", list(READY))
def test_sign_in_that_is_not_ready_lets_nobody_in(
    bare_office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://id.example" if name.endswith(("URL", "URI")) else "")
    if name == "PRIVACY_DESK_SIGN_IN":
        monkeypatch.setenv(name, "openid")
    visiting.shared.clear()

    visitor = bare_office.look()

    assert [title for title, _ in refusals(visitor)] == ["Nobody can work here"]
    assert name in refusals(visitor)[0][1]
    assert not visitor.main.button


def test_a_server_that_was_not_told_of_the_provider_lets_nobody_in(bare_office: Office) -> None:
    bare_office.said = {}

    visitor = bare_office.look()

    assert "pages/parts/server.py" in refusals(visitor)[0][1]
    assert not visitor.main.button


NEAR = {"host": "localhost:8501", "origin": "http://localhost:8501"}


@pytest.mark.parametrize(
    ("address", "listens_on", "headers"),
    [
        ("127.0.0.1", "127.0.0.1", NEAR),
        ("127.8.8.8", "localhost", {}),
        ("::1", "::1", {"host": "[::1]:8501", "origin": "http://[::1]:8501"}),
        ("::ffff:127.0.0.1", "127.0.0.1", {"host": "127.0.0.1"}),
    ],
)
def test_a_browser_on_the_same_machine_is_served_without_sign_in(
    address: str, listens_on: str, headers: dict[str, str]
) -> None:
    check_is_near(Caller(address=address, listens_on=listens_on, headers=headers))


@pytest.mark.parametrize(
    ("address", "listens_on", "headers", "why"),
    [
        ("127.0.0.1", "::", NEAR, "listens"),
        ("127.0.0.1", "", NEAR, "listens"),
        ("127.0.0.1", "10.0.0.5", NEAR, "listens"),
        ("10.0.0.9", "127.0.0.1", NEAR, "from another machine"),
        ("", "127.0.0.1", NEAR, "from another machine"),
        ("::ffff:10.0.0.9", "127.0.0.1", NEAR, "from another machine"),
        ("localhost.evil.example", "127.0.0.1", NEAR, "from another machine"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "x-forwarded-for": ""}, "proxy"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "forwarded": "for=1.2.3.4"}, "proxy"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "via": "1.1 desk"}, "proxy"),
        ("127.0.0.1", "127.0.0.1", {"host": "desk.example"}, "asks for"),
        ("127.0.0.1", "127.0.0.1", {"host": "127.0.0.1.evil.example"}, "asks for"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "origin": "https://desk.example"}, "asks for"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "origin": "null"}, "asks for"),
        ("127.0.0.1", "127.0.0.1", {**NEAR, "origin": "http://[oops"}, "asks for"),
    ],
)
def test_without_sign_in_whoever_may_be_elsewhere_is_turned_away(
    address: str, listens_on: str, headers: dict[str, str], why: str
) -> None:
    with pytest.raises(ElsewhereError, match=why):
        check_is_near(Caller(address=address, listens_on=listens_on, headers=headers))


def test_a_page_from_elsewhere_says_what_to_set(
    full_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = Caller(address="10.0.0.9", listens_on="127.0.0.1")
    monkeypatch.setattr(visiting, "caller", lambda: far)

    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()

    assert titles(visitor) == ["Sign in"]
    assert "PRIVACY_DESK_SIGN_IN" in refusals(visitor)[0][1]
    assert "orders" not in everything_sent(visitor)


def test_every_callback_asks_whether_whoever_clicked_is_still_here() -> None:
    raw = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        asking = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and "language.callback" in map(ast.unparse, node.decorator_list)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change"):
                given = ast.unparse(node.value)
                if not isinstance(node.value, ast.Constant) and given not in asking:
                    raw.add(f"{path.name} {given}")

    assert raw == {
        "entrance.py st.login",  # the way in
        "language.py _keep",  # keeps what is chosen, in the session alone
        "files.py act",  # one of two that ask
    }


def test_a_desk_of_its_own_settings_is_opened_once(full_desk: Desk) -> None:
    assert visiting.shared() is visiting.shared()
    assert visiting.shared().settings.home == full_desk.home
    assert visiting.workspace() is visiting.shared()
    assert Settings.from_environment({}).sign_in.way == ""
