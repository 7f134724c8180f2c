"""Whatever is typed or tampered with: one plain line, exit code 2, and nothing half-done."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli_cases import PLAN, QUERY, filled, refused, run, state_of, tamper, written
from tests.conftest import CANARY_COUNTRY as CANARY

NEXT_TO_NOTHING = "1e-400"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, orders_csv: bytes) -> Path:
    """One workspace for all refusals: each leaves it as it was."""
    return filled(tmp_path_factory.mktemp("refusals"), orders_csv)


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A copy of it, for what does change something."""
    shutil.copytree(home, tmp_path / "own")
    return tmp_path / "own"


EPSILONS = ["0", "-1", "abc", "", "nan", "snan", "inf", "-inf", "1e400", "101", "0x1", "1,5"]
EPSILONS += [NEXT_TO_NOTHING, "1e-9", "1e999999999999999999", "1" * 5_000, "0." + "1" * 500]
DELTAS = ["1", "1.5", "-1e-6", "abc", "nan", "inf", NEXT_TO_NOTHING, "1e-999999999", "0." * 9]


def short(value: object) -> str:
    return repr(value)[:24]


@pytest.mark.anywhere
@pytest.mark.parametrize("epsilon", EPSILONS, ids=short)
@pytest.mark.parametrize("verb", ["preview", "release", "budget"])
def test_an_epsilon_that_cannot_be_is_refused(
    home: Path, tmp_path: Path, verb: str, epsilon: str
) -> None:
    query = written(tmp_path, "q.yaml", QUERY)
    typed = [f"--epsilon={epsilon}", "--query", query]

    said = refused(home, verb, "orders", *([f"--set={epsilon}"] if verb == "budget" else typed))

    assert said.startswith("ε cannot be") or (verb == "budget" and said.startswith("δ cannot be"))
    assert len(said) < 120


@pytest.mark.anywhere
@pytest.mark.parametrize("delta", DELTAS, ids=short)
@pytest.mark.parametrize("verb", ["preview", "release", "budget"])
def test_a_delta_that_cannot_be_is_refused(
    home: Path, tmp_path: Path, verb: str, delta: str
) -> None:
    query = written(tmp_path, "q.yaml", QUERY)
    typed = ["--epsilon=1", f"--delta={delta}", "--query", query]

    said = refused(home, verb, "orders", *([f"--set=1,{delta}"] if verb == "budget" else typed))

    assert said.startswith("δ cannot be")
    assert len(said) < 120


@pytest.mark.parametrize("verb", ["preview", "release"])
@pytest.mark.parametrize(
    ("change", "epsilon", "delta", "why"),
    [
        pytest.param("", "1", "0", "needs a δ above 0", id="gaussian without delta"),
        pytest.param("mechanism: laplace\n", "1", "0", "needs a δ above 0", id="private keys"),
        pytest.param("", "1", "1e-16", "δ cannot be 1E-16: it is too small", id="tiny delta"),
        pytest.param("", "1e-6", "1e-12", "ε cannot be 0.000001: no noise", id="tiny both"),
        pytest.param(
            "max_groups: 1000000\n", "1", "1e-10", "δ cannot be 1E-10", id="delta over many groups"
        ),
    ],
)
def test_a_budget_that_no_noise_can_keep_is_refused(
    home: Path, tmp_path: Path, verb: str, change: str, epsilon: str, delta: str, why: str
) -> None:
    query = written(tmp_path, "q.yaml", QUERY + change)
    price = ("--epsilon", epsilon, "--delta", delta)

    assert why in refused(home, verb, "orders", "--query", query, *price)


def changed(old: str, new: str) -> str:
    assert old in QUERY
    return QUERY.replace(old, new)


def unfolding(link: str) -> str:
    """A few lines that unfold to 9⁵ parts; a few more would fill any memory."""
    lines = ["a: &a {x: 1}"]
    for here, before in zip("bcdef", "abcde", strict=True):
        lines.append(f"{here}: &{here} {link.format(','.join([f'*{before}'] * 9))}")
    return "\n".join(lines)


