"""What an auditor is told of files that were handed out: one plain sentence for each case."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.trail import BEGINNING, Head, Line, consistency_path, record, signer, to_consistency
from compliance.trail import to_checkpoint as plain_of
from compliance.trail.verify_trail import (
    NotReadableError,
    Verdict,
    Whose,
    examine,
    main,
    problems_of,
    told_by,
)
from tests.trail_cases import (
    BEGUN,
    BY,
    after,
    exported,
    kept,
    nodes,
    old_export,
    proof_of,
    seen,
    trail,
    verifier,
)

STRANGER = signer("privacy-desk/ffffffffffffffff", b"\x09" * 32)
FORGER = signer(BY.origin, b"\x0a" * 32)


def examined(folder: Path, text: str, **files: Path) -> Verdict:
    path = folder / "trail.jsonl"
    path.write_bytes(text.encode())
    return examine(path, **files)


def test_an_export_is_whole_and_says_whose_it_is(tmp_path: Path) -> None:
    lines = trail(30)
    found = examined(tmp_path, exported(lines))

    assert (found.code, found.entries, found.problems) == (0, 30, [])
    assert (found.root, found.head) == (seen(lines).root, lines[-1].hash)
    assert "whole" in told_by(found)[-1]


def test_the_same_state_and_time_give_the_same_bytes() -> None:
    assert exported(trail(5)) == exported(trail(5))
    assert seen(trail(5)).note == seen(trail(5)).note
    assert seen(trail(5)).note.startswith(f"{BY.origin}\n5\n")


def forked() -> list[Line]:
    """The same beginning, then another history."""
    lines = trail(10)[:6]
    head = Head(entries=6, hash=lines[-1].hash)
    for number in range(7, 13):
        at = BEGUN + timedelta(minutes=number)
        lines.append(record(head, at=at, actor="x", act="a.b", subject="other", facts={}))
        head = Head(entries=number, hash=lines[-1].hash)
    return lines


AGAINST = [
    pytest.param(
        lambda: (exported(trail(7)), seen(trail(10))), "some are missing", id="the newest deleted"
    ),
    pytest.param(
        lambda: (exported(forked()), seen(trail(10))), "are not those that", id="a forked history"
    ),
    pytest.param(
        lambda: (exported(trail(10), STRANGER), seen(trail(10))),
        "is of another desk",
        id="an export of another desk",
    ),
    pytest.param(
        lambda: (exported(trail(10)), seen(trail(10), FORGER)), "has a wrong key", id="a wrong key"
    ),
    pytest.param(
        lambda: (
            exported(trail(10)),
            plain_of(seen(trail(10))) | {"key": FORGER.key},
        ),
        "does not say what was signed",
        id="a key that did not sign",
    ),
    pytest.param(
        lambda: (exported(trail(10)), plain_of(seen(trail(10))) | {"entries": 9}),
        "does not say what was signed",
        id="a checkpoint that was edited",
    ),
    pytest.param(
        lambda: (exported(forked(), FORGER), seen(trail(10))),
        "has a wrong key",
        id="another history by another key",
    ),
]


@pytest.mark.parametrize(("case", "told"), AGAINST)
def test_what_contradicts_a_checkpoint_is_told(
    tmp_path: Path, case: Callable[[], tuple[str, object]], told: str
) -> None:
    text, checkpoint = case()

    found = examined(tmp_path, text, checkpoint=kept(tmp_path / "c.json", checkpoint))  # type: ignore[arg-type]

    assert found.code == 2
    assert any(told in problem for problem in found.problems), found.problems


UNREADABLE = [
    pytest.param(b"", "is empty", id="nothing"),
    pytest.param(b"x", "is not an exported trail", id="a letter"),
    pytest.param(b"{}\n", "is not an exported trail", id="an empty object"),
    pytest.param(b"[" * 100_000, "is not an exported trail", id="huge nesting"),
    pytest.param(b'{"kind":' * 50_000, "is not an exported trail", id="nested objects"),
    pytest.param(b"PK\x03\x04\xff\xfe\x00", "no UTF-8", id="a zip"),
    pytest.param(b"a,b\n1,2\n", "is not an exported trail", id="a table"),
]


@pytest.mark.parametrize(("data", "told"), UNREADABLE)
def test_what_is_no_export_is_told_so(
    tmp_path: Path, data: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(data)

    with pytest.raises(NotReadableError, match=told):
        examine(path)
    assert main([str(path)]) == 2
    assert told in capsys.readouterr().out


def test_an_entry_that_nests_hugely_is_told_as_changed() -> None:
    assert problems_of([Line(1, "[" * 100_000, "x")]) == [
        "Entry 1 was changed: it cannot be read any more."
    ]


@pytest.mark.parametrize("cut", [1, 40, 400, 5_000])
def test_an_export_that_breaks_off_is_told_so(tmp_path: Path, cut: int) -> None:
    found = examined(tmp_path, exported(trail(20))[:-cut])

    assert found.code == (0 if cut == 1 else 2)  # the last line may lack its end
    if cut > 1:
        assert any("breaks off" in p or "some are missing" in p for p in found.problems)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n", "mixed"])
def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, end: str) -> None:
    rows = exported(trail(20)).split("\n")
    ends = ["\r\n", "\n", "\r"] if end == "mixed" else [end]
    text = "\ufeff" + "".join(row + ends[at % len(ends)] for at, row in enumerate(rows))

    assert examined(tmp_path, text).code == 0


def test_older_exports_and_checkpoints_are_read_and_said_to_be_unsigned(tmp_path: Path) -> None:
    lines = trail(9)
    checkpoint = {k: v for k, v in plain_of(seen(lines)).items() if k in OLD}
    alone = examined(tmp_path, old_export(lines))
    kept_ = kept(tmp_path / "c.json", checkpoint)
    together = examined(tmp_path, old_export(lines), checkpoint=kept_)

    assert (alone.code, alone.unchecked) == (
        3,
        ["The export holds no signed checkpoint: entries removed at its end do not show."],
    )
    assert (together.code, together.warnings) == (0, ["The checkpoint is not signed."])


OLD = {"kind", "entries", "root", "head", "at"}


def test_a_clock_set_back_is_a_warning_with_the_entries(tmp_path: Path) -> None:
    lines: list[Line] = []
    head = BEGINNING
    for number, minute in enumerate([1, 2, 3, 1, 2, 9], start=1):
        at = BEGUN + timedelta(minutes=minute)
        lines.append(record(head, at=at, actor="a", act="b.c", subject="d", facts={}))
        head = Head(entries=number, hash=lines[-1].hash)
    found = examined(tmp_path, exported(lines))

    assert found.code == 0
    assert found.warnings == ["Entry 4 says an earlier time than entry 3: the clock was set back."]


def test_an_empty_trail_is_whole_and_said_to_be_empty(tmp_path: Path) -> None:
    found = examined(tmp_path, exported([]))

    assert found.code == 0
    assert "The trail is empty" in told_by(found)[0]


def test_two_values_for_one_name_are_refused(tmp_path: Path) -> None:
    text = exported(trail(3))
    twice = text.replace('"body":', '"body":"x","body":', 1)

    assert examined(tmp_path, twice).code == 2


# --- keys


def test_a_key_may_be_followed_by_another_that_it_signed(tmp_path: Path) -> None:
    lines, later = trail(20, rotated_at=8), after(BY)
    old = kept(tmp_path / "old.json", seen(lines[:7]))

    assert examined(tmp_path, exported(lines, later), checkpoint=old).code == 0
    assert examine(tmp_path / "trail.jsonl", whose=Whose("", [BY.key])).code == 0


@pytest.mark.parametrize(
    ("lines", "by", "told"),
    [
        (trail(9), after(BY), "are not those that its entries hand over"),
        (trail(9, rotated_at=4), BY, "are not those that its entries hand over"),
        (
            trail(9, rotated_at=4, by=signer(BY.origin, b"\x0b" * 32)),
            signer(BY.origin, b"\x08" * 32, (BY.key,)),
            "are not those that its entries hand over",
        ),
    ],
    ids=["no entry", "an entry passed over", "an entry of another key"],
)
def test_keys_that_no_entry_hands_over_are_told(
    tmp_path: Path, lines: list[Line], by: object, told: str
) -> None:
    found = examined(tmp_path, exported(lines, by))  # type: ignore[arg-type]

    assert any(told in problem for problem in found.problems), found.problems


def test_a_new_key_that_the_old_one_did_not_sign_is_told(tmp_path: Path) -> None:
    head, later = BEGINNING, after(BY)
    facts = {"before": BY.key, "key": later.key, "signature": "00" * 64}
    line = record(head, at=BEGUN, actor="a", act="trail.rotate_key", subject="trail", facts=facts)
    found = examined(tmp_path, exported([line], later))

    assert found.problems == ["Entry 1 names a new key, but the key before did not sign it."]


def test_a_checkpoint_signed_with_a_key_given_up_is_told(tmp_path: Path) -> None:
    lines, later = trail(20, rotated_at=8), after(BY)
    late = kept(tmp_path / "late.json", seen(lines[:15]))

    found = examined(tmp_path, exported(lines, later), checkpoint=late)

    assert found.problems == ["The checkpoint was signed with a key that was not in force."]


def test_an_export_that_lacks_a_key_known_to_be_theirs_is_told(tmp_path: Path) -> None:
    examined(tmp_path, exported(trail(3)))

    assert examine(tmp_path / "trail.jsonl", whose=Whose("", [STRANGER.key])).code == 2


# --- proofs


def consistency(old: int, size: int) -> dict[str, object]:
    lines = trail(size)
    path = consistency_path(old, size, nodes(lines))
    return to_consistency(plain_of(seen(lines[:old])), path, seen(lines))


def test_proofs_hold_alone_and_beside_the_export_and_the_checkpoint(tmp_path: Path) -> None:
    lines = trail(20)
    entry = kept(tmp_path / "p.json", proof_of(lines, 5))
    growth = kept(tmp_path / "g.json", consistency(7, 20))
    old = kept(tmp_path / "c.json", seen(lines[:7]))
    export = tmp_path / "e.jsonl"
    export.write_text(exported(lines), encoding="utf-8")

    assert [examine(proof=p).code for p in (entry, growth)] == [0, 0]
    assert [examine(export, proof=p).code for p in (entry, growth)] == [0, 0]
    assert examine(proof=growth, checkpoint=old).code == 0
    assert examine(proof=entry, checkpoint=old).code == 3  # other sizes: nothing links them


BENT = [
    pytest.param({"index": 5}, "was changed", id="another place"),
    pytest.param({"body": trail(20)[5].body}, "was changed", id="another entry"),
    pytest.param(
        {"body": trail(20)[4].body.replace("tester", "nobody")}, "does not hold", id="edited"
    ),
    pytest.param({"path": []}, "does not hold", id="no path"),
    pytest.param({"path": ["00" * 32]}, "does not hold", id="another path"),
    pytest.param(
        {"checkpoint": plain_of(seen(trail(21)))}, "does not hold", id="another checkpoint"
    ),
    pytest.param(
        {"checkpoint": plain_of(seen(trail(20))) | {"origin": "x"}},
        "does not say what was signed",
        id="an edited checkpoint",
    ),
]


@pytest.mark.parametrize(("change", "told"), BENT)
def test_a_proof_that_was_bent_does_not_hold(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    found = examine(proof=kept(tmp_path / "p.json", proof_of(trail(20), 5) | change))

    assert any(told in problem for problem in found.problems), found.problems


def test_a_proof_between_two_histories_does_not_hold(tmp_path: Path) -> None:
    bent = consistency(7, 20) | {"from": plain_of(seen(forked()[:7]))}
    foreign = consistency(7, 20) | {"from": plain_of(seen(trail(7), STRANGER))}

    assert "begin as the older" in examine(proof=kept(tmp_path / "p", bent)).problems[0]
    assert "different desks" in examine(proof=kept(tmp_path / "p", foreign)).problems[0]


def test_a_proof_of_another_history_than_the_checkpoint_is_told(tmp_path: Path) -> None:
    proof = kept(tmp_path / "p.json", proof_of(forked()[:10], 3))
    checkpoint = kept(tmp_path / "c.json", seen(trail(10)))

    assert "two histories" in examine(proof=proof, checkpoint=checkpoint).problems[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "x"}', "[" * 50_000, "\xff"])
def test_what_is_no_proof_or_checkpoint_is_told_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(NotReadableError, match="is not a proof"):
        examine(proof=path)
    with pytest.raises(NotReadableError, match="is not a checkpoint"):
        examine(proof=path, checkpoint=path)


# --- the script by itself


def test_the_script_runs_without_any_package_and_says_what_it_could_not_check(
    tmp_path: Path,
) -> None:
    lines = trail(7)
    export, checkpoint = tmp_path / "e.jsonl", kept(tmp_path / "c.json", seen(lines[:5]))
    export.write_text(exported(lines), encoding="utf-8")
    proof = kept(tmp_path / "p.json", proof_of(lines, 3))
    given = [export, "--checkpoint", checkpoint, "--proof", proof]

    with_signatures, bare = verifier(*given), verifier(*given, bare=True)

    assert (with_signatures.returncode, bare.returncode) == (0, 3), bare.stdout + bare.stderr
    assert "whole" in with_signatures.stdout
    assert "cryptography” is not installed" in bare.stdout
    assert "whole, as far as it could be checked" in bare.stdout
    assert with_signatures.stderr == bare.stderr == ""


def test_the_script_finds_tampering_without_any_package(tmp_path: Path) -> None:
    rows = exported(trail(7)).split("\n")
    export = tmp_path / "e.jsonl"
    export.write_text("\n".join(rows[:3] + rows[4:]), encoding="utf-8")

    found = verifier(export, bare=True)

    assert found.returncode == 2
    assert "Entry 3 is missing" in found.stdout


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["no-such-file"]])
def test_the_script_says_plainly_what_it_needs(arguments: list[str]) -> None:
    found = verifier(*arguments)

    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_the_script_takes_an_export_by_name_and_a_key(tmp_path: Path) -> None:
    export = tmp_path / "e.jsonl"
    export.write_text(exported(trail(3)), encoding="utf-8")

    assert verifier("--export", export, "--key", BY.key).returncode == 0
    assert verifier("--export", export, "--key", STRANGER.key).returncode == 2
    assert json.loads(exported(trail(3)).split("\n")[0])["keys"] == [BY.key]
