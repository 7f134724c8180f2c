"""People sign in at a real provider, see what is theirs, and are out when their visit is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import TimeoutError as NotThereError
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from tests.browser.conftest import Open, Visitor, serving
from tests.browser.keyboard import Keyboard
from tests.browser.keyboard_steps import done, ended, press
from tests.browser.office import DATASET, Office, opening
from tests.provider import LIES, PEOPLE

pytestmark = pytest.mark.browser

WELCOME = "This desk is for people who have an account."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opening(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(autouse=True)
def on_time(office: Office) -> Iterator[None]:
    """The clock is right again, and the provider honest, after each test."""
    yield
    office.provider.lie = ""
    if office.minutes:
        office.pass_minutes(-office.minutes)


def frames(visitor: Visitor) -> list[bytes]:
    """All that the server says to a browser from now on, beside files."""
    heard: list[bytes] = []

    def hear(said: bytes | str) -> None:
        heard.append(said if isinstance(said, bytes) else said.encode())

    visitor.page.on("websocket", lambda socket: socket.on("framereceived", hear))
    return heard


def outside(visitor: Visitor) -> str:
    """The visitor sees the sign-in page and nothing of the desk; what the page says."""
    visitor.arrive("Sign in")
    expect(visitor.page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    expect(visitor.page.get_by_text(DATASET)).to_have_count(0)
    expect(visitor.page.get_by_text("Page not found")).to_have_count(0)
    return visitor.page.get_by_test_id("stMain").inner_text()


def try_to_walk_on(visitor: Visitor) -> None:
    """Somebody whose visit is over goes to a page, unless the open one has told them first."""
    with suppress(NotThereError):
        visitor.page.get_by_test_id("stSidebarNavLink").filter(has_text="Datasets").click(
            timeout=3_000
        )


def cookies_of(context: BrowserContext) -> dict[str, str]:
    return {str(c["name"]): str(c["value"]) for c in context.cookies()}


def asked(address: str, cookies: Mapping[str, str], **headers: str) -> int:
    """The status that a request without a browser is answered with."""
    said = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), **headers}
    try:
        with urlopen(Request(address, headers=said), timeout=30) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_signed_out_a_deep_link_shows_the_sign_in_page_and_sends_nothing_else(
    office: Office, open_window: Open
) -> None:
    visitor = open_window(office.app)
    heard = frames(visitor)
    for path in ("", "datasets", "trail", "requests?dataset=zanzibar2", "nowhere"):
        visitor.page.goto(f"{office.app.address}/{path}")
        outside(visitor)
    visitor.keep("signing-in")

    said = b"".join(heard)
    assert b"Sign in" in said
    assert DATASET.encode() not in said.replace(b"zanzibar2", b"")
    assert b"Residency" not in said
    assert visitor.strangers == []


def test_somebody_signs_in_works_and_signs_out_and_the_way_back_is_closed(
    office: Office, open_window: Open
) -> None:
    before = office.told("visit.begin"), office.told("visit.end"), office.provider.left
    visitor = open_window(office.app)
    heard = frames(visitor)
    office.sign_in(visitor, "ada")
    visitor.walk_to("Datasets")
    assert DATASET.encode() in b"".join(heard)  # where the test above found none
    visitor.keep("signed-in")

    visitor.press("Sign out")
    outside(visitor)
    visitor.page.go_back()
    outside(visitor)
    visitor.page.goto(f"{office.app.address}/datasets")
    outside(visitor)

    after = office.told("visit.begin"), office.told("visit.end"), office.provider.left
    assert tuple(b - a for a, b in zip(before, after, strict=True)) == (1, 1, 1)


def sign_in_by_keys(office: Office, keys: Keyboard, name: str) -> None:
    """Somebody is on their first page, at its top, without a mouse."""
    page = keys.visitor.page
    page.goto(office.app.address)
    outside(keys.visitor)
    keys.begin()
    press(keys, "Sign in")
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    keys.tab_to(str(PEOPLE[name]["name"]))
    keys.press("Enter")
    keys.visitor.arrive("Overview")
    keys.begin()


def test_somebody_signs_in_and_out_with_the_keyboard_alone(
    office: Office, open_window: Open
) -> None:
    before = office.app.acts
    keys = Keyboard(open_window(office.app))
    sign_in_by_keys(office, keys, "ada")
    ended(keys)
    press(keys, "Sign out")
    outside(keys.visitor)
    keys.begin()
    done(keys, [("reach", "Sign in")])
    ended(keys)

    assert office.app.acts - before == {"visit.begin": 1, "visit.end": 1}


def test_a_second_person_approves_a_release_with_the_keyboard_alone(
    office: Office, open_window: Open
) -> None:
    before = office.app.acts
    ada, ben = (Keyboard(open_window(office.app, is_apart=second)) for second in (False, True))
    sign_in_by_keys(office, ada, "ada")
    done(
        ada,
        [
            ("go", "Approvals"),
            ("tick", "What spends much budget"),
            ("type", {"More than ε": "0.1"}),
            ("press", "Decide"),
            ("sees", "Decided by ada"),
            ("go", "Trade-off"),
            ("press", "Change the question"),
            ("press", "Show what it would look like"),
            ("press", "Release this"),
            ("sees", "A second person must approve this first"),
            ("type", {"Why it is needed*": "the monthly letter"}),
            ("press", "Ask for approval"),
            ("sees", "Nobody has decided yet"),
        ],
    )
    sign_in_by_keys(office, ben, "ben")
    done(
        ben,
        [
            ("go", "Approvals"),
            ("sees", "the monthly letter"),
            ("type", {"Remark": "seen"}),
            ("press", "Approve"),
            ("sees", "ada can do it now, once"),
        ],
    )
    done(
        ada,
        [
            ("go", "Overview"),
            ("go", "Release"),
            ("sees", "Approved by ben"),
            ("press", "Release …"),
            ("dialog", "Publish and pay for it?"),
            ("press", "Publish now (approved by ben)"),
            ("sees", "Published, and stored"),
        ],
    )
    for keys in (ada, ben):
        ended(keys)

    asked = ("approval.require", "approval.ask", "approval.decide")
    new = office.app.acts - before
    assert {act: new[act] for act in asked} == dict.fromkeys(asked, 1)
    assert new["release.publish"] == 1


def test_a_role_sees_its_pages_and_is_told_where_others_begin(
    office: Office, open_window: Open
) -> None:
    visitor = office.sign_in(open_window(office.app), "aud")
    links = visitor.page.get_by_test_id("stSidebarNavLink")

    expect(links.filter(has_text="Trail")).to_have_count(1)
    expect(links.filter(has_text="Datasets")).to_have_count(0)
    visitor.visit("Datasets", "datasets")
    visitor.sees("Your role does not allow this")
    expect(visitor.page.get_by_test_id("stMain").get_by_text(DATASET)).to_have_count(0)


def test_a_cookie_that_was_copied_is_worth_nothing_after_sign_out(
    office: Office, open_window: Open
) -> None:
    visitor = office.sign_in(open_window(office.app), "ada")
    thief = open_window(office.app, is_apart=True)
    thief.page.context.add_cookies(visitor.page.context.cookies())
    thief.visit("Overview", "")  # while the visit lasts it is the same person to any server

    visitor.press("Sign out")
    outside(visitor)
    try_to_walk_on(thief)

    assert "you signed out" in outside(thief)
    thief.page.reload()
    assert "you signed out" in outside(thief)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [((31,), "nothing was done for 30 minutes"), ((25,) * 5, "you signed in 2 hours ago")],
    ids=["idle", "longest"],
)
def test_a_visit_ends_by_the_clock_and_the_page_says_why(
    office: Office, open_window: Open, steps: tuple[int, ...], sentence: str
) -> None:
    visitor = office.sign_in(open_window(office.app), "ann")
    for step in steps:
        office.pass_minutes(step)
        visitor.page.reload()
        visitor.settle()

    assert sentence in outside(visitor)
    visitor.press("Sign in again")
    expect(visitor.page.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_whoever_loses_the_account_is_out_at_the_next_click(
    office: Office, open_window: Open
) -> None:
    visitor = office.sign_in(open_window(office.app), "ann")

    office.keep("ann", is_active=False)
    try:
        visitor.page.wait_for_timeout(2_000)  # how long another process may not know
        try_to_walk_on(visitor)

        assert "an administrator changed who may sign in" in outside(visitor)
    finally:
        office.keep("ann")


@pytest.mark.parametrize("forged", ["changed", "signed by somebody else", "for another origin"])
def test_a_forged_cookie_opens_nothing(office: Office, open_window: Open, forged: str) -> None:
    visitor = office.sign_in(open_window(office.app), "ada")
    context = visitor.page.context
    (cookie,) = [c for c in context.cookies() if c["name"] == "_streamlit_user"]
    said = {**office.provider.claims("ada", "n"), "origin": office.app.address}
    said["is_logged_in"] = True
    key = "somebody else's secret"
    context.clear_cookies(name="_streamlit_user")
    value = str(cookie["value"])
    if forged == "changed":
        value = ("A" if value[5] != "A" else "B").join([value[:5], value[6:]])
    elif forged == "signed by somebody else":
        value = create_signed_value(key, "_streamlit_user", json.dumps(said)).decode()
    host = "localhost" if forged == "for another origin" else "127.0.0.1"
    context.add_cookies([{"name": "_streamlit_user", "value": value, "domain": host, "path": "/"}])

    visitor.page.goto(office.app.address.replace("127.0.0.1", host))

    assert WELCOME in outside(visitor)


@pytest.mark.parametrize("lie", LIES)
def test_a_provider_that_lies_lets_nobody_in(office: Office, open_window: Open, lie: str) -> None:
    office.provider.lie = lie
    before = office.told("visit.begin")
    visitor = open_window(office.app)
    visitor.page.goto(office.app.address)
    visitor.press("Sign in")
    office.answer(visitor, "ada")

    assert WELCOME in outside(visitor)
    assert "_streamlit_user" not in cookies_of(visitor.page.context)
    assert office.told("visit.begin") == before


@pytest.mark.parametrize("name", ["mal", "una"], ids=["no account", "unverified e-mail"])
def test_a_stranger_is_told_so_and_sees_nothing(
    office: Office, open_window: Open, name: str
) -> None:
    before = office.told("visit.begin")
    visitor = open_window(office.app)
    visitor.page.goto(office.app.address)
    visitor.press("Sign in")
    office.answer(visitor, name)

    assert "Not let in" in outside(visitor)
    expect(visitor.page.get_by_role("button", name="Sign in again")).to_be_visible()
    assert office.told("visit.begin") == before
    assert str(PEOPLE[name]["email"]) not in office.workspace.export_trail().replace(
        f"“{PEOPLE[name]['email']}”", ""
    )


def test_a_download_is_for_whoever_was_offered_it_while_they_are_here(
    office: Office, open_window: Open, tmp_path: Path
) -> None:
    visitor = office.sign_in(open_window(office.app), "ada")
    other = office.sign_in(open_window(office.app, is_apart=True), "aud")
    visitor.walk_to("Lineage")
    with visitor.page.expect_download() as download:
        visitor.press("Download edges of columns")
    address = download.value.url
    download.value.save_as(tmp_path / "edges.csv")
    mine, others = (cookies_of(v.page.context) for v in (visitor, other))

    assert (tmp_path / "edges.csv").stat().st_size > 0
    assert re.search(r"/media/\w+", address)
    assert asked(address, mine) == 200
    assert asked(address, {}) == 403
    assert asked(address, others) == 403
    assert asked(address, {**mine, "_streamlit_user": mine["_streamlit_user"] + "x"}) == 403
    visitor.press("Sign out")
    outside(visitor)
    assert asked(address, mine) == 403


def test_nobody_uploads_who_is_not_here(office: Office) -> None:
    address = f"{office.app.address}/_stcore/upload_file/some-session/some-file"

    assert asked(address, {}) == 403


def test_without_sign_in_a_request_that_was_passed_on_gets_no_answer(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "desk") as app:
        assert asked(app.address, {}) == 200
        for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            assert asked(app.address, {}, **{header: "10.0.0.9"}) == 403
        assert asked(app.address, {}, Host="desk.example") == 421  # by `guarding`, before the gate
        assert asked(app.address, {}, Origin="https://desk.example") == 403
