"""What is counted on the rows: how old they are, and where people live."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.discovery.nouns import IdentifierClass
from compliance.rules.facts.measuring import (
    Ages,
    ages,
    date_column,
    key_column,
    people,
    residents,
    retained,
)
from tests.discovery_cases import table_of
from tests.facts_cases import AT, KEY, SAID, holding, label

CODES = {"Germany": "DE", "China": "CN", "USA": "US"}
STATES = {"California": "CA", "Texas": "TX"}


def chosen(*names: str, types: tuple[str, ...] = ()) -> str | None:
    """Which of these columns of dates tells how old a row is."""
    kinds = types or ("date",) * len(names)
    held = holding(*(label(n, kind) for n, kind in zip(names, kinds, strict=True)))
    dated = tuple(Column(name=ColumnName(n), type=ColumnType.DATE) for n in names)
    assert held.discovery is not None
    return date_column(replace(held.dataset, columns=dated), held.discovery)


@pytest.mark.parametrize(
    ("names", "column"),
    [
        pytest.param(("created_at", "last_login"), "last_login", id="activity before creation"),
        pytest.param(("registered", "order_date"), "order_date", id="event before creation"),
        pytest.param(("InvoiceDate",), "InvoiceDate", id="words in one"),
        pytest.param(("when_it_was",), "when_it_was", id="the only one"),
        pytest.param(("valid_until", "hire_date"), None, id="neither tells"),
        pytest.param(("a", "b"), None, id="two of which nobody knows"),
    ],
)
def test_the_column_that_tells_the_age_of_a_row_is_chosen_by_its_name(
    names: tuple[str, ...], column: str | None
) -> None:
    assert chosen(*names) == column


def test_the_day_of_birth_tells_no_age_of_a_row() -> None:
    assert chosen("date_of_birth", types=("birth_date",)) is None
    assert chosen("birth_date", types=("date",)) is None


def test_rows_before_the_first_day_that_is_kept_are_past() -> None:
    day = dt.date(2026, 11, 24)
    table, _ = table_of(
        {"day": [day.replace(year=2025), day.replace(year=2025, day=23), day, None]}
    )
    found = retained(ages(table, ColumnName("day")), 12, AT)

    assert (found.past, found.undated, found.oldest_months) == (1, 1, 12)


def test_without_a_retention_nothing_is_past() -> None:
    table, _ = table_of({"day": [dt.date(1999, 1, 1)]})

    assert retained(ages(table, ColumnName("day")), None, AT).past == 0


def test_moments_count_as_their_days() -> None:
    table, _ = table_of({"at": [dt.datetime(2026, 1, 1, 8), dt.datetime(2026, 1, 1, 9)]})
    found = ages(table, ColumnName("at"))

    assert found.rows.tolist() == [2]


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=30), st.integers(1, 100))
def test_a_longer_retention_never_leaves_more_rows_past(days: list[int], months: int) -> None:
    kept = np.array(sorted(set(days)), dtype="datetime64[D]") + np.timedelta64(16_000)
    found = Ages(column="d", days=kept, rows=np.ones(len(kept), np.int64), undated=0)

    assert retained(found, months + 1, AT).past <= retained(found, months, AT).past


def test_people_are_counted_once_in_each_of_their_countries() -> None:
    table, _ = table_of(
        {
            "who": ["a", "a", "b", "c", "c"],
            "land": ["Germany", "Germany", "China", "China", "Germany"],
        }
    )
    found = residents(table, ColumnName("who"), ColumnName("land"), None, CODES.get, STATES.get)

    assert found.counts == {"CN": 2, "DE": 2}
    assert found.is_of_people
    assert found.unread == 0


def test_a_value_that_is_no_country_is_counted_as_unread() -> None:
    table, _ = table_of({"who": ["a", "b", "c"], "land": ["Germany", "Elsewhere", None]})
    found = residents(table, ColumnName("who"), ColumnName("land"), None, CODES.get, STATES.get)

    assert (found.counts, found.unread) == ({"DE": 1}, 2)


def test_rows_are_counted_where_no_column_tells_people_apart() -> None:
    table, _ = table_of({"land": ["Germany", "Germany"]})
    found = residents(table, None, ColumnName("land"), None, CODES.get, STATES.get)

    assert (found.counts, found.is_of_people) == ({"DE": 2}, False)


def test_states_are_told_only_where_each_person_in_the_country_has_one() -> None:
    whole, _ = table_of(
        {
            "who": ["a", "b", "c"],
            "land": ["USA", "USA", "China"],
            "state": ["California", "Texas", "x"],
        }
    )
    part, _ = table_of({"who": ["a", "b"], "land": ["USA", "USA"], "state": ["California", None]})
    columns = ColumnName("who"), ColumnName("land"), ColumnName("state")

    found = residents(whole, *columns, CODES.get, STATES.get)
    assert found.counts == {"CN": 1, "US": 2, "US-CA": 1, "US-TX": 1}
    assert found.lacks_regions == ()
    found = residents(part, *columns, CODES.get, STATES.get)
    assert (found.counts, found.lacks_regions) == ({"US": 2}, ("US",))


def test_people_are_told_apart_by_what_an_officer_says_or_by_a_key_that_was_found() -> None:
    told = holding(KEY, label("mail", "email", IdentifierClass.DIRECT))
    nobody = holding(label("mail", "email", IdentifierClass.DIRECT))

    assert key_column(told.dataset, told.discovery) == "id"
    assert people(told.dataset, told.discovery) == 100
    assert key_column(nobody.dataset, nobody.discovery) is None
    said = holding(label("mail", "email"), said=replace(SAID, unit=ColumnName("mail")))
    assert key_column(said.dataset, said.discovery) == "mail"
