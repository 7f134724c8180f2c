"""What the tests of the command line share: one way to run it, and to see what it left behind."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import compliance.cli
from compliance.settings import Settings
from compliance.storage import tables
from tests.conftest import CANARY_COUNTRY, CANARY_PERSON
from tests.kept import named
from tests.postgresql import past_the_desk, without_triggers

QUERY = """\
unit: customer
by: [country]
max_rows_per_group: 3
statistics:
  - count: rows
  - sum: {column: amount, lower: 0, upper: 100}
"""
_PERSON = re.compile(rf"(?<![\d.]){CANARY_PERSON}(?!\d)")  # not among the digits of a share
PLAN = "sites: {column: region}\ntarget: bought\nrounds: 2\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How the command line ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def filled(folder: Path, orders: bytes) -> Path:
    """A workspace in `folder`, with the dataset `orders` added and looked at."""
    name = f"orders-{hashlib.sha256(orders).hexdigest()[:12]}"
    kept = named(name, lambda home: _fill(home, orders))
    return Path(shutil.copytree(kept, folder / "desk"))


def _fill(home: Path, orders: bytes) -> None:
    path = written(home.parent, "orders.csv", orders)
    described = ("--unit", "customer", "--region", "DE", "--population", "customers")
    assert run(home, "dataset", "add", path, "--name", "orders", *described).code == 0
    assert run(home, "discover", "orders").code == 0


def run(home: Path, *arguments: object) -> Answer:
    """Run one verb on the workspace at `home`, in this process.

    Whatever is asked, no cell value of the data is ever said and no traceback shown.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = compliance.cli.main(["--home", str(home), *map(str, arguments)])
        except SystemExit as usage:
            code = int(usage.code or 0)
    said = [_written_to(stream) for stream in (out, err)]
    for text in said:
        assert CANARY_COUNTRY not in text
        assert not _PERSON.search(text)
        assert "Traceback" not in text
    return Answer(code=code, out=said[0], err=said[1])


def refused(home: Path, *arguments: object) -> str:
    """The one line that refuses; the workspace is as it was before."""
    before = state_of(home)

    answer = run(home, "--json", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith(".\n")
    assert answer.err.count("\n") == 1
    assert not answer.err.startswith("usage")
    assert state_of(home) == before
    return answer.err.strip()


def state_of(home: Path) -> tuple[dict[str, str], dict[str, int], object]:
    """The files of a workspace, the size of each table of records, and where its trail ends."""
    files = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("records.sqlite")
    }
    with contextlib.closing(past_the_desk(Settings.from_environment({}, home=home))) as connection:
        sizes = {
            name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]  # noqa: S608
            for name in tables.METADATA.tables
        }
        return files, sizes, connection.execute("select * from trail_head").fetchall()


def tamper(home: Path, *statements: str) -> None:
    """Change records behind the desk's back, past the triggers that forbid it."""
    with contextlib.closing(past_the_desk(Settings.from_environment({}, home=home))) as connection:
        without_triggers(connection)
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A file `name` in `folder` with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _written_to(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()
