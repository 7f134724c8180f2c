"""The code that runs at sites, as one file that Python can import from.

It holds the modules that `at_site` and Flower's sides of the work stand on, and no others: sites
need none of the libraries that the rest of the desk does. A package through which others are
reached, and that nobody imports for itself, gets a blank door.
"""

from __future__ import annotations

import ast
import io
import zipfile
from functools import cache
from pathlib import Path

import compliance

_ROOT = Path(compliance.__file__).parent
_ROOTS = (
    "compliance.federated.flower.control",
    "compliance.federated.flower.keys",
    "compliance.federated.flower.relay",
    "compliance.federated.flower.rows",
    "compliance.federated.flower.superlink",
    "compliance.federated.flower.supernode",
    "compliance.workspace.federating.executor",
)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # so that the same code gives the same bytes


@cache
def code() -> bytes:
    """The ZIP archive; put on `PYTHONPATH`, it can be imported from."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(_files().items()):
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files() -> dict[str, str]:
    found: dict[str, str] = {}
    ahead = list(_ROOTS)
    while ahead:
        place = _place(ahead.pop())
        if place is None or place in found:
            continue
        text = (_ROOT.parent / place).read_text(encoding="utf-8")
        found[place] = text
        ahead += _imported(text)
    for place in list(found):
        for folder in Path(place).parents[:-1]:
            found.setdefault(str(folder / "__init__.py"), '"""Part of Privacy Desk."""\n')
    return found


def _place(name: str) -> str | None:
    """Where the module or package `name` lies, below the folder that holds the package."""
    stem = Path(*name.split("."))
    for place in (stem.with_suffix(".py"), stem / "__init__.py"):
        if (_ROOT.parent / place).is_file():
            return place.as_posix()
    return None


def _imported(text: str) -> list[str]:
    """The modules of our own that `text` imports from; doors of rooms are left out."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("compliance"):
            names.append(str(node.module))
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
