"""People erased from a workspace: everywhere, only they, and provably."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pytest

from compliance.dataset.nouns import ColumnName, Dataset, Description
from compliance.demo.nouns import Shop
from compliance.errors import (
    ErasingBusyError,
    ErasingError,
    HeldError,
    RequestStepError,
    UnknownErasureError,
    UnknownRequestError,
)
from compliance.lineage.nouns import NodeKind
from compliance.rights.erasing import MARK
from compliance.rights.nouns import Hold, Outcome, Right, Stage, Step
from compliance.storage import tables
from compliance.trail import verify_trail
from compliance.workspace import Workspace
from compliance.workspace.data import datasets
from compliance.workspace.erasing.files import Journal, alone, unfinished
from compliance.workspace.requesting import requests, sealing
from compliance.workspace.standing import key_destroyed
from tests.conftest import Begin
from tests.erasing_cases import ask, email, erase, files_of, standing, store_shop

PEOPLE = "id,mail,town,note\n1,ann@a.example,Ulm,calls at 5\n2,bob@b.example,Köln,\n"
MORE = PEOPLE + "3,cem@c.example,Bonn,knows ann@a.example well\n"
BOUGHT = "id,what,paid\n" + "".join(f"{n % 3 + 1},tea,{n}\n" for n in range(9))


@pytest.fixture
def office(begin: Begin) -> Workspace:
    """Three people, in two versions of one dataset, and what they bought."""
    return begin("erasing", _fill)


def _fill(workspace: Workspace) -> None:
    said = Description(unit=ColumnName("id"), population="people")
    workspace.add_files(files_of(PEOPLE, "a"), "people", said)
    workspace.add_files(files_of(MORE, "b"), "people", said)
    workspace.add_files(files_of(BOUGHT, "c"), "bought", said)
    for name in ("people", "bought"):
        workspace.discover(name)


def content(workspace: Workspace, id_: str) -> pa.Table:
    with workspace._desk.database.reading() as connection:
        return workspace._desk.table(datasets.version(connection, id_)).whole()


def every(workspace: Workspace) -> tuple[Dataset, ...]:
    with workspace._desk.database.reading() as connection:
        return datasets.every_version(connection)


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# What goes


def test_a_person_goes_from_every_version_and_from_texts_of_others(office: Workspace) -> None:
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert content(office, "people@1")["id"].to_pylist() == [2]
    assert content(office, "people@2")["id"].to_pylist() == [2, 3]
    assert content(office, "people@2")["note"].to_pylist() == [None, f"knows {MARK} well"]
    assert content(office, "bought@1")["id"].to_pylist() == [2, 3] * 3
    assert (done.stage, done.left, done.kept) == (Stage.PROVED, 0, 0)
    assert done.rescanned == 3
    assert done.counts["rows_removed"] == 5
    assert done.counts["mentions_redacted"] == 1


def test_a_name_in_somebody_elses_address_is_not_the_person(workspace: Workspace) -> None:
    said = Description(unit=ColumnName("id"), population="people")
    lines = "id,full_name,email\n1,Phil Hughes,ph@a.example\n2,Ann Moor,phil.hughes@b.example\n"
    lines += "".join(f"{n},Bea Low{n},b{n}@c.example\n" for n in range(3, 20))
    workspace.add_files(files_of(lines, "a"), "people", said)
    erase(workspace, [ask(workspace, "R-1", [email("ph@a.example")])])
    assert content(workspace, "people@1")["email"].to_pylist()[0] == "phil.hughes@b.example"


def test_versions_keep_their_names_and_their_labels(office: Workspace) -> None:
    before, labels = every(office), office.discovery("people")
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert [one.id for one in every(office)] == [one.id for one in before]
    assert office.discovery("people") == labels
    assert [one.rows for one in every(office)] == [1, 2, 6]
    assert office.dataset("people").column("mail").distinct == 2


def test_the_old_content_lies_nowhere_any_more(office: Workspace) -> None:
    old = {one.sha256 for one in every(office)}
    office._desk.table(office.dataset("people")).codes(ColumnName("mail"))
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    left = {path.stem for path in office._desk.datasets_folder.iterdir()}
    assert left == {one.sha256 for one in every(office)}
    assert not left & old
    assert b"ann@a.example" not in bytes_in(office.settings.home)


def test_a_version_with_content_of_another_one_keeps_its_file(office: Workspace) -> None:
    office.add_files(files_of(PEOPLE, "d"), "people")
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    first, last = (one for one in every(office) if one.id in ("people@1", "people@3"))
    assert first.sha256 == last.sha256
    assert content(office, "people@3")["id"].to_pylist() == [2]


def test_on_the_demo_shop_all_of_a_person_goes_and_nobody_else(workspace: Workspace) -> None:
    shop = store_shop(workspace)
    before = {one.id: content(workspace, one.id) for one in every(workspace)}
    people = before["customers@1"]
    mails, ids = people["email"].to_pylist(), people["customer_id"].to_pylist()
    who = ids[7]
    erase(workspace, [ask(workspace, "R-1", [email(mails[7])])])
    for id_, table in before.items():
        own = [row for row, key in enumerate(table["customer_id"].to_pylist()) if key == who]
        others = [row for row in range(table.num_rows) if row not in own]
        now = content(workspace, id_)
        named = [name for name in table.column_names if name != "text"]
        assert now.select(named).equals(table.take(others).select(named))
        assert who not in now["customer_id"].to_pylist()
    assert before["orders@1"].num_rows > content(workspace, "orders@1").num_rows
    _check_truth(shop, before["reviews@1"], content(workspace, "reviews@1"), mails[7])


def _check_truth(shop: Shop, before: pa.Table, after: pa.Table, mail: str) -> None:
    """Only e-mail addresses that are the person's went from texts of others."""
    texts = dict(zip(after["review_id"].to_pylist(), after["text"].to_pylist(), strict=True))
    for one in before.to_pylist():
        now = texts.get(one["review_id"])
        if now is not None and now != one["text"]:
            assert MARK in now
            assert mail not in now
    assert shop.truth.mentions


