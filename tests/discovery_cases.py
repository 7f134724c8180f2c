"""Tables for the tests of discovery, and values of many kinds, all invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pyarrow as pa

from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column
from compliance.dataset.table import Table
from compliance.discovery import discover
from compliance.discovery.nouns import Label

ROWS = 60


def labels_of(columns: Mapping[str, Sequence[object]]) -> dict[str, Label]:
    """The labels of a table with these columns, taken in as any table is."""
    table, found = table_of(columns)
    return {label.column: label for label in discover(table, found)}


def table_of(columns: Mapping[str, Sequence[object]]) -> tuple[Table, tuple[Column, ...]]:
    """A table with these columns, cleaned as any table is and stored nowhere, and its columns."""
    cleaned = clean(pa.table({name: pa.array(list(values)) for name, values in columns.items()}))
    return Table.in_memory(cleaned.table), cleaned.columns


def label_of(header: str, values: Sequence[object], **others: Sequence[object]) -> Label:
    """The label of one column, beside `others`; `values` are repeated to fill all rows."""
    table = {header: repeated(values), **{k: repeated(v) for k, v in others.items()}}
    return labels_of(table)[header]


def repeated(values: Sequence[object]) -> list[object]:
    """`values` again and again, up to `ROWS`."""
    return [values[row % len(values)] for row in range(ROWS)]


def with_digit(starts: Sequence[str]) -> list[str]:
    """Each start with the digit that makes it pass Luhn's test."""
    return [start + str(-_luhn_sum(start) % 10) for start in starts]


def chinese_ids(count: int = ROWS) -> list[str]:
    """Resident identity numbers with right check characters, in counties all over the country."""
    return [_with_chinese_check(start) for start in _chinese_starts(count)]


def _chinese_starts(count: int) -> list[str]:
    first = dt.date(1955, 3, 1)
    counties = ("110105", "310104", "440305", "510107", "330106")
    return [
        f"{counties[n % 5]}{first + dt.timedelta(days=211 * n):%Y%m%d}{(n * 37) % 999:03d}"
        for n in range(count)
    ]


def _with_chinese_check(start: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(start, weights, strict=True))
    return start + "10X98765432"[total % 11]


def _luhn_sum(start: str) -> int:
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(start))]
    return sum(number // 10 + number % 10 for number in doubled)


NUMBERS = range(ROWS)
KEYS = [10_000 + 7 * n for n in NUMBERS]
EMAILS = [f"kunde{n}@beispiel-{n % 7}.de" for n in NUMBERS]
PHONES = [f"+49 170 {1_000_000 + 90_001 * n}" for n in NUMBERS]
US_PHONES = [f"(212) 555-{1000 + 13 * n}" for n in NUMBERS]
MOBILES = [13_000_000_000 + 100_000_000 * (n % 9) + 12_345 * n for n in NUMBERS]
DATES = [f"{1950 + n % 50}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in NUMBERS]
RECENT = [f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in NUMBERS]
MOMENTS = [f"2024-03-{n % 28 + 1:02d} {n % 24:02d}:{n % 60:02d}:11" for n in NUMBERS]
GIVEN = ["Anna", "Peter", "Laura", "Karl", "Julia", "Thomas", "Maria", "Paul"]
FAMILY = ["Schmidt", "Weber", "Rossi", "Garcia", "Smith", "Jones", "Dupont", "Silva"]
FULL = [f"{GIVEN[n % 8]} {FAMILY[n // 8 % 8]}" for n in NUMBERS]
STREETS = [f"{n + 1} Elm Street" for n in NUMBERS]
CITIES = ["Lyon", "Porto", "Bonn", "Turin", "Leeds", "Cork"]
COUNTRIES = ["Germany", "France", "Spain", "Italy", "Japan"]
POSTCODES = [f"{10_115 + 53 * n}" for n in NUMBERS]
AGES = [18 + n % 55 for n in NUMBERS]
AMOUNTS = [f"{n * 7 % 90}.{n % 90 + 10}" for n in NUMBERS]
COUNTS = [n % 6 + 1 for n in NUMBERS]
CARDS = with_digit([f"4{n:02d}55{n * 97_531:010d}"[:15] for n in NUMBERS])
IBANS = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "CH9300762011623852957",
]
IPS = [f"192.168.{n}.{n + 7}" for n in NUMBERS]
URLS = [f"https://example.org/{n}" for n in NUMBERS]
PRODUCTS = ["Blue mug", "Wool scarf", "Desk lamp", "Tea set", "Oak shelf", "Wall clock"]
REVIEWS = [
    f"I bought this for my mother and we {w} it, it came after {n} days"
    for n, w in enumerate(("love", "like", "use", "returned", "broke", "gave"))
]
