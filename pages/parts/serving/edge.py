"""The parts of the edge, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.routing import Route

from compliance.settings import ServerSettings
from pages.parts.serving import answering, counting, logs
from pages.parts.serving.guarding import LOOPBACK, Guarded
from pages.parts.serving.heading import Headed, headers, streamlits_page
from pages.parts.serving.watching import Watched

if TYPE_CHECKING:
    from compliance.workspace.vitals import Vitals


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


def lifespan(
    begun: Callable[[], object],
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """What happens around the server's life.

    Args:
        begun: called when it is about to answer.
    """

    @asynccontextmanager
    async def around(_: object) -> AsyncIterator[None]:
        logs.take_over()  # Uvicorn and Streamlit have begun their own by now; they hand them up
        begun()
        yield

    return around


def crashed(_: Exception) -> None:
    """Count a page that ended in an error nobody foresaw; Streamlit logs it and says so."""
    counting.CRASHES.inc()
