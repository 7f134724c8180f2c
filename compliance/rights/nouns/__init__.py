"""The nouns of rights: people looked for, requests, erasures, consents."""

from compliance.rights.nouns.consent import Barrier, ConsentFile, Purpose, Usable
from compliance.rights.nouns.erasure import Beyond, Erasure, Rewriting, Way
from compliance.rights.nouns.person import (
    Identifier,
    IdentifierKind,
    Match,
    Mention,
    Trace,
    Via,
)
from compliance.rights.nouns.request import (
    Decision,
    Event,
    Extension,
    Hold,
    Identity,
    IdentityLevel,
    Outcome,
    Rejected,
    Rejection,
    Request,
    Right,
    Step,
)

__all__ = [
    "Barrier",
    "Beyond",
    "ConsentFile",
    "Decision",
    "Erasure",
    "Event",
    "Extension",
    "Hold",
    "Identifier",
    "IdentifierKind",
    "Identity",
    "IdentityLevel",
    "Match",
    "Mention",
    "Outcome",
    "Purpose",
    "Rejected",
    "Rejection",
    "Request",
    "Rewriting",
    "Right",
    "Step",
    "Trace",
    "Usable",
    "Via",
    "Way",
]
