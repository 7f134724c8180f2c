"""Federated runs on bad input, through the command line: one plain sentence, or survived and noted.

No value of a cell is ever said: `run` looks for the canaries, and these tables hold more of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.cli import verbs
from compliance.plain import to_yaml
from tests.cli_cases import filled, refused, run, written
from tests.conftest import CANARY_COUNTRY as CANARY

PEOPLE = 240
WORDS = (CANARY, f"{CANARY}2")
ANSWERS: dict[str, Any] = {"sites": {"column": "site"}, "target": "answer", "rounds": 2}
HISTORY = {"time": "when", "item": "item", "quantity": "pieces", "price": "price"}
BUYS: dict[str, Any] = {"sites": {"column": "site"}, "history": HISTORY, "rounds": 2}
Cells = dict[str, object]


def answers(index: int) -> Cells:
    """Two rows a person, four sites, and an answer that `x` tells of."""
    person = index // 2
    x = (person * 37 % 101) / 50 - 1
    return {
        "who": 10_000 + person,
        "site": f"S{person % 4}",
        "x": x,
        "device": f"d{person % 60}",
        "answer": WORDS[x > 0],
    }


def buys(index: int) -> Cells:
    """Sixteen rows a person over 400 days."""
    person, when = index // 16, date(2024, 1, 1) + timedelta(days=index * 29 % 400)
    return {
        "who": 10_000 + person,
        "site": f"S{person % 4}",
        "when": when.isoformat(),
        "item": f"{CANARY}{(person + index * index) % 23}",
        "pieces": 1 + index % 3,
        "price": 5 + index % 40,
    }


def at_one_site(row: Cells) -> Cells:
    return {"answer": WORDS[0]} if row["site"] == "S0" else {}


def alone(row: Cells) -> Cells:
    return {"site": "alone"} if row["who"] == 10_000 else {}


def far(row: Cells) -> Cells:
    return {"price": "1e300", "pieces": "1e300"} if row["price"] == 7 else {}


def holes(row: Cells) -> Cells:
    x = float(str(row["x"]))
    if x < -0.9:
        return {"answer": ""}
    if x < -0.8:
        return {"site": ""}
    return {"x": ("1e308", "-1e308", "", "5")[round(x * 50) % 4]}


TABLES: dict[str, tuple[Callable[[int], Cells], Callable[[Cells], Cells]]] = {
    "plain": (answers, lambda _: {}),
    "one_class": (answers, at_one_site),
    "alone": (answers, alone),
    "holes": (answers, holes),
    "constant": (answers, lambda _: {"x": 1, "device": "d"}),
    "each_own_site": (answers, lambda row: {"site": f"S{row['who']}"}),
    "buys": (buys, lambda _: {}),
    "far": (buys, far),
    "one_item": (buys, lambda _: {"item": CANARY}),
    "one_item_each": (buys, lambda row: {"item": f"{CANARY}{row['who']}"}),
    "one_day": (buys, lambda _: {"when": "2024-01-01"}),
    "returns": (buys, lambda _: {"pieces": -1}),
}


def table(name: str) -> str:
    row, change = TABLES[name]
    count = PEOPLE * (2 if row is answers else 16)
    rows = [row(index) | change(row(index)) for index in range(count)]
    return "\n".join([",".join(rows[0]), *(",".join(map(str, r.values())) for r in rows)])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, orders_csv: bytes) -> Path:
    """One workspace with every table; runs without noise leave no trace on each other."""
    folder = tmp_path_factory.mktemp("federated")
    desk = filled(folder, orders_csv)
    for name in TABLES:
        path = written(folder, f"{name}.csv", table(name))
        said = ("--name", name, "--unit", "who", "--population", name)
        assert run(desk, "dataset", "add", path, *said).code == 0
        assert run(desk, "budget", name, "--set", "50,1e-5").code == 0
    return desk


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A copy of it, for what spends budget."""
    shutil.copytree(home, tmp_path / "own")
    return tmp_path / "own"


def plan_file(folder: Path, plan: dict[str, Any] | str) -> Path:
    return written(folder, "p.yaml", plan if isinstance(plan, str) else to_yaml(plan))


def noisy(**changes: object) -> dict[str, object]:
    return {"privacy": {"noise_multiplier": 4, **changes}}