QUERIES = [
    pytest.param("", "“the top”", id="empty"),
    pytest.param("[1]", "“the top”", id="list"),
    pytest.param("a: [", "it is no YAML", id="open bracket"),
    pytest.param("a:\n\t- b", "it is no YAML", id="tabs"),
    pytest.param(b"unit: \xff", "it is no YAML", id="no utf-8"),
    pytest.param("unit: a\0b", "it is no YAML", id="nul"),
    pytest.param("unit: 2020-99-99", "it is no YAML", id="impossible date"),
    pytest.param("unit: !!bool maybe", "it is no YAML", id="denies its tag"),
    pytest.param("unit: !!timestamp x", "it is no YAML", id="no moment"),
    pytest.param("!!python/object/apply:os.getcwd []", "it is no YAML", id="object"),
    pytest.param("[" * 9_000, "it is no YAML", id="deep"),
    pytest.param(changed("3", "9" * 5_000), "it is no YAML", id="long number"),
    pytest.param("# " * 2**20, "larger than 1 MB", id="large"),
    pytest.param(unfolding("[{}]"), "points to other parts", id="bomb of lists"),
    pytest.param(unfolding("{{<<: [{}]}}"), "points to other parts", id="bomb of merges"),
    pytest.param("unit: &a [*a]", "points to other parts", id="holds itself"),
    pytest.param(changed("unit: customer\n", ""), "record says: customer", id="no unit"),
    pytest.param(changed("unit: customer", "unit: nobody"), "no column “nobody”", id="unit"),
    pytest.param(changed("amount", "nobody"), "no column “nobody”", id="column"),
    pytest.param(changed("[country]", "[nobody]"), "no column “nobody”", id="group"),
    pytest.param(changed("[country]", "[customer]"), "publish people", id="group of one"),
    pytest.param(changed("amount", "device"), "“device” holds text", id="sum of text"),
    pytest.param(changed("upper: 100", "upper: .nan"), "bound lies between", id="nan bound"),
    pytest.param(changed("upper: 100", "upper: 1e300"), "bound lies between", id="huge bound"),
    pytest.param(changed("lower: 0", "lower: 200"), "below the upper", id="bounds crossed"),
    pytest.param(changed("3", "0"), "“max_rows_per_group”", id="no rows"),
    pytest.param(QUERY + "where: country like 'Z'", "condition cannot be read", id="condition"),
    pytest.param(QUERY + "where: amount > many", "holds number", id="condition on a number"),
    pytest.param(QUERY + "where: nobody > 1", "no column “nobody”", id="condition on nothing"),
    pytest.param(QUERY + "colour: red", "“colour”", id="unknown setting"),
]


@pytest.mark.anywhere
@pytest.mark.parametrize(("content", "why"), QUERIES)
def test_a_query_that_cannot_be_asked_is_refused(
    home: Path, tmp_path: Path, content: str | bytes, why: str
) -> None:
    query = written(tmp_path, "q.yaml", content)

    said = refused(home, "preview", "orders", "--query", query)

    assert why in said
    assert said == refused(home, "release", "orders", "--query", query, "--epsilon", "1")


PLANS = [
    pytest.param("a: [", "it is no YAML", id="open bracket"),
    pytest.param(unfolding("{{<<: [{}]}}"), "points to other parts", id="bomb"),
    pytest.param(PLAN.replace("bought", "nobody"), "no column “nobody”", id="target"),
    pytest.param(PLAN.replace("region", "nobody"), "no column “nobody”", id="sites"),
    pytest.param(PLAN.replace("bought", "amount"), "exactly two values", id="not two values"),
    pytest.param(PLAN.replace("region", "customer"), "at least 2 are needed", id="no site"),
    pytest.param(PLAN + "features: [nobody]", "no column “nobody”", id="feature"),
    pytest.param(PLAN + "learning_rate: .inf", "“learning_rate”", id="rate"),
    pytest.param(PLAN + "privacy: {noise_multiplier: 0.3}", "Not enough", id="over budget"),
]


