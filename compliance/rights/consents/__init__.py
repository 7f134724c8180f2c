"""Consents: who agreed to what when, and which rows a wish keeps out of a use."""

from compliance.rights.consents.barring import applying, barrier_order, identifying
from compliance.rights.consents.events import (
    EVENTS,
    events_of,
    forgotten,
    merged,
    news,
    read_events,
    write_events,
)
from compliance.rights.consents.hashing import (
    HASH,
    hash_of,
    hashes_in,
    hashes_of,
    normalised,
)
from compliance.rights.consents.matching import Lookup, Pairs, renamed, scores
from compliance.rights.consents.reading import Entry, methods, read_consents
from compliance.rights.consents.states import (
    Standing,
    counts,
    expiring,
    standing,
    summed_up,
    withdrawn_before,
)
from compliance.rights.consents.writing import as_csv

__all__ = [
    "EVENTS",
    "HASH",
    "Entry",
    "Lookup",
    "Pairs",
    "Standing",
    "applying",
    "as_csv",
    "barrier_order",
    "counts",
    "events_of",
    "expiring",
    "forgotten",
    "hash_of",
    "hashes_in",
    "hashes_of",
    "identifying",
    "merged",
    "methods",
    "news",
    "normalised",
    "read_consents",
    "read_events",
    "renamed",
    "scores",
    "standing",
    "summed_up",
    "withdrawn_before",
    "write_events",
]
