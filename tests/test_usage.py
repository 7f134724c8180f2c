"""Which rows may be used, and that everything that is made is made of those only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from compliance.anonymise import to_plan as to_anonymising_plan
from compliance.anonymise.nouns.record import BasketPlan, ItemOrder
from compliance.dataset import RawFile
from compliance.dataset.nouns import Description
from compliance.errors import (
    ConsentFileError,
    ConsentRefusedError,
    NotUsableError,
    PurposeError,
    UnknownPurposeError,
)
from compliance.federated import to_plan
from compliance.federated.nouns import Axis
from compliance.privacy import synthesisers, to_query, to_synthesis
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.rights.nouns import Barrier, ConsentState, Identifier, IdentifierKind
from compliance.workspace import Workspace
from compliance.workspace.consenting import barriers
from compliance.workspace.consenting import consents as consenting
from compliance.workspace.federating.deployments import Order
from compliance.workspace.usage import usable
from tests.anonymised_people import ended
from tests.consent_cases import (
    PEOPLE,
    ROWS,
    Clock,
    by_email,
    by_number,
    email_of,
    looked_at,
    visits,
    wish,
    workspace,
)

BUDGET = Budget(epsilon=Decimal(5), delta=Decimal("1e-5"))
COUNT = to_query(
    {
        "unit": "customer",
        "by": ["country"],
        "public_keys": {"country": ["DE", "FR"]},
        "statistics": [{"count": "rows"}],
    }
)
COARSE = to_anonymising_plan(
    {
        "quasi_identifiers": {"country": {"build": "suppress"}},
        "k": 2,
        "suppression_limit": 0.05,
        "columns": {"customer": "pseudonym"},
    }
)
TRAINED = to_plan({"sites": {"column": "country"}, "target": "bought", "rounds": 2})


def agreed(people: list[int], purpose: str = "visits") -> bytes:
    rows = "\n".join(f"{email_of(n)},{purpose},2026-06-01" for n in people)
    return f"email,purpose,given_at\n{rows}\n".encode()


@pytest.fixture
def asked(tmp_path: Path) -> Workspace:
    """Visits for which consent is needed; all but the last person agreed."""
    made = workspace(tmp_path / "desk", consent=True)
    made.rights.consents.keep_purpose("visits", "See visits", datasets_=["visits"])
    made.rights.consents.import_(agreed(list(range(PEOPLE - 1))), "c.csv")
    return made


@pytest.fixture
def free(tmp_path: Path) -> Workspace:
    """Visits for which no consent is needed."""
    return workspace(tmp_path / "desk")


def later(made: Workspace) -> None:
    """Some hours go by."""
    clock = made._desk.clock
    assert isinstance(clock, Clock)
    clock.at = clock.at.replace(hour=18)


# What may be used


def test_without_wishes_and_consents_the_dataset_itself_is_used(free: Workspace) -> None:
    found, told = looked_at(free._desk, "visits")

    assert found == free.dataset("visits")
    assert (told.rows, told.people, told.why) == (ROWS, PEOPLE, "")


def test_rows_without_a_consent_that_holds_are_left_out(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))

    found, told = looked_at(asked._desk, "visits")

    # Three rows of somebody who never agreed, and one of nobody.
    assert told.left_out == {Barrier.WITHDRAWN: 3, Barrier.NO_CONSENT: 4}
    assert (told.rows, told.people, told.people_left_out) == (ROWS - 7, PEOPLE - 2, 2)
    shown = asked._desk.table(found).codes("customer").texts()
    assert shown == [f"C{n:03d}" for n in range(1, PEOPLE - 1)]
    assert found.column("customer").distinct == PEOPLE - 2
    assert found.column("customer").missing == 0


def test_a_consent_that_ends_reaches_the_rows_at_that_moment(tmp_path: Path) -> None:
    clock = Clock()
    made = workspace(tmp_path / "desk", clock, consent=True)
    made.rights.consents.keep_purpose("visits", datasets_=["visits"])
    ends = f"{email_of(0)},visits,2026-06-01,2026-11-27T12:00:00Z\n".encode()
    made.rights.consents.import_(b"email,purpose,given_at,expires_at\n" + ends, "c.csv")
    before = looked_at(made._desk, "visits")[1]

    clock.at = clock.at.replace(day=27)
    after = looked_at(made._desk, "visits")[1]

    assert before.left_out == {Barrier.NO_CONSENT: ROWS - 3}
    assert after.left_out == {Barrier.EXPIRED: 3, Barrier.NO_CONSENT: ROWS - 3}


def test_a_withdrawal_by_address_reaches_rows_that_hold_a_number_only(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_number(2))
    asked.rights.consents.withdraw("visits", by_email(3))

    (stands,) = asked.rights.consents.standing()

    assert looked_at(asked._desk, "visits")[1].left_out[Barrier.WITHDRAWN] == 6
    assert stands.states[ConsentState.WITHDRAWN] == 2
    assert stands.states[ConsentState.GIVEN] == PEOPLE - 3  # nobody is counted twice


def test_a_purpose_that_nobody_named_blocks_and_says_what_to_do(tmp_path: Path) -> None:
    made = workspace(tmp_path / "desk", consent=True)

    found, told = looked_at(made._desk, "visits")

    assert told.is_blocked
    assert "consent import" in told.why
    assert (found.rows, told.rows) == (0, 0)  # even where somebody does not look


def test_consents_to_other_purposes_are_none(asked: Workspace) -> None:
    asked.rights.consents.keep_purpose("letters", datasets_=["accounts"])

    assert asked.rights.consents.usable("accounts").rows == PEOPLE
    assert asked.rights.consents.usable("accounts", "letters").left_out == {
        Barrier.NO_CONSENT: PEOPLE
    }
    with pytest.raises(UnknownPurposeError, match="Known: visits, letters"):
        asked.rights.consents.usable("accounts", "dreams")


def test_a_restriction_holds_in_every_dataset_until_it_is_lifted(free: Workspace) -> None:
    wish(free._desk, [by_email(4)])

    assert looked_at(free._desk, "visits")[1].left_out == {Barrier.RESTRICTED: 3}
    assert looked_at(free._desk, "accounts")[1].left_out == {Barrier.RESTRICTED: 1}

    with free._desk.act("request.carry_out", "R-1") as act:
        assert len(barriers.lift(act, "R-1")) == 1
        assert barriers.lift(act, "R-1") == ()
    assert looked_at(free._desk, "visits")[1].left_out == {}


def test_an_objection_to_one_purpose_leaves_others_alone(free: Workspace) -> None:
    wish(free._desk, [by_number(4)], Barrier.OBJECTED, ["visits"])

    assert looked_at(free._desk, "visits")[1].left_out == {Barrier.OBJECTED: 3}
    assert looked_at(free._desk, "accounts")[1].left_out == {}


def test_an_opt_out_stands_against_handing_on(free: Workspace) -> None:
    wish(free._desk, [by_number(4)], Barrier.OPTED_OUT)

    assert looked_at(free._desk, "visits")[1].left_out == {}
    handed_on = looked_at(free._desk, "visits", is_handed_on=True)[1]
    assert handed_on.left_out == {Barrier.OPTED_OUT: 3}


def test_where_no_column_tells_people_apart_nothing_is_used_unseen(free: Workspace) -> None:
    file = RawFile(name="n.csv", data=b"email,note\np4@shop.example,x\np5@shop.example,y\n")
    free.add_files([file], "notes", Description(purpose="notes"))
    bare = RawFile(name="b.csv", data=b"sku,price\nA1,100\nA2,200\n")
    free.add_files([bare], "goods", Description(purpose="goods"))
    assert looked_at(free._desk, "notes")[1].rows == 2
    wish(free._desk, [by_email(4)])

    unseen = looked_at(free._desk, "notes")[1]
    free.discover("notes")
    seen = looked_at(free._desk, "notes")[1]
    free.discover("goods")

    assert unseen.is_blocked
    assert "nobody has looked for personal data in it" in unseen.why
    assert seen.left_out == {Barrier.RESTRICTED: 1}
    assert looked_at(free._desk, "goods")[1].rows == 2  # nobody is in it


def test_a_number_without_a_code_is_one_of_the_house_where_no_region_is_named(
    free: Workspace,
) -> None:
    free.set_organisation(Organisation(name="H", country="DE"))
    rows = "\n".join(f"{n},0171 55512{n:02d},x" for n in range(30)).encode()
    file = RawFile(name="calls.csv", data=b"call,phone,about\n" + rows)
    free.add_files([file], "calls", Description(purpose="calls"))
    free.discover("calls")
    phone = Identifier(kind=IdentifierKind.PHONE, value="+49 171 5551207")
    wish(free._desk, [phone])

    assert looked_at(free._desk, "calls")[1].left_out == {Barrier.RESTRICTED: 1}


@pytest.mark.parametrize("purpose", ["", "See visits"])
def test_consent_counts_where_nobody_has_recorded_another_basis(
    asked: Workspace, purpose: str
) -> None:
    said = asked.dataset("visits").description
    asked.describe("visits", replace(said, legal_basis=None, purpose=purpose))

    assert looked_at(asked._desk, "visits")[1].left_out[Barrier.NO_CONSENT] == 4


def test_a_number_of_other_people_is_somebody_else(free: Workspace) -> None:
    patients = RawFile(name="p.csv", data=b"customer,age\nC004,40\nC005,50\n")
    said = free.dataset("visits").description
    free.add_files([patients], "patients", Description(unit=said.unit, population="patients"))
    with free._desk.act("request.carry_out", "R-1") as act:
        people = barriers.people_of(free._desk, act.connection, [by_number(4)], ["people"])
        barriers.bar(act, "R-1", people, Barrier.RESTRICTED)

    assert looked_at(free._desk, "visits")[1].left_out == {Barrier.RESTRICTED: 3}
    assert looked_at(free._desk, "patients")[1].left_out == {}


# Every way to use rows


def test_a_release_counts_nobody_who_withdrew(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))
    asked.decide_budget("people", BUDGET)
    desk = asked._desk
    exact = desk.aggregate(looked_at(desk, "visits")[0], COUNT, {})
    others = desk.aggregate(asked.dataset("visits"), COUNT, {})

    done = asked.release("visits", COUNT, Decimal("0.5"), Decimal("1e-7"))

    (used,) = asked.rights.consents.used(done.id)
    assert used.left_out == {Barrier.WITHDRAWN: 3, Barrier.NO_CONSENT: 4}
    assert repr(exact) != repr(others)
    entry = next(e for e in asked.entries() if e.act == "release.publish")
    assert entry.facts["left_out"] == {"visits": {"consent withdrawn": 3, "no consent": 4}}
    assert entry.facts["people_left_out"] == 2


def test_the_exact_answer_is_the_same_as_if_the_rows_were_never_there(
    asked: Workspace,
) -> None:
    """The attack: whoever compares both answers learns nothing of the person who withdrew."""
    desk = asked._desk
    asked.rights.consents.withdraw("visits", by_email(0))
    kept = desk.aggregate(looked_at(desk, "visits")[0], COUNT, {})
    gone = ("", "C000", f"C{PEOPLE - 1:03d}")
    lines = [line for line in visits().decode().splitlines() if line.split(",")[1] not in gone]
    file = RawFile(name="less.csv", data="\n".join(lines).encode())
    asked.add_files([file], "less", Description(unit=asked.dataset("visits").description.unit))

    never = desk.aggregate(asked.dataset("less"), COUNT, {})

    assert repr(never) == repr(kept)


def test_joined_rows_are_left_out_too(free: Workspace) -> None:
    wish(free._desk, [by_email(4)])
    free.decide_budget("people", BUDGET)
    query = to_query(
        {
            "unit": "customer",
            "by": ["accounts.country"],
            "public_keys": {"accounts.country": ["DE", "FR"]},
            "statistics": [{"count": "rows"}],
            "join": [{"dataset": "accounts", "unit": "customer"}],
        }
    )

    done = free.release("visits", query, Decimal("0.5"), Decimal("1e-7"))

    left = {one.dataset_id: dict(one.left_out) for one in free.rights.consents.used(done.id)}
    assert left == {
        "visits@1": {Barrier.RESTRICTED: 3},
        "accounts@1": {Barrier.RESTRICTED: 1},
    }


def test_a_model_learns_from_nobody_who_withdrew_and_is_still_found(asked: Workspace) -> None:
    with closing(asked.federation.train("visits", TRAINED)) as rounds:
        list(rounds)
    later(asked)
    asked.rights.consents.withdraw("visits", by_email(0))
    with closing(asked.federation.train("visits", TRAINED)) as rounds:
        list(rounds)

    after, before = asked.federation.runs("visits")
    assert _left(asked, before.id) == {Barrier.NO_CONSENT: 4}
    assert _left(asked, after.id) == {Barrier.WITHDRAWN: 3, Barrier.NO_CONSENT: 4}
    rows = [sum(site.rows for site in run.outcome.sites) for run in (before, after)]
    assert rows[0] - rows[1] == 3
    # Both models are found by the rows that each learnt from, also after a restart.
    again = Workspace(asked.settings, asked._desk.clock)
    assert again.federation.model("visits", before.id)
    assert again.federation.model("visits", after.id)


def test_trials_and_deployments_use_the_same_rows(asked: Workspace, tmp_path: Path) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))
    order = Order(out=tmp_path / "out", is_local=True)

    with closing(asked.federation.sweep("visits", TRAINED, Axis.ROUNDS, [2.0], [1])) as points:
        list(points)
    asked.federation.deploy("visits", TRAINED, order)

    told = {entry.act: entry.facts for entry in asked.entries()}
    for act in ("run.sweep", "deployment.write"):
        assert told[act]["left_out"]["visits"]["consent withdrawn"] == 3
    assert told["deployment.write"]["rows"] == ROWS - 7


def test_an_attack_on_a_run_leaves_out_who_withdrew_since(asked: Workspace) -> None:
    with closing(asked.federation.train("visits", TRAINED)) as rounds:
        list(rounds)
    (run,) = asked.federation.runs("visits")
    asked.rights.consents.withdraw("visits", by_email(0))

    with closing(asked.federation.attack("visits", run.id)) as findings:
        next(findings)

    entry = next(e for e in asked.entries() if e.act == "run.attack")
    assert entry.facts["left_out"] == {"visits": {"consent withdrawn": 3, "no consent": 4}}


def test_rows_are_invented_from_those_that_may_be_used(
    asked: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is drawn from them is chance, so here what they are is looked at instead."""
    seen: list[int] = []

    def kept(codes: Sequence[NDArray[np.integer[Any]]], *_: object) -> list[object]:
        seen.extend(map(len, codes))
        return list(codes)

    monkeypatch.setattr(synthesisers, "invent", kept)
    asked.rights.consents.withdraw("visits", by_email(0))
    plan = to_synthesis(
        {
            "unit": "customer",
            "columns": ["country", "bought"],
            "public_keys": {"country": ["DE", "FR"], "bought": ["no", "yes"]},
            "max_rows": 9,
        }
    )

    done = asked.synthesise("visits", plan, asked.budget("people").total, "invented")

    assert _left(asked, done.id)[Barrier.WITHDRAWN] == 3
    assert seen == [ROWS - 7] * 2  # without the one who withdrew and the one never asked


