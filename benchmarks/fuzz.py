"""Every reader and importer fuzzed, guided by what of our code a file reaches: `make bench-fuzz`.

Each target runs in a process of its own for `--seconds` (20), with 4 GB at most and 25 seconds for
one file. Whatever ends it other than success or a `ComplianceError` is kept under `--out` and told.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
_MOST_MB, _MOST_S = 4096, 25


def fuzz(name: str, seconds: int, out: Path) -> None:
    """Fuzz one target in this process until its time is over; never returns."""
    import atheris

    with atheris.instrument_imports(include=["compliance"], enable_loader_override=False):
        from tests.fuzz_targets import TARGETS, changed, is_taken
    target = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix="corpus-"))
    for number, seed in enumerate(target.seeds()):
        is_taken(target, seed)
        (corpus / str(number)).write_bytes(seed)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return changed(data, chance)[:most]

    options = [f"-max_total_time={seconds}", f"-rss_limit_mb={_MOST_MB}", f"-timeout={_MOST_S}"]
    options += [f"-artifact_prefix={out}/{name.replace(' ', '-')}-", "-max_len=200000"]
    options += ["-print_final_stats=1", str(corpus)]
    atheris.Setup(
        [sys.argv[0], *options], lambda data: is_taken(target, data) and None, custom_mutator=mutate
    )
    atheris.Fuzz()


def told(said: str) -> tuple[int, str]:
    """How many files were tried, and what was found: the last line of a traceback, or nothing."""
    tried = re.search(r"stat::number_of_executed_units: (\d+)", said)
    last = re.findall(r"^#(\d+)\s", said, re.MULTILINE)
    count = int(tried[1]) if tried else int(last[-1]) if last else 0
    crash = re.search(r"=== Uncaught Python exception: ===\n(.*)", said)
    other = re.search(r"ERROR: libFuzzer: (.*)", said)
    return count, (crash or other)[1] if crash or other else ""


def main() -> int:
    """Fuzz all targets, or those that are named, one after another, and print a table."""
    from tests.fuzz_targets import TARGETS

    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-found")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.one:
        fuzz(asked.targets[0], asked.seconds, asked.out)
    print(f"{'target':18} {'files tried':>12}  found")
    total = faults = 0
    for name in asked.targets or TARGETS:
        command = [sys.executable, __file__, name, "--one", "--seconds", str(asked.seconds)]
        done = subprocess.run(
            [*command, "--out", str(asked.out)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        count, found = told(done.stdout + done.stderr)
        if not found and done.returncode:
            found = (done.stderr.strip().splitlines() or ["ended by itself"])[-1]
        total, faults = total + count, faults + bool(found)
        print(f"{name:18} {count:12,}  {found[:100]}", flush=True)
    print(f"{'all':18} {total:12,}  {faults} found; files that show it are in {asked.out}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
