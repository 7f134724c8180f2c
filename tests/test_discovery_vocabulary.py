"""The data files of discovery: complete, sourced, and naming only what exists."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.discovery import ids, semantic_types
from compliance.discovery.checks import CHECKS
from compliance.discovery.header import matches, words_of
from compliance.discovery.shapes import SHAPES
from compliance.discovery.types import TypeRow, data, filled, header_groups, type_rows

ROWS = list(type_rows().values())
READINGS = data("readings")["readings"]
OPTIONS = [option for reading in READINGS for option in reading["options"]]
FACTS = {
    "people", "key", "numbered", "customers", "staff", "trace", "orders", "goods", "reviews",
    "finance",
}  # fmt: skip


def test_every_type_has_an_id_of_its_own() -> None:
    found = [row["id"] for row in data("types")["types"]]

    assert len(found) == len(set(found)) == len(semantic_types())


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_every_type_names_its_source_and_only_what_exists(row: TypeRow) -> None:
    assert row.title
    assert row.source
    assert date.fromisoformat(row.as_of)
    assert row.shape in SHAPES
    assert row.validator in ("", *CHECKS)
    assert row.alone == "no" or row.validator
    variants = {row.as_number, row.as_flag, row.as_code, row.as_moment, row.as_day} - {""}
    assert variants <= set(type_rows())
    assert row.shows <= FACTS
    assert row.only_with <= FACTS
    assert row.unless in ("", "only_goods")
    assert bool(row.otherwise) == bool(row.only_with or row.unless)
    assert row.only_with or not row.together


def test_rows_hold_no_field_that_nobody_reads() -> None:
    known = {field.name for field in fields(TypeRow)}

    assert {key for row in data("types")["types"] for key in row} <= known


def test_no_header_phrase_stands_for_two_types() -> None:
    seen: dict[str, str] = {}
    for row in ROWS:
        for phrase in row.phrases:
            key = phrase if re.search(r"[^\x00-\u024f]", phrase) else " ".join(words_of(phrase))
            marked = phrase[0] if phrase[0] in "=~" else ""
            assert seen.setdefault(marked + key, row.id) == row.id, phrase


def test_every_header_phrase_finds_its_type() -> None:
    for row in ROWS:
        for phrase in (p.lstrip("=~") for p in row.phrases if "{" not in p):
            found = {option.type for match in matches(phrase) for option in match.options}
            assert row.id in found, phrase


def test_blanks_in_phrases_name_groups() -> None:
    templates = [phrase for row in ROWS for phrase in row.phrases if "{" in phrase]

    assert templates
    assert all("{" not in text for phrase in templates for text in filled(phrase))
    assert {"customer", "other", "person", "thing", "number"} == set(header_groups())


@pytest.mark.parametrize("option", OPTIONS, ids=[f"{n} {o['type']}" for n, o in enumerate(OPTIONS)])
def test_every_reading_names_only_what_exists(option: dict[str, Any]) -> None:
    assert set(option) <= {
        "type", "shape", "validator", "with", "without", "identifier_class", "because",
    }  # fmt: skip
    assert option["type"] in type_rows()
    assert option.get("shape", "any") in SHAPES
    assert option.get("validator", "") in ("", *CHECKS)
    assert {*option.get("with", ()), *option.get("without", ())} <= FACTS
    assert not option.get("because") or option["because"].endswith(".")


def test_every_check_and_shape_is_used() -> None:
    checks = {row.validator for row in ROWS} | {o.get("validator", "") for o in OPTIONS}
    shapes = {row.shape for row in ROWS} | {o.get("shape", "any") for o in OPTIONS}

    assert set(CHECKS) <= checks
    assert set(SHAPES) <= shapes


@pytest.mark.parametrize("name", ["words", "names", "readings", "national_ids"])
def test_word_lists_name_their_source_and_date(name: str) -> None:
    file = data(name)
    source = file.get("source") or file["defaults"]["source"]

    assert source
    assert date.fromisoformat(file["as_of"])


@pytest.mark.parametrize("scheme", ids.schemes(), ids=[s.id for s in ids.schemes()])
def test_every_identity_scheme_has_a_shape_and_a_check_that_exists(scheme: ids.Scheme) -> None:
    assert re.compile(scheme.shape)
    assert 0 < scheme.chance < 1
    if scheme.check.startswith("own."):
        assert callable(getattr(ids, scheme.check.removeprefix("own.")))
    elif scheme.check:
        assert callable(importlib.import_module(f"stdnum.{scheme.check}").is_valid)


def test_identity_schemes_have_ids_of_their_own() -> None:
    found = [scheme.id for scheme in ids.schemes()]

    assert len(found) == len(set(found))


KNOWN_NUMBERS = [
    ("cn_ric", "11010519491231002X", "110105194912310021"),
    ("tw_id", "A123456789", "A123456788"),
    ("hk_id", "G123456(A)", "G123456(9)"),
    ("sg_nric", "S1234567D", "S1234567A"),
    ("de_idnr", "36574261809", "36574261890"),
    ("es_dni", "54362315K", "54362315Z"),
    ("br_cpf", "390.533.447-05", "390.533.447-06"),
    ("nl_bsn", "111222333", "111252333"),
    ("us_ssn", "536-90-4399", "666-00-0000"),
    ("gb_nino", "AB123456C", "BG123456C"),
]


@pytest.mark.parametrize(
    ("scheme_id", "right", "wrong"), KNOWN_NUMBERS, ids=[row[0] for row in KNOWN_NUMBERS]
)
def test_published_examples_pass_and_altered_ones_fail(
    scheme_id: str, right: str, wrong: str
) -> None:
    scheme = next(scheme for scheme in ids.schemes() if scheme.id == scheme_id)

    assert ids.is_valid(scheme, right)
    assert not ids.is_valid(scheme, wrong)


HEADER_SPELLINGS = [
    ("camel case", "CustomerEmailAddress", "email address"),
    ("capitals in a row", "IPAddress", "ip address"),
    ("underscores", "customer_zip_code_prefix", "customer zip code prefix"),
    ("dots", "client.birth.date", "birth date"),
    ("blanks and brackets", "Annual Income (k$)", "annual income"),
    ("written together", "DATEOFBIRTH", "date of birth"),
    ("apostrophe", "Mother's maiden name", "mothers maiden name"),
    ("plural", "phone numbers", "phone number"),
    ("accents", "Código Postal", "codigo postal"),
    ("Chinese in a longer header", "收货人手机号码", "手机号码"),
]


@pytest.mark.parametrize(
    ("header", "phrase"),
    [row[1:] for row in HEADER_SPELLINGS],
    ids=[row[0] for row in HEADER_SPELLINGS],
)
def test_headers_are_read_in_any_common_spelling(header: str, phrase: str) -> None:
    assert matches(header)[0].phrase == phrase


@pytest.mark.parametrize("header", ["postage", "package", "campaigner", "duplicate", "essex"])
def test_words_inside_words_say_nothing(header: str) -> None:
    assert all(match.options[0].type not in ("age", "gender") for match in matches(header))


@pytest.mark.realdata
def test_the_vocabulary_of_the_truth_files_is_known(shared_data: Path) -> None:
    truths = [yaml.safe_load(path.read_text("utf-8")) for path in shared_data.glob("*/truth.yaml")]
    used = {
        column["semantic"]
        for truth in truths
        for file in truth.get("files", ())
        for column in file["columns"]
    }

    assert used <= set(semantic_types())
