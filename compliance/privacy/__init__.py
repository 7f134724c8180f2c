"""Differential privacy: queries, bounding, exact budgets, previews without noise, releases with it.

`mechanisms` is not imported here: it loads OpenDP, which only a release needs.
"""

from compliance.privacy.accounting import fits, loss_of, price_of
from compliance.privacy.aggregates import Aggregate, add_up, aggregate
from compliance.privacy.attacks import Attack, Trial
from compliance.privacy.bounding import Bounded, bound, choice_of
from compliance.privacy.calibration import Calibration, calibrate, division
from compliance.privacy.clipping import next_clip, split_noise
from compliance.privacy.conditions import from_conditions
from compliance.privacy.disclosure import to_document
from compliance.privacy.disclosure.yardstick import beside
from compliance.privacy.groups import epsilon_of_group, protection_of_units
from compliance.privacy.honesty import INVENTED, Assumptions, GroupError, Numbers
from compliance.privacy.ledger import (
    check_affordable,
    check_budget,
    check_held,
    loss_delta,
    state_of,
)
from compliance.privacy.planning import plan
from compliance.privacy.presets import Preset, presets_for
from compliance.privacy.preview import attacker_percent, preview
from compliance.privacy.prices import prices_of
from compliance.privacy.queries import check_query, from_query, to_query
from compliance.privacy.release import publish
from compliance.privacy.risk import (
    detection,
    dots,
    dots_of_noise,
    largest_rise,
    posterior,
    stacked,
    tradeoff,
)
from compliance.privacy.rounds import events_of_run, rounds_affordable, rounds_that_fit
from compliance.privacy.rows import joined, joined_columns
from compliance.privacy.selfaudit import SelfAudit
from compliance.privacy.synthesis import (
    coded_rows,
    from_synthesis,
    queries_of,
    synthesis_event,
    to_synthesis,
    to_texts,
)
from compliance.privacy.theorems import NoTheorem, why_no_theorem

__all__ = [
    "INVENTED",
    "Aggregate",
    "Assumptions",
    "Attack",
    "Bounded",
    "Calibration",
    "GroupError",
    "NoTheorem",
    "Numbers",
    "Preset",
    "SelfAudit",
    "Trial",
    "add_up",
    "aggregate",
    "attacker_percent",
    "beside",
    "bound",
    "calibrate",
    "check_affordable",
    "check_budget",
    "check_held",
    "check_query",
    "choice_of",
    "coded_rows",
    "detection",
    "division",
    "dots",
    "dots_of_noise",
    "epsilon_of_group",
    "events_of_run",
    "fits",
    "from_conditions",
    "from_query",
    "from_synthesis",
    "joined",
    "joined_columns",
    "largest_rise",
    "loss_delta",
    "loss_of",
    "next_clip",
    "plan",
    "posterior",
    "presets_for",
    "preview",
    "price_of",
    "prices_of",
    "protection_of_units",
    "publish",
    "queries_of",
    "rounds_affordable",
    "rounds_that_fit",
    "split_noise",
    "stacked",
    "state_of",
    "synthesis_event",
    "to_document",
    "to_query",
    "to_synthesis",
    "to_texts",
    "tradeoff",
    "why_no_theorem",
]