def test_an_output_holds_nobody_who_objects_and_is_not_handed_on_once_somebody_does(
    free: Workspace,
) -> None:
    plan = COARSE
    wish(free._desk, [by_number(1)], Barrier.OPTED_OUT, request="R-1")
    done = ended(free.anonymisation.anonymise("accounts", plan, {}))
    assert done.proof.rows == PEOPLE - 1
    assert free.anonymisation.output(done)

    wish(free._desk, [by_number(2)], request="R-2")

    with pytest.raises(NotUsableError, match="one row that may not be handed on now"):
        free.anonymisation.output(done)
    again = ended(free.anonymisation.anonymise("accounts", plan, {}))
    assert again.proof.rows == PEOPLE - 2
    assert free.anonymisation.output(again)


def test_histories_leave_out_whoever_objects(free: Workspace) -> None:
    wish(free._desk, [by_number(1)])
    plan = BasketPlan(person="customer", item="seconds", k=2, m=1, order=ItemOrder.CODE)

    done = ended(free.anonymisation.anonymise_baskets("visits", plan))

    assert _left(free, done.id) == {Barrier.RESTRICTED: 3}


@pytest.mark.parametrize("way", ["release", "train", "anonymise", "preview", "sweep", "deploy"])
def test_what_is_blocked_is_refused_plainly_and_nothing_is_spent(tmp_path: Path, way: str) -> None:
    made = workspace(tmp_path / "desk", consent=True)
    made.decide_budget("people", BUDGET)
    order = Order(out=tmp_path / "out", is_local=True)
    ways = {
        "release": lambda: made.release("visits", COUNT, Decimal("0.5"), Decimal("1e-7")),
        "preview": lambda: made.preview("visits", COUNT, BUDGET),
        "train": lambda: list(made.federation.train("visits", TRAINED)),
        "sweep": lambda: list(made.federation.sweep("visits", TRAINED, Axis.ROUNDS, [2.0], [1])),
        "deploy": lambda: made.federation.deploy("visits", TRAINED, order),
        "anonymise": lambda: ended(made.anonymisation.anonymise("visits", COARSE, {})),
    }

    with pytest.raises(NotUsableError, match="its basis is consent, and no purpose"):
        ways[way]()

    assert made.budget("people").spent.epsilon == 0


