"""Values planted in every column come out nowhere: of no page, verb, error, file, log or number.

    a table with canaries ──▶ every page, as messages to the browser ──▶ searched for them
                          ──▶ every verb that tells something        ──▶ searched
                          ──▶ everything that is handed out          ──▶ searched

One person has a value of her own in every column: what a page shows masked, or not at all, would
hold it if it only hid it. Her values are searched for in every form that they may have on the way.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from compliance.cli import main
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.federated import to_plan
from compliance.privacy import to_query
from compliance.register.nouns import Organisation
from compliance.report.nouns import Format, ReportKind
from compliance.settings import Settings
from compliance.workspace import Workspace
from pages.parts import visiting
from pages.parts.navigation import PAGES
from pages.parts.serving import counting
from tests.kept import once
from tests.pages.conftest import Desk

CANARIES = {
    "name": "Xanthippe Zylberstein",
    "email": "xanthippe.z@zembla.example",
    "phone": "+49 30 55501377",
    "city": "Zemblagrad",
    "born": "1937-06-05",
    "amount": "7713374.25",
    "note": "asked for Kallikrates twice",
}
# Parts that would give them away, in small letters.
SIGNS = (
    *("xanthippe", "zylberstein", "zembla", "55501377", "1937-06-05", "7713374", "kallikrates"),
    *("7,713,374", "7.713.374"),
)
PEOPLE = 400
SAID = Description(
    data_subjects="customers",
    purpose="orders",
    legal_basis=LegalBasis.CONTRACT,
    region="DE",
    retention_months=24,
    source="shop",
    population="customers",
    unit=ColumnName("id"),
)
QUERY = {
    "unit": "id",
    "by": ["city"],
    "statistics": [{"count": "rows"}, {"sum": {"column": "amount", "lower": 0, "upper": 90}}],
}
PLAN = {"sites": {"column": "store"}, "target": "bought", "rounds": 2}


def table() -> bytes:
    lines = ["id,name,email,phone,city,born,amount,note,store,bought"]
    for person in range(PEOPLE):
        city = ("Bonn", "Jena", "Köln")[person % 3]
        born = f"19{60 + person % 30}-0{1 + person % 9}-1{person % 9}"
        lines.append(
            f"{person},Anna{person} Muster,p{person}@shop.example,+49 30 5550{person:04d},{city},"
            f"{born},{5 + person * 7 % 80}.50,came by {person % 5} times,S{person % 3},"
            f"{'yes' if person % 4 else 'no'}"
        )
    lines += [f"{PEOPLE},{','.join(CANARIES.values())},S1,yes"] * 3
    return "\n".join(lines).encode()


def fill(home: Path) -> None:
    """The whole job, done on a table with canaries."""
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.set_organisation(Organisation(name="Shop", officer="An Officer", country="DE"))
    desk.add_files([RawFile(name="people.csv", data=table())], "people", SAID)
    desk.discover("people")
    desk.release("people", to_query(QUERY), Decimal(2), Decimal("1e-6"))
    with closing(desk.federation.train("people", to_plan(PLAN))) as rounds:
        list(rounds)
    desk.assess()
    desk.build_report(ReportKind.AUDIT)


@pytest.fixture(scope="module")
def home() -> Path:
    return once(fill)


@pytest.fixture
def desk(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk with canaries, for pages and verbs alike; nothing here changes it."""
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(home))
    visiting.shared.clear()
    yield Desk(home)
    visiting.shared.clear()


def seen(*told: str | bytes) -> set[str]:
    """The signs of canaries in what was told, plain, packed or in base64."""
    found: set[str] = set()
    for one in told:
        data = one.encode() if isinstance(one, str) else one
        text = data.decode("utf-8", "replace").lower()
        found |= {sign for sign in SIGNS if sign in text}
        found |= {s for s in SIGNS if base64.b64encode(s.encode())[:-4].decode().lower() in text}
    return found


def messages(visitor: AppTest) -> Iterator[bytes]:
    """Everything that the page sent to the browser, as it was sent."""

    def walk(part: Element | Block) -> Iterator[bytes]:
        if part.proto is not None:
            yield part.proto.SerializeToString()
        if isinstance(part, Block):
            for child in part.children.values():
                yield from walk(child)

    for block in visitor._tree.children.values():
        yield from walk(block)


