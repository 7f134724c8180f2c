"""Attacks carried out on real rows: what publishing exact numbers gives away, and what noise does.

    everybody else's rows ──┐
                            ├─ subtract ─▶ what one person added ─▶ their value; in or out?
    the published numbers ──┘

The attacker knows all but one person, which is the most that differential privacy is promised
against. Only how often the attack comes true leaves here: no value, no name, no noisy answer.
Choices (quantiles, rankings) are not attacked, for they hold no sum to subtract from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.errors import NothingToAttackError
from compliance.privacy.aggregates import add_up
from compliance.privacy.bounding import Bounded
from compliance.privacy.calibration import Calibration, NoiseEvent
from compliance.privacy.nouns import Budget, Dropped, GaussianEvent, LaplaceEvent
from compliance.privacy.nouns.question import Query
from compliance.privacy.risk import detection, success
from compliance.privacy.rows import Rows
from compliance.privacy.shares import Rate

MOST_TARGETS = 300
_MOST_DRAWS = 200_000  # numbers drawn in all, which takes a few seconds
_MOST_TRIES = 100  # per target
_NEAR = 0.05
_FALSE_ALARM = 0.01
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class Noise(Protocol):
    """Where noise comes from; `compliance.privacy.mechanisms` outside tests."""

    def add_noise(self, values: _Ints, event: NoiseEvent) -> _Ints: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One question that the attacker answers, and how often rightly.

    Attributes:
        name: which.
        before: when the exact numbers are published.
        after: when noise is added as asked.
        at_most: what the guarantee allows after; None where it says nothing.
    """

    name: str
    before: Rate
    after: Rate
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Attacks tried on one question. Internal: they were made on exact numbers.

    Attributes:
        id: names it.
        dataset_id: the version that was attacked.
        query: the question.
        asked: the (ε, δ) of the noise.
        targets: how many people were attacked.
        attacks: what came of it.
        tried_at: when, UTC.
        actor: who.
    """

    id: str
    dataset_id: str
    query: Query
    asked: Budget
    targets: int
    attacks: tuple[Attack, ...]
    tried_at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Added:
    """What each target adds to one part: the numbers that are not 0.

    Attributes:
        event: the noise on that part.
        target: per number, whose.
        amount: per number, how much.
    """

    event: NoiseEvent
    target: _Ints = field(repr=False)
    amount: _Ints = field(repr=False)


def attack(
    table: Rows,
    query: Query,
    bounded: Bounded,
    calibration: Calibration,
    asked: Budget,
    noise: Noise,
    seed: int,
) -> tuple[int, tuple[Attack, ...]]:
    """Attack some hundred people; how many, and how often each attack comes true.

    Noise is drawn, on zeros: the answers of the attacked release are the exact ones plus these
    draws, and the attacker takes the exact ones of all others away. Nothing is published.

    Args:
        seed: chooses the targets.

    Raises:
        NothingToAttackError: no sum or count is asked for, or nobody counts.
    """
    added = _added(table, query, bounded, calibration, seed)
    targets = int(max((part.target.max(initial=-1) for part in added), default=-1)) + 1
    if not targets:
        raise NothingToAttackError
    numbers = sum(len(part.amount) for part in added)
    tries = int(np.clip(_MOST_DRAWS // (2 * numbers), 1, _MOST_TRIES))
    return targets, (
        *_differencing(added[0], noise, tries),
        *_membership(added, targets, asked, noise, tries),
    )


def _added(
    table: Rows, query: Query, bounded: Bounded, calibration: Calibration, seed: int
) -> list[_Added]:
    """What some hundred people add to each sum and count, of those who add to the first."""
    codes = table.codes(query.unit).codes[bounded.rows]
    people = np.unique(codes)
    chosen = np.random.default_rng(seed).permutation(people)[:MOST_TARGETS]
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], chosen, side="left")
    ends = np.searchsorted(codes[order], chosen, side="right")
    parts = [
        _parts(table, query, bounded, order[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]
    found = []
    for part, event in calibration.parts:
        if isinstance(event, GaussianEvent | LaplaceEvent):
            each = [numbers[part.name].ravel() for numbers in parts]
            nonzero = [numbers[numbers != 0] for numbers in each]
            target = np.repeat(np.arange(len(each)), [len(numbers) for numbers in nonzero])
            amount = np.concatenate([*nonzero, np.zeros(0, dtype=np.int64)])
            found.append(_Added(event=event, target=target, amount=amount))
    return [part for part in found if len(part.amount)]


def _parts(table: Rows, query: Query, bounded: Bounded, places: _Ints) -> dict[str, _Ints]:
    """The exact parts of one person's own rows."""
    groups = bounded.groups[places]
    size = len(bounded.keys)
    own = Bounded(
        rows=bounded.rows[places],
        groups=groups,
        keys=bounded.keys,
        units=np.bincount(np.unique(groups), minlength=size),
        dropped=Dropped(rows=0, units=0, rows_without_unit=0),
    )
    return add_up(table, query, own).parts


