"""Tables that come with the desk: YAML beside the modules that read it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

# The C parser is ten times as fast, and not built everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def table(package: str, name: str) -> Any:
    """What stands in the file called `name` beside the modules of `package`, as plain values."""
    return values(files(package).joinpath(name).read_bytes())


def values(data: bytes) -> Any:
    """What stands in a file of ours, as plain values."""
    return yaml.load(data, _LOADER)  # noqa: S506 - both are safe loaders  # nosec B506
