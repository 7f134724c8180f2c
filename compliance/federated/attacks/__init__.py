"""Attacks on a run: what its messages and its model give away, and what protection does."""

from compliance.federated.attacks.membership import Attacked, memberships
from compliance.federated.attacks.poisoning import poisonings
from compliance.federated.attacks.reconstruction import reading, reconstructions
from compliance.federated.attacks.siege import besieged, twins

__all__ = [
    "Attacked",
    "besieged",
    "memberships",
    "poisonings",
    "reading",
    "reconstructions",
    "twins",
]
