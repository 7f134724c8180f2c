"""Anonymisation by the command line: what scripts rely on, and what is refused in one sentence."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from compliance.cli import typed
from tests.cli_cases import refused, run, state_of, written

PLAN: dict[str, object] = {
    "quasi_identifiers": {
        "city": {"hierarchy": "city.csv"},
        "age": {"build": "intervals", "width": 10},
    },
    "sensitive": {"ill": {"l": {"kind": "distinct", "value": 2}}},
    "k": 4,
    "suppression_limit": 0.1,
}
CITIES = "Ulm;South;*\nBonn;West;*\nKiel;North;*\nLinz;South;*\n"
TOWN = "Zyzzogeton"  # of one person


def table() -> str:
    towns = ["Ulm", "Bonn", "Kiel", "Linz"]
    rows = [
        f"{towns[at % 4]},{20 + at * 7 % 40},{('flu', 'cold', 'none')[at % 3]},{at % 9 * 100}"
        for at in range(199)
    ]
    return "\n".join(["city,age,ill,points", f"{TOWN},99,flu,5", *rows, ""])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    home, path = folder / "desk", written(folder, "people.csv", table())
    assert run(home, "dataset", "add", path, "--name", "people").code == 0
    return home


def plan_file(folder: Path, cities: str | bytes = CITIES, **changes: object) -> Path:
    """A plan beside its hierarchy; a setting that is None is left out."""
    written(folder, "city.csv", cities)
    whole = {name: value for name, value in {**PLAN, **changes}.items() if value is not None}
    return written(folder, "plan.yaml", json.dumps(whole))


def said(home: Path, *arguments: object) -> str:
    """The one sentence that refuses, and that tells of nobody."""
    sentence = refused(home, *arguments)

    assert TOWN not in sentence
    return sentence


def test_what_is_written_is_measured_alike_when_it_comes_back(desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "safe.csv"

    answer = run(
        *(desk, "--json", "anonymise", "people"),
        *("--plan", plan_file(tmp_path), "--out", out, "--into", "safe"),
    )

    assert answer.code == 0
    done = answer.document
    assert list(done["levels"]) == ["city", "age"]
    assert done["loss"]["value"] == done["loss"]["loss"]
    assert done["optimal"] is True
    assert done["nodes_checked"] >= 1
    assert TOWN not in answer.out + answer.err
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    sizes = Counter((row["city"], row["age"]) for row in rows)
    assert (min(sizes.values()), len(sizes)) == (done["after"]["k"], done["classes"])
    other = tmp_path / "other"
    assert run(other, "dataset", "add", out, "--name", "again").code == 0
    again = run(
        other, "--json", "risk", "again", "--quasi", "city,age", "--sensitive", "ill"
    ).document
    assert again["k"] == done["after"]["k"] >= 4
    assert (again["l"], again["t"]) == (done["after"]["l"], done["after"]["t"])
    assert (again["rows"], again["classes"]) == (200 - done["suppressed"], done["classes"])


def test_a_time_limit_ends_a_search_that_has_no_end(tmp_path: Path) -> None:
    columns = [f"c{number}" for number in range(40)]
    drawn = np.random.default_rng(5).integers(0, 2, (500, 40))
    rows = [",".join(map(str, row)) for row in drawn]
    path = written(tmp_path, "wide.csv", "\n".join([",".join(columns), *rows, ""]))
    home = tmp_path / "desk"
    assert run(home, "dataset", "add", path, "--name", "wide").code == 0
    quasi = {column: {"build": "suppress"} for column in columns}
    plan = plan_file(tmp_path, quasi_identifiers=quasi, sensitive=None, time_limit_s=0.2)

    done = run(home, "--json", "anonymise", "wide", "--plan", plan).document

    assert done["optimal"] is False
    assert done["nodes"] == 2**40
    assert done["bound"] <= done["loss"]["value"]
    assert done["after"]["k"] >= 4


def test_what_was_repaired_in_a_hierarchy_is_told(desk: Path, tmp_path: Path) -> None:
    plan = plan_file(tmp_path, "Ulm; South ;*\nBonn;West\nKiel;;*\n;North;*\n")

    done = run(desk, "--json", "anonymise", "people", "--plan", plan, "--into", "gaps").document

    told = [note for note in done["notes"] if note.startswith("“city”")]
    assert any("blank cell" in note for note in told)
    assert any("without a value left out" in note for note in told)
    assert any("not in its hierarchy" in note for note in done["notes"])


def test_what_does_not_fit_a_column_is_refused_before_the_search(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def searched(*_: object) -> None:
        raise AssertionError("the search began")

    monkeypatch.setattr("compliance.workspace.anonymising.making.search", searched)

    for column, treatment in (("nobody", "drop"), ("points", "noise")):
        plan = plan_file(tmp_path, columns={column: treatment})
        assert "cannot be treated so" in last_line(desk, "anonymise", "people", "--plan", plan)


def last_line(home: Path, *arguments: object) -> str:
    """How a refusal ends that comes after some progress was shown; nothing was stored."""
    before = state_of(home)

    answer = run(home, "--json", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert state_of(home) == before
    return answer.err.splitlines()[-1]


def city(**settings: object) -> dict[str, object]:
    return {"quasi_identifiers": {"city": settings}, "sensitive": None}


BAD_PLANS = [
    pytest.param({"k": None, "sensitive": None}, "nothing says what must hold", id="no model"),
    *(
        pytest.param({"k": k}, "“k”: a whole number", id=f"k {k}")
        for k in (0, -1, 2.5, 1e10, True, "many", [5], "nan")
    ),
    *(
        pytest.param({"suppression_limit": limit}, "at least 0 and at most 1", id=f"limit {limit}")
        for limit in (-0.1, 1.1, "much", [0])
    ),
    pytest.param({"kk": 4}, "perhaps “k” is meant.", id="near miss"),
    pytest.param({"loss": "losss"}, "perhaps “loss” is meant.", id="loss"),
    pytest.param({"sensitive": {"city": {"beta": 1}}}, "is a quasi-identifier", id="both"),
    pytest.param({"sensitive": {"nobody": {"beta": 1}}}, "no column “nobody”", id="sensitive"),
    pytest.param({"sensitive": {"ill": {"beta": 1e308}}}, "at most 1e+09", id="overflows"),
    pytest.param(city(build="suppress", weight=1e308), "at most 1e+06", id="heavy"),
    pytest.param(city(build="suppress", weight=1e-320), "at least 1e-06", id="light"),
    pytest.param(city(hierarchy="city.csv", highest=9), "levels 0 to 9", id="too high"),
    pytest.param(city(hierarchy="nowhere.csv"), "“nowhere.csv”, beside the plan", id="no file"),
    pytest.param(city(hierarchy="."), "is a folder and no file", id="folder"),
    pytest.param(city(hierarchy="\u4e00" * 200), "is no name of a file", id="long name"),
    pytest.param(city(hierarchy="a\0b"), "a\ufffdb”, beside the plan, is missing", id="nul"),
    pytest.param(
        {"population_uniques": {"share": 0.1, "sampling_fraction": 1e-320}},
        "at least 1e-09",
        id="nobody sampled",
    ),
    pytest.param({"k": 201}, "meets all criteria within the", id="k above the rows"),
]


@pytest.mark.parametrize(("changes", "why"), BAD_PLANS)
def test_a_plan_that_cannot_be_kept_is_refused(
    desk: Path, tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    plan = plan_file(tmp_path, **changes)

    assert why in last_line(desk, "anonymise", "people", "--plan", plan)


@pytest.mark.parametrize(
    ("cities", "why"),
    [
        pytest.param("", "its file is empty", id="empty"),
        pytest.param("Ulm;Linz;*\nLinz;Ulm;*\n", "stand above themselves", id="loop"),
        pytest.param(f"{TOWN};a;*\n{TOWN};b;*\n", "on several rows that differ", id="twice"),
        pytest.param("Ulm;a;x\nLinz;a;y\n", "fall apart at level 2", id="not nested"),
        pytest.param('Ulm;"a;*\nLinz;b;*\n', "is not closed", id="open quote"),
        pytest.param(bytes(range(256)), "is no text", id="binary"),
    ],
)
def test_a_hierarchy_that_cannot_be_is_refused(
    desk: Path, tmp_path: Path, cities: str | bytes, why: str
) -> None:
    plan = plan_file(tmp_path, cities)

    assert why in said(desk, "anonymise", "people", "--plan", plan)


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_nothing_is_handed_on_when_all_rows_would_go(
    desk: Path, tmp_path: Path, method: str
) -> None:
    plan = plan_file(tmp_path, k=201, suppression_limit=1, method=method)

    sentence = last_line(desk, "anonymise", "people", "--plan", plan)

    assert sentence.startswith("All of the 200 rows would be suppressed")


@pytest.mark.parametrize(
    ("out", "why"),
    [
        pytest.param("plan.yaml", "it is what is read", id="the plan"),
        pytest.param("city.csv", "it is what is read", id="a hierarchy"),
        pytest.param("link.csv", "it is what is read", id="a link to one"),
        pytest.param(".", "it is a folder", id="folder"),
        pytest.param("nowhere/safe.csv", "its folder does not exist", id="no folder"),
        pytest.param("x" * 300, "no file of that name", id="long name"),
    ],
)
def test_a_place_that_must_not_be_written_is_refused_before_the_work(
    desk: Path, tmp_path: Path, out: str, why: str
) -> None:
    plan = plan_file(tmp_path)
    (tmp_path / "link.csv").symlink_to(tmp_path / "city.csv")
    kept = plan.read_bytes()

    sentence = said(desk, "anonymise", "people", "--plan", plan, "--out", tmp_path / out)

    assert why in sentence
    assert plan.read_bytes() == kept
    assert (tmp_path / "city.csv").read_text() == CITIES


def test_a_file_is_written_whole_or_stays_as_it_was(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = written(tmp_path, "safe.csv", "from last month")
    assert run(desk, "trail", "key").code == 0  # it is made at its first use

    def fill_the_disk(target: Path, parts: Iterable[bytes]) -> None:
        with target.open("wb") as stream:
            stream.write(next(iter(parts))[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(typed, "_fill", fill_the_disk)
    answer = run(desk, "trail", "export", "--out", out)

    assert answer.code == 2
    assert answer.err == "safe.csv cannot be written: the disk refused it; check the free space.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["safe.csv"]
    assert out.read_text() == "from last month"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param(["--quasi", ""], "it names no column", id="none"),
        pytest.param(["--quasi", ' ,"",'], "it names no column", id="commas"),
        pytest.param(["--quasi", "ci\nty"], "no column “ci\ufffdty”", id="line break"),
        pytest.param(["--quasi", "city,nobody"], "no column “nobody”", id="unknown"),
        pytest.param(
            ["--quasi", "city", "--sampling-fraction", "1e-320"], "a share from 1e-09", id="tiny"
        ),
        pytest.param(
            ["--quasi", "city", "--sampling-fraction", "nan"], "a share from 1e-09", id="nan"
        ),
    ],
)
def test_a_risk_of_nothing_is_not_measured(desk: Path, typed: list[str], why: str) -> None:
    answer = run(desk, "--json", "risk", "people", *typed)

    assert (answer.code, answer.out) == (2, "")
    assert why in answer.err
    assert "Traceback" not in answer.err


def test_a_recipe_is_not_carried_out_for_a_name_that_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "desk"
    path = written(tmp_path, "people.csv", table())
    assert run(home, "dataset", "add", path, "--name", "people").code == 0
    assert run(home, "anonymise", "people", "--plan", plan_file(tmp_path)).code == 0
    assert run(home, "recipe", "keep", "people", "--recipe", "monthly").code == 0

    def made(*_: object) -> None:
        raise AssertionError("the work began")

    monkeypatch.setattr("compliance.workspace.anonymising.recipes.made", made)
    again = ("recipe", "apply", "people", "--recipe", "monthly", "--into", "people")

    assert "There is a dataset named “people” already" in said(home, *again)


def test_a_proposed_plan_is_written_and_can_be_carried_out(desk: Path, tmp_path: Path) -> None:
    plan, out = tmp_path / "p.yaml", tmp_path / "out.csv"

    proposed = run(desk, "propose-plan", "people", "--out", plan)
    grown = run(desk, "hierarchy", "people", "--plan", plan, "--column", "age", "--out", out)

    assert (proposed.code, grown.code) == (0, 0)
    assert {line.rsplit(";", 1)[1] for line in out.read_text().splitlines()} == {"*"}
    assert run(desk, "anonymise", "people", "--plan", plan, "--into", "proposed").code == 0


def test_a_hierarchy_is_of_a_column_that_the_plan_names(desk: Path, tmp_path: Path) -> None:
    sentence = said(
        desk,
        *("hierarchy", "people", "--plan", plan_file(tmp_path)),
        *("--column", "points", "--out", tmp_path / "out.csv"),
    )

    assert "points" in sentence
    assert not (tmp_path / "out.csv").exists()
