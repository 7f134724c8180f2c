"""A desk with people whose consents and wishes are recorded; everything invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Dataset, Description, LegalBasis
from compliance.rights.nouns import Barrier, Identifier, IdentifierKind, Usable
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.consenting import barriers
from compliance.workspace.desk import Desk
from compliance.workspace.usage import usable
from tests.kept import copied

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PEOPLE = 30
ROWS = 3 * PEOPLE + 1  # of visits


class Clock:
    """A clock that is set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def email_of(person: int) -> str:
    return f"p{person}@shop.example"


def accounts(people: int = PEOPLE) -> bytes:
    """One row per person: a number, an address, a country."""
    rows = [f"C{n:03d},{email_of(n)},{('DE', 'FR')[n % 2]}" for n in range(people)]
    return "\n".join(["customer,email,country", *rows]).encode()


def visits(people: int = PEOPLE, each: int = 3) -> bytes:
    """Several rows per person, with the number only; one row of nobody."""
    rows = [
        f"V{n}-{k},C{n:03d},{('DE', 'FR')[n % 2]},{10 + n + k},{'yes' if (n + k) % 2 else 'no'}"
        for n in range(people)
        for k in range(each)
    ]
    return "\n".join(["visit,customer,country,seconds,bought", *rows, "V-,,DE,5,no"]).encode()


def described(basis: LegalBasis, purpose: str) -> Description:
    return Description(
        purpose=purpose,
        legal_basis=basis,
        population="people",
        unit=ColumnName("customer"),
        region="DE",
    )


def workspace(home: Path, clock: Clock | None = None, *, consent: bool = False) -> Workspace:
    """Accounts and visits of the same people; with `consent` it is the basis of the visits."""
    clock = clock or Clock()
    copied(home, _fill, clock.at, consent)
    return Workspace(Settings.from_environment({}, home=home), clock)


def _fill(home: Path, at: datetime, consent: bool) -> None:
    made = Workspace(Settings.from_environment({}, home=home), Clock(at))
    made.add_files(
        [RawFile(name="accounts.csv", data=accounts())],
        "accounts",
        described(LegalBasis.CONTRACT, "accounts"),
    )
    made.discover("accounts")
    basis = LegalBasis.CONSENT if consent else LegalBasis.CONTRACT
    made.add_files(
        [RawFile(name="visits.csv", data=visits())], "visits", described(basis, "visits")
    )


def by_email(person: int) -> Identifier:
    return Identifier(kind=IdentifierKind.EMAIL, value=email_of(person))


def by_number(person: int) -> Identifier:
    return Identifier(kind=IdentifierKind.PERSON_KEY, value=f"C{person:03d}")


def wish(
    desk: Desk,
    identifiers: Sequence[Identifier],
    barrier: Barrier = Barrier.RESTRICTED,
    purposes: Sequence[str] = (),
    request: str = "R-1",
) -> None:
    with desk.act("request.carry_out", request) as act:
        people = barriers.people_of(desk, act.connection, identifiers)
        barriers.bar(act, request, people, barrier, purposes)


def looked_at(
    desk: Desk, name: str, purpose: str = "", *, is_handed_on: bool = False
) -> tuple[Dataset, Usable]:
    from compliance.workspace.data import datasets

    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        return usable.usable(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
