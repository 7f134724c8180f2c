"""Visits begin, last and end as the desk says, whatever the browser's cookie says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from compliance.access.nouns import Account, Ended, Identity, Role
from compliance.errors import AccessError, SignInError, VisitOverError
from compliance.register.nouns import Organisation
from compliance.settings import Settings, SignIn
from compliance.storage import tables
from compliance.workspace import Workspace
from compliance.workspace.access.visits import Visits
from tests.postgresql import on_both

ISSUER = "https://id.example"
BEGAN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = BEGAN

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class House:
    """A desk whose people sign in, and a second process on the same records."""

    def __init__(self, settings: Settings) -> None:
        self.clock = Clock()
        self.settings = replace(settings, sign_in=SignIn(idle_minutes=30, visit_hours=10))
        self.desk = self.another()

    def another(self) -> Workspace:
        return Workspace(self.settings, self.clock)

    def keep(self, name: str, *roles: Role, is_active: bool = True, subject: str = "") -> Account:
        """Somebody's account as it is from now on."""
        account = Account(
            id=f"a-{name}",
            name=name,
            email=f"{name}@example.com",
            roles=roles or (Role.ANALYST,),
            issuer=ISSUER,
            subject=subject or f"sub-{name}",
            is_active=is_active,
            at=self.clock(),
            by="local officer",
        )
        with self.desk._desk.act("account.keep", name) as act:
            act.store(tables.ACCOUNT, account, id=account.id)
        return account

    def signed_in(self, name: str, **claims: object) -> Identity:
        """What the provider says of somebody who signs in now."""
        said = {
            "iss": ISSUER,
            "sub": f"sub-{name}",
            "email": f"{name}@example.com",
            "email_verified": True,
            "iat": int(self.clock().timestamp()),
            "nonce": f"n-{name}",
            **claims,
        }
        return self.desk.access.visits.identity(said)

    def told(self, act: str) -> list[tuple[str, str, dict[str, object]]]:
        """The acts of one name in the trail, oldest first: by whom, on what, and its facts."""
        return [
            (entry.actor, entry.subject, dict(entry.facts))
            for entry in reversed(self.desk.entries(1000))
            if entry.act == act
        ]


@pytest.fixture
def house(settings: Settings) -> House:
    return House(settings)


@on_both
def test_the_first_check_begins_a_visit_and_later_ones_write_nothing(house: House) -> None:
    house.keep("ada", Role.OFFICER)
    ada = house.signed_in("ada")

    actors = {house.desk.access.visits.check(ada) for _ in range(3)}

    (actor,) = actors
    assert (actor.name, actor.roles, actor.account) == ("ada", {Role.OFFICER}, "a-ada")
    assert [(by, on) for by, on, _ in house.told("visit.begin")] == [("ada", "ada")]
    assert house.desk.verify_trail().problems == ()


@on_both
def test_a_cookie_is_worth_nothing_after_sign_out_on_any_process(house: House) -> None:
    house.keep("ada")
    ada, elsewhere = house.signed_in("ada"), house.another()
    house.desk.access.visits.check(ada)
    elsewhere.access.visits.check(ada)

    house.desk.access.visits.end(ada)

    with pytest.raises(VisitOverError, match="you signed out"):
        house.desk.access.visits.check(ada)
    house.clock.pass_(seconds=2)
    with pytest.raises(VisitOverError, match="you signed out"):
        elsewhere.access.visits.check(ada)
    with pytest.raises(VisitOverError, match="you signed out"):  # and one that starts later
        house.another().access.visits.check(ada)
    ((by, on, facts),) = house.told("visit.end")
    assert (by, on, facts["why"]) == ("ada", "ada", "signed out")


def working(house: House, *, clicks: int, minutes: int) -> tuple[Visits, Identity]:
    """Somebody who came, and clicked so often, with so many minutes in between."""
    house.keep("ada")
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    visits.check(ada)
    for _ in range(clicks):
        house.clock.pass_(minutes=minutes)
        visits.check(ada)
    return visits, ada


@on_both
def test_whoever_does_nothing_for_half_an_hour_is_out(house: House) -> None:
    visits, ada = working(house, clicks=4, minutes=29)
    house.clock.pass_(minutes=30)

    with pytest.raises(VisitOverError, match="30 minutes") as refused:
        visits.check(ada)

    assert refused.value.facts["why"] == Ended.IDLE
    ((by, on, facts),) = house.told("visit.end")
    assert (by, on, facts["why"]) == ("the desk", "ada", "idle too long")


