"""By which code something was made: the desk's version, and a hash of its sources."""

from __future__ import annotations

import functools
import hashlib
import hmac
from pathlib import Path

import compliance
from compliance.plain import to_json

_SOURCES = (".py", ".yaml")
_DIGITS = 16


@functools.cache
def code() -> str:
    """As `1.4.0+3fa94c01d2e8b765`; read once per process, a few hundredths of a second.

    The version alone would be the same for a desk that somebody changed.
    """
    folder = Path(compliance.__file__).parent
    said = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SOURCES:
            data = path.read_bytes()
            said.update(f"{path.relative_to(folder).as_posix()}\n{len(data)}\n".encode())
            said.update(data)
    return f"{compliance.__version__}+{said.hexdigest()[:_DIGITS]}"


def keyed(key: bytes, said: object) -> str:
    """A hash of the whole of what was asked: plans and questions may hold values of the data.

    With the desk's key, so that nobody without it can try values out.
    """
    # Another use of the desk's key must never yield the same hash.
    text = f"step\n{to_json(said)}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
