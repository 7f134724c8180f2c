"""Requests and holds, from the command line: what can be said."""

from __future__ import annotations

import argparse

from compliance.cli import arguments, doubts, fulfilling, holds, persons
from compliance.cli import requests as does
from compliance.cli.adding import Kinds, group, verb
from compliance.rights.nouns import IdentityLevel, Outcome, Rejection
from compliance.rights.requests import CHANNELS
from compliance.workspace.requesting.steps import PAUSES

_LEVELS = [level.name.lower() for level in IdentityLevel if level is not IdentityLevel.NONE]


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """`request` and `hold`."""
    inner = group(kinds, "request", "what people ask for, from intake to answer")
    _taking_in(inner)
    _looking(inner)
    _identifying(inner)
    _timing(inner)
    _deciding(inner)
    _ending(inner)
    fulfilling.add(inner)
    holds.add(kinds)


def _taking_in(inner: Kinds[argparse.ArgumentParser]) -> None:
    opening = verb(inner, "open", does.open_one, "take in a request; who it is about is sealed")
    opening.add_argument("law", help="one in scope, such as EU_GDPR")
    opening.add_argument("right", help="such as access or erasure")
    opening.add_argument("--received", metavar="DAY", help="the day of receipt; else today")
    opening.add_argument("--channel", choices=CHANNELS, default="form", help="how it came")
    opening.add_argument("--country", default="", metavar="CC", help="whose holidays count")
    opening.add_argument("--purpose", default="", help="what is objected to; left out: all")
    persons.identifiers(opening)
    taking = verb(
        inner, "import", does.import_file, "take in requests from CSV or JSON; all or none"
    )
    taking.add_argument("file", type=arguments.path, metavar="FILE", help="one request per row")
    signal = verb(inner, "signal", does.take_signal, "take in a Global Privacy Control signal")
    signal.add_argument("--received", metavar="DAY", help="the day of receipt; else today")
    persons.identifiers(signal)


def _looking(inner: Kinds[argparse.ArgumentParser]) -> None:
    rights = verb(
        inner, "rights", does.show_rights, "the rights under a law, with clocks and grounds"
    )
    rights.add_argument("law", nargs="?", help="which law; left out: all in scope")
    listing = verb(inner, "list", does.list_requests, "what is due, most urgent first")
    listing.add_argument("--all", action="store_true", help="those with nothing left to do too")
    _one(verb(inner, "show", does.show, "one request: clocks, history, what can come next"))
    counting = verb(
        inner, "statistics", does.show_statistics, "what came in, and how it was answered"
    )
    logging = verb(inner, "log", does.write_log, "the log for a regulator; it names nobody")
    logging.add_argument("--out", type=arguments.path, required=True, metavar="F", help="CSV, JSON")
    for added in (counting, logging):
        added.add_argument("--since", metavar="DAY", help="else as far back as the log is kept")
        added.add_argument("--until", metavar="DAY", help="else today")


def _identifying(inner: Kinds[argparse.ArgumentParser]) -> None:
    confirming = _one(verb(inner, "confirm", does.confirm, "note that receipt was confirmed"))
    confirming.add_argument("--on", metavar="DAY", help="else today")
    asking = _one(verb(inner, "ask-identity", does.ask_identity, "ask for more proof of who asks"))
    asking.add_argument("--doubt", required=True, help="why it is not clear who asks")
    rejecting = _one(verb(inner, "reject-proof", does.reject_proof, "a proof was not taken"))
    rejecting.add_argument("--level", choices=_LEVELS, default="document", help="else document")
    rejecting.add_argument(
        "--why", required=True, choices=[one.name.lower() for one in Rejection], help="why not"
    )
    identifying = _one(verb(inner, "identify", does.identify, "note how it was checked who asks"))
    identifying.add_argument("--level", required=True, choices=_LEVELS, help="how sure it is")
    identifying.add_argument("--checked", required=True, help="what was compared, no values")
    identifying.add_argument("--agent", default="", help="how an agent showed a mandate")


