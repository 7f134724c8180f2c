"""The Trail page: who verified it, anchors, files held against it, entries by act and person."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.pages.conftest import Desk, refusals, words


def test_it_is_verified_on_record_once_an_hour(described_desk: Desk) -> None:
    visitor = described_desk.open("trail")
    assert "Nobody has verified it on record yet" in words(visitor)
    visitor.button(key="trail_verify").click().run()
    assert "Verified just now" in words(visitor)
    assert "by local officer" in words(visitor)
    visitor.button(key="trail_verify").click().run()

    assert "It was verified within the hour" in words(visitor)
    done = [entry.act for entry in described_desk.workspace.entries(200)]
    assert done.count("trail.verify") == 1
    assert "Trail: :material/verified: Last verified" in words(described_desk.open("overview"))


def test_an_anchor_is_added_run_and_removed(described_desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    visitor = described_desk.open("trail")
    visitor.text_input(key="trail_anchor_name").set_value("office")
    visitor.text_input(key="trail_anchor_to").set_value(str(outside))
    visitor.button(key="trail_anchor_add").click().run()
    assert "Added; the checkpoint of" in words(visitor)
    assert visitor.dataframe[0].value["State"].tolist() == ["reached"]
    visitor.button(key="trail_anchor_run").click().run()
    assert len(outside.read_text().splitlines()) == 2

    visitor.button(key="trail_anchor_remove").click().run()
    assert "None yet" in words(visitor)


@pytest.mark.parametrize(
    ("name", "to", "said"),
    [
        ("office", "relative", "name the whole path"),
        ("", "/tmp/elsewhere", "name"),  # noqa: S108 - nothing is written there
    ],
)
def test_a_place_that_is_none_is_refused(
    described_desk: Desk, name: str, to: str, said: str
) -> None:
    visitor = described_desk.open("trail")
    visitor.text_input(key="trail_anchor_name").set_value(name)
    visitor.text_input(key="trail_anchor_to").set_value(to)
    visitor.button(key="trail_anchor_add").click().run()

    ((title, sentence),) = refusals(visitor)
    assert (title, said in sentence) == ("Not added", True)
    assert described_desk.workspace.proof.trail.anchors() == ()


@pytest.mark.parametrize("kind", ["checkpoint", "export", "proof"])
def test_a_file_that_was_handed_out_is_held_against_the_trail(
    described_desk: Desk, kind: str
) -> None:
    desk = described_desk.workspace
    make = {
        "checkpoint": desk.checkpoint_trail,
        "export": desk.export_trail,
        "proof": lambda: desk.proof.log.prove(1),
    }
    text = make[kind]()
    visitor = described_desk.open("trail")
    before = described_desk.state()
    visitor.file_uploader(key="trail_upload").set_value(
        [(f"{kind}.json", text.encode(), "application/json")]
    ).run()
    assert f"The trail is whole and fits this {kind}" in words(visitor)
    assert described_desk.state() == before

    changed = text.replace(desk.settings.actor, "somebody") if kind != "checkpoint" else text
    changed = changed.replace('"entries": ', '"entries": 1') if kind == "checkpoint" else changed
    visitor.file_uploader(key="trail_upload").set_value(
        [("other.json", changed.encode(), "application/json")]
    ).run()
    assert any(title.startswith("It does not fit") for title, _ in refusals(visitor))
    visitor.file_uploader(key="trail_upload").set_value(
        [("letter.json", json.dumps({"dear": "desk"}).encode(), "application/json")]
    ).run()
    assert ("Not checked", True) in [(t, "letter.json" in s) for t, s in refusals(visitor)]


def test_entries_are_found_by_act_and_person(described_desk: Desk) -> None:
    visitor = described_desk.open("trail")
    chosen = visitor.selectbox(key="trail_act")
    assert "Parsed and cleaned all values" in chosen.options
    chosen.set_value("dataset.add").run()
    found = visitor.dataframe[0].value
    assert set(found["What was done"]) == {"Parsed and cleaned all values"}
    assert set(found["Act"]) == {"dataset.add"}
    visitor.text_input(key="trail_actor").set_value("nobody").run()
    assert "No entry is like that" in words(visitor)
    visitor.text_input(key="trail_actor").set_value("local officer").run()
    assert set(visitor.dataframe[0].value["Who"]) == {"local officer"}


@pytest.mark.in_a_file
def test_what_was_found_stands_out_on_the_overview(described_desk: Desk) -> None:
    with closing(sqlite3.connect(described_desk.home / "records.sqlite")) as forger:
        forger.execute("drop trigger trail_refuses_update")
        forger.execute("update trail set body = replace(body, 'dataset.add', 'dataset.see')")
        forger.commit()
    described_desk.workspace.proof.trail.verify()

    assert any("problem" in sentence for _, sentence in refusals(described_desk.open("overview")))
