"""Environments of their own for other systems, whose pins clash with each other's and ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PEERS = Path(__file__).resolve().parent / ".peers"


def peer_python(name: str, pins: Sequence[str]) -> Path:
    """The Python of a peer's environment, which is made when it is not there as pinned.

    Installs from PyPI.
    """
    place = PEERS / name
    python, installed = place / "bin" / "python", place / "installed.txt"
    if not installed.is_file() or installed.read_text() != "\n".join(pins):
        print(f"Installing {', '.join(pins)} …", file=sys.stderr)
        for order in (
            ("venv", "--quiet", "--clear", "--python", sys.executable, place),
            ("pip", "install", "--quiet", "--compile-bytecode", "--python", python, *pins),
        ):
            subprocess.run([sys.executable, "-m", "uv", *order], check=True)
        installed.write_text("\n".join(pins))
    return python