def test_discovery_looks_at_all_rows(asked: Workspace) -> None:
    asked.discover("visits")

    assert asked.dataset("visits").rows == ROWS


# What is kept


def test_killed_caches_change_nothing(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))
    found, told = looked_at(asked._desk, "visits")
    again = Workspace(asked.settings, asked._desk.clock)

    assert looked_at(again._desk, "visits") == (found, told)
    for path in again._desk.usable_folder.iterdir():
        path.unlink()
    third = Workspace(asked.settings, asked._desk.clock)
    assert looked_at(third._desk, "visits") == (found, told)
    assert third._desk.table(found).rows == ROWS - 7


def test_no_file_and_no_record_holds_who_it_is(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))
    wish(asked._desk, [by_email(1)])
    home = asked.settings.home
    asked.rights.consents.export(with_people=True)

    told = json.dumps([dict(entry.facts) for entry in asked.entries()], default=str)
    assert "shop.example" not in told
    for path in (*(home / "consents").iterdir(), *home.glob("records.sqlite*")):
        assert b"p0@shop" not in path.read_bytes(), path.name
        assert b"p1@shop" not in path.read_bytes(), path.name


def test_whoever_is_forgotten_leaves_no_hash_behind(asked: Workspace) -> None:
    desk = asked._desk
    with desk.act("erasure.switch", "R-1") as act:
        people = barriers.people_of(desk, act.connection, [by_email(0)])
        assert consenting.forget(desk, act, people) == 1

    files = list((asked.settings.home / "consents").iterdir())
    assert len(files) == 1
    assert all(bytes.fromhex(one) not in files[0].read_bytes() for one in people)
    assert looked_at(desk, "visits")[1].left_out == {Barrier.NO_CONSENT: 7}


