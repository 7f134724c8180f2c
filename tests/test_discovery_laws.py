"""Laws of discovery that hold for every table."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence

from discovery_cases import labels_of
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.discovery import masked, semantic_types
from compliance.discovery.labels import masked_examples

HEADERS = (
    "customer id", "email", "phone", "name", "contact", "address", "birth date", "age", "gender",
    "country", "zip", "order no", "price", "InvoiceDate", "notes", "title", "id", "default",
    "column_1", "手机号", "姓名", "Straße", "xyzzy",
)  # fmt: skip

# No word of the evidence can be made of these, so a value found there came from the table.
opaque_texts = st.text(alphabet="qxzjwv0123456789@.+", min_size=4, max_size=20)
# Currency signs are left out: how they are taken in is for the tests of cleaning.
any_texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Sc")), max_size=40)
values_of_a_column = st.one_of(
    st.lists(opaque_texts, min_size=1, max_size=30),
    st.lists(st.integers(1_000, 10**12), min_size=1, max_size=30),
    st.lists(st.dates().map(str), min_size=1, max_size=30),
    st.lists(st.emails(domains=st.just("xq.zz")), min_size=1, max_size=10),
)


@st.composite
def tables(
    draw: st.DrawFn, values: st.SearchStrategy[list[object]]
) -> dict[str, Sequence[object | None]]:
    """Up to five columns of the same length, with gaps."""
    headers = draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=5, unique=True))
    rows = draw(st.integers(1, 40))
    columns = {header: draw(values) for header in headers}
    return {header: _filled(found, rows) for header, found in columns.items()}


def _filled(found: Sequence[object], rows: int) -> list[object | None]:
    return [None if row % 11 == 10 else str(found[row % len(found)]) for row in range(rows)]


@settings(max_examples=60, deadline=None)
@given(tables(values_of_a_column), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    table: Mapping[str, Sequence[object]], chance: random.Random
) -> None:
    rows = len(next(iter(table.values())))
    order = chance.sample(range(rows), rows)
    shuffled = {header: [values[row] for row in order] for header, values in table.items()}

    assert labels_of(shuffled) == labels_of(table)


@settings(max_examples=100, deadline=None)
@given(tables(values_of_a_column))
def test_no_evidence_holds_a_value(table: Mapping[str, Sequence[object]]) -> None:
    said = [sentence for label in labels_of(table).values() for sentence in label.evidence]
    values = {str(value) for column in table.values() for value in column if value is not None}

    for value in values:
        assert not any(value in sentence for sentence in said)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        any_texts.filter(lambda header: header.strip() != ""),
        st.lists(st.one_of(st.none(), any_texts), min_size=5, max_size=5),
        min_size=1,
        max_size=4,
    )
)
def test_any_table_gets_a_full_set_of_labels(table: Mapping[str, Sequence[object]]) -> None:
    labels = labels_of(table)

    assert list(labels) == list(table)
    for label in labels.values():
        assert label.semantic_type in semantic_types()
        assert 1 <= len(label.evidence) <= 4
        assert label.is_personal or label.examples == ()


@given(any_texts)
def test_a_mask_shows_the_first_character_and_no_other_letter_or_digit(value: str) -> None:
    shown = masked(value)

    assert shown[:1] == value[:1]
    assert len(shown) <= 12
    assert all(c == "•" or unicodedata.category(c)[0] in "PZ" for c in shown[1:])


@given(any_texts)
def test_masking_twice_is_masking_once(value: str) -> None:
    assert masked(masked(value)) == masked(value)


@given(st.lists(any_texts, max_size=20))
def test_at_most_three_different_examples_are_shown(values: list[str]) -> None:
    shown = masked_examples(values)

    assert len(shown) == len(set(shown)) <= 3


def test_a_column_is_judged_alike_beside_columns_that_say_nothing_about_it() -> None:
    emails = [f"user{n}@example.org" for n in range(900)]
    numbers = [n * 31 % 977 for n in range(900)]
    alone = labels_of({"email": emails})
    beside = labels_of({"a": numbers, "email": emails})

    assert alone["email"] == beside["email"]
