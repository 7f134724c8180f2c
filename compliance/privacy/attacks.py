"""Attacks carried out on real rows: what publishing exact numbers gives away, and what noise does.

    everybody else's rows ──┐
                            ├─ subtract ─▶ what one person added ─▶ their value; in or out?
    the published numbers ──┘

The attacker knows all but one person, which is the most that differential privacy is promised
against, and is told every part of a statistic: of a mean its sum and its count, which is more than
is published. Only how often the attack comes true leaves here: no value, no name, no noisy answer.
Choices (quantiles, rankings) are not attacked, for they hold no sum to subtract from.

Sources: Denning 1980, doi:10.1145/320613.320616 (subtracting); Homer et al. 2008,
doi:10.1371/journal.pgen.1000167 (who is in an aggregate); Carlini et al. 2022, arXiv:2112.03570
(likelihood ratios, judged at a low false alarm).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from compliance.errors import NothingToAttackError
from compliance.privacy.bounding import Bounded
from compliance.privacy.calibration import Calibration, NoiseEvent
from compliance.privacy.distributions import log_ratio, upper_tail
from compliance.privacy.nouns import Budget, ThresholdEvent
from compliance.privacy.nouns.question import Query
from compliance.privacy.risk import detection, largest_auc, success
from compliance.privacy.rows import Rows
from compliance.privacy.shares import Rate
from compliance.privacy.targets import Added, Targets, choose_targets

_MOST_DRAWS = 60_000  # numbers drawn in all, which takes about a second
_MOST_TRIES = 100  # per target
_NEAR = 0.05
_FALSE_ALARMS = (0.01, 0.05)
_LEAST = 1e-300  # stands for a probability of 0 in a logarithm
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]
_Truths = npt.NDArray[np.bool_]


class Noise(Protocol):
    """Where noise comes from; `compliance.privacy.mechanisms` outside tests."""

    def add_noise(self, values: _Ints, event: NoiseEvent) -> _Ints: ...
    def surviving_groups(
        self, units: _Ints, event: NoiseEvent, threshold: ThresholdEvent, groups_per_unit: int
    ) -> list[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One question that the attacker answers, and how often rightly.

    Attributes:
        name: which.
        before: when the exact numbers are published.
        after: when noise is added as asked.
        at_most: what the guarantee allows after; None where it says nothing.
        statistic: on which statistic; empty where on all of them together.
        guess: by naming what is commonest without looking at any answer; None where that cannot
            be done.
        false_alarm: how often the test named somebody who was not there; None where it has none.
    """

    name: str
    before: Rate
    after: Rate
    at_most: float | None = None
    statistic: str = ""
    guess: Rate | None = None
    false_alarm: Rate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How likely somebody who is in the table looks more so than somebody who is not.

    The area under the curve of people found against false alarms: 0.5 is guessing, 1 certainty.

    Attributes:
        before: when the exact numbers are published.
        after: when noise is added as asked.
        at_most: what the guarantee allows after.
    """

    before: float
    after: float
    at_most: float


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
        ranking: how well people in the table stood out; None in trials of earlier versions.
        seed: what chose the people.
    """

    id: str
    dataset_id: str
    query: Query
    asked: Budget
    targets: int
    attacks: tuple[Attack, ...]
    tried_at: datetime
    actor: str
    ranking: Ranking | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of all attacks: how many people were attacked, and how often each came true."""

    targets: int
    attacks: tuple[Attack, ...]
    ranking: Ranking


class _Silence:
    """Exact numbers, published as they are."""

    def add_noise(self, values: _Ints, _: NoiseEvent) -> _Ints:
        return values

    def surviving_groups(self, units: _Ints, *_: object) -> list[int]:
        return [int(group) for group in np.flatnonzero(units)]


def attack(
    table: Rows,
    query: Query,
    bounded: Bounded,
    calibration: Calibration,
    asked: Budget,
    noise: Noise,
    seed: int,
) -> Outcome:
    """Attack some hundred people, and tell how often each attack comes true.

    Noise is drawn, on zeros: the answers of the attacked release are the exact ones plus these
    draws, and the attacker takes the exact ones of all others away. Which groups appear at all is
    drawn on their true sizes. Nothing is published.

    Args:
        seed: chooses the targets, and breaks ties.

    Raises:
        NothingToAttackError: no sum or count is asked for, or nobody counts.
    """
    chance = np.random.default_rng(seed)  # no noise comes from here
    targets = choose_targets(table, query, bounded, calibration, chance)
    if not targets.added:
        raise NothingToAttackError
    numbers = sum(len(part.amount) for part in targets.added)
    numbers += len(targets.person) if calibration.keys else 0
    tries = 2 * int(np.clip(_MOST_DRAWS // (4 * numbers), 1, _MOST_TRIES // 2))
    plain = replace(calibration, keys=None)  # exact numbers are published of every group
    exact = _Answer(targets, plain, query.groups_per_unit, _Silence(), 2)
    noisy = _Answer(targets, calibration, query.groups_per_unit, noise, tries)
    membership, ranking = _membership(exact, noisy, asked, chance)
    return Outcome(
        targets=targets.people,
        attacks=(*_differencing(exact, noisy), *membership),
        ranking=ranking,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the attacker sees of a release of the targets' groups, so many times over."""

    targets: Targets
    calibration: Calibration
    groups_per_unit: int
    noise: Noise
    tries: int

    def drawn(self, part: Added) -> _Ints:
        """Per try, noise for each number; one row per try."""
        zeros = np.zeros(self.tries * len(part.amount), dtype=np.int64)
        return self.noise.add_noise(zeros, part.event).reshape(self.tries, -1)

    def shown(self, units: _Ints) -> _Truths:
        """Per try and place, whether a group of so many people appears; one row per try."""
        if self.calibration.keys is None:
            return np.ones((self.tries, len(units)), dtype=np.bool_)
        shown = np.zeros(self.tries * len(units), dtype=np.bool_)
        all_units = np.tile(units, self.tries)
        keys = self.calibration.keys
        shown[self.noise.surviving_groups(all_units, *keys, self.groups_per_unit)] = True
        return shown.reshape(self.tries, -1)


