"""The command line: the same verbs as the pages, so that audits can run unattended.

Exit 0: done. Exit 2: refused, with one plain sentence on standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from compliance.cli.parser import parser
from compliance.cli.text import as_text
from compliance.errors import ComplianceError
from compliance.settings import Settings
from compliance.workspace import Workspace

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its result goes to standard output, as text or as one JSON document."""
    asked = parser().parse_args(arguments)
    try:
        workspace = Workspace(Settings.from_environment(home=asked.home))
        result = asked.verb(workspace, asked)
    except ComplianceError as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return REFUSED
    shown = json.dumps(result, ensure_ascii=False) if asked.json else as_text(result)
    _print(shown)
    return REFUSED if result.get("ok") is False else 0


def _print(text: str) -> None:
    """Print, and stop quietly where the reader has seen enough (`| head`)."""
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - Python flushes it at exit
