"""Requests carried out on the data: packages, corrections, barriers, recipients, letters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from compliance.dataset.readers import RawFile
from compliance.errors import (
    CorrectionError,
    FulfilmentError,
    LetterError,
    RequestInputError,
    RequestStepError,
    SealedError,
    TellingError,
    UnknownColumnError,
)
from compliance.report.nouns import ReportKind
from compliance.rights.fulfilling import check_absolute
from compliance.rights.nouns import (
    Barrier,
    Correction,
    Identifier,
    IdentifierKind,
    IdentityLevel,
    LetterKind,
    Outcome,
    Right,
    Seen,
    Step,
)
from compliance.rules.nouns import Running, State
from compliance.storage import records, tables
from compliance.workspace import Workspace
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requests import one
from compliance.workspace.usage import usable
from tests.conftest import Begin
from tests.fulfilling_cases import (
    CUSTOMERS,
    EMAIL,
    FORMULA,
    HEBREW,
    NOA,
    STRANGER,
    STRANGER_EMAIL,
    STRANGER_ID,
    csv_of,
    decided,
    files_in,
    filled,
)
from tests.request_cases import opened, today

SECRETS = ("noa.levi", HEBREW, "901820", "quisling", "bq@mail", "mühldorf", "neustadt", "hyperlink")


@pytest.fixture
def small(begin: Begin) -> Workspace:
    return begin("fulfilling", filled)


@pytest.fixture
def plain(begin: Begin) -> Workspace:
    """The shop without a column that names somebody else."""
    return begin("fulfilling-plain", lambda workspace: filled(workspace, with_referrer=False))


def written(workspace: Workspace) -> str:
    """Everything on record, and the trail, in small letters."""
    with workspace._desk.database.reading() as connection:
        rows = [str(row) for t in tables.RECORDS for row in connection.execute(t.select())]
        return "\n".join([*rows, *map(str, records.lines_of(connection))]).lower()


def seen_of(workspace: Workspace, id_: str, column: str, dataset: str = "customers") -> Seen:
    seen = workspace.rights.fulfilling.seen(id_)
    return next(s for s in seen if (s.dataset, s.column) == (dataset, column))


def correction(seen: Seen, value: str, *, is_in_texts: bool = False) -> Correction:
    return Correction(
        dataset=seen.dataset,
        column=seen.column,
        seen=seen.hash,
        value=value,
        is_in_texts=is_in_texts,
    )


def column_of(workspace: Workspace, dataset: str, column: str) -> list[object]:
    found = workspace.dataset(dataset)
    return list(workspace._desk.table(found).arrow([column]).column(0).to_pylist())  # type: ignore[list-item]


def test_a_package_holds_the_person_and_nobody_else(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)

    handed = small.rights.fulfilling.package(id_)
    files = files_in(handed)
    text = "".join(data.decode() for name, data in files.items() if not name.endswith("pdf"))

    assert {"data/customers.csv", "data/orders.csv"} < set(files)
    assert HEBREW in files["data.json"].decode()
    assert [s for s in (STRANGER, STRANGER_EMAIL, "901821", f"{STRANGER_ID}") if s in text] == []
    assert (handed.rows, handed.datasets, handed.withheld) == (3, 2, 3)


def test_a_package_moves_the_request_on_and_leaves_nothing_behind(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)
    home = small.settings.home
    before = {path for path in home.rglob("*") if path.is_file()}

    handed = small.rights.fulfilling.package(id_)
    request = small.rights.requests.find(id_).request
    entry = small.entries(1)[0]

    assert request.step is Step.CARRIED_OUT
    assert "purposes" in request.facts["package_elements"]  # type: ignore[operator]
    assert {path for path in home.rglob("*") if path.is_file()} == before
    assert entry.facts["manifest"] == handed.sha256
    assert entry.facts["rows"] == 3
    assert [secret for secret in SECRETS if secret in written(small)] == []


def test_a_package_can_be_made_again_and_is_the_same_but_for_its_time(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)
    first = json.loads(files_in(small.rights.fulfilling.package(id_))["data.json"])

    again = json.loads(files_in(small.rights.fulfilling.package(id_))["data.json"])

    assert first | {"made_at": ""} == again | {"made_at": ""}
    assert small.rights.requests.find(id_).request.step is Step.CARRIED_OUT


def test_a_package_says_plainly_what_nobody_recorded(small: Workspace) -> None:
    fulfilling = small.rights.fulfilling
    id_ = decided(small, Right.ACCESS)
    before = {e.id for e in fulfilling.outline(id_).elements if e.missing}
    register = small.governance.register
    register.record(
        "adm_system", "score", {"datasets": ["customers"], "solely_automated": True}, name="Score"
    )
    without_logic = {e.id for e in fulfilling.outline(id_).elements if e.missing}
    register.record("adm_system", "score", {"criteria_information": "By earlier orders"})
    register.record(
        "transfer",
        "to-post",
        {
            "datasets": ["orders"],
            "recipient": "post",
            "origin": "DE",
            "destination": "IN",
            "mechanism": "scc",
        },
        name="To the post",
    )
    after = fulfilling.outline(id_)

    assert before == {"automated_decisions", "transfer_safeguards"}
    assert without_logic == before
    assert [e.id for e in after.elements if e.missing] == []
    assert len(after.told) == 10


def test_rules_judge_the_package(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)
    small.rights.fulfilling.package(id_)
    small.rights.requests.steps.answer(id_)

    verdicts = small.assess().verdicts
    said = next(v for v in verdicts if (v.rule, v.subject_id) == ("GDPR-15", id_))

    assert said.state is State.NOT_MET  # nobody recorded what machines decide


def test_under_ccpa_other_elements_are_told(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS, "CCPA")
    small.governance.register.record("org", "org", {"sells_or_shares": False})

    told = {e.id: e for e in small.rights.fulfilling.outline(id_).elements}

    assert told["sold_or_shared_by_category"].says == ("Nothing is sold or shared.",)
    assert list(told) == [
        *("categories", "sources", "purposes", "third_party_categories", "specific_pieces"),
        *("sold_or_shared_by_category", "disclosed_by_category"),
    ]


def test_portability_hands_over_only_what_rests_on_consent_or_contract(small: Workspace) -> None:
    id_ = decided(small, Right.PORTABILITY)

    files = files_in(small.rights.fulfilling.package(id_))
    told = json.loads(files["data.json"])
    facts = small.rights.requests.find(id_).request.facts

    assert sorted(files) == ["data.json", "data/customers.csv", "manifest.json", "package.pdf"]
    assert told["legal_bases"] == ["contract"]
    assert "legal obligation" in told["left_out"]["datasets"]["orders"]
    assert (facts["export_format"], facts["basis_of_exported_data"]) == ("json", ["contract"])


def test_a_request_for_something_else_gives_no_package(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)

    with pytest.raises(FulfilmentError, match="it asks for: rectification"):
        small.rights.fulfilling.package(id_)


def test_nothing_is_handed_out_before_it_is_decided(small: Workspace) -> None:
    id_ = opened(small.rights.requests, Right.ACCESS, who=NOA)

    with pytest.raises(RequestStepError):
        small.rights.fulfilling.package(id_)


def test_nothing_is_handed_out_of_somebody_whose_key_is_destroyed(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)
    sealing.destroy(small._desk, id_)

    with pytest.raises(SealedError):
        small.rights.fulfilling.package(id_)


def test_somebody_of_whom_nothing_is_found_gets_an_empty_package(small: Workspace) -> None:
    who = [Identifier(kind=IdentifierKind.EMAIL, value="nobody@here.example")]
    id_ = decided(small, Right.ACCESS, who=who)

    handed = small.rights.fulfilling.package(id_)

    assert (handed.rows, handed.datasets) == (0, 0)
    assert "copy_of_data" in small.rights.requests.find(id_).request.facts["package_elements"]  # type: ignore[operator]


def test_a_wrong_value_is_put_right_in_a_new_version_of_her_rows_only(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)
    seen = seen_of(small, id_, "city")
    before = column_of(small, "customers", "city")

    done = small.rights.fulfilling.rectify(id_, [correction(seen, "Neustadt")])
    request = small.rights.requests.find(id_).request

    assert done.made == ("customers@2",)
    assert column_of(small, "customers", "city") == ["Neustadt", *before[1:]]
    assert [e.step for e in small.proof.lineage.edges(["customers"]) if e.made.id == "customers@2"][
        :1
    ] == ["rectified"]
    assert small.discovery("customers") is not None
    assert (request.step, request.changed) == (Step.CARRIED_OUT, ("customers@2",))
    assert request.facts["before_after_hash"] == f"{done.before} → {done.after}"
    assert done.before != done.after
    assert [secret for secret in SECRETS if secret in written(small)] == []
    assert small.verify_trail().ok


def test_mentions_in_texts_are_corrected_only_where_that_is_asked_for(plain: Workspace) -> None:
    rows = [
        ["review_id", "customer_id", "text"],
        ["1", "901", f"Write to {EMAIL.upper()} please, not to x{EMAIL}, thank you all"],
        ["2", "1003", f"My friend can be reached at {EMAIL} as well, thank you all"],
        *([str(n), f"{1000 + n}", "Nothing to say but thank you all"] for n in range(4, 9)),
    ]
    plain.add_files([RawFile(name="r.csv", data=csv_of(rows))], "reviews")
    plain.describe("reviews", plain.dataset("customers").description)
    plain.discover("reviews")
    first, second = decided(plain, Right.RECTIFICATION), decided(plain, Right.RECTIFICATION)
    fulfilling, other = plain.rights.fulfilling, "noa@new.example"
    seen = seen_of(plain, first, "email")
    texts = column_of(plain, "reviews", "text")

    plainly = fulfilling.rectify(first, [correction(seen, EMAIL.upper())])
    assert (plainly.made, plainly.texts) == (("customers@2",), {})
    assert column_of(plain, "reviews", "text") == texts

    seen = seen_of(plain, second, "email")
    spoken = fulfilling.rectify(second, [correction(seen, other, is_in_texts=True)])
    now = column_of(plain, "reviews", "text")
    assert sorted(spoken.made) == ["customers@3", "orders@2", "reviews@2"]
    assert spoken.texts == {"orders": 1, "reviews": 2}
    assert now[0] == f"Write to {other} please, not to x{EMAIL}, thank you all"
    assert now[1] == f"My friend can be reached at {other} as well, thank you all"
    assert now[2:] == texts[2:]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        pytest.param("customer_id", "77", "tells people apart", id="the unit column"),
        pytest.param("birth_date", "yesterday", "holds dates", id="no date"),
        pytest.param("birth_date", "1971-02-31", "holds dates", id="a day that is none"),
        pytest.param("city", "x" * 2_001, "2,000 characters", id="too long"),
        pytest.param("city", "a\x00b", "nobody can read", id="control characters"),
        pytest.param("city", "Mühldorf", "same as before", id="nothing changes"),
        pytest.param("referrer_email", "a@b.example", "somebody else's", id="somebody else's"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(
    small: Workspace, column: str, value: str, says: str
) -> None:
    id_ = decided(small, Right.RECTIFICATION)
    seen = seen_of(small, id_, column)

    with pytest.raises(CorrectionError, match=says) as refusal:
        small.rights.fulfilling.rectify(id_, [correction(seen, value)])

    assert small.dataset("customers").version == 1
    assert small.rights.requests.find(id_).request.step is Step.DECIDED
    assert value[:40] not in str(refusal.value) or len(value) < 3


def test_a_value_that_changed_meanwhile_is_not_overwritten(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)
    stale = Correction(dataset="customers", column="city", seen="0" * 64, value="Ulm")  # type: ignore[arg-type]

    with pytest.raises(CorrectionError, match="look again"):
        small.rights.fulfilling.rectify(id_, [stale])


def test_of_several_corrections_all_are_stored_or_none(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)
    city, amount = seen_of(small, id_, "city"), seen_of(small, id_, "amount", "orders")
    files = set(small._desk.datasets_folder.iterdir())

    with pytest.raises(CorrectionError):
        small.rights.fulfilling.rectify(id_, [correction(city, "Ulm"), correction(amount, "much")])
    assert small.dataset("customers").version == 1
    assert set(small._desk.datasets_folder.iterdir()) == files

    done = small.rights.fulfilling.rectify(
        id_, [correction(city, "Ulm"), correction(amount, "13.75")]
    )
    assert done.made == ("customers@2", "orders@2")
    assert column_of(small, "orders", "amount")[0] == 13.75


def test_a_column_or_dataset_that_is_not_there_is_refused(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)
    fulfilling = small.rights.fulfilling

    with pytest.raises(UnknownColumnError):
        fulfilling.rectify(
            id_,
            [Correction(dataset="customers", column="town", seen="0", value="Ulm")],  # type: ignore[arg-type]
        )
    with pytest.raises(CorrectionError, match="settled"):
        fulfilling.rectify(
            id_,
            [Correction(dataset="payroll", column="town", seen="0", value="Ulm")],  # type: ignore[arg-type]
        )
    with pytest.raises(CorrectionError, match="nothing is to change"):
        fulfilling.rectify(id_, [])


def test_a_formula_that_is_put_in_as_right_stays_a_text(small: Workspace) -> None:
    id_ = decided(small, Right.RECTIFICATION)

    small.rights.fulfilling.rectify(id_, [correction(seen_of(small, id_, "city"), FORMULA)])
    access = decided(small, Right.ACCESS)
    files = files_in(small.rights.fulfilling.package(access))

    assert column_of(small, "customers", "city")[0] == FORMULA
    assert b"\"'=HYPERLINK" in files["data/customers.csv"]


def test_restricted_rows_are_left_out_until_the_person_was_told(plain: Workspace) -> None:
    fulfilling, desk = plain.rights.fulfilling, plain._desk
    id_ = decided(plain, Right.RESTRICTION)
    rows = plain.dataset("customers").rows

    request = fulfilling.restrict(id_)
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, plain.dataset("customers"))
        _, orders = usable.usable(desk, connection, plain.dataset("orders"))

    assert request.facts["restriction_flag_set"] is True
    assert (told.rows, dict(told.left_out)) == (rows - 1, {Barrier.RESTRICTED: 1})
    assert dict(orders.left_out) == {Barrier.RESTRICTED: 2}

    with pytest.raises(FulfilmentError, match="told before it ends"):
        fulfilling.lift(id_, today(plain.rights.requests) + timedelta(days=1))
    lifted = fulfilling.lift(id_, today(plain.rights.requests))
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, plain.dataset("customers"))
    assert told.rows == rows
    assert lifted.facts["lift_notice_before_lift"] is True
    with pytest.raises(FulfilmentError, match="nothing stands"):
        fulfilling.lift(id_, today(plain.rights.requests))


def test_a_restriction_bars_nobody_who_referred_the_person(small: Workspace) -> None:
    desk = small._desk
    small.rights.fulfilling.restrict(decided(small, Right.RESTRICTION))
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, small.dataset("customers"))
        _, orders = usable.usable(desk, connection, small.dataset("orders"))

    assert dict(told.left_out) == {Barrier.RESTRICTED: 1}
    assert dict(orders.left_out) == {Barrier.RESTRICTED: 2}


def test_somebody_known_by_name_alone_is_kept_out_by_the_key_of_the_data(plain: Workspace) -> None:
    desk = plain._desk
    who = [
        Identifier(kind=IdentifierKind.NAME, value=HEBREW),
        Identifier(kind=IdentifierKind.BIRTH_DATE, value="1971-02-03"),
    ]
    requests = plain.rights.requests
    found = requests.open("EU_GDPR", Right.RESTRICTION, today(requests), who, country="DE")
    requests.steps.identify(found.id, IdentityLevel.DOCUMENT, "name and birth date compared")
    doubts = requests.steps.search(found.id).doubts
    if doubts:
        requests.steps.doubts(found.id, dict.fromkeys(doubts, True))
    requests.steps.decide(found.id, Outcome.FULFILLED)

    plain.rights.fulfilling.restrict(found.id)
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, plain.dataset("customers"))

    assert dict(told.left_out) == {Barrier.RESTRICTED: 1}


def test_an_objection_to_marketing_is_absolute(small: Workspace) -> None:
    id_ = decided(small, Right.OBJECTION, purpose="direct_marketing")

    request = small.rights.fulfilling.object_to(id_)

    assert request.facts["marketing_suppressed"] is True
    assert request.facts["purpose_type"] == "direct_marketing"
    with pytest.raises(FulfilmentError, match=r"Art. 21\(3\)"):
        check_absolute(request, Outcome.REFUSED)
    check_absolute(request, Outcome.FULFILLED)


def test_an_objection_to_marketing_cannot_be_decided_to_be_refused(small: Workspace) -> None:
    requests = small.rights.requests
    day = today(requests)
    found = requests.open("EU_GDPR", Right.OBJECTION, day, NOA, country="DE", purpose="newsletter")
    requests.steps.identify(found.id, IdentityLevel.CONTACT, "wrote from a known address")

    with pytest.raises(FulfilmentError, match="cannot be refused"):
        requests.steps.decide(
            found.id, Outcome.REFUSED, ground="compelling_grounds", reason="we need it"
        )


def test_an_objection_to_an_unknown_kind_of_purpose_is_refused(small: Workspace) -> None:
    id_ = decided(small, Right.OBJECTION)

    with pytest.raises(FulfilmentError, match="kinds of purpose are: orders"):
        small.rights.fulfilling.object_to(id_, "everything bad")


def for_marketing(workspace: Workspace) -> None:
    """Customers are used to tell them about goods, which is direct marketing."""
    workspace.rights.consents.keep_purpose("mails", "New goods", kind="direct_marketing")
    said = workspace.dataset("customers").description
    workspace.describe("customers", replace(said, purpose="mails"))


@pytest.mark.parametrize(
    "said", ["Newsletter", "direct marketing", "Direct Marketing ", "ADVERTISING"]
)
def test_an_objection_to_marketing_stands_against_it_however_it_is_called(
    small: Workspace, said: str
) -> None:
    desk, id_ = small._desk, decided(small, Right.OBJECTION, purpose=said)
    for_marketing(small)

    small.rights.fulfilling.object_to(id_)
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, small.dataset("customers"))

    assert told.left_out[Barrier.OBJECTED] == 1


def test_an_objection_is_known_by_the_label_of_its_kind(small: Workspace) -> None:
    id_ = decided(small, Right.OBJECTION, purpose="Fraud checks")
    small.rights.fulfilling.object_to(id_)
    with small._desk.database.reading() as connection:
        (wish,) = usable.wishes(connection)
    assert wish.purposes == ("fraud_prevention",)


def test_an_objection_to_what_is_no_purpose_is_asked_about(small: Workspace) -> None:
    id_ = decided(small, Right.OBJECTION, purpose="all that spying")

    with pytest.raises(FulfilmentError, match="no purpose on record; say with --purpose"):
        small.rights.fulfilling.object_to(id_)

    assert small.rights.requests.find(id_).request.step is Step.DECIDED
    request = small.rights.fulfilling.object_to(id_, "analytics")
    assert request.facts["purpose_type"] == "analytics"


def test_an_opt_out_is_of_all_of_it_whatever_was_written_beside(small: Workspace) -> None:
    desk, id_ = small._desk, decided(small, Right.OPT_OUT, "CCPA", purpose="sale of my data")
    for_marketing(small)

    small.rights.fulfilling.opt_out(id_)
    with desk.database.reading() as connection:
        _, told = usable.usable(desk, connection, small.dataset("customers"))

    assert told.left_out[Barrier.OPTED_OUT] == 1


def test_an_opt_out_that_came_from_further_east_takes_effect_when_it_came(small: Workspace) -> None:
    requests = small.rights.requests
    day = today(requests)
    small._desk.clock = lambda: datetime.combine(day, time(23), UTC)
    found = requests.open_signal(NOA, day + timedelta(days=1))

    assert found.step is Step.ANSWERED
    assert found.facts["effective_at"] == (day + timedelta(days=1)).isoformat()


def test_doubts_that_come_with_data_after_the_decision_are_decided_then(plain: Workspace) -> None:
    requests, id_ = plain.rights.requests, decided(plain, Right.RESTRICTION)
    plain.add_files((RawFile(name="c.csv", data=csv_of(CUSTOMERS)),), "customers")
    plain.discover("customers")
    open_ = [one.id for one in requests.look(id_).open_doubts]
    assert open_
    with pytest.raises(FulfilmentError, match="not decided yet"):
        plain.rights.fulfilling.restrict(id_)

    requests.steps.doubts(id_, dict.fromkeys(open_, False))

    assert plain.rights.fulfilling.restrict(id_).step is Step.CARRIED_OUT


@pytest.mark.parametrize("right", [Right.RECTIFICATION, Right.ACCESS])
def test_nothing_is_shown_of_anybody_before_it_is_clear_who_asks(
    small: Workspace, right: Right
) -> None:
    fulfilling = small.rights.fulfilling
    id_ = opened(small.rights.requests, right, who=NOA)
    looks = fulfilling.seen if right is Right.RECTIFICATION else fulfilling.outline

    with pytest.raises(RequestStepError, match="not clear who asks"):
        looks(id_)
    ground = "identity_unproven"
    small.rights.requests.steps.decide(id_, Outcome.REFUSED, ground=ground, reason="no proof")
    with pytest.raises(RequestStepError, match="it was refused"):
        looks(id_)


def test_an_answer_does_not_say_what_was_done_before_it_was(small: Workspace) -> None:
    requests = small.rights.requests
    id_ = opened(requests, Right.RESTRICTION, who=NOA, days_ago=60)
    requests.steps.identify(id_, IdentityLevel.ACCOUNT, "signed in")
    doubts = requests.steps.search(id_).doubts
    requests.steps.doubts(id_, dict.fromkeys(doubts, False))
    requests.steps.decide(id_, Outcome.FULFILLED)
    small.rights.fulfilling.restrict(id_)

    with pytest.raises(RequestInputError, match="The day of the answer lies before"):
        requests.steps.answer(id_, today(requests) - timedelta(days=40))
    assert requests.steps.answer(id_).answered_on == today(requests)


def test_the_clock_of_a_limit_in_california_ends_when_it_was_carried_out(small: Workspace) -> None:
    requests = small.rights.requests
    id_ = opened(requests, Right.RESTRICTION, "CCPA", who=NOA, country="US", days_ago=2)
    doubts = requests.steps.search(id_).doubts
    requests.steps.doubts(id_, dict.fromkeys(doubts, False))
    requests.steps.decide(id_, Outcome.FULFILLED)

    small.rights.fulfilling.restrict(id_)
    due = requests.find(id_).due

    assert due is not None
    assert due.state is Running.MET


def test_an_opt_out_that_reaches_nobody_for_certain_waits_for_the_doubts(plain: Workspace) -> None:
    who = (Identifier(kind=IdentifierKind.NAME, value=HEBREW),)
    assert plain.rights.requests.open("CCPA", Right.OPT_OUT, today(plain.rights.requests), who)
    (found,) = plain.rights.requests.requests()
    id_ = found.request.id
    open_ = plain.rights.requests.look(id_).open_doubts
    assert open_
    plain.rights.requests.steps.decide(id_, Outcome.FULFILLED)

    with pytest.raises(FulfilmentError, match="not decided yet"):
        plain.rights.fulfilling.opt_out(id_)
    plain.rights.requests.steps.doubts(id_, {one.id: True for one in open_})
    plain.rights.fulfilling.opt_out(id_)
    with plain._desk.database.reading() as connection:
        _, told = usable.usable(
            plain._desk, connection, plain.dataset("customers"), is_handed_on=True
        )

    assert dict(told.left_out) == {Barrier.OPTED_OUT: 1}


def test_an_opt_out_says_since_when(small: Workspace) -> None:
    id_ = decided(small, Right.OPT_OUT, "CCPA")
    day = today(small.rights.requests)

    with pytest.raises(FulfilmentError, match="in the future"):
        small.rights.fulfilling.opt_out(id_, day + timedelta(days=1))
    request = small.rights.fulfilling.opt_out(id_)

    assert request.facts["effective_at"] == day.isoformat()


def test_everybody_who_has_the_data_is_to_be_told(small: Workspace) -> None:
    fulfilling = small.rights.fulfilling
    id_ = decided(small, Right.RESTRICTION)
    fulfilling.restrict(id_)
    rows = {row.id: row for row in fulfilling.recipients(id_)}

    assert {id_: row.datasets for id_, row in rows.items()} == {
        "processor:host": ("customers", "orders"),
        "recipient:post": ("orders",),
    }
    assert small.rights.requests.find(id_).request.recipients == 2

    with pytest.raises(RequestInputError, match="says who the person is"):
        fulfilling.tell(id_, "processor:host", why_not=f"nobody knows {EMAIL} there")
    fulfilling.tell(id_, "processor:host")
    request = fulfilling.tell(id_, "recipient:post", why_not="it was dissolved")
    told = {row.id: row for row in fulfilling.recipients(id_)}

    assert (request.told_recipients, request.recipients) == (2, 2)
    assert told["processor:host"].told_on == today(small.rights.requests)
    assert told["recipient:post"].why_not == "it was dissolved"


def test_nobody_else_can_be_told_and_not_on_a_day_to_come(small: Workspace) -> None:
    fulfilling = small.rights.fulfilling
    id_ = decided(small, Right.RESTRICTION)

    with pytest.raises(RequestStepError):
        fulfilling.tell(id_, "processor:host")
    fulfilling.restrict(id_)
    with pytest.raises(TellingError, match="it is one of: processor:host"):
        fulfilling.tell(id_, "processor:other")
    with pytest.raises(TellingError, match="in the future"):
        fulfilling.tell(id_, "processor:host", today(small.rights.requests) + timedelta(days=2))


def test_a_review_needs_somebody_who_may_change_the_decision(small: Workspace) -> None:
    fulfilling, requests = small.rights.fulfilling, small.rights.requests
    small.governance.register.record(
        "adm_system",
        "score",
        {"datasets": ["customers"], "human_review_route": "A clerk looks again"},
        name="Score",
    )
    found = requests.open("EU_GDPR", Right.REVIEW, today(requests), NOA, country="DE")
    requests.steps.identify(found.id, IdentityLevel.CONTACT, "wrote from a known address")
    requests.steps.decide(found.id, Outcome.FULFILLED)
    answers = {q.id: next(iter(q.choices)) for q in fulfilling.questions()}

    assert [s.name for s in fulfilling.systems(found.id)] == ["Score"]
    with pytest.raises(FulfilmentError, match="able to change"):
        fulfilling.review(found.id, "score", answers | {"reviewer_may_change": "no"})
    with pytest.raises(FulfilmentError, match="not answered"):
        fulfilling.review(found.id, "score", answers | {"outcome": "perhaps"})
    with pytest.raises(FulfilmentError, match="no such"):
        fulfilling.review(found.id, "other", answers)

    request = fulfilling.review(found.id, "score", answers | {"outcome": "changed"})
    says = str(fulfilling.letter(found.id).paragraphs)
    assert request.step is Step.CARRIED_OUT
    assert "The decision was changed." in says


def test_letters_come_when_there_is_something_to_tell(small: Workspace) -> None:
    requests, fulfilling = small.rights.requests, small.rights.fulfilling
    id_ = opened(requests, Right.ACCESS, who=NOA)

    assert "will answer by" in str(fulfilling.letter(id_, LetterKind.RECEIPT).paragraphs)
    assert "be sure yet" in str(fulfilling.letter(id_, LetterKind.IDENTITY).paragraphs)
    for kind in (LetterKind.ANSWER, LetterKind.EXTENSION):
        with pytest.raises(LetterError):
            fulfilling.letter(id_, kind)
    requests.steps.extend(id_, "there are many tables")
    assert "many tables" in str(fulfilling.letter(id_, LetterKind.EXTENSION).paragraphs)
    requests.steps.decide(
        id_, Outcome.REFUSED, ground="identity_unproven", reason="nothing was shown"
    )
    answer = str(fulfilling.letter(id_).paragraphs)
    assert "It could not be shown who asks (Art. 11(2), 12(6))" in answer
    assert "bfdi.bund.de" in answer
    assert "Nothing was shown." in answer


def test_reports_on_requests_name_nobody(small: Workspace) -> None:
    fulfilling = small.rights.fulfilling
    id_ = decided(small, Right.ACCESS)
    fulfilling.package(id_)
    made = [
        fulfilling.report(ReportKind.REQUEST, id_),
        fulfilling.report(ReportKind.REQUEST_LOG),
    ]

    for report in made:
        pdf = small.report_pdf(report)
        assert pdf.startswith(b"%PDF")
        assert [s for s in (EMAIL, STRANGER, HEBREW) if s.encode() in pdf] == []
    assert [r.kind for r in small.reports()[:2]] == [ReportKind.REQUEST_LOG, ReportKind.REQUEST]
    with pytest.raises(LetterError, match="nothing was erased"):
        fulfilling.report(ReportKind.ERASURE, id_)
    with pytest.raises(RequestInputError, match="is missing"):
        fulfilling.report(ReportKind.REQUEST)


def test_an_erasure_has_a_certificate_and_its_recipients_are_to_be_told(small: Workspace) -> None:
    requests = small.rights.requests
    found = requests.open("EU_GDPR", Right.ERASURE, today(requests), NOA, country="DE")
    requests.steps.identify(found.id, IdentityLevel.DOCUMENT, "compared")
    doubts = requests.steps.search(found.id).doubts
    if doubts:
        requests.steps.doubts(found.id, dict.fromkeys(doubts, False))
    requests.steps.decide(found.id, Outcome.FULFILLED, ground="consent_withdrawn")
    for _ in small.rights.erasing.erase([found.id]):
        pass

    report = small.rights.fulfilling.report(ReportKind.ERASURE, found.id)

    assert report.pages >= 2
    with small._desk.database.reading() as connection:
        assert one(connection, found.id).recipients == 2
    assert "We told 0 of 2" in str(small.rights.fulfilling.letter(found.id).paragraphs)


def test_the_log_counts_what_came_of_requests(small: Workspace) -> None:
    id_ = decided(small, Right.ACCESS)
    small.rights.fulfilling.package(id_)
    small.rights.requests.steps.answer(id_)
    opened(small.rights.requests, Right.ERASURE, who=NOA)

    log = small.rights.fulfilling.log()
    figures = {f.right: f for f in log.figures}

    assert len(log.entries) == 2
    assert (figures[Right.ACCESS].fulfilled, figures[Right.ACCESS].median_days) == (1, 0.0)
    assert (figures[Right.ERASURE].open, figures[Right.ERASURE].median_days) == (1, None)
