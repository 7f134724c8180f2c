"""The edge of the running server: what a browser, a stranger's page and a program get from it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
import websockets
from websockets.exceptions import InvalidStatus

from compliance.plain import alone
from tests.browser.conftest import App, Open, serving

pytestmark = pytest.mark.browser

CANARY = "Xanthippe-Zylberstein"
ROWS = f"name,city,amount\n{CANARY},Zembla,13.37\n" + "Otto,Berlin,1.00\n" * 40


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on an empty folder."""
    home = tmp_path_factory.mktemp("edge") / "desk"
    with serving(home, lambda _: {"PRIVACY_DESK_LOG_FORMAT": "json"}) as running:
        yield running


@pytest.fixture
def client(app: App) -> Iterator[httpx.Client]:
    """A program that asks the app, without a browser."""
    with httpx.Client(base_url=app.address, timeout=60) as asking:
        yield asking


def script_of(client: httpx.Client) -> str:
    """One of Streamlit's own scripts."""
    found = re.search(r'src="\.(/static/js/[^"]+)"', client.get("/").text)
    assert found
    return found[1]


def test_the_running_server_is_guarded_everywhere(client: httpx.Client) -> None:
    paths = ["/", "/trail", "/health", "/metrics", "/_stcore/health", "/_stcore/host-config"]
    paths += [script_of(client), "/media/none.csv", "/component/none", "/_stcore/metrics"]
    for path in paths:
        found = client.get(path)
        assert "frame-ancestors 'none'" in found.headers["content-security-policy"], path
        assert found.headers["x-content-type-options"] == "nosniff", path
        assert "access-control-allow-origin" not in found.headers, path
        assert (
            client.get(path, headers={"origin": "https://a.example"}).headers.get(
                "access-control-allow-origin"
            )
            is None
        ), path

    assert client.get("/health").text == "ok\n"
    assert client.get("/_stcore/metrics").status_code == 404
    assert client.post("/_stcore/agent/interact", json={}).status_code == 404
    assert client.get("/", headers={"host": "rebound.example"}).status_code == 421


def test_a_file_is_taken_only_with_the_token_of_the_page(client: httpx.Client) -> None:
    """The double-submit cookie: another site can send the cookie, but cannot read it."""
    token = client.get("/_stcore/health").cookies["_streamlit_xsrf"]
    place, file = "/_stcore/upload_file/session/file", {"file": ("a.csv", ROWS)}
    for said in ({}, {"x-xsrftoken": "2|00000000|00|0"}):
        assert client.put(place, files=file, headers=said).status_code == 403
        assert client.delete(place, headers=said).status_code == 403

    with_token = client.put(place, files=file, headers={"x-xsrftoken": token})
    assert with_token.status_code == 400  # the token is good; there is no such session


@pytest.mark.parametrize(
    ("origin", "is_open"),
    [
        (None, True),
        ("{address}", True),
        ("https://attacker.example", False),
        ("http://localhost:3000", False),
        ("null", False),
    ],
)
def test_strangers_cannot_open_the_pages_websocket(
    app: App, origin: str | None, *, is_open: bool
) -> None:
    address = f"{app.address.replace('http', 'ws', 1)}/_stcore/stream"
    said = origin.format(address=app.address) if origin else None

    async def opens() -> bool:
        try:
            async with websockets.connect(address, origin=said, subprotocols=["streamlit"]):
                return True
        except InvalidStatus:
            return False

    # A browser that another test drove leaves an event loop running in this thread.
    assert alone(lambda: asyncio.run(opens())) is is_open


