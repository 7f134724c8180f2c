"""The noise of federated runs, drawn by OpenDP, at the desk and at sites."""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

from compliance.federated.noising import AddNoise, Secrets, change
from compliance.federated.nouns import Plan
from compliance.privacy.nouns import GaussianEvent


def noise_of(plan: Plan) -> AddNoise:
    """What adds noise of a standard deviation, for the change that one unit of `plan` can make."""

    def noise(scale: float, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        from compliance.privacy.mechanisms import add_noise  # loads OpenDP

        event = GaussianEvent(
            statistic="model update", sensitivity_squared=change(plan) ** 2, scale=scale
        )
        return add_noise(values, event)

    return noise


def secrets_at_site(plan: Plan) -> Secrets:
    """What a site on another machine may draw; nothing is drawn by asking."""
    coins = secrets.token_bytes
    return Secrets(draw=coins, masks=coins, add_noise=noise_of(plan))
