"""What is turned away at the door: other hosts, other sites, and what nobody needs.

A page of another site can make an officer's browser ask this server. Three things stop it:

* the host that was asked for must be one of ours, or a name of somebody else's that leads to this
  machine would be a way in (DNS rebinding);
* what changes something, and the websocket through which the pages speak, must come from a page
  of that same host and port. Streamlit itself would also take one from any port of this machine,
  and would ask a server on the internet what its own address is to find out;
* Streamlit's own counts and its interface for agents are not served at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pages.parts.serving.answering import EVERYWHERE

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_READS = frozenset(["GET", "HEAD", "OPTIONS"])
_CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Guarded:
    """Lets through what was asked of one of `hosts`, by a page of the same host where it matters.

    Args:
        hosts: the names, without ports, that this server is reached by.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope) if scope["type"] in ("http", "websocket") else 0
        if not refused:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # the wish to connect
            await WebSocketClose(code=_POLICY_VIOLATION)(scope, receive, send)
        else:
            await PlainTextResponse("not here\n", status_code=refused)(scope, receive, send)

    def _refused(self, scope: Scope) -> int:
        """With which HTTP status a request is turned away; 0: it is not."""
        path, headers = scope["path"], Headers(scope=scope)
        if any(path == closed or path.startswith(f"{closed}/") for closed in _CLOSED):
            return 404
        if path in EVERYWHERE:
            return 0
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return 421  # Misdirected Request: RFC 9110, 15.5.20
        is_reading = scope["type"] == "http" and scope["method"] in _READS
        return 0 if is_reading or _is_from(headers, host) else 403


def _is_from(headers: Headers, host: str) -> bool:
    """Whether a page of `host` sends this; programs, which no site can make send it, say nothing.

    Source: Fetch Metadata and the header Origin, as in OWASP's “CSRF prevention”.
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return urlsplit(origin).netloc.lower() == host.lower()


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