def _differencing(exact: _Answer, noisy: _Answer) -> Iterator[Attack]:
    """Whether the attacker reads off what a person added, statistic by statistic."""
    seen: set[str] = set()
    for part in exact.targets.added:
        if part.statistic in seen:  # of a mean, the sum is enough
            continue
        seen.add(part.statistic)
        before, after = _read_off(exact, part), _read_off(noisy, part)
        guesses = _guessed(part.amount)
        names = ("reads a person's number exactly", "reads it within 5 %")
        for name, one, other, guess in zip(names, before, after, guesses, strict=True):
            yield Attack(name=name, statistic=part.statistic, before=one, after=other, guess=guess)


def _read_off(answer: _Answer, part: Added) -> tuple[Rate, Rate]:
    """How often published − others is the number to the last digit, and within 5 %."""
    off = np.abs(answer.drawn(part))
    shown = answer.shown(answer.targets.units)[:, part.place]
    exactly, near = (off == 0) & shown, (off <= _NEAR * np.abs(part.amount)) & shown
    return tuple(Rate(hits=int(hit.sum()), tries=hit.size) for hit in (exactly, near))  # type: ignore[return-value]


def _guessed(amounts: _Ints) -> tuple[Rate, Rate]:
    """The same by naming the number that fits most people, without any release."""
    guesses, counts = np.unique(amounts, return_counts=True)
    off = np.abs(guesses[:, None] - guesses[None, :]) <= _NEAR * np.abs(guesses)[None, :]
    near = off @ counts
    return (
        Rate(hits=int(counts.max()), tries=len(amounts)),
        Rate(hits=int(near.max()), tries=len(amounts)),
    )


