"""The demo shop: the same bytes from the same seed, plausible people, and known hidden truths."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.fr import nir
from stdnum.us import ssn

from compliance.dataset.cleaning import CleanTable, clean
from compliance.dataset.nouns import ColumnType
from compliance.dataset.readers import read, stack
from compliance.demo import Shop, build_shop
from compliance.demo.drawing import filled
from compliance.demo.words import click_words, countries, review_words, shop_words

REGIONS = {
    "Germany": "DE",
    "France": "FR",
    "United Kingdom": "GB",
    "United States": "US",
    "China": "CN",
}


@dataclass(frozen=True)
class TakenIn:
    """A shop whose tables went through the only door for data."""

    shop: Shop
    tables: dict[str, CleanTable]

    def frame(self, name: str) -> pd.DataFrame:
        return self.tables[name].table.to_pandas()

    def steps(self, name: str) -> dict[tuple[str | None, str], int]:
        return {(s.column, s.step): s.rows_changed for s in self.tables[name].steps}


def taken_in(shop: Shop) -> TakenIn:
    tables = {
        table.name: clean(stack([read(file) for file in table.files]).table)
        for table in shop.tables
    }
    return TakenIn(shop=shop, tables=tables)


@pytest.fixture(scope="module")
def small() -> TakenIn:
    return taken_in(build_shop(customers=500, orders=2_000))


@pytest.fixture(scope="module")
def full() -> TakenIn:
    return taken_in(build_shop())


def bytes_of(shop: Shop) -> dict[str, bytes]:
    return {file.name: file.data for table in shop.tables for file in table.files}


def test_same_seed_gives_the_same_bytes_and_the_same_truth() -> None:
    first, second = (build_shop(seed=5, customers=200, orders=1_000) for _ in range(2))

    assert bytes_of(first) == bytes_of(second)
    assert first == second


def test_another_seed_changes_every_file() -> None:
    first, second = (bytes_of(build_shop(seed=s, customers=200, orders=1_000)) for s in (5, 6))

    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)


def test_full_shop_has_the_promised_sizes(full: TakenIn) -> None:
    rows = {name: table.table.num_rows for name, table in full.tables.items()}
    sites = full.frame("clicks").groupby("site").size()

    assert rows == {"customers": 20_040, "orders": 200_000, "clicks": 120_000, "reviews": 8_000}
    assert full.frame("customers")["customer_id"].nunique() == 20_000
    assert (sites["CN"], sites["AT"]) == (3_000, 1_500)
    assert sites["DE"] > 50_000


def test_smaller_shop_has_the_sizes_asked_for(small: TakenIn) -> None:
    rows = {name: table.table.num_rows for name, table in small.tables.items()}

    assert rows == {"customers": 501, "orders": 2_000, "clicks": 1_200, "reviews": 80}


@pytest.mark.parametrize(("customers", "orders"), [(99, 500), (100, 499)])
def test_shop_too_small_to_hold_its_truths_is_refused(customers: int, orders: int) -> None:
    with pytest.raises(ValueError, match="100 customers"):
        build_shop(customers=customers, orders=orders)


@given(seed=st.integers(0, 2**63))
@settings(max_examples=15, deadline=None)
def test_smallest_shop_of_any_seed_has_all_countries_and_one_canary(seed: int) -> None:
    shop = taken_in(build_shop(seed=seed, customers=100, orders=500))
    orders = shop.frame("orders")
    canary = shop.shop.truth.canary

    assert set(shop.frame("customers")["country"]) == set(REGIONS)
    assert set(orders["country"]) == set(REGIONS)
    assert (
        (orders["country"] == canary.country) & (orders["category"] == canary.category)
    ).sum() == 1


TYPES = {
    "customers": {
        "customer_id": ColumnType.INTEGER,
        "full_name": ColumnType.TEXT,
        "birth_date": ColumnType.DATE,
        "postal_code": ColumnType.TEXT,
        "national_id": ColumnType.TEXT,
        "marketing_consent": ColumnType.BOOLEAN,
        "registered_at": ColumnType.TIMESTAMP,
        "annual_income": ColumnType.INTEGER,
    },
    "orders": {
        "customer_id": ColumnType.INTEGER,
        "ordered_at": ColumnType.TIMESTAMP,
        "quantity": ColumnType.INTEGER,
        "amount": ColumnType.NUMBER,
        "card_last4": ColumnType.TEXT,
    },
    "clicks": {
        "customer_id": ColumnType.INTEGER,
        "visited_at": ColumnType.TIMESTAMP,
        "pages_seen": ColumnType.INTEGER,
        "product_minutes": ColumnType.NUMBER,
        "bounce_rate": ColumnType.NUMBER,
        "cart_value": ColumnType.NUMBER,
        "returning_visitor": ColumnType.BOOLEAN,
        "purchased": ColumnType.BOOLEAN,
    },
    "reviews": {
        "customer_id": ColumnType.INTEGER,
        "rating": ColumnType.INTEGER,
        "created_at": ColumnType.TIMESTAMP,
        "text": ColumnType.TEXT,
    },
}


@pytest.mark.parametrize("table", TYPES)
@pytest.mark.parametrize("size", ["small", "full"])
def test_columns_are_read_in_the_types_meant(
    table: str, size: str, request: pytest.FixtureRequest
) -> None:
    shop: TakenIn = request.getfixturevalue(size)
    found = {column.name: column.type for column in shop.tables[table].columns}

    assert {name: found[name] for name in TYPES[table]} == TYPES[table]


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        pytest.param("customers", "customer_id", "Whole numbers", id="ids of one file end in .0"),
        pytest.param("customers", "annual_income", "Money amounts", id="incomes are money"),
        pytest.param("customers", "annual_income", "Blanks around", id="blanks after incomes"),
        pytest.param("customers", "phone", "Spellings of", id="NA for a phone"),
        pytest.param("customers", "marketing_consent", "Spellings of", id="NULL for a consent"),
        pytest.param("customers", None, "exact copies", id="customers exported twice"),
        pytest.param("orders", "category", "Blanks around", id="blanks after categories"),
        pytest.param("orders", "payment_method", "Spellings of", id="n/a for a payment"),
        pytest.param("clicks", "customer_id", "Whole numbers", id="nobody signed in"),
    ],
)
def test_cleaning_has_something_to_mend(
    full: TakenIn, table: str, column: str | None, words: str
) -> None:
    mended = [
        rows
        for (where, step), rows in full.steps(table).items()
        if where == column and words in step
    ]

    assert len(mended) == 1
    assert mended[0] > 0 or column is None


def test_every_customer_named_anywhere_is_in_the_customer_table(full: TakenIn) -> None:
    known = set(full.frame("customers")["customer_id"])

    for table in ("orders", "clicks", "reviews"):
        named = set(full.frame(table)["customer_id"].dropna().astype(int))

        assert named
        assert named <= known, table


def test_nobody_orders_before_signing_up(full: TakenIn) -> None:
    signed_up = full.frame("customers").drop_duplicates("customer_id").set_index("customer_id")
    first = full.frame("orders").groupby("customer_id")["ordered_at"].min()

    assert (first >= signed_up["registered_at"].loc[first.index]).all()


def test_everybody_orders_at_home(small: TakenIn) -> None:
    homes = small.frame("customers").drop_duplicates("customer_id").set_index("customer_id")
    orders = small.frame("orders")

    assert (orders["country"].to_numpy() == homes["country"].loc[orders["customer_id"]]).all()


def test_reviews_are_of_things_bought_before(small: TakenIn) -> None:
    bought = small.frame("reviews").merge(small.frame("orders"), on=["customer_id", "product_id"])
    earlier = bought[bought["ordered_at"] < bought["created_at"]]

    assert set(earlier["review_id"]) == set(small.frame("reviews")["review_id"])


def test_chinese_identity_numbers_are_valid_and_tell_birth_date_and_gender(full: TakenIn) -> None:
    customers = full.frame("customers").query("country == 'China'").dropna(subset=["national_id"])
    told = customers.dropna(subset=["birth_date", "gender"])

    assert len(customers) > 1_000
    assert all(ric.is_valid(number) for number in customers["national_id"])
    assert (pd.to_datetime(told["national_id"].str[6:14]).dt.date == told["birth_date"]).all()
    assert ((told["national_id"].str[16].astype(int) % 2 == 1) == (told["gender"] == "male")).all()


@pytest.mark.parametrize(
    ("country", "standard"),
    [("France", nir), ("United States", ssn)],
    ids=["French social security", "American social security"],
)
def test_other_identity_numbers_are_few_and_valid(
    full: TakenIn, country: str, standard: object
) -> None:
    customers = full.frame("customers").query("country == @country")
    given_numbers = customers["national_id"].dropna()

    assert 0.05 < len(given_numbers) / len(customers) < 0.2
    assert all(standard.is_valid(number) for number in given_numbers)  # type: ignore[attr-defined]


def test_american_numbers_lie_where_none_were_issued_to_adults(full: TakenIn) -> None:
    customers = full.frame("customers").query("country == 'United States'")
    areas = customers["national_id"].dropna().str[:3].astype(int)

    assert areas.between(773, 899).all()


@pytest.mark.parametrize("country", REGIONS)
def test_phones_are_valid_in_their_country(full: TakenIn, country: str) -> None:
    phones = full.frame("customers").query("country == @country")["phone"].dropna().unique()
    region = REGIONS[country]

    assert len(phones) > 100
    for phone in phones[:300]:
        number = phonenumbers.parse(phone, region)
        assert phonenumbers.is_valid_number_for_region(number, region), phone


def test_mail_goes_to_example_domains_only(full: TakenIn) -> None:
    mail = full.frame("customers")["email"].dropna().str.lower()

    assert mail.str.fullmatch(r"[a-z.]+\d*@example\.(com|org|net)").all()
    assert full.frame("customers")["email"].nunique() == 20_000


def test_chinese_names_and_addresses_are_in_chinese(full: TakenIn) -> None:
    customers = full.frame("customers").query("country == 'China'")

    assert customers["full_name"].str.fullmatch(r"[\u4e00-\u9fff]{2,5}").all()
    assert customers["city"].str.fullmatch(r"[\u4e00-\u9fff]{2,4}市").all()
    assert customers["street"].str.contains("区.+号.*室$").all()


def test_customers_were_of_age_when_they_signed_up(full: TakenIn) -> None:
    customers = full.frame("customers").dropna(subset=["birth_date"])
    age = customers["registered_at"] - pd.to_datetime(customers["birth_date"])

    assert age.min() >= pd.Timedelta(days=18 * 365)


def test_canary_is_the_only_order_of_its_kind(full: TakenIn) -> None:
    canary = full.shop.truth.canary
    orders = full.frame("orders")
    same = orders[(orders["country"] == canary.country) & (orders["category"] == canary.category)]

    assert same["order_id"].tolist() == [canary.order_id]
    assert same["customer_id"].tolist() == [canary.customer_id]
    assert (orders["category"] == canary.category).sum() > 20


def test_a_few_wholesale_customers_order_by_the_hundred(full: TakenIn) -> None:
    orders = full.frame("orders").groupby("customer_id").size()

    assert orders.median() < 12
    assert 5 <= (orders > 200).sum() <= 30


def test_sales_follow_the_seasons(full: TakenIn) -> None:
    days = full.frame("orders").assign(day=lambda o: o["ordered_at"].dt.date.astype(str))
    months = days.groupby(days["day"].str[:7]).size()
    chinese = days[days["country"] == "China"].groupby("day").size()
    american = days[days["country"] == "United States"].groupby("day").size()

    assert months["2025-12"] > 1.4 * months["2025-10"]
    assert chinese["2025-11-11"] > 4 * chinese.median()
    assert american["2025-11-11"] < 2 * american.median()
    assert (days["day"].min(), days["day"].max()) == ("2025-05-01", "2026-10-31")


def test_two_in_five_sessions_name_nobody(full: TakenIn) -> None:
    assert 0.38 < full.frame("clicks")["customer_id"].isna().mean() < 0.42


def test_one_in_seven_sessions_ends_in_a_purchase(full: TakenIn) -> None:
    assert 0.13 < full.frame("clicks")["purchased"].mean() < 0.16


def test_purchases_can_be_learnt_but_not_foretold(full: TakenIn) -> None:
    clicks = full.frame("clicks")
    inputs, bought = inputs_of(clicks), clicks["purchased"].to_numpy(dtype=float)
    is_held_out = np.random.default_rng(1).random(len(bought)) < 0.2
    model = fitted(inputs[~is_held_out], bought[~is_held_out])

    assert 0.82 < auc(inputs[is_held_out] @ model, bought[is_held_out]) < 0.93


def test_smallest_site_learns_less_alone_than_together(full: TakenIn) -> None:
    clicks = full.frame("clicks")
    inputs, bought = inputs_of(clicks), clicks["purchased"].to_numpy(dtype=float)
    is_there = (clicks["site"] == "AT").to_numpy()
    gains = []
    for split in range(8):
        is_held_out = np.random.default_rng(split).random(len(bought)) < 0.2
        together = fitted(inputs[~is_held_out], bought[~is_held_out])
        alone = fitted(inputs[~is_held_out & is_there], bought[~is_held_out & is_there])
        shown = is_held_out & is_there
        gains.append(
            auc(inputs[shown] @ together, bought[shown]) - auc(inputs[shown] @ alone, bought[shown])
        )

    assert np.mean(gains) > 0.01


def test_sites_differ_in_what_visitors_do(full: TakenIn) -> None:
    clicks = full.frame("clicks")
    by_app = (clicks["device"] == "app").groupby(clicks["site"]).mean()
    minutes = clicks.groupby("site")["product_minutes"].median()

    assert by_app["CN"] > 3 * by_app["DE"]
    assert minutes["CN"] < 0.7 * minutes["DE"]


def test_mentions_lie_where_the_truth_says(full: TakenIn) -> None:
    texts = full.frame("reviews").set_index("review_id")["text"]
    customers = full.frame("customers").drop_duplicates("customer_id")
    names = {same_letters(name) for name in customers["full_name"]}
    mail, orders = set(customers["email"].str.lower()), set(full.frame("orders")["order_id"])
    held = {
        "PERSON": lambda words: same_letters(words) in names,
        "EMAIL": lambda words: words in mail,
        "PHONE": lambda words: re.fullmatch(r"[+\d][\d ()/-]{6,}|\(\d{3}\) [\d-]+", words),
        "ORDER_NUMBER": lambda words: words in orders,
        "ADDRESS": lambda words: re.search(r"\d", words) and len(words) > 8,
        "HEALTH": lambda words: len(words) > 4,
        "BODY_MEASURE": lambda words: re.fullmatch(r"\d{2,3}( cm| kg|厘米|公斤)", words),
    }
    mentions = full.shop.truth.mentions

    assert {mention.kind for mention in mentions} == set(held)
    for mention in mentions:
        words = texts[mention.review_id][mention.start : mention.end]
        assert held[mention.kind](words), mention.kind


def test_no_mail_or_order_number_escapes_the_truth(full: TakenIn) -> None:
    texts = full.frame("reviews").set_index("review_id")["text"]
    known = {
        (mention.review_id, mention.start, mention.end)
        for mention in full.shop.truth.mentions
        if mention.kind in ("EMAIL", "ORDER_NUMBER")
    }
    seen = {
        (review_id, match.start(), match.end())
        for review_id, text in texts.items()
        for match in re.finditer(r"[a-z.]+\d*@example\.(?:com|org|net)|BW-\d{7}", text)
    }

    assert seen == known


def test_about_one_review_in_seven_holds_personal_data(full: TakenIn) -> None:
    with_mentions = {mention.review_id for mention in full.shop.truth.mentions}

    assert 0.13 < len(with_mentions) / 8_000 < 0.18


@pytest.mark.parametrize("sign", ["the", "die", "é", "的"], ids=["en", "de", "fr", "zh"])
def test_reviews_are_written_in_four_languages(full: TakenIn, sign: str) -> None:
    assert full.frame("reviews")["text"].str.contains(sign).sum() > 100


def test_descriptions_leave_the_gaps_that_are_to_be_found(small: TakenIn) -> None:
    said = {table.name: table.description for table in small.shop.tables}

    assert all(d.population == small.shop.budget.population for d in said.values())
    assert all(d.unit == "customer_id" and d.region == "DE" for d in said.values())
    assert said["reviews"].legal_basis is None
    assert said["reviews"].retention_months is None
    assert not said["clicks"].purpose
    assert all(said[name].purpose and said[name].legal_basis for name in ("customers", "orders"))


def test_budget_is_that_of_the_brief(small: TakenIn) -> None:
    budget = small.shop.budget

    assert (str(budget.epsilon), f"{budget.delta:.0e}") == ("3", "1e-5")


def test_word_lists_fit_together() -> None:
    clicks, reviews, shop = click_words(), review_words(), shop_words()
    blanks = set(re.findall(r"\{(\w+)", str(reviews.languages)))
    spoken = {country.language for country in countries()}

    assert sum(country.share for country in countries()) == pytest.approx(1)
    assert sum(site.share for site in clicks.sites) == pytest.approx(1)
    assert sum(category.share for category in shop.categories) == pytest.approx(1)
    assert len({category.name for category in shop.categories}) == 12
    for site in clicks.sites:
        assert len(site.device) == len(clicks.model.device), site.name
        assert len(site.traffic_source) == len(clicks.model.traffic_source), site.name
        assert set(site.middles) <= set(clicks.middles), site.name
    assert blanks - {"product"} == set(reviews.kinds)
    assert set(reviews.languages) == spoken
    assert all(set(category.nouns) == spoken for category in shop.categories)


@given(
    patterns=st.lists(st.text("#^@ab-(", min_size=1, max_size=12), min_size=1, max_size=5),
    seed=st.integers(0, 2**32),
)
def test_filled_patterns_keep_everything_but_their_blanks(patterns: list[str], seed: int) -> None:
    which = np.arange(40) % len(patterns)
    signs = {"#": r"\d", "^": "[1-9]", "@": "[A-Z]"}

    for nth, text in zip(
        which, filled(patterns, which, np.random.default_rng(seed)).to_pylist(), strict=True
    ):
        shape = "".join(signs.get(sign, re.escape(sign)) for sign in patterns[nth])
        assert re.fullmatch(shape, text)


def same_letters(name: str) -> str:
    """The name as it compares with itself in capitals, be it Turkish or with a sharp s."""
    return name.replace("ı", "i").casefold()


Numbers = npt.NDArray[np.float64]


def inputs_of(clicks: pd.DataFrame) -> Numbers:
    """Log-compressed numbers, a column per device and source, and a constant."""
    numbers = clicks[["pages_seen", "product_minutes", "bounce_rate", "cart_value"]].fillna(0)
    kinds = pd.get_dummies(clicks[["device", "traffic_source"]], drop_first=True)
    returning = clicks["returning_visitor"].to_numpy(dtype=float)
    columns = [np.log1p(numbers.to_numpy(dtype=float)), kinds.to_numpy(dtype=float)]
    return np.column_stack([*columns, returning, np.ones(len(clicks))])


def fitted(inputs: Numbers, answers: Numbers) -> Numbers:
    """Logistic regression by Newton's method, with a hair of ridge so that it always has an end."""
    model = np.zeros(inputs.shape[1])
    for _ in range(12):
        expected = 1 / (1 + np.exp(-inputs @ model))
        slope = inputs.T @ (answers - expected) - 0.01 * model
        curve = (inputs * (expected * (1 - expected))[:, None]).T @ inputs
        model += np.linalg.solve(curve + 0.01 * np.eye(len(model)), slope)
    return model


def auc(scores: Numbers, answers: Numbers) -> float:
    ranks = pd.Series(scores).rank().to_numpy()
    hits = answers.sum()
    return float(
        (ranks[answers == 1].sum() - hits * (hits + 1) / 2) / (hits * (len(answers) - hits))
    )
