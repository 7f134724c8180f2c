"""The command line: the same verbs as the pages, so that audits can run unattended.

Exit 0: done. Exit 2: refused, with one plain sentence on standard error; or verified and found
not whole, with the problems on standard output. Exit 130: stopped with Ctrl-C.
"""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from collections.abc import Sequence

import msgspec

from compliance.cli import approvals
from compliance.cli.languages import language_of
from compliance.cli.parser import parser
from compliance.cli.results import Result
from compliance.cli.text import as_text
from compliance.errors import ApprovalNeededError, ComplianceError
from compliance.i18n import ENGLISH, mark, speaking
from compliance.i18n import translate as _
from compliance.i18n.refusals import said
from compliance.plain import one_line
from compliance.settings import Settings
from compliance.workspace import Workspace

REFUSED = 2
STOPPED = 130  # what shells expect after Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; its result goes to standard output, as text or as one JSON document."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    with speaking(language_of(typed, os.environ)):
        return _run(typed)


def _run(typed: Sequence[str]) -> int:
    top = parser()
    if any(not _is_text(argument) for argument in typed):
        top.error(mark("an argument is not valid UTF-8; rename the file, or type the text again"))
    if typed.count("--") > 1 or any(one[:2] == "--" and one.endswith("=--") for one in typed):
        top.error(mark("“--” is no value"))  # argparse would take it for an empty list
    asked = top.parse_args(typed)
    try:
        opened = getattr(asked, "opened", Workspace)  # some verbs need none
        with speaking(ENGLISH if asked.json else ""):  # what scripts read is the same for all
            result = _done_or_asked(opened(Settings.from_environment(home=asked.home)), asked)
    except ComplianceError as refusal:
        print(one_line(said(refusal)), file=sys.stderr)  # noqa: T201
        return REFUSED
    except KeyboardInterrupt:
        words = _("Stopped. What was finished until then is stored.")
        print(words, file=sys.stderr)  # noqa: T201
        return STOPPED
    _print(result, is_json=asked.json)
    return REFUSED if result.get("ok") is False else 0


def _done_or_asked(workspace: Workspace, asked: Namespace) -> Result:
    """What the verb gives; with `--ask`, the question to others where they must approve it."""
    try:
        done: Result = asked.verb(workspace, asked)
    except ApprovalNeededError as needed:
        if asked.ask is None:
            raise
        return approvals.ask(workspace, needed, asked.ask)
    return done


def _is_text(argument: str) -> bool:
    """Whether it can be stored: bytes that are no UTF-8 arrive as halves of characters."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _print(result: Result, *, is_json: bool) -> None:
    """Print, and stop quietly where the reader has seen enough (`| head`)."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may lack ε; JSON is always UTF-8
        encoding = "utf-8" if is_json else sys.stdout.encoding
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        print(_json(result) if is_json else as_text(result), flush=True)  # noqa: T201
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - Python flushes it at exit


def _json(result: Result) -> str:
    """One line of JSON; a number that is none becomes null."""
    return msgspec.json.format(msgspec.json.encode(result), indent=0).decode()