def test_many_go_in_one_batch_whatever_their_order(office: Workspace, tmp_path: Path) -> None:
    del tmp_path
    ids = [ask(office, f"R-{who}", [email(who)]) for who in ("ann@a.example", "bob@b.example")]
    plans = [office.rights.erasing.plan(order).cuts for order in permutations(ids)]
    assert plans[0] == plans[1]
    done = erase(office, ids[::-1])
    assert done.requests == tuple(sorted(ids))
    assert content(office, "people@2")["id"].to_pylist() == [3]


def test_erasing_twice_is_erasing_once(office: Workspace) -> None:
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    before = every(office)
    again = erase(office, [ask(office, "R-2", [email("ann@a.example")])])
    assert every(office) == before
    assert again.rewritings == ()
    assert again.stage is Stage.PROVED


# What stays


def test_rows_that_bookkeeping_needs_stay_without_the_person(office: Workspace) -> None:
    kept = {"bought": "legal_obligation_or_public_task"}
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")], kept)])
    bought = content(office, "bought@1")
    assert bought["paid"].to_pylist() == list(range(9))
    keys = bought["id"].to_pylist()
    assert len({*keys[::3]}) == 1
    assert keys[0] < 0
    assert keys[1:3] == [2, 3]
    assert [one.why_kept for one in done.rewritings if one.dataset_id == "bought@1"] == [
        "legal_obligation_or_public_task"
    ]
    assert done.left == 0


def test_rows_for_legal_claims_stay_as_they_are_and_are_told(office: Workspace) -> None:
    before = content(office, "bought@1")
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")], {"bought": "legal_claims"})])
    assert content(office, "bought@1").equals(before)
    assert done.counts["rows_kept"] == 3
    assert done.left == 0


