"""The parts of the edge, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.routing import Route

from compliance.settings import ServerSettings
from compliance.workspace.vitals import Vitals
from pages.parts.serving import answering, counting, logs
from pages.parts.serving.guarding import LOOPBACK, Guarded
from pages.parts.serving.heading import Headed, headers, streamlits_page
from pages.parts.serving.watching import Watched


def routes(settings: ServerSettings, vitals: Callable[[], Vitals]) -> list[Route]:
    """The addresses of our own."""
    return answering.routes(vitals, token=settings.metrics_token)


def middleware(settings: ServerSettings) -> list[Middleware]:
    """What every request passes, from outside to inside."""
    is_behind_tls = settings.is_behind_tls
    fixed = headers(streamlits_page(), is_behind_tls=is_behind_tls)
    return [
        Middleware(Watched),
        Middleware(Headed, fixed=fixed, is_behind_tls=is_behind_tls),
        Middleware(Guarded, hosts=(*LOOPBACK, *settings.hosts)),
    ]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Uvicorn and Streamlit have begun their own logs by now; they hand up what they log."""
    logs.take_over()
    yield


def crashed(_: Exception) -> None:
    """Count a page that ended in an error nobody foresaw; Streamlit logs it and says so."""
    counting.CRASHES.inc()
