"""Reports, from the command line: built and written to a file, or checked."""

from __future__ import annotations

import argparse

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.cli.verbs import ENDINGS, format_of, names_of, written
from compliance.i18n import LANGUAGE, LANGUAGES
from compliance.plain import to_plain
from compliance.report.nouns import ReportKind
from compliance.rights.nouns import LetterKind
from compliance.workspace import Workspace
from compliance.workspace.reporting.requests import KINDS as ON_REQUESTS

_ABOUT = {
    ReportKind.RELEASE: ("--release", "which release; left out: the newest"),
    ReportKind.FEDERATED: ("--run", "which federated run; left out: the newest"),
    ReportKind.ANONYMISATION: ("--anonymised", "which anonymisation; left out: the newest"),
    ReportKind.DPIA: ("--about", "which assessment; left out: the newest"),
}
_IS_ON = {
    ReportKind.AUDIT: "the datasets, and every duty checked",
    ReportKind.RELEASE: "one release with differential privacy",
    ReportKind.FEDERATED: "one federated run",
    ReportKind.ANONYMISATION: "one anonymised output",
    ReportKind.DPIA: "one impact or legitimate-interest assessment",
    ReportKind.REQUEST: "a letter on a request",
    ReportKind.REQUEST_LOG: "the log of requests",
    ReportKind.ERASURE: "the certificate of an erasure",
    ReportKind.ROPA: "the record of processing activities (GDPR Art. 30)",
    ReportKind.SUMMARY: "how everything stands, for directors",
}


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "report", "build a signed report as PDF, or check one")
    for kind, on in _IS_ON.items():
        added = verb(inner, str(kind), _report, on)
        added.set_defaults(kind=kind, about=None, letter=LetterKind.ANSWER)
        added.add_argument("name", nargs="?", help="the dataset, or the request; left out: all")
        # What a report is not about is taken too, so that a sentence can say so.
        # A group of hidden ones alone breaks how the usage is wrapped.
        one = added.add_mutually_exclusive_group() if kind in _ABOUT else added
        for about, (flag, which) in _ABOUT.items():
            hidden = which if about is kind else argparse.SUPPRESS
            one.add_argument(flag, dest="about", metavar="ID", help=hidden)
        added.add_argument(
            "--out",
            type=arguments.path,
            required=True,
            metavar="F.pdf",
            help="which file; its ending says the format: " + ENDINGS,
        )
        added.add_argument(
            "--language",
            choices=list(LANGUAGES),
            default=LANGUAGE.get(),
            help="in which: " + ", ".join(f"{code} ({n})" for code, n in LANGUAGES.items()),
        )
        if kind is ReportKind.REQUEST:
            letters = [str(letter) for letter in LetterKind]
            added.add_argument("--letter", choices=letters, help="which; else the answer")
    check = verb(inner, "verify", _verify, "whether signature, evidence, pages and trail agree")
    check.add_argument("file", type=arguments.path, metavar="F.pdf", help="the report")
    check.add_argument(
        "--trust",
        type=arguments.path,
        metavar="F.pem",
        help="certificates that may vouch for signers and time stamps unknown here",
    )


def _report(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Build a report, and write it in the format that the file's ending says."""
    path = typed.destination(asked.out, workspace.settings)
    shape = format_of(path)
    if asked.kind in ON_REQUESTS:
        about, letter = asked.about or asked.name, LetterKind(asked.letter)
        built = workspace.rights.fulfilling.report(
            asked.kind, about, letter, language=asked.language
        )
        return written(workspace, built, path, shape)
    built = workspace.build_report(
        asked.kind, names_of(asked), about=asked.about, language=asked.language
    )
    return written(workspace, built, path, shape)


def _verify(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Check a report; `ok` decides the exit code."""
    found = workspace.proof.reports.verify(asked.file, asked.trust)
    signatures: list[Result] = [to_plain(signature) for signature in found.signatures]
    for signature in signatures:
        del signature["certificate"]
    return {
        "sha256": found.sha256,
        "ok": found.ok,
        "verdict": str(found.verdict),
        "statements": [to_plain(statement) for statement in found.statements],
        "signatures": signatures,
    }
