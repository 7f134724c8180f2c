"""The headers of every answer, and the page in which Streamlit draws, in the visitor's language.

Sources: OWASP “HTTP headers” and “Content security policy” cheat sheets; CSP level 3.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from compliance.i18n import ENGLISH, LANGUAGES, of_locale
from pages.parts import ink
from pages.parts.language import PARAMETER

_STATIC = Path(streamlit.__file__).parent / "static"
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_LANGUAGE = re.compile(rb'<html lang="[^"]*"')
_TITLE = re.compile(rb"<title>[^<]*</title>")
_HEAD_END = b"</head>"
# The language of the page follows a choice at once: the address names it (see `language.choose`).
_FOLLOW = b"""(() => {
  const root = document.documentElement;
  const speak = () => {
    const asked = new URLSearchParams(location.search).get("%(parameter)s");
    root.lang = [%(languages)s].includes(asked) ? asked : root.dataset.usual;
  };
  for (const name of ["pushState", "replaceState"]) {
    const before = history[name];
    history[name] = function (...given) {
      const done = before.apply(this, given);
      speak();
      return done;
    };
  }
  addEventListener("popstate", speak);
})();""" % {
    b"parameter": PARAMETER.encode(),
    b"languages": ", ".join(f'"{language}"' for language in LANGUAGES).encode(),
}
# What draws charts and tables takes a browser longer to make ready than all the rest does, and it
# asks for it when the first one comes. In the time until then it has nothing else to do.
_DRAWS = ("PlotlyChart", "DataFrame")
_READY = b"""
addEventListener("load", () => {
  const when = self.requestIdleCallback ?? setTimeout;
  for (const part of [%(parts)s]) when(() => import(part).catch(() => {}));
});""" % {
    b"parts": ", ".join(
        f'"./static/js/{found.name}"'
        for part in _DRAWS
        for found in sorted((_STATIC / "static" / "js").glob(f"{part}.*.js"))
    ).encode(),
}
_OURS = _FOLLOW + _READY
_HEAD = b"<script>" + _OURS + b"</script><style>" + ink.STYLE.encode() + b"</style>"
_KEPT_IN_NO_CACHE = ("media", "_stcore")
_A_YEAR_S = 365 * 24 * 3600

Finish = Callable[[Scope, MutableHeaders], None]

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' {scripts}",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles while it draws
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
    "x-robots-tag": "noindex, nofollow",
    "permissions-policy": ", ".join(
        f"{what}=()"
        for what in (
            *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope"),
            *("magnetometer", "microphone", "midi", "payment", "usb", "browsing-topics"),
        )
    ),
}


def headers(page: bytes, *, is_behind_tls: bool) -> dict[str, str]:
    """What stands over every answer.

    Args:
        page: the HTML in which Streamlit draws; its inline scripts and ours may run, no others.
        is_behind_tls: whether everybody comes by HTTPS, so that browsers may be told to insist.
    """
    own = (*_SCRIPT.findall(page), _OURS)
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in own)
    policy = dict(_POLICY, **{"upgrade-insecure-requests": ""} if is_behind_tls else {})
    said = "; ".join(f"{name} {value}".strip() for name, value in policy.items())
    found = {**_ALWAYS, "content-security-policy": said.format(scripts=scripts)}
    if is_behind_tls:
        found["strict-transport-security"] = f"max-age={_A_YEAR_S}; includeSubDomains"
    return found


def streamlits_page() -> bytes:
    """The HTML that Streamlit brings."""
    return (_STATIC / "index.html").read_bytes()


def language_of(scope: Scope) -> str:
    """The language to speak: the address's, else the first of the browser's that is spoken."""
    asked: str = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [""])[0]
    if asked in LANGUAGES:
        return asked
    return usual_of(scope)


def usual_of(scope: Scope) -> str:
    """The language of the browser, in which the desk is opened where its address names none."""
    wanted = Headers(scope=scope).get("accept-language", "")
    return of_locale(wanted.split(",")[0].split(";")[0].strip())


class Headed:
    """Gives every answer the headers, and pages their language and name.

    Args:
        fixed: what stands over every answer; see `headers`.
        is_behind_tls: cookies are sent by HTTPS alone.
    """

    def __init__(self, app: ASGIApp, *, fixed: Mapping[str, str], is_behind_tls: bool) -> None:
        self._app, self._fixed, self._is_behind_tls = app, fixed, is_behind_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):  # a page, which must be readable
            kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = dict(scope, headers=kept)
        answer = _Answer(scope, send, self._finished)
        await self._app(scope, receive, answer.take)

    def _finished(self, scope: Scope, found: MutableHeaders) -> None:
        for name, value in self._fixed.items():
            found[name] = value
        if scope["path"].strip("/").partition("/")[0] in _KEPT_IN_NO_CACHE:
            found["cache-control"] = "no-store"
        if self._is_behind_tls:
            cookies = found.getlist("set-cookie")
            if cookies:
                del found["set-cookie"]
            for cookie in cookies:
                is_secure = "; secure" in cookie.lower()
                found.append("set-cookie", cookie if is_secure else f"{cookie}; Secure")


class _Answer:
    """One answer on its way out; a page is held back until it is whole, for its length changes."""

    def __init__(self, scope: Scope, send: Send, finish: Finish) -> None:
        self._scope, self._send, self._finish = scope, send, finish
        self._start: Message | None = None
        self._page = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            found = MutableHeaders(raw=message["headers"])
            self._finish(self._scope, found)
            is_page = found.get("content-type", "").startswith("text/html")
            if is_page and "content-encoding" not in found:
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._page += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        language = language_of(self._scope)
        page = spoken(self._page, language, usual_of(self._scope))
        found = MutableHeaders(raw=start["headers"])
        for stale in ("etag", "last-modified"):  # they are those of the page in English
            if stale in found:
                del found[stale]
        found["content-language"] = language
        found["vary"] = "Accept-Language"
        if self._page:
            found["content-length"] = str(len(page))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def spoken(page: bytes, language: str, usual: str = ENGLISH) -> bytes:
    """Streamlit's page as one in `language`, named as the desk is.

    Args:
        usual: the language where the address names none.
    """
    said = f'<html lang="{language}" data-usual="{usual}"'.encode()
    page = _LANGUAGE.sub(said, page, count=1)
    if _HEAD_END in page and _OURS not in page:
        page = page.replace(_HEAD_END, _HEAD + _HEAD_END, 1)
    return _TITLE.sub(b"<title>Privacy Desk</title>", page, count=1)


def _digest(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode()
