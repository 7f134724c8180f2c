"""The desk's own records. Every table only grows: what was written is never changed.

But three: where the trail ends, when each visitor was last seen, and what each person likes.

Each row keeps its noun as JSON in `record`, beside the few columns that it is looked up by, and
the number of the trail entry written in the same transaction. The newest row of a name wins.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

# SQLite ignores the length; on PostgreSQL a key may be as long as an officer makes it.
_KEY = String(200).with_variant(Text(), "postgresql")

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

TRAIL = Table(
    "trail",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# One row: where the trail ends.
TRAIL_HEAD = Table(
    "trail_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entries", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What the Merkle tree of the trail is read from: full tiles of 256 hashes of one level of it. The
# root of a tile stands before its hashes, so that it is read without them.
TRAIL_TILE = Table(
    "trail_tile",
    METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)


# When each visit was last seen, in seconds since 1970: no record, and gone with the visit.
VISIT_SEEN = Table(
    "visit_seen",
    METADATA,
    Column("visit", String(64), primary_key=True),
    Column("at", Integer, nullable=False),
)

# How far a person is in the guided tour and the like: no record, and no word of the trail.
PREFERENCE = Table(
    "preference",
    METADATA,
    Column("person", _KEY, primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)


def _table(name: str, *keys: str) -> Table:
    """A table of records found by `keys`; `position` counts in the order of writing."""
    return Table(
        name,
        METADATA,
        Column("position", Integer, primary_key=True),
        *(Column(key, _KEY, nullable=False) for key in keys),
        Column("record", Text, nullable=False),
        Column(
            "entry",
            Integer,
            ForeignKey("trail.number", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        # Without it every new entry makes the database look through all records for its number.
        *(Index(f"ix_{name}_{key}", key) for key in (*keys, "entry")),
    )


ORGANISATION = _table("organisation")
DATASET = _table("dataset", "id", "name", "sha256")
DESCRIPTION = _table("description", "name")
DISCOVERY = _table("discovery", "dataset_id")
BUDGET = _table("budget", "population")
SPEND = _table("spend", "id", "population")
RELEASE = _table("release", "id", "dataset_id")
RUN = _table("run", "id", "dataset_id")
ASSESSMENT = _table("assessment", "scope")
EDGE = _table("edge", "origin", "made")
REPORT = _table("report", "id")
PROPOSAL = _table("proposal", "id", "dataset_id")
SYNTHESIS = _table("synthesis", "id", "dataset_id")
SELF_AUDIT = _table("self_audit", "id")
TRIAL = _table("trial", "id", "dataset_id")
SIEGE = _table("siege", "id", "dataset_id")
ANONYMISED = _table("anonymised", "id", "dataset_id", "made")
BASKETS = _table("baskets", "id", "dataset_id")
RECIPE = _table("recipe", "name")
VAULT = _table("vault", "id", "dataset_id")
REGISTER = _table("register", "kind", "id")
STANDING = _table("standing", "scope")
FINDING = _table("finding", "id")
REMEDIED = _table("remedied", "finding")
PACK = _table("pack", "id")
ALARM = _table("alarm", "id")
SCHEDULE = _table("schedule", "name")
AUDIT = _table("audit", "scope")
IMPACT = _table("impact", "id")
REQUEST = _table("request", "id")
HOLD = _table("hold", "id")
ERASURE = _table("erasure", "id")
REWRITING = _table("rewriting", "dataset_id")
PURPOSE = _table("purpose", "id")
CONSENTS = _table("consents", "version")
BARRIER = _table("barrier", "request")
USED = _table("used", "made")
ANCHOR = _table("anchor", "id")
VERIFIED = _table("verified", "at")
EVENT = _table("event", "run")
SIGNATURE = _table("signature", "report")
ACCOUNT = _table("account", "id")
VISIT = _table("visit", "id", "account")
FOUR_EYES = _table("four_eyes")
APPROVAL = _table("approval", "id", "digest")

RECORDS = (
    *(ORGANISATION, DATASET, DESCRIPTION, DISCOVERY, BUDGET, SPEND),
    *(RELEASE, RUN, ASSESSMENT, EDGE, REPORT, PROPOSAL, SYNTHESIS),
    *(SELF_AUDIT, TRIAL, SIEGE, ANONYMISED, BASKETS, RECIPE, VAULT),
    *(REGISTER, STANDING, FINDING, REMEDIED, PACK, ALARM, SCHEDULE, AUDIT, IMPACT),
    *(REQUEST, HOLD, ERASURE, REWRITING, PURPOSE, CONSENTS, BARRIER, USED),
    *(ANCHOR, VERIFIED, EVENT, SIGNATURE),
    *(ACCOUNT, VISIT, FOUR_EYES, APPROVAL),
)
