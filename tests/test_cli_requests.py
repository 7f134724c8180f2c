"""Requests and holds on the command line: one JSON document, or one plain sentence."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli_cases import filled, refused, run, written

PRIVATE = "quisling"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    home = filled(tmp_path, orders_csv)
    laws = "laws_in_scope=EU_GDPR; CCPA; US_VA_VCDPA; UK_GDPR"
    assert run(home, "record", "set", "org", "org", laws).code == 0
    return home


@pytest.fixture
def person(tmp_path: Path) -> Path:
    return written(tmp_path, "person.txt", b"email: ada@quisling.example\nname: Ada Quisling\n")


def opened(home: Path, person: Path, right: str = "access", law: str = "EU_GDPR") -> str:
    answer = run(home, "--json", "request", "open", law, right, "--person", person)
    assert answer.code == 0
    assert PRIVATE not in (answer.out + answer.err).lower()
    return str(answer.document["id"])


def test_a_request_is_led_to_its_answer(home: Path, person: Path) -> None:
    id_ = opened(home, person)
    proof = ("--level", "document", "--checked", "birth date compared")
    for step in (
        ("confirm", id_),
        ("identify", id_, *proof),
        ("decide", id_, "refused", "--ground", "excessive", "--reason", "forty in a month"),
        ("answer", id_, "--told", "complaint", "--told", "court"),
    ):
        answer = run(home, "--json", "request", *step)
        assert answer.code == 0, answer.err

    shown = run(home, "--json", "request", "show", id_)
    assert shown.document["step"] == "answered"
    assert shown.document["possible"] == ["tell", "close"]
    assert [event["step"] for event in shown.document["history"]][-1] == "answered"
    assert PRIVATE not in shown.out.lower()


def test_who_is_meant_may_come_through_standard_input(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"email": ["a@quisling.example"]}'))

    answer = run(home, "--json", "request", "open", "EU_GDPR", "erasure", "--person", "-")

    assert answer.document["right"] == "erasure"
    assert PRIVATE not in answer.out


def test_the_board_is_listed_by_urgency(home: Path, person: Path) -> None:
    day = (TODAY - timedelta(days=40)).isoformat()
    opened(home, person)
    late = ("open", "EU_GDPR", "erasure", "--received", day, "--who", "phone=+49301234")
    run(home, "request", *late)

    found = run(home, "--json", "request", "list").document["requests"]

    assert [(one["right"], one["alert"], one["clock"]) for one in found] == [
        ("erasure", 100, "overdue"),
        ("access", 0, "running"),
    ]


def test_a_signal_opts_out_and_without_a_person_is_asked_about(home: Path, person: Path) -> None:
    signal = run(home, "--json", "request", "signal", "--person", person).document
    nobody = run(home, "--json", "request", "signal")

    assert (signal["law"], signal["right"]) == ("CCPA", "opt out")
    assert (nobody.code, nobody.out) == (2, "")
    assert "does not say whose browser" in nobody.err
    counted = run(home, "--json", "request", "statistics").document
    assert (counted["received"], counted["unmatched_signals"]) == (1, 1)


def test_requests_come_in_from_a_file_and_the_log_goes_out(home: Path, tmp_path: Path) -> None:
    rows = f"law,right,received_on,email\nEU_GDPR,access,{TODAY},a@quisling.example\n".encode()
    taken = run(home, "--json", "request", "import", written(tmp_path, "r.csv", rows))
    log = run(home, "--json", "request", "log", "--out", tmp_path / "log.json")

    assert taken.document["opened"] == 1
    assert log.code == 0
    text = (tmp_path / "log.json").read_text(encoding="utf-8")
    assert [one["right"] for one in json.loads(text)["requests"]] == ["access"]
    assert PRIVATE not in text


def test_holds_are_placed_listed_and_lifted(home: Path) -> None:
    hold = run(home, "--json", "hold", "place", "--why", "a claim", "--dataset", "orders").document
    (listed,) = run(home, "--json", "hold", "list").document["holds"]
    lifted = run(home, "--json", "hold", "lift", hold["id"]).document

    assert (listed["datasets"], listed["stands"]) == (["orders"], True)
    assert lifted == {"id": hold["id"], "stands": False}


def test_rights_are_shown_with_grounds_and_what_a_refusal_tells(home: Path) -> None:
    found = run(home, "--json", "request", "rights", "ccpa").document["rights"]

    erasure = next(one for one in found if one["right"] == "erasure")
    assert (erasure["called"], erasure["clock"]) == ("Right to delete", "CCPA-130-45")
    assert "legal_obligation" in erasure["exceptions"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("open", "CN_PIPL", "access", "--who", "email=a@quisling.example"), "not in scope"),
        (("open", "EU_GDPR", "dance", "--who", "email=a@quisling.example"), "The right is one of"),
        (("open", "EU_GDPR", "access"), "Identifiers of the person are missing"),
        (("open", "EU_GDPR", "access", "--who", "quisling"), "is given as KIND=VALUE"),
        (("open", "EU_GDPR", "access", "--who", "shoe=quisling"), "A kind of identifier is one of"),
        (
            ("open", "EU_GDPR", "access", "--who", "email=q", "--received", "2999-01-01"),
            "lies in the future",
        ),
        (("open", "EU_GDPR", "access", "--who", "email=q", "--received", "soon"), "A day is a day"),
        (("open", "EU_GDPR", "access", "--person", "nowhere.txt"), "nowhere.txt"),
        (("show", "R99999"), "There is no request R99999"),
        (("confirm", "R99999"), "There is no request R99999"),
        (("doubts", "R99999", "--yes", "a", "--no", "a"), "cannot be both"),
        (("log", "--out", "log.pdf"), "neither in .csv nor in .json"),
        (("statistics", "--since", "2026-02-01", "--until", "2026-01-01"), "ends before"),
        (("import", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    home: Path, arguments: tuple[str, ...], reason: str
) -> None:
    said = refused(home, "request", *arguments)

    assert reason in said
    assert PRIVATE not in said.lower()


def test_a_step_that_does_not_come_next_is_refused(home: Path, person: Path) -> None:
    id_ = opened(home, person)

    assert "cannot be searched now: it is not clear who asks" in refused(
        home, "request", "search", id_
    )
    assert "cannot be closed now: it is received" in refused(home, "request", "close", id_)
    assert "DATASET=EXCEPTION" in refused(
        home, "request", "decide", id_, "fulfilled", "--keep", "orders"
    )


@pytest.fixture
def customer(tmp_path: Path) -> Path:
    return written(tmp_path, "customer.json", b'{"person_key": 77777}')


def decided(home: Path, person: Path, right: str, *more: str) -> str:
    """A request that was searched for and is to be fulfilled."""
    id_ = opened(home, person, right)
    proof = ("--level", "document", "--checked", "card compared")
    for step in (
        ("identify", id_, *proof),
        ("search", id_),
        ("decide", id_, "fulfilled", *more),
    ):
        answer = run(home, "--json", "request", *step)
        assert answer.code == 0, answer.err
    return id_


def test_what_was_decided_is_carried_out_on_the_data(
    home: Path, customer: Path, tmp_path: Path
) -> None:
    reading = decided(home, customer, "access")
    assert "name it with --out" in refused(home, "request", "carry-out", reading)
    missing = ("carry-out", reading, "--out", tmp_path / "none")
    assert "no such folder" in refused(home, "request", *missing)
    out = tmp_path / "packages"
    out.mkdir()
    done = run(home, "--json", "request", "carry-out", reading, "--out", out)

    assert done.code == 0, done.err
    assert (out / f"{reading}.zip").stat().st_size > 1_000
    assert (done.document["step"], done.document["rows"]) == ("carried out", 40)


def test_a_person_is_erased_and_found_nowhere_afterwards(home: Path, customer: Path) -> None:
    erasing = decided(home, customer, "erasure", "--ground", "consent_withdrawn")
    plan = run(home, "--json", "request", "erase", erasing, "--plan").document
    done = run(home, "--json", "request", "carry-out", erasing).document
    again = decided(home, customer, "access")

    assert [version["rows_removed"] for version in plan["versions"]] == [40]
    assert (done["left"], done["stage"]) == (0, "proved")
    assert run(home, "--json", "request", "show", again).document["found"] == {}


def test_a_restriction_is_carried_out(home: Path, customer: Path) -> None:
    id_ = decided(home, customer, "restriction")

    done = run(home, "--json", "request", "carry-out", id_).document

    assert done["step"] == "carried out"
