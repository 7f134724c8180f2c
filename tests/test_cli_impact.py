"""Impact assessments by the command line: from begun to validated, and refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli_cases import Answer, filled, refused, run, written


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    return filled(tmp_path, orders_csv)


def begun(home: Path, *more: object) -> str:
    answer = run(home, "--json", "impact", "begin", "orders", "--template", "analytics", *more)
    assert answer.code == 0, answer.err
    return str(answer.document["id"])


def does(home: Path, *typed: object) -> Answer:
    answer = run(home, "--json", "impact", *typed)
    assert answer.code == 0, answer.err
    return answer


def finished(home: Path, id_: str) -> Answer:
    """Everything typed that is asked."""
    shown = does(home, "show", id_).document
    for answer in shown["answers"]:
        if not answer["counts"]:
            how = ("--accept",) if answer["text"] else ("--text", "Said.")
            does(home, "answer", id_, "--question", answer["question"], *how)
    for criterion in shown["screening"]["criteria"]:
        does(
            *(home, "screen", id_, "--criterion", criterion["id"]),
            *("--holds", "no", "--why", "Looked at."),
        )
    for event in shown["events"]:
        for field in ("impacts", "threats", "sources"):
            does(home, "answer", id_, "--question", f"{event['id']}.{field}", "--accept")
        for after in ((), ("--after",)):
            gauges = ("--severity", "limited", "--likelihood", "limited", "--why", "Seen.")
            does(home, "gauge", id_, "--event", event["id"], *gauges, *after)
    does(home, "measure", id_, "--what", "backups", "--owner", "IT", "--due", "2027-01-31")
    does(home, "measure", id_, "--place", "1", "--done")
    does(home, "opinion", id_, "--of", "officer", "--by", "A. Officer", "--text", "Go on.")
    does(home, "opinion", id_, "--of", "people", "--reason", "A panel follows.")
    does(home, "decide", id_, "--decision", "go", "--because", "Little is left.")
    does(home, "submit", id_)
    return does(home, "validate", id_)


def test_an_assessment_is_made_by_the_command_line_alone(home: Path) -> None:
    id_ = begun(home)
    done = finished(home, id_).document

    assert done["status"] == "validated"
    assert done["residual_risk"] == "low"
    assert done["missing"] == []
    (line,) = does(home, "list").document["assessments"]
    assert (line["status"], line["changed"]) == ("validated", 0)
    plan = does(home, "show", id_).document["plan"]
    assert [(one["what"], one["owner"], one["is_done"]) for one in plan] == [
        ("Tested back-ups", "IT", True)
    ]

    run(home, "dataset", "describe", "orders", "--retention-months", "60")

    (line,) = does(home, "list").document["assessments"]
    assert line["status"] == "outdated"
    assert "retention of orders" in does(home, "show", id_).document["changed"][0]
    redrawn = does(home, "redraw", id_).document
    assert redrawn["status"] == "draft"
    assert any("60 months" in one["after"] for one in redrawn["differences"])
    versions = does(home, "show", id_, "--history").document["versions"]
    assert [one["version"] for one in versions] == list(range(1, len(versions) + 1))


def test_what_is_known_is_told_before_anything_is_begun(home: Path) -> None:
    told = does(home, "templates").document

    assert {one["id"] for one in told["templates"]} == {
        *("recommendation", "marketing", "fraud", "reviews", "analytics")
    }
    assert {one["id"] for one in told["events"] if one["required"]} == {
        *("access", "change", "disappearance")
    }
    assert run(home, "impact", "list").code == 0
    assert run(home, "impact", "show", begun(home)).code == 0


def test_an_own_event_is_added_and_gauged(home: Path) -> None:
    id_ = begun(home)
    does(
        *(home, "gauge", id_, "--event", "Stalking", "--add"),
        *("--severity", "important", "--likelihood", "limited"),
    )
    does(home, "gauge", id_, "--event", "linkability", "--add")

    events = does(home, "show", id_).document["events"]
    assert [event["id"] for event in events[-2:]] == ["own-stalking", "linkability"]
    assert events[-2]["risk"] == "medium"


def test_an_exported_assessment_is_read_in_again(home: Path, tmp_path: Path) -> None:
    id_ = begun(home)
    out = tmp_path / "assessment.json"
    does(home, "export", id_, "--out", out)
    does(home, "answer", id_, "--question", "necessity", "--text", "Otherwise.")

    assert does(home, "import", out).document["version"] == 3
    shown = does(home, "show", id_).document["answers"]
    assert "Otherwise." not in json.dumps(shown)


def test_a_legitimate_interest_assessment_has_its_outcome(home: Path) -> None:
    id_ = begun(home, "--kind", "lia")
    shown = does(home, "show", id_).document
    for answer in shown["answers"]:
        if not answer["counts"]:
            does(home, "answer", id_, "--question", answer["question"], "--text", "Said.")
    does(home, "decide", id_, "--outcome", "pass", "--because", "It is balanced.")

    assert does(home, "validate", id_).document["status"] == "validated"
    assert shown["screening"] is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("begin",), "Name an activity or datasets"),
        (("begin", "gone"), "There is no dataset “gone”"),
        (("begin", "--activity", "gone"), "There is no activity “gone”"),
        (("show", "gone"), "There is no impact assessment “gone”"),
        (("validate", "ID"), "Still missing"),
        (("answer", "ID", "--question", "gone", "--text", "x"), "There is no question “gone”"),
        (("gauge", "ID", "--event", "gone", "--severity", "limited"), "feared event “gone”"),
        (("measure", "ID", "--what", " "), "say what is to be done"),
        (("opinion", "ID", "--of", "people"), "say what they said"),
        (("decide", "ID", "--decision", "go"), "say in a few words why"),
        (("screen", "gone"), "There is no activity “gone”"),
        (("import", "gone.json"), "gone.json"),
        (("measure", "ID", "--place", "4", "--done"), "say what is to be done"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_bad_input_is_one_sentence(home: Path, typed: tuple[str, ...], says: str) -> None:
    id_ = begun(home)

    assert says in refused(home, "impact", *(id_ if part == "ID" else part for part in typed))


@pytest.mark.parametrize(
    "typed",
    [
        ("begin", "orders", "--template", "gone"),
        ("begin", "orders", "--kind", "gone"),
        ("gauge", "x", "--event", "access", "--severity", "huge"),
        ("measure", "x", "--due", "31.01.2027"),
        ("opinion", "x", "--of", "nobody"),
        ("answer", "x", "--question", "necessity"),
    ],
)
def test_what_cannot_be_typed_ends_the_command_line(home: Path, typed: tuple[str, ...]) -> None:
    assert run(home, "impact", *typed).code == 2


def test_a_file_that_is_no_assessment_is_refused(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "x.json", b"{}")

    assert "no exported impact assessment" in refused(home, "impact", "import", path)