def _timing(inner: Kinds[argparse.ArgumentParser]) -> None:
    extending = _one(verb(inner, "extend", does.extend, "take the longer time that the law gives"))
    extending.add_argument("--reason", required=True, help="why; the person was told it")
    extending.add_argument("--told-on", metavar="DAY", help="else today")
    pausing = _one(verb(inner, "pause", does.pause, "let the clock stand still, as the law lets"))
    pausing.add_argument("--reason", required=True, choices=list(PAUSES), help="why")
    pausing.add_argument("--since", metavar="DAY", help="else today")
    resuming = _one(verb(inner, "resume", does.resume, "let the clock go on"))
    resuming.add_argument("--until", metavar="DAY", help="else today")


def _deciding(inner: Kinds[argparse.ArgumentParser]) -> None:
    _one(verb(inner, "search", does.search, "look for the person everywhere; counts only"))
    doubting = _one(
        verb(
            inner,
            "doubts",
            doubts.doubts,
            "doubtful matches and mentions; say which are the person",
        )
    )
    for name, help_ in (
        ("--yes", "it is the person"),
        ("--no", "it is somebody else"),
        ("--undecided", "take back what was said"),
    ):
        doubting.add_argument(name, action="append", default=[], metavar="ID", help=help_)
    doubting.add_argument(
        "--mentions",
        choices=["yes", "no"],
        help="what all doubtful mentions in texts are that nobody has decided on",
    )
    deciding = _one(verb(inner, "decide", does.decide, "fulfil it, in part or whole, or refuse it"))
    deciding.add_argument("outcome", choices=[one.name.lower() for one in Outcome], help="what")
    deciding.add_argument("--ground", default="", help="the law's ground; see `request rights`")
    deciding.add_argument("--reason", default="", help="in words; never about the person")
    deciding.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="DATASET=EXCEPTION",
        help="rows kept for an exception of the law",
    )


def _ending(inner: Kinds[argparse.ArgumentParser]) -> None:
    doing = _one(verb(inner, "carry-out", does.carry_out, "do on the data what was decided"))
    doing.add_argument(
        "--out", type=arguments.path, metavar="DIR", help="where a package is written"
    )
    doing.add_argument("--done", default="", help="what people did: of a review or a complaint")
    erasing = verb(inner, "erase", does.erase, "erase the people of several requests at once")
    erasing.add_argument("ids", nargs="+", metavar="ID", help="the requests")
    erasing.add_argument("--plan", action="store_true", help="only say what would be done")
    for added in (doing, erasing):
        added.add_argument(
            "--backups-until", metavar="DAY", help="how long backups still hold what was erased"
        )
        persons.doubtful_mentions(added)
    answering = _one(verb(inner, "answer", does.answer, "note that the answer left"))
    answering.add_argument(
        "--told",
        action="append",
        default=[],
        metavar="WHAT",
        help="what a refusal told; see `request rights`",
    )
    appealing = _one(verb(inner, "appeal", does.appeal, "note that the person appealed"))
    hearing = _one(verb(inner, "answer-appeal", does.answer_appeal, "note the answer to an appeal"))
    hearing.add_argument("outcome", choices=["granted", "denied"], help="what it says")
    for added in (answering, appealing, hearing):
        added.add_argument("--on", metavar="DAY", help="else today")
    keeping = verb(
        inner, "retention", doubts.retention, "how long it stays readable who asked; sweep now"
    )
    keeping.add_argument("--days", type=int, help="days after the answer; else as it is set")
    keeping.add_argument("--sweep", action="store_true", help="destroy the keys that are over")
    _one(verb(inner, "withdraw", does.withdraw, "note that the person took it back"))
    _one(verb(inner, "close", does.close, "close it; after an erasure nobody can tell who it was"))


def _one(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
    added.add_argument("id", help="the request")
    return added