def test_a_part_of_a_table_that_was_rewritten_is_refused_plainly(asked: Workspace) -> None:
    with closing(asked.federation.train("visits", TRAINED)) as rounds:
        list(rounds)
    (run,) = asked.federation.runs("visits")
    usable.forget(asked._desk, asked.dataset("visits").sha256)

    again = Workspace(asked.settings, asked._desk.clock)
    with pytest.raises(NotUsableError, match="were rewritten since"):
        again.federation.model("visits", run.id)


@given(st.sets(st.integers(0, PEOPLE - 1)), st.sets(st.integers(0, PEOPLE - 1)))
def test_more_withdrawals_never_mean_more_rows(
    tmp_path_factory: pytest.TempPathFactory, agree: set[int], withdraw: set[int]
) -> None:
    made = _shared(tmp_path_factory)
    area = made.rights.consents
    area.import_(agreed(sorted(agree | {0})), "c.csv")
    before = area.usable("visits").rows
    for person in withdraw:
        area.withdraw("visits", by_email(person))

    assert area.usable("visits").rows <= before


_MADE: list[Workspace] = []


def _shared(factory: pytest.TempPathFactory) -> Workspace:
    """One desk for all examples: consents only come to it."""
    if not _MADE:
        made = workspace(factory.mktemp("shared") / "desk", consent=True)
        made.rights.consents.keep_purpose("visits", datasets_=["visits"])
        _MADE.append(made)
    return _MADE[0]


