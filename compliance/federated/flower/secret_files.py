"""Files that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path


def write_secret(place: Path, data: bytes) -> None:
    """Write a new file that no other user of the machine can read at any moment.

    Raises:
        FileExistsError: there is one already.
    """
    opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(data)
