"""What an address is about, in a few words that are the same for everybody.

Counts and log lines carry these words and never the address: the rest of it may be a session, the
hash of a file, or whatever somebody typed.
"""

from __future__ import annotations

from pages.parts.navigation import PAGES

OTHER = "other"
_OURS = frozenset(["health", "metrics", "oauth2callback"])
_STREAMLITS = frozenset(["static", "media", "component", "auth"])
_INNER = frozenset(
    ["bidi-components", "health", "host-config", "message", "metrics", "stream", "upload_file"]
)
_PAGES = frozenset(row.name for row in PAGES)


def route_of(path: str) -> str:
    """The word for `path`: a page's name, one of the server's parts, or `other`."""
    first, _, rest = path.strip("/").partition("/")
    if first == "_stcore":
        inner = rest.partition("/")[0]
        return f"_stcore/{inner}" if inner in _INNER else OTHER
    if not first:
        return "overview"
    is_known = first in _STREAMLITS or (not rest and first in _PAGES | _OURS)
    is_part = first == "health" and rest in ("", "live")
    return first if is_known or is_part else OTHER
