"""Some people drawn from the rows that count, and what each of them adds to an exact answer.

The desk keeps or drops a person's rows without looking at anybody else's, and adds whole numbers
up. So a person's own rows, added up, are what the whole answer would lack without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from compliance.privacy.aggregates import add_up
from compliance.privacy.bounding import Bounded
from compliance.privacy.calibration import Calibration, NoiseEvent
from compliance.privacy.nouns import Dropped, GaussianEvent, LaplaceEvent
from compliance.privacy.nouns.question import Query
from compliance.privacy.rows import Rows

MOST_TARGETS = 300
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What each target adds to one part: the numbers that are not 0.

    Attributes:
        statistic: whose part.
        event: the noise on that part.
        place: per number, in which of the places below.
        amount: per number, how much.
    """

    statistic: str
    event: NoiseEvent
    place: _Ints = field(repr=False)
    amount: _Ints = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The people who are attacked. A place is one of them in one group.

    Attributes:
        people: how many.
        person: per place, whose.
        units: per place, how many people count in the group, them included.
        added: what they add, part by part.
    """

    people: int
    person: _Ints = field(repr=False)
    units: _Ints = field(repr=False)
    added: tuple[Added, ...]


def choose_targets(
    table: Rows,
    query: Query,
    bounded: Bounded,
    calibration: Calibration,
    chance: np.random.Generator,
) -> Targets:
    """Some hundred people, and what they add to each sum and count."""
    codes = table.codes(query.unit).codes[bounded.rows]
    chosen = chance.permutation(np.unique(codes))[:MOST_TARGETS]
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], chosen, side="left")
    ends = np.searchsorted(codes[order], chosen, side="right")
    own = [
        _own(table, query, bounded, order[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]
    groups = [found for found, _ in own]
    added = []
    for part, event in calibration.parts:
        if isinstance(event, GaussianEvent | LaplaceEvent):
            # One row per place: of a histogram several numbers, else one.
            rows = [parts[part.name].reshape(len(found), -1) for found, parts in own]
            place, _ = np.nonzero(numbers := np.concatenate(rows or [np.zeros((0, 1), np.int64)]))
            added.append(
                Added(
                    statistic=part.statistic.name,
                    event=event,
                    place=place,
                    amount=numbers[numbers != 0],
                )
            )
    return Targets(
        people=len(own),
        person=np.repeat(np.arange(len(own)), [len(found) for found in groups]),
        units=bounded.units[np.concatenate([*groups, np.zeros(0, dtype=np.int64)])],
        added=tuple(part for part in added if len(part.amount)),
    )


def _own(
    table: Rows, query: Query, bounded: Bounded, places: _Ints
) -> tuple[_Ints, dict[str, _Ints]]:
    """The groups in which one person counts, and the exact parts of their own rows there."""
    groups, numbered = np.unique(bounded.groups[places], return_inverse=True)
    own = Bounded(
        rows=bounded.rows[places],
        groups=numbered,
        keys=tuple(bounded.keys[group] for group in groups),
        units=np.ones(len(groups), dtype=np.int64),
        dropped=Dropped(rows=0, units=0, rows_without_unit=0),
    )
    return groups, add_up(table, query, own).parts
