"""What federated runs draw: coins and keys from the operating system, noise from OpenDP."""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

from compliance.federated import Problem, Secrets, change
from compliance.federated.nouns import Plan
from compliance.federated.secure.nouns import Draw
from compliance.privacy.nouns import GaussianEvent
from compliance.workspace.run_prices import clip_rule


def secrets_of(plan: Plan, problem: Problem, coins: Draw = secrets.token_bytes) -> Secrets:
    """What a run by `plan` may draw; nothing is drawn by asking.

    Args:
        coins: instead of the operating system's; each draw is one noisy sum that is paid for.
    """

    def noise(scale: float, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        from compliance.privacy import mechanisms  # loads OpenDP

        event = GaussianEvent(
            statistic="model update", sensitivity_squared=change(plan) ** 2, scale=scale
        )
        return mechanisms.add_noise(values, event)

    rule = clip_rule(plan, problem)
    return Secrets(draw=coins, masks=secrets.token_bytes, add_noise=noise, clip_rule=rule)