def _membership(
    exact: _Answer, noisy: _Answer, asked: Budget, chance: np.random.Generator
) -> tuple[tuple[Attack, ...], Ranking]:
    """Whether the attacker tells who is in the table, by the likelihood ratio."""
    before, after = (
        (_evidence(a, present=True), _evidence(a, present=False)) for a in (exact, noisy)
    )
    right = [
        Rate(hits=int((inside > 0).sum() + (outside <= 0).sum()), tries=2 * inside.size)
        for inside, outside in (before, after)
    ]
    told = Attack(
        name="tells whether a person is in the table",
        before=right[0],
        after=right[1],
        at_most=success(asked),
    )
    finds = []
    for alarm in _FALSE_ALARMS:
        (found, _), (caught, wrong) = (_found(*seen, alarm, chance) for seen in (before, after))
        finds.append(
            Attack(
                name=f"finds a person, with {alarm:.0%} false alarms".replace("%", " %"),
                before=found,
                after=caught,
                at_most=detection(alarm, asked),
                false_alarm=wrong,
            )
        )
    ranking = Ranking(before=_auc(*before), after=_auc(*after), at_most=largest_auc(asked))
    return (told, *finds), ranking


def _evidence(answer: _Answer, *, present: bool) -> _Floats:
    """Per try and target, how much likelier the answer is if the person is in: ln of the ratio."""
    targets = answer.targets
    evidence = np.zeros((len(targets.person), answer.tries))
    for part in targets.added:
        drawn = answer.drawn(part)
        seen = drawn + part.amount if present else drawn
        told = log_ratio(part.event, seen, part.amount, np.zeros_like(part.amount))
        np.add.at(evidence, part.place, told.T)
    if answer.calibration.keys is not None:
        shown = answer.shown(targets.units - (not present)).T
        if_shown, if_not = _evidence_of_groups(targets.units, *answer.calibration.keys)
        evidence = np.where(shown, evidence + if_shown[:, None], if_not[:, None])
    total = np.zeros((targets.people, answer.tries))
    np.add.at(total, targets.person, evidence)
    return total.T


def _evidence_of_groups(
    units: _Ints, event: NoiseEvent, threshold: ThresholdEvent
) -> tuple[_Floats, _Floats]:
    """What it says for a person in a group of so many that the group appears, and that not."""
    sizes, place = np.unique(np.concatenate([units, units - 1]), return_inverse=True)
    needed = [threshold.threshold - int(size) for size in sizes]
    appears = np.array([upper_tail(event, least) for least in needed])
    stays_away = np.array([upper_tail(event, 1 - least) for least in needed])
    appears[sizes == 0], stays_away[sizes == 0] = 0, 1  # a group of nobody is not there at all
    with_person, without = np.split(place, 2)
    logs = [np.log(np.maximum(chance, _LEAST)) for chance in (appears, stays_away)]
    return logs[0][with_person] - logs[0][without], logs[1][with_person] - logs[1][without]


def _found(
    inside: _Floats, outside: _Floats, alarm: float, chance: np.random.Generator
) -> tuple[Rate, Rate]:
    """People found and wrongly named, by a test set to `alarm` on half the tries.

    The other half counts, so that what is counted has not chosen the test. Ties are broken by lot.
    """
    half = len(outside) // 2
    lots = [chance.random(scores.shape) for scores in (inside, outside)]
    order = np.lexsort((lots[1][:half].ravel(), outside[:half].ravel()))
    place = order[len(order) - 1 - int(alarm * len(order))]
    limit, lot = outside[:half].ravel()[place], lots[1][:half].ravel()[place]
    rates = []
    for scores, own in zip((inside, outside), lots, strict=True):
        named = (scores[half:] > limit) | ((scores[half:] == limit) & (own[half:] > lot))
        rates.append(Rate(hits=int(named.sum()), tries=named.size))
    return rates[0], rates[1]


def _auc(inside: _Floats, outside: _Floats) -> float:
    """How often a score of somebody who is in exceeds one of somebody who is not; ties half."""
    ordered = np.sort(outside, axis=None)
    under = np.searchsorted(ordered, inside.ravel(), "left")
    up_to = np.searchsorted(ordered, inside.ravel(), "right")
    return float((under + up_to).mean() / 2 / len(ordered))
