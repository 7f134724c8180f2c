"""Every writing verb of the command line, killed at random, on a full disk, in a locked folder.

The lines come from the tests of the command line as they run: each line that writes something is
first tried on copies of the workspace as it is then. So a verb that has a test is tried here, and
one that has none is named. Prints a table per kind of database; fails where something was lost,
half-written, or not said in a sentence.

Usage: python benchmarks/faults.py [--more N] [sqlite|postgresql [tests/test_….py …]]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import compliance.cli
from compliance.cli.parser import parser
from compliance.errors import WorkspaceError
from tests import fault_cases

ROOT = Path(__file__).resolve().parent.parent
LONGEST_S = 90.0
KINDS = ("sqlite", "postgresql")
SEED = 20261126
# No test types these as a line; some write nothing. What is not tried is named, and why.
READS = {
    *("backup check", "database grants", "lineage columns", "lineage tags", "plan", "recipe list"),
    *("schedule cron", "schedule list", "singling-out"),
}
UNTRIED = {
    "worker": "runs what `schedule run` and `trail anchor run` run",
    "backup restore": "killed at four moments in tests/test_backups.py",
}


def leaves(of: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every verb, in the words that are typed."""
    inner = [one for one in of._actions if isinstance(one, argparse._SubParsersAction)]
    if not inner:
        yield " ".join(before)
    for action in inner:
        for name, one in action.choices.items():
            yield from leaves(one, (*before, name))


class Trying:
    """Tries each line that tests run, before they do."""

    def __init__(self, more: int) -> None:
        self.verbs = frozenset(leaves(parser()))
        self.trials: dict[str, list[fault_cases.Trial]] = defaultdict(list)
        self.harmed: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.acts: set[str] = set()
        self.seen: Counter[str] = Counter()
        self._more = more
        self._draw = random.Random(SEED)
        self._really = compliance.cli.main
        compliance.cli.main = self.main  # before a test takes it from there
        self._told = os.fdopen(os.dup(2), "w")

    def pytest_sessionstart(self) -> None:
        """Lines of our own come first; the records are where they belong by now."""
        with tempfile.TemporaryDirectory(prefix="desk-faults-") as folder:
            home, lines = fault_cases.prepared(Path(folder))
            for line in lines:
                for _ in range(self._more):
                    self._kill_only(home, line)
                with contextlib.redirect_stdout(io.StringIO()):
                    self.main(["--home", str(home), *line])

    def _kill_only(self, home: Path, line: list[str]) -> None:
        trial = fault_cases.tried(home, line, self._draw)
        if trial is not None:
            trial.line = self._verb(line)
            self.trials[trial.line].append(trial)
            said = f"{trial.line}, killed once more: {'; '.join(trial.problems) or 'well'}"
            print(said, file=self._told, flush=True)

    def main(self, typed: Sequence[str]) -> int:
        home, line = Path(typed[1]), list(typed[2:])
        verb = self._verb(line)
        self.seen[verb] += 1
        is_here = verb and verb not in UNTRIED and "flower" not in line
        if is_here and len(self.trials[verb]) <= self._more:
            self._try(home, verb, line)
        return self._really(typed)

    def _verb(self, line: Sequence[str]) -> str:
        words = [word for word in line if word != "--json"]
        ends = (" ".join(words[:count]) for count in (3, 2, 1))
        return next((one for one in ends if one in self.verbs), "")

    def _try(self, home: Path, verb: str, line: list[str]) -> None:
        if self.seen[verb] > 40 and not self.trials[verb]:
            return  # it only reads
        began = time.monotonic()
        try:
            trial = fault_cases.tried(home, line, self._draw)
        except WorkspaceError:  # a test has broken it before
            return
        if trial is None:
            return
        trial.line = verb
        self.trials[verb].append(trial)
        self.acts.update(trial.acts)
        if verb not in self.harmed and time.monotonic() - began < LONGEST_S:
            for name in fault_cases.HARMS:
                self.harmed[verb][name] = fault_cases.refused(home, line, name)
        wrong = [*trial.problems, *(one for found in self.harmed[verb].values() for one in found)]
        said = f"{verb}: {time.monotonic() - began:.0f} s, {'; '.join(wrong) or 'well'}"
        print(said, file=self._told, flush=True)

    def end(self) -> None:
        compliance.cli.main = self._really


def tried_on(kind: str, more: int, files: Sequence[str]) -> Trying:
    """All lines of tests of the command line, on one kind of database."""
    trying = Trying(more)
    options = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=line"]
    options += [
        f"--records={kind}",
        "--all-lines",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    try:
        pytest.main([*options, *files], plugins=[trying])
    finally:
        trying.end()
    return trying


def told(kind: str, trying: Trying) -> bool:
    """Print what was found; whether all was well."""
    every = [trial for trials in trying.trials.values() for trial in trials]
    tried = sum(map(bool, trying.trials.values()))
    print(f"\n{kind}: killed at {len(every)} points of {tried} writing verbs")
    print(f"  {'verb':28} {'kills':>5} {'nothing':>8} {'some':>5} {'all':>4} {'problems':>9}")
    problems = []
    for verb, trials in sorted(trying.trials.items()):
        if not trials:
            continue
        nothing = sum(trial.written == 0 for trial in trials)
        whole = sum(trial.written >= trial.entries for trial in trials)
        wrong = [one for trial in trials for one in trial.problems]
        problems += [f"{verb}, killed at {trials[0].at}: {one}" for one in wrong]
        for harm, found in trying.harmed[verb].items():
            problems += [f"{verb}, {harm}: {one}" for one in found]
        row = (len(trials), nothing, len(trials) - nothing - whole, whole, len(wrong))
        print(f"  {verb:28} {row[0]:5} {row[1]:8} {row[2]:5} {row[3]:4} {row[4]:9}")
    harms = Counter(harm for one in trying.harmed.values() for harm in one)
    print("  " + "; ".join(f"{harm}: {count} verbs" for harm, count in harms.items()))
    known = yaml.safe_load((ROOT / "compliance/privacy/disclosure/acts.yaml").read_text("utf-8"))
    missed = sorted({one["act"] for one in known["acts"]} - trying.acts)
    print(f"  acts reached: {len(trying.acts)}; not: {', '.join(missed)}")
    untyped = sorted(trying.verbs - trying.seen.keys() - READS - UNTRIED.keys())
    problems += [f"{verb}: no line of it came by" for verb in untyped]
    print(f"  not tried: {', '.join(sorted(UNTRIED))}; see UNTRIED for why")
    for problem in problems:
        print(f"  PROBLEM {problem}")
    return not problems


def main() -> None:
    typed = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    typed.add_argument("kind", nargs="?", choices=KINDS, help="left out: one after the other")
    typed.add_argument("files", nargs="*", metavar="tests/test_….py")
    typed.add_argument(
        "--more", type=int, default=0, help="so many kills more of each line of the desk's own"
    )
    given = typed.parse_args()
    os.chdir(ROOT)
    if given.kind is None:  # tests hold on to what they import, so each kind has its own process
        runs = [
            subprocess.run([sys.executable, __file__, kind, "--more", str(given.more)], check=False)
            for kind in KINDS
        ]
        sys.exit(max(run.returncode for run in runs))
    files = given.files or [
        str(path)
        for path in sorted((ROOT / "tests").glob("test_*.py"))
        if re.search("cli_cases|compliance.cli import main", path.read_text("utf-8"))
    ]
    sys.exit(0 if told(given.kind, tried_on(given.kind, given.more, files)) else 1)


if __name__ == "__main__":
    main()
