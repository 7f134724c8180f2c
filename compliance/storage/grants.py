"""What a role of PostgreSQL needs to work with the desk: to look and to add, nothing else.

Besides, it moves the end of the trail on, when visitors were last seen, and what people like: these
are no records.
"""

from __future__ import annotations

import re

from compliance.errors import GrantsError
from compliance.storage.tables import METADATA, PREFERENCE, TRAIL_HEAD, VISIT_SEEN

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def grants(role: str) -> tuple[str, ...]:
    """SQL that the owner of the tables runs, once they are made and after each update.

    Whoever owns tables can change them and drop what refuses that, so the desk should not work
    as their owner.

    Raises:
        GrantsError: a role cannot be called so.
    """
    if not _ROLE.fullmatch(role):
        raise GrantsError(role=role[:63])
    growing = [str(name) for name in METADATA.tables]
    counted = [
        f"{name}_position_seq" for name, one in METADATA.tables.items() if "position" in one.c
    ]
    return (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};",
        f"GRANT USAGE ON SCHEMA public TO {role};",
        f"GRANT SELECT ON alembic_version TO {role};",
        f"GRANT SELECT, INSERT ON {', '.join(growing)} TO {role};",
        f"GRANT UPDATE (entries, hash) ON {TRAIL_HEAD.name} TO {role};",
        f"GRANT UPDATE (at), DELETE ON {VISIT_SEEN.name} TO {role};",
        f"GRANT UPDATE (value), DELETE ON {PREFERENCE.name} TO {role};",
        f"GRANT USAGE ON SEQUENCE {', '.join(counted)} TO {role};",
    )
