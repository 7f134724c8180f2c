"""Where copies lie, where data go, and what each law says of that."""

from __future__ import annotations

from compliance.rules.residency.asking import to_facts, to_mechanism
from compliance.rules.residency.judging import governing, judge, may_go, worst
from compliance.rules.residency.moving import (
    OUTSIDE,
    Movement,
    transfer_facts,
    unrecorded,
    whereabouts,
    would_federate,
    would_move,
)
from compliance.rules.residency.placing import copies, countries_of, flows
from compliance.rules.residency.tables import Asked, Tables, tables
from compliance.rules.residency.world import World, world

__all__ = [
    "OUTSIDE",
    "Asked",
    "Movement",
    "Tables",
    "World",
    "copies",
    "countries_of",
    "flows",
    "governing",
    "judge",
    "may_go",
    "tables",
    "to_facts",
    "to_mechanism",
    "transfer_facts",
    "unrecorded",
    "whereabouts",
    "world",
    "worst",
    "would_federate",
    "would_move",
]
