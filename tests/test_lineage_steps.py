"""Every kind of step on a real desk tells its columns, settings, code and who did it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.anonymise import to_plan as to_anonymising_plan
from compliance.anonymise.nouns.record import BasketPlan
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import UnknownColumnError, UnknownDatasetError, UnknownNodeError
from compliance.federated import to_plan
from compliance.lineage.nouns import (
    ColumnKind,
    ColumnSubkind,
    Edge,
    NodeKind,
    Place,
    Reason,
    Standing,
)
from compliance.privacy import to_query, to_synthesis
from compliance.privacy.nouns import Budget
from compliance.report.nouns import ReportKind
from compliance.rights.nouns import Right
from compliance.rules.nouns import State
from compliance.storage import records, tables
from compliance.workspace import Workspace
from compliance.workspace.coding import code
from compliance.workspace.lineage.evidence import columns_in, records_of
from tests.anonymised_people import ended, people, plan
from tests.consent_cases import by_email, wish
from tests.consent_cases import workspace as visits_desk
from tests.erasing_cases import ask, email, erase, files_of, store_shop
from tests.fulfilling_cases import decided, filled
from tests.mending_shop import Clock, finding_of, open_shop
from tests.test_fulfilling_workspace import correction, seen_of

BUDGET = Budget(epsilon=Decimal(3), delta=Decimal("1e-6"))
MAKING = (NodeKind.DATASET, NodeKind.VIEW, NodeKind.RELEASE, NodeKind.RUN)


def check_complete(desk: Workspace) -> None:
    """Each column of all that was made says what it came from; nothing dangles."""
    edges = desk.proof.lineage.edges()
    with desk._desk.database.reading() as connection:
        columns = columns_in(connection, records_of(connection))
    into: dict[str, set[str]] = {}
    for edge in edges:
        into.setdefault(edge.made.key, set()).update(
            one.made for one in edge.columns if one.kind is ColumnKind.DIRECT
        )
        assert edge.parameters, edge.step
        assert (edge.code, edge.actor) == (code(), "local officer")
    for edge in edges:
        if edge.made.kind in MAKING:
            assert set(columns[edge.made.key]) == into[edge.made.key], edge.step
    assert desk.proof.lineage.dangling() == ()


def last(desk: Workspace, step: str) -> Edge:
    return [edge for edge in desk.proof.lineage.edges() if edge.step == step][-1]


def pairs(edge: Edge) -> set[tuple[str, str, str, bool]]:
    return {(one.origin, str(one.subkind), one.made, one.masking) for one in edge.columns}


@pytest.fixture
def small(workspace: Workspace) -> Workspace:
    """The demo shop, small, looked at."""
    store_shop(workspace)
    for dataset in workspace.datasets():
        workspace.discover(dataset.name)
    return workspace


def test_a_file_taken_in_says_which_columns_were_cleaned(small: Workspace) -> None:
    cleaned = {s.column for s in small.dataset("orders").cleaning if s.column}

    edge = last(small, "added")

    check_complete(small)
    assert cleaned
    for one in (e for e in small.proof.lineage.edges(["orders"]) if e.step == "added"):
        altered = {c.origin for c in one.columns if c.subkind is ColumnSubkind.TRANSFORMATION}
        assert altered == cleaned
    assert edge.parameters["rows"] == small.dataset(edge.made.id.split("@")[0]).rows


def test_a_release_groups_joins_filters_and_adds_up(small: Workspace) -> None:
    asked = to_query(
        {
            "unit": "customer_id",
            "by": ["category", "customers.city"],
            "public_keys": {"category": ["Books"], "customers.city": ["Berlin", "Paris"]},
            "max_groups": 2,
            "max_rows_per_group": 3,
            "join": [{"dataset": "customers", "unit": "customer_id"}],
            "where": "quantity > 1",
            "statistics": [
                {"count": "units"},
                {"sum": {"column": "amount", "lower": 0, "upper": 200}},
            ],
        }
    )
    small.release("orders", asked, Decimal(1))

    check_complete(small)
    here, there = [e for e in small.proof.lineage.edges() if e.step == "released"]
    assert pairs(here) == {
        ("category", "IDENTITY", "category", False),
        ("category", "GROUP_BY", "", False),
        ("customer_id", "AGGREGATION", "count_units", True),
        ("amount", "AGGREGATION", "sum_amount", True),
        ("customer_id", "GROUP_BY", "", False),
        ("quantity", "FILTER", "", False),
        ("customer_id", "JOIN", "", False),
    }
    assert pairs(there) == {
        ("city", "IDENTITY", "customers.city", False),
        ("city", "GROUP_BY", "", False),
        ("customer_id", "JOIN", "", False),
    }
    assert Decimal(str(here.parameters["epsilon"])) == 1
    tagged = small.proof.lineage.tags()
    assert tagged.stopped
    assert not [place for place in tagged.tags if place.node.startswith("release:")]


def test_looks_invented_rows_and_models_tell_their_columns(
    workspace: Workspace, orders_csv: bytes
) -> None:
    said = Description(unit=ColumnName("customer"), population="customers", region="DE")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    workspace.discover("orders")
    workspace.decide_labels("orders", {"country": ("country", IdentifierClass.QUASI)})
    workspace.decide_budget("customers", Budget(epsilon=Decimal(60), delta=Decimal("1e-5")))
    asked = to_query(
        {
            "unit": "customer",
            "statistics": [{"sum": {"column": "amount", "lower": 0, "upper": 90}}],
        }
    )
    invented = to_synthesis(
        {
            "unit": "customer",
            "columns": ["country", {"column": "amount", "edges": [0, 30, 60, 100]}],
            "public_keys": {"country": ["DE", "FR", "CN"]},
            "rows": 100,
        }
    )
    raw = {"sites": {"column": "country"}, "target": "bought", "rounds": 1}

    workspace.propose_bounds("orders", asked, [ColumnName("amount")], BUDGET)
    workspace.synthesise("orders", invented, BUDGET, "invented")
    runs = []
    for more in ({}, {"privacy": {"noise_multiplier": 2.0, "delta": 1e-6}}):
        for _ in workspace.federation.train("orders", to_plan({**raw, **more})):
            pass
        runs.append(workspace.federation.runs("orders")[0].id)

    check_complete(workspace)
    assert ("amount", "AGGREGATION", "bounds", True) in pairs(last(workspace, "looked at"))
    drawn = pairs(last(workspace, "synthesised"))
    assert ("country", "AGGREGATION", "country", True) in drawn
    assert ("customer", "GROUP_BY", "", False) in drawn
    bare, noisy = [e for e in workspace.proof.lineage.edges() if e.step == "trained"]
    assert ("bought", "AGGREGATION", "model", False) in pairs(bare)
    assert ("bought", "AGGREGATION", "model", True) in pairs(noisy)
    assert ("country", "GROUP_BY", "", False) in pairs(bare)
    assert bare.parameters["noise_multiplier"] is None
    assert {one.made for one in workspace.proof.lineage.evidence()} == {
        last(workspace, "looked at").made.key,
        "dataset:invented@1",
        f"run:{runs[1]}",
    }


def test_a_model_without_noise_stays_personal_and_one_with_noise_does_not(
    workspace: Workspace, orders_csv: bytes
) -> None:
    said = Description(unit=ColumnName("customer"), population="customers", region="DE")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    workspace.discover("orders")
    workspace.decide_labels("orders", {"device": ("device_os_code", IdentifierClass.QUASI)})
    workspace.decide_budget("customers", Budget(epsilon=Decimal(60), delta=Decimal("1e-5")))
    raw = {"sites": {"column": "country"}, "target": "bought", "features": ["device", "amount"]}
    raw["rounds"] = 1  # type: ignore[assignment]

    for more in ({}, {"privacy": {"noise_multiplier": 2.0, "delta": 1e-6}}):
        for _ in workspace.federation.train("orders", to_plan({**raw, **more})):
            pass
    noisy, bare = workspace.federation.runs("orders")

    tagged = workspace.proof.lineage.tags()
    kinds = {tag.semantic_type for tag in tagged.tags[Place(f"run:{bare.id}", "model")]}
    assert "device_os_code" in kinds
    assert Place(f"run:{noisy.id}", "model") not in tagged.tags
    assert noisy.id in {stop.evidence for stop in tagged.stopped}


def test_what_is_anonymised_tells_levels_and_stops_its_tags(workspace: Workspace) -> None:
    workspace.add_files([RawFile(name="people.csv", data=people(300))], "people")
    workspace.discover("people")
    asked = plan(k=12, columns={"customer_id": "drop", "email": "drop"})

    done = ended(workspace.anonymisation.anonymise("people", asked, {}, "safe"))

    check_complete(workspace)
    edge = last(workspace, "anonymised")
    direct = {c.origin: c for c in edge.columns if c.kind is ColumnKind.DIRECT}
    assert direct.keys() == {"age", "city", "diagnosis"}
    for column, level in done.levels.items():
        assert direct[column].masking == (level > 0)
        assert edge.parameters[f"level of {column}"] == level
    assert direct["diagnosis"].subkind is ColumnSubkind.IDENTITY
    tagged = workspace.proof.lineage.tags()
    assert {stop.evidence for stop in tagged.stopped} == {done.id}
    assert not [place for place in tagged.tags if place.node == "dataset:safe@1"]
    assert state_of(workspace, "POL-TAGS", "safe") is State.MET
    assert state_of(workspace, "POL-TAGS", "people") is State.NOT_APPLICABLE


def test_keyed_pseudonyms_do_not_stop_tags_and_nobody_having_looked_is_a_finding(
    workspace: Workspace,
) -> None:
    workspace.add_files([RawFile(name="people.csv", data=people(300))], "people")
    workspace.discover("people")
    asked = plan(k=12, columns={"customer_id": "pseudonym", "email": "drop"})

    ended(workspace.anonymisation.anonymise("people", asked, {}, "safe"))

    (shown,) = workspace.proof.lineage.evidence()
    assert shown.standing is Standing.SHORT
    tagged = workspace.proof.lineage.tags()
    assert {one.reason for one in tagged.lost} == {Reason.NOT_LOOKED}
    assert state_of(workspace, "POL-TAGS", "safe") is State.NOT_MET
    finding = finding_of(workspace, "POL-TAGS")
    offered = workspace.governance.mending.remedies(finding.id)
    assert {str(one.kind) for one in offered} & {"discover", "generalise"}


def test_an_erasure_in_an_output_ends_what_its_proof_is_worth(office: Workspace) -> None:
    ended(office.anonymisation.anonymise("people", SAFE, {}, "safe"))
    before = office.proof.lineage.tags()
    day = office.proof.lineage.edges()[-1].at

    erase(office, [ask(office, "R-1", [email("p7@shop.example")])])

    check_complete(office)
    edges = [e for e in office.proof.lineage.edges() if e.step == "erased"]
    assert edges
    assert all(one.masking for edge in edges for one in edge.columns)
    assert before.lost == ()
    if "safe@1" in {edge.origin.id for edge in edges}:
        after = office.proof.lineage.tags()
        assert {one.reason for one in after.lost} == {Reason.VOID}
        assert state_of(office, "POL-TAGS", "safe") is State.NOT_MET
    assert office.proof.lineage.tags(day) == before


SAFE = to_anonymising_plan(
    {
        "quasi_identifiers": {"city": {"build": "suppress"}},
        "k": 5,
        "suppression_limit": 0.2,
        "columns": {"id": "drop", "mail": "drop", "note": "keep"},
    }
)


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    """People of four cities; one of them is named in a note that stays in outputs."""
    text = io.StringIO()
    rows = [[n, f"p{n}@shop.example", ("Ulm", "Köln")[n % 2], "parcel"] for n in range(60)]
    csv.writer(text).writerows([["id", "mail", "city", "note"], *rows])
    said = Description(unit=ColumnName("id"), population="people")
    workspace.add_files(files_of(text.getvalue(), "a"), "people", said)
    workspace.discover("people")
    return workspace


def test_histories_are_measured_and_stop_tags(small: Workspace) -> None:
    asked = BasketPlan(person=ColumnName("customer_id"), item=ColumnName("category"), k=3, m=1)

    done = ended(small.anonymisation.anonymise_baskets("orders", asked, "carts"))

    check_complete(small)
    assert pairs(last(small, "anonymised")) == {
        ("customer_id", "TRANSFORMATION", "customer_id", True),
        ("category", "TRANSFORMATION", "category", True),
        ("customer_id", "GROUP_BY", "", False),
    }
    assert done.id in {stop.evidence for stop in small.proof.lineage.tags().stopped}


def test_a_correction_changes_its_column_and_carries_the_others(workspace: Workspace) -> None:
    filled(workspace)
    id_ = decided(workspace, Right.RECTIFICATION)
    seen = seen_of(workspace, id_, "city")

    workspace.rights.fulfilling.rectify(id_, [correction(seen, "Neustadt")])

    check_complete(workspace)
    edge = last(workspace, "rectified")
    altered = {c.origin for c in edge.columns if c.subkind is not ColumnSubkind.IDENTITY}
    assert altered == {"city"}
    assert not any(c.masking for c in edge.columns)
    assert workspace.proof.lineage.tags().lost == ()


def test_rows_that_may_not_be_used_are_left_out_in_a_step_of_its_own(tmp_path: Path) -> None:
    desk = visits_desk(tmp_path / "desk")
    desk.discover("visits")
    wish(desk._desk, [by_email(4)])
    asked = to_query(
        {
            "unit": "customer",
            "by": ["country"],
            "public_keys": {"country": ["DE", "FR"]},
            "statistics": [{"count": "rows"}],
        }
    )

    first = desk.release("visits", asked, Decimal(1))
    desk.release("visits", asked, Decimal(1))

    (cut,) = [e for e in desk.proof.lineage.edges() if e.made.kind is NodeKind.VIEW]
    assert (cut.origin.id, cut.step) == ("visits@1", "filtered")
    assert cut.parameters["left_out_restricted"] == 3
    assert ("customer", "FILTER", "", False) in pairs(cut)
    assert {e.origin.key for e in desk.proof.lineage.edges() if e.step == "released"} == {
        cut.made.key
    }
    assert desk.proof.lineage.dangling() == ()
    assert first.id in {e.made.id for e in desk.proof.lineage.edges(["visits"])}
    assert first.id in {stop.evidence for stop in desk.proof.lineage.tags().stopped}
    path = desk.proof.lineage.column_path(first.id, "country")
    assert [hop.edge.step for hop in path if hop.origin.column == "country"] == [
        *("released", "filtered", "added"),
    ]


@pytest.mark.parametrize(
    ("rule", "remedy", "step"),
    [
        ("GDPR-9-2", "drop-gdpr_special", "columns left out"),
        ("GDPR-9-2", "mask-gdpr_special", "masked"),
        ("GDPR-5-1-E", "shorten", "rows past retention removed"),
        ("GDPR-6-1", "re-consent", "rows without consent removed"),
        ("GDPR-5-1-E", "generalise-5", "anonymised"),
    ],
)
def test_remedies_that_make_a_version_tell_its_columns(
    tmp_path: Path, rule: str, remedy: str, step: str
) -> None:
    desk = open_shop(tmp_path)

    desk.governance.mending.apply(finding_of(desk, rule).id, remedy, {})

    check_complete(desk)
    edge = last(desk, step)
    assert (edge.origin.id, edge.made.id) == ("accounts@1", "accounts@2")
    masked = {c.origin for c in edge.columns if c.masking and c.made}
    filters = {c.origin for c in edge.columns if c.subkind is ColumnSubkind.FILTER}
    assert (step == "masked") == (masked == {"religion"})
    assert bool(filters) == step.startswith("rows")
    if step == "columns left out":
        assert edge.parameters["left_out"] == ("religion",)
    if step == "masked":  # no proof, so what it was made from decides
        lost = desk.proof.lineage.tags().lost
        labels = desk.discovery("accounts")
        assert labels is not None
        religion = labels.label("religion")
        assert religion is not None
        assert bool(lost) is not religion.is_personal


def test_a_report_knows_what_it_is_on_and_its_columns_lead_to_the_file(shop: Workspace) -> None:
    report = shop.build_report(ReportKind.AUDIT)

    edge = last(shop, "reported")
    assert edge.parameters["sha256"] == report.sha256
    path = shop.proof.lineage.column_path(report.id, "amount")
    assert [(hop.edge.step, hop.origin.column) for hop in path] == [
        ("reported", "amount"),
        ("added", "amount"),
    ]
    numbers = {entry.number: entry.act for entry in shop.entries()}
    assert [numbers[hop.edge.entry] for hop in path] == ["report.build", "dataset.add"]


def test_steps_hold_no_value_of_the_data(small: Workspace) -> None:
    asked = to_query(
        {
            "unit": "customer_id",
            "where": "category = canary",
            "statistics": [{"count": "units"}],
        }
    )
    small.release("orders", asked, Decimal(1))
    with small._desk.database.reading() as connection:
        stored = records.every(connection, tables.EDGE, dict)

    assert "canary" not in str(stored)


# Days, ways, finding


def test_the_lineage_is_asked_as_of_any_day(tmp_path: Path) -> None:
    clock = Clock()
    desk = open_shop(tmp_path, clock)
    first = clock.at.date()
    clock.move(days=3)
    desk.governance.mending.apply(finding_of(desk, "GDPR-9-2").id, "drop-gdpr_special", {})

    lineage = desk.proof.lineage
    then, now = lineage.edges(as_of=first), lineage.edges()

    assert lineage.edges(as_of=first - timedelta(days=1)) == ()
    assert then == tuple(edge for edge in now if edge.at.date() == first)
    assert len(then) < len(now)
    assert lineage.edges(["accounts"], first) == then
    assert {e.origin.id for e in lineage.edges(["accounts"])} == {"accounts@1", "accounts@2"}
    places = {place.node for place in lineage.tags(first).tags}
    assert places == {"dataset:accounts@1"}
    assert {p.node for p in lineage.tags().tags} == places | {"dataset:accounts@2"}
    assert lineage.tags(clock.at) == lineage.tags()


def test_labels_decided_later_do_not_change_the_tags_of_a_day_before(tmp_path: Path) -> None:
    clock = Clock()
    desk = open_shop(tmp_path, clock)
    before = desk.proof.lineage.tags()
    first = clock.at
    clock.move(days=1)

    desk.decide_labels("accounts", {"city": ("text", IdentifierClass.NONE)})

    assert Place("dataset:accounts@1", "city") in before.tags
    assert Place("dataset:accounts@1", "city") not in desk.proof.lineage.tags().tags
    assert desk.proof.lineage.tags(first) == before


def test_things_are_found_by_name_id_and_key(shop: Workspace) -> None:
    lineage = shop.proof.lineage
    shop.discover("orders")

    assert lineage.node("orders").key == "dataset:orders@1"
    assert lineage.node("orders@1").key == "dataset:orders@1"
    assert [n.title for n in lineage.find("ORDERS.csv")] == ["orders.csv"]
    assert lineage.find(kind=NodeKind.RUN) == ()
    assert [e.step for e in lineage.upstream("orders")] == ["added"]
    assert [e.step for e in lineage.downstream("orders")] == ["discovered"]


@pytest.mark.parametrize(
    ("ask_for", "error"),
    [
        (lambda lineage: lineage.node("nobody"), UnknownNodeError),
        (lambda lineage: lineage.column_path("orders", "nothing"), UnknownColumnError),
        (lambda lineage: lineage.edges(["nobody"]), UnknownDatasetError),
    ],
    ids=["thing", "column", "dataset"],
)
def test_what_is_not_there_is_refused(
    shop: Workspace, ask_for: Callable[..., object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask_for(shop.proof.lineage)


def test_lineage_that_names_what_is_not_there_is_a_finding(shop: Workspace) -> None:
    edge = shop.proof.lineage.edges()[0]
    with shop._desk.act("dataset.describe", "orders") as act:
        act.link(edge.made, edge.made.__class__(kind=NodeKind.RUN, id="run-0", title="x"), "odd")

    assert [d.place.node for d in shop.proof.lineage.dangling()] == ["run:run-0"]
    found = shop.assess()
    (verdict,) = [v for v in found.verdicts if v.rule == "POL-LINEAGE"]
    assert verdict.state is State.NOT_MET


def state_of(desk: Workspace, rule: str, name: str) -> State:
    found = desk.assess()
    (verdict,) = [v for v in found.verdicts if v.rule == rule and v.subject == name]
    return verdict.state


def test_a_disclosure_that_is_handed_out_leads_back_to_the_data(shop: Workspace) -> None:
    asked = to_query({"unit": "customer", "statistics": [{"count": "units"}]})
    release = shop.release("orders", asked, Decimal(1))
    before = shop.disclosure("orders", release.id)

    told = shop.proof.lineage.disclose("orders", release.id)

    edge = last(shop, "disclosed")
    assert told.release_id == before.release_id == edge.origin.id
    assert shop.entries(1)[0].facts["sha256"] == edge.parameters["sha256"]
    ways = [e.step for e in shop.proof.lineage.upstream(edge.made.id)]
    assert ways == ["disclosed", "released", "added"]
    assert shop.proof.lineage.dangling() == ()
