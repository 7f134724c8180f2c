"""The demo shop, built from a seed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from compliance.dataset.nouns import DatasetName
from compliance.dataset.readers import RawFile
from compliance.demo.clicks import draw_clicks
from compliance.demo.consents import draw_consents
from compliance.demo.customers import customer_files
from compliance.demo.exports import csv_file, json_lines_file, spoilt, with_stray_blanks
from compliance.demo.nouns import Shop, ShopTable, Truth
from compliance.demo.orders import canary_of, draw_orders
from compliance.demo.people import draw_people
from compliance.demo.reviews import draw_reviews
from compliance.demo.words import click_words, review_words, shop_words

DEMO_SEED = 20261124
LEAST_CUSTOMERS, LEAST_ORDERS = 100, 500


def build_shop(seed: int = DEMO_SEED, customers: int = 20_000, orders: int = 200_000) -> Shop:
    """A small e-commerce company with customers, orders, clicks and reviews, all invented.

    The same arguments give the same bytes on the same machine and libraries. Sessions
    and reviews come in proportion to orders.
    Nothing in it is meant to reach anybody: e-mail addresses lie in example domains, telephone
    numbers in the ranges that a country keeps for fiction, where it has any.

    Args:
        seed: of everything that is drawn.
        customers: how many people, at least 100; a few of them stand in the table twice.
        orders: how many, at least 500.
    """
    if customers < LEAST_CUSTOMERS or orders < LEAST_ORDERS:
        raise ValueError(
            f"a shop has {LEAST_CUSTOMERS} customers and {LEAST_ORDERS} orders or more"
        )
    shop = shop_words()
    sessions, reviews = (
        round(orders * share)
        for share in (click_words().session_share, review_words().review_share)
    )
    # One generator per table, so that a change to one leaves the bytes of the others alone.
    draws = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(7)]
    people = draw_people(customers, draws[0])
    bought = draw_orders(people, orders, draws[1])
    visits = draw_clicks(people, sessions, draws[2])
    written, mentions = draw_reviews(people, bought, reviews, draws[3])
    files = {
        "customers": customer_files(people, draws[4]),
        "orders": (_order_file(bought, draws[5]),),
        "clicks": (csv_file("clicks.csv", visits),),
        "reviews": (json_lines_file("reviews.jsonl", written),),
    }
    return Shop(
        organisation=shop.organisation,
        tables=tuple(
            ShopTable(name=DatasetName(name), files=parts, description=shop.descriptions[name])
            for name, parts in files.items()
        ),
        budget=shop.budget,
        truth=Truth(mentions=mentions, canary=canary_of(bought)),
        consents=draw_consents(people, draws[6]),
    )


def _order_file(bought: pa.Table, generator: np.random.Generator) -> RawFile:
    columns = {
        name: bought[name] for name in bought.column_names if name not in ("buyer", "product")
    }
    columns["ordered_at"] = bought["ordered_at"].cast(pa.string())
    columns["category"] = with_stray_blanks(bought["category"], 0.003, generator)
    columns["payment_method"] = spoilt(bought["payment_method"], 0.004, "n/a", generator)
    return csv_file("orders.csv", pa.table(columns))
