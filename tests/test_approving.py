"""What needs a second person is done only with a fresh approval by one, and once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from approving_cases import (
    ANNA,
    BEN,
    CARL,
    Clock,
    account,
    clocked,
    keep,
    people,
    require,
    signed_in,
)

from compliance.access.nouns import Approval, FourEyes, Matter, Role, Stand
from compliance.errors import (
    ApprovalError,
    ApprovalNeededError,
    BudgetExceededError,
    NotPermittedError,
)
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.register.nouns import Record, Recorded
from compliance.report.nouns import ReportKind
from compliance.rules.nouns import State
from compliance.settings import Settings
from compliance.storage import tables
from compliance.workspace import Workspace
from compliance.workspace.approving import acts as approving_acts
from tests.forked import START
from tests.postgresql import on_both

TOTAL = Budget(epsilon=Decimal(20), delta=Decimal("1e-5"))
TWO, SMALL = Decimal(2), Decimal("0.4")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(shop: Workspace, clock: Clock) -> Workspace:
    """The shop in the machine's operator's hands; anna, ben and carl are officers."""
    found = clocked(shop, clock)
    found.decide_budget("customers", TOTAL)
    keep(found, *people())
    return found


@pytest.fixture
def anna(desk: Workspace) -> Workspace:
    return signed_in(desk, account(ANNA, "anna"))


@pytest.fixture
def ben(desk: Workspace) -> Workspace:
    return signed_in(desk, account(BEN, "ben"))


@pytest.fixture
def carl(desk: Workspace) -> Workspace:
    return signed_in(desk, account(CARL, "carl"))


def query(**change: object) -> Query:
    return to_query({"unit": "customer", "statistics": [{"count": "units"}], **change})


def asked(workspace: Workspace, epsilon: Decimal = TWO, question: Query | None = None) -> Approval:
    """An approval of a release, asked for."""
    approving = workspace.access.approving
    need = approving.for_release("orders", question or query(), epsilon)
    assert need.is_needed
    return approving.ask(need.sought, "for the yearly figures")


def approved(asker: Workspace, decider: Workspace, epsilon: Decimal = TWO) -> Approval:
    done = asked(asker, epsilon)
    return decider.access.approving.decide(done.id, is_approved=True)


def stand(workspace: Workspace, id_: str) -> Stand:
    (found,) = (one.stand for one in workspace.access.approving.approvals() if one.id == id_)
    return found


def refusal(act: Callable[[], object]) -> str:
    """What is said where somebody must approve first."""
    with pytest.raises(ApprovalNeededError) as found:
        act()
    return str(found.value)


# What an officer asks for


@on_both
def test_nothing_needs_a_second_person_until_an_officer_says_so(anna: Workspace) -> None:
    assert not anna.access.approving.for_release("orders", query(), TWO).is_needed
    anna.release("orders", query(), TWO)


@on_both
def test_a_large_release_needs_one_approval_by_somebody_else(
    anna: Workspace, ben: Workspace
) -> None:
    require(anna, "1")
    said = refusal(lambda: anna.release("orders", query(), TWO))
    assert "2 is more than 1" in said
    assert "Nobody was asked yet" in said
    done = asked(anna)
    assert "nobody has decided" in refusal(lambda: anna.release("orders", query(), TWO))
    ben.access.approving.decide(done.id, is_approved=True, remark="as agreed")

    released = anna.release("orders", query(), TWO)

    used = anna.access.approving.approvals()[0]
    entry = next(e for e in anna.entries(2) if e.act == "release.reserve")
    assert (used.stand, used.approved_by, used.words[0].remark) == (
        Stand.USED,
        ("ben",),
        "as agreed",
    )
    assert entry.facts["approved_by"] == ["ben"]
    assert [s.purpose for s in anna.budget("customers").spends] == [released.id]
    assert "second person" in refusal(lambda: anna.release("orders", query(), TWO))


def test_a_small_release_needs_none(anna: Workspace) -> None:
    require(anna, "1")

    anna.release("orders", query(), SMALL)

    assert not anna.access.approving.for_release("orders", query(), SMALL).is_needed


def test_what_is_refused_leaves_nothing_behind(anna: Workspace) -> None:
    require(anna, "1")
    before = anna.entries(1)[0].number

    assert "second person" in refusal(lambda: anna.release("orders", query(), TWO))

    assert anna.entries(1)[0].number == before
    assert anna.budget("customers").spends == ()


# Who is a second person


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "ANNA@example.org "},
        {"subject": f"subject-{ANNA}"},
    ],
)
def test_nobody_approves_their_own_wish_not_even_under_a_second_account(
    desk: Workspace, anna: Workspace, changes: dict[str, str]
) -> None:
    second = account("account-a2", "anna the second", **changes)
    keep(desk, second)
    require(anna, "1")
    done = asked(anna)

    for who in (anna, signed_in(desk, second)):
        with pytest.raises(ApprovalError, match="somebody else must decide"):
            who.access.approving.decide(done.id, is_approved=True)
        assert who.access.approving.waiting() == ()


def test_whoever_has_the_machine_in_hand_is_no_second_person(
    desk: Workspace, anna: Workspace
) -> None:
    require(anna, "1")
    done = asked(anna)

    with pytest.raises(ApprovalError, match="sign in and decide on the page"):
        desk.access.approving.decide(done.id, is_approved=True)


def test_what_the_operator_wants_two_people_approve(
    desk: Workspace, anna: Workspace, ben: Workspace
) -> None:
    require(desk, "1")
    done = asked(desk)

    assert anna.access.approving.decide(done.id, is_approved=True).stand is Stand.ASKED
    with pytest.raises(ApprovalError, match="another person must, too"):
        anna.access.approving.decide(done.id, is_approved=True)
    assert "second person" in refusal(lambda: desk.release("orders", query(), TWO))
    assert ben.access.approving.decide(done.id, is_approved=True).approved_by == ("anna", "ben")
    desk.release("orders", query(), TWO)


def test_an_analyst_asks_and_does_not_decide(desk: Workspace, anna: Workspace) -> None:
    dora = account("account-d", "dora", Role.ANALYST)
    keep(desk, dora)
    require(anna, "1")
    hers = signed_in(desk, dora)
    done, other = asked(hers), asked(anna)

    with pytest.raises(NotPermittedError, match=r"it is for: .*officer"):
        hers.access.approving.decide(other.id, is_approved=True)
    anna.access.approving.decide(done.id, is_approved=True)
    assert stand(anna, other.id) is Stand.ASKED
    assert stand(anna, done.id) is Stand.APPROVED
    hers.release("orders", query(), TWO)


def test_who_approved_cannot_use_it_for_themselves(
    anna: Workspace, ben: Workspace, carl: Workspace
) -> None:
    require(anna, "1")
    approved(anna, ben)

    for other in (ben, carl):
        assert "second person" in refusal(lambda other=other: other.release("orders", query(), TWO))


@pytest.mark.parametrize("who", [ANNA, BEN])
@pytest.mark.parametrize(
    "changes", [{"roles": (Role.AUDITOR,)}, {"is_active": False}], ids=["role", "active"]
)
def test_an_approval_ends_with_the_rights_of_either_of_them(
    desk: Workspace, anna: Workspace, ben: Workspace, who: str, changes: dict[str, object]
) -> None:
    require(anna, "1")
    done = approved(anna, ben)
    (before,) = (one for one in people() if one.id == who)
    keep(desk, replace(before, **changes))

    assert "counts no more" in refusal(lambda: anna.release("orders", query(), TWO))
    assert stand(anna, done.id) is Stand.LAPSED
    keep(desk, before)
    anna.release("orders", query(), TWO)


# What is approved


@pytest.mark.parametrize(
    ("epsilon", "delta", "question"),
    [
        (Decimal("2.5"), None, {}),
        (TWO, Decimal("5e-7"), {}),
        (TWO, None, {"statistics": [{"count": "rows"}]}),
        (TWO, None, {"max_groups": 2, "by": ["country"], "public_keys": {"country": ["DE"]}}),
        (TWO, None, {"where": "amount > 20"}),
    ],
)
def test_an_approval_is_for_exactly_what_was_asked(
    anna: Workspace,
    ben: Workspace,
    epsilon: Decimal,
    delta: Decimal | None,
    question: dict[str, object],
) -> None:
    require(anna, "1")
    approved(anna, ben)

    assert "second person" in refusal(
        lambda: anna.release("orders", query(**question), epsilon, delta)
    )
    anna.release("orders", query(), Decimal("2.00"))


def test_an_approval_is_for_the_version_that_was_asked_about(
    anna: Workspace, ben: Workspace, orders_csv: bytes
) -> None:
    from compliance.dataset import RawFile

    require(anna, "1")
    approved(anna, ben)
    anna.add_files([RawFile(name="orders.csv", data=orders_csv[:-40])], "orders")

    assert "second person" in refusal(lambda: anna.release("orders", query(), TWO))


@on_both
def test_an_approval_may_be_used_for_some_days(
    anna: Workspace, ben: Workspace, clock: Clock
) -> None:
    require(anna, "1", days=3)
    done = asked(anna)
    clock.wait(days=9)
    ben.access.approving.decide(done.id, is_approved=True)
    clock.wait(days=3)

    assert "counts no more" in refusal(lambda: anna.release("orders", query(), TWO))
    assert stand(anna, done.id) is Stand.LAPSED
    asked(anna)


def test_what_was_declined_or_taken_back_is_not_done(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1")
    done = asked(anna)
    ben.access.approving.decide(done.id, is_approved=False, remark="not now")
    assert "declined" in refusal(lambda: anna.release("orders", query(), TWO))
    with pytest.raises(ApprovalError, match="it is declined"):
        ben.access.approving.decide(done.id, is_approved=True)
    second = approved(anna, ben)
    with pytest.raises(ApprovalError, match="somebody else asked"):
        ben.access.approving.withdraw(second.id)
    anna.access.approving.withdraw(second.id)
    assert "taken back" in refusal(lambda: anna.release("orders", query(), TWO))


def test_the_same_is_not_asked_twice(anna: Workspace) -> None:
    require(anna, "1")
    asked(anna)

    with pytest.raises(ApprovalError, match="asked already"):
        asked(anna)


# Once


@on_both
def test_two_threads_use_an_approval_once(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1")
    approved(anna, ben)

    def publish(_: int) -> bool:
        try:
            anna.release("orders", query(), TWO)
        except ApprovalNeededError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(publish, range(4))) == [False, False, False, True]
    assert len(anna.releases("orders")) == 1


def _publish(settings: Settings, at: Clock, results: multiprocessing.Queue[bool]) -> None:
    anna = signed_in(Workspace(settings, at), account(ANNA, "anna"))
    try:
        anna.release("orders", query(), TWO)
    except ApprovalNeededError:
        results.put(False)
    else:
        results.put(True)


@on_both
def test_two_processes_use_an_approval_once(anna: Workspace, ben: Workspace, clock: Clock) -> None:
    require(anna, "1")
    approved(anna, ben)
    results: multiprocessing.Queue[bool] = START.Queue()
    both = [START.Process(target=_publish, args=(anna.settings, clock, results)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(results.get(timeout=60) for _ in both) == [False, True]
    assert anna.verify_trail().problems == ()


def test_an_act_that_does_not_fit_leaves_the_approval_unused(
    anna: Workspace, ben: Workspace
) -> None:
    require(anna, "1")
    done = approved(anna, ben, Decimal(18))
    approved(anna, ben, Decimal(19))
    anna.release("orders", query(), Decimal(19))

    with pytest.raises(BudgetExceededError):
        anna.release("orders", query(), Decimal(18))
    assert stand(anna, done.id) is Stand.APPROVED


def test_a_release_that_fails_while_noise_is_drawn_gives_the_approval_back(
    anna: Workspace, ben: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.privacy import mechanisms

    def fail(*_: object) -> None:
        raise MemoryError

    require(anna, "1")
    done = approved(anna, ben)
    with monkeypatch.context() as patched:
        patched.setattr(mechanisms, "add_noise", fail)
        with pytest.raises(MemoryError):
            anna.release("orders", query(), TWO)

    assert stand(anna, done.id) is Stand.APPROVED
    anna.release("orders", query(), TWO)
    assert stand(anna, done.id) is Stand.USED


# Many small ones


def test_many_small_releases_are_added_up(anna: Workspace, ben: Workspace, clock: Clock) -> None:
    require(anna, "1")
    small = 0
    while not anna.access.approving.for_release("orders", query(), SMALL).is_needed:
        anna.release("orders", query(), SMALL)
        small += 1
    assert 2 <= small < 10

    assert "within 7 days it comes to ε = 1" in refusal(
        lambda: anna.release("orders", query(), SMALL)
    )
    ben.release("orders", query(), SMALL)  # another person's spends are another's
    clock.wait(days=7)
    anna.release("orders", query(), SMALL)


def test_deciding_the_same_again_begins_no_new_count(anna: Workspace, clock: Clock) -> None:
    require(anna, "1")
    anna.release("orders", query(), Decimal("0.9"))
    clock.wait(hours=1)
    require(anna, "1", [Matter.ERASURE])

    assert "within 7 days" in refusal(lambda: anna.release("orders", query(), Decimal("0.9")))


def test_small_releases_under_a_second_account_are_added_up_too(
    desk: Workspace, anna: Workspace
) -> None:
    second = account("account-a2", "anna the second", email="anna@example.org")
    keep(desk, second)
    require(anna, "1")
    anna.release("orders", query(), Decimal("0.9"))

    assert "second person" in refusal(
        lambda: signed_in(desk, second).release("orders", query(), Decimal("0.9"))
    )


def test_what_was_approved_is_not_added_to_what_is_small(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1")
    approved(anna, ben)
    large = anna.release("orders", query(), TWO)

    small = anna.release("orders", query(), SMALL)
    assert {one.id for one in anna.releases("orders")} == {large.id, small.id}


def test_the_operator_of_the_machine_cannot_split_under_several_names(
    anna: Workspace, desk: Workspace, clock: Clock
) -> None:
    require(anna, "1")

    def named(name: str) -> Workspace:
        settings = replace(desk.settings, actor=name)
        return Workspace(settings, clock)

    named("one").release("orders", query(), Decimal("0.9"))
    assert "second person" in refusal(
        lambda: named("two").release("orders", query(), Decimal("0.9"))
    )


# The requirement itself


@on_both
def test_one_person_alone_cannot_ask_for_less(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1", [Matter.ERASURE])
    weaker = [
        FourEyes(),
        FourEyes(epsilon=Decimal(5), matters=frozenset({Matter.ERASURE})),
        FourEyes(epsilon=Decimal(1)),
        FourEyes(epsilon=Decimal(1), matters=frozenset({Matter.ERASURE}), days=30),
        FourEyes(epsilon=Decimal(1), matters=frozenset({Matter.ERASURE}), days=1),
    ]
    for wanted in weaker:
        assert "fewer acts" in refusal(lambda wanted=wanted: anna.access.approving.require(wanted))
    need = anna.access.approving.for_requirement(FourEyes())
    done = anna.access.approving.ask(need.sought, "we are two people no more")
    ben.access.approving.decide(done.id, is_approved=True)
    assert "second person" in refusal(lambda: anna.access.approving.require(weaker[1]))

    anna.access.approving.require(FourEyes())

    assert not anna.access.approving.required().is_any
    anna.release("orders", query(), TWO)


def test_more_can_be_asked_for_at_once(anna: Workspace) -> None:
    require(anna, "2")

    decided = require(anna, "1", [Matter.ERASURE, Matter.TRANSFER])

    assert anna.access.approving.required() == decided
    assert (decided.by, decided.epsilon) == ("anna", Decimal(1))


@pytest.mark.parametrize(
    "others",
    [
        [],
        [account(BEN, "ben", Role.ANALYST)],
        [account(BEN, "ben", is_active=False)],
        [account(BEN, "ben", email="anna@example.org")],
    ],
)
def test_it_takes_two_people_who_may_decide(shop: Workspace, others: list[object]) -> None:
    keep(shop, account(ANNA, "anna"), *others)

    with pytest.raises(ApprovalError, match="two people with accounts of their own"):
        require(shop, "1")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"epsilon": Decimal(-1)}, "a number from 0 on"),
        ({"epsilon": Decimal("nan")}, "a number from 0 on"),
        ({"epsilon": Decimal("inf")}, "a number from 0 on"),
        ({"epsilon": Decimal(1), "days": 0}, "for 1 to 90 days"),
        ({"epsilon": Decimal(1), "days": 91}, "for 1 to 90 days"),
        ({"matters": frozenset({Matter.RELEASE})}, "releases need an ε"),
    ],
)
def test_what_makes_no_sense_is_not_asked_for(
    anna: Workspace, wanted: dict[str, object], says: str
) -> None:
    before = anna.access.approving.required()
    with pytest.raises(ApprovalError, match=says):
        anna.access.approving.require(FourEyes(**wanted))

    assert anna.access.approving.required() == before


# What an auditor finds


def test_what_went_by_with_approval_is_found_in_order(
    anna: Workspace, ben: Workspace, clock: Clock
) -> None:
    anna.release("orders", query(), TWO)  # before anything was asked for
    clock.wait(minutes=1)
    require(anna, "1", [Matter.ERASURE])
    approved(anna, ben)
    anna.release("orders", query(), TWO)
    anna.release("orders", query(), SMALL)

    assert anna.access.approving.unapproved() == ()
    assert verdict(anna) is State.MET


def test_acts_past_the_approval_are_found_and_told(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1", [Matter.ERASURE, Matter.TRANSFER])
    desk = anna._desk
    with desk.act("release.reserve", "orders") as act:
        act.facts["epsilon"] = TWO
        first = act.entry
    with desk.act("erasure.switch", "erasure-1") as act:
        second = act.entry
    record = Record(kind="transfer", id="t", name="t", values={"destination": "IN"})
    with desk.act("register.record", "transfer t") as act:
        noun = Recorded(record=record, at=act.at, by=act.actor)
        act.store(tables.REGISTER, noun, kind="transfer", id="t")
        third = act.entry

    assert anna.access.approving.unapproved() == (first, second, third)
    assert verdict(anna) is State.NOT_MET


def test_an_approval_by_who_asked_proves_nothing(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1")
    done = approved(anna, ben)
    forged = replace(done, words=tuple(replace(w, account=ANNA) for w in done.words))
    with anna._desk.act("release.reserve", "orders") as act:
        act.facts["epsilon"] = TWO
        approving_acts.store(act, replace(forged, stand=Stand.USED))
        entry = act.entry

    assert anna.access.approving.unapproved() == (entry,)


def test_where_nobody_asks_for_a_second_person_the_duty_does_not_apply(anna: Workspace) -> None:
    anna.release("orders", query(), TWO)

    assert verdict(anna) is State.NOT_APPLICABLE


def verdict(workspace: Workspace) -> State:
    (found,) = (v for v in workspace.assess().verdicts if v.rule == "POL-SECOND-PERSON")
    return found.state


def test_the_audit_report_says_who_approved_what(anna: Workspace, ben: Workspace) -> None:
    require(anna, "1")
    approved(anna, ben)
    anna.release("orders", query(), TWO)

    report = anna.build_report(ReportKind.AUDIT)

    with closing(pypdfium2.PdfDocument(anna.report_pdf(report))) as pdf:
        text = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pdf)
    assert "Approved by a second person" in text
    assert "Publish a statistic from orders@1 for ε = 2" in text
