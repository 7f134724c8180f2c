"""What can be done to a column besides making it coarser along a hierarchy."""

from __future__ import annotations

from compliance.anonymise.treatments.dates import shift_of
from compliance.anonymise.treatments.drawing import corrected
from compliance.anonymise.treatments.kinds import KindRow, Setting, kinds, settings_of
from compliance.anonymise.treatments.pseudonyms import open_vault, pseudonym, to_vault
from compliance.anonymise.treatments.treating import treat

__all__ = [
    "KindRow",
    "Setting",
    "corrected",
    "kinds",
    "open_vault",
    "pseudonym",
    "settings_of",
    "shift_of",
    "to_vault",
    "treat",
]
