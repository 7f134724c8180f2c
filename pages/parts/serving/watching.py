"""Every request counted and logged by what it is about; every page's answer timed."""

from __future__ import annotations

import secrets
import time

from google.protobuf.message import DecodeError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.parts.serving import counting
from pages.parts.serving.logs import LOG, REQUEST
from pages.parts.serving.routes import route_of

_SMALL = 256  # the message that a page has answered is smaller
_METHODS = frozenset(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])


class Watched:
    """Counts, times and logs what passes, and gives it a number that its log lines share."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        mark = secrets.token_hex(8)
        before = REQUEST.set(mark)
        try:
            if scope["type"] == "http":
                await self._request(scope, receive, send, mark)
            else:
                await self._window(scope, receive, send)
        finally:
            REQUEST.reset(before)

    async def _request(self, scope: Scope, receive: Receive, send: Send, mark: str) -> None:
        began, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(raw=message["headers"])["x-request-id"] = mark
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            route, seconds = route_of(scope["path"]), time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else "other"
            counting.REQUESTS.labels(route, method, str(status)).inc()
            counting.REQUEST_SECONDS.labels(route).observe(seconds)
            facts = {"route": route, "method": method, "status": status}
            LOG.info("request", extra={**facts, "ms": round(seconds * 1000, 1)})

    async def _window(self, scope: Scope, receive: Receive, send: Send) -> None:
        pace = _Pace()
        is_open = False

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                pace.asked()
            return message

        async def say(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept" and not is_open:
                is_open = True
                counting.SESSIONS.inc()
            elif message["type"] == "websocket.send":
                pace.said(message.get("bytes") or b"")
            await send(message)

        try:
            await self._app(scope, hear, say)
        finally:
            if is_open:
                counting.SESSIONS.dec()
            event = "window closed" if is_open else "window refused"
            LOG.info(event, extra={"route": route_of(scope["path"])})


class _Pace:
    """How long one window's pages take to answer."""

    def __init__(self) -> None:
        self._since: float | None = None

    def asked(self) -> None:
        """Somebody did something; what is done before the answer is part of the same wait."""
        if self._since is None:
            self._since = time.perf_counter()

    def said(self, data: bytes) -> None:
        """The page said something; the wait ends with the message that it has finished."""
        if self._since is not None and len(data) <= _SMALL and _is_the_end(data):
            counting.RUN_SECONDS.observe(time.perf_counter() - self._since)
            self._since = None


def _is_the_end(data: bytes) -> bool:
    try:
        kind: str | None = ForwardMsg.FromString(data).WhichOneof("type")
    except DecodeError:
        return False
    return kind == "script_finished"
