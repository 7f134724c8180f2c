"""A trail that was changed, cut, added to or shuffled says so, and names the entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import TrailError
from compliance.trail import (
    BEGINNING,
    Head,
    Line,
    read_checkpoint,
    record,
    sign,
    signer,
    to_checkpoint,
    to_entry,
    verify,
)
from compliance.trail.nouns import Verification
from compliance.trail.verify_trail import hash_of, merkle_root, problems_of

BY = signer("privacy-desk/test", b"\x07" * 32)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def trail(length: int) -> list[Line]:
    lines: list[Line] = []
    head = BEGINNING
    for number in range(length):
        line = record(
            head,
            at=START + timedelta(minutes=number),
            actor="tester",
            act="dataset.add",
            subject=f"table {number}",
            facts={"rows": number * 10, "share": 0.1 * number},
        )
        lines.append(line)
        head = Head(entries=line.place, hash=line.hash)
    return lines


def head_of(lines: list[Line]) -> Head:
    return Head(entries=len(lines), hash=lines[-1].hash) if lines else BEGINNING


def checkpoint_of(found: Verification) -> dict[str, object]:
    seen = sign(BY, entries=found.entries, root=found.root, head=found.head, at=START)
    return to_checkpoint(seen)


def rewritten(line: Line, *, rehash: bool, **changes: object) -> Line:
    body = json.dumps(json.loads(line.body) | changes, sort_keys=True, separators=(",", ":"))
    return Line(line.place, body, hash_of(body) if rehash else line.hash)


def renumbered(lines: list[Line]) -> list[Line]:
    """The lines as they would stand in a file: places counted anew."""
    return [Line(place, line.body, line.hash) for place, line in enumerate(lines, start=1)]


@given(st.integers(0, 40))
def test_a_trail_that_only_grew_is_whole(length: int) -> None:
    lines = trail(length)

    assert verify(lines, head_of(lines)).ok


@given(st.integers(1, 12), st.integers(0, 12))
def test_a_checkpoint_still_holds_after_the_trail_has_grown(first: int, more: int) -> None:
    lines = trail(first + more)
    early = verify(lines[:first], head_of(lines[:first]))

    later = verify(lines, head_of(lines), checkpoint_of(early))

    assert later.ok


TAMPERINGS: list[tuple[str, Callable[[list[Line]], list[Line]], str]] = [
    (
        "a fact is changed",
        lambda t: [*t[:4], rewritten(t[4], rehash=False, subject="other"), *t[5:]],
        "Entry 5 was changed",
    ),
    (
        "a fact is changed together with its hash",
        lambda t: [*t[:4], rewritten(t[4], rehash=True, subject="other"), *t[5:]],
        "Entry 5 or 6 was replaced",
    ),
    (
        "the last entry is changed together with its hash",
        lambda t: [*t[:-1], rewritten(t[-1], rehash=True, subject="other")],
        "Entry 9 was replaced together with its hash",
    ),
    ("an entry is removed", lambda t: [*t[:3], *t[4:]], "Entry 4 is missing"),
    (
        "an entry is removed and the others move up",
        lambda t: renumbered([*t[:3], *t[4:]]),
        "Entry 4 is missing",
    ),
    ("the newest entries are removed", lambda t: t[:-2], "Entry 9 is missing"),
    ("the first entry is removed", lambda t: t[1:], "Entry 1 is missing"),
    (
        "an entry is inserted with a number that is taken",
        lambda t: renumbered([*t[:5], rewritten(t[4], rehash=True, subject="x"), *t[5:]]),
        "An entry was inserted as number 5, at place 6",
    ),
    (
        "an entry is added at the end by somebody else",
        lambda t: [
            *t,
            record(head_of(t), at=START, actor="x", act="y", subject="z", facts={}),
        ],
        "Entry 10 was inserted at the end",
    ),
    (
        "two entries change places",
        lambda t: renumbered([*t[:2], t[3], t[2], *t[4:]]),
        "Entry 4 was moved: it stands at place 3",
    ),
    (
        "an entry is no longer readable",
        lambda t: [*t[:6], Line(7, "{", t[6].hash), *t[7:]],
        "Entry 7 was changed: it cannot be read",
    ),
]


@pytest.mark.parametrize(
    ("tamper", "says"), [pytest.param(t, s, id=name) for name, t, s in TAMPERINGS]
)
def test_tampering_is_found_and_the_entry_named(
    tamper: Callable[[list[Line]], list[Line]], says: str
) -> None:
    lines = trail(9)

    found = verify(tamper(lines), head_of(lines))

    assert not found.ok
    assert any(says in problem for problem in found.problems), found.problems


@given(st.data())
def test_no_change_of_any_character_goes_unseen(data: st.DataObject) -> None:
    lines = trail(6)
    place = data.draw(st.integers(0, 5))
    body = lines[place].body
    position = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != body[position]))
    changed = body[:position] + other + body[position + 1 :]

    found = verify(
        [*lines[:place], Line(place + 1, changed, lines[place].hash), *lines[place + 1 :]],
        head_of(lines),
    )

    assert not found.ok


def test_a_removal_at_the_end_shows_against_a_checkpoint_even_if_the_head_was_moved() -> None:
    lines = trail(9)
    checkpoint = checkpoint_of(verify(lines, head_of(lines)))
    cut = lines[:6]

    assert verify(cut, head_of(cut)).ok
    assert "some are missing" in verify(cut, head_of(cut), checkpoint).problems[0]


def test_a_history_written_anew_shows_against_a_checkpoint() -> None:
    lines = trail(5)
    checkpoint = checkpoint_of(verify(lines, head_of(lines)))
    head = BEGINNING
    forged = []
    for number in range(5):
        forged.append(record(head, at=START, actor="x", act="y", subject=str(number), facts={}))
        head = Head(entries=number + 1, hash=forged[-1].hash)

    assert verify(forged, head).ok
    assert "not those" in verify(forged, head, checkpoint).problems[0]


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"kind": "other"}'])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(TrailError, match="checkpoint"):
        read_checkpoint("c.json", text)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@given(st.lists(st.text(max_size=5), max_size=40))
def test_the_root_is_the_one_of_rfc_6962(bodies: list[str]) -> None:
    assert merkle_root(bodies) == naive_root([body.encode() for body in bodies]).hex()


def test_the_root_of_the_published_test_leaves() -> None:
    """The eight leaves of the Certificate Transparency test suite."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves.append("606162636465666768696a6b6c6d6e6f")
    root = naive_root([bytes.fromhex(leaf) for leaf in leaves]).hex()

    assert root == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_entries_come_back_as_they_were_recorded() -> None:
    entry = to_entry(trail(3)[2])

    assert (entry.number, entry.subject, entry.actor) == (3, "table 2", "tester")
    assert entry.at == START + timedelta(minutes=2)
    assert entry.facts == {"rows": 20, "share": "0.2"}


def test_problems_are_found_without_a_head_too() -> None:
    assert problems_of(trail(4)) == []
    assert problems_of(trail(4)[1:]) == ["Entry 1 is missing: it was removed."]