# What rules see


def test_the_register_shows_consents_summed_up(asked: Workspace) -> None:
    asked.rights.consents.withdraw("visits", by_email(0))

    record = asked.governance.register.find("consent", "visits-consent")

    assert record.values["given_at"] == "2026-06-01"
    assert record.values["withdrawn_at"] == "2026-11-26"
    assert record.values["processing_after_withdrawal"] is False
    assert "shop.example" not in repr(record)


def test_rows_used_after_a_withdrawal_that_came_late_to_the_desk_are_told(
    asked: Workspace,
) -> None:
    asked.decide_budget("people", BUDGET)
    asked.release("visits", COUNT, Decimal("0.5"), Decimal("1e-7"))
    late = f"{email_of(0)},visits,2026-08-01\n".encode()
    later(asked)

    asked.rights.consents.import_(b"email,purpose,withdrawn_at\n" + late, "late.csv")
    asked.rights.consents.withdraw("visits", by_email(1))

    record = asked.governance.register.find("consent", "visits-consent")
    assert record.values["processing_after_withdrawal"] is True
    assert asked.rights.consents.history()[-1].purposes["visits"].used_after == 1


# Purposes and single people


@pytest.mark.parametrize(
    ("id_", "fields", "why"),
    [
        ("Bad Id", {}, "its id is"),
        ("x", {"lasts_months": -1}, "lasts 1 to"),
        ("x", {"kind": "mischief"}, "its kind is one of"),
        ("x", {"title": "See visits"}, "is called like purpose visits"),
    ],
)
def test_a_purpose_that_cannot_be_is_refused(
    asked: Workspace, id_: str, fields: dict[str, object], why: str
) -> None:
    with pytest.raises(PurposeError, match=why):
        asked.rights.consents.keep_purpose(id_, **fields)  # type: ignore[arg-type]


