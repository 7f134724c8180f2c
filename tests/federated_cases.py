"""What the tests of federated learning share: a small shop, plans for it, and coins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.federated import Secrets
from compliance.federated.features import IntArray
from compliance.federated.nouns import NoisePlan, Plan

PERSON = ColumnName("person")
NOISE = NoisePlan(noise_multiplier=1.0)

Store = Callable[..., tuple[Table, tuple[Column, ...]]]


def shop(rows: int = 600, sites: int = 4, seed: int = 0) -> dict[str, list[object]]:
    """Visits to a shop, whose buyers look longer and come by mail; people visit several times."""
    dice = np.random.default_rng(seed)
    seconds = dice.lognormal(3, 1.5, rows).round(1)
    channel = dice.choice(["mail", "search", "friend"], rows)
    odds = np.log1p(seconds) - 4 + 2.0 * (channel == "mail")
    return {
        "site": [f"shop {index}" for index in dice.integers(0, sites, rows).tolist()],
        "person": [f"person {index}" for index in dice.integers(0, rows // 3, rows).tolist()],
        "seconds": seconds.tolist(),
        "discount": dice.normal(0, 3, rows).round(2).tolist(),
        "channel": channel.tolist(),
        "weekend": (dice.random(rows) < 0.3).tolist(),
        "bought": np.where(dice.random(rows) < 1 / (1 + np.exp(-odds)), "yes", "no").tolist(),
    }


def plan(**changes: object) -> Plan:
    """A short plan for `shop`."""
    said = {"site_column": "site", "target": "bought", "rounds": 4, "local_epochs": 2, "batch": 16}
    return Plan(**{**said, **changes})  # type: ignore[arg-type]


def those(columns: Mapping[str, Sequence[object]], rows: Sequence[int]) -> dict[str, list[object]]:
    """The table with only these rows, in this order."""
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def label(column: str, semantic_type: str, class_: str = "none") -> Label:
    return Label(
        column=ColumnName(column),
        semantic_type=semantic_type,
        identifier_class=IdentifierClass(class_),
        confidence=1,
        evidence=("Said by the test.",),
    )


def coins(seed: int) -> Callable[[int], bytes]:
    """Bytes that a test can draw twice."""
    return np.random.default_rng(seed).bytes


def rounded_noise(seed: int) -> Callable[[float, IntArray], IntArray]:
    """Noise good enough for tests: a rounded normal, not a mechanism."""
    dice = np.random.default_rng(seed)
    return lambda scale, total: total + np.rint(dice.normal(0, scale, total.shape)).astype(np.int64)


def silent(scale: float, total: IntArray) -> IntArray:
    """No noise at all."""
    return total


def secrets(seed: int, add_noise: Callable[[float, IntArray], IntArray] | None = None) -> Secrets:
    """Coins and noise that a test can draw twice."""
    return Secrets(draw=coins(seed), masks=coins(seed), add_noise=add_noise or rounded_noise(seed))
