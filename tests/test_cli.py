"""Every verb of the command line, asked as a script asks it and as a person does."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from compliance.cli.parser import parser
from compliance.cli.text import as_text
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.cli_cases import PLAN, QUERY, Answer, filled, run, state_of, written

ROOT = Path(__file__).resolve().parent.parent
DEMO = {"customers", "orders", "clicks", "reviews"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, orders_csv: bytes) -> Path:
    """A workspace with the dataset `orders`."""
    return filled(tmp_path_factory.mktemp("template"), orders_csv)


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """A workspace of its own for each test, and a query and a plan beside it."""
    written(tmp_path, "q.yaml", QUERY)
    written(tmp_path, "p.yaml", PLAN)
    shutil.copytree(template, tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """A workspace with the demo shop, and what building it said."""
    folder = tmp_path_factory.mktemp("demo") / "desk"
    return folder, run(folder, "--json", "demo")


DATASET = {"id": "", "name": "", "rows": 0, "sha256": "", "population": ""} | {
    "columns": [{"name": "", "type": ""}],
    "cleaning": [{"step": "", "rows_changed": 0}],
}
LABELS = {
    "columns": [
        {"name": "", "semantic_type": "", "identifier_class": "", "confidence": 0.5, "evidence": []}
    ]
}
PRICE = {"epsilon": 0.5, "delta": 0.5, "rho": None}
PRICES = {
    "delta": 0.5,
    "tightest": "",
    "quotes": [
        {"accountant": "", "epsilon": None, "reason": ""},
    ],
}
BUDGET = {"total": {"epsilon": 1.0, "delta": 1.0}, "spent": PRICE, "left": PRICE, "entries": []} | {
    "prices": PRICES,
    "period": {"kind": "", "starts": None, "ends": None},
    "since_beginning": PRICE,
    "caps": [],
}
CAPPED = BUDGET | {
    "period": {"kind": "", "starts": "", "ends": ""},
    "caps": [{"actor": "", "epsilon": 0.5, "spent": 0.0, "left": 0.5}],
}
VERDICTS = {
    "verdicts": [
        dict.fromkeys(("rule", "law", "article", "state", "evidence", "severity"), ""),
    ],
    "score": 0.5,
}
REPORT = {"path": "", "sha256": "", "pages": 1}
# A verb, the fields of its answer as a script relies on them, and what a person sees of it.
VERBS = [
    pytest.param(
        "organisation --name Acme --country DE",
        dict.fromkeys(("name", "officer", "contact", "country"), ""),
        r"^name: Acme$",
        id="organisation",
    ),
    pytest.param("dataset add t.csv --name t", DATASET, r"^rows: 3$", id="dataset add"),
    pytest.param(
        "dataset list",
        {"datasets": [{"id": "", "name": "", "version": 1, "rows": 1, "columns": 1, "sha256": ""}]},
        r"orders@1  orders  1 +1,840  6 +[0-9a-f]{64}$",
        id="dataset list",
    ),
    pytest.param("dataset show orders", DATASET, r"^rows: 1,840$", id="dataset show"),
    pytest.param(
        "dataset describe orders --purpose shipping --legal-basis contract",
        DATASET,
        r"^  purpose: shipping$",
        id="dataset describe",
    ),
    pytest.param("discover orders", LABELS, r"customer +\w+ +direct", id="discover"),
    pytest.param(
        "label orders --column region --type region --class none",
        LABELS,
        r"region +region +none .+ corrected",
        id="label",
    ),
    pytest.param(
        "preview orders --query q.yaml",
        {
            "table": [{"country": "", "statistic": "", "margin": 0.5}],
            "curve": [{"epsilon": 0.5, "margin": 0.5, "relative": 0.5}],
            "threshold": 1,
            "withheld_groups": 1,
        },
        r"DE +count_rows +\d+",
        id="preview",
    ),
    pytest.param(
        "release orders --query q.yaml --epsilon 1",
        {
            "id": "",
            "values": [{"country": "", "statistic": "", "value": 0.5, "margin": 0.5}],
            "spent": PRICE,
            "prices": PRICES,
            "left": PRICE,
            "dropped": {"rows": 1, "units": 1},
            "mechanism": "",
            "disclosure": {},
        },
        r"^mechanism: gaussian$",
        id="release",
    ),
    pytest.param("budget orders", BUDGET, r"^population: customers$", id="budget"),
    pytest.param("budget orders --set 2,1e-6", BUDGET, r"^  epsilon: 2$", id="budget --set"),
    pytest.param(
        "budget orders --set 2,1e-6 --period year --cap anna=0.5 --cap ben=0.25",
        CAPPED,
        r"^  ben +0\.25 +0 +0\.25$",
        id="budget --cap",
    ),
    pytest.param(
        "federate orders --plan p.yaml",
        {
            "rounds": [
                dict.fromkeys(("round", "clients", "bytes_up", "bytes_down"), 1)
                | {"loss": 0.5, "metric": 0.5, "epsilon": None}
            ],
            "final": {"loss": 0.5, "metric": 0.5},
            "baselines": {"centralised": 0.5, "local": 0.5},
        },
        r"^final:$",
        id="federate",
    ),
    pytest.param("assess", VERDICTS, r"GDPR +Art\. ", id="assess"),
    pytest.param("assess orders", VERDICTS, r"GDPR +Art\. ", id="assess one"),
    pytest.param(
        "trail list --count 1",
        {"entries": [{"number": 1, "act": "", "actor": "", "hash": "", "facts": {}}]},
        r"2 +\S+ +.+dataset\.discover \(compared values with",
        id="trail list",
    ),
    pytest.param(
        "trail verify",
        {"entries": 1, "root": "", "head": "", "ok": True, "problems": []},
        r"^ok: yes$",
        id="trail verify",
    ),
    pytest.param(
        "trail checkpoint --out c.json", {"path": ""}, r"^path: c\.json$", id="trail checkpoint"
    ),
    pytest.param(
        "trail export --out t.jsonl", {"path": "", "entries": 1}, r"^entries: 3$", id="trail export"
    ),
    pytest.param(
        "lineage show orders",
        {"edges": [{"from": "", "step": "", "to": "", "entry": 1, "at": ""}]},
        r"orders\.csv +source +added +orders \(version 1\)",
        id="lineage show",
    ),
    pytest.param("report audit --out a.pdf", REPORT, r"^pages: \d+$", id="report"),
    pytest.param("audit --out a.pdf", REPORT | VERDICTS, r"^pages: \d+$", id="audit"),
]


def like(found: Any, wanted: Any) -> bool:
    """Whether `found` has at least the fields of `wanted`, of its kinds; None may be anything."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and like(found[name], inner) for name, inner in wanted.items()
        )
    if isinstance(wanted, list) and wanted:
        return isinstance(found, list) and all(like(item, wanted[0]) for item in found)
    kinds = {float: (float, int, type(None)), int: int, str: str, bool: bool, list: list}
    return wanted is None or isinstance(found, kinds[type(wanted)])


