"""A shop's purchases and its products' weeks, made up, for the tests of federated tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from compliance.dataset.nouns import ColumnName
from compliance.federated.nouns import History

PERSON = ColumnName("customer")
START = datetime(2025, 1, 1, 9)
HISTORY = History(
    time=ColumnName("when"),
    item=ColumnName("product"),
    quantity=ColumnName("pieces"),
    price=ColumnName("price"),
)


def purchases(people: int = 240, seed: int = 0, days: int = 360) -> dict[str, list[object]]:
    """Two tastes, each for products of its own; whoever buys often keeps buying."""
    dice = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for person in range(people):
        taste, zeal = person % 2, dice.lognormal(2.2, 0.7)
        for _ in range(2 + dice.poisson(zeal)):
            product = int(dice.integers(0, 20)) + 20 * (taste ^ int(dice.random() < 0.1))
            when = START + timedelta(days=int(dice.integers(0, days)), minutes=int(zeal))
            pieces = int(dice.integers(1, 9)) * (-1 if dice.random() < 0.05 else 1)
            rows.append(
                (f"c{person}", f"land {person % 3}", when, f"p{product}", pieces, 4.5 + product)
            )
    rows.append(("c0", "land 0", START + timedelta(days=days), "p0", 1, 4.5))  # the last day
    names = ("customer", "country", "when", "product", "pieces", "price")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def weeks(products: int = 60, periods: int = 40, seed: int = 0) -> dict[str, list[object]]:
    """Products whose sales follow those of the weeks before, one column per week."""
    dice = np.random.default_rng(seed)
    level = dice.lognormal(3, 1, products)
    columns: dict[str, list[object]] = {"code": [f"p{number}" for number in range(products)]}
    for period in range(periods):
        columns[f"W{period}"] = dice.poisson(level).tolist()
    columns |= {f"Normalized {period}": [0.5] * products for period in range(periods)}
    return {**columns, "MAX": dice.poisson(level).tolist()}
