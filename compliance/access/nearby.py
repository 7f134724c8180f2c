"""Whether a request comes from the desk's own machine: who may work without signing in."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from compliance.access.nouns import Caller
from compliance.errors import ElsewhereError
from compliance.i18n import mark
from compliance.settings import LOOPBACK_NAMES

_PASSED_ON = frozenset(["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"])


def check_is_near(asking: Caller) -> None:
    """Without sign-in only a browser on the server's own machine is served.

    Raises:
        ElsewhereError: it is on another, or may be.
    """
    origin = asking.headers.get("origin", "")
    names = [asking.headers.get("host", ""), origin.partition("://")[2] or origin]
    reasons = {
        mark("the server listens to other machines"): not _is_loopback(asking.listens_on),
        mark("a proxy passed the request on"): not _PASSED_ON.isdisjoint(asking.headers),
        mark("the request comes from another machine"): not _is_loopback(asking.address),
        mark("the request asks for another machine"): not all(
            _is_loopback(_host_of(name)) for name in names if name
        ),
    }
    for reason, is_so in reasons.items():
        if is_so:
            raise ElsewhereError(reason=reason)


def _host_of(name: str) -> str:
    """The host of a name with or without a port."""
    try:
        return urlsplit(f"//{name}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
