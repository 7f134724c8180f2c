"""Rules on the command line: one JSON document, or one plain sentence with the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_cases import CASES, OWN

from tests.cli_cases import filled, refused, run, written

DESK = "laws 2026.11 + desk 2026.11"


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    return filled(tmp_path, orders_csv)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return written(tmp_path, "ours.yaml", OWN)


def test_rules_are_listed_by_law(home: Path) -> None:
    every = run(home, "--json", "rules", "list").document
    some = run(home, "--json", "rules", "list", "--law", "SG_PDPA").document

    assert (every["edition"], len(every["rules"])) == (DESK, len(CASES))
    assert {rule["law"] for rule in some["rules"]} == {"SG_PDPA"}
    assert {rule["level"] for rule in some["rules"]} == {"secondary", "memory"}


def test_a_rule_is_shown_in_words_and_as_triples(home: Path) -> None:
    rule = run(home, "--json", "rules", "show", "GDPR-12-3").document

    assert rule["met_where"] == [
        "answer: within 1 month of “receipt” (3 months where it was extended)"
    ]
    assert rule["applies_where"][1] == "extended: no"
    assert rule["asserts"] == [["responded_at", "before_deadline", "deadline"]]
    assert rule["source"].startswith("Regulation (EU) 2016/679")


def test_a_pack_is_checked_kept_and_removed(home: Path, pack: Path) -> None:
    checked = run(home, "--json", "rules", "check", pack).document
    kept = run(home, "--json", "rules", "keep", pack).document

    assert (checked["kept"], checked["added"]) == (False, ["OURS-1"])
    assert (kept["kept"], kept["edition"]) == (True, f"{DESK} + ours 1")
    assert run(home, "--json", "rules", "show", "OURS-1").document["title"]
    assert run(home, "--json", "assess").document["rules"] == f"{DESK} + ours 1"
    assert run(home, "--json", "rules", "remove", "ours").document["edition"] == DESK


def test_all_rules_are_handed_out_as_a_file_that_is_a_pack(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.yaml"
    run(home, "rules", "export", "--out", out)
    renamed = written(tmp_path, "own.yaml", out.read_text().replace("id: desk", "id: own", 1))

    said = refused(home, "rules", "check", renamed)
    assert "rule GDPR-5-1-B is in the pack “laws” already; say “replaces: true”" in said


def test_a_broken_pack_ends_in_one_sentence_with_its_line(home: Path, tmp_path: Path) -> None:
    broken = written(tmp_path, "broken.yaml", OWN.replace("eq, true", "resembles, true"))

    said = refused(home, "rules", "keep", broken)
    assert "“broken.yaml” cannot be used. Line 17: unknown operator “resembles”" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rules", "show", "NO-SUCH"), "There is no rule “NO-SUCH” in force"),
        (("rules", "list", "--law", "MOON"), "There is no law “MOON” in the rules in force"),
        (("rules", "remove", "ours"), "There is no pack of your own called “ours”"),
        (("rules", "check", "nowhere.yaml"), "There is no file at nowhere.yaml"),
    ],
)
def test_what_is_not_there_is_refused(home: Path, arguments: tuple[str, ...], says: str) -> None:
    assert says in refused(home, *arguments)


def test_a_place_with_a_zero_byte_names_no_file(home: Path) -> None:
    for verb in (("check", "a\0b"), ("export", "--out", "a\0b")):
        answer = run(home, "rules", *verb)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.endswith("it names no file\n")