@pytest.mark.parametrize(("typed", "fields", "seen"), VERBS)
def test_a_verb_answers_a_script_with_one_document(
    home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, fields: object, seen: str
) -> None:
    monkeypatch.chdir(home.parent)
    written(home.parent, "t.csv", "id,price\n1.0,2\n2.0,NA\n3.0,4\n")

    answer = run(home, "--json", *typed.split())

    assert answer.code == 0
    assert answer.out.count("\n") == 1
    assert like(answer.document, fields)
    assert answer.err == "" or typed.startswith("federate")


@pytest.mark.parametrize(("typed", "fields", "seen"), VERBS)
def test_a_verb_answers_a_person_in_lines_and_tables(
    home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, fields: object, seen: str
) -> None:
    monkeypatch.chdir(home.parent)
    written(home.parent, "t.csv", "id,price\n1.0,2\n2.0,NA\n3.0,4\n")

    answer = run(home, *typed.split())

    assert answer.code == 0
    assert re.search(seen, answer.out, re.MULTILINE)
    assert not answer.out.startswith("{")


def test_the_demo_is_built_once_however_often_it_is_asked_for(demo: tuple[Path, Answer]) -> None:
    home, built = demo

    again = run(home, "demo")

    listed = run(home, "--json", "dataset", "list").document["datasets"]
    assert {line["name"] for line in built.document["datasets"]} == DEMO
    assert listed == built.document["datasets"]
    assert again.code == 0
    assert "customers@1" in again.out