class Stranger(BaseHTTPRequestHandler):
    """A page of somebody else's, on another port of this machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>a stranger</p>")

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a stranger's page; it ends with the test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_strangers_page_reaches_nothing(app: App, open_window: Open, stranger: str) -> None:
    """In the same browser it may ask, write, speak and frame: nothing comes of any of it."""
    visitor = open_window(app)
    visitor.page.goto(stranger)
    reached = visitor.page.evaluate(
        """async address => {
            const found = [];
            const tell = (what, done) => done.then(() => found.push(what), () => 0);
            await tell('read', fetch(address + '/').then(a => a.text()));
            await tell('written', fetch(address + '/_stcore/upload_file/a/b', {
                method: 'PUT', headers: {'x-xsrftoken': 'x'}}).then(a => a.text()));
            await tell('spoken', new Promise((yes, no) => {
                const socket = new WebSocket(address.replace('http', 'ws') + '/_stcore/stream');
                socket.onopen = yes; socket.onerror = no; }));
            const frame = document.createElement('iframe');
            frame.src = address; document.body.append(frame);
            await new Promise(done => frame.onload = done);
            return found;
        }""",
        app.address,
    )

    assert reached == []
    assert visitor.page.frames[1].url.startswith("chrome-error://")
    refused = [said for said in visitor.complaints if "_stcore/stream" in said]
    assert ["403" in said for said in refused] == [True]  # by the server, not by the browser


@pytest.mark.parametrize(
    ("path", "locale", "language"),
    [("", "zh-CN", "zh"), ("?lang=zh", "en-GB", "zh"), ("trail?lang=en", "zh-CN", "en")],
)
def test_the_page_speaks_the_officers_language(
    app: App, open_window: Open, path: str, locale: str, language: str
) -> None:
    visitor = open_window(app, locale=locale)
    visitor.page.goto(f"{app.address}/{path}")
    visitor.page.get_by_role("heading", level=1).wait_for()
    visitor.settle()

    assert visitor.page.evaluate("document.documentElement.lang") == language
    assert visitor.complaints == []
    assert visitor.strangers == []


def test_what_draws_charts_is_ready_before_the_first_chart(app: App, open_window: Open) -> None:
    visitor = open_window(app, is_apart=True)  # it has nothing yet
    visitor.visit("Accounts", "accounts")

    visitor.page.wait_for_function(
        """() => ['PlotlyChart', 'DataFrame'].every(part => performance
             .getEntriesByType('resource')
             .some(one => one.name.includes(`/js/${part}.`) && one.responseStatus === 200))"""
    )
    assert visitor.page.locator(".js-plotly-plot").count() == 0
    assert visitor.complaints == []


def test_the_policy_holds_in_the_browser(app: App, open_window: Open) -> None:
    visitor = open_window(app)
    visitor.visit("Overview", "")
    ran = visitor.page.evaluate(
        """async () => {
            const script = document.createElement('script');
            script.textContent = 'window.slipped_in = true';
            document.body.append(script);
            const image = document.createElement('img');
            const refused = new Promise(done => image.onerror = () => done(true));
            image.src = 'https://attacker.example/?stolen';
            document.body.append(image);
            return [window.slipped_in === true, await refused];
        }"""
    )

    assert ran == [False, True]
    assert sum("Content Security Policy" in said for said in visitor.complaints) >= 2


def test_an_upload_works_and_leaves_no_value_in_log_numbers_or_addresses(
    app: App, open_window: Open, client: httpx.Client
) -> None:
    visitor = open_window(app)
    addresses: list[str] = []
    visitor.page.on("request", lambda asked: addresses.append(asked.url))
    visitor.visit("Datasets", "datasets")
    visitor.page.locator("input[type=file]").first.set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    )
    visitor.settle()
    visitor.page.get_by_text("people.csv").first.wait_for()

    numbers = client.get("/metrics").text
    log = app.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    uploads = [line for line in lines if line.get("route") == "_stcore/upload_file"]
    assert [u["status"] for u in uploads if u["method"] == "PUT"][-1:] == [204]
    assert "privacy_desk_page_seconds_count" in numbers
    assert re.search(r"privacy_desk_sessions [1-9]", numbers)
    for place in (log, numbers, *addresses):
        assert CANARY not in place
        assert "people" not in place
    assert visitor.complaints == []
