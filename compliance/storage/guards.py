"""Whether the database still refuses to change what was written."""

from __future__ import annotations

from sqlalchemy import Connection, text

from compliance.storage.tables import RECORDS, TRAIL, TRAIL_TILE

_ON_SQLITE = "select name from sqlite_master where type = 'trigger' and sql like '%raise(abort%'"
_ON_POSTGRESQL = (
    "select tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
    " where not tgisinternal and tgenabled in ('O', 'A') and proname = 'refuse_change'"
)


def unguarded(connection: Connection) -> tuple[str, ...]:
    """The tables that would let what they hold be changed or removed: their triggers are gone."""
    is_sqlite = connection.dialect.name == "sqlite"
    query = _ON_SQLITE if is_sqlite else _ON_POSTGRESQL
    there = set(connection.execute(text(query)).scalars())
    changes = ("update", "delete") if is_sqlite else ("update", "delete", "truncate")
    stays = ("",) if is_sqlite else ("", "_whole")
    wanted = {
        table.name: [f"{table.name}_refuses_{change}" for change in changes]
        for table in (TRAIL, TRAIL_TILE, *RECORDS)
    }
    wanted["trail_head"] = [f"trail_head_stays{suffix}" for suffix in stays]
    return tuple(name for name, triggers in wanted.items() if not there.issuperset(triggers))
