"""How the server goes from what the sites found to the next common model.

Sources: McMahan et al. 2017, arXiv:1602.05629 (FedAvg, FedSGD); Hsu et al. 2019,
arXiv:1909.06335 (FedAvgM); Reddi et al. 2021, arXiv:2003.00295, Algorithm 2 (FedAdam, FedYogi);
Karimireddy et al. 2020, arXiv:1910.06378, option II (SCAFFOLD); Yin et al. 2018,
arXiv:1803.01498 (median, trimmed mean); Blanchard et al. 2017, NIPS (Krum). FedProx (Li et al.
2020, arXiv:1812.06127) differs at the sites only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.nouns import Plan, Strategy

_BETA_1, _BETA_2, _TAU = 0.9, 0.99, 1e-3  # of FedAdam and FedYogi, as their paper has them


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Server:
    """What the server remembers from round to round.

    Attributes:
        velocity: its last step, where it has momentum; the first moment for FedAdam, FedYogi.
        second: their second moment.
        control: SCAFFOLD's guess of the common gradient.
        controls: per site, its own; none for other strategies.
    """

    velocity: FloatArray
    second: FloatArray
    control: FloatArray
    controls: FloatArray


def fresh_server(plan: Plan, parameters: int, sites: int) -> Server:
    """Before the first round."""
    remembers = sites if plan.strategy is Strategy.SCAFFOLD else 0
    return Server(
        velocity=np.zeros(parameters),
        second=np.full(parameters, _TAU**2),
        control=np.zeros(parameters),
        controls=np.zeros((remembers, parameters)),
    )


def averaging_weights(sizes: IntArray) -> FloatArray:
    """Each site's weight in the average: its share of the rows. They sum to 1."""
    return np.asarray(sizes / sizes.sum(), dtype=np.float64)


def joined(plan: Plan, updates: FloatArray, sizes: IntArray) -> FloatArray:
    """The sites' updates as one.

    Robust strategies let each site count alike, since a poisoned one may lie about its size.

    Args:
        updates: sites × numbers; at least one site, all finite.
        sizes: rows of each.
    """
    if plan.strategy is Strategy.MEDIAN:
        return np.asarray(np.median(updates, axis=0), dtype=np.float64)
    if plan.strategy is Strategy.TRIMMED_MEAN:
        cut = _lost(plan, len(updates))
        kept = np.sort(updates, axis=0)[cut : len(updates) - cut]
        return np.asarray(kept.mean(axis=0), dtype=np.float64)
    if plan.strategy is Strategy.KRUM:
        return np.asarray(updates[_krum(updates, _lost(plan, len(updates)))], dtype=np.float64)
    return np.asarray(averaging_weights(sizes) @ updates, dtype=np.float64)


def stepped(
    plan: Plan, model: FloatArray, update: FloatArray, server: Server
) -> tuple[FloatArray, Server]:
    """The next common model, and what the server remembers.

    Args:
        update: where the sites together would go from `model`.
    """
    if plan.strategy is Strategy.FEDAVGM:
        velocity = plan.momentum * server.velocity + plan.server_rate * update
        return model + velocity, replace(server, velocity=velocity)
    if plan.strategy in (Strategy.FEDADAM, Strategy.FEDYOGI):
        velocity = _BETA_1 * server.velocity + (1 - _BETA_1) * update
        square = update * update
        if plan.strategy is Strategy.FEDADAM:
            second = _BETA_2 * server.second + (1 - _BETA_2) * square
        else:
            second = server.second - (1 - _BETA_2) * square * np.sign(server.second - square)
        step = plan.server_rate * velocity / (np.sqrt(second) + _TAU)
        return model + step, replace(server, velocity=velocity, second=second)
    return model + plan.server_rate * update, server


def corrected(
    server: Server, taking_part: IntArray, updates: FloatArray, steps: IntArray, rate: float
) -> Server:
    """SCAFFOLD's memory after the sites at `taking_part` sent `updates` made in `steps` steps.

    A site's new control is its old one, less the common one, less its mean step over the rate.
    """
    before = server.controls[taking_part]
    after = before - server.control - updates / (np.maximum(steps, 1) * rate)[:, None]
    controls = server.controls.copy()
    controls[taking_part] = after
    control = server.control + (after - before).sum(axis=0) / len(server.controls)
    return replace(server, control=control, controls=controls)


def _lost(plan: Plan, sites: int) -> int:
    """How many sites a robust strategy sets aside on each side; some always remain."""
    return min(int(plan.tolerated * sites), (sites - 1) // 2)


def _krum(updates: FloatArray, lost: int) -> int:
    """The site whose nearest neighbours are nearest; as many count as cannot all be poisoned."""
    with np.errstate(over="ignore", invalid="ignore"):  # a lie may be too long to be squared
        squares = (updates * updates).sum(axis=1)
        apart = squares[:, None] + squares[None, :] - 2 * updates @ updates.T
    apart = np.maximum(np.where(np.isnan(apart), np.inf, apart), 0)
    np.fill_diagonal(apart, np.inf)
    neighbours = max(1, len(updates) - lost - 2)
    near = np.sort(apart, axis=1)[:, : min(neighbours, len(updates) - 1)]
    return int(near.sum(axis=1).argmin()) if len(updates) > 1 else 0