def test_a_legal_hold_stands_against_erasing_until_it_is_decided_to_keep(office: Workspace) -> None:
    desk = office._desk
    hold = Hold(id="H-1", why="a lawsuit", datasets=("bought",), by="o", at=desk.clock())
    with desk.act("hold.place", "H-1") as act:
        act.store(tables.HOLD, hold, id="H-1")
    id_ = ask(office, "R-1", [email("ann@a.example")])
    with desk.act("request.open", id_) as act:
        request = requests.one(act.connection, id_)
        requests.store(act, replace(request, found={"bought@1": 3}))
    before = every(office)
    with pytest.raises(HeldError):
        erase(office, [id_])
    assert every(office) == before
    kept = ask(office, "R-2", [email("ann@a.example")], {"bought": "legal_claims"})
    erase(office, [kept])
    assert content(office, "bought@1").num_rows == 9
    assert content(office, "people@2")["id"].to_pylist() == [2, 3]


# Proof


def test_the_certificate_holds_nothing_of_the_person(office: Workspace) -> None:
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    said = repr(office.rights.erasing.certificate(done.id))
    assert "ann@" not in said
    assert "Ulm" not in said
    assert len(done.commitments) == len(done.rewritings) == 3
    assert len(set(done.commitments)) == 3


def test_the_trail_verifies_afterwards_here_and_outside(office: Workspace, tmp_path: Path) -> None:
    checkpoint = tmp_path / "before.json"
    checkpoint.write_text(office.checkpoint_trail())
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert office.verify_trail(checkpoint).problems == ()
    exported = tmp_path / "trail.jsonl"
    exported.write_text(office.export_trail())
    script = Path(verify_trail.__file__)
    found = subprocess.run(
        [sys.executable, str(script), str(exported), "--checkpoint", str(checkpoint)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "ann@" not in exported.read_text()


def test_the_trail_names_every_stage_and_no_value(office: Workspace) -> None:
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    acts = [one for one in office.entries() if one.act.startswith("erasure.")]
    assert [one.act for one in acts[::-1]] == [
        "erasure.begin",
        "erasure.switch",
        "erasure.clean",
        "erasure.prove",
    ]
    assert acts[-1].facts["rows_removed"] == 5
    assert acts[1].facts["files_destroyed"] == 3


def test_the_request_moves_on_and_says_what_changed(office: Workspace) -> None:
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    request = standing(office, "R-1")
    assert request.step is Step.CARRIED_OUT
    assert request.changed == ("bought@1", "people@1", "people@2")
    assert request.facts["residual_records_without_exception"] == 0


def test_lineage_says_from_which_versions_people_were_erased(office: Workspace) -> None:
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    edges = [edge for edge in office.proof.lineage.edges() if edge.made.kind is NodeKind.ERASURE]
    assert {edge.origin.id for edge in edges} == {"people@1", "people@2", "bought@1"}
    assert {edge.made.id for edge in edges} == {done.id}


def test_what_is_left_is_counted_and_the_request_stays_where_it_is(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.workspace.erasing import writing

    # As if writing missed a version.
    monkeypatch.setattr(
        writing, "rewritten", lambda table, cut, draw: table.slice(0, table.num_rows - 1)
    )
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert done.left > 0
    assert standing(office, "R-1").step is Step.DECIDED


def test_the_certificate_says_when_the_last_key_was_destroyed(office: Workspace) -> None:
    ids = [
        ask(office, f"R-{n}", [email(m)]) for n, m in enumerate(("ann@a.example", "x@y.example"))
    ]
    done = erase(office, ids)
    for at, id_ in enumerate(ids, 1):
        with office._desk.act("request.close", id_) as act:
            key_destroyed(act, id_)
        sealing.destroy(office._desk, id_)
        now = office.rights.erasing.certificate(done.id)
        assert (now.key_destroyed_at is None) == (at < len(ids))
    assert now.keys_left == ()


# What is refused


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"right": Right.ACCESS}, ErasingError),
        ({"step": Step.SEARCHED}, RequestStepError),
        ({"step": Step.CARRIED_OUT}, RequestStepError),
    ],
)
def test_only_a_decided_request_for_erasing_erases(
    office: Workspace, change: dict[str, object], error: type[Exception]
) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    with office._desk.act("request.open", id_) as act:
        requests.store(act, replace(requests.one(act.connection, id_), **change))  # type: ignore[arg-type]
    before = every(office)
    with pytest.raises(error):
        erase(office, [id_])
    assert every(office) == before


