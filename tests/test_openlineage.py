"""The lineage as OpenLineage events: told, read, joined, and never taken for evidence."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.cli import main
from compliance.dataset import RawFile
from compliance.errors import EventFileError, ForeignNameError
from compliance.lineage.nouns import ColumnKind, Edge, Node, NodeKind, Place, Reason
from compliance.lineage.openlineage import join, read_events
from compliance.lineage.openlineage.nouns import Event, EventKind, Own, Received
from compliance.settings import Settings
from compliance.storage import records
from compliance.workspace import Workspace
from tests.anonymised_people import ended, people, plan
from tests.conftest import Begin
from tests.erasing_cases import store_shop
from tests.openlineage_events import ETL, SAFE, dataset, event, field, lines, take
from tests.openlineage_schema import complaints


def desk_at(home: Path) -> Workspace:
    return Workspace(Settings.from_environment({}, home=home))


def entries(desk: Workspace) -> int:
    """How many entries the trail has."""
    with desk._desk.database.reading() as connection:
        return records.head_of(connection).entries


@pytest.fixture
def small(begin: Begin) -> Workspace:
    """The demo shop, small, looked at."""

    def fill(workspace: Workspace) -> None:
        store_shop(workspace)
        for one in workspace.datasets():
            workspace.discover(one.name)

    return begin("small-looked-at", fill)


def shape(edges: Iterable[Edge]) -> Counter[tuple[Any, ...]]:
    """The graph without words: what was made from what, and which column from which."""

    def named(node: Node) -> str:
        return node.id.partition("/")[2].partition("/")[2].partition("/")[2] or node.key

    return Counter(
        (
            named(edge.origin) if edge.origin.kind is NodeKind.FOREIGN else edge.origin.key,
            named(edge.made) if edge.made.kind is NodeKind.FOREIGN else edge.made.key,
            edge.step.rpartition(".")[2],
            frozenset(
                (c.origin, c.made, str(c.subkind), c.masking)
                for c in edge.columns
                if not c.how.startswith("not told")
            ),
        )
        for edge in edges
    )


# Telling


def test_every_event_of_the_demo_shop_follows_the_schema(small: Workspace) -> None:
    told = small.proof.lineage.export()

    events = [json.loads(line) for line in told.data.splitlines()]
    assert told.events == len(events) == 8
    assert [complaints(one) for one in events] == [[]] * 8
    assert {one["eventType"] for one in events} == {"COMPLETE"}


def test_the_schema_is_not_a_formality(small: Workspace) -> None:
    one = json.loads(small.proof.lineage.export().data.splitlines()[0])
    facets = one["outputs"][0]["facets"]

    for spoil in (
        lambda: one.pop("producer"),
        lambda: one.update(eventType="DONE"),
        lambda: one.update(eventTime="yesterday"),
        lambda: facets["columnLineage"].pop("fields"),
        lambda: facets["dataQualityMetrics"].update(rowCount="many"),
        lambda: facets["tags"]["tags"][0].pop("value"),
    ):
        before = len(complaints(one))
        spoil()
        assert len(complaints(one)) > before


def test_the_same_lineage_gives_the_same_bytes_and_each_act_its_own_run(small: Workspace) -> None:
    first, again = small.proof.lineage.export(), small.proof.lineage.export()

    assert first.data == again.data
    events = [json.loads(line) for line in first.data.splitlines()]
    runs = [one["run"]["runId"] for one in events]
    assert len(set(runs)) == len(runs)
    assert {uuid.UUID(run).version for run in runs} == {5}
    acts = [one["run"]["facets"]["parent"]["run"]["runId"] for one in events]
    assert len(set(acts)) == 8


def test_events_tell_tags_where_they_stopped_masking_counts_and_code(
    workspace: Workspace,
) -> None:
    workspace.add_files([RawFile(name="people.csv", data=people())], "people")
    workspace.discover("people")
    done = ended(workspace.anonymisation.anonymise("people", plan(columns=SAFE), {}, "anon"))
    events = [json.loads(line) for line in workspace.proof.lineage.export().data.splitlines()]
    (made,) = [one for one in events if one["job"]["name"].endswith(".anonymised")]

    facets = made["outputs"][0]["facets"]
    keys = {tag["key"] for tag in facets["tags"]["tags"]}
    stopped = [t for t in facets["tags"]["tags"] if t["key"] == "personal_data.stopped"]
    assert "personal_data" not in keys
    assert {tag["value"] for tag in stopped} == {done.id}
    told = {
        (origin["field"], column, how["subtype"], how["masking"])
        for column, one in facets["columnLineage"]["fields"].items()
        for origin in one["inputFields"]
        for how in origin["transformations"]
    }
    (edge,) = [e for e in workspace.proof.lineage.edges() if e.step == "anonymised"]
    assert told == {(c.origin, c.made, str(c.subkind), c.masking) for c in edge.columns if c.made}
    assert facets["dataQualityMetrics"]["rowCount"] == workspace.dataset("anon").rows
    assert "+" in made["job"]["facets"]["sourceCodeLocation"]["version"]
    assert {t["key"] for t in made["inputs"][0]["facets"]["tags"]["tags"]} >= {"personal_data"}


def test_an_export_of_one_dataset_and_of_an_older_day(small: Workspace) -> None:
    some = small.proof.lineage.export("orders")

    every = small.proof.lineage.export().data.splitlines()
    assert 0 < some.events < len(every)
    assert set(some.data.splitlines()) <= set(every)
    assert small.proof.lineage.export(as_of=datetime(2020, 1, 1, tzinfo=UTC)).events == 0


# Round trip


def test_another_desk_reads_the_same_graph(small: Workspace, tmp_path: Path) -> None:
    told = small.proof.lineage.export()
    other = desk_at(tmp_path / "other")

    found = other.proof.lineage.take_in(told.data, "shop.jsonl", {})

    assert (found.new, found.dangling) == (8, ())
    assert shape(other.proof.lineage.edges()) == shape(small.proof.lineage.edges())
    assert {e.made.kind for e in other.proof.lineage.edges()} == {NodeKind.FOREIGN}


def test_the_desk_takes_its_own_events_for_known(small: Workspace) -> None:
    told = small.proof.lineage.export()
    before = entries(small), small.proof.lineage.edges()

    found = small.proof.lineage.take_in(told.data, "own.jsonl", {})

    assert (found.own, found.new) == (8, 0)
    assert (entries(small), small.proof.lineage.edges()) == before


def test_a_table_of_another_desk_is_joined_by_its_bytes(tmp_path: Path) -> None:
    here, there = desk_at(tmp_path / "here"), desk_at(tmp_path / "there")
    for desk in (here, there):
        desk.add_files([RawFile(name="a.csv", data=b"id,mail\n1,a@b.example\n")], "a")

    here.proof.lineage.take_in(there.proof.lineage.export().data, "there.jsonl", {})

    edges = here.proof.lineage.edges()
    assert {(e.origin.kind, e.made.key) for e in edges} == {(NodeKind.SOURCE, "dataset:a@1")}
    assert len(edges) == 2


# Taking in


def test_the_same_events_again_change_nothing_and_a_later_one_corrects(small: Workspace) -> None:
    made = event(dataset("a", ["x"]), inputs=[dataset("b", ["x"])])
    take(small, made)
    before = entries(small)

    assert take(small, made).new == 0
    assert take(small, made | {"eventTime": "2026-01-02T01:00:00Z"}).new == 0
    assert entries(small) == before

    later = event(dataset("c", ["x"]), inputs=[dataset("b", ["x"])], at="2026-01-03T00:00:00Z")
    assert take(small, later).new == 1
    assert [e.made.title for e in small.proof.lineage.edges() if e.actor == ETL] == ["c"]


@pytest.mark.parametrize(
    ("kinds", "is_made"),
    [
        (["START"], True),
        (["START", "COMPLETE"], True),
        (["START", "FAIL"], False),
        (["START", "ABORT"], False),
        (["FAIL", "OTHER"], False),
        (["FAIL", "COMPLETE"], True),
    ],
)
def test_what_failed_made_nothing(workspace: Workspace, kinds: list[str], is_made: bool) -> None:
    events = [
        event(dataset("a"), inputs=[dataset("b")], kind=kind, at=f"2026-01-02T00:00:0{n}Z")
        for n, kind in enumerate(kinds)
    ]
    take(workspace, *events)

    assert bool(workspace.proof.lineage.edges()) is is_made


def test_a_name_of_another_system_means_a_dataset_where_an_officer_says_so(
    small: Workspace,
) -> None:
    export = event(dataset("mart", ["who"], {"who": [field("crm", "email")]}))
    take(small, export)

    found = take(small, export, **{"postgres://shop/crm": "customers"})

    assert (found.new, found.joined) == (0, {"postgres://shop/crm": "dataset:customers@1"})
    (edge,) = [e for e in small.proof.lineage.edges() if e.actor == ETL]
    assert edge.origin.key == "dataset:customers@1"
    assert Place("foreign:postgres://shop/mart", "who") in small.proof.lineage.tags().tags


@pytest.mark.parametrize("said", [{"x/y": "customers"}, {"postgres://shop/b": "nobody"}])
def test_a_name_that_nothing_has_is_refused(small: Workspace, said: dict[str, str]) -> None:
    with pytest.raises(ForeignNameError):
        take(small, event(dataset("a"), inputs=[dataset("b")]), **said)
    assert not [e for e in small.proof.lineage.edges() if e.actor == ETL]


def test_masking_that_somebody_else_claims_stops_nothing(small: Workspace) -> None:
    masked = field("crm", "email", subkind="TRANSFORMATION", masking=True)
    take(
        small,
        event(dataset("out", ["hash"], {"hash": [masked]})),
        **{"postgres://shop/crm": "customers"},
    )

    tagged = small.proof.lineage.tags()
    assert tagged.tags[Place("foreign:postgres://shop/out", "hash")]
    assert not [stop for stop in tagged.stopped if "foreign" in stop.made.node]
    (edge,) = [e for e in small.proof.lineage.edges() if e.actor == ETL]
    assert [c.masking for c in edge.columns] == [True]


def test_what_comes_back_from_another_system_without_a_look_is_a_finding(small: Workspace) -> None:
    small.add_files([RawFile(name="m.csv", data=b"who,n\na@b.example,1\n")], "mart")
    back = event(dataset("mart", (), {"who": [field("crm", "email", masking=True)]}))
    take(small, back, **{"postgres://shop/crm": "customers", "postgres://shop/mart": "mart"})

    lost = {one.place: one.reason for one in small.proof.lineage.tags().lost}
    assert lost[Place("dataset:mart@1", "who")] is Reason.NOT_LOOKED


def test_where_no_columns_are_told_tags_go_on_to_whatever_is_made_of_it(small: Workspace) -> None:
    named = {"postgres://shop/crm": "customers"}
    take(
        small,
        event(dataset("lake"), inputs=[dataset("crm")], run=1),
        event(dataset("mart", ["z"], {"z": [field("lake", "y")]}), run=2),
        event(dataset("tool", ["q"]), inputs=[dataset("mart", ["z"])], run=3),
        **named,
    )

    tags = small.proof.lineage.tags().tags
    for thing in (("lake", "*"), ("mart", "z"), ("tool", "*")):
        assert Place(f"foreign:postgres://shop/{thing[0]}", thing[1]) in tags


def test_a_field_that_is_not_there_is_told_and_loses_no_tag(small: Workspace) -> None:
    odd = event(dataset("out", ["a"], {"a": [field("crm", "E-MAIL")], "b": [field("crm", "city")]}))

    found = take(small, odd, **{"postgres://shop/crm": "customers"})

    assert set(found.dangling) == {
        (1, Place("dataset:customers@1", "E-MAIL")),
        (1, Place("foreign:postgres://shop/out", "b")),
    }
    assert Place("foreign:postgres://shop/out", "a") in small.proof.lineage.tags().tags
    assert small.proof.lineage.dangling()


def test_cycles_and_tables_written_in_place_end(small: Workspace) -> None:
    take(
        small,
        event(dataset("a", ["x"]), inputs=[dataset("b", ["x"])], run=1),
        event(dataset("b", ["x"]), inputs=[dataset("a", ["x"])], run=2),
        event(dataset("a", ["x"]), inputs=[dataset("a", ["x"]), dataset("crm")], run=3),
        **{"postgres://shop/crm": "customers"},
    )

    lineage = small.proof.lineage
    told = [e for e in lineage.upstream("foreign:postgres://shop/b") if e.actor == ETL]
    assert len(told) == 4
    assert lineage.column_path("foreign:postgres://shop/b", "x")
    assert Place("foreign:postgres://shop/b", "*") in lineage.tags().tags


def test_words_of_other_systems_are_not_kept(small: Workspace) -> None:
    told = dataset(
        "out",
        ["who"],
        {"who": [field("crm", "email")]},
        documentation={"description": "Zembla"},
    )
    take(small, event(told, job={"namespace": "e", "name": "j", "facets": {"sql": "Zembla"}}))

    for path in small._desk.settings.home.rglob("*"):
        assert not path.is_file() or b"Zembla" not in path.read_bytes()


def test_as_it_was_before_the_events_came(small: Workspace) -> None:
    take(small, event(dataset("a"), inputs=[dataset("b")]))

    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert small.proof.lineage.edges(as_of=yesterday) == ()
    assert [e for e in small.proof.lineage.edges() if e.actor == ETL]


# Bad input

GOOD = event(dataset("a"), inputs=[dataset("b")])


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b'{"eventType": "START"', "not JSON"),
        (b"[1]", "no JSON object"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested"),
        (b"[" * 100_000, "nested"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (GOOD | {"eventType": "DONE"}, "eventType is none of"),
        (GOOD | {"eventType": ["START"]}, "eventType is none of"),
        (without("eventType"), "no eventType"),
        (without("eventTime"), "no eventTime"),
        (without("producer"), "no producer"),
        (without("run"), "no run"),
        (without("job"), "no job"),
        (GOOD | {"run": {}}, "no runId"),
        (GOOD | {"run": {"runId": "7"}}, "no UUID"),
        (GOOD | {"producer": "me"}, "no URI"),
        (GOOD | {"job": {"name": "x"}}, "no namespace"),
        (GOOD | {"eventTime": "2026-01-02T03:04:05"}, "no time zone"),
        (GOOD | {"eventTime": "2026-01-02"}, "no moment"),
        (GOOD | {"eventTime": "2026-01-02T03:04:05+99:00"}, "no moment"),
        (GOOD | {"eventTime": "2999-01-02T03:04:05Z"}, "future"),
        (GOOD | {"eventTime": "0001-01-01T00:00:00+14:00"}, "no moment"),
        (GOOD | {"inputs": {"a": 1}}, "no list"),
        (GOOD | {"outputs": [{"name": "a"}]}, "no namespace"),
        (GOOD | {"outputs": [{"namespace": "n", "name": "x" * 601}]}, "longer than 600"),
        (event(dataset("a", (), {"c": [field("b", "d", kind="MAGIC")]})), "none of DIRECT"),
        (event(dataset("a", (), {"c": [{"namespace": "n", "name": "b"}]})), "no field"),
        (event(dataset("a", columnLineage={"dataset": []})), "no fields"),
    ],
)
def test_a_bad_line_refuses_the_whole_file_with_its_number(
    workspace: Workspace, bad: bytes | dict[str, Any], says: str
) -> None:
    line = bad if isinstance(bad, bytes) else json.dumps(bad).encode()
    before = entries(workspace)

    with pytest.raises(EventFileError) as refusal:
        workspace.proof.lineage.take_in(lines(GOOD) + b"\n" + line, "f.jsonl", {})

    assert "line 3:" in str(refusal.value)
    assert says in str(refusal.value)
    assert (entries(workspace), workspace.proof.lineage.edges()) == (before, ())


def test_events_of_jobs_and_tables_tell_of_no_run_and_are_passed_over(
    workspace: Workspace,
) -> None:
    job = {k: v for k, v in GOOD.items() if k not in ("run", "eventType")}
    found = take(workspace, job, {"eventTime": "x", "dataset": {}})

    assert (found.passed_over, found.new) == (2, 0)


def test_names_that_turn_or_break_lines_are_made_plain(workspace: Workspace) -> None:
    take(workspace, event(dataset("a\u202eb\n\ud800"), inputs=[dataset("😀 مرحبا")]))

    (edge,) = workspace.proof.lineage.edges()
    assert edge.made.title == "a\ufffdb\ufffd\ufffd"
    assert edge.origin.title == "😀 مرحبا"


# Laws

NAMES = st.sampled_from("abcdef")
EVENTS = st.lists(
    st.builds(
        lambda run, kind, second, made, origin, is_told: event(
            dataset(
                made, ["x", "y"], {"x": [field(origin, "y", masking=True)]} if is_told else None
            ),
            inputs=[dataset(origin, ["y"])],
            run=run,
            kind=kind,
            at=f"2026-01-02T00:00:0{second}Z",
        ),
        st.integers(1, 4),
        st.sampled_from(list(EventKind)).map(str),
        st.integers(0, 9),
        NAMES,
        NAMES,
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_taking_in_twice_is_taking_in_once(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]]
) -> None:
    desk = desk_at(tmp_path_factory.mktemp("desk"))
    take(desk, *events)
    before = desk.proof.lineage.edges(), entries(desk)

    assert take(desk, *events).new == 0
    assert (desk.proof.lineage.edges(), entries(desk)) == before


@given(events=EVENTS, places=st.sets(NAMES, min_size=1))
def test_no_event_takes_a_tag_away_from_what_its_inputs_hold(
    events: list[dict[str, Any]], places: set[str]
) -> None:
    """Every output of a run that counts can be reached from each of its inputs by values."""
    told = [line.event for line in read_events(lines(*events), "f") if line.event]
    received = [Received(entry=n, event=one) for n, one in enumerate(told)]

    joined = join(received, Own(edges=(), columns={}, sha256={}))

    for edge in joined.edges:
        direct = [c for c in edge.columns if c.kind is ColumnKind.DIRECT]
        assert direct
        assert {c.origin for c in direct} >= set(joined.columns[edge.origin.key]) - {"x"}


# From the command line


def test_export_and_import_from_the_command_line(
    small: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(small._desk.settings.home))
    out, other = tmp_path / "own.jsonl", tmp_path / "other.jsonl"
    other.write_bytes(lines(event(dataset("mart", ["a"]), inputs=[dataset("crm", ["a"])])))

    assert main(["--json", "lineage", "export", "--out", str(out), "--as-of", "2999-01-01"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == len(out.read_bytes().splitlines()) == 8
    said = ["--as", "postgres://shop/crm=customers"]
    assert main(["--json", "lineage", "import", str(other), *said]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["new"], found["failed_runs"]) == (1, 0)
    assert found["joined"] == [{"name": "postgres://shop/crm", "to": "dataset:customers@1"}]
    assert main(["lineage", "import", str(other), "--as", "postgres"]) == 2
    assert main(["lineage", "import", str(tmp_path / "none")]) == 2
    other.write_bytes(b"{")
    assert main(["lineage", "import", str(other)]) == 2
    assert "line 1" in capsys.readouterr().err


def test_a_hundred_thousand_events_are_taken_in() -> None:
    many = lines(
        *(
            event(dataset(f"t{n}", ["a"]), inputs=[dataset(f"t{n - 1}", ["a"])], run=n)
            for n in range(1, 2001)
        )
    )
    found = read_events(many * 50, "many.jsonl")

    assert len(found) == 100_000
    assert isinstance(found[-1].event, Event)
