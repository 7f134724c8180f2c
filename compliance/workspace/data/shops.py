"""The demo shop, taken in as an officer would: company, tables, budget, register."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from compliance.dataset import read
from compliance.dataset.nouns import Dataset
from compliance.plain import to_json
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.workspace import company
from compliance.workspace.anonymising.making import Step
from compliance.workspace.consenting.consents import Consenting
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.governing.registering import Registering
from compliance.workspace.releasing import budgets
from compliance.workspace.requesting import demo as requesting_demo

if TYPE_CHECKING:
    from compliance.demo import Shop  # loads what only the demo needs

COMPANY = "Birnwald & Söhne Online"  # so that whoever asks need not load the demo
TABLES = frozenset({"clicks", "customers", "orders", "reviews"})
_CUSTOMERS = "customers"
_INVENTED, _READ, _RECORDED = 0.25, 0.65, 0.9  # how much of the time has gone by then, measured


def built(desk: Desk) -> Generator[Step, None, tuple[Dataset, ...]]:
    """Build the demo shop: an invented company with customers, orders, clicks and reviews.

    What it has on record beside them counts its days from now on.
    """
    yield Step(doing="Inventing customers, orders, clicks and reviews", share=0.0)
    from compliance.demo import (  # loads what only the demo needs
        build_shop,
        shop_register,
        shop_requests,
    )

    shop = build_shop()
    owner = shop.organisation
    company.describe(
        desk,
        Organisation(
            name=owner.name, officer=owner.officer, contact=owner.contact, country=owner.country
        ),
    )
    added = []
    for at, table in enumerate(shop.tables):
        share = _INVENTED + (_READ - _INVENTED) * at / len(shop.tables)
        yield Step(doing="Reading and cleaning tables", share=share, says=table.name)
        raws = [read(file) for file in table.files]
        added.append(datasets.add(desk, raws, table.name, table.description))
    yield Step(doing="Recording budget, register and consents", share=_READ)
    total = Budget(epsilon=shop.budget.epsilon, delta=shop.budget.delta)
    budgets.decide(desk, shop.budget.population, total)
    Registering(desk).import_(to_json(shop_register(desk.clock())).encode(), "demo shop.json")
    _take_consents(desk, shop)
    customers = next(one for one in added if one.name == _CUSTOMERS)
    yield Step(doing="Taking in what customers ask for", share=_RECORDED)
    requesting_demo.fill(desk, customers, shop_requests())
    return tuple(added)


def _take_consents(desk: Desk, shop: Shop) -> None:
    """What customers were asked, and who agreed; once, for its days count back from then."""
    from compliance.demo import consent_file

    consents = Consenting(desk)
    if consents.purposes():
        return
    for asked in shop.consents.purposes:
        consents.keep_purpose(
            asked.id,
            asked.title,
            kind=asked.kind,
            datasets_=asked.datasets,
            lasts_months=asked.lasts_months,
        )
        for version, words in asked.texts:
            consents.new_text(asked.id, version, words)
    given = consent_file(shop.consents, desk.clock())
    consents.import_(given.data, given.name)
