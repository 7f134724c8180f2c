"""What a request passes before Streamlit sees it: hosts, origins, headers, language, logs."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from compliance.errors import WorkspaceError
from compliance.settings import ServerSettings
from compliance.workspace import Workspace
from compliance.workspace.vitals import Vitals
from pages.parts.navigation import PAGES
from pages.parts.serving import counting, edge, logs
from pages.parts.serving.answering import Health
from pages.parts.serving.heading import headers, language_of, spoken, streamlits_page
from pages.parts.serving.routes import route_of

CANARY = "Xanthippe-Zylberstein"
LOCAL = "http://localhost:8501"


async def page(_: Request) -> Response:
    found = HTMLResponse(streamlits_page(), headers={"etag": "x"})
    found.set_cookie("_streamlit_session", "s")
    return found


async def put(_: Request) -> Response:
    return PlainTextResponse("written")


async def window(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("come in")
    await socket.close()


ROUTES = [
    Route("/_stcore/upload_file/a/b", put, methods=["PUT", "DELETE"]),
    Route("/_stcore/metrics", put),
    Route("/_stcore/agent/mcp", put, methods=["POST"]),
    WebSocketRoute("/_stcore/stream", window),
    Route("/media/a.csv", put),
    Route("/{rest:path}", page),
]

Visit = Callable[..., TestClient]


@pytest.fixture
def visit(workspace: Workspace) -> Visit:
    """A client of the edge around a few routes of Streamlit's: `visit(is_behind_tls=True)`."""

    def client(vitals: Callable[[], Vitals] | None = None, **said: object) -> TestClient:
        settings = ServerSettings(**said)  # type: ignore[arg-type]
        own = edge.routes(settings, vitals or (lambda: workspace.vitals))
        app = Starlette(routes=[*own, *ROUTES], middleware=edge.middleware(settings))
        return TestClient(app, base_url=LOCAL, client=("127.0.0.1", 5000))

    return client


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("localhost:8501", 200, id="this machine"),
        pytest.param("127.0.0.1:8501", 200, id="its address"),
        pytest.param("[::1]:8501", 200, id="its newer address"),
        pytest.param("desk.example.org", 200, id="the name that was set"),
        pytest.param("DESK.EXAMPLE.ORG.", 200, id="the same name, written otherwise"),
        pytest.param("rebound.attacker.example:8501", 421, id="a name that was rebound"),
        pytest.param("localhost.attacker.example", 421, id="a name that begins alike"),
        pytest.param("desk.example.org@attacker.example", 421, id="a name behind a name"),
        pytest.param("", 421, id="none"),
        pytest.param("[half", 421, id="half an address"),
    ],
)
def test_only_hosts_of_ours_are_answered(visit: Visit, host: str, status: int) -> None:
    client = visit(hosts=("desk.example.org",))

    assert client.get("/know", headers={"host": host}).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({}, 200, id="a program"),
        pytest.param({"origin": LOCAL}, 200, id="our page"),
        pytest.param({"sec-fetch-site": "same-origin"}, 200, id="our page, without origin"),
        pytest.param({"origin": "https://attacker.example"}, 403, id="another site"),
        pytest.param({"origin": "http://localhost:3000"}, 403, id="another port of this machine"),
        pytest.param({"origin": "null"}, 403, id="a frame that hides where it is from"),
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="another site, without origin"),
        pytest.param({"sec-fetch-site": "same-site"}, 403, id="a neighbour, without origin"),
    ],
)
def test_only_our_pages_change_anything(
    visit: Visit, method: str, said: dict[str, str], status: int
) -> None:
    done = visit().request(method, "/_stcore/upload_file/a/b", headers=said)

    assert done.status_code == status


