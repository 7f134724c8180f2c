"""The demo shop, taken in as an officer would: company, tables, budget, register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.countries import is_country
from compliance.dataset import read
from compliance.dataset.nouns import Dataset
from compliance.errors import DescriptionError
from compliance.plain import one_line, to_json
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.storage import tables
from compliance.workspace import budgets, datasets, requesting_demo
from compliance.workspace.consenting import Consenting
from compliance.workspace.desk import Desk
from compliance.workspace.registering import Registering

if TYPE_CHECKING:
    from compliance.demo import Shop  # loads what only the demo needs

COMPANY = "Birnwald & Söhne Online"  # so that whoever asks need not load the demo
TABLES = frozenset({"clicks", "customers", "orders", "reviews"})
_CUSTOMERS = "customers"


def describe(desk: Desk, organisation: Organisation) -> None:
    """Record who is accountable.

    Raises:
        DescriptionError: there is no such country.
    """
    if organisation.country and not is_country(organisation.country):
        known = "a country's code of two letters, such as DE, GB, US or CN"
        given = one_line(organisation.country[:20])
        raise DescriptionError(field="The country", given=given, known=known)
    with desk.act("organisation.describe", organisation.name or "organisation") as act:
        act.store(tables.ORGANISATION, organisation)
        act.facts["country"] = organisation.country
        if organisation.sealed_days is not None:
            act.facts["sealed_days"] = organisation.sealed_days


def build(desk: Desk) -> tuple[Dataset, ...]:
    """Build the demo shop: an invented company with customers, orders, clicks and reviews.

    What it has on record beside them counts its days from now on.
    """
    from compliance.demo import (  # loads what only the demo needs
        build_shop,
        shop_register,
        shop_requests,
    )

    shop = build_shop()
    company = shop.organisation
    describe(
        desk,
        Organisation(
            name=company.name,
            officer=company.officer,
            contact=company.contact,
            country=company.country,
        ),
    )
    added = tuple(
        datasets.add(desk, [read(file) for file in table.files], table.name, table.description)
        for table in shop.tables
    )
    total = Budget(epsilon=shop.budget.epsilon, delta=shop.budget.delta)
    budgets.decide(desk, shop.budget.population, total)
    Registering(desk).import_(to_json(shop_register(desk.clock())).encode(), "demo shop.json")
    _take_consents(desk, shop)
    customers = next(one for one in added if one.name == _CUSTOMERS)
    requesting_demo.fill(desk, customers, shop_requests())
    return added


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
