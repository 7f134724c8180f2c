"""What stands before everything that the server answers, pages or not.

Streamlit serves what a page offers for download under an address that anybody may ask for who
knows it, and takes uploads from whoever has a window open. Here both need a visit that lasts, and
a download one of the windows of that same visit.
Where nobody signs in, only a browser on this machine gets any answer at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config, runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from compliance.access import check_is_near
from compliance.access.nouns import Caller
from compliance.errors import ComplianceError, SignInError
from compliance.i18n import mark
from compliance.settings import SignIn
from pages.parts import visiting

_MEDIA = "media"
_GUARDED = (_MEDIA, "_stcore/upload_file")
_OPEN = ("health", "metrics")  # they guard themselves, and are asked by machines
_POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class Gate:
    """Lets through what the desk may answer to whoever asks."""

    def __init__(self, app: ASGIApp, *, sign_in: SignIn) -> None:
        self._app, self._sign_in = app, sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] in ("http", "websocket"):
            refusal = await self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(_POLICY_VIOLATION)(scope, receive, send)
        else:
            headers = {"cache-control": "no-store"}
            answer = PlainTextResponse(f"{refusal}\n", status_code=403, headers=headers)
            await answer(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ComplianceError | None:
        """Why a request is not answered; None where it is."""
        path = scope["path"].removeprefix(_base()).strip("/")
        if path.partition("/")[0] in _OPEN:
            return None
        try:
            if not self._sign_in.way:
                check_is_near(_caller(scope))
            elif any(path == part or path.startswith(f"{part}/") for part in _GUARDED):
                # The database may be asked; no other request waits for that.
                await run_in_threadpool(_check, path, _claims(HTTPConnection(scope).cookies))
        except ComplianceError as refusal:
            return refusal
        return None


def _check(path: str, said: Mapping[str, object]) -> None:
    """Let whoever signed in have what is theirs.

    Raises:
        SignInError: they are not here, or it is somebody else's.
    """
    visits = visiting.shared().access.visits
    identity = visits.identity(said)
    visits.check(identity, is_act=False)
    if path.startswith(f"{_MEDIA}/"):
        file = path.removeprefix(f"{_MEDIA}/")
        if identity.token not in {visits.identity(who).token for who in _offered_to(file)}:
            raise SignInError(reason=mark("this was put on a page for somebody else"))


def _offered_to(file: str) -> Iterator[Mapping[str, object]]:
    """What the provider said of those on whose pages a file is now."""
    running = runtime.get_instance()
    for session in _windows_with(running.media_file_mgr, file):
        window = running._session_mgr.get_session_info(session)
        said = dict(window.session._user_info) if window else {}
        if said.get("is_logged_in"):
            yield said


def _windows_with(files: MediaFileManager, file: str) -> set[str]:
    """The sessions whose page offers a file, or has a button that makes one of that name."""
    with suppress(MediaFileStorageError):
        storage = files._storage
        if not isinstance(storage, MemoryMediaFileStorage):
            return set()
        name = storage.get_file(file).filename
        placed, id_ = list(files._files_by_session_and_coord.items()), file.partition(".")[0]
        found = {session for session, its in placed if id_ in list(its.values())}
        made = list(files._deferred_callables.values())
        return found or {one["session_id"] for one in made if name and one["filename"] == name}
    return set()


def _caller(scope: Scope) -> Caller:
    client = scope.get("client")
    return Caller(
        address=client[0] if client else "",
        listens_on=config.get_option("server.address") or "",
        headers=dict(Headers(scope=scope).items()),
    )


def _claims(cookies: Mapping[str, str]) -> Mapping[str, object]:
    """What the provider said, out of the cookie that Streamlit signed; empty where it did not."""

    def one(name: str) -> bytes | None:
        signed = cookies.get(name, "").encode("latin-1", "replace")
        return decode_signed_value(get_cookie_secret(), name, signed)

    text = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    said = json.loads(text) if text else {}
    return said if isinstance(said, dict) else {}


def _base() -> str:
    return "/" + str(config.get_option("server.baseUrlPath") or "").strip("/")