def test_a_release_names_what_every_accountant_says_and_the_tightest(
    home: Path, tmp_path: Path
) -> None:
    query = written(tmp_path, "one.yaml", "unit: customer\nstatistics: [{count: units}]\n")

    prices = run(
        home, "--json", "release", "orders", "--query", query, "--epsilon", "0.5"
    ).document["prices"]

    said = {quote["accountant"]: quote["epsilon"] for quote in prices["quotes"]}
    assert said["pure"] is None
    assert said["zcdp"] == said["renyi"] == 0.5
    assert prices["tightest"] == "pld"
    assert 0.4 < said["pld"] < 0.5


def test_files_of_one_header_and_a_folder_become_one_dataset(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    for month in ("1", "2"):
        written(folder, f"{month}.csv", f"day,price\n{month},4.5\n")
    more = written(tmp_path, "3.csv", "day,price\n3,4.5\n")

    added = run(home, "--json", "dataset", "add", folder, more, "--name", "all").document

    assert added["rows"] == 3
    assert [source["name"] for source in added["sources"]] == ["1.csv", "2.csv", "3.csv"]


def test_a_release_says_what_it_spent_and_the_budget_agrees(home: Path, tmp_path: Path) -> None:
    asked = ("release", "orders", "--query", tmp_path / "q.yaml", "--epsilon", "1")

    released = run(home, "--json", *asked, "--delta", "1e-6").document

    budget = run(home, "--json", "budget", "orders").document
    assert {value["country"] for value in released["values"]} == {"DE", "FR", "CN"}
    assert (released["spent"]["epsilon"], released["spent"]["delta"]) == (1.0, 1e-6)
    assert [entry["purpose"] for entry in budget["entries"]] == [released["id"]]
    assert released["left"] == budget["left"]


def test_asking_for_a_preview_changes_nothing(home: Path, tmp_path: Path) -> None:
    before = state_of(home)

    run(home, "preview", "orders", "--query", tmp_path / "q.yaml", "--epsilon", "2")

    assert state_of(home) == before


def test_a_column_named_like_a_field_does_not_hide_it(home: Path, tmp_path: Path) -> None:
    rows = "\n".join(f"p{person},a,{person % 9}" for person in range(300))
    path = written(tmp_path, "t.csv", f"who,value,amount\n{rows}\n")
    query = written(
        tmp_path, "v.yaml", "unit: who\nby: [value]\nstatistics: [{sum: {column: amount, "
        "lower: 0, upper: 9}}]\n"
    )  # fmt: skip
    run(home, "dataset", "add", path, "--name", "t")

    asked = ("release", "t", "--query", query, "--epsilon", "1")
    (value,) = run(home, "--json", *asked).document["values"]

    assert value["key_value"] == "a"
    assert isinstance(value["value"], float)


def test_rounds_are_told_on_standard_error_while_they_run(home: Path, tmp_path: Path) -> None:
    answer = run(home, "--json", "federate", "orders", "--plan", tmp_path / "p.yaml")

    assert [line.split("  ")[0] for line in answer.err.splitlines()] == ["round 1/2", "round 2/2"]
    assert len(answer.document["rounds"]) == 2


def test_the_evidence_written_to_files_is_what_the_desk_holds(home: Path, tmp_path: Path) -> None:
    checkpoint, export, pdf = (tmp_path / name for name in ("c.json", "t.jsonl", "a.pdf"))

    run(home, "trail", "checkpoint", "--out", checkpoint)
    run(home, "trail", "export", "--out", export)
    told = run(home, "--json", "audit", "orders", "--out", pdf).document

    workspace = Workspace(Settings.from_environment({}, home=home))
    assert run(home, "trail", "verify", "--checkpoint", checkpoint).code == 0
    assert (
        len(export.read_text(encoding="utf-8").splitlines()) == 5
    )  # whose it is, and four entries
    assert pdf.read_bytes() == workspace.report_pdf(workspace.reports()[0])
    assert told["sha256"] == workspace.reports()[0].sha256
    assert workspace.discovery("orders") is not None


def test_the_environment_names_the_workspace_where_nothing_is_typed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from compliance.cli import main

    monkeypatch.setenv("PRIVACY_DESK_HOME", str(home))

    code = main(["--json", "dataset", "list"])

    listed = json.loads(capsys.readouterr().out)["datasets"]
    assert (code, [line["name"] for line in listed]) == (0, ["orders"])


def test_ctrl_c_stops_with_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Workspace) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "datasets", interrupted)

    answer = run(home, "dataset", "list")

    assert (answer.code, answer.out) == (130, "")
    assert answer.err.startswith("Stopped.")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(1_234_567.891, "1,234,567.89", id="money keeps its cents"),
        pytest.param(45_000.0, "45,000", id="whole"),
        pytest.param(0.000012, "1.2e-05", id="small"),
        pytest.param(None, "–", id="nothing"),
        pytest.param(True, "yes", id="truth"),
        pytest.param([], "none", id="empty list"),
        pytest.param("a\x1b[31mb\r", "a�[31mb�", id="control characters"),
        pytest.param({"b": 1, "c": None}, "b: 1", id="inner object"),
    ],
)
def test_values_are_shown_as_people_read_them(value: object, shown: str) -> None:
    assert shown in as_text({"a": value})


