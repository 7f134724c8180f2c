"""Visits to the country shops, and whether they ended in a purchase."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.demo.drawing import Positions, drawn_by, joined, texts, words_at
from compliance.demo.exports import as_decimals, spoilt
from compliance.demo.people import acting
from compliance.demo.seasons import draw_moments
from compliance.demo.words import ClickWords, Site, click_words

Numbers = npt.NDArray[np.float64]

FIRST_SESSION = 40_000_000

_UNREAD_SHARE = 0.004


def draw_clicks(customers: pa.Table, count: int, generator: np.random.Generator) -> pa.Table:
    """One row per session, oldest first; ids of people who were not signed in are missing."""
    words = click_words()
    sites, visitors, at = _visits(customers, count, words.sites, generator)
    device = drawn_by(sites, [site.device for site in words.sites], generator)
    source = drawn_by(sites, [site.traffic_source for site in words.sites], generator)
    behaviour = _behaviour(sites, words, generator)
    odds = _log_odds(behaviour, sites, device, source, words)
    is_purchase = generator.random(count) < 1 / (1 + np.exp(-odds))
    is_signed_in = pa.array(generator.random(count) < words.signed_in_share)
    ids = as_decimals(customers["customer_id"].take(pa.array(visitors)).combine_chunks())
    numbers = FIRST_SESSION + np.cumsum(generator.integers(1, 60, size=count))
    return pa.table(
        {
            "session_id": joined("S{number}", number=texts(numbers)),
            "customer_id": pc.if_else(is_signed_in, ids, ""),
            "visited_at": pa.array(at).cast(pa.string()),
            "site": words_at([site.name for site in words.sites], sites),
            "device": words_at(list(words.model.device), device),
            "traffic_source": words_at(list(words.model.traffic_source), source),
            "pages_seen": behaviour["pages"].astype(np.int64),
            "product_minutes": spoilt(_texts(behaviour["minutes"]), _UNREAD_SHARE, "", generator),
            "bounce_rate": behaviour["bounce"],
            "cart_value": behaviour["cart"],
            "returning_visitor": pc.if_else(behaviour["returning"] > 0, "true", "false"),
            "purchased": pc.if_else(is_purchase, "true", "false"),
        }
    )


def _visits(
    customers: pa.Table,
    count: int,
    sites: tuple[Site, ...],
    generator: np.random.Generator,
) -> tuple[Positions, Positions, npt.NDArray[np.datetime64]]:
    """Per session the site, the row of a customer who could be the visitor, and the moment."""
    numbers = [int(count * site.share) for site in sites]
    numbers[0] += count - sum(numbers)
    visitors, times = [], []
    for site, number in zip(sites, numbers, strict=True):
        is_there = pc.is_in(customers["country"], value_set=pa.array(site.countries))
        there = np.flatnonzero(is_there.to_numpy())
        at = draw_moments(site.countries[0], number, generator)
        visitors.append(there[acting(customers.take(pa.array(there)), at, generator)])
        times.append(at)
    order = np.argsort(np.concatenate(times), kind="stable")
    codes = np.repeat(np.arange(len(sites)), numbers)
    return codes[order], np.concatenate(visitors)[order], np.concatenate(times)[order]


def _behaviour(
    sites: Positions, words: ClickWords, generator: np.random.Generator
) -> Mapping[str, Numbers]:
    """What visitors do: an interest that nobody sees drives all of it, with noise of its own."""
    interest = generator.standard_normal(len(sites))
    spread = np.array([site.spread for site in words.sites])[sites]

    def level(name: str, pull: float, noise: float) -> Numbers:
        middles = [words.middles[name] + site.middles.get(name, 0.0) for site in words.sites]
        own = generator.standard_normal(len(sites))
        return np.asarray(np.array(middles)[sites] + spread * (pull * interest + noise * own))

    cart = np.round(np.exp(level("cart", 0.2, 0.8)), 2)
    return {
        "pages": np.floor(np.exp(level("pages", 0.45, 0.65))) + 1,
        "minutes": np.round(np.exp(level("minutes", 0.5, 0.9)), 2),
        "bounce": np.round(0.2 / (1 + np.exp(-level("bounce", -0.5, 0.9))), 4),
        "cart": np.where(level("has_cart", 0.5, 1.0) > 0, cart, 0.0),
        "returning": (level("returning", 0.3, 1.0) > 0).astype(np.float64),
    }


def _log_odds(
    behaviour: Mapping[str, Numbers],
    sites: Positions,
    device: Positions,
    source: Positions,
    words: ClickWords,
) -> Numbers:
    """The log odds of a purchase: the common model, and what each site has of its own."""
    model = words.model
    features = {
        "intercept": (model.intercept, np.ones(len(sites))),
        "pages": (model.pages, np.log1p(behaviour["pages"])),
        "minutes": (model.minutes, np.log1p(behaviour["minutes"])),
        "bounce": (model.bounce, behaviour["bounce"]),
        "cart": (model.cart, np.log1p(behaviour["cart"])),
        "returning": (model.returning, behaviour["returning"]),
    }
    odds = np.array(list(model.device.values()))[device]
    odds = odds + np.array(list(model.traffic_source.values()))[source]
    for name, (common, values) in features.items():
        weights = np.array([common + site.own.get(name, 0.0) for site in words.sites])
        odds = odds + weights[sites] * values
    return np.asarray(odds)


def _texts(numbers: Numbers) -> pa.Array:
    return pa.array(numbers).cast(pa.string())