REFUSED = [
    ("each_own_site", {"minimum_records": 1}, "so few are at each"),
    ("plain", {"features": ["who"]}, "“who” tells people apart"),
    ("plain", {"features": ["device"], **noisy(unit="device", column="device")}, "apart; leave"),
    ("plain", {"trouble": {"poisoned": 4}}, "4 sites take part, and one at least must be honest"),
    ("plain", {"secure": True, "fraction": 0.25}, "not 1; ask a larger fraction"),
    ("plain", {"seed": -1}, "from 0 to 4,294,967,295"),
    ("plain", {"rounds": 1001}, "from 1 to 1,000"),
    ("plain", noisy(unit="device", column="answer"), "it is the target"),
    ("one_item", {**BUYS, "task": "recommend"}, "1 different items"),
    ("one_item_each", {**BUYS, "task": "recommend"}, "bought two different items"),
    ("returns", {**BUYS, "task": "recommend"}, "nobody who is named bought anything"),
    ("returns", {**BUYS, "task": "profile"}, "become the same kind of customer"),
    ("one_day", {**BUYS, "task": "profile"}, "before the last 90 days"),
    ("one_day", {**BUYS, "task": "forecast"}, "out need 22 at least"),
]


@pytest.mark.parametrize(
    ("name", "changes", "why"), REFUSED, ids=[f"{name}: {why}" for name, _, why in REFUSED]
)
def test_what_cannot_be_learnt_is_refused_for_its_own_reason(
    home: Path, tmp_path: Path, name: str, changes: dict[str, Any], why: str
) -> None:
    plan = changes if "task" in changes else ANSWERS | changes

    said = refused(home, "federate", name, "--plan", plan_file(tmp_path, plan))

    assert why in said
    assert len(said) < 240


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("target: answer\ntarget: x\n", "target", id="top"),
        pytest.param(
            "target: answer\ntrouble: {dropout: 0, dropout: 0.5}\n", "dropout", id="inner"
        ),
    ],
)
def test_a_setting_that_stands_twice_is_refused(
    home: Path, tmp_path: Path, text: str, name: str
) -> None:
    plan = plan_file(tmp_path, "sites: {column: site}\n" + text)

    assert f"“{name}” stands there twice" in refused(home, "federate", "plain", "--plan", plan)


SURVIVED = [
    ("one_class", {}),
    ("alone", {"minimum_records": 1}),
    ("holes", {}),
    ("holes", {"model": "trees"}),
    ("constant", {"features": ["x"]}),
    ("far", {**BUYS, "task": "profile"}),
    ("far", {**BUYS, "task": "forecast"}),
]


@pytest.mark.parametrize(
    ("name", "changes"), SURVIVED, ids=[f"{name} {list(c)[-1:]}" for name, c in SURVIVED]
)
def test_a_site_with_odd_rows_is_survived(
    home: Path, tmp_path: Path, name: str, changes: dict[str, Any]
) -> None:
    plan = changes if "task" in changes else ANSWERS | changes

    answer = run(home, "--json", "federate", name, "--plan", plan_file(tmp_path, plan))

    assert answer.code == 0, answer.err
    found = answer.document
    assert len(found["rounds"]) == 2
    assert all(isinstance(each["loss"], float) for each in found["rounds"])  # null: no number


def test_rows_that_take_no_part_are_counted_by_reason(home: Path, tmp_path: Path) -> None:
    plan = plan_file(tmp_path, ANSWERS)

    found = run(home, "--json", "federate", "holes", "--plan", plan).document

    assert found["left_out"]["without_answer"] > 0
    assert found["left_out"]["without_site"] > 0
    assert not found["unit_is_row"]


def test_broken_updates_alone_make_a_round_void_and_are_counted(home: Path, tmp_path: Path) -> None:
    trouble = {"poisoned": 3, "poison": "broken"}
    plan = ANSWERS | {"fraction": 0.25, "trouble": trouble, "rounds": 8}

    answer = run(home, "--json", "federate", "plain", "--plan", plan_file(tmp_path, plan))

    assert answer.code == 0, answer.err
    void = [each for each in answer.document["rounds"] if each["is_void"]]
    assert 0 < len(void) < 8
    assert {each["refused"] for each in void} == {1}


@pytest.mark.parametrize("unit", ["row", "person"])
def test_who_somebody_is_is_never_learnt_from(own: Path, tmp_path: Path, unit: str) -> None:
    plan = plan_file(tmp_path, ANSWERS | noisy(unit=unit))

    found = run(own, "--json", "federate", "plain", "--plan", plan).document

    assert found["features"] == ["x", "device"]


def test_too_many_sites_for_masks_cost_no_budget(own: Path, tmp_path: Path) -> None:
    plan = ANSWERS | noisy() | {"sites": {"count": 20_000}, "secure": True}

    assert "join sites" in refused(own, "federate", "plain", "--plan", plan_file(tmp_path, plan))
    assert run(own, "--json", "budget", "plain").document["entries"] == []


@pytest.mark.parametrize("named", ["run-ffffffffffff", "", "../secret.key", "x" * 5_000], ids=repr)
def test_a_run_that_is_not_there_cannot_be_gone_on_with(
    home: Path, tmp_path: Path, named: str
) -> None:
    plan = plan_file(tmp_path, ANSWERS)

    said = refused(home, "federate", "plain", "--plan", plan, "--resume", named)

    assert said.startswith("There is no run")
    assert len(said) < 200