@pytest.mark.parametrize(
    ("said", "is_open"),
    [
        pytest.param({"origin": LOCAL}, True, id="our page"),
        pytest.param({}, True, id="a program"),
        pytest.param({"origin": "http://127.0.0.1:8501"}, False, id="another name of this machine"),
        pytest.param({"origin": "http://localhost:3000"}, False, id="another port"),
        pytest.param({"origin": "https://attacker.example"}, False, id="another site"),
        pytest.param({"origin": LOCAL, "host": "attacker.example"}, False, id="another host"),
    ],
)
def test_only_our_pages_open_a_websocket(
    visit: Visit, said: dict[str, str], *, is_open: bool
) -> None:
    client, said = visit(), {"host": "localhost:8501", **said}
    if is_open:
        with client.websocket_connect("/_stcore/stream", headers=said) as socket:
            assert socket.receive_text() == "come in"
    else:
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect("/_stcore/stream", headers=said),
        ):
            pass
        assert refused.value.code == 1008


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_stcore/metrics"), ("POST", "/_stcore/agent/mcp"), ("GET", "/_stcore/agent")],
)
def test_what_nobody_needs_is_not_served(visit: Visit, method: str, path: str) -> None:
    assert visit().request(method, path).status_code == 404


PLACES = ["/", "/know", "/health", "/metrics", "/media/a.csv", "/_stcore/metrics", "/none/at/all"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("host", ["localhost", "attacker.example"])
def test_every_answer_and_refusal_carries_the_headers(visit: Visit, path: str, host: str) -> None:
    found = visit().get(path, headers={"host": host}).headers

    policy = found["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in found["permissions-policy"]
    assert re.fullmatch("[0-9a-f]{16}", found["x-request-id"])
    assert "strict-transport-security" not in found


def test_https_is_insisted_on_only_where_it_stands_before_the_desk(visit: Visit) -> None:
    plain, behind = visit().get("/"), visit(is_behind_tls=True).get("/")

    assert "secure" not in plain.headers["set-cookie"].lower()
    assert behind.headers["set-cookie"].endswith("; Secure")
    assert "max-age=31536000" in behind.headers["strict-transport-security"]
    assert "upgrade-insecure-requests" in behind.headers["content-security-policy"]


def test_the_scripts_of_the_page_are_known_one_by_one() -> None:
    """A script that somebody slips into the page has no place in the policy."""
    usual = headers(b"<script>a</script>", is_behind_tls=False)["content-security-policy"]
    other = headers(b"<script>b</script>", is_behind_tls=False)["content-security-policy"]

    assert usual != other
    assert usual.count("sha256-") == 2  # the page's own, and ours that follows the language


def test_what_was_handed_out_is_not_kept_by_browsers(visit: Visit) -> None:
    assert visit().get("/media/a.csv").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        (b"", "", "en"),
        (b"", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (b"", "fr-FR,zh;q=0.5", "en"),
        (b"lang=zh", "en-GB", "zh"),
        (b"lang=en", "zh-CN", "en"),
        (b"lang=%3Cscript%3E", "zh", "zh"),
        (b"\xff\xfe=&lang", "zh", "zh"),
    ],
)
def test_the_page_says_which_language_it_speaks(
    visit: Visit, query: bytes, accepted: str, language: str
) -> None:
    scope = {"query_string": query, "headers": [(b"accept-language", accepted.encode())]}
    address = f"/know?{query.decode('latin-1')}"
    shown = visit().get(
        address,
        headers={"accept-language": accepted, "accept": "text/html", "accept-encoding": "gzip"},
    )

    assert language_of({"type": "http", **scope}) == language
    assert f'<html lang="{language}"' in shown.text
    assert "<title>Privacy Desk</title>" in shown.text
    assert int(shown.headers["content-length"]) == len(shown.content)
    assert "etag" not in shown.headers


def test_streamlits_page_is_still_as_it_is_rewritten() -> None:
    once = spoken(streamlits_page(), "zh")

    assert once.count(b'<html lang="zh"') == 1
    assert once.count(b"<title>Privacy Desk</title>") == 1
    assert once.count(b"root.lang = ") == 1
    assert once.count(b"import(part)") == 1
    for part in (b"PlotlyChart", b"DataFrame"):  # a browser makes them ready before they are asked
        assert len(re.findall(rb'"\./static/js/%s\.[^"/]+\.js"' % part, once)) == 1


# Health and numbers


def test_health_says_no_more_than_ok(visit: Visit) -> None:
    done = visit().get("/health", headers={"host": "10.1.2.3:8501"})

    assert (done.status_code, done.text) == (200, "ok\n")


def test_health_sees_that_the_folder_or_the_records_are_gone(workspace: Workspace) -> None:
    moments = iter([0.0, 0.1, 10.0, 10.1, 11.0, 12.2, 12.3])
    health = Health(lambda: workspace.vitals, clock=lambda: next(moments))

    assert health.faults() == ()
    workspace.settings.home.rename(workspace.settings.home.with_name("elsewhere"))
    assert "folder" in health.faults()
    workspace.settings.home.with_name("elsewhere").rename(workspace.settings.home)
    assert "folder" in health.faults()  # a second later it is not looked at again
    assert health.faults() == ()


def test_a_workspace_that_cannot_be_opened_is_not_well(visit: Visit) -> None:
    def closed() -> Vitals:
        raise WorkspaceError(home="/secret/place", reason="of a reason")

    client = visit(closed)

    assert (client.get("/health").status_code, client.get("/health").text) == (503, "not ok\n")
    assert client.get("/health/live").text == "ok\n"
    assert "privacy_desk_up 0.0" in client.get("/metrics").text
    assert "secret" not in client.get("/metrics").text


@pytest.mark.in_a_file
def test_the_head_of_the_trail_must_be_readable(shop: Workspace) -> None:
    assert shop.vitals.faults() == ()
    with closing(sqlite3.connect(shop.settings.home / "records.sqlite")) as connection:
        connection.execute("drop trigger trail_refuses_delete")
        connection.execute("delete from trail where number = (select max(number) from trail)")
        connection.commit()

    assert shop.vitals.faults() == ("trail",)


@pytest.mark.parametrize(
    ("token", "said", "status"),
    [
        pytest.param("", {}, 200, id="this machine"),
        pytest.param("", {"x-forwarded-for": "10.0.0.1"}, 404, id="through a proxy"),
        pytest.param("", {"forwarded": "for=10.0.0.1"}, 404, id="through a newer proxy"),
        pytest.param("", {"host": "rebound.example"}, 404, id="a name that was rebound"),
        pytest.param("t0ken", {}, 404, id="no token"),
        pytest.param("t0ken", {"authorization": "Bearer t0ke"}, 404, id="half a token"),
        pytest.param("t0ken", {"authorization": "Bearer t0ken"}, 200, id="the token"),
        pytest.param(
            "t0ken",
            {"authorization": "Bearer t0ken", "host": "desk:8501", "x-forwarded-for": "10.0.0.1"},
            200,
            id="the token, from elsewhere",
        ),
    ],
)
def test_numbers_are_for_this_machine_or_the_token(
    visit: Visit, token: str, said: dict[str, str], status: int
) -> None:
    assert visit(metrics_token=token).get("/metrics", headers=said).status_code == status


def test_another_machine_gets_no_numbers_without_a_token(workspace: Workspace) -> None:
    settings = ServerSettings()
    app = Starlette(routes=edge.routes(settings, lambda: workspace.vitals))
    client = TestClient(app, base_url=LOCAL, client=("192.0.2.7", 5000))

    assert client.get("/metrics").status_code == 404


def test_numbers_tell_how_much_and_never_of_whom(visit: Visit, shop: Workspace) -> None:
    client = visit(lambda: shop.vitals)
    client.get(f"/{CANARY}?name={CANARY}")
    client.request(CANARY[:9].upper(), "/know")
    counting.refused(WorkspaceError(home=CANARY, reason=CANARY))
    shop.proof.trail.verify()
    text = client.get("/metrics").text

    entries = shop.vitals.counts().entries
    assert f"privacy_desk_trail_entries {float(entries)}" in text
    assert "privacy_desk_trail_whole 1.0" in text
    assert "privacy_desk_datasets 1.0" in text
    assert 'privacy_desk_refusals_total{kind="WorkspaceError"}' in text
    assert 'privacy_desk_requests_total{method="GET",route="other",status="200"}' in text
    assert "process_resident_memory_bytes" in text
    assert "xanthippe" not in text.lower()
    assert "orders" not in text


def test_labels_are_words_of_ours() -> None:
    paths = [f"/{row.name}" for row in PAGES] + [
        *("/", "/health", "/static/js/x.js", "/media/0123.csv", f"/{CANARY}", f"/know/{CANARY}"),
        *("/_stcore/upload_file/session/file", f"/_stcore/{CANARY}", "/health/x", "//know"),
    ]
    words = {route_of(path) for path in paths}

    known = {row.name for row in PAGES} | {"health", "static", "media", "other"}
    assert words <= known | {"_stcore/upload_file"}


# Logs


@contextmanager
def logged(form: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[str]]]:
    """Logs as the server writes them, while the block lasts."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.getLogRecordFactory())
    hooks = (sys.excepthook, threading.excepthook, warnings.showwarning)
    setup, level = logs.streamlit.logger.setup_formatter, logs.LOG.level
    try:
        logs.begin(form)
        yield lambda: capsys.readouterr().err.splitlines()
    finally:
        root.handlers[:], root.level = before[0], before[1]
        logging.setLogRecordFactory(before[2])
        sys.excepthook, threading.excepthook, warnings.showwarning = hooks
        logs.streamlit.logger.setup_formatter = setup
        logs.LOG.setLevel(level)


def stumble() -> None:
    """As a library does: the value is in the message, and in the one behind it."""
    try:
        {}[CANARY]
    except KeyError as error:
        raise ValueError(f"could not convert {CANARY}") from error


def log_everything() -> None:
    library = logging.getLogger("pandas.core")
    library.error("bad value %s", CANARY)
    library.error(f"bad value {CANARY}")
    try:
        stumble()
    except ValueError as error:
        library.exception(error)
        logs.LOG.exception("a page ended")
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=stumble)
    thread.start()
    thread.join()
    warnings.showwarning(UserWarning(CANARY), UserWarning, __file__, 1)


@pytest.mark.parametrize("form", logs.FORMS)
def test_no_log_line_quotes_what_an_error_says(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(form, capsys) as lines:
        log_everything()
        written = lines()

    assert len(written) == 7
    assert CANARY not in "".join(written)
    assert sum("ValueError" in line for line in written) == 4
    assert sum("tests/test_security_edge.py" in line for line in written) >= 5


def test_log_lines_are_json_and_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    with logged("json", capsys) as lines:
        logs.LOG.warning('health\n{"level": "info"}')
        written = lines()

    assert len(written) == 1
    assert json.loads(written[0])["level"] == "warning"


def test_a_request_is_logged_by_what_it_is_about(
    visit: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged("json", capsys) as lines:
        done = visit().get(f"/know?name={CANARY}", headers={"referer": CANARY})
        visit().get(f"/{CANARY}")
        written = [json.loads(line) for line in lines()]

    requests = [line for line in written if line["event"] == "request"]
    assert [r["route"] for r in requests] == ["other", "other"]
    assert requests[0]["request"] == done.headers["x-request-id"]
    assert requests[0]["status"] == 200
    assert CANARY not in json.dumps(written)


def test_sessions_are_told_apart_by_marks_that_say_nothing() -> None:
    assert logs.mark_of("a") == logs.mark_of("a") != logs.mark_of("b")
    assert "a" * 5 not in logs.mark_of("a" * 5)


def test_places_in_the_log_name_no_folder_of_this_machine() -> None:
    try:
        stumble()
    except ValueError as error:
        said = logs.places(error)

    assert said.startswith("tests/test_security_edge.py:")
    assert str(Path.home()) not in said
