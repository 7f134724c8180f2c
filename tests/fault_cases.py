"""Lines of the command line that are stopped in the middle, and what is there afterwards.

Each runs in a process of its own, on a copy of the workspace, and ends as it would be ended: by a
kill at one of its calls of Python functions, by a disk that is full, by a folder that cannot be
written.
"""

from __future__ import annotations

import atexit
import contextlib
import csv
import functools
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy.nouns import Spend, SpendState
from compliance.settings import Settings
from compliance.storage import records, tables
from compliance.workspace import Workspace
from compliance.workspace.data import datasets
from compliance.workspace.erasing.copies import files_in_use
from tests import fault_child
from tests.anonymised_people import CITIES, ended, people, plan
from tests.cli_cases import run
from tests.conftest import ROOT
from tests.erasing_cases import ask, email, files_of
from tests.openlineage_events import dataset, event, lines
from tests.redirected import VARIABLE, forget

_SEALED = {"PRIVACY_DESK_BACKUP_PASSWORD": "twelve letters"}  # backups are sealed with something
HARMS = tuple(fault_child.HARMS)
_BOUGHT = (tables.RELEASE, tables.RUN, tables.SYNTHESIS, tables.PROPOSAL)

ANN = "ann@a.example"
PEOPLE = f"id,mail,town\n1,{ANN},Ulm\n2,bob@b.example,Bonn\n3,cem@c.example,Rom\n"
BOUGHT = "id,what\n" + "".join(f"{n % 12},{('tea', 'milk', 'bread')[n % 3]}\n" for n in range(60))
SHORT = 8  # so many of the lines take a moment only


class Ended(NamedTuple):
    """How a process ended.

    Attributes:
        code: what it exits with; None: it was killed.
        calls: how many there were.
        first: at which of them it first began to write to the records.
        said: what it said on standard error.
    """

    code: int | None
    calls: int
    first: int
    said: str


def ran(
    home: Path, line: Sequence[str], *, kill_at: int | None = None, harm: str | None = None
) -> Ended:
    """Run one line in a process of its own.

    Args:
        kill_at: killed after so many calls; 0: they are counted; None: not even that, which is
            several times as fast.
        harm: one of `HARMS`.
    """
    asked = {
        "home": str(home),
        "line": list(line),
        "kill_at": kill_at,
        "harm": harm,
        "folder": str(Path.cwd()),
        "environment": {**_SEALED, **os.environ},
        "typed": _typed().hex(),
    }
    said = _running().ask(asked)
    return Ended(*said)


def _typed() -> bytes:
    """What a test puts on standard input; nobody else types anything."""
    if isinstance(sys.stdin, io.StringIO):
        return sys.stdin.getvalue().encode()
    held = getattr(sys.stdin, "buffer", None)
    return held.getvalue() if isinstance(held, io.BytesIO) else b""


