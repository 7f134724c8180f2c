"""Rights fulfilled on the data: packages, corrections, who is told, letters, the log."""

from __future__ import annotations

from compliance.rights.fulfilling.answers import answers, authority_of
from compliance.rights.fulfilling.elements import categories_of, elements
from compliance.rights.fulfilling.files import from_csv, to_csv, to_data, zipped
from compliance.rights.fulfilling.gathering import Gathered, gathered
from compliance.rights.fulfilling.grounds import Ground, portable
from compliance.rights.fulfilling.letters import Matter, letter
from compliance.rights.fulfilling.logs import FIELDS, log_of
from compliance.rights.fulfilling.naming import OnRecord
from compliance.rights.fulfilling.others import Finder, Stored, others_columns
from compliance.rights.fulfilling.rectifying import (
    Changed,
    changed,
    checked,
    digest_of,
    hash_of,
    said_right,
    seen_in,
    whole,
)
from compliance.rights.fulfilling.telling import (
    concerned_systems,
    not_told,
    questions,
    to_tell,
    told_on,
)

__all__ = [
    "FIELDS",
    "Changed",
    "Finder",
    "Gathered",
    "Ground",
    "Matter",
    "OnRecord",
    "Stored",
    "answers",
    "authority_of",
    "categories_of",
    "changed",
    "checked",
    "concerned_systems",
    "digest_of",
    "elements",
    "from_csv",
    "gathered",
    "hash_of",
    "letter",
    "log_of",
    "not_told",
    "others_columns",
    "portable",
    "questions",
    "said_right",
    "seen_in",
    "to_csv",
    "to_data",
    "to_tell",
    "told_on",
    "whole",
    "zipped",
]