def _differencing(part: _Added, noise: Noise, tries: int) -> tuple[Attack, Attack]:
    """Whether the attacker reads off what a person added to one number."""
    drawn = _drawn(part, noise, tries)
    exactly = Rate(hits=int((drawn == 0).sum()), tries=drawn.size)
    near = np.abs(drawn) <= _NEAR * np.abs(part.amount)
    everybody = Rate(hits=len(part.amount), tries=len(part.amount))
    return (
        Attack(name="reads a person's number exactly", before=everybody, after=exactly),
        Attack(
            name="reads it within 5 %",
            before=everybody,
            after=Rate(hits=int(near.sum()), tries=drawn.size),
        ),
    )


def _membership(
    added: Sequence[_Added], targets: int, asked: Budget, noise: Noise, tries: int
) -> tuple[Attack, Attack]:
    """Whether the attacker tells who is in the table, by the likelihood ratio."""
    inside, outside = (
        sum(_evidence(p, targets, noise, tries, present=is_in) for p in added)
        for is_in in (True, False)
    )
    inside, outside = np.asarray(inside).ravel(), np.asarray(outside).ravel()
    right = int((inside > 0).sum() + (outside <= 0).sum())
    threshold = np.sort(outside)[-max(int(_FALSE_ALARM * len(outside)), 1)]
    caught = int((inside > threshold).sum())
    touched = len(np.unique(np.concatenate([part.target for part in added])))
    both = Rate(hits=targets + touched, tries=2 * targets)
    return (
        Attack(
            name="tells whether a person is in the table",
            before=both,
            after=Rate(hits=right, tries=2 * len(inside)),
            at_most=success(asked),
        ),
        Attack(
            name="finds a person, with 1 % false alarms",
            before=Rate(hits=touched, tries=targets),
            after=Rate(hits=caught, tries=len(inside)),
            at_most=detection(_FALSE_ALARM, asked),
        ),
    )


def _evidence(part: _Added, targets: int, noise: Noise, tries: int, *, present: bool) -> _Floats:
    """Per target and try, how much likelier the answer is if the person is in: ln of the ratio."""
    drawn, scale = _drawn(part, noise, tries), part.event.scale
    seen = drawn + part.amount if present else drawn
    if isinstance(part.event, GaussianEvent):
        each = (2 * seen - part.amount) * part.amount / (2 * scale**2)
    else:
        each = (np.abs(seen) - np.abs(seen - part.amount)) / scale
    total = np.zeros((targets, tries))
    np.add.at(total, part.target, each.T)
    return total


def _drawn(part: _Added, noise: Noise, tries: int) -> _Floats:
    """Per try, noise for each number; one row per try."""
    zeros = np.zeros(tries * len(part.amount), dtype=np.int64)
    return noise.add_noise(zeros, part.event).reshape(tries, -1).astype(np.float64)
