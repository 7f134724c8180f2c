"""Trails for tests, and the auditor's script run as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from compliance.trail import (
    BEGINNING,
    Head,
    Line,
    hand_over,
    inclusion_path,
    record,
    sign,
    signer,
    to_checkpoint,
    to_export,
    to_inclusion,
)
from compliance.trail.nouns import Checkpoint, Signer
from compliance.trail.verify_trail import START, Node, Tree, leaf_of, merkle_root

VERIFIER = Path(__file__).parent.parent / "compliance" / "trail" / "verify_trail.py"
BEGUN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BY = signer("privacy-desk/0123456789abcdef", b"\x07" * 32)


def trail(length: int, *, rotated_at: int = 0, by: Signer = BY) -> list[Line]:
    """So many entries; one of them hands the key over to `after(by)`."""
    lines: list[Line] = []
    head = BEGINNING
    for number in range(1, length + 1):
        act, facts = "dataset.add", {"rows": number * 10, "share": 0.1}
        if number == rotated_at:
            key = after(by).key
            act, signature = "trail.rotate_key", hand_over(by, key)
            facts = {"before": by.key, "key": key, "signature": signature}
        at = BEGUN + timedelta(minutes=number)
        subject = f"table {number} “é\u2028中”"
        lines.append(record(head, at=at, actor="tester", act=act, subject=subject, facts=facts))
        head = Head(entries=number, hash=lines[-1].hash)
    return lines


def after(by: Signer) -> Signer:
    return signer(by.origin, b"\x08" * 32, by.keys)


def seen(lines: Sequence[Line], by: Signer = BY) -> Checkpoint:
    """A signed checkpoint at the end of `lines`."""
    root = merkle_root(line.body for line in lines)
    head = lines[-1].hash if lines else START
    return sign(by, entries=len(lines), root=root, head=head, at=BEGUN)


def exported(lines: Sequence[Line], by: Signer = BY) -> str:
    return "".join(to_export(lines, seen(lines, by), by.keys))


def old_export(lines: Sequence[Line]) -> str:
    """As exports were before they said whose they are."""
    return "".join(json.dumps({"body": body, "hash": hash_}) + "\n" for _, body, hash_ in lines)


def proof_of(lines: Sequence[Line], number: int, by: Signer = BY) -> dict[str, object]:
    path = inclusion_path(number - 1, len(lines), nodes(lines))
    return to_inclusion(lines[number - 1], path, seen(lines, by))


def nodes(lines: Sequence[Line]) -> Node:
    def node(height: int, place: int) -> bytes:
        tree = Tree()
        for line in lines[place << height : (place + 1) << height]:
            tree.add(leaf_of(line.body))
        return tree.root()

    return node


def kept(path: Path, checkpoint: Checkpoint | dict[str, object]) -> Path:
    """`path`, with a checkpoint or a proof in it."""
    plain = checkpoint if isinstance(checkpoint, dict) else to_checkpoint(checkpoint)
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def verifier(*arguments: object, bare: bool = False) -> subprocess.CompletedProcess[str]:
    """The script in a process without the desk; `bare`: without any package, in no environment."""
    switches = ["-I", "-S"] if bare else ["-I"]
    return subprocess.run(
        [sys.executable, *switches, str(VERIFIER), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"} if not bare else {},
        check=False,
    )
