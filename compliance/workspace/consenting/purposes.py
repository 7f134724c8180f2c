"""What people are asked about: defined, named, and shown in other words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from compliance.errors import ConsentRefusedError, PurposeError, UnknownPurposeError
from compliance.plain import one_line
from compliance.register import kind_of
from compliance.rights.nouns import ConsentText, Purpose
from compliance.storage import tables
from compliance.workspace.consenting import barriers
from compliance.workspace.consenting import files as consent_files
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk

LONGEST_MONTHS = 1_200
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_VERSION = re.compile(r"[\w][\w .\-]{0,39}")
_KNOWN = 8


def keep(
    desk: Desk,
    id_: str,
    title: str,
    kind: str | None,
    used: Sequence[str] | None,
    lasts_months: int | None,
) -> Purpose:
    """Define a purpose, or change what is said of it; see `Consenting.keep_purpose`."""
    if not _ID.fullmatch(id_):
        reason = "its id is up to 48 small letters, digits, “-” and “_”"
        raise PurposeError(reason=reason)
    if lasts_months is not None and not 0 <= lasts_months <= LONGEST_MONTHS:
        raise PurposeError(reason=f"a consent lasts 1 to {LONGEST_MONTHS:,} months; 0: no end")
    if kind and kind not in kinds():
        raise PurposeError(reason=f"its kind is one of: {', '.join(kinds())}")
    with desk.act("purpose.keep", id_) as act:
        before = consent_files.purposes(act.connection).get(id_)
        made = before or Purpose(id=id_, title=one_line(title.strip())[:120] or id_)
        if title.strip():
            made = replace(made, title=one_line(title.strip())[:120])
        if kind is not None:
            made = replace(made, kind=kind)
        if used is not None:
            made = replace(made, datasets=_existing(act.connection, used))
        if lasts_months is not None:
            made = replace(made, lasts_months=lasts_months or None)
        _check_title(act.connection, made)
        return _stored(act, made)


def new_text(desk: Desk, id_: str, version: str, words: str, *, is_material: bool) -> Purpose:
    """Note that people are shown another text; see `Consenting.new_text`."""
    version = version.strip()
    if not _VERSION.fullmatch(version):
        raise PurposeError(reason="a version is up to 40 letters, digits, blanks, “.” and “-”")
    with desk.act("purpose.keep", id_[:80]) as act:
        before = named(consent_files.purposes(act.connection), id_)
        if version in {text.version for text in before.texts}:
            raise PurposeError(reason=f"version “{version}” is on record; name the new one so")
        sha256 = hashlib.sha256(words.encode()).hexdigest() if words else ""
        text = ConsentText(version=version, sha256=sha256, at=act.at, is_material=is_material)
        return _stored(act, replace(before, texts=(*before.texts, text)))


def named(known: Mapping[str, Purpose], asked: str) -> Purpose:
    """The purpose called `asked`.

    Raises:
        UnknownPurposeError: there is none.
    """
    for purpose in known.values():
        if asked.casefold() in called(purpose):
            return purpose
    names = ", ".join(list(known)[:_KNOWN]) or "none yet"
    raise UnknownPurposeError(purpose=one_line(asked)[:80], known=names)


def called(purpose: Purpose) -> tuple[str, ...]:
    """What files may call a purpose, in small letters."""
    return (purpose.id.casefold(), purpose.title.casefold())


def kinds() -> tuple[str, ...]:
    """The register's kinds of purpose."""
    field = kind_of("consent").field("purpose_type")
    return tuple(field.choices) if field else ()


def population(connection: Connection, asked: Collection[str], said: str) -> str:
    """Among whom the keys of people in consents to these purposes are one.

    Raises:
        ConsentRefusedError: nobody says so.
    """
    known = barriers.populations_in(connection)
    if said:
        if said not in known:
            raise ConsentRefusedError(reason=f"people are told apart in: {_listed(known)}")
        return said
    purposes = consent_files.purposes(connection)
    of_datasets = {
        datasets.find(connection, name).population
        for id_ in asked
        for name in purposes[id_].datasets
    }
    if len(of_datasets) == 1:
        return of_datasets.pop()
    if len(known) == 1 and not of_datasets:
        return known[0]
    reason = f"whose keys they are is not said; name the group of people, one of: {_listed(known)}"
    raise ConsentRefusedError(reason=reason)


def _existing(connection: Connection, used: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(datasets.find(connection, name).name) for name in used))


def _check_title(connection: Connection, made: Purpose) -> None:
    for other in consent_files.purposes(connection).values():
        if other.id != made.id and set(called(other)) & set(called(made)):
            raise PurposeError(reason=f"“{made.title}” is called like purpose {other.id}")


def _stored(act: Act, made: Purpose) -> Purpose:
    act.store(tables.PURPOSE, made, id=made.id)
    act.facts |= {
        "kind": made.kind,
        "datasets": list(made.datasets),
        "texts": len(made.texts),
        "lasts_months": made.lasts_months,
    }
    return made


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{one}”" for one in names[:_KNOWN]) or "no dataset yet"
