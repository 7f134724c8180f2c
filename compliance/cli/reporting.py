"""Reports, from the command line: built, and written to a file."""

from __future__ import annotations

import argparse

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, verb
from compliance.cli.results import Result
from compliance.cli.verbs import names_of, written
from compliance.i18n import ENGLISH, LANGUAGES
from compliance.report.nouns import ReportKind
from compliance.rights.nouns import LetterKind
from compliance.workspace import Workspace
from compliance.workspace.request_reports import KINDS as ON_REQUESTS


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    report = verb(kinds, "report", _report, "build a report as PDF")
    report.add_argument("kind", choices=[str(kind) for kind in ReportKind], help="which report")
    about = report.add_mutually_exclusive_group()
    for flag, what in (
        ("release", "release a release"),
        ("run", "run a federated"),
        ("anonymised", "output an anonymisation"),
    ):
        about.add_argument(
            f"--{flag}",
            dest="about",
            metavar="ID",
            help=f"which {what} report is about; left out: the newest",
        )
    about.add_argument(
        "--about",
        metavar="ID",
        help="which impact assessment a dpia report is about; left out: the newest",
    )
    report.add_argument(
        "--letter",
        choices=[str(letter) for letter in LetterKind],
        default=str(LetterKind.ANSWER),
        help="which letter on a request; else the answer",
    )
    report.add_argument("name", nargs="?", help="the dataset, or the request; left out: all")
    report.add_argument(
        "--language",
        choices=list(LANGUAGES),
        default=ENGLISH,
        help="in which language: " + ", ".join(f"{code} ({n})" for code, n in LANGUAGES.items()),
    )
    report.add_argument(
        "--out", type=arguments.path, required=True, metavar="F.pdf", help="which file"
    )


def _report(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Build a report as PDF."""
    path = typed.destination(asked.out, workspace.settings)
    kind = ReportKind(asked.kind)
    if kind in ON_REQUESTS:
        about, letter = asked.about or asked.name, LetterKind(asked.letter)
        on_request = workspace.rights.fulfilling.report(
            kind, about, letter, language=asked.language
        )
        return written(workspace, on_request, path)
    built = workspace.build_report(
        kind, names_of(asked), about=asked.about, language=asked.language
    )
    return written(workspace, built, path)
