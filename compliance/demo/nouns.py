"""The demo shop: a small invented company, its tables, and what is known to be hidden in them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from compliance.dataset.nouns import DatasetName, Description
from compliance.dataset.readers import RawFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who runs the shop.

    Attributes:
        name: of the company.
        officer: its data protection officer.
        contact: where the officer is reached.
        country: ISO 3166-1 alpha-2 code.
    """

    name: str
    officer: str
    contact: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopBudget:
    """The (ε, δ) that the company decided for everybody in `population`."""

    population: str
    epsilon: Decimal
    delta: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTable:
    """One table as the shop's systems export it.

    Attributes:
        name: for the dataset.
        files: with one header; together they are the table.
        description: what the company says of it; gaps are findings.
    """

    name: DatasetName
    files: tuple[RawFile, ...]
    description: Description


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPurpose:
    """What customers were asked about.

    Attributes:
        id, title, kind, datasets, lasts_months: as the register of consents has them.
        texts: version → the words, the newest last.
    """

    id: str
    title: str
    kind: str
    datasets: tuple[str, ...]
    lasts_months: int | None
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopConsents:
    """Who agreed to what, with days that count back from when the shop is built.

    Attributes:
        purposes: what was asked.
        given: customer, purpose, text version, method, and days back.
        withdrawn: customer, purpose, and days back.
    """

    purposes: tuple[ShopPurpose, ...]
    given: pa.Table
    withdrawn: pa.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Personal data in the text of a review.

    Attributes:
        review_id: which review.
        kind: PERSON, EMAIL, PHONE, ADDRESS, ORDER_NUMBER, HEALTH or BODY_MEASURE.
        start, end: characters of the text; `text[start:end]` is the mention.
    """

    review_id: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The only order of its category in its country: publishing that group tells on one person."""

    order_id: str
    customer_id: int
    country: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of the generated data, for scoring and for attacks.

    Attributes:
        mentions: all personal data in review texts, by review and position.
        canary: the person whom a badly protected table gives away.
    """

    mentions: tuple[Mention, ...]
    canary: Canary


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A whole small company, invented from a seed.

    Attributes:
        organisation: who runs it.
        tables: customers, orders, clicks, reviews.
        budget: of its customers.
        truth: what the tables hide.
        consents: who agreed to what.
    """

    organisation: Company
    tables: tuple[ShopTable, ...]
    budget: ShopBudget
    truth: Truth
    consents: ShopConsents

    def table(self, name: str) -> ShopTable:
        """The table called `name`.

        Raises:
            KeyError: the shop has none.
        """
        return {str(table.name): table for table in self.tables}[name]
