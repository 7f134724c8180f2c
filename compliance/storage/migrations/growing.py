"""Tables that only grow, on SQLite and on PostgreSQL; migrations make theirs through it.

What is here is as settled as the migrations that use it: a new need is a new function.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# A key may be longer than 200 characters: SQLite ignores the length, PostgreSQL would not.
KEY = sa.String(200).with_variant(sa.Text(), "postgresql")


def create_growing_table(name: str, keys: tuple[str, ...]) -> None:
    """A table of records found by `keys`, each bound to an entry of the trail; it only grows."""
    op.create_table(
        name,
        sa.Column("position", sa.Integer, primary_key=True),
        *(sa.Column(key, KEY, nullable=False) for key in keys),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column(
            "entry",
            sa.Integer,
            sa.ForeignKey("trail.number", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
    )
    for key in keys:
        op.create_index(f"ix_{name}_{key}", name, [key])
    refuse_changes(name)


def index_entries(name: str) -> None:
    """Find the records of table `name` by their entry; a new table wants that as well."""
    op.create_index(f"ix_{name}_entry", name, ["entry"])


def index_acts() -> None:
    """Find the entries of the trail by what was done, which is the first that they say."""
    if _is_postgresql():
        op.execute(
            "create index if not exists ix_trail_act on trail (split_part(body, '\"', 4), number)"
        )
    else:
        said = "substr(body, 9, instr(substr(body, 9), '\"') - 1)"
        op.execute(f"create index if not exists ix_trail_act on trail ({said})")


def refuse_changes(name: str) -> None:
    """Let table `name` only grow."""
    said = f"{name} only grows"
    for change in ("update", "delete", "truncate"):
        _refuse(name, change, trigger=f"{name}_refuses_{change}", said=said)


def refuse_removal(name: str, *, trigger: str, said: str) -> None:
    """Let the rows of table `name` change but stay."""
    for change, suffix in (("delete", ""), ("truncate", "_whole")):
        _refuse(name, change, trigger=trigger + suffix, said=said)


def prepare_refusals() -> None:
    """What the triggers of PostgreSQL call; SQLite's hold it themselves."""
    if _is_postgresql():
        op.execute(
            "create function refuse_change() returns trigger language plpgsql as"
            " $$ begin raise exception using message = TG_ARGV[0],"
            " errcode = 'integrity_constraint_violation'; end $$"
        )


def _refuse(name: str, change: str, *, trigger: str, said: str) -> None:
    if _is_postgresql():
        op.execute(
            f"create trigger {trigger} before {change} on {name}"
            f" for each statement execute function refuse_change('{said}')"
        )
    elif change != "truncate":  # which SQLite does not know
        op.execute(
            f"create trigger {trigger} before {change} on {name}"
            f" begin select raise(abort, '{said}'); end"
        )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
