"""Mixed columns, free text, shares with intervals, legal classes, and the small model."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import discovery_cases as cases
import pytest
from discovery_cases import label_of, labels_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from compliance.discovery import (
    discover,
    laws,
    model,
    rare_findings,
    semantic_types,
    singling_out,
)
from compliance.discovery.intervals import share_in_sample
from compliance.discovery.nouns import Form, IdentifierClass, LegalClass
from compliance.discovery.types import data, type_rows


def test_a_column_of_addresses_and_numbers_is_mixed_and_its_parts_are_named() -> None:
    label = labels_of({"how to reach": [*cases.EMAILS[:40], *cases.PHONES[:20]]})["how to reach"]

    assert label.form is Form.MIXED
    assert [part.semantic_type for part in label.parts] == ["email", "phone"]
    assert [part.share.passed for part in label.parts] == [40, 20]
    assert label.identifier_class is IdentifierClass.DIRECT
    assert label.evidence[-1] == (
        "The values are of several kinds: 66 % e-mail address, 33 % telephone number."
    )


def test_a_few_of_many_kinds_are_enough_to_be_careful() -> None:
    values = [*cases.IBANS, *(f"order {n}" for n in range(54))]
    label = labels_of({"reference": values})["reference"]

    assert label.form is Form.MIXED
    assert {part.semantic_type for part in label.parts} == {"iban", "text"}
    assert label.semantic_type == "iban"


@pytest.mark.parametrize(
    ("header", "values"),
    [("email", cases.EMAILS), ("phone", cases.US_PHONES), ("name", cases.FULL),
     ("street", cases.STREETS), ("city", cases.CITIES), ("item", cases.PRODUCTS)],
)  # fmt: skip
def test_columns_of_one_kind_have_no_parts(header: str, values: Sequence[object]) -> None:
    label = label_of(header, values)

    assert (label.form, label.parts) == (Form.SINGLE, ())


@pytest.mark.parametrize("header", ["review text", "column_1", "备注"])
def test_sentences_are_free_text(header: str) -> None:
    assert label_of(header, cases.REVIEWS).form is Form.FREE_TEXT


def test_long_addresses_and_browser_names_are_no_free_text() -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:{}) Gecko/2010 Firefox/{} with many words on"
    agents = [agent.format(n, n) for n in cases.NUMBERS]
    street = "Flat 4, The Old Rectory, {} Long Acre Street, Upper Town, Lower County"
    streets = [street.format(n) for n in cases.NUMBERS]

    assert label_of("user agent", agents).form is Form.SINGLE
    assert label_of("address", streets).form is Form.SINGLE


def test_a_share_of_all_values_needs_no_interval() -> None:
    label = label_of("email", [*cases.EMAILS[:45], *(f"none {n}" for n in range(15))])

    assert label.matching is not None
    assert (label.matching.passed, label.matching.looked_at) == (45, 60)
    assert label.matching.low == label.matching.high == label.matching.share == 0.75


def test_a_share_of_a_sample_has_an_interval_around_it() -> None:
    emails = [f"user{n}@example.org" if n % 10 else f"nobody {n}" for n in range(5_000)]
    matching = labels_of({"email": emails})["email"].matching

    assert matching is not None
    assert matching.looked_at == 400
    assert 0.84 < matching.low < matching.share < matching.high < 0.95
    assert matching.low < 0.9 < matching.high


def test_types_that_no_value_shows_have_no_share() -> None:
    assert label_of("city", cases.CITIES).matching is None


def test_the_sample_has_each_stratum_in_proportion() -> None:
    """Ten in a hundred values are long; a plain sample of 400 has 40 ± 12 of them at 95 %."""
    held = [f"{n:06d}" if n % 10 else f"{n:06d} and some more words" for n in range(20_000)]
    matching = labels_of({"opaque": held, "email": [f"{v}@a.org" if len(v) > 9 else v
                                                    for v in held]})["email"].matching  # fmt: skip

    assert matching is None or abs(matching.passed - 40) <= 1


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 10**6))
def test_the_interval_holds_the_share_and_shrinks_to_it(size: int, passed: int, more: int) -> None:
    passed = min(passed, size)
    share = share_in_sample(passed, size, size + more)

    assert 0 <= share.low <= share.share <= share.high <= 1
    assert share_in_sample(passed, size, size).low == share.share
    assert share.high - share.low <= 1.96 / size**0.5 + 1e-9 if size > 30 else True


@pytest.mark.parametrize("true_share", [0.05, 0.3, 0.9])
def test_wilsons_interval_covers_the_truth_about_nineteen_times_in_twenty(
    true_share: float,
) -> None:
    """The exact chance, summed over every count that a sample of 200 can show."""
    covered = sum(
        binom.pmf(passed, 200, true_share)
        for passed in range(201)
        if (found := share_in_sample(passed, 200, 10**9)).low <= true_share <= found.high
    )

    assert 0.92 <= covered <= 0.98


LEGAL = [
    ("religion", ["gdpr_special", "pipl_sensitive", "ccpa_sensitive"]),
    ("health_condition", ["gdpr_special", "pipl_sensitive", "ccpa_sensitive"]),
    ("political_opinion", ["gdpr_special"]),
    ("union_membership", ["gdpr_special", "ccpa_sensitive"]),
    ("credit_card", ["pipl_sensitive", "ccpa_sensitive"]),
    ("coordinates", ["pipl_sensitive", "ccpa_sensitive"]),
    ("nationality", ["ccpa_sensitive"]),
    ("income", ["pipl_sensitive"]),
    ("email", []),
]


@pytest.mark.parametrize(("semantic_type", "classes"), LEGAL, ids=[row[0] for row in LEGAL])
def test_each_law_names_what_it_calls_sensitive(semantic_type: str, classes: list[str]) -> None:
    type_ = semantic_types()[semantic_type]

    assert list(type_.legal_classes) == classes
    assert type_.special_category == ("gdpr_special" in classes)


def test_every_legal_class_has_its_article_and_source() -> None:
    assert list(laws()) == list(LegalClass)
    assert all(law.article and law.covers and law.source and law.as_of for law in laws().values())


def test_legal_classes_are_said_of_personal_columns_only() -> None:
    assert label_of("religion", ["Hindu", "Muslim", "Christian"]).legal_classes
    assert label_of("religion", [None]).legal_classes == ()


UNLISTED = [
    "Ottmar Wieczorrek", "Gundolf Reifsteck", "Adelgunde Brockschmidt", "Tibor Hallmackenreuther",
    "Roswitha Dudenhausen", "Hadumod Ziegenbalg", "Lothar Knickrehm", "Irmtraud Sackmann",
    "Eilert Poggensee", "Notburga Achenbach", "Wendelin Kruppke", "Sieglinde Terbrueggen",
]  # fmt: skip


def test_names_that_no_list_knows_are_seen_by_the_model() -> None:
    label = label_of("column_1", UNLISTED)

    assert (label.semantic_type, label.identifier_class) == ("person_name", "direct")
    assert label.confidence <= 0.6
    assert any(sentence.endswith("the word of a small model.") for sentence in label.evidence)


def test_the_model_is_silent_where_header_or_checks_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked(_: object) -> None:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("compliance.discovery.profiles.guess", unasked)
    label_of("product", UNLISTED)
    label_of("column_1", cases.EMAILS)
    with pytest.raises(AssertionError, match="asked"):
        label_of("column_1", UNLISTED)


@pytest.mark.parametrize(
    "values",
    [cases.PRODUCTS * 2, [f"KX-{n:04d}" for n in range(40)], ["red", "green", "blue"] * 4,
     [f"{n} x oak shelf {n} cm" for n in range(40)]],
    ids=["goods", "codes", "colours", "measures"],
)  # fmt: skip
def test_the_model_takes_no_goods_and_codes_for_people(values: list[str]) -> None:
    assert model.guess(values) is None


def test_the_model_needs_a_few_values() -> None:
    assert model.guess(UNLISTED[:7]) is None


def test_the_card_of_the_model_says_what_it_says_and_how_well() -> None:
    card = data("model")

    assert card["source"]
    assert card["limits"]
    said = set(card["held_out"]) - {model.OTHER}
    assert said <= set(type_rows())
    others = card["held_out"][model.OTHER]
    assert others["wrong"] <= 0.01 * others["columns"]


def test_a_header_of_articles_alone_says_nothing() -> None:
    assert label_of("de", ["yes", "no"], customer_id=cases.KEYS).semantic_type == "boolean"


AWKWARD = [
    ("a header with quotes", {'the "first" name': cases.FULL, "it's": cases.EMAILS}),
    ("one row", {"email": ["a@example.org"], "n": [1]}),
    ("no row", {"email": [None], "n": [None]}),
    ("all unique", {"id": list(cases.NUMBERS), "email": cases.EMAILS}),
    ("wrongly decoded texts", {"name": [f"MÃ¼ller {n}" for n in cases.NUMBERS],
                               "city": ["KÃ¶ln\ufffd", "\ufffd\ufffd", "a\x00b"] * 20}),
]  # fmt: skip


@pytest.mark.parametrize("table", [row[1] for row in AWKWARD], ids=[row[0] for row in AWKWARD])
def test_awkward_tables_get_a_label_for_each_column(table: dict[str, list[object]]) -> None:
    labels = labels_of(table)

    assert len(labels) == len(table)
    assert all(label.evidence for label in labels.values())


def test_nothing_tries_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was tried")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    model._model.cache_clear()
    held = {"email": cases.EMAILS, "phone": cases.PHONES, "column_3": UNLISTED * 5}
    table, columns = cases.table_of(held)
    labels = discover(table, columns)

    assert [label.semantic_type for label in labels] == ["email", "phone", "person_name"]
    assert rare_findings(table, columns, labels) == ()
    assert singling_out(table, table.column_names).each
