"""Reviews in four languages; where they hold personal data is known to the character."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.demo.nouns import Mention
from compliance.demo.words import Language, ReviewWords, countries, review_words, shop_words

FIRST_REVIEW = 70_000
DAYS_TO_REVIEW = (3, 29)

_BLANK = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_CENTIMETRES = (150, 198)
_MASS_INDEX = (18.5, 33.0)  # kilograms over squared metres


def draw_reviews(
    customers: pa.Table, orders: pa.Table, count: int, generator: np.random.Generator
) -> tuple[pa.Table, tuple[Mention, ...]]:
    """One row per review of an order, oldest first, and every mention of personal data in them."""
    words = review_words()
    sample, at = _reviewed(orders, count, generator)
    stars = 1 + generator.choice(len(words.stars), size=count, p=words.stars)
    numbers = FIRST_REVIEW + np.cumsum(generator.integers(1, 7, size=count))
    ids = [f"R{number}" for number in numbers.tolist()]
    spoken = {country.name: country.language for country in countries()}
    languages = [spoken[name] for name in sample["country"].to_pylist()]
    fillings = _fillings(customers, sample, languages, generator)
    rolls = generator.random((count, 8)).tolist()
    texts: list[str] = []
    mentions: list[Mention] = []
    for nth, review_id in enumerate(ids):
        language = words.languages[languages[nth]]
        sentences = _sentences(language, words.moods[stars[nth] - 1], words, rolls[nth])
        text, found = _written(sentences, language.between, fillings[nth])
        texts.append(text)
        mentions += [
            Mention(review_id=review_id, kind=words.kinds[blank], start=start, end=end)
            for blank, start, end in found
            if blank in words.kinds
        ]
    table = pa.table(
        {
            "review_id": ids,
            "customer_id": sample["customer_id"],
            "product_id": sample["product_id"],
            "rating": stars,
            "created_at": pa.array(at).cast(pa.string()),
            "text": texts,
        }
    )
    return table, tuple(mentions)


def _reviewed(
    orders: pa.Table, count: int, generator: np.random.Generator
) -> tuple[pa.Table, npt.NDArray[np.datetime64]]:
    """`count` orders old enough for a review, and when it was written, oldest first."""
    ordered_at = orders["ordered_at"].to_numpy()
    last = np.datetime64(shop_words().orders_to, "s") - np.timedelta64(DAYS_TO_REVIEW[1], "D")
    rows = generator.choice(np.searchsorted(ordered_at, last), count, replace=False)
    first, end = (days * 86_400 for days in DAYS_TO_REVIEW)
    at = ordered_at[rows] + generator.integers(first, end, size=count).astype("timedelta64[s]")
    order = np.argsort(at, kind="stable")
    return orders.take(pa.array(rows[order])), at[order]


def _fillings(
    customers: pa.Table,
    sample: pa.Table,
    languages: Sequence[str],
    generator: np.random.Generator,
) -> list[dict[str, str]]:
    """Per review what its blanks are filled with."""
    writers = customers.take(sample["buyer"].combine_chunks())
    names = writers["full_name"].to_pylist()
    heights, weights = _sizes(languages, generator)
    columns = {
        "person": names,
        "stranger": _strangers(names, sample["country"].to_pylist()),
        "email": writers["email"].to_pylist(),
        "phone": writers["phone"].to_pylist(),
        "address": writers["address"].to_pylist(),
        "order_number": sample["order_id"].to_pylist(),
        "product": _goods(sample, languages),
        "height": heights,
        "weight": weights,
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _sizes(languages: Sequence[str], generator: np.random.Generator) -> tuple[list[str], list[str]]:
    """Per review how tall and how heavy the writer is, as one says it in that language."""
    centimetres = generator.integers(*_CENTIMETRES, size=len(languages))
    index = generator.uniform(*_MASS_INDEX, size=len(languages))
    kilograms = np.round(index * (centimetres / 100) ** 2).astype(np.int64)
    spoken = [review_words().languages[language] for language in languages]
    return (
        [s.height.format(number) for s, number in zip(spoken, centimetres, strict=True)],
        [s.weight.format(number) for s, number in zip(spoken, kilograms, strict=True)],
    )


def _goods(sample: pa.Table, languages: Sequence[str]) -> list[str]:
    """Per review what was bought, in the writer's language."""
    nouns = {category.name: category.nouns for category in shop_words().categories}
    bought = zip(
        sample["category"].to_pylist(), sample["product"].to_pylist(), languages, strict=True
    )
    goods = []
    for category, product, language in bought:
        choices = nouns[category][language]
        goods.append(choices[product % len(choices)])
    return goods


def _strangers(names: Sequence[str], countries: Sequence[str]) -> list[str]:
    """Per review the name of whoever wrote the one before in the same country."""
    latest = dict(zip(countries, names, strict=True))
    strangers = []
    for name, country in zip(names, countries, strict=True):
        strangers.append(latest[country])
        latest[country] = name
    return strangers


def _sentences(
    language: Language, mood: str, words: ReviewWords, rolls: Sequence[float]
) -> Iterator[str]:
    """An opening, mostly details, sometimes something personal; `rolls` are eight numbers 0–1."""
    openings, details = language.openings[mood], language.details[mood]
    yield openings[_position(rolls[0], len(openings))]
    if rolls[1] < words.detail_share:
        first = _position(rolls[2], len(details))
        yield details[first]
        if rolls[3] < words.more_share:
            yield details[(first + 1 + _position(rolls[4], len(details) - 1)) % len(details)]
    if rolls[5] < words.personal_share:
        yield language.personal[_position(rolls[6], len(language.personal))]
        if rolls[7] < words.signed_share:
            yield language.signature


def _position(roll: float, count: int) -> int:
    return int(roll * count)


def _written(
    sentences: Iterator[str], between: str, filling: Mapping[str, str]
) -> tuple[str, list[tuple[str, int, int]]]:
    """The text, and for each blank in it where its filling starts and ends."""
    text, found = "", []
    for sentence in sentences:
        text += between if text else ""
        for plain, blank, words in _pieces(sentence):
            text += plain
            filled = words or filling.get(blank, "")
            if blank:
                found.append((blank, len(text), len(text) + len(filled)))
            text += filled
    return text, found


@cache
def _pieces(sentence: str) -> tuple[tuple[str, str, str], ...]:
    """The sentence as (plain words, blank after them, words given with the blank)."""
    pieces, start = [], 0
    for match in _BLANK.finditer(sentence):
        pieces.append((sentence[start : match.start()], match[1], match[2] or ""))
        start = match.end()
    return (*pieces, (sentence[start:], "", ""))
