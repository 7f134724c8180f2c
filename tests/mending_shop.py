"""A small invented shop with much to mend, and a clock that tests can move."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.rules.nouns import Finding
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.kept import copied

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
SAID = Description(
    data_subjects="customers",
    purpose="Keep accounts",
    legal_basis=None,
    region="DE",
    retention_months=24,
    source="web shop",
    population="customers",
    unit=ColumnName("customer_id"),
)
CANARY = "canary-person@shop.example"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = START
    moved: list[timedelta] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


def accounts() -> bytes:
    """400 people: who they are, where they live, since when, their faith, whether they agreed."""
    lines = ["customer_id,email,birth_date,city,registered_at,religion,marketing_consent,note"]
    for person in range(400):
        born = date(1950 + person % 50, 1 + person % 12, 1 + person % 28)
        since = START.date() - timedelta(days=person * 4)
        note = CANARY if person == 7 else f"parcel {person % 5}"
        faith = ("catholic", "muslim", "buddhist", "protestant")[person % 4]
        agreed = "true" if person % 3 else "false"
        city = ("Berlin", "Lyon", "Porto", "Gent")[person % 4]
        lines.append(
            f"C{person:05d},p{person}@shop.example,{born},{city},{since},{faith},{agreed},{note}"
        )
    return "\n".join(lines).encode()


def open_shop(home: Path, clock: Clock | None = None) -> Workspace:
    """The shop's desk: one dataset, looked at, its duties checked."""
    clock = clock or Clock()
    copied(home, _fill, clock.at)
    return Workspace(Settings.from_environment({}, home=home), clock)


def _fill(home: Path, at: datetime) -> None:
    desk = Workspace(Settings.from_environment({}, home=home), Clock(at))
    desk.add_files([RawFile(name="accounts.csv", data=accounts())], "accounts", SAID)
    desk.discover("accounts")
    desk.assess()


def finding_of(desk: Workspace, rule: str) -> Finding:
    """The first finding of one rule."""
    return next(f for f in desk.governance.mending.findings() if f.rule == rule)
