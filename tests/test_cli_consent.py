"""Consents on the command line: nobody is echoed, and what may be used is said."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from compliance.dataset.nouns import LegalBasis
from tests.cli_cases import run
from tests.consent_cases import PEOPLE, ROWS, accounts, email_of, visits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Accounts and visits of the same people; visits need consent."""
    home = tmp_path / "desk"
    for name, data, basis in (
        ("accounts", accounts(), LegalBasis.CONTRACT),
        ("visits", visits(), LegalBasis.CONSENT),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(data)
        said = ("--unit", "customer", "--population", "people", "--legal-basis", basis.value)
        assert run(home, "dataset", "add", path, "--name", name, *said).code == 0
    assert run(home, "discover", "accounts").code == 0
    return home


def agreed(home: Path) -> Path:
    """A purpose, and a file in which everybody agrees."""
    keep = ("--title", "See visits", "--dataset", "visits", "--lasts", 24, "--text", "v1")
    assert run(home, "consent", "purpose", "keep", "see-visits", *keep).code == 0
    path = home.parent / "consents.csv"
    rows = "\n".join(f"{email_of(n)},2026-01-0{1 + n % 9}" for n in range(PEOPLE))
    path.write_text(f"email,given_at\n{rows}\n")
    return path


def test_a_file_is_taken_in_and_what_may_be_used_is_said(home: Path) -> None:
    path = agreed(home)
    before = run(home, "--json", "consent", "check", "visits").document

    taken = run(home, "--json", "consent", "import", path, "--purpose", "see-visits").document
    after = run(home, "--json", "consent", "check", "visits").document

    assert (before["blocked"], before["rows"]) == (True, 0)
    assert taken == {
        "rows": PEOPLE,
        "new": PEOPLE,
        "people": PEOPLE,
        "purposes": {"see-visits": PEOPLE},
    }
    assert (after["blocked"], after["rows"]) == (False, ROWS - 1)
    assert after["left_out"] == {"no consent": 1}


def test_standard_input_that_is_no_text_is_refused_in_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(home)
    read = io.TextIOWrapper(io.BytesIO(b"p\xff\xfe@b.example\n"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", read)

    answer = run(home, "consent", "withdraw", "--purpose", "see-visits", "--email", "-")

    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "no text in UTF-8" in answer.err


def test_somebody_withdraws_without_being_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(home, "consent", "import", agreed(home), "--purpose", "see-visits")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{email_of(3)}\n"))

    by_input = run(home, "consent", "withdraw", "--purpose", "see-visits", "--email", "-")
    by_key = run(home, "consent", "withdraw", "--purpose", "see-visits", "--key", "C004")

    assert (by_input.code, by_key.code) == (0, 0)
    assert email_of(3) not in by_input.out + by_input.err
    assert "C004" not in by_key.out + by_key.err
    listed = run(home, "--json", "consent", "list").document["purposes"][0]
    assert (listed["agreed"], listed["withdrawn"]) == (PEOPLE - 2, 2)
    run(home, "consent", "give", "--purpose", "see-visits", "--key", "C004")
    assert run(home, "--json", "consent", "check", "visits").document["left_out"] == {
        "consent withdrawn": 3,
        "no consent": 1,
    }


def test_purposes_are_listed_with_their_texts(home: Path) -> None:
    agreed(home)

    (one,) = run(home, "--json", "consent", "purpose", "list").document["purposes"]

    assert (one["purpose"], one["datasets"], one["lasts_months"]) == ("see-visits", ["visits"], 24)
    assert [text["version"] for text in one["texts"]] == ["v1"]


def test_events_are_written_without_people_unless_asked_for(home: Path, tmp_path: Path) -> None:
    run(home, "consent", "import", agreed(home), "--purpose", "see-visits")
    out = tmp_path / "out.csv"

    assert run(home, "consent", "export", "--out", out).code == 0

    assert out.read_text().splitlines()[0].startswith("purpose,")
    assert email_of(0) not in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("list-nothing",), ""),
        (("check", "visits", "--purpose", "dreams"), "There is no purpose “dreams”"),
        (("import", "missing.csv"), "missing.csv"),
        (("withdraw", "--purpose", "see-visits", "--email", "nobody"), "names nobody"),
        (("withdraw", "--purpose", "x", "--email", "a@x.example", "--at", "soon"), "is no date"),
        (("purpose", "keep", "Bad Id"), "its id is"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    home: Path, arguments: tuple[str, ...], why: str
) -> None:
    agreed(home)

    answer = run(home, "consent", *arguments)

    assert answer.code == 2
    assert why in answer.err


def test_a_release_says_what_was_left_out(home: Path, tmp_path: Path) -> None:
    run(home, "consent", "import", agreed(home), "--purpose", "see-visits")
    query = tmp_path / "q.yaml"
    query.write_text(
        "unit: customer\nby: [country]\npublic_keys: {country: [DE, FR]}\n"
        "statistics: [{count: rows}]\n"
    )

    asked = ("--query", query, "--epsilon", "0.5")
    seen = run(home, "--json", "preview", "visits", *asked).document
    done = run(home, "--json", "release", "visits", *asked).document

    assert seen["not_used"] == done["not_used"]
    assert done["not_used"] == [
        {"dataset": "visits@1", "rows": {"no consent": 1}, "people": 0},
    ]
