"""The register on the command line: one JSON document, or one plain sentence."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli_cases import filled, refused, run


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    return filled(tmp_path, orders_csv)


def test_kinds_and_their_fields_are_listed(home: Path) -> None:
    kinds = run(home, "--json", "record", "kinds").document["kinds"]
    fields = run(home, "--json", "record", "kinds", "transfer").document["fields"]

    assert {"kind": "breach", "name": "Breaches", "fields": 28} in kinds
    mechanism = next(field for field in fields if field["field"] == "mechanism")
    assert mechanism["choices"][:2] == ["adequacy", "scc"]
    assert mechanism["laws"] == ["EU_GDPR", "UK_GDPR"]


def test_fields_are_set_shown_forgotten_and_removed(home: Path) -> None:
    fields = ("country=US", "services=hosting; backup", "contract_expired=no")
    run(
        home,
        "record",
        "set",
        "processor",
        "cloud",
        *fields,
        "--called",
        "Cloud",
        "-a",
        "contract_id",
    )
    shown = run(home, "--json", "record", "show", "processor", "cloud").document

    assert (shown["name"], shown["origin"]) == ("Cloud", "typed")
    assert shown["values"] == {
        "country": "US",
        "services": ["hosting", "backup"],
        "contract_expired": False,
        "contract_id": None,
    }
    assert "datasets" in shown["missing"]  # they tell which laws ask for more

    run(home, "record", "set", "processor", "cloud", "country=")
    assert "country" not in run(home, "--json", "record", "show", "processor", "cloud").out
    assert run(home, "record", "remove", "processor", "cloud").code == 0
    assert run(home, "--json", "record", "list", "processor").document == {"records": []}


def test_what_was_exported_is_taken_in_again(home: Path, tmp_path: Path) -> None:
    run(home, "record", "set", "request", "r1", "right=access", "received_at=2026-01-05")
    out = tmp_path / "request.csv"
    assert run(home, "record", "export", "--kind", "request", "--out", out).code == 0
    run(home, "record", "remove", "request", "r1")

    answer = run(home, "--json", "record", "import", out)

    assert answer.document == {"imported": 1, "records": [{"kind": "request", "id": "r1"}]}
    shown = run(home, "--json", "record", "show", "request", "r1").document
    assert shown["values"] == {"right": "access", "received_at": "2026-01-05"}
    assert len(shown["history"]) == 3


def test_the_record_of_processing_on_screen_is_the_one_in_the_file(
    home: Path, tmp_path: Path
) -> None:
    run(home, "dataset", "describe", "orders", "--purpose", "Deliver")
    out = tmp_path / "ropa.csv"

    shown = run(home, "--json", "record", "ropa").document
    run(home, "record", "ropa", "--out", out)

    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
    start = rows.index([]) + 1
    assert dict(rows[: start - 1]) == shown["header"]
    assert rows[start] == list(shown["activities"][0])
    assert [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]] == shown[
        "activities"
    ]


def test_the_laws_in_scope_say_why(home: Path) -> None:
    found = run(home, "--json", "record", "scope").document

    assert (found["in_scope"], found["is_decided"]) == (["EU_GDPR", "CN_PIPL"], False)
    assert found["proposed"][0]["because"][0] == "Data lie in Germany: orders."
    assert found["proposed"][1]["because"] == ["People in China are in the data: orders."]

    run(home, "record", "set", "org", "org", "laws_in_scope=EU_GDPR; UK_GDPR")
    assert run(home, "--json", "record", "scope").document["is_decided"] is True


def test_contradictions_are_listed(home: Path) -> None:
    run(home, "record", "set", "transfer", "t", "origin=DE", "destination=DE")

    (found,) = run(home, "--json", "record", "check").document["contradictions"]
    assert found["says"] == "It goes to the country that it comes from."


REFUSED = [
    (("list", "procesor"), "no kind of record called “procesor”"),
    (("kinds", "procesor"), "no kind of record called"),
    (("show", "processor", "x"), "no processor with the id"),
    (("remove", "processor", "x"), "no processor with the id"),
    (("set", "processor", "x", "country"), "FIELD=VALUE"),
    (("set", "processor", "x", "country=QQ"), "code of two letters"),
    (("set", "processor", "x", "nothing=1"), "has no field “nothing”"),
    (("set", "request", "x", "received_at=2999-01-01"), "from 1900 to 2199"),
    (("set", "request", "x", "received_at=2199-01-01"), "lies in the future"),
    (("set", "processor", "../x"), "An id starts with"),
    (("set", "dataset", "nowhere", "public=no"), "there is none of that name"),
    (("import", "/nowhere.csv"), "no file at nowhere.csv"),
    (("import", "/"), "no file at"),
    (("export", "--out", "x.txt"), "neither in .csv nor in .json"),
    (("export", "--out", "/nowhere/x.json"), "its folder does not exist"),
    (("export", "--out", "x.csv"), "one kind of record"),
    (("ropa", "--dataset", "nowhere"), "no dataset named “nowhere”"),
]


@pytest.mark.parametrize(("typed", "says"), REFUSED, ids=[" ".join(typed) for typed, _ in REFUSED])
def test_bad_input_is_one_plain_sentence(home: Path, typed: tuple[str, ...], says: str) -> None:
    assert says in refused(home, "record", *typed)


def test_a_broken_file_is_refused_whole(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "processor.csv"
    path.write_text("id,country\np1,DE\np2,ATLANTIS-77777\n")

    assert "Row 3: “Country” (country) takes a country's code" in refused(
        home, "record", "import", path
    )


def test_bytes_that_are_no_text_are_refused(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "processor.csv"
    path.write_bytes(bytes(range(256)) * 40)

    assert refused(home, "record", "import", path) == (
        "processor.csv cannot be read as records: its first row must name each field once, and "
        "one of them is “id”."
    )