@pytest.mark.anywhere
@pytest.mark.parametrize(("content", "why"), PLANS)
def test_a_plan_that_cannot_be_run_is_refused(
    home: Path, tmp_path: Path, content: str, why: str
) -> None:
    plan = written(tmp_path, "p.yaml", content)

    assert why in refused(home, "federate", "orders", "--plan", plan)


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "typed",
    [["preview", "orders", "--query"], ["federate", "orders", "--plan"]],
    ids=["query", "plan"],
)
@pytest.mark.parametrize("name", [".", "nowhere.yaml", "x" * 5_000], ids=["folder", "none", "long"])
def test_a_file_of_settings_that_is_none_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "There is no file at" in refused(home, *typed, name)


def test_groups_that_may_not_be_shown_are_paid_for_stored_and_refused(
    own: Path, tmp_path: Path
) -> None:
    query = written(tmp_path, "q.yaml", QUERY + "where: amount > 93\n")
    before = run(own, "--json", "trail", "verify").document["entries"]

    answer = run(own, "--json", "release", "orders", "--query", query, "--epsilon", "0.5")

    after = run(own, "--json", "trail", "list", "--count", "1").document["entries"][0]
    budget = run(own, "--json", "budget", "orders").document
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("No group reached the threshold")
    assert (after["number"], after["act"]) == (before + 2, "release.publish")
    assert budget["entries"][0]["purpose"] in answer.err
    assert budget["spent"]["epsilon"] > 0


def test_a_release_over_budget_is_refused_and_says_what_is_left(own: Path, tmp_path: Path) -> None:
    query = written(tmp_path, "q.yaml", QUERY)
    run(own, "budget", "orders", "--set", "1,1e-6")
    run(own, "release", "orders", "--query", query, "--epsilon", "0.9")

    said = refused(own, "release", "orders", "--query", query, "--epsilon", "0.9")

    assert "this asks for ε = 0.9" in said
    assert "of 1" in said


CAPS = [
    pytest.param("anna", "anna=0.5", id="no epsilon"),
    pytest.param("=1", "one actor", id="nobody"),
    pytest.param("anna=x", "ε cannot be", id="no number"),
    pytest.param("anna=0", "ε cannot be", id="nothing"),
    pytest.param(f"{'x' * 81}=1", "one actor", id="long"),
]


@pytest.mark.anywhere
@pytest.mark.parametrize(("cap", "why"), CAPS)
def test_a_cap_that_cannot_be_is_refused(home: Path, cap: str, why: str) -> None:
    assert why in refused(home, "budget", "orders", f"--cap={cap}")


def test_what_is_not_typed_of_a_budget_stays_as_it_is(own: Path) -> None:
    run(own, "budget", "orders", "--set", "2,1e-6", "--period", "month", "--cap", "anna=1")
    run(own, "budget", "orders", "--cap", "ben = 0.5")

    found = run(own, "--json", "budget", "orders", "--cap", "anna=none").document

    assert found["total"] == {"epsilon": 2.0, "delta": 1e-6}
    assert found["period"]["kind"] == "month"
    assert [cap["actor"] for cap in found["caps"]] == ["ben"]


def test_a_budget_below_what_is_spent_is_refused(own: Path, tmp_path: Path) -> None:
    query = written(tmp_path, "q.yaml", QUERY)
    run(own, "release", "orders", "--query", query, "--epsilon", "1")

    assert "cannot be taken back" in refused(own, "budget", "orders", "--set", "0.1,1e-6")


WRITING = [["trail", "checkpoint"], ["trail", "export"], ["report", "audit"], ["audit"]]
TARGETS = [
    pytest.param("nowhere/x", "folder does not exist", id="folder that is not there"),
    pytest.param("q.yaml/x", "folder does not exist", id="folder that is a file"),
    pytest.param(".", "it is a folder", id="folder"),
    pytest.param("{home}/records.sqlite", "its own records", id="the desk's records"),
    pytest.param("{home}/secret.key", "its own records", id="the desk's key"),
    pytest.param("{home}/trail.key", "its own records", id="the trail's key"),
    pytest.param("{home}/datasets/../reports/x", "its own records", id="the desk's reports"),
]


@pytest.mark.anywhere
@pytest.mark.parametrize("verb", WRITING, ids=" ".join)
@pytest.mark.parametrize(("target", "why"), TARGETS)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verb: list[str],
    target: str,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "q.yaml", QUERY)

    said = refused(home, *verb, "--out", target.format(home=home))

    assert why in said
    assert [p.name for p in tmp_path.iterdir()] == ["q.yaml"]