class _Runner:
    """The process whose forks run the lines."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", fault_child.__name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.end)

    def ask(self, what: dict[str, object]) -> list[Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())  # type: ignore[no-any-return]

    def end(self) -> None:
        self._process.communicate()


@functools.cache
def _running() -> _Runner:
    return _Runner()


@contextlib.contextmanager
def copied(home: Path) -> Iterator[Path]:
    """A copy of a workspace with its records, which goes when it ends."""
    with tempfile.TemporaryDirectory(prefix="desk-fault-") as folder:
        copy = Path(folder) / "desk"
        if home.exists():
            shutil.copytree(home, copy)
            done_in(copy, -1)  # its database is copied by now, before anything is harmed
        try:
            yield copy
        finally:
            if VARIABLE in os.environ:
                forget(Path(folder))


def prepared(folder: Path) -> tuple[Path, list[list[str]]]:
    """A small workspace in `folder`, and lines that write each kind of thing into it."""
    home = folder / "desk"
    workspace = Workspace(Settings.from_environment({}, home=home))
    said = Description(unit=ColumnName("id"), population="people")
    workspace.add_files(files_of(PEOPLE, "a"), "people", said)
    workspace.add_files(files_of(BOUGHT, "b"), "bought", said)
    workspace.discover("people")
    ask(workspace, "R-1", [email(ANN)])
    (folder / "t.csv").write_text("a,b\n1,2\n3,4\n")
    return home, [
        ["organisation", "--name", "x"],
        ["dataset", "add", str(folder / "t.csv"), "--name", "t"],
        ["discover", "people"],
        ["budget", "people", "--set", "2,1e-6"],
        ["hold", "place", "--why", "a case at court"],
        ["trail", "checkpoint", "--out", str(folder / "c.json")],
        ["trail", "rotate-key"],
        ["erasure", "run", "R-1"],
        ["trail", "prove", "1", "--out", str(folder / "p.json")],
        *(["trail", "anchor", *line] for line in _anchoring(folder)),
        ["baskets", "bought", "--person", "id", "--item", "what"],
        *_more(folder, home),
        *_of_people(folder, home, workspace),
        ["self-audit"],
    ]


def _more(folder: Path, home: Path) -> list[list[str]]:
    """Lines that no test types otherwise, in the order in which they work."""
    (folder / "q.yaml").write_text(
        "unit: id\nstatistics:\n  - count: units\n"
        "  - sum: {column: id, lower: 0, upper: 12}\nmax_rows_per_group: 5\n"
    )
    query = ["bought", "--query", str(folder / "q.yaml"), "--epsilon", "0.1"]
    (folder / "p.json").write_text(json.dumps({"email": [ANN]}))
    other = event(dataset("mart", ["a"]), inputs=[dataset("crm", ["a"])])
    (folder / "other.jsonl").write_bytes(lines(other))
    person = ["--person", str(folder / "p.json")]
    laws = "laws_in_scope=EU_GDPR; UK_GDPR; US_VA_VCDPA"
    assert run(home, "record", "set", "org", "org", laws).code == 0
    longer, still, back = (
        run(home, "--json", "request", "open", law, "access", *person).document["id"]
        for law in ("EU_GDPR", "UK_GDPR", "UK_GDPR")
    )
    return [
        ["attack", *query],
        ["bounds", *query, "--column", "id"],
        ["error", *query, "--real"],
        ["schedule", "keep", "nightly", "--cron", "0 3 * * *"],
        ["schedule", "run", "nightly"],
        ["audits"],
        ["schedule", "remove", "nightly"],
        ["request", "ask-identity", longer, "--doubt", "the address is not on record"],
        ["request", "reject-proof", longer, "--why", "expired"],
        ["request", "extend", longer, "--reason", "many requests"],
        ["request", "pause", still, "--reason", "identity_awaited"],
        ["request", "resume", still],
        ["request", "withdraw", back],
        *_of_appeals(home, folder / "p.json"),
        ["lineage", "export", "--out", str(folder / "l.jsonl")],
        ["lineage", "import", str(folder / "other.jsonl")],
        ["report", "summary", "--out", str(folder / "s.pdf")],
        ["report", "ropa", "--out", str(folder / "r.pdf")],
        ["backup", "make", "--out", str(folder / "w.backup")],
    ]


def _of_appeals(home: Path, who: Path) -> list[list[str]]:
    """An appeal against a refusal, and its answer."""
    virginia = ["US_VA_VCDPA", "access", "--person", who]
    id_ = run(home, "--json", "request", "open", *virginia).document["id"]
    for step in (
        ["identify", id_, "--level", "document", "--checked", "the day of birth"],
        ["decide", id_, "refused", "--ground", "excessive", "--reason", "the third this year"],
        ["answer", id_, "--told", "reason", "--told", "appeal"],
    ):
        said = run(home, "request", *step)
        assert said.code == 0, said
    return [["request", "appeal", id_], ["request", "answer-appeal", id_, "denied"]]


def _of_people(folder: Path, home: Path, workspace: Workspace) -> list[list[str]]:
    """A vault that is opened, a table that is attacked, rows that are invented."""
    name, unit = "crowd", ColumnName("customer_id")
    workspace.add_files(files_of(people().decode(), name), name, Description(unit=unit))
    vaulted = plan(columns={"customer_id": "vault", "email": "drop"})
    done = ended(workspace.anonymisation.anonymise(name, vaulted, {}, "safe"))
    output = io.StringIO(workspace.anonymisation.output(done).decode())
    pseudonym = next(csv.DictReader(output))["customer_id"]
    (folder / "s.yaml").write_text(
        "unit: customer_id\ncolumns: [city, {column: age, edges: [20, 40, 60]}]\nmax_rows: 1\n"
        f"rows: 100\npublic_keys: {{city: [{', '.join(CITIES)}]}}\n"
    )
    opened = ["--column", "customer_id", "--pseudonym", pseudonym, "--reason", "asked by ann"]
    return [
        ["reveal", "safe", *opened],
        ["attack-table", name, "--released", "safe", "--known", "age,city"],
        ["synthesise", name, "--plan", str(folder / "s.yaml"), "--into", "new", "--epsilon", "1"],
    ]


def _anchoring(folder: Path) -> list[list[str]]:
    to = ["--kind", "file", "--to", str(folder / "anchor.jsonl"), "--every", "day"]
    return [["keep", "outside", *to], ["run"], ["check"], ["remove", "outside"]]


def problems_of(home: Path) -> list[str]:
    """What is half-done in a workspace, after it was opened again; nothing, if all is well."""
    workspace = Workspace(Settings.from_environment(home=home))
    desk = workspace._desk
    told = workspace.verify_trail().problems
    # What lies outside has seen other copies of this workspace.
    found = [one for one in told if not one.startswith("Anchor “")]
    with desk.database.reading() as connection:
        every = datasets.every_version(connection)
        missing = [path.name for path in files_in_use(desk, connection, every) if not path.exists()]
        found += [f"{len(missing)} files are missing that the records name"] if missing else []
        for one in every:
            path = desk.datasets_folder / f"{one.sha256}.parquet"
            if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
                found.append(f"the rows of {one.id} are not those that were stored")
        spends = records.newest_by(connection, tables.SPEND, Spend, "id").values()
        paid = {one.purpose for one in spends if one.state is SpendState.SETTLED}
        bought = {
            str(id_)
            for table in _BOUGHT
            for (id_,) in connection.execute(table.select().with_only_columns(table.c.id))
        }
    found += [f"paid for and not there: {one}" for one in sorted(paid - bought)]
    with desk.database.reading() as connection:
        released = connection.execute(
            tables.RELEASE.select().with_only_columns(tables.RELEASE.c.id)
        )
        found += [f"there and not paid for: {id_}" for (id_,) in released if id_ not in paid]
    found += _halves(home)
    if list((home / "erasing").glob("*.journal")):
        found.append("an erasure was neither forgotten nor finished")
    return found


def _halves(home: Path) -> list[str]:
    """Files that were begun and stay although they grew old."""
    for path in home.rglob("*.partial"):
        os.utime(path, (0, 0))
    Workspace(Settings.from_environment(home=home))
    return [f"{path.name} stays for ever" for path in home.rglob("*.partial")]


def done_in(home: Path, after: int = 0) -> tuple[int, tuple[str, ...]]:
    """How many entries there are, and the acts that were done behind the first `after`."""
    if not home.exists():
        return 0, ()
    with Workspace(Settings.from_environment(home=home))._desk.database.reading() as connection:
        lines = [] if after < 0 else records.lines_after(connection, after)
        done = tuple(dict.fromkeys(str(json.loads(line.body)["act"]) for line in lines))
        return records.head_of(connection).entries, done


@dataclass(slots=True)
class Trial:
    """What became of one line that was stopped.

    Attributes:
        line: without values.
        entries: how many it writes when nobody stops it.
        acts: which.
        calls: of functions, when nobody stops it.
        at: at which it was killed.
        was_killed: whether it got so far.
        written: how many entries were there after the kill.
        problems: what was wrong afterwards.
    """

    line: str
    entries: int = 0
    acts: tuple[str, ...] = ()
    calls: int = 0
    at: int = 0
    was_killed: bool = False
    written: int = 0
    problems: list[str] = field(default_factory=list)


def tried(home: Path, line: Sequence[str], draw: random.Random) -> Trial | None:
    """Run a line, then kill it at a call that is drawn, look, and run it again.

    Three of four are drawn from where it begins to write on.

    None: it writes nothing, or is refused.
    """
    before = done_in(home, -1)[0]
    with copied(home) as copy:
        whole = ran(copy, line, kill_at=0)
        entries, done = done_in(copy, before) if whole.code == 0 else (before, ())
    trial = Trial(line=" ".join(line[:3]), entries=entries - before, acts=done, calls=whole.calls)
    if whole.code not in (0, None) and whole.code != 2:
        trial.problems.append(f"unharmed: {whole.said}")
        return trial
    if whole.code != 0 or not trial.entries:
        return None
    with copied(home) as copy:
        trial.at = draw.randint(1 if draw.random() < 0.25 else whole.first, whole.calls)
        ended = ran(copy, line, kill_at=trial.at)
        trial.was_killed = ended.code is None
        if copy.exists():
            trial.problems += problems_of(copy)
            trial.written = done_in(copy, -1)[0] - before
        again = ran(copy, line)
        is_done = trial.written >= trial.entries
        if again.code not in ((0, 2) if is_done else (0,)):
            trial.problems.append(f"again: {again.code} {again.said}")
        trial.problems += problems_of(copy)
    return trial


def refused(home: Path, line: Sequence[str], harm: str) -> list[str]:
    """What is wrong after a line met a harm that is no kill: it says so, and nothing is lost."""
    before = done_in(home, -1)[0]
    with copied(home) as copy:
        ended = ran(copy, line, harm=harm)
        for path in (copy.parent, *copy.parent.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        found = []
        sentence = ended.said.strip().splitlines()[-1:]
        is_odd = ended.code == 2 and sentence and not sentence[0].endswith(".")
        if ended.code not in (0, 2) or is_odd:  # 2 without a sentence: what is printed says why
            found.append(f"{ended.code}: {ended.said}")
        found += problems_of(copy) if copy.exists() else []
        again = ran(copy, line)
        written = done_in(copy, -1)[0] - before
        if again.code != 0 and not written:
            found.append(f"again: {again.code} {again.said}")
        return found
