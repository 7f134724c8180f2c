"""The whole of governance as a careless and as a hostile person meets it: plain refusals, and
nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_cases import filled, refused, run, state_of


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    return filled(tmp_path, orders_csv)


@pytest.mark.parametrize("kind", [["activity"], {"activity": 1}], ids=["a list", "an object"])
def test_a_kind_that_is_no_text_is_refused(home: Path, tmp_path: Path, kind: object) -> None:
    file = tmp_path / "records.json"
    file.write_text(json.dumps([{"kind": kind, "id": "x"}]))

    assert "does not say of which kind" in refused(home, "record", "import", file)


@pytest.mark.parametrize(
    "said",
    [
        ("record", "set", "activity", "x", "role=controller", "role=processor"),
        ("record", "set", "activity", "x", "role=controller", "--absent", "role"),
        (
            "move",
            "check",
            "orders",
            "--to",
            "US",
            "--fact",
            "dpf_status=active",
            "--fact",
            "dpf_status=none",
        ),
    ],
)
def test_of_two_values_for_one_thing_none_is_taken(home: Path, said: tuple[str, ...]) -> None:
    assert "is said twice; say it once" in refused(home, *said)


@pytest.mark.parametrize("epsilon", ["0", "-1", "nan", "inf"])
def test_noise_that_is_none_lets_nothing_go(home: Path, epsilon: str) -> None:
    asked = ("move", "check", "orders", "--to", "US", "--form", "statistics")

    assert run(home, "--json", *asked, "--epsilon", "1").document["may_go"]
    assert "noise has an ε above 0" in refused(home, *asked, f"--epsilon={epsilon}")


def test_a_dataset_that_is_named_twice_moves_once(home: Path) -> None:
    once = run(home, "--json", "move", "check", "orders", "--to", "US").document
    twice = run(home, "--json", "move", "check", "orders", "orders", "--to", "US").document

    assert twice == once


def test_a_movement_that_the_register_refuses_leaves_nothing_behind(home: Path) -> None:
    said = ("--to", "FR", "--fact", "is_ciio=no", "--recipient", "a\nb")
    before = state_of(home)

    assert run(home, "move", "record", "orders", *said).code == 2
    assert state_of(home) == before


@pytest.mark.parametrize(
    ("done", "says"),
    [
        ("2025-12-31", "it was done before the clock started"),
        ("0001-01-01", "it was done before the clock started"),
        ("2199-01-01", "has not come yet"),
        ("9999-12-31T23:59:59+00:00", "has not come yet"),
    ],
)
def test_a_clock_is_not_met_by_a_day_that_cannot_be(home: Path, done: str, says: str) -> None:
    assert says in refused(home, "clock", "GDPR-12-3", "--start", "2026-01-01", "--done", done)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (("--cron", ""), "five fields"),
        (("--cron", "٠ ٦ * * *"), "five fields"),
        (("--cron", "0 6 30 2 *"), "no day has its times"),
        (("--every", "day", "--webhook", "https://[::1"), "a webhook's address"),
        (("--every", "day", "--webhook", "https://h.example:99999/"), "a webhook's address"),
        (("--every", "day", "--webhook", "https://me:secret@h.example/"), "without a name"),
        (("--every", "day", "--mail", "a@["), "an e-mail address looks like"),
        (("--every", "day", "--mail", "=?utf-8?q?=0aBcc=3a_x?=@y.example"), "an e-mail address"),
        (("--every", "day", "--mail", "a\0@y.example"), "an e-mail address looks like"),
    ],
)
def test_a_schedule_that_would_fail_later_is_refused_at_once(
    home: Path, said: tuple[str, ...], says: str
) -> None:
    assert says in refused(home, "schedule", "keep", "weekly", *said)


def test_nobodys_name_turns_the_direction_of_what_follows(home: Path) -> None:
    said = refused(home, "rules", "show", "X\u202eevil")

    assert "X\ufffdevil" in said


def test_a_file_that_cannot_be_written_so_is_not_said_to_be_unreadable(home: Path) -> None:
    said = refused(home, "record", "export", "--out", "register.txt")

    assert said.startswith("register.txt cannot be written: its name ends neither")
