"""Unusual columns: somebody reaches for what nobody, or only others, ever touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from compliance.i18n import mark
from compliance.watch.nouns import Alarm, AlarmKind, Known
from compliance.watch.reading import Deed, alarm
from compliance.watch.thresholds import Thresholds


@dataclass(slots=True)
class _Touched:
    """What was touched of one dataset until now, and how many columns it has."""

    acts: int = 0
    width: int | None = None
    by_anybody: set[str] = field(default_factory=set)
    by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def unusual_columns(done: Sequence[Deed], known: Known, limits: Thresholds) -> Iterator[Alarm]:
    """Days on which an actor's columns of a dataset are new, as soon as the dataset has a history.

    A delivery with more or fewer columns begins a new history, for some of them are new.
    """
    touched: dict[str, _Touched] = defaultdict(_Touched)
    for _, of_day in groupby(done, key=lambda deed: deed.day):
        named: dict[tuple[str, str], list[Deed]] = defaultdict(list)
        for deed in of_day:
            if deed.width is not None and deed.width != touched[deed.subject].width:
                touched[deed.subject].acts, touched[deed.subject].width = 0, deed.width
            if deed.columns:
                named[deed.subject, deed.actor].append(deed)
        for (subject, actor), deeds in named.items():
            so_far = touched[subject]
            if so_far.acts >= limits.columns_acts:
                personal = known.personal.get(subject, frozenset())
                found = _unusual(deeds, so_far, personal, limits)
                if found is not None:
                    yield found
                    if found.id not in known.ordinary:
                        continue  # what raised an alarm does not become habit
            so_far.acts += len(deeds)
            for deed in deeds:
                so_far.by_anybody.update(deed.columns)
                so_far.by[actor].update(deed.columns)


def _unusual(
    deeds: Sequence[Deed], so_far: _Touched, personal: frozenset[str], limits: Thresholds
) -> Alarm | None:
    asked = {column for deed in deeds for column in deed.columns}
    new = asked - so_far.by_anybody
    new_here = (asked & so_far.by_anybody & personal) - so_far.by[deeds[0].actor]
    points = len(new) + len(new & personal) + len(new_here)
    if points < limits.columns_points:
        return None
    telling = [deed for deed in deeds if (new | new_here).intersection(deed.columns)]
    reasons = [
        mark("Never touched by anybody in {acts:,} acts on {subject}: {new}.").format(
            acts=so_far.acts, subject=deeds[0].subject, new=_listed(new)
        )
    ]
    if new & personal:
        reasons.append(
            mark("Of these, identifying or sensitive: {new}.").format(new=_listed(new & personal))
        )
    if new_here:
        reasons.append(
            mark("Identifying or sensitive, and until now only of others: {new_here}.").format(
                new_here=_listed(new_here)
            )
        )
    facts = {"new": sorted(new), "new_to_actor": sorted(new_here), "acts_before": so_far.acts}
    return alarm(
        AlarmKind.UNUSUAL_COLUMNS,
        telling,
        reasons if new else reasons[1:],
        points / limits.columns_points,
        facts,
        deeds[0].subject,
    )


def _listed(columns: set[str]) -> str:
    return ", ".join(f"“{column}”" for column in sorted(columns))
