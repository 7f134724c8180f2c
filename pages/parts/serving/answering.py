"""The two addresses of our own: whether the desk is well, and numbers for Prometheus."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from compliance.errors import ComplianceError
from pages.parts.serving import counting
from pages.parts.serving.logs import LOG

if TYPE_CHECKING:
    from compliance.workspace.vitals import Vitals

HEALTH, LIVE, METRICS = "/health", "/health/live", "/metrics"
EVERYWHERE = frozenset([HEALTH, LIVE, METRICS])  # whatever host was asked: they guard themselves
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOOPBACK = frozenset(["127.0.0.1", "::1"])
_FRESH_S = 2.0

_OK, _NOT_OK = "ok\n", "not ok\n"
Ask = Callable[[], "Vitals"]


class Health:
    """Whether the desk is well, looked at no oftener than every two seconds.

    Anybody may ask, so the answer is no more than ok or not ok; the log says what fails.
    """

    def __init__(self, vitals: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._vitals, self._clock = vitals, clock
        self._one_looks = threading.Lock()
        self._looked_at: float | None = None
        self._faults: tuple[str, ...] = ()

    def answer(self, _: Request) -> Response:
        """200 and `ok`, or 503 and `not ok`."""
        is_well = not self.faults()
        return _plain(_OK if is_well else _NOT_OK, 200 if is_well else 503)

    def faults(self) -> tuple[str, ...]:
        """What cannot be used now."""
        with self._one_looks:
            now = self._clock()
            if self._looked_at is None or now - self._looked_at >= _FRESH_S:
                before, self._faults = self._faults, self._look()
                self._looked_at = self._clock()
                if before != self._faults:
                    LOG.warning("health changed", extra={"faults": " ".join(self._faults)})
            return self._faults

    def _look(self) -> tuple[str, ...]:
        try:
            return self._vitals().faults()
        except ComplianceError as error:
            return (type(error).__name__,)


class Metrics:
    """Numbers for Prometheus: for who has the token, or else for this machine alone.

    Without a token a request that a proxy passed on is turned away, for it too comes from here.
    """

    def __init__(self, vitals: Ask, token: str) -> None:
        self._vitals, self._token = vitals, token

    def answer(self, request: Request) -> Response:
        """The numbers, or 404."""
        if not self._is_allowed(request):
            return _plain("not here\n", 404)
        return Response(counting.text(self._vitals), media_type=counting.MEDIA_TYPE)

    def _is_allowed(self, request: Request) -> bool:
        if self._token:
            said = request.headers.get("authorization", "").encode("latin-1", "replace")
            return hmac.compare_digest(said, f"Bearer {self._token}".encode())
        is_near = request.client is not None and request.client.host in _LOOPBACK
        is_passed_on = any(name in request.headers for name in _FORWARDED)
        return is_near and not is_passed_on and request.url.hostname in (*_LOOPBACK, "localhost")


def live(_: Request) -> Response:
    """The process answers."""
    return _plain(_OK, 200)


def routes(vitals: Ask, *, token: str) -> list[Route]:
    """The routes of our own.

    Args:
        vitals: the state of the workspace; may refuse while it cannot be opened.
        token: who says it may read the numbers; empty: only this machine may.
    """
    return [
        Route(HEALTH, Health(vitals).answer, methods=["GET"]),
        Route(LIVE, live, methods=["GET"]),
        Route(METRICS, Metrics(vitals, token).answer, methods=["GET"]),
    ]


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers={"cache-control": "no-store"})
