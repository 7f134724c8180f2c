"""Requests carried out from the command line."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.rights.nouns import Right
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.cli_cases import Answer, run
from tests.fulfilling_cases import EMAIL, decided, filled


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with the small shop."""
    place = tmp_path / "desk"
    filled(Workspace(Settings.from_environment({}, home=place)))
    return place


def ask(home: Path, right: Right, law: str = "EU_GDPR", purpose: str = "") -> str:
    return decided(Workspace(Settings.from_environment({}, home=home)), right, law, purpose=purpose)


def refused(answer: Answer) -> bool:
    lines = answer.err.strip().splitlines()
    return answer.code == 2 and len(lines) == 1 and EMAIL not in answer.err


def test_a_package_is_written_to_a_file_and_nowhere_else(home: Path, tmp_path: Path) -> None:
    id_ = ask(home, Right.ACCESS)
    out = tmp_path / "package.zip"

    told = run(home, "--json", "request", "package", id_, "--out", out)

    assert told.code == 0
    assert (told.document["rows"], told.document["datasets"]) == (3, 2)
    with zipfile.ZipFile(out) as archive:
        assert "data/customers.csv" in archive.namelist()
    assert EMAIL not in told.out


def test_a_column_that_is_the_persons_own_is_named_by_dataset(home: Path, tmp_path: Path) -> None:
    id_ = ask(home, Right.ACCESS)
    out = tmp_path / "package.zip"

    wrong = run(home, "request", "package", id_, "--out", out, "--own", "referrer_email")
    right = run(
        home, "--json", "request", "package", id_, "--out", out, "--own", "customers.referrer_email"
    )

    assert refused(wrong)
    assert right.document["left_out"] == 2


def test_values_are_masked_and_put_right_from_a_file(home: Path, tmp_path: Path) -> None:
    id_ = ask(home, Right.RECTIFICATION)
    values = run(home, "--json", "request", "values", id_).document["values"]
    seen = next(v for v in values if v["column"] == "city")
    file = tmp_path / "right.json"
    one = {"dataset": "customers", "column": "city", "seen": seen["seen"], "value": "Ulm"}
    file.write_text(json.dumps([one]))

    told = run(home, "--json", "request", "rectify", id_, "--file", file)

    assert "Mühldorf" not in json.dumps(values, ensure_ascii=False)
    assert (told.code, told.document["made"]) == (0, ["customers@2"])


@pytest.mark.parametrize("content", ["", "{}", '[{"dataset": 1}]', "[1]", "\x00"])
def test_a_file_of_corrections_that_is_none_is_refused(
    home: Path, tmp_path: Path, content: str
) -> None:
    id_ = ask(home, Right.RECTIFICATION)
    file = tmp_path / "right.json"
    file.write_text(content)

    assert refused(run(home, "request", "rectify", id_, "--file", file))
    assert refused(run(home, "request", "rectify", id_, "--file", tmp_path / "none.json"))


def test_rows_are_kept_out_recipients_told_and_it_ends_after_a_notice(home: Path) -> None:
    id_ = ask(home, Right.RESTRICTION)

    done = run(home, "--json", "request", "restrict", id_)
    rows = run(home, "--json", "request", "recipients", id_).document["recipients"]
    told = run(home, "--json", "request", "told", id_, "processor:host")

    assert done.document["step"] == "carried out"
    assert done.document["made"] == ["customers@2", "orders@2"]
    assert [row["id"] for row in rows] == ["processor:host", "recipient:post"]
    assert told.document["told_recipients"] == 1
    assert refused(run(home, "request", "told", id_, "processor:nobody"))
    assert refused(run(home, "request", "lift", id_, "--told-on", "2019-01-01"))
    assert refused(run(home, "request", "lift", id_, "--told-on", "soon"))
    day = datetime.now(UTC).date().isoformat()
    lifted = run(home, "--json", "request", "lift", id_, "--told-on", day)
    assert lifted.document["made"] == ["customers@2", "orders@2", "customers@3", "orders@3"]
    assert refused(run(home, "request", "lift", id_, "--told-on", day))


def test_objections_and_opt_outs_are_carried_out(home: Path) -> None:
    objecting = ask(home, Right.OBJECTION, purpose="direct_marketing")
    opting = ask(home, Right.OPT_OUT, "CCPA")

    assert refused(run(home, "request", "object", objecting, "--purpose", "nonsense"))
    assert run(home, "request", "object", objecting).code == 0
    assert refused(run(home, "request", "opt-out", opting, "--on", "2099-01-01"))
    assert run(home, "request", "opt-out", opting).code == 0


def test_letters_and_the_log_are_reports(home: Path, tmp_path: Path) -> None:
    id_ = ask(home, Right.RESTRICTION)
    run(home, "request", "restrict", id_)
    out = tmp_path / "letter.pdf"

    assert run(home, "report", "request", id_, "--out", out).code == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert run(home, "report", "request-log", "--out", tmp_path / "log.pdf").code == 0
    assert refused(run(home, "report", "request", "R99999", "--out", out))
    assert refused(run(home, "report", "request", id_, "--letter", "extension", "--out", out))
    assert refused(run(home, "report", "erasure", id_, "--out", out))
    assert refused(run(home, "report", "request-log", id_, "--out", out))


def test_a_review_without_systems_or_answers_is_refused(home: Path) -> None:
    id_ = ask(home, Right.RESTRICTION)

    assert refused(run(home, "request", "systems", id_))
    assert refused(run(home, "request", "review", id_, "--system", "x", "--answer", "a"))