def test_a_page_that_looks_by_itself_keeps_nobody_in(house: House) -> None:
    house.keep("ada")
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    visits.check(ada)
    for _ in range(29):
        house.clock.pass_(minutes=1)
        visits.check(ada, is_act=False)
    house.clock.pass_(minutes=1)

    with pytest.raises(VisitOverError, match="30 minutes"):
        visits.check(ada, is_act=False)


@on_both
def test_a_visit_ends_after_ten_hours_whatever_is_done(house: House) -> None:
    visits, ada = working(house, clicks=39, minutes=15)
    house.clock.pass_(minutes=15)

    with pytest.raises(VisitOverError, match="10 hours"):
        visits.check(ada)

    assert [facts["why"] for _, _, facts in house.told("visit.end")] == ["lasted too long"]


@on_both
def test_other_roles_count_from_the_next_click_on(house: House) -> None:
    house.keep("ada", Role.OFFICER)
    ada, elsewhere = house.signed_in("ada"), house.another()
    house.desk.access.visits.check(ada)
    elsewhere.access.visits.check(ada)

    house.keep("ada", Role.AUDITOR)

    assert house.desk.access.visits.check(ada).roles == {Role.AUDITOR}
    assert elsewhere.access.visits.check(ada).roles == {Role.OFFICER}  # seconds late
    house.clock.pass_(seconds=2)
    assert elsewhere.access.visits.check(ada).roles == {Role.AUDITOR}
    assert house.told("visit.end") == []


@on_both
@pytest.mark.parametrize(
    "changed", [{"is_active": False}, {"subject": "somebody else"}], ids=["removed", "given away"]
)
def test_whoever_has_no_account_any_more_is_out_at_once(
    house: House, changed: dict[str, object]
) -> None:
    house.keep("ada")
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    visits.check(ada)

    house.keep("ada", **changed)  # type: ignore[arg-type]

    with pytest.raises(VisitOverError):
        visits.check(ada)
    house.keep("ada")
    with pytest.raises(VisitOverError):  # an account that is given back opens no old visit
        visits.check(ada)
    assert [facts["why"] for _, _, facts in house.told("visit.end")] == ["the account was changed"]


def test_a_sign_in_that_nobody_used_grows_too_old(house: House) -> None:
    """A cookie lives for a month; one that was put away and never seen here is no way in."""
    house.keep("ada")
    ada = house.signed_in("ada")
    house.clock.pass_(minutes=30)

    with pytest.raises(SignInError, match="too long ago"):
        house.desk.access.visits.check(ada)

    assert house.told("visit.begin") == []


def test_a_sign_in_from_the_future_is_refused(house: House) -> None:
    house.keep("ada")
    ada = house.signed_in("ada", iat=int((BEGAN + timedelta(minutes=6)).timestamp()))

    with pytest.raises(SignInError, match="clocks"):
        house.desk.access.visits.check(ada)


@pytest.mark.parametrize(
    "claims", [{"iss": None}, {"sub": ""}, {"iat": "today"}, {"iat": 10**30}], ids=str
)
def test_claims_that_name_nobody_are_refused(house: House, claims: dict[str, object]) -> None:
    with pytest.raises(SignInError):
        house.signed_in("ada", **claims)


@pytest.mark.parametrize(
    ("name", "value"),
    [("iss", "x"), ("sub", "x"), ("iat", 1), ("nonce", "x"), ("exp", 1), ("sid", "x")],
)
def test_every_sign_in_is_another_visit(house: House, name: str, value: object) -> None:
    one, other = house.signed_in("ada"), house.signed_in("ada", **{name: value})

    assert one.token != other.token
    assert one.token == house.signed_in("ada").token


def test_signing_in_again_begins_anew_and_leaves_the_old_visit_over(house: House) -> None:
    house.keep("ada")
    first, visits = house.signed_in("ada", nonce="1"), house.desk.access.visits
    visits.check(first)
    visits.end(first)

    assert visits.check(house.signed_in("ada", nonce="2")).name == "ada"
    with pytest.raises(VisitOverError):
        visits.check(first)


@on_both
def test_a_stranger_is_turned_away_and_the_trail_does_not_say_who(house: House) -> None:
    stranger = house.signed_in("mallory")

    with pytest.raises(SignInError):
        house.desk.access.visits.check(stranger)

    ((by, on, _),) = house.told("visit.refuse")
    assert by == "the desk"
    assert len(on) == 16
    assert "mallory" not in house.desk.export_trail()