def test_a_cell_that_is_cut_says_so() -> None:
    text = as_text({"rows": [{"a": "x" * 100}]})

    assert text.endswith("x…")


def subparsers(of: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str | None]]:
    """Every verb and group below `of`, with the line that lists it."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, sub in action.choices.items():
                yield sub, helps.get(name)
                yield from subparsers(sub)


@pytest.mark.parametrize(
    ("sub", "listed"),
    [pytest.param(sub, listed, id=sub.prog) for sub, listed in subparsers(parser())],
)
def test_every_verb_and_argument_says_what_it_is_for(
    sub: argparse.ArgumentParser, listed: str | None
) -> None:
    silent = [action.dest for action in sub._actions if not action.help]

    assert listed
    assert listed in sub.format_help()
    assert [name for name in silent if name != argparse.SUPPRESS and "VERB" not in name] == []


def started(
    home: Path, *arguments: object, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "compliance", "--home", str(home), *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.in_a_file
def test_as_a_process_it_answers_and_exits_with_0(home: Path) -> None:
    done = started(home, "--json", "dataset", "show", "orders")

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["rows"] == 1840


@pytest.mark.in_a_file
def test_as_a_process_it_refuses_in_a_line_and_exits_with_2(home: Path) -> None:
    done = started(home, "--json", "discover", "nobody")

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "There is no dataset named “nobody”. Known: orders.\n"


@pytest.mark.in_a_file
def test_a_terminal_without_greek_gets_every_answer(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "größe,名前\n1,2\n")
    run(home, "dataset", "add", path, "--name", "t")
    poor = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    text = started(home, "dataset", "show", "t", **poor)
    document = started(home, "--json", "dataset", "show", "t", **poor)

    names = [column["name"] for column in json.loads(document.stdout)["columns"]]
    assert (text.returncode, document.returncode) == (0, 0)
    assert rb"gr\xf6\xdfe" in text.stdout
    assert names == ["größe", "名前"]


@pytest.mark.in_a_file
def test_a_reader_that_leaves_early_is_no_failure(home: Path) -> None:
    command = [sys.executable, "-m", "compliance", "--home", str(home), "dataset", "list"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read()
        code = process.wait(timeout=60)

    assert (code, complaints) == (0, b"")


def test_starting_loads_nothing_that_the_verb_does_not_need(home: Path) -> None:
    code = (
        "import sys; from compliance.cli import main; "
        f"main(['--home', {str(home)!r}, 'trail', 'verify']); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=60
    )

    slow = {"matplotlib", "opendp", "dp_accounting", "scipy", "pandas", "alembic", "phonenumbers"}
    assert {name for name in slow if f"'{name}'" in done.stderr.decode()} == set()
