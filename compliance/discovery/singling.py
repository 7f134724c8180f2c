"""Which columns single people out, alone and a few together.

The measures: distinction, how many different combinations of values there are per row, and
separation, which share of pairs of rows differ. Beside them stands what an officer asks for: how
many people are the only ones with their values.

Source: Motwani & Xu 2007, Efficient Algorithms for Masking and Finding Quasi-Identifiers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.discovery.nouns import Singling, SinglingOut
from compliance.discovery.sampling import hashes_of

LARGEST = 4  # columns together
SEARCHED = 60_000  # rows on which combinations are searched; those shown are counted on all
_BEAM = 12  # how many of one size are grown by another column, where not all are looked at
_SHOWN = 6  # combinations of one size
_GAIN = 0.02  # how much more of the rows a column must single out to be worth its place
_WORK = 60_000_000  # rows times combinations, up to which all combinations are looked at
_MOST_KEYS = 2**62
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, Knuth's multiplier

Codes64 = npt.NDArray[np.int64]
_Places = tuple[int, ...]
_Shares = dict[_Places, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Columns as codes from 0 on, and whose rows they are.

    Attributes:
        codes: per column, one code per row; a missing value is a code of its own.
        sizes: per column, one more than the largest code.
        unit: per row, the code of its person; None where every row is one.
        people: how many there are.
    """

    names: tuple[ColumnName, ...]
    codes: tuple[Codes64, ...]
    sizes: _Places
    unit: Codes64 | None
    people: int

    @property
    def rows(self) -> int:
        return len(self.codes[0]) if self.codes else 0


def singling_out(
    table: Table, columns: Sequence[ColumnName], unit: ColumnName | None = None
) -> SinglingOut:
    """How far `columns`, each and a few together, single people out.

    Deterministic. Combinations of up to `LARGEST` columns are searched: all of them where they
    are few, else those that grow out of the best smaller ones. In a large table the search takes
    some of the rows, which their values choose; what is returned is counted on all rows.

    Args:
        table: the stored table.
        columns: of any number and type; the quasi-identifiers, as a rule.
        unit: the column that tells people apart, where a person may have several rows. A person
            is then alone with a combination if nobody else has it, and counts once however often
            the combination stands there. Rows without a person are left out.
    """
    people = _people(table, [name for name in columns if name != unit], unit)
    few = people if people.rows <= SEARCHED else _some_of(people, _row_hashes(table, people, unit))
    sets, is_all = _search(few)
    shown = _worth_showing(sets)
    each = [_counted(people, (place,)) for place in range(len(people.names))]
    # A sample overstates how many are alone, so that what is shown is judged again on all rows.
    together = _still_worth(each, [_counted(people, places) for places in shown])
    return SinglingOut(
        each=tuple(sorted(each, key=lambda s: (-s.alone, -s.distinction))),
        together=tuple(together),
        examined=len(sets),
        searched_rows=few.rows,
        is_exhaustive=is_all and few.rows == people.rows,
    )


def _people(table: Table, names: Sequence[ColumnName], unit: ColumnName | None) -> _People:
    owners = table.codes(unit).codes if unit else None
    held = slice(None) if owners is None else owners >= 0
    found = [table.codes(name).codes[held].astype(np.int64) + 1 for name in names]
    return _People(
        names=tuple(names),
        codes=tuple(found),
        sizes=tuple(int(codes.max(initial=0)) + 1 for codes in found),
        unit=None if owners is None else owners[held].astype(np.int64),
        people=table.rows if owners is None else _different(owners[held]),
    )


def _row_hashes(table: Table, people: _People, unit: ColumnName | None) -> npt.NDArray[np.uint64]:
    """A number per row that its values decide, and with a unit its person alone.

    The order of rows must not decide what is searched.
    """
    if unit and people.unit is not None:
        return hashes_of(table.codes(unit).labels)[people.unit]
    mixed = np.zeros(people.rows, dtype=np.uint64)
    for name, codes in zip(people.names, people.codes, strict=True):
        hashes = np.append(np.uint64(0), hashes_of(table.codes(name).labels))
        mixed = mixed * _ODD + hashes[codes]
    return mixed


def _some_of(people: _People, hashes: npt.NDArray[np.uint64]) -> _People:
    """The rows with the smallest hashes: all rows of a person, or all that are wholly alike."""
    kept = hashes <= np.partition(hashes, SEARCHED)[SEARCHED]
    unit = None if people.unit is None else people.unit[kept]
    return replace(
        people,
        codes=tuple(codes[kept] for codes in people.codes),
        unit=unit,
        people=0 if unit is None else _different(unit),
    )


def _different(unit: npt.NDArray[np.integer]) -> int:
    """How many different people; their codes are small numbers."""
    return int(np.count_nonzero(np.bincount(unit))) if len(unit) else 0