def test_whoever_knocks_again_and_again_does_not_fill_the_trail(house: House) -> None:
    visits = house.desk.access.visits
    for turn in range(400):
        with pytest.raises(SignInError):
            visits.check(house.signed_in(f"m{turn % 100}", nonce=str(turn)))

    assert len(house.told("visit.refuse")) == 60
    house.clock.pass_(hours=1)
    with pytest.raises(SignInError):
        visits.check(house.signed_in("m1"))
    assert house.told("visit.refuse")[-1][2]["untold"] == 340


@pytest.mark.in_a_file
def test_nothing_of_a_token_is_stored(house: House) -> None:
    house.keep("ada")
    nonce = "nonce-that-nobody-may-find"
    house.desk.access.visits.check(house.signed_in("ada", nonce=nonce, sid="sid-to-hide"))

    stored = b"".join(p.read_bytes() for p in house.settings.home.glob("records.sqlite*"))
    assert b"sub-ada" in stored  # the account's, so the search finds what is there
    assert nonce.encode() not in stored
    assert b"sid-to-hide" not in stored


@on_both
def test_who_was_seen_is_written_once_a_minute_and_survives_a_restart(house: House) -> None:
    house.keep("ada")
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    visits.check(ada)
    database = house.desk._desk.database
    before = database.changes
    for _ in range(240):
        house.clock.pass_(seconds=5)
        visits.check(ada)

    assert database.changes - before == 20
    house.clock.pass_(minutes=28)
    assert house.another().access.visits.check(ada).name == "ada"


@on_both
def test_whoever_never_comes_back_is_signed_out_by_somebody_elses_click(house: House) -> None:
    house.keep("ada")
    house.keep("bob")
    visits = house.desk.access.visits
    visits.check(house.signed_in("ada"))
    for _ in range(3):
        house.clock.pass_(minutes=11)
        visits.check(house.signed_in("bob", iat=int(BEGAN.timestamp()) + 660))

    assert [(by, on) for by, on, _ in house.told("visit.end")] == [("the desk", "ada")]


def test_a_visit_that_ended_elsewhere_is_not_seen_again(house: House) -> None:
    house.keep("ada")
    ada, elsewhere = house.signed_in("ada"), house.another()
    house.desk.access.visits.check(ada)
    house.clock.pass_(seconds=59)
    house.desk.access.visits.check(ada)
    elsewhere.access.visits.end(ada)
    house.clock.pass_(seconds=1)

    house.desk.access.visits.check(ada)  # not known here for two seconds; writes who was seen

    house.clock.pass_(seconds=2)
    with pytest.raises(VisitOverError, match="you signed out"):
        house.desk.access.visits.check(ada)


def test_what_somebody_does_is_told_under_their_name(house: House) -> None:
    house.keep("ada", Role.OFFICER)
    actor = house.desk.access.visits.check(house.signed_in("ada"))

    house.desk.acting(actor).set_organisation(Organisation(name="Shop"))

    assert [by for by, _, _ in house.told("organisation.describe")] == ["ada"]


@pytest.mark.parametrize(
    "happens",
    [
        lambda house, ada: house.desk.access.visits.end(ada),
        lambda house, ada: house.keep("ada", Role.OFFICER, is_active=False),
        lambda house, ada: house.keep("ada", Role.AUDITOR),
        lambda house, ada: house.clock.pass_(minutes=31),
    ],
    ids=["signed out", "removed", "another role", "idle"],
)
def test_what_a_page_still_holds_is_of_no_use_to_whoever_is_gone(
    house: House, happens: Callable[[House, Identity], object]
) -> None:
    """Such as the download behind a button, which is fetched without a run of the page."""
    house.keep("ada", Role.OFFICER)
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    theirs = house.desk.acting(visits.check(ada), partial(visits.confirm, ada))
    theirs.permit("rows.see")

    happens(house, ada)

    with pytest.raises(AccessError):
        theirs.permit("rows.see")


def test_work_that_began_in_time_is_stored_when_its_visit_is_over(house: House) -> None:
    house.keep("ada", Role.OFFICER)
    ada, visits = house.signed_in("ada"), house.desk.access.visits
    theirs = house.desk.acting(visits.check(ada), partial(visits.confirm, ada))
    house.clock.pass_(minutes=31)

    with theirs._desk.act("release.abort", "orders"):
        pass

    assert [by for by, _, _ in house.told("release.abort")] == ["ada"]