@pytest.mark.parametrize("verb", [["report", "audit"], ["audit"]], ids=" ".join)
def test_a_report_on_nothing_is_refused(tmp_path: Path, verb: list[str]) -> None:
    run(tmp_path / "new", "dataset", "list")

    assert "nothing to report" in refused(tmp_path / "new", *verb, "--out", tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize("below", ["", "/desk"], ids=["a file", "below a file"])
def test_a_workspace_that_is_a_file_is_refused(tmp_path: Path, below: str) -> None:
    path = written(tmp_path, "taken", CANARY)

    answer = run(Path(f"{path}{below}"), "--json", "dataset", "list")

    assert (answer.code, answer.out) == (2, "")
    assert "cannot be used" in answer.err
    assert path.read_text(encoding="utf-8") == CANARY


TAMPERED = [
    pytest.param(
        "update trail set body = replace(body, 'orders', 'others') where number = 1",
        "Entry 1 was changed",
        id="changed",
    ),
    pytest.param("update trail set body = '{}' where number = 2", "Entry 2", id="emptied"),
    pytest.param("delete from trail where number = 1", "Entry 1 is missing", id="removed"),
    pytest.param("delete from trail where number = 2", "Entry 2 is missing", id="cut off"),
    pytest.param(
        "update trail set number = number + 5 where number = 2", "Entry 2 was moved", id="moved"
    ),
]


@pytest.mark.parametrize(("statement", "problem"), TAMPERED)
def test_a_trail_that_was_tampered_with_is_told_by_entry(
    own: Path, statement: str, problem: str
) -> None:
    assert run(own, "trail", "verify").code == 0
    tamper(own, statement)

    text, document = run(own, "trail", "verify"), run(own, "--json", "trail", "verify")

    assert (text.code, document.code, text.err, document.err) == (2, 2, "", "")
    assert problem in text.out
    assert not document.document["ok"]
    assert any(problem in found for found in document.document["problems"])


def test_a_trail_cut_off_with_its_head_contradicts_the_checkpoint(
    own: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "c.json"
    run(own, "trail", "checkpoint", "--out", checkpoint)
    lines = "select number, hash from trail where number = 2"
    tamper(
        own,
        "delete from trail where number = 3",
        f"update trail_head set (entries, hash) = ({lines})",  # noqa: S608
    )

    alone = run(own, "--json", "trail", "verify").document["problems"]
    against = run(own, "--json", "trail", "verify", "--checkpoint", checkpoint)

    assert [problem for problem in alone if "triggers" not in problem] == []
    assert against.code == 2
    assert any("saw 3 entries" in problem for problem in against.document["problems"])


def test_the_checkpoint_of_another_trail_does_not_fit(own: Path, tmp_path: Path) -> None:
    run(tmp_path / "other", "trail", "checkpoint", "--out", tmp_path / "c.json")

    answer = run(own, "--json", "trail", "verify", "--checkpoint", tmp_path / "c.json")

    assert answer.code == 2
    assert "is of another desk" in answer.document["problems"][0]


CHECKPOINTS = [
    pytest.param("", "cannot be read as a checkpoint", id="empty"),
    pytest.param("[]", "cannot be read as a checkpoint", id="list"),
    pytest.param('{"kind": "other"}', "cannot be read as a checkpoint", id="another kind"),
    pytest.param(b"\xff\xfe", "cannot be read as a checkpoint", id="no text"),
    pytest.param("[" * 9_000, "cannot be read as a checkpoint", id="deep"),
]


@pytest.mark.anywhere
@pytest.mark.parametrize(("content", "why"), CHECKPOINTS)
def test_a_file_that_is_no_checkpoint_is_refused(
    home: Path, tmp_path: Path, content: str | bytes, why: str
) -> None:
    path = written(tmp_path, "c.json", content)

    assert why in refused(home, "trail", "verify", "--checkpoint", path)


def torn(home: Path) -> None:
    path = home / "records.sqlite"
    data = bytearray(path.read_bytes())
    data[16_384:] = b"\x77" * len(data[16_384:])
    path.write_bytes(data)


DAMAGES: list[tuple[str, Callable[[Path], object], list[str]]] = [
    ("torn records", torn, ["trail", "verify"]),
    ("torn records", torn, ["dataset", "list"]),
    ("no database", lambda h: (h / "records.sqlite").write_bytes(b"x" * 9_999), ["trail", "list"]),
    ("a record", lambda h: tamper(h, "update dataset set record = 'x'"), ["discover", "orders"]),
    ("an entry", lambda h: tamper(h, "update trail set body = '{}'"), ["trail", "list"]),
    ("the head", lambda h: tamper(h, "update trail_head set entries = 1"), ["assess"]),
    ("no head", lambda h: tamper(h, "drop table trail_head"), ["trail", "verify"]),
    ("a newer desk", lambda h: tamper(h, "update alembic_version set version_num = '9'"), ["demo"]),
    ("no table", lambda h: shutil.rmtree(h / "datasets"), ["discover", "orders"]),
    (
        "a torn table",
        lambda h: next((h / "datasets").iterdir()).write_bytes(b"PAR1 torn PAR1"),
        ["discover", "orders"],
    ),
]


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("damage", "verb"), [pytest.param(d, v, id=f"{name}, {v[0]}") for name, d, v in DAMAGES]
)
def test_a_damaged_workspace_is_refused_in_a_sentence(
    own: Path, damage: Callable[[Path], object], verb: list[str]
) -> None:
    with closing(sqlite3.connect(own / "records.sqlite")) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    damage(own)

    answer = run(own, "--json", *verb)

    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("The workspace at")
    assert "sqlalchemy" not in answer.err.lower()


USAGE = [
    pytest.param([], "required: VERB", id="no verb"),
    pytest.param(["explode"], "invalid choice: 'explode'", id="unknown verb"),
    pytest.param(["dataset"], "required: VERB", id="half a verb"),
    pytest.param(["dataset", "ad", "x", "--name", "t"], "invalid choice", id="shortened verb"),
    pytest.param(["dataset", "add", "x"], "required: --name", id="no name"),
    pytest.param(["dataset", "add", "--name", "x"], "path --kept is required", id="no path"),
    pytest.param(["dataset", "add", "", "--name", "x"], "it names no file", id="empty path"),
    pytest.param(["release", "orders"], "required: --query, --epsilon", id="no query"),
    pytest.param(["preview", "orders", "--quer", "q"], "required: --query", id="shortened option"),
    pytest.param(["audit", "--ou", "x"], "required: --out", id="shortened out"),
    pytest.param(["audit", "--out", ""], "it names no file", id="empty out"),
    pytest.param(["--hom", "x", "assess"], "invalid choice: 'x'", id="shortened home"),
    pytest.param(["assess", "--json"], "unrecognized arguments: --json", id="option too late"),
    pytest.param(["assess", "a", "b"], "unrecognized arguments: b", id="one too many"),
    pytest.param(
        ["assess", "a", "--fone", "+49", "--m=a@b"], ": --fone … --m=…", id="values unsaid"
    ),
    pytest.param(["trail", "list", "--actor=--"], "“--” is no value", id="dashes as a value"),
    pytest.param(["request", "show", "--", "--"], "“--” is no value", id="dashes as a name"),
    pytest.param(["trail", "list", "--count", "0"], "from 1 to 1,000,000", id="none of them"),
    pytest.param(["trail", "list", "--count", "9" * 30], "from 1 to", id="more than there are"),
    pytest.param(["trail", "list", "--count", "two"], "from 1 to", id="no number"),
    pytest.param(["report", "novel", "--out", "x"], "invalid choice: 'novel'", id="report"),
    pytest.param(["label", "orders", "--column", "a", "--class", "x"], "--class", id="class"),
    pytest.param(["dataset", "describe", "orders", "--legal-basis", "x"], "--legal-basis", id="ba"),
    pytest.param(["organisation", "--name", "\udcff"], "not valid UTF-8", id="no text"),
]


@pytest.mark.parametrize(("typed", "why"), USAGE)
def test_what_is_no_command_is_told_with_the_usage(home: Path, typed: list[str], why: str) -> None:
    before = state_of(home)

    answer = run(home, *typed)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("usage: python -m compliance")
    assert why in answer.err.splitlines()[-1]
    assert state_of(home) == before