def test_the_search_finds_what_is_there(desk: Desk) -> None:
    stored = desk.workspace.settings.home / "datasets"
    (parquet,) = stored.glob("*.parquet")

    assert seen(table()) >= {"xanthippe", "55501377", "1937-06-05", "7713374", "kallikrates"}
    assert seen(parquet.read_bytes())


@pytest.mark.parametrize("name", [row.name for row in PAGES])
def test_no_page_sends_a_canary_to_the_browser(desk: Desk, name: str) -> None:
    visitor = desk.open(name)
    sent = list(messages(visitor))

    assert len(sent) > 5
    assert seen(*sent) == set()
    assert seen(json.dumps(dict(visitor.query_params))) == set()


VERBS = [
    "dataset list",
    "dataset show people",
    "discover people",
    "singling-out people",
    "risk people --quasi city,born --sensitive bought",
    "propose-plan people --out {out}/plan.yaml",
    "preview people --query {query}",
    "plan people --query {query} --within count_rows=20",
    "attack people --query {query}",
    "budget people",
    "assess people",
    "finding list",
    "residency people",
    "record list vendor",
    "record ropa",
    "consent list",
    "consent check people",
    "request list",
    "request log --out {out}/log.csv",
    "lineage show people",
    "lineage columns --out {out}/columns.csv",
    "lineage export --out {out}/events.jsonl",
    "lineage tags",
    "trail list",
    "trail verify",
    "trail checkpoint --out {out}/checkpoint.json",
    "trail export --out {out}/trail.jsonl",
    "watch list",
    "disclosure people --out {out}/disclosure.json",
    "audits",
    "rules list",
    "model people --run {run} --out {out}/model.json",
    # What goes wrong in the middle of the values.
    "preview people --query {broken}",
    "federate people --plan {plan} --resume none",
    "anonymise people --plan {broken} --out {out}/a.csv",
    "risk people --quasi note,nowhere",
    "dataset add {table} --name people",
    "lineage import {table}",
    "request import {table}",
    "consent import {table}",
    "record import {table}",
    "rules check {table}",
    "trail verify --export {table}",
    "report verify {table}",
]


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_tells_a_canary(
    desk: Desk, tmp_path: Path, verb: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / name for name in ("query", "plan", "broken", "table")}
    files["query"].write_text(json.dumps(QUERY), encoding="utf-8")
    files["plan"].write_text(json.dumps(PLAN), encoding="utf-8")
    files["broken"].write_text(json.dumps({**QUERY, "by": ["note", "nowhere"]}), encoding="utf-8")
    files["table"].write_bytes(table().replace(b"id,name", b"id,,name", 1))
    out = tmp_path / "out"
    out.mkdir()
    run = desk.workspace.federation.runs("people")[0].id
    typed = [word.format(out=out, run=run, **files) for word in verb.split()]
    before = set(out.iterdir())
    main(["--home", str(desk.home), "--json", *typed])
    told = capfd.readouterr()

    assert told.out or told.err
    assert seen(told.out, told.err) == set()
    written = [path.read_bytes() for path in set(out.iterdir()) - before]
    assert seen(*written) == set()


def test_nothing_that_is_handed_out_of_reports_holds_a_canary(desk: Desk) -> None:
    workspace = desk.workspace
    for report in workspace.reports():
        for shape in workspace.proof.reports.formats(report):
            data = workspace.proof.reports.export(report, shape)
            assert seen(*unpacked(data)) == set(), shape
            assert shape in Format


def unpacked(data: bytes) -> Iterator[bytes]:
    """A file, and what is packed inside it."""
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


def test_records_trail_and_numbers_hold_no_canary(desk: Desk) -> None:
    """All but the folders of the data themselves."""
    workspace = desk.workspace
    kept = [
        path
        for path in desk.home.rglob("*")
        if path.is_file() and path.parent.name not in ("datasets", "runs")
    ]

    assert desk.home / "records.sqlite" in kept
    assert seen(*(path.read_bytes() for path in kept)) == set()
    assert seen(*(str(path.relative_to(desk.home)) for path in desk.home.rglob("*"))) == set()
    assert seen(counting.text(lambda: workspace.vitals)) == set()