def _search(people: _People) -> tuple[_Shares, bool]:
    """The share that each combination looked at singles out, and whether all were looked at."""
    count = len(people.names)
    sizes = range(2, min(LARGEST, count) + 1)
    found: _Shares = {(place,): _counted(people, (place,)).share for place in range(count)}
    if sum(math.comb(count, size) for size in sizes) * people.rows <= _WORK:
        every = (itertools.combinations(range(count), size) for size in sizes)
        all_of_them = itertools.chain.from_iterable(every)
        return found | {places: _counted(people, places).share for places in all_of_them}, True
    telling = sorted(found, key=lambda places: -_separates(people, places[0]))
    best = [places[0] for places in telling[: 2 * _BEAM]]
    grown = telling[:_BEAM]
    for _ in sizes:
        asked = dict.fromkeys(_grown(grown, best))
        latest = {places: _counted(people, places) for places in asked}
        found |= {places: counted.share for places, counted in latest.items()}
        order = sorted(latest, key=lambda p: (-latest[p].share, -latest[p].distinction))
        grown = order[:_BEAM]
    return found, False


def _separates(people: _People, place: int) -> float:
    return _counted(people, (place,)).separation


def _grown(sets: Sequence[_Places], places: Sequence[int]) -> Iterator[_Places]:
    for chosen in sets:
        for place in places:
            if place not in chosen:
                yield tuple(sorted((*chosen, place)))


def _worth_showing(shares: _Shares) -> list[_Places]:
    """The best of each size, each of whose columns adds to what the others single out."""
    shown: list[_Places] = []
    for size in range(2, LARGEST + 1):
        sets = [places for places in shares if len(places) == size]
        worth = [places for places in sets if _adds(places, shares)]
        shown += sorted(worth, key=lambda places: -shares[places])[:_SHOWN]
    return shown


def _adds(places: _Places, shares: _Shares) -> bool:
    smaller = (shares.get(part, 0.0) for part in itertools.combinations(places, len(places) - 1))
    return shares[places] >= max(smaller) + _GAIN


def _still_worth(each: Sequence[Singling], together: Sequence[Singling]) -> list[Singling]:
    """Those that, counted on all rows, single out more than the smaller ones shown."""
    kept: list[Singling] = []
    for found in together:
        inner = [s for s in (*each, *kept) if set(s.columns) < set(found.columns)]
        if found.alone and found.share >= max(s.share for s in inner) + _GAIN:
            kept.append(found)
    return kept


def _counted(people: _People, places: Sequence[int]) -> Singling:
    keys, size = _keys(people, places)
    if people.unit is None:
        classes = _sizes(keys)
        alone, of, count = int(np.count_nonzero(classes == 1)), len(keys), len(keys)
    else:
        classes, owners = _classes_of_people(keys, size, people.unit)
        alone, of, count = len(owners), people.people, int(classes.sum())
    return Singling(
        columns=tuple(people.names[place] for place in places),
        alone=alone,
        of=of,
        distinction=len(classes) / count if count else 0.0,
        separation=_separation(classes, count),
        is_of_people=people.unit is not None,
    )


def _separation(classes: Codes64, count: int) -> float:
    pairs = count * (count - 1)
    alike = int((classes * (classes - 1)).sum())
    return 1 - alike / pairs if pairs else 0.0


def _keys(people: _People, places: Sequence[int]) -> tuple[Codes64, int]:
    """One number per row, the same for the same values, and one more than it can be."""
    keys, size = people.codes[places[0]], people.sizes[places[0]]
    for place in places[1:]:
        keys, size = _fitting(keys, size, people.sizes[place])
        keys = keys * people.sizes[place] + people.codes[place]
        size *= people.sizes[place]
    return keys, size


def _fitting(keys: Codes64, size: int, times: int) -> tuple[Codes64, int]:
    """`keys` numbered anew where `times` as many would be too many for 64 bits."""
    if size * times < _MOST_KEYS:
        return keys, size
    values, numbered = np.unique(keys, return_inverse=True)
    return numbered.astype(np.int64), len(values)


def _sizes(keys: Codes64) -> Codes64:
    """How many rows share each number that occurs."""
    if len(keys) and int(keys.max()) < 4 * len(keys):  # cheaper than sorting
        counts = np.bincount(keys)
        return counts[counts > 0]
    return _runs(np.sort(keys))[1]


def _runs(ordered: Codes64) -> tuple[Codes64, Codes64]:
    """Where each run of equal numbers starts, and how long it is."""
    is_start = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_start[1:])
    starts = np.flatnonzero(is_start)
    return starts, np.diff(starts, append=len(ordered))


def _classes_of_people(keys: Codes64, size: int, unit: Codes64) -> tuple[Codes64, Codes64]:
    """How many people share each number that occurs, and who is alone with one."""
    people = int(unit.max(initial=0)) + 1
    keys, _ = _fitting(keys, size, people)
    both = np.sort(keys * people + unit)
    both = both[_runs(both)[0]]  # each number once per person
    starts, classes = _runs(both // people)
    owners = both[starts[classes == 1]] % people
    return classes, np.flatnonzero(np.bincount(owners, minlength=1))
