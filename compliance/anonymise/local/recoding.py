"""The verb: try the ways there are, and keep the one that loses least."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from compliance.anonymise.local.cheapest_first import place_cheapest_first
from compliance.anonymise.local.guarding import Guard
from compliance.anonymise.local.joining import join
from compliance.anonymise.local.mondrian import split
from compliance.anonymise.local.nouns import Places, Progress, Records
from compliance.anonymise.local.records import distinct, records_of
from compliance.anonymise.local.writing import classes_of, write
from compliance.anonymise.nouns.problem import Codes32, Ints, Problem, Recoding
from compliance.errors import NoRecodingError

_MOST_JOINED = 4_000  # records without a class, above which another way is taken


def recode_locally(problem: Problem) -> Generator[Progress, None, Recoding]:
    """Each cell as coarse as its class needs; says how far it is, returns the recoding.

    Every class of what the rows show meets every criterion, and no more than
    floor(limit × rows) rows are suppressed. The same problem always gives the same recoding.

    Assumed: leaves of a population have the same codes as those of the table.

    Raises:
        NoRecodingError: even the coarsest names that may be used do not meet the criteria.

    What an attacker learns beside: a row that shows a coarse name had too few others to show a
    finer one with. Its class still holds at least k rows that all look like it.
    """
    records = records_of(problem)
    guard = Guard(problem, records)
    allowed = problem.spare
    below = yield from _from_below(records, guard, allowed)
    above = yield from _from_above(records, guard, allowed)
    found = _cheaper(records, below, above)
    if found is None:
        raise NoRecodingError(allowed=allowed, rows=problem.rows)
    return write(records, found)


def _from_below(
    records: Records, guard: Guard, allowed: int
) -> Generator[Progress, None, Places | None]:
    """Cheapest nodes first, then the rest from the top."""
    places = _unplaced(records)
    yield from place_cheapest_first(records, guard, places)
    yield from _refined(records, guard, places)
    return (yield from _completed(records, guard, places, allowed))


def _from_above(
    records: Records, guard: Guard, allowed: int
) -> Generator[Progress, None, Places | None]:
    """All rows from the top."""
    places = _unplaced(records)
    yield from _refined(records, guard, places)
    return (yield from _completed(records, guard, places, allowed))


def _unplaced(records: Records) -> Places:
    highest = np.array([ladder.highest for ladder in records.ladders], dtype=np.int8)
    return Places(
        levels=np.tile(highest, (records.size, 1)), placed=np.zeros(records.size, dtype=bool)
    )


def _refined(records: Records, guard: Guard, places: Places) -> Generator[Progress, None, None]:
    """Split what there is as far as it goes; rows without a place start together at the top.

    A class that stands for people of a population is not split: whom its parts would stand for
    is another question than which rows are in them.
    """
    _start_at_the_top(records, guard, places)
    chosen = np.flatnonzero(places.placed)
    if len(chosen) and not records.people.any():
        of, _ = classes_of(records, places, chosen)
        yield from split(records, guard, places, chosen, of)


def _start_at_the_top(records: Records, guard: Guard, places: Places) -> None:
    """Place the rest together at the highest levels, where it meets the criteria so."""
    rest = np.flatnonzero(~places.placed)
    if not len(rest):
        return
    highest = [ladder.highest for ladder in records.ladders]
    first, of, _ = distinct(*_shown_at(records, rest, highest))
    places.placed[rest] = guard.holds(rest, of, len(first))[of] & (records.counts[rest] > 0)


def _completed(
    records: Records, guard: Guard, places: Places, allowed: int
) -> Generator[Progress, None, Places | None]:
    """The rest joined or suppressed; None where too much is left, or a class fails after all."""
    waiting = ~places.placed & (records.counts > 0)
    if waiting.sum() > _MOST_JOINED and records.counts[waiting].sum() > allowed:
        return None
    too_many = yield from join(records, guard, places, allowed)
    if too_many or not _is_sound(records, guard, places):
        return None
    return places


def _is_sound(records: Records, guard: Guard, places: Places) -> bool:
    """Whether all classes hold as they are shown: some may have become one by their names."""
    chosen: Ints = np.flatnonzero(places.placed)
    if not len(chosen):
        return True
    of, count = classes_of(records, places, chosen)
    if records.people.any():
        is_sound = _hold_with_people(records, guard, places)
    else:
        is_sound = bool(guard.holds(chosen, of, count).all())
    return is_sound and guard.holds_of_table(chosen, of, count)


def _hold_with_people(records: Records, guard: Guard, places: Places) -> bool:
    """Whether each class holds with all the people in its cell, and nobody is in no cell.

    One person may be in the cells of several classes: cells that show different levels overlap.
    """
    left = people = np.flatnonzero(records.people > 0)
    placed = np.flatnonzero(places.placed)
    nodes, node = np.unique(places.levels[placed], axis=0, return_inverse=True)
    for number, levels in enumerate(nodes.tolist()):
        rows = placed[node == number]
        both = np.append(rows, people)
        first, cells, _ = distinct(*_shown_at(records, both, levels))
        own = np.unique(cells[: len(rows)])
        if not guard.holds(both, cells, len(first))[own].all():
            return False
        left = np.setdiff1d(left, people[np.isin(cells[len(rows) :], own)])
    return not (guard.needs_everyone and len(left))


def _shown_at(
    records: Records, chosen: Ints, levels: Sequence[int]
) -> tuple[list[Codes32], list[int]]:
    """Per column, the groups of records at one level each, and how many groups that level has."""
    ladders = list(zip(records.ladders, levels, strict=True))
    leaves = records.leaves[chosen]
    columns = [ladder.maps[level][leaves[:, at]] for at, (ladder, level) in enumerate(ladders)]
    return columns, [ladder.sizes[level] for ladder, level in ladders]


def _cheaper(records: Records, one: Places | None, other: Places | None) -> Places | None:
    if one is None or other is None:
        return one or other
    return one if _cost(records, one) <= _cost(records, other) else other


def _cost(records: Records, places: Places) -> float:
    """What all rows lose together."""
    per_row = np.zeros(records.size)
    for place, prices in enumerate(records.prices):
        per_row += prices[places.levels[:, place], records.leaves[:, place]]
    return float(np.where(places.placed, per_row, records.whole) @ records.counts)
