"""Impact assessments, drawn from facts as far as they are known."""

from compliance.impact.beginning import begun, proposed_measures, redrawn, suggested
from compliance.impact.changing import (
    answered,
    decided,
    feared,
    gauged,
    missing_in,
    opined,
    planned,
    progress,
    screened_by_hand,
    shielded,
    submitted,
    validated,
)
from compliance.impact.exchange import from_document, to_document
from compliance.impact.gauging import level, level_after, level_before, residual
from compliance.impact.method import (
    measure_title,
    measures,
    method,
    template_named,
    templates,
    titles,
)
from compliance.impact.screening import screened, weighed
from compliance.impact.standing import (
    changes,
    contents_present,
    facts_of,
    fingerprint,
    hash_of,
    outdated,
    stale,
    standing,
)

__all__ = [
    "answered",
    "begun",
    "changes",
    "contents_present",
    "decided",
    "facts_of",
    "feared",
    "fingerprint",
    "from_document",
    "gauged",
    "hash_of",
    "level",
    "level_after",
    "level_before",
    "measure_title",
    "measures",
    "method",
    "missing_in",
    "opined",
    "outdated",
    "planned",
    "progress",
    "proposed_measures",
    "redrawn",
    "residual",
    "screened",
    "screened_by_hand",
    "shielded",
    "stale",
    "standing",
    "submitted",
    "suggested",
    "template_named",
    "templates",
    "titles",
    "to_document",
    "validated",
    "weighed",
]
