"""What can be typed: verbs, their arguments, and the function that each calls."""

from __future__ import annotations

import argparse
from functools import cache

from compliance.cli import (
    accounts,
    anonymising_parser,
    approvals,
    arguments,
    auditing,
    backups,
    clocks,
    consenting,
    databases,
    erasing,
    explaining,
    impacting,
    lineages,
    mending,
    packing,
    registering,
    reporting,
    requesting,
    residing,
    trails,
    verbs,
    watching,
)
from compliance.cli.adding import Kinds, group, named, places, verb
from compliance.cli.helping import Parser, words_of
from compliance.dataset.nouns import LegalBasis
from compliance.discovery.nouns import IdentifierClass
from compliance.federated.nouns import Axis
from compliance.i18n import LANGUAGES
from compliance.privacy.nouns import Period

_path = arguments.path


@cache
def parser() -> argparse.ArgumentParser:
    """The whole command line, made once.

    Options are taken only in full: a typing slip is no other option.
    """
    top: argparse.ArgumentParser = Parser(
        prog="python -m compliance",
        description="Find personal data, protect it, and prove it.",
        allow_abbrev=False,
    )
    top.add_argument("--home", type=_path, help="the workspace folder")
    top.add_argument(
        "--ask", metavar="WHY", help="where others must approve what is typed, ask them to"
    )
    top.add_argument("--json", action="store_true", help="print one JSON document")
    top.add_argument("--lang", choices=list(LANGUAGES), help="the language of what is printed")
    kinds = top.add_subparsers(metavar="VERB", required=True)
    verb(kinds, "demo", verbs.demo, "build the demo shop in the workspace")
    _organisation(kinds)
    _datasets(kinds)
    _discovery(kinds)
    anonymising_parser.scanning(kinds)
    anonymising_parser.anonymisation(kinds)
    anonymising_parser.anonymised(kinds)
    _privacy(kinds)
    _federated(kinds)
    _proof(kinds)
    governing = (registering, packing, clocks, residing, mending, watching, impacting, auditing)
    respecting = (requesting, erasing, consenting)
    proving = (trails, lineages, reporting, backups, databases)
    admitting = (accounts, approvals, explaining)
    for area in (*governing, *respecting, *proving, *admitting):
        area.add(kinds)
    return top


def helps() -> list[str]:
    """All that the command line explains itself with: what a translator needs."""
    return words_of(parser())


def _organisation(kinds: Kinds[argparse.ArgumentParser]) -> None:
    added = verb(kinds, "organisation", verbs.organisation, "show or record who is accountable")
    added.add_argument("--name", help="the controller")
    added.add_argument("--officer", help="who answers for data protection")
    added.add_argument("--contact", help="how people reach that officer")
    added.add_argument("--country", help="where the controller is established")


def _datasets(kinds: Kinds[argparse.ArgumentParser]) -> None:
    inner = group(kinds, "dataset", "add, list, show, describe datasets")
    add = verb(inner, "add", verbs.dataset_add, "store files, folders or a table as a dataset")
    places(add)
    add.add_argument("--name", required=True, help="what the dataset is called from now on")
    add.add_argument("--table", help="sheet, database table or archive member")
    _description(add)
    verb(inner, "list", verbs.dataset_list, "list all datasets")
    named(verb(inner, "show", verbs.dataset_show, "show one dataset"))
    describe = verb(inner, "describe", verbs.dataset_describe, "record what people know of it")
    named(describe)
    _description(describe)


def _description(added: argparse.ArgumentParser) -> None:
    added.add_argument("--unit", metavar="COL", help="the column that tells people apart")
    added.add_argument("--region", metavar="CC", help="home region, a two-letter country code")
    added.add_argument("--data-subjects", help="whose data it is")
    added.add_argument("--purpose", help="what the data are used for")
    added.add_argument(
        "--legal-basis",
        choices=[str(basis) for basis in LegalBasis],
        help="why that is allowed, of GDPR Art. 6(1)",
    )
    added.add_argument("--retention-months", type=int, metavar="N", help="how long rows are kept")
    added.add_argument("--source", help="where the data were collected")
    added.add_argument("--population", help="who shares one privacy budget")
    added.add_argument("--special-condition", help="the condition of GDPR Art. 9(2)")


def _discovery(kinds: Kinds[argparse.ArgumentParser]) -> None:
    named(verb(kinds, "discover", verbs.discover, "find the columns with personal data"))
    label = verb(kinds, "label", verbs.label, "confirm or correct the label of a column")
    named(label)
    label.add_argument("--column", required=True, metavar="COL", help="which column")
    label.add_argument("--type", dest="semantic_type", help="what it holds; left out: as proposed")
    label.add_argument(
        "--class",
        dest="identifier_class",
        choices=[str(class_) for class_ in IdentifierClass],
        help="how it can point to a person; left out: as proposed",
    )


