"""Trails made by hand, for the watch over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from compliance.trail.nouns import Entry

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday
Said = tuple[datetime, str, str, str, dict[str, object]]
"""When, who, which act, on what, facts."""


def trail(*said: Said) -> tuple[Entry, ...]:
    """The entries of these acts, numbered in the order of time."""
    return tuple(
        Entry(
            number=number,
            at=at,
            actor=actor,
            act=act,
            subject=subject,
            facts=facts,
            previous="0" * 64,
            hash="0" * 64,
        )
        for number, (at, actor, act, subject, facts) in enumerate(
            sorted(said, key=lambda one: one[0]), start=1
        )
    )


def moment(day: int, hour: float = 10) -> datetime:
    """An hour of a day, counted from a Monday."""
    return BEGIN + timedelta(days=day, hours=hour)


def working_days(count: int) -> Iterator[int]:
    """The first so many days that are no weekend."""
    return (7 * (n // 5) + n % 5 for n in range(count))


def habit(actor: str, days: Iterable[int], act: str = "dataset.discover") -> list[Said]:
    """Four acts from nine to five on each of these days."""
    return [
        (moment(day, hour), actor, act, "orders", {}) for day in days for hour in (9, 11, 14, 16.5)
    ]


def asked(
    at: datetime,
    actor: str = "Ada",
    *,
    question: str = "q",
    shape: str = "s",
    where: tuple[tuple[str, str, str], ...] = (),
    columns: tuple[str, ...] = ("customer", "country"),
    rho: float = 0.02,
    act: str = "release.publish",
) -> Said:
    """An answer to a question on orders."""
    facts: dict[str, object] = {
        "epsilon": "0.5",
        "rho": repr(rho),
        "unit": "customer",
        "columns": list(columns),
        "questions": [question],
        "shapes": [shape],
        "conditions": [{"column": c, "is": how, "value": v} for c, how, v in where],
    }
    return at, actor, act, "orders", facts
