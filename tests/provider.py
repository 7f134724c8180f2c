"""A provider of identities (OpenID Connect) on this machine, for tests: it says who somebody is.

It can also lie, in the ways that a desk must notice: with a wrong audience, nonce, key or time, or
without a signature.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import create_server
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.util import json_b64encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "privacy-desk", "not-a-secret"
PEOPLE = {
    "ada": {"name": "Ada Officer", "email": "ada@example.com", "email_verified": True},
    "ann": {"name": "Ann Analyst", "email": "ann@example.com", "email_verified": True},
    "aud": {"name": "Aud Auditor", "email": "aud@example.com", "email_verified": True},
    "adm": {"name": "Adm Administrator", "email": "adm@example.com", "email_verified": True},
    "ben": {"name": "Ben Officer", "email": "ben@example.com", "email_verified": True},
    "una": {"name": "Una Unverified", "email": "una@example.com", "email_verified": False},
    "mal": {"name": "Mallory Stranger", "email": "mal@example.com", "email_verified": True},
}
LIES = ("audience", "nonce", "expired", "key", "none", "issuer")


@dataclass(slots=True)
class Provider:
    """The provider that runs.

    Attributes:
        address: its issuer.
        lie: what is wrong with the next tokens; empty: nothing.
        asked: how often somebody was sent here to sign in.
        left: how often somebody was sent here to sign out.
    """

    address: str
    lie: str = ""
    asked: int = 0
    left: int = 0
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: _key("k1"))

    @property
    def metadata_url(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/leave", self.leave),
        ]

    async def describe(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "end_session_endpoint": f"{self.address}/leave",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        """Ask who it is; a test's browser presses a name."""
        asked = dict(request.query_params)
        who = asked.pop("who", "")
        if who not in PEOPLE:
            self.asked += 1
            links = "".join(
                f'<p><a href="/authorize?{urlencode({**asked, "who": id_})}">{one["name"]}</a></p>'
                for id_, one in PEOPLE.items()
            )
            icon = '<link rel="icon" href="data:,">'  # none, or the browser asks for one
            return HTMLResponse(f"{icon}<h1>Who are you?</h1>{links}")
        code = secrets.token_urlsafe(16)
        self._codes[code] = (who, asked.get("nonce", ""))
        answer = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        who, nonce = self._codes.pop(str(form["code"]))
        return JSONResponse(
            {
                "access_token": secrets.token_hex(8),
                "token_type": "Bearer",
                "expires_in": 3600,
                "id_token": self._signed(self.claims(who, nonce)),
            }
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def leave(self, request: Request) -> Response:
        self.left += 1
        return RedirectResponse(request.query_params.get("post_logout_redirect_uri", "/"))

    def claims(self, who: str, nonce: str) -> dict[str, Any]:
        """What it says of somebody, true or not."""
        now = int(time.time())
        said = {
            "iss": self.address,
            "sub": f"sub-{who}",
            "aud": CLIENT,
            "nonce": nonce,
            "iat": now,
            "exp": now + 3600,
            "sid": secrets.token_hex(8),
        }
        lies: dict[str, dict[str, Any]] = {
            "audience": {"aud": "somebody else"},
            "nonce": {"nonce": "another"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "issuer": {"iss": "https://elsewhere.example"},
        }
        return {**said, **PEOPLE[who], **lies.get(self.lie, {})}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.lie == "none":
            parts = [json_b64encode(part).decode() for part in ({"alg": "none"}, claims)]
            return ".".join([*parts, ""])
        key = _key("k1") if self.lie == "key" else self._key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig", "alg": "RS256"})


@contextmanager
def providing() -> Iterator[Provider]:
    """The provider, on a port of its own, until the block ends."""
    with create_server(("127.0.0.1", 0)) as listening:
        provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = Starlette(routes=provider.routes())
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join(timeout=10)
