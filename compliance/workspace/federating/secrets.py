"""What federated runs draw: coins and keys from the operating system, noise from OpenDP."""

from __future__ import annotations

import secrets

from compliance.federated import Problem, Secrets
from compliance.federated.nouns import Plan
from compliance.federated.secure.nouns import Draw
from compliance.workspace.federating.noise import noise_of
from compliance.workspace.federating.prices import clip_rule


def secrets_of(plan: Plan, problem: Problem, coins: Draw = secrets.token_bytes) -> Secrets:
    """What a run by `plan` may draw; nothing is drawn by asking.

    Args:
        coins: instead of the operating system's; each draw is one noisy sum that is paid for.
    """

    rule = clip_rule(plan, problem)
    return Secrets(draw=coins, masks=secrets.token_bytes, add_noise=noise_of(plan), clip_rule=rule)
