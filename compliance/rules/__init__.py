"""Rules: every duty checked on what the desk knows."""

from compliance.rules.assess import assess
from compliance.rules.checking import asked
from compliance.rules.improving import improvement
from compliance.rules.judging import judge
from compliance.rules.lifecycle import Tally, stages
from compliance.rules.nouns import Pack
from compliance.rules.pack import desk_pack
from compliance.rules.scope import in_scope
from compliance.rules.standing import standing

__all__ = [
    "Pack",
    "Tally",
    "asked",
    "assess",
    "desk_pack",
    "improvement",
    "in_scope",
    "judge",
    "stages",
    "standing",
]
