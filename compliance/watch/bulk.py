"""Bulk exports, many refusals, and new actors who take something at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from compliance.i18n import mark
from compliance.watch.nouns import Alarm, AlarmKind, Known
from compliance.watch.reading import Days, Deed, alarm
from compliance.watch.thresholds import Taking, Thresholds, takings


def bulk_exports(days: Days, known: Known, limits: Thresholds) -> Iterator[Alarm]:
    """Days on which somebody took far more than ever before.

    An actor with days of taking enough is held against its own largest, others against the
    desk's; before there are habits, against a fixed ceiling. A day that raised an alarm does not
    become habit, unless an officer said that it was ordinary.
    """
    for what in takings():
        yield from _bulk(what, _taken(days, what.id), known, limits)


def _taken(days: Days, what: str) -> Sequence[tuple[date, str, int, Sequence[Deed]]]:
    """Per day and actor, in order: how much, and by which deeds."""
    found = []
    for actor, own in days.items():
        for day, done in own.items():
            took = [deed for deed in done if deed.taken.get(what)]
            if took:
                found.append((day, actor, sum(deed.taken[what] for deed in took), took))
    return sorted(found, key=lambda row: row[:2])


def _bulk(
    what: Taking,
    rows: Sequence[tuple[date, str, int, Sequence[Deed]]],
    known: Known,
    limits: Thresholds,
) -> Iterator[Alarm]:
    own: dict[str, list[tuple[date, int]]] = defaultdict(list)
    everybody: list[tuple[date, int]] = []
    for day, of_day in groupby(rows, key=lambda row: row[0]):
        ordinary = []
        for _, actor, amount, took in of_day:
            usual, whose = _usual(own[actor], everybody, day, limits)
            limit = what.ceiling if usual is None else max(what.floor, limits.bulk_factor * usual)
            if amount <= limit:
                ordinary.append((actor, amount))
                continue
            found = _bulk_alarm(what, amount, usual, whose, limit, took)
            if found.id in known.ordinary:
                ordinary.append((actor, amount))
            yield found
        for actor, amount in ordinary:
            own[actor].append((day, amount))
            everybody.append((day, amount))


def _usual(
    own: Sequence[tuple[date, int]],
    everybody: Sequence[tuple[date, int]],
    day: date,
    limits: Thresholds,
) -> tuple[float | None, str]:
    """The most that is usual in one day, and whose habit that is; None where there is no habit."""
    since = day - timedelta(days=limits.habit_days)
    mine = [amount for when, amount in own if when >= since]
    if len(mine) >= limits.bulk_days_own:
        return max(mine), mark("this actor took in one day before")
    all_ = [amount for when, amount in everybody if when >= since]
    if len(all_) < limits.bulk_days_own:
        return None, ""
    usual = float(np.quantile(all_, limits.bulk_quantile))
    return max(usual, *mine, 0), mark("is usual for anybody in one day")


def _bulk_alarm(
    what: Taking,
    amount: int,
    usual: float | None,
    whose: str,
    limit: float,
    took: Sequence[Deed],
) -> Alarm:
    acts = f"{len(took):,} act" + ("s" if len(took) > 1 else "")
    reasons = [
        mark("{amount:,} {says} in one day, by {acts}.").format(
            amount=amount, says=what.says, acts=acts
        )
    ]
    if usual is None:
        reasons.append(
            mark(
                "There is no habit yet to hold this against; {limit:,.0f} is a lot anywhere."
            ).format(limit=limit)
        )
    else:
        reasons.append(
            mark("That is {amount:,.1f} times the {usual:,.0f} that {whose}.").format(
                amount=amount / max(usual, 1), usual=usual, whose=whose
            )
        )
    on = sorted({deed.subject for deed in took})
    reasons.append(
        mark("Taken from: {on}{more}.").format(
            on=", ".join(on[:5]), more=" …" if len(on) > 5 else ""
        )
    )
    facts = {"what": what.id, "amount": amount, "usual": usual, "limit": limit}
    return alarm(AlarmKind.BULK_EXPORT, took, reasons, amount / limit, facts, what.id)


def many_refusals(days: Days, limits: Thresholds) -> Iterator[Alarm]:
    """Days on which the desk said no to somebody again and again."""
    for own in days.values():
        most = 0
        for done in own.values():
            refused = [deed for deed in done if deed.meaning.refused]
            limit = max(limits.refusals, limits.refusals_factor * most)
            if len(refused) < limit:
                most = max(most, len(refused))
                continue
            reasons = [
                mark(
                    "The desk refused {refused:,} times in one day; at most {most:,} before."
                ).format(refused=len(refused), most=most),
                mark("Asked of: {subjects}.").format(
                    subjects=", ".join(sorted({deed.subject for deed in refused}))
                ),
            ]
            facts = {"refusals": len(refused), "most_before": most}
            yield alarm(AlarmKind.REFUSALS, refused, reasons, len(refused) / limit, facts)


def new_actors(days: Days, limits: Thresholds) -> Iterator[Alarm]:
    """Actors who take rows or originals within days of their first act, in a desk that runs."""
    active = sorted({day for own in days.values() for day in own})
    for own in days.values():
        first = next(iter(own))
        before = [day for day in active if day < first]
        if len(before) < limits.desk_days_known:
            continue
        last = first + timedelta(days=limits.new_days)
        took = [d for day, done in own.items() if day < last for d in done if _takes_people(d)]
        if took:
            reasons = [
                mark(
                    "Acted for the first time on {first}; others worked here on {before:,} days."
                ).format(first=first, before=len(before)),
                mark("Took at once: {took}.").format(took=_amounts(took)),
            ]
            facts = {"first": first.isoformat(), "acts": len(took)}
            yield alarm(AlarmKind.NEW_ACTOR, took, reasons, 1 + len(took) / 4, facts)


def _takes_people(deed: Deed) -> bool:
    return bool(deed.taken.get("originals") or deed.taken.get("rows"))


def _amounts(took: Iterable[Deed]) -> str:
    total: dict[str, int] = defaultdict(int)
    for deed in took:
        for what, amount in deed.taken.items():
            total[what] += amount
    says: Mapping[str, str] = {what.id: what.says for what in takings()}
    return ", ".join(f"{amount:,} {says[what]}" for what, amount in total.items())
