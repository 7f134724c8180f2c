"""The invented customers, and who of them acts when."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from compliance.demo.drawing import Positions, filled, joined, picked, texts, words_at
from compliance.demo.identity import national_numbers
from compliance.demo.words import Country, countries, shop_words

Moments = npt.NDArray[np.datetime64]
Truths = npt.NDArray[np.bool_]

MAIL_DOMAINS = ("example.com", "example.org", "example.net")
FIRST_ID = 100_001
ADULT, OLDEST = 18, 82

_MAIL_FORMS = ("{given}.{family}", "{given}{family}", "{family}.{given}", "{initial}.{family}")
_WOMEN_SHARE = 0.54
_INCOMES = (9_000, 990_000)


def draw_people(count: int, generator: np.random.Generator) -> pa.Table:
    """One row per customer, by the time of signing up; neat, as a shop wishes it had them.

    Beside the columns of the customer table: `address` (in one line), `activity` (how often they
    order, relative to each other) and `is_wholesale`.
    """
    numbers = [int(count * country.share) for country in countries()]
    numbers[0] += count - sum(numbers)
    blocks = [_people_of(c, n, generator) for c, n in zip(countries(), numbers, strict=True)]
    table = pa.concat_tables(blocks).sort_by("registered_at").combine_chunks()
    place = table.column_names.index("email")
    activity, is_wholesale = _activity(count, generator)
    return (
        table.set_column(place, "email", _apart(table["email"]))
        .append_column("customer_id", pa.array(_ids(count, generator)))
        .append_column("activity", pa.array(activity))
        .append_column("is_wholesale", pa.array(is_wholesale))
    )


def acting(people_there: pa.Table, moments: Moments, generator: np.random.Generator) -> Positions:
    """Per moment the row of somebody in `people_there` who had signed up by then."""
    reach = np.cumsum(people_there["activity"].to_numpy())
    known = np.searchsorted(people_there["registered_at"].to_numpy(), moments)
    marks = generator.random(len(moments)) * reach[np.maximum(known, 1) - 1]
    return np.asarray(np.searchsorted(reach, marks, side="right"), dtype=np.intp)


def _people_of(country: Country, count: int, generator: np.random.Generator) -> pa.Table:
    is_woman = generator.random(count) < _WOMEN_SHARE
    signed_up = _sign_ups(count, generator)
    births = _births(signed_up, generator)
    return pa.table(
        {
            **_names(country, is_woman, generator),
            "phone": filled(
                country.phones, generator.integers(len(country.phones), size=count), generator
            ),
            "birth_date": births,
            "gender": pc.if_else(is_woman, "female", "male"),
            **_homes(country, count, generator),
            "country": pa.array([country.name] * count),
            "registered_at": pa.array(signed_up),
            "national_id": national_numbers(country, births, is_woman, generator),
            "annual_income": _incomes(country, count, generator),
        }
    )


def _births(signed_up: Moments, generator: np.random.Generator) -> pa.Array:
    """Birth dates of people who were grown up when they signed up."""
    ages = ADULT + (OLDEST - ADULT) * generator.beta(1.6, 3, size=len(signed_up))
    days = np.ceil(ages * 365.25).astype("timedelta64[D]")
    return pa.array(signed_up.astype("datetime64[D]") - days)


def _names(
    country: Country, is_woman: Truths, generator: np.random.Generator
) -> dict[str, pa.Array]:
    """Full names, and e-mail addresses made from them in one of the usual ways."""
    count = len(is_woman)
    women, men = country.given["female"], country.given["male"]
    nth_woman = generator.integers(len(women), size=count)
    nth_man = generator.integers(len(men), size=count)
    nth_family = generator.integers(len(country.family), size=count)

    def given(of_women: list[str], of_men: list[str]) -> pa.Array:
        return pc.if_else(is_woman, words_at(of_women, nth_woman), words_at(of_men, nth_man))

    shown = given(list(women), list(men))
    spelt = given(list(women.values()), list(men.values()))
    parts = {
        "given": spelt,
        "initial": pc.utf8_slice_codeunits(spelt, 0, 1),
        "family": words_at(list(country.family.values()), nth_family),
    }
    forms = [joined(form, **parts) for form in _MAIL_FORMS]
    local = pc.choose(generator.integers(len(forms), size=count), *forms)
    return {
        "full_name": joined(
            country.full_name, given=shown, family=words_at(list(country.family), nth_family)
        ),
        "email": joined(
            "{local}@{domain}", local=local, domain=picked(MAIL_DOMAINS, count, generator)
        ),
    }


def _homes(country: Country, count: int, generator: np.random.Generator) -> dict[str, pa.Array]:
    """Street, city, postal code, and all of them in one line."""
    which = generator.integers(len(country.cities), size=count)
    house = generator.integers(len(country.house_numbers), size=count)
    parts = {
        "city": words_at([city.name for city in country.cities], which),
        "district": words_at([city.district for city in country.cities], which),
        "postal_code": filled([city.postal_code for city in country.cities], which, generator),
        "stem": picked(country.street_stems, count, generator),
        "ending": picked(country.street_endings, count, generator),
        "number": filled(country.house_numbers, house, generator),
    }
    parts["street"] = joined(country.street, **parts)
    parts["address"] = joined(country.address, **parts)
    return {name: parts[name] for name in ("street", "city", "postal_code", "address")}


def _incomes(country: Country, count: int, generator: np.random.Generator) -> pa.Array:
    """Yearly incomes in the country's money, to the hundred, as people write them."""
    drawn = generator.lognormal(np.log(country.median_income), 0.45, size=count)
    incomes = np.clip(np.round(drawn, -2), *_INCOMES).astype(np.int64)
    thousands, rest = texts(incomes // 1000), texts(incomes % 1000, 3)
    return joined(country.currency + "{thousands},{rest}", thousands=thousands, rest=rest)


def _ids(count: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    return FIRST_ID - 1 + np.cumsum(generator.integers(1, 5, size=count))


def _sign_ups(count: int, generator: np.random.Generator) -> Moments:
    words = shop_words()
    first, last = (np.datetime64(day, "s") for day in (words.registered_from, words.orders_to))
    seconds = generator.random(count) ** 0.8 * (last - first).astype(np.int64)
    return first + seconds.astype("timedelta64[s]")


def _activity(count: int, generator: np.random.Generator) -> tuple[npt.NDArray[np.float64], Truths]:
    """Heavy-tailed weights; a few early customers buy for resale, each a fixed share of all."""
    words = shop_words()
    activity = generator.lognormal(0.0, 0.8, size=count)
    several, share = max(1, count // words.wholesale_one_in), words.wholesale_share
    dealers = generator.choice(count // 2, several, replace=False)
    activity[dealers] = share * activity.sum() / (1 - several * share)
    is_wholesale = np.zeros(count, dtype=np.bool_)
    is_wholesale[dealers] = True
    return activity, is_wholesale


def _apart(addresses: pa.ChunkedArray) -> pa.Array:
    """The addresses with a number before the @ where an earlier one is the same."""
    shown = pd.Series(addresses.to_pylist(), dtype="str")
    nth = np.asarray(shown.groupby(shown).cumcount(), dtype=np.int64)
    numbers = pc.if_else(nth > 0, texts(nth + 1), "")
    parts = pc.split_pattern(addresses.combine_chunks(), "@")
    local, domain = pc.list_element(parts, 0), pc.list_element(parts, 1)
    return joined("{local}{number}@{domain}", local=local, number=numbers, domain=domain)