def _privacy(kinds: Kinds[argparse.ArgumentParser]) -> None:
    preview = verb(kinds, "preview", verbs.preview, "what a release would look like; free")
    release = verb(kinds, "release", verbs.release, "publish a statistic; spends budget")
    plan = verb(kinds, "plan", verbs.plan, "the smallest ε for an accuracy; free")
    bounds = verb(kinds, "bounds", verbs.bounds, "propose bounds by a private look; spends budget")
    attack = verb(kinds, "attack", verbs.attack, "try attacks, before and after noise; internal")
    error = verb(kinds, "error", verbs.error, "noise and bias of each number, on a stand-in")
    for added in (preview, release, plan, bounds, attack, error):
        named(added)
        added.add_argument(
            "--query", type=_path, required=True, metavar="Q.yaml", help="what is asked"
        )
        added.add_argument(
            "--delta", metavar="D", help="the δ it may cost; left out: a tenth of the total"
        )
    for added in (preview, attack, error):
        added.add_argument("--epsilon", default="1", metavar="E", help="the ε it may cost; else 1")
    on = error.add_mutually_exclusive_group(required=True)
    on.add_argument("--stand-in", metavar="NAME", help="a public dataset with the same columns")
    on.add_argument("--real", action="store_true", help="on the real rows; entered in the trail")
    verb(kinds, "self-audit", verbs.self_audit, "test the noise and the claimed ε of this desk")
    for added in (release, bounds):
        added.add_argument("--epsilon", required=True, metavar="E", help="the ε it may cost")
    plan.add_argument(
        "--within",
        required=True,
        action="append",
        metavar="STATISTIC=M",
        help="the largest margin, 50 or 2%%, of a statistic; once for each; “@all” behind it "
        "means in all groups, “@middle” in half of them; else in nine of ten",
    )
    bounds.add_argument(
        "--column", action="append", default=[], metavar="COL", help="whose bounds; once for each"
    )
    _spending(kinds)


def _spending(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """Invented rows, and the budget itself."""
    synthesise = verb(kinds, "synthesise", verbs.synthesise, "invent rows like the real ones")
    named(synthesise)
    synthesise.add_argument(
        "--plan",
        type=_path,
        required=True,
        metavar="S.yaml",
        help="what the rows are like",
    )
    synthesise.add_argument("--into", required=True, metavar="NAME", help="the new dataset's name")
    synthesise.add_argument("--epsilon", required=True, metavar="E", help="the ε it may cost")
    synthesise.add_argument(
        "--delta", metavar="D", help="the δ it may cost; left out: a tenth of the total"
    )
    budget = verb(kinds, "budget", verbs.budget, "show or decide the privacy budget")
    named(budget)
    budget.add_argument("--set", dest="total", metavar="E,D", help="the total from now on")
    budget.add_argument(
        "--period",
        choices=[str(period) for period in Period],
        help="how often the total begins anew; left out: as before",
    )
    budget.add_argument(
        "--cap",
        action="append",
        default=[],
        metavar="ACTOR=E",
        help="the ε of the total that this actor may spend; ACTOR=none takes a cap away",
    )


def _federated(kinds: Kinds[argparse.ArgumentParser]) -> None:
    federate = verb(kinds, "federate", verbs.federate, "train across sites that keep their rows")
    deploy = verb(kinds, "deploy", verbs.deploy, "write what server and sites need to do so")
    for added in (federate, deploy):
        named(added)
        added.add_argument(
            "--plan",
            type=_path,
            required=True,
            metavar="P.yaml",
            help="what is learnt, and how",
        )
    federate.add_argument(
        "--accept",
        action="store_true",
        help="train although a law does not let updates leave a country; kept in the trail",
    )
    federate.add_argument(
        "--transport",
        choices=("here", "flower"),
        default="here",
        help="whether the sites are in this process, or reached by Flower; else here",
    )
    federate.add_argument(
        "--environment", type=_path, metavar="DIR", help="Flower’s; else .venv-distributed"
    )
    federate.add_argument(
        "--deployment",
        type=_path,
        metavar="DIR",
        help="made by deploy; else one for this run",
    )
    federate.add_argument(
        "--wait",
        type=arguments.count,
        default=300,
        metavar="S",
        help="seconds a round may take; else 300",
    )
    _closer(kinds)
    deploy.add_argument("--out", type=_path, required=True, metavar="DIR", help="a new folder")
    where = deploy.add_mutually_exclusive_group(required=True)
    where.add_argument("--host", metavar="H", help="what the sites call the server’s machine")
    where.add_argument(
        "--local", action="store_true", help="all on this machine, with the rows of each site"
    )
    deploy.add_argument(
        "--port",
        type=arguments.port,
        default=8443,
        metavar="P",
        help="where the server listens; else 8443",
    )
    federate.add_argument(
        "--resume", metavar="RUN", help="the id of a run of the same plan to go on from"
    )


def _closer(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """Verbs that look closer at federated runs, or take their models away."""
    attack = verb(kinds, "attack-run", verbs.attack_run, "attack a federated run; internal")
    model = verb(kinds, "model", verbs.run_model, "write the model of a federated run")
    for added in (attack, model):
        named(added)
        added.add_argument("--run", required=True, metavar="RUN", help="the id of the run")
    attack.add_argument("--seed", type=int, default=0, metavar="S", help="chooses whom to attack")
    model.add_argument("--out", type=_path, required=True, metavar="F.npz", help="the file")
    sweep = verb(kinds, "sweep", verbs.sweep, "try values of one setting of a plan; internal")
    named(sweep)
    sweep.add_argument("--plan", type=_path, required=True, metavar="P.yaml", help="the plan")
    sweep.add_argument("--axis", required=True, choices=list(Axis), help="the setting")
    sweep.add_argument("--values", required=True, metavar="A,B,…", help="what to try")
    sweep.add_argument(
        "--runs", type=arguments.count, default=3, metavar="N", help="per value; else 3"
    )


def _proof(kinds: Kinds[argparse.ArgumentParser]) -> None:
    named(verb(kinds, "assess", verbs.assess, "check every duty"), is_needed=False)
    disclosure = verb(kinds, "disclosure", verbs.disclosure, "what is told about a release")
    named(disclosure)
    disclosure.add_argument(
        "--release", dest="release_id", metavar="ID", help="which release; left out: the newest"
    )
    disclosure.add_argument("--out", type=_path, metavar="F", help="write it to a file as JSON")
    audit = verb(kinds, "audit", auditing.audit, "discover, assess and report in one go")
    named(audit, is_needed=False)
    audit.add_argument("--out", type=_path, required=True, metavar="F.pdf", help="which file")