def test_a_refused_request_erases_nothing(office: Workspace) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    with office._desk.act("request.open", id_) as act:
        request = requests.one(act.connection, id_)
        assert request.decision is not None
        decision = replace(request.decision, outcome=Outcome.REFUSED)
        requests.store(act, replace(request, decision=decision))
    with pytest.raises(RequestStepError):
        erase(office, [id_])


def test_nobody_and_unknown_requests_are_refused(office: Workspace) -> None:
    with pytest.raises(ErasingError):
        erase(office, [])
    with pytest.raises(UnknownRequestError):
        erase(office, ["R-9"])
    with pytest.raises(UnknownErasureError):
        office.rights.erasing.certificate("erasure-9")


def test_a_plan_changes_nothing(office: Workspace) -> None:
    before, entries = every(office), office.entries()
    plan = office.rights.erasing.plan([ask(office, "R-1", [email("ann@a.example")])])
    assert [cut.dataset_id for cut in plan.cuts] == ["bought@1", "people@1", "people@2"]
    assert every(office) == before
    assert len(office.entries()) == len(entries) + 1
    assert unfinished(office._desk) == ()


# What cannot be undone


def test_typed_words_of_officers_are_told_by_place_and_not_by_value(office: Workspace) -> None:
    said = replace(office.dataset("bought").description, source="As ANN@a.example told us")
    office.describe("bought", said)
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert [(one.kind, one.id) for one in done.typed] == [("description", "bought")]
    assert "ann@" not in repr(done).lower()


def test_another_request_of_the_same_person_is_told(office: Workspace) -> None:
    ask(office, "R-0", [email("ANN@a.example")])
    ask(office, "R-2", [email("bob@b.example")])
    done = erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert [b.id for b in done.beyond if b.what == "request"] == ["R-0"]


def test_backups_do_not_end_in_the_past(office: Workspace) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    with pytest.raises(ErasingError, match="lies in the past"):
        list(office.rights.erasing.erase([id_], date(1900, 1, 1)))
    assert office.rights.erasing.erasures() == ()


def test_backups_are_told_with_their_last_day(office: Workspace) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    steps = office.rights.erasing.erase([id_], date(2027, 1, 31))
    for _ in steps:
        pass
    (done,) = office.rights.erasing.erasures()
    assert [(b.what, b.until) for b in done.beyond] == [("backup", date(2027, 1, 31))]


# Others at work


def test_while_one_erases_another_waits_or_is_told(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.workspace.erasing import erasures

    monkeypatch.setattr(erasures, "_WAIT_S", 0.1)
    id_ = ask(office, "R-1", [email("ann@a.example")])
    with alone(office._desk, 0.0), pytest.raises(ErasingBusyError):
        erase(office, [id_])
    assert erase(office, [id_]).left == 0


def test_two_officers_who_erase_at_once_both_do(office: Workspace) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ids = [
        ask(office, f"R-{n}", [email(m)]) for n, m in enumerate(("ann@a.example", "cem@c.example"))
    ]
    offices = [office, Workspace(office.settings)]
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(lambda pair: erase(pair[0], [pair[1]]), zip(offices, ids, strict=True))
        )
    assert [one.left for one in done] == [0, 0]
    assert content(office, "people@2")["id"].to_pylist() == [2]
    assert office.verify_trail().problems == ()


