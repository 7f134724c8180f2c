"""The orders of the demo shop: who bought what, when, for how much; and one canary among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.demo.drawing import Positions, drawn_by, filled, joined, texts, words_at
from compliance.demo.nouns import Canary
from compliance.demo.people import acting
from compliance.demo.seasons import draw_moments
from compliance.demo.words import countries, shop_words

Integers = npt.NDArray[np.int64]

FIRST_ORDER, FIRST_PRODUCT = 1_000_000, 1000

_DISCOUNTS_PERCENT = (0, 0, 0, 0, 10, 20)
_ENDINGS_CENTS = (0, 50, 90, 95, 99)


def draw_orders(customers: pa.Table, count: int, generator: np.random.Generator) -> pa.Table:
    """One row per order, oldest first; `buyer` is the row of the customer in `customers`."""
    buyers, at = _buyers(customers, count, generator)
    names = [country.name for country in countries()]
    where = _codes(customers["country"].take(pa.array(buyers)), names)
    is_wholesale = customers["is_wholesale"].to_numpy()[buyers]
    categories = _categories(where, is_wholesale, names, generator)
    products, prices = _products(categories, generator)
    quantities = _quantities(is_wholesale, generator)
    percent = 100 - generator.choice(_DISCOUNTS_PERCENT, size=count)
    numbers = FIRST_ORDER + np.cumsum(generator.integers(1, 9, size=count))
    return pa.table(
        {
            "buyer": buyers,
            "order_id": joined("BW-{number}", number=texts(numbers)),
            "customer_id": customers["customer_id"].take(pa.array(buyers)),
            "ordered_at": at,
            "country": words_at(names, where),
            "category": words_at(
                [category.name for category in shop_words().categories], categories
            ),
            "product": products,
            "product_id": joined("P{number}", number=texts(FIRST_PRODUCT + products)),
            "quantity": quantities,
            "amount": _money(prices * quantities * percent // 100),
            **_payments(where, names, generator),
        }
    )


def canary_of(table: pa.Table) -> Canary:
    """The one order of the rare category in the canary's country."""
    words = shop_words()
    is_canary = pc.and_(
        pc.equal(table["country"], words.canary_country),
        pc.equal(table["category"], words.rare_category),
    )
    (row,) = table.filter(is_canary).select(["order_id", "customer_id"]).to_pylist()
    return Canary(**row, country=words.canary_country, category=words.rare_category)


def _buyers(
    customers: pa.Table, count: int, generator: np.random.Generator
) -> tuple[Positions, npt.NDArray[np.datetime64]]:
    """Per order the buyer's row and the moment: as many per country as its people are active."""
    homes = _codes(customers["country"], [country.name for country in countries()])
    activity = np.bincount(homes, weights=customers["activity"].to_numpy())
    numbers = np.maximum(1, (count * activity / activity.sum()).astype(np.int64))
    numbers[0] += count - numbers.sum()
    buyers, times = [], []
    for code, country in enumerate(countries()):
        there = np.flatnonzero(homes == code)
        at = draw_moments(country.name, int(numbers[code]), generator)
        buyers.append(there[acting(customers.take(pa.array(there)), at, generator)])
        times.append(at)
    order = np.argsort(np.concatenate(times), kind="stable")
    return np.concatenate(buyers)[order], np.concatenate(times)[order]


def _codes(column: pa.ChunkedArray, names: list[str]) -> Positions:
    return np.asarray(pc.index_in(column, value_set=pa.array(names)).to_numpy(), dtype=np.intp)


def _categories(
    where: Positions,
    is_wholesale: npt.NDArray[np.bool_],
    names: list[str],
    generator: np.random.Generator,
) -> Positions:
    """Per order a category; the rare one just once in the canary's country."""
    words = shop_words()
    weights = [[c.share * c.more_in.get(name, 1) for c in words.categories] for name in names]
    categories = drawn_by(where, weights, generator)
    plain = np.flatnonzero((where == names.index(words.canary_country)) & ~is_wholesale)
    rare = [category.name for category in words.categories].index(words.rare_category)
    categories[generator.choice(plain)] = rare
    return categories


def _products(categories: Positions, generator: np.random.Generator) -> tuple[Integers, Integers]:
    """Per order a product of its category, some more popular than others, and its price."""
    words = shop_words()
    several = words.products_per_category
    middles = np.log([category.price for category in words.categories])
    spreads = np.array([category.spread for category in words.categories])
    drawn = generator.lognormal(middles[:, None], spreads[:, None], (len(middles), several))
    endings = generator.choice(_ENDINGS_CENTS, size=drawn.shape)
    catalogue = np.maximum(1, drawn // 100).astype(np.int64) * 100 + endings
    nth = (several * generator.random(len(categories)) ** 1.7).astype(np.int64)
    return categories * several + nth, catalogue[categories, nth]


def _quantities(is_wholesale: npt.NDArray[np.bool_], generator: np.random.Generator) -> Integers:
    few = generator.geometric(0.68, size=len(is_wholesale))
    many = generator.integers(6, 61, size=len(is_wholesale))
    return np.where(is_wholesale, many, few)


def _money(cents: Integers) -> pa.Array:
    return joined("{whole}.{cents}", whole=texts(cents // 100), cents=texts(cents % 100, 2))


def _payments(
    where: Positions, names: list[str], generator: np.random.Generator
) -> dict[str, pa.Array]:
    """How it was paid, and the last digits of the card where it was one."""
    payments = shop_words().payments
    ways = sorted({way for shares in payments.values() for way in shares})
    weights = [[payments[name].get(way, 0) for way in ways] for name in names]
    methods = words_at(ways, drawn_by(where, weights, generator))
    digits = filled(["####"], np.zeros(len(where), dtype=np.intp), generator)
    return {
        "payment_method": methods,
        "card_last4": pc.if_else(pc.equal(methods, "card"), digits, ""),
    }
