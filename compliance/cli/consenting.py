"""Consents, from the command line. Who somebody is comes from an option or from standard input,
and is never shown again."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from compliance.cli import arguments, typed, uses
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import ConsentRefusedError, FileMissingError
from compliance.plain import one_line
from compliance.rights.nouns import Identifier, IdentifierKind, Purpose
from compliance.settings import MAX_FILE_BYTES
from compliance.workspace import Workspace
from compliance.workspace.consenting.consents import SOON_DAYS, Taken

_LONGEST_LINE = 2**12
_OPTIONS: Mapping[str, IdentifierKind] = {
    "email": IdentifierKind.EMAIL,
    "phone": IdentifierKind.PHONE,
    "key": IdentifierKind.PERSON_KEY,
}


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """`consent`: who agreed to what, and what may be used."""
    inner = group(kinds, "consent", "who agreed to what, and what may be used for a purpose")
    _purposes(group(inner, "purpose", "what people are asked about"))
    taking = verb(inner, "import", import_file, "take consents in from CSV or JSON; all or none")
    taking.add_argument("file", type=arguments.path, metavar="FILE", help="which file")
    taking.add_argument("--purpose", default="", metavar="P", help="of rows that name none")
    taking.add_argument(
        "--population", default="", metavar="NAME", help="whose numbers the file's are"
    )
    verb(inner, "list", show, "how people stand to each purpose, in numbers")
    for name, does, help_ in (
        ("give", give, "record that one person agreed"),
        ("withdraw", withdraw, "record that one person withdrew; the rows are left out from then"),
    ):
        added = verb(inner, name, does, help_)
        added.add_argument("--purpose", required=True, metavar="P", help="which purpose")
        _person(added)
        added.add_argument("--at", metavar="WHEN", help="ISO 8601; left out: now")
    check = verb(
        inner, "check", check_use, "which rows of a dataset may be used, and why not others"
    )
    check.add_argument("name", help="the dataset")
    check.add_argument(
        "--purpose", default="", metavar="P", help="left out: what the dataset is for"
    )
    check.add_argument("--handed-on", action="store_true", help="the rows leave for others")
    giving = verb(inner, "export", export, "write all events as CSV")
    giving.add_argument("--out", type=arguments.path, required=True, metavar="F", help="the file")
    giving.add_argument(
        "--hashes", action="store_true", help="people as keyed hashes; left out: not at all"
    )


def _purposes(inner: Kinds[argparse.ArgumentParser]) -> None:
    keep = verb(inner, "keep", keep_purpose, "define a purpose, or change what is said of it")
    keep.add_argument("id", help="small letters, digits, “-”")
    keep.add_argument("--title", default="", help="for people")
    keep.add_argument("--kind", help="one of the register's kinds of purpose")
    keep.add_argument(
        "--dataset", action="append", metavar="N", help="is used for it; may be given again"
    )
    keep.add_argument("--lasts", type=int, metavar="MONTHS", help="then asked again; 0: no end")
    keep.add_argument("--text", default="", metavar="VERSION", help="another text from now on")
    keep.add_argument("--words", type=arguments.path, metavar="FILE", help="what it says")
    keep.add_argument(
        "--asks-more", action="store_true", help="who agreed to earlier texts is asked again"
    )
    verb(inner, "list", list_purposes, "all purposes")


def keep_purpose(workspace: Workspace, asked: Namespace) -> Result:
    """Define or change a purpose."""
    area = workspace.rights.consents
    words = _read(asked.words).decode("utf-8", "replace") if asked.words else ""
    made = area.keep_purpose(
        asked.id, asked.title, kind=asked.kind, datasets_=asked.dataset, lasts_months=asked.lasts
    )
    if asked.text:
        made = area.new_text(asked.id, asked.text, words, is_material=asked.asks_more)
    return _purpose(made)


def list_purposes(workspace: Workspace, _: Namespace) -> Result:
    """All purposes."""
    return {"purposes": [_purpose(one) for one in workspace.rights.consents.purposes()]}


def import_file(workspace: Workspace, asked: Namespace) -> Result:
    """Take consents in."""
    area = workspace.rights.consents
    data = _read(asked.file)
    return _taken(area.import_(data, asked.file.name, asked.purpose, asked.population))


def show(workspace: Workspace, _: Namespace) -> Result:
    """How people stand."""
    return {
        "purposes": [
            {
                "purpose": one.purpose.id,
                "title": one.purpose.title,
                **{str(state): people for state, people in one.states.items()},
                f"ending in {SOON_DAYS} days": one.expiring,
            }
            for one in workspace.rights.consents.standing()
        ]
    }


def give(workspace: Workspace, asked: Namespace) -> Result:
    """Record a consent."""
    person, at = _identifier(asked), _moment(asked.at)
    return _taken(workspace.rights.consents.give(asked.purpose, person, given_at=at))


def withdraw(workspace: Workspace, asked: Namespace) -> Result:
    """Record a withdrawal."""
    person, at = _identifier(asked), _moment(asked.at)
    return _taken(workspace.rights.consents.withdraw(asked.purpose, person, at))


def check_use(workspace: Workspace, asked: Namespace) -> Result:
    """What may be used."""
    area = workspace.rights.consents
    return uses.usable(area.usable(asked.name, asked.purpose, is_handed_on=asked.handed_on))


def export(workspace: Workspace, asked: Namespace) -> Result:
    """Write the events."""
    path = typed.destination(asked.out, workspace.settings)
    data = workspace.rights.consents.export(with_people=asked.hashes)
    typed.write(path, data)
    return {"path": str(path), "bytes": len(data)}


def _person(added: argparse.ArgumentParser) -> None:
    whose = added.add_mutually_exclusive_group(required=True)
    for option, kind in _OPTIONS.items():
        whose.add_argument(
            f"--{option}", metavar="TEXT", help=f"{kind.value}; “-”: from standard input"
        )


def _identifier(asked: Namespace) -> Identifier:
    """Who is meant; from standard input where the option says “-”."""
    for option, kind in _OPTIONS.items():
        value = getattr(asked, option)
        if value is not None:
            read = _line() if value == "-" else value
            return Identifier(kind=kind, value=read.strip())
    raise ConsentRefusedError(reason="nobody is named")


def _line() -> str:
    try:
        return sys.stdin.readline(_LONGEST_LINE).removeprefix("\ufeff")
    except ValueError:
        raise ConsentRefusedError(reason="standard input is no text in UTF-8") from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        reason = "when it was is no date; write 2026-11-26 or 2026-11-26T09:30:00Z"
        raise ConsentRefusedError(reason=reason) from None


def _read(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            raise FileMissingError(name=one_line(path.name))
        return path.read_bytes()
    except (OSError, ValueError):
        raise FileMissingError(name=one_line(path.name)) from None


def _taken(taken: Taken) -> Result:
    return {
        "rows": taken.rows,
        "new": taken.new,
        "people": taken.people,
        "purposes": dict(taken.purposes),
    }


def _purpose(purpose: Purpose) -> Result:
    return {
        "purpose": purpose.id,
        "title": purpose.title,
        "kind": purpose.kind,
        "datasets": list(purpose.datasets),
        "lasts_months": purpose.lasts_months,
        "texts": [
            {
                "version": text.version,
                "since": f"{text.at:%Y-%m-%dT%H:%M:%SZ}",
                "asks_more": text.is_material,
            }
            for text in purpose.texts
        ],
    }