def test_a_dataset_that_comes_meanwhile_is_erased_from_as_well(office: Workspace) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    steps = office.rights.erasing.erase([id_])
    doing = next(steps).doing
    while doing != "Switching over":
        doing = next(steps).doing
    office.add_files(files_of(MORE + "4,dee@d.example,Rom,\n", "e"), "people")
    for _ in steps:
        pass
    assert content(office, "people@3")["id"].to_pylist() == [2, 3, 4]
    stages = [one.stage for one in office.rights.erasing.erasures()]
    assert stages == [Stage.PROVED]
    assert len(list(office._desk.datasets_folder.iterdir())) == len(
        {o.sha256 for o in every(office)}
    )


@pytest.mark.parametrize("what", ["hold", "hold elsewhere", "withdrawal"])
def test_what_comes_to_stand_against_it_meanwhile_is_heeded(office: Workspace, what: str) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    steps = office.rights.erasing.erase([id_])
    while next(steps).doing != "Switching over":
        pass
    before = every(office)
    if what == "withdrawal":
        office.rights.requests.steps.withdraw(id_)
        with pytest.raises(RequestStepError):
            list(steps)
        assert every(office) == before
        assert unfinished(office._desk) == ()
        return
    names = [] if what == "hold" else ["bought"]
    office.rights.requests.holding.place("court case", names)
    list(steps)
    changed = {one.id for one, old in zip(every(office), before, strict=True) if one != old}
    assert changed == (set() if what == "hold" else {"people@1", "people@2"})


def test_what_went_already_cannot_be_taken_back(office: Workspace) -> None:
    id_ = ask(office, "R-1", [email("ann@a.example")])
    steps = office.rights.erasing.erase([id_])
    while next(steps).doing != "Destroying the old files":
        pass
    with pytest.raises(RequestStepError, match="rows of the person went already"):
        office.rights.requests.steps.withdraw(id_)
    list(steps)
    assert standing(office, id_).step is Step.CARRIED_OUT


def test_what_a_stopped_writer_left_behind_goes_as_well(office: Workspace) -> None:
    folder = office._desk.datasets_folder
    torn = folder / f"{'a' * 64}.0badcafe.partial"
    alone_ = folder / f"{'b' * 64}.parquet"
    for path in (torn, alone_):
        path.write_bytes(b"ann@a.example")
    note = folder / "note.txt"
    note.write_text("of an officer")
    erase(office, [ask(office, "R-1", [email("ann@a.example")])])
    assert not torn.exists()
    assert not alone_.exists()
    assert note.exists()


def test_an_erasure_that_fails_leaves_everything_as_it_was(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.workspace.erasing import erasures

    def breaks(*_: object) -> None:
        raise RuntimeError

    before, lying = every(office), bytes_in(office._desk.datasets_folder)
    id_ = ask(office, "R-1", [email("ann@a.example")])
    monkeypatch.setattr(erasures, "rewritten_copies", breaks)
    with pytest.raises(RuntimeError):
        erase(office, [id_])
    assert every(office) == before
    assert bytes_in(office._desk.datasets_folder) == lying
    assert office.rights.erasing.erasures() == ()
    assert unfinished(office._desk) == ()
    assert office.verify_trail().problems == ()


def test_a_journal_of_nobody_is_ended(office: Workspace) -> None:
    Journal(office._desk, "erasure-0").begin()
    opened = Workspace(office.settings)
    assert unfinished(opened._desk) == ()


def test_one_that_is_under_way_elsewhere_is_left_alone(office: Workspace) -> None:
    with alone(office._desk, 0.0):
        Journal(office._desk, "erasure-0").begin()
        assert Workspace(office.settings).rights.erasing.resume() == ()
        assert unfinished(office._desk) == ("erasure-0",)
