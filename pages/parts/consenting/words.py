"""What states and barriers are called on pages."""

from __future__ import annotations

from compliance.rights.nouns import Barrier, ConsentState

STATES = {
    ConsentState.GIVEN: "Agreed",
    ConsentState.ASK_AGAIN: "To be asked again",
    ConsentState.EXPIRED: "Expired",
    ConsentState.WITHDRAWN: "Withdrawn",
}
BARRIERS = {
    Barrier.NO_CONSENT: "No consent",
    Barrier.WITHDRAWN: "Withdrawn",
    Barrier.EXPIRED: "Expired",
    Barrier.ASK_AGAIN: "To be asked again",
    Barrier.OBJECTED: "Objection",
    Barrier.RESTRICTED: "Restriction",
    Barrier.OPTED_OUT: "Opt-out",
}
