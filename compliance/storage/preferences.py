"""What each person likes: no records, so they are overwritten, and gone with the person."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from compliance.storage.tables import PREFERENCE


def of(connection: Connection, person: str) -> dict[str, str]:
    """All that a person kept, by name."""
    query = select(PREFERENCE.c.name, PREFERENCE.c.value).where(PREFERENCE.c.person == person)
    return {str(name): str(value) for name, value in connection.execute(query)}


def keep(connection: Connection, person: str, name: str, value: str) -> None:
    """A person likes `name` to be `value` from now on."""
    here = (PREFERENCE.c.person == person) & (PREFERENCE.c.name == name)
    if connection.execute(update(PREFERENCE).where(here).values(value=value)).rowcount == 0:
        connection.execute(insert(PREFERENCE).values(person=person, name=name, value=value))


def forget(connection: Connection, person: str) -> None:
    """A person is here no more."""
    connection.execute(delete(PREFERENCE).where(PREFERENCE.c.person == person))