def test_an_address_that_is_empty_is_none(home: Path, tmp_path: Path) -> None:
    plan, out = plan_file(tmp_path, ANSWERS), tmp_path / "out"

    said = refused(home, "deploy", "plain", "--plan", plan, "--out", out, "--host", "")

    assert "no name or address" in said
    assert not out.exists()


def test_training_that_goes_astray_ends_in_one_sentence_and_keeps_what_was_run(
    own: Path, tmp_path: Path
) -> None:
    plan = {**BUYS, "task": "forecast", "learning_rate": 10, "rounds": 200}

    answer = run(own, "--json", "federate", "far", "--plan", plan_file(tmp_path, plan))

    *rounds, last = answer.err.splitlines()
    assert (answer.code, answer.out) == (2, "")
    assert last.startswith(f"Training went astray in round {len(rounds) + 1}")
    assert all(len(line) < 80 for line in rounds)
    kept = run(own, "--json", "trail", "list", "--count", "1").document["entries"][0]
    assert (kept["act"], kept["facts"]["rounds"]) == ("run.finish", len(rounds))


def test_a_run_shows_its_own_result_whatever_was_run_meanwhile(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = plan_file(tmp_path, ANSWERS | {"rounds": 3})
    quick = written(tmp_path, "quick.yaml", to_yaml(ANSWERS | {"rounds": 1}))
    tell, meanwhile = verbs._tell, []

    def told(line: str) -> None:
        tell(line)
        if not meanwhile:
            meanwhile.append(line)
            assert run(own, "--json", "federate", "plain", "--plan", quick).code == 0

    monkeypatch.setattr(verbs, "_tell", told)

    found = run(own, "--json", "federate", "plain", "--plan", slow).document

    assert [each["round"] for each in found["rounds"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        pytest.param("far", {**BUYS, "task": "forecast"}, id="purchases"),
        pytest.param("holes", {**ANSWERS, "model": "linear", "target": "x"}, id="answers"),
    ],
)
@pytest.mark.parametrize("rounds", [2, 200])
def test_figures_that_are_no_numbers_leave_the_records_readable(
    own: Path, tmp_path: Path, name: str, changes: dict[str, Any], rounds: int
) -> None:
    astray = plan_file(tmp_path, {**changes, "learning_rate": 10, "rounds": rounds})
    run(own, "federate", name, "--plan", astray)

    after = run(own, "--json", "federate", name, "--plan", plan_file(tmp_path, changes))

    assert after.code == 0, after.err
    assert run(own, "report", "federated", name, "--out", tmp_path / "r.pdf").code == 0


def test_what_looks_closer_at_a_run_works_from_the_command_line(
    tmp_path: Path, orders_csv: bytes
) -> None:
    home = filled(tmp_path, orders_csv)
    plan = written(
        tmp_path,
        "p.yaml",
        to_yaml({"sites": {"column": "region"}, "target": "bought", "rounds": 2}),
    )
    done = run(home, "--json", "federate", "orders", "--plan", plan).document
    model = tmp_path / "m.npz"
    out = run(home, "--json", "model", "orders", "--run", done["id"], "--out", model).document
    asked = ("--axis", "rounds", "--values", "2,1", "--runs", "2")
    tried = run(home, "--json", "sweep", "orders", "--plan", plan, *asked).document
    attacked = run(home, "--json", "attack-run", "orders", "--run", done["id"]).document

    assert out["path"] == str(model)
    assert model.read_bytes()[:2] == b"PK"
    assert [point["value"] for point in tried["points"]] == [1, 2]
    assert all(len(point["measured"]) == 2 for point in tried["points"])
    assert attacked["run_id"] == done["id"]
    assert attacked["reading"]["sites"] == 4


@pytest.mark.parametrize(
    "typed",
    [
        ("model", "orders", "--run", "run-0", "--out", "m.npz"),
        ("attack-run", "orders", "--run", "run-0"),
        ("sweep", "orders", "--plan", "p.yaml", "--axis", "clip", "--values", "1,2"),
        ("sweep", "orders", "--plan", "p.yaml", "--axis", "rounds", "--values", "many"),
    ],
)
def test_what_cannot_be_looked_at_closer_is_refused(
    tmp_path: Path, orders_csv: bytes, typed: tuple[str, ...]
) -> None:
    home = filled(tmp_path, orders_csv)
    written(tmp_path, "p.yaml", to_yaml({"sites": {"column": "region"}, "target": "bought"}))
    at = [str(tmp_path / word) if word.endswith((".yaml", ".npz")) else word for word in typed]

    assert refused(home, *at).endswith(".")
