"""Wishes of people that keep their rows out of a use: made, ended, listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import Connection

from compliance.register.nouns import Organisation
from compliance.rights.consents import hash_of
from compliance.rights.nouns import Barred, Barrier, Identifier, IdentifierKind
from compliance.storage import records, tables
from compliance.workspace.consenting import files as consent_files
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk


def people_of(
    desk: Desk,
    connection: Connection,
    identifiers: Iterable[Identifier],
    populations: Collection[str] = (),
) -> tuple[str, ...]:
    """Keyed hashes of what a person is known by, in hexadecimal, as barriers hold them.

    Args:
        populations: among whom a person's key is one; left out, all that the desk knows.
    """
    key, code = consent_files.consent_key(desk), home_dialling(connection)
    known = tuple(populations) or populations_in(connection)
    found: dict[str, None] = {}
    for one in identifiers:
        where = known if one.kind is IdentifierKind.PERSON_KEY else ("",)
        for population in where:
            made = hash_of(key, one.kind, one.value, population, code)
            if made is not None:
                found[made.hex()] = None
    return tuple(found)


def bar(
    act: Act,
    request: str,
    people: Collection[str],
    barrier: Barrier,
    purposes: Collection[str] = (),
) -> Barred:
    """Keep somebody's rows out of uses from now on, as part of `act`.

    Args:
        people: see `people_of`.
        barrier: restriction, objection or opt-out.
        purposes: those that it is about, by id, title or kind; empty: all.
    """
    wish = Barred(
        request=request,
        barrier=barrier,
        people=tuple(people),
        purposes=tuple(purposes),
        since=act.at,
    )
    act.store(tables.BARRIER, wish, request=request)
    return wish


def lift(act: Act, request: str) -> tuple[Barred, ...]:
    """End all that stands because of `request`, as part of `act`; done twice it is done."""
    ended = tuple(
        replace(wish, lifted_at=act.at)
        for wish in wishes(act.connection)
        if wish.request == request
    )
    for wish in ended:
        act.store(tables.BARRIER, wish, request=request)
    return ended


def wishes(connection: Connection) -> tuple[Barred, ...]:
    """The wishes that stand."""
    found = {
        (wish.request, wish.barrier): wish
        for wish in records.every(connection, tables.BARRIER, Barred)
    }
    return tuple(wish for wish in found.values() if wish.lifted_at is None)


def restricted(connection: Connection) -> tuple[str, ...]:
    """Keyed hashes of everybody whose rows are only stored."""
    found = (wish.people for wish in wishes(connection) if wish.barrier is Barrier.RESTRICTED)
    return tuple(dict.fromkeys(person for people in found for person in people))


def populations_in(connection: Connection) -> tuple[str, ...]:
    """The groups of people that datasets are about, where a column tells them apart."""
    return tuple(
        dict.fromkeys(one.population for one in datasets.newest(connection) if one.description.unit)
    )


def home_dialling(connection: Connection) -> str:
    """The dialling code of telephone numbers that somebody typed without one."""
    found = records.latest(connection, tables.ORGANISATION, Organisation)
    return dialling_of(found.country if found else "")


def dialling_of(country: str) -> str:
    """The dialling code of a country; empty where none is known."""
    if not country:
        return ""
    from phonenumbers import country_code_for_region  # slow to load; most uses do without

    return str(country_code_for_region(country) or "")
