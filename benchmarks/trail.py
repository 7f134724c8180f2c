"""How fast a trail of a million entries grows, is verified and is proved, beside pymerkle.

Run with `make bench-trail`. Ours writes to a database on disk: entries, their chain and the tiles
of their tree, and with every tenth entry a record that it vouches for. pymerkle keeps its leaves
in a list in memory (`InmemoryTree`) or in SQLite (`SqliteTree`), without entries, chain or records.
Seconds are of CPU; proofs are means of a hundred drawn by chance.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pymerkle import InmemoryTree, SqliteTree

from compliance.register.nouns import Organisation
from compliance.settings import Settings
from compliance.storage import acts, tables, tiles
from compliance.trail import consistency_path, inclusion_path
from compliance.workspace.anchoring.anchors import Anchoring
from compliance.workspace.desk import Desk
from compliance.workspace.governing.watching import Watching
from compliance.workspace.trails import trails
from compliance.workspace.trails.logbook import Log

VERIFIER = Path(trails.__file__).parent.parent / "trail" / "verify_trail.py"
ENTRIES, BATCH, PROOFS, RECORDED = 1_000_000, 50_000, 100, 10
IN_SQLITE = 100_000  # pymerkle's SqliteTree takes minutes for more

# Runs the script and says its seconds and the most memory it had.
ALONE = """
import runpy, sys, time
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as ended:
    assert not ended.code, ended.code
status = open("/proc/self/status").read()
print(time.process_time(), status.split("VmHWM:")[1].split()[0])
"""

_CHANCE = random.Random(6962)


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def grown(desk: Desk, entries: int) -> None:
    for start in range(0, entries, BATCH):
        with desk.acts() as acts:
            for number in range(start, min(start + BATCH, entries)):
                with acts.act("release.publish", f"orders {number % 50}") as act:
                    act.facts |= {"epsilon": "0.5", "groups": number % 97}
                    if number % RECORDED == 0:
                        act.store(tables.ORGANISATION, Organisation(name=f"name {number}"))


def mean_ms(prove: Callable[[int], object], entries: int) -> float:
    drawn = [_CHANCE.randrange(1, entries) for _ in range(PROOFS)]
    return 1_000 * seconds(lambda: [prove(number) for number in drawn]) / PROOFS


def row(what: str, ours: float, unit: str, theirs: float | None, limit: str) -> None:
    """A line of the table; the ratio says how many times better ours is."""
    ratio = "–"
    if theirs is not None:
        ratio = f"{ours / theirs if unit == 'entries/s' else theirs / ours:,.1f}"
    beside = "–" if theirs is None else f"{theirs:,.2f}"
    print(f"| {what} | {ours:,.2f} | {unit} | {beside} | {ratio} | {limit} |", flush=True)


def peer(tree: InmemoryTree | SqliteTree, entries: int) -> float:
    """Entries a second."""
    data = [f"entry {number}".encode() * 20 for number in range(1_000)]

    def fill() -> None:
        for start in range(0, entries, 1_000):
            tree.append_entries(data[: entries - start])

    return entries / seconds(fill)


def measured(desk: Desk, entries: int, folder: Path) -> None:
    print(f"## {entries:,} entries\n")
    print("| what | ours | unit | pymerkle | ratio | must be |\n|---|---|---|---|---|---|")
    began = time.perf_counter()
    ours = entries / seconds(lambda: grown(desk, entries))
    elapsed = entries / (time.perf_counter() - began)
    with desk.database.reading() as connection:
        verified = seconds(lambda: trails.verify(connection))
        memory_mb = peak_mb()  # before pymerkle holds its leaves
    memory = InmemoryTree(algorithm="sha256")
    in_memory = peer(memory, entries)
    in_sqlite = peer(SqliteTree(str(folder / "peer.sqlite")), min(entries, IN_SQLITE))
    row("append, theirs in SQLite", ours, "entries/s", in_sqlite, "≥ 20,000")
    row("append, theirs in memory", ours, "entries/s", in_memory, "")
    row("append, by the clock", elapsed, "entries/s", None, "")
    row("verify all", verified, "s", None, "< 60")
    row("most memory until here", memory_mb, "MB", None, "bounded")
    proved(desk, memory, entries)


def proved(desk: Desk, memory: InmemoryTree, entries: int) -> None:
    with desk.database.reading() as connection:

        def head(_: int) -> object:
            return trails.signed(desk, connection)

        def entry(number: int) -> object:
            return inclusion_path(number - 1, entries, tiles.node_in(connection, entries))

        def since(old: int) -> object:
            return consistency_path(old, entries, tiles.node_in(connection, entries))

        theirs = [
            mean_ms(lambda _: memory.get_root(entries), entries),
            mean_ms(lambda number: memory.prove_inclusion(number, entries), entries),
            mean_ms(lambda old: memory.prove_consistency(old, entries), entries),
        ]
        row("signed head", mean_ms(head, entries), "ms", theirs[0], "")
        row("inclusion proof", mean_ms(entry, entries), "ms", theirs[1], "< 10")
        row("consistency proof", mean_ms(since, entries), "ms", theirs[2], "< 10")


def exported(desk: Desk, folder: Path) -> None:
    path = folder / "trail.jsonl"

    def write() -> None:
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(trails.export(desk))

    row("export", seconds(write), "s", None, "")
    found = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(VERIFIER), str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    used, peak = found.stdout.split()[-2:]
    row("verify_trail.py on the export", float(used), "s", None, "< 60")
    row("its memory", int(peak) / 1024, "MB", None, "bounded")


def opened(desk: Desk, home: Path) -> None:
    """What pages ask of a trail of this length, in a process that has read nothing of it."""
    Anchoring(desk).verify(is_scheduled=True)
    fresh = Desk(Settings.from_environment({}, home=home))
    log, watching = Log(fresh), Watching(fresh)

    def knows() -> None:
        with fresh.database.reading() as connection:
            acts.newest_by(connection, "trail.checkpoint")
            acts.newest_by(connection, "trail.watch")

    for what, ask in (
        ("state, on a verification of today", log.state),
        ("what cannot be told yet", watching.cannot_tell),
        ("the last of an act, twice", knows),
        ("the newest entries", log.find),
        ("entries of an act", lambda: log.find(act="trail.verify")),
        ("entries of somebody who did nothing", lambda: log.find(actor="nobody")),
    ):
        row(what, 1_000 * seconds(ask), "ms", None, "< 500")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=ENTRIES)
    entries = parser.parse_args().entries
    warnings.simplefilter("ignore", DeprecationWarning)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Settings.from_environment({}, home=Path(folder) / "desk"))
        measured(desk, entries, Path(folder))
        opened(desk, Path(folder) / "desk")
        exported(desk, Path(folder))


if __name__ == "__main__":
    main()
