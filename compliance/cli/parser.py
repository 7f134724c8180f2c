"""What can be typed: verbs, their arguments, and the function that each calls."""

from __future__ import annotations

import argparse
from pathlib import Path

from compliance.cli import verbs
from compliance.dataset.nouns import LegalBasis
from compliance.discovery.nouns import IdentifierClass
from compliance.report.nouns import ReportKind


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="python -m compliance",
        description="Find personal data, protect it, and prove it.",
    )
    top.add_argument("--home", type=Path, help="the workspace folder")
    top.add_argument("--json", action="store_true", help="print one JSON document")
    kinds = top.add_subparsers(metavar="VERB", required=True)
    _simple(kinds, "demo", verbs.demo, "build the demo shop in the workspace")
    _organisation(kinds)
    _datasets(kinds)
    _discovery(kinds)
    _privacy(kinds)
    _federated(kinds)
    _proof(kinds)
    return top


def _simple(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    verb: verbs.Verb,
    help_: str,
) -> argparse.ArgumentParser:
    added = kinds.add_parser(name, help=help_, description=help_)
    added.set_defaults(verb=verb)
    return added


def _organisation(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    added = _simple(kinds, "organisation", verbs.organisation, "show or record who is accountable")
    for field in ("name", "officer", "contact", "country"):
        added.add_argument(f"--{field}")


def _datasets(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = kinds.add_parser("dataset", help="add, list, show, describe datasets")
    inner = group.add_subparsers(metavar="VERB", required=True)
    add = _simple(inner, "add", verbs.dataset_add, "store files, folders or a table as a dataset")
    add.add_argument("path", nargs="+", help="file, folder or database address")
    add.add_argument("--name", required=True)
    add.add_argument("--table", help="sheet, database table or archive member")
    _description(add)
    _simple(inner, "list", verbs.dataset_list, "list all datasets")
    show = _simple(inner, "show", verbs.dataset_show, "show one dataset")
    show.add_argument("name")
    describe = _simple(inner, "describe", verbs.dataset_describe, "record what people know of it")
    describe.add_argument("name")
    _description(describe)


def _description(added: argparse.ArgumentParser) -> None:
    added.add_argument("--unit", metavar="COL", help="the column that tells people apart")
    added.add_argument("--region", metavar="CC", help="home region, a two-letter country code")
    added.add_argument("--data-subjects", help="whose data it is")
    added.add_argument("--purpose")
    added.add_argument("--legal-basis", choices=[str(basis) for basis in LegalBasis])
    added.add_argument("--retention-months", type=int)
    added.add_argument("--source", help="where the data were collected")
    added.add_argument("--population", help="who shares one privacy budget")
    added.add_argument("--special-condition", help="the condition of GDPR Art. 9(2)")


def _discovery(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    discover = _simple(kinds, "discover", verbs.discover, "find the columns with personal data")
    discover.add_argument("name")
    label = _simple(kinds, "label", verbs.label, "confirm or correct the label of a column")
    label.add_argument("name")
    label.add_argument("--column", required=True)
    label.add_argument("--type", dest="semantic_type", help="left out: as proposed")
    label.add_argument(
        "--class", dest="identifier_class", choices=[str(c) for c in IdentifierClass]
    )


def _privacy(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    preview = _simple(kinds, "preview", verbs.preview, "what a release would look like; free")
    release = _simple(kinds, "release", verbs.release, "publish a statistic; spends budget")
    for added in (preview, release):
        added.add_argument("name")
        added.add_argument("--query", type=Path, required=True, metavar="Q.yaml")
        added.add_argument("--delta", metavar="D")
    preview.add_argument("--epsilon", default="1", metavar="E")
    release.add_argument("--epsilon", required=True, metavar="E")
    budget = _simple(kinds, "budget", verbs.budget, "show or decide the privacy budget")
    budget.add_argument("name")
    budget.add_argument("--set", dest="total", metavar="E,D")


def _federated(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    federate = _simple(kinds, "federate", verbs.federate, "train across sites that keep their rows")
    federate.add_argument("name")
    federate.add_argument("--plan", type=Path, required=True, metavar="P.yaml")


def _proof(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    assess = _simple(kinds, "assess", verbs.assess, "check every duty")
    assess.add_argument("name", nargs="?")
    trail = kinds.add_parser("trail", help="list, verify, checkpoint, export the trail")
    inner = trail.add_subparsers(metavar="VERB", required=True)
    _simple(inner, "list", verbs.trail_list, "the newest entries").add_argument(
        "--count", type=int, default=100
    )
    _simple(inner, "verify", verbs.trail_verify, "whether the trail is whole").add_argument(
        "--checkpoint", type=Path, metavar="F"
    )
    for name, verb in (("checkpoint", verbs.trail_checkpoint), ("export", verbs.trail_export)):
        added = _simple(inner, name, verb, f"write the trail's {name} to a file")
        added.add_argument("--out", type=Path, required=True, metavar="F")
    lineage = kinds.add_parser("lineage", help="what was made from what")
    lineage_verbs = lineage.add_subparsers(metavar="VERB", required=True)
    _simple(lineage_verbs, "show", verbs.lineage_show, "of one dataset").add_argument("name")
    report = _simple(kinds, "report", verbs.report, "build a report as PDF")
    report.add_argument("kind", choices=[str(kind) for kind in ReportKind])
    audit = _simple(kinds, "audit", verbs.audit, "discover, assess and report in one go")
    for added in (report, audit):
        added.add_argument("name", nargs="?")
        added.add_argument("--out", type=Path, required=True, metavar="F.pdf")
