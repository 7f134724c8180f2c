"""Averaging and differencing: questions that together tell what no single one may.

Noise that is drawn anew for one question averages out: of n answers with the same noise, its
spread falls to 1/√n. Two questions that differ by a condition tell about those whom it leaves out.

Source: Denning, Denning and Schwartz 1979, doi:10.1145/320064.320069; Dinur and Nissim 2003,
doi:10.1145/773153.773173.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from compliance.i18n import mark
from compliance.watch.nouns import Alarm, AlarmKind
from compliance.watch.reading import Condition, Deed, alarm
from compliance.watch.thresholds import Thresholds

_LIMITS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_ON_THE_PERSON, _LEAVES_OUT, _MOVED, _ONE_MORE = 3.0, 1.5, 0.5, 0.25


def averaging(done: Sequence[Deed], limits: Thresholds) -> Iterator[Alarm]:
    """Questions answered again and again, with fresh noise, on one version of the data."""
    told: set[tuple[int, ...]] = set()
    for question, story in _stories(done, timedelta(days=limits.repeat_days)):
        by_actor: dict[str, list[Deed]] = defaultdict(list)
        for deed in story:
            by_actor[deed.actor].append(deed)
        groups = [(own, limits.repeat_own) for own in by_actor.values()]
        if len(by_actor) > 1 and not any(_looks(own, limits) >= limit for own, limit in groups):
            groups = [(story, limits.repeat_all)]
        for group, limit in groups:
            numbers = tuple(deed.number for deed in group)
            if _looks(group, limits) >= limit and numbers not in told:
                told.add(numbers)
                yield _averaged(group, question, _looks(group, limits) / limit)


def _stories(done: Sequence[Deed], pause: timedelta) -> Iterator[tuple[str, list[Deed]]]:
    """Per question, its repetitions, told apart where a long pause lies between two."""
    asked: dict[str, list[Deed]] = defaultdict(list)
    for deed in done:
        for question in deed.questions:
            asked[question].append(deed)
    for question, all_ in asked.items():
        story: list[Deed] = []
        for deed in all_:
            if story and deed.at - story[-1].at > pause:
                yield question, story
                story = []
            story.append(deed)
        yield question, story


def _looks(group: Sequence[Deed], limits: Thresholds) -> float:
    return sum(limits.repeat_look if deed.meaning.looks else 1 for deed in group)


def _averaged(group: Sequence[Deed], question: str, excess: float) -> Alarm:
    answers = [deed for deed in group if not deed.meaning.looks]
    internal = len(group) - len(answers)
    epsilon = sum(deed.epsilon or 0 for deed in answers)
    reasons = [
        mark("The same question on {subject} was answered {answers:,} times.").format(
            subject=group[0].subject, answers=len(answers)
        )
    ]
    if left := _noise_left(answers):
        reasons.append(
            mark(
                "Averaged, the noise falls to {left:.0%} of that of the most exact single "
                "answer; ε adds up to {epsilon:.3g}."
            ).format(left=left, epsilon=epsilon)
        )
    if internal:
        reasons.append(
            mark("It was looked at internally {internal:,} times as well.").format(
                internal=internal
            )
        )
    facts = {
        "answers": len(answers),
        "looks": internal,
        "epsilon": round(epsilon, 6),
        "noise_left": None if left is None else round(left, 4),
    }
    return alarm(AlarmKind.AVERAGING, group, reasons, excess, facts, question)


def _noise_left(answers: Sequence[Deed]) -> float | None:
    """The spread of the best average, as a share of the smallest of the single ones, 0–1.

    Precision adds up: it goes with ρ for Gaussian and with ε² for Laplace noise.
    """
    precisions = [d.rho or (d.epsilon or 0) ** 2 / 2 for d in answers]
    total = sum(precisions)
    return math.sqrt(max(precisions) / total) if len(answers) > 1 and total else None


def differencing(done: Sequence[Deed], limits: Thresholds) -> Iterator[Alarm]:
    """Questions of one actor that differ by a condition, so that few people stand between them."""
    asked: dict[tuple[str, str], list[Deed]] = defaultdict(list)
    for deed in done:
        for shape in deed.shapes:
            asked[deed.actor, shape].append(deed)
    told: set[tuple[int, ...]] = set()
    for (_, shape), own in asked.items():
        for found in _differing(own, shape, limits):
            if found.entries not in told:
                told.add(found.entries)
                yield found


def _differing(own: Sequence[Deed], shape: str, limits: Thresholds) -> Iterator[Alarm]:
    """The stories of one actor's questions of one shape that have points enough."""
    window = timedelta(days=limits.differ_days)
    story: list[Deed] = []
    points, pairs = 0.0, 0
    for deed in own:
        if story and deed.at - story[-1].at > window:
            if points >= limits.differ_points:
                yield _differed(story, shape, points, pairs, limits)
            story, points, pairs = [], 0.0, 0
        others = [before.conditions for before in story]
        if deed.conditions in others:
            continue
        gained = max((_points(before, deed.conditions, deed.unit) for before in others), default=0)
        points, pairs = points + gained, pairs + (gained > 0)
        story.append(deed)
    if points >= limits.differ_points:
        yield _differed(story, shape, points, pairs, limits)


def _points(one: frozenset[Condition], other: frozenset[Condition], unit: str) -> float:
    """How much two sets of conditions look like the two sides of a difference."""
    more, less = one - other, other - one
    if len(more) + len(less) == 1:
        ((column, how, _),) = more | less
        if column == unit:
            return _ON_THE_PERSON
        return _LEAVES_OUT if how == "!=" else _ONE_MORE
    if len(more) == len(less) == 1:
        ((column, how, value),), ((column_, how_, value_),) = more, less
        if column != column_:
            return 0
        if column == unit or (value == value_ and _LIMITS.get(how) == how_):
            return _ON_THE_PERSON
        if value == value_ and {how, how_} == {"=", "!="}:
            return _LEAVES_OUT
        return _MOVED if how == how_ and how in _LIMITS else 0
    return 0


def _differed(
    story: Sequence[Deed], shape: str, points: float, pairs: int, limits: Thresholds
) -> Alarm:
    columns = sorted({column for deed in story for column, _, _ in deed.conditions})
    on = ", ".join(f"“{column}”" for column in columns)
    what = mark("{story:,} questions on {subject}").format(
        story=len(story), subject=story[0].subject
    )
    reasons = [
        mark("{what} ask the same of groups that differ by one condition, {pairs:,} times.").format(
            what=what, pairs=pairs
        ),
        mark(
            "The conditions are on {on}; the difference of two answers tells about those left out."
        ).format(on=on),
    ]
    if story[0].unit in columns:
        reasons.insert(
            0,
            mark("A condition is on “{unit}”, which tells one person from another.").format(
                unit=story[0].unit
            ),
        )
    facts = {"questions": len(story), "pairs": pairs, "columns": columns}
    excess = points / limits.differ_points
    return alarm(AlarmKind.DIFFERENCING, story, reasons, excess, facts, shape)