def test_a_new_text_that_asks_for_more_needs_new_consents(asked: Workspace) -> None:
    area = asked.rights.consents
    area.new_text("visits", "v1", "We look.")
    area.new_text("visits", "v2", "We look and share.", is_material=True)

    assert area.usable("visits").left_out == {Barrier.ASK_AGAIN: ROWS - 4, Barrier.NO_CONSENT: 4}
    with pytest.raises(PurposeError, match="is on record"):
        area.new_text("visits", "v2")
    area.give("visits", by_email(0), text_version="v2")
    assert area.usable("visits").rows == 3


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        (IdentifierKind.EMAIL, "", "names nobody"),
        (IdentifierKind.EMAIL, "nobody", "names nobody"),
        (IdentifierKind.NAME, "Anna", "people are named by one of"),
    ],
)
def test_a_withdrawal_of_nobody_is_refused(
    asked: Workspace, kind: IdentifierKind, value: str, why: str
) -> None:
    with pytest.raises(ConsentRefusedError, match=why):
        asked.rights.consents.withdraw("visits", Identifier(kind=kind, value=value))


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime(1969, 1, 1)]
)
def test_a_withdrawal_before_anybody_could_is_refused(asked: Workspace, at: datetime) -> None:
    with pytest.raises(ConsentRefusedError, match="before 1970"):
        asked.rights.consents.withdraw("visits", by_email(3), at)


def test_neither_proof_nor_file_says_who_it_is(asked: Workspace) -> None:
    consents = asked.rights.consents
    row = f"email,given_at,proof\n{email_of(3)},2026-01-01,mail to {email_of(3).upper()}\n"
    with pytest.raises(ConsentFileError, match="row 2 says in its proof"):
        consents.import_(row.encode(), "c.csv", "visits")
    row = f"email,given_at\n{email_of(3)},2026-01-01\n"
    with pytest.raises(ConsentFileError, match="its name says who"):
        consents.import_(row.encode(), f"{email_of(3)}.csv", "visits")


def test_a_withdrawal_in_the_future_is_refused(asked: Workspace) -> None:
    later = asked._desk.clock().replace(year=2027)

    with pytest.raises(ConsentRefusedError, match="future"):
        asked.rights.consents.withdraw("visits", by_email(0), later)


def test_a_file_taken_in_twice_changes_nothing(asked: Workspace) -> None:
    before = asked.rights.consents.history()

    taken = asked.rights.consents.import_(agreed(list(range(PEOPLE - 1))), "c.csv")

    assert taken.new == 0
    assert asked.rights.consents.history() == before


def test_an_export_holds_no_formula_and_people_only_where_asked_for(asked: Workspace) -> None:
    row = f"{email_of(PEOPLE - 1)},visits,2026-06-01,=HYPERLINK(1)\n".encode()
    asked.rights.consents.import_(b"email,purpose,given_at,proof\n" + row, "c.csv")

    bare = asked.rights.consents.export().decode()
    hashed = asked.rights.consents.export(with_people=True).decode()

    assert ",'=HYPERLINK(1)," in bare
    assert bare.startswith("purpose,")
    assert hashed.startswith("person,purpose,")


def _left(made: Workspace, id_: str) -> dict[Barrier, int]:
    (used,) = made.rights.consents.used(id_)
    return dict(used.left_out)
