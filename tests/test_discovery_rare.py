"""Rare but present: a few values of personal data in a column that is something else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import discovery_cases as cases
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.discovery import discover, ids, rare_findings, semantic_types, values
from compliance.discovery.nouns import RareFinding
from compliance.discovery.rare import _plain, kinds

ORDINARY = [f"blue mug no {n}" for n in range(1_000)]


def found_in(columns: Mapping[str, Sequence[object]]) -> tuple[RareFinding, ...]:
    """What a table with these columns holds rarely."""
    table, found = cases.table_of(columns)
    return rare_findings(table, found, discover(table, found))


ONE_IN_A_THOUSAND = [
    ("a card number", "4111 1111 1111 1111", "credit_card"),
    ("a UnionPay card number", cases.with_digit(["622202123456789012"])[0], "credit_card"),
    ("an e-mail address", "anna@example.org", "email"),
    ("an IBAN", "DE89370400440532013000", "iban"),
    ("a Chinese identity number", "11010519491231002X", "national_id"),
    ("a US social security number", "536-90-4399", "national_id"),
    ("an Italian codice fiscale", "RSSMRA85T10A562S", "national_id"),
    ("a phone number with its country", "+49 170 1234567", "phone"),
    ("a US phone number", "(212) 555-1234", "phone"),
    ("a Chinese mobile number", "13800138000", "phone"),
    ("a French phone number", "01 42 68 53 00", "phone"),
    ("a Chinese licence plate", "京A12345", "licence_plate"),
    ("a card number glued to Chinese", "卡号4111111111111111谢谢", "credit_card"),
    ("an e-mail address glued to Chinese", "邮箱wang@example.com谢谢", "email"),
    ("a mobile number glued to Chinese", "联系13800138000或", "phone"),
    ("an identity number glued to Chinese", "身份证11010519491231002X。", "national_id"),
]


@pytest.mark.parametrize(
    ("value", "semantic_type"),
    [row[1:] for row in ONE_IN_A_THOUSAND],
    ids=[row[0] for row in ONE_IN_A_THOUSAND],
)
def test_one_among_a_thousand_ordinary_values_is_raised(value: str, semantic_type: str) -> None:
    (finding,) = found_in({"item": [*ORDINARY, value]})

    assert (finding.column, finding.semantic_type) == ("item", semantic_type)
    assert (finding.count, finding.rows) == (1, 1)
    assert finding.share.looked_at == 1_001
    assert finding.share.low == finding.share.high == pytest.approx(1 / 1_001)


def test_ordinary_values_raise_nothing() -> None:
    rng = np.random.default_rng(7)
    codes = [f"{n:016d}" for n in rng.integers(10**15, 10**16, 1_000)]

    assert found_in({"item": ORDINARY, "order number": codes}) == ()


def test_numbers_that_pass_by_chance_are_no_finding_among_their_like() -> None:
    """One in ten numbers of sixteen digits has a right check digit."""
    likes = cases.with_digit([f"4{n:014d}" for n in range(10)])
    codes = [f"4{n * 7_919:015d}" for n in range(1, 500)]

    assert any(values.is_credit_card(code) for code in codes)
    assert found_in({"item": [*codes, *likes[:2]]}) == ()


def test_rows_count_how_often_the_values_stand_there() -> None:
    (finding,) = found_in({"item": [*ORDINARY, *["anna@example.org"] * 3, "bob@example.org"]})

    assert (finding.count, finding.rows) == (2, 4)


def test_what_the_column_is_anyway_is_no_rare_finding() -> None:
    assert found_in({"email": cases.EMAILS, "card": cases.CARDS, "phone": cases.PHONES}) == ()


def test_an_address_in_a_text_of_a_customer_is_raised_beside_the_label() -> None:
    texts = [*cases.REVIEWS, "I wrote to you from anna@example.org and nobody answered me"]
    (finding,) = found_in({"review text": texts})

    assert finding.semantic_type == "email"


def test_a_finding_does_not_depend_on_the_order_of_rows() -> None:
    held = [*ORDINARY, "anna@example.org", "4111111111111111"]

    assert found_in({"item": held}) == found_in({"item": held[::-1]})


def test_whole_numbers_are_searched_too() -> None:
    (finding,) = found_in({"code": [*range(1_000), 13_800_138_000]})

    assert finding.semantic_type == "phone"


def test_every_kind_names_a_type_and_a_check_that_exist() -> None:
    for kind in kinds():
        assert kind.type in semantic_types()
        assert kind.within <= set(semantic_types())
        assert bool(kind.shape) == bool(kind.check)
        assert not kind.check or callable(getattr(values, kind.check))


@pytest.mark.parametrize("scheme", ids.strict_schemes(), ids=lambda scheme: scheme.id)
@settings(max_examples=5)
@given(data=st.data())
def test_every_strict_scheme_of_identity_numbers_can_be_searched_for(
    scheme: ids.Scheme, data: st.DataObject
) -> None:
    """The engine that searches finds whatever has the scheme's shape, lookaheads or not."""
    number = data.draw(st.from_regex(re.compile(scheme.shape, re.ASCII), fullmatch=True))

    found = pc.match_substring_regex(pa.array(["none", f"no {number}."]), _plain(scheme.shape))

    assert found.to_pylist() == [False, True]
