"""What stands against each row of a dataset, by keyed hashes of the people in its columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.dataset.part import Mask
from compliance.discovery.nouns import Discovery
from compliance.rights.consents import (
    HASH,
    Lookup,
    Pairs,
    barrier_order,
    hashes_of,
    identifying,
    scores,
    standing,
)
from compliance.rights.consents.states import STATES, Standing, states_of
from compliance.rights.fulfilling.others import names_other
from compliance.rights.nouns import Barrier, ConsentState, IdentifierKind, Purpose
from compliance.workspace.consenting import barriers
from compliance.workspace.consenting import files as consent_files
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.recent import Recent
from compliance.workspace.usage.rules import Use, tells_nobody

_KEPT_BYTES = 2**28
_KEPT_STANDINGS = 16

_BARRIER_OF = {
    ConsentState.ASK_AGAIN: Barrier.ASK_AGAIN,
    ConsentState.EXPIRED: Barrier.EXPIRED,
    ConsentState.WITHDRAWN: Barrier.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What stands against the rows of one dataset.

    Attributes:
        is_in: per row, whether it may be used; empty where that is so of all.
        left_out: rows by why not.
        people, people_left_out: in the rows that are used, and in those that are not.
        refusal: why nothing may be used; empty: it was looked at row by row.
    """

    is_in: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    left_out: Mapping[Barrier, int] = field(default_factory=dict)
    people: int | None = None
    people_left_out: int = 0
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Telling:
    """A column that tells people apart.

    Attributes:
        codes: per row, the place of its value; -1 where there is none.
        hashes: of each value.
        pairs: what each value is known to go with.
    """

    codes: npt.NDArray[np.int32]
    hashes: pa.Array
    pairs: Sequence[Pairs]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Looked:
    """What was seen, and what it was made of, which has to stay where it is as long."""

    seen: Seen
    of: tuple[object, ...]


class _Kept:
    """What was hashed and looked up lately on one desk."""

    def __init__(self) -> None:
        self.hashes: Recent[pa.Array] = Recent(_KEPT_BYTES, lambda found: int(found.nbytes))
        self.pairs: Recent[Pairs] = Recent(_KEPT_BYTES, _weight)
        self.seen: Recent[_Looked] = Recent(_KEPT_BYTES, lambda one: one.seen.is_in.nbytes)
        self.standings: dict[tuple[str, str], Standing] = {}


def looked_at(desk: Desk, connection: Connection, dataset: Dataset, use: Use) -> Seen:
    """What stands against each row of `dataset` in `use`; kept until something of it changes."""
    discovery = labels.known(connection, dataset)
    columns = _columns(dataset, discovery)
    if not columns:
        return _untold(dataset, discovery, use)
    pairs = pairs_of(desk, connection, dataset.population)
    agreed = [_standing(desk, use, purpose) for purpose in use.asked]
    # What is kept is told apart by who it was made from: they live as long as it does.
    made_of = (*(id(one) for one in agreed), id(pairs))
    key = (dataset.sha256, repr(columns), repr(sorted(use.wishes.items())), repr(made_of))

    def look() -> _Looked:
        told = [_telling(desk, dataset, column, kind, pairs) for column, kind in columns.items()]
        marks = {barrier: _wished(people, told) for barrier, people in use.wishes.items()}
        for one in agreed:
            state = states_of(_by_rows(one.lookup, told))
            for barrier, is_barred in _without(state).items():
                marks[barrier] = marks.get(barrier, is_barred) | is_barred
        return _Looked(seen=_counted(marks, told[0]), of=(*agreed, pairs))

    return _kept(desk).seen.get(key, look).seen


def barred(desk: Desk, connection: Connection, dataset: Dataset, people: Collection[str]) -> Mask:
    """Which rows are of people with these keyed hashes; none where no column tells.

    Args:
        people: see `barriers.people_of`.
    """
    nobody = np.zeros(dataset.rows, dtype=np.bool_)
    if not people or tells_nobody(connection, dataset):
        return nobody
    use = Use(purpose="", at=desk.clock(), wishes={Barrier.RESTRICTED: tuple(people)})
    seen = looked_at(desk, connection, dataset, use)
    return ~seen.is_in if len(seen.is_in) else nobody


def known_by(
    desk: Desk, connection: Connection, dataset: Dataset, rows: Sequence[int]
) -> list[frozenset[str]]:
    """Per row, the keyed hashes of all that its person is known by, as barriers hold them."""
    columns = _columns(dataset, labels.known(connection, dataset))
    if not columns:
        return [frozenset()] * len(rows)
    pairs = pairs_of(desk, connection, dataset.population)
    told = [_telling(desk, dataset, column, kind, pairs) for column, kind in columns.items()]
    found: list[frozenset[str]] = []
    for row in rows:
        codes = [int(one.codes[row]) for one in told]
        own = [(one, one.hashes[code]) for one, code in zip(told, codes, strict=True) if code >= 0]
        beside = [
            contact
            for one, hashed in own
            if hashed.is_valid
            for pair in one.pairs
            for contact in pair.contacts.filter(pc.equal(pair.keys, hashed))
        ]
        every = (*(hashed for _, hashed in own), *beside)
        found.append(frozenset(one.as_py().hex() for one in every if one.is_valid))
    return found


def _columns(dataset: Dataset, discovery: Discovery | None) -> dict[ColumnName, IdentifierKind]:
    """The columns that tell people apart, the one that the description names first."""
    unit, known = dataset.description.unit, identifying()
    found = {} if unit is None else {unit: IdentifierKind.PERSON_KEY}
    for label in discovery.labels if discovery else ():
        kind = None if names_other(label.column) else known.get(label.semantic_type)
        if kind is not None and label.column in dataset.column_names:
            found[label.column] = kind  # a unit that is an e-mail address is one
    return found


def _untold(dataset: Dataset, discovery: Discovery | None, use: Use) -> Seen:
    """Of a dataset without a column that tells people apart."""
    if discovery is not None and not discovery.personal and not use.asked:
        return Seen()
    reasons = [str(barrier) for barrier in use.wishes] + ["consent"] * bool(use.asked)
    looked = "" if discovery else ", and nobody has looked for personal data in it"
    return Seen(
        refusal=(
            f"no column tells whose a row is{looked}, so that nobody’s {' or '.join(reasons)} "
            "can be honoured; name that column in its description (describe "
            f"{dataset.name} --unit COLUMN)"
        )
    )


def _telling(
    desk: Desk,
    dataset: Dataset,
    column: ColumnName,
    kind: IdentifierKind,
    pairs: Pairs,
) -> _Telling:
    turned = pairs if kind is IdentifierKind.PERSON_KEY else pairs.turned()
    return _Telling(
        codes=desk.table(dataset).codes(column).codes,
        hashes=_hashes(desk, dataset, column, kind),
        pairs=(turned,) if len(turned.keys) else (),
    )


def _hashes(desk: Desk, dataset: Dataset, column: ColumnName, kind: IdentifierKind) -> pa.Array:
    """The keyed hash of each value of a column."""
    said = dataset.description
    code = _dialling(desk, said.region) if kind is IdentifierKind.PHONE else ""
    where = dataset.population if kind is IdentifierKind.PERSON_KEY else ""

    def hashed() -> pa.Array:
        texts = desk.table(dataset).codes(column).texts()
        return hashes_of(consent_files.consent_key(desk), kind, texts, where, code)

    key = (dataset.sha256, column, kind.value, where, code)
    return _kept(desk).hashes.get(key, hashed)


def _dialling(desk: Desk, region: str) -> str:
    """The code of numbers without one: that of where the data are from, else of the house."""
    if code := barriers.dialling_of(region):
        return code
    with desk.database.reading() as connection:
        return barriers.home_dialling(connection)


def pairs_of(desk: Desk, connection: Connection, population: str) -> Pairs:
    """What keys of these people go with, by every dataset that has both."""
    sources = [
        (other, unit, column, kind)
        # Who is reached at what does not change while somebody's rows are only stored.
        for other in datasets.newest_whole(connection)
        if other.population == population and (unit := other.description.unit) is not None
        for columns in (_columns(other, labels.known(connection, other)),)
        if columns[unit] is IdentifierKind.PERSON_KEY
        for column, kind in columns.items()
        if column != unit
    ]
    parts = [(one.sha256, unit, column, one.description.region) for one, unit, column, _ in sources]
    key = (population, *(part for each in parts for part in each))

    def join() -> Pairs:
        found = [_paired(desk, *source) for source in sources]
        empty = pa.array([], HASH)
        return Pairs(
            keys=pa.concat_arrays([empty, *(one.keys for one in found)]),
            contacts=pa.concat_arrays([empty, *(one.contacts for one in found)]),
        )

    return _kept(desk).pairs.get(key, join)


def _paired(
    desk: Desk, other: Dataset, unit: ColumnName, column: ColumnName, kind: IdentifierKind
) -> Pairs:
    table = desk.table(other)
    of_unit, of_column = table.codes(unit), table.codes(column)
    both = (of_unit.codes >= 0) & (of_column.codes >= 0)
    width = max(len(of_column.labels), 1)
    pairs = np.unique(of_unit.codes[both].astype(np.int64) * width + of_column.codes[both])
    return Pairs(
        keys=_hashes(desk, other, unit, IdentifierKind.PERSON_KEY).take(pa.array(pairs // width)),
        contacts=_hashes(desk, other, column, kind).take(pa.array(pairs % width)),
    )


def _wished(people: Sequence[str], told: Sequence[_Telling]) -> Mask:
    """Which rows are of these people, by any column."""
    hashes = pa.array([bytes.fromhex(one) for one in people], HASH)
    lookup = Lookup(people=hashes, scores=np.zeros(len(hashes), dtype=np.int64))
    return np.asarray(_by_rows(lookup, told) >= 0)


def _standing(desk: Desk, use: Use, purpose: Purpose) -> Standing:
    """How people stand to a purpose; the same until one of their consents ends."""
    key = (use.consents.sha256 if use.consents else "", repr(purpose))
    now = np.datetime64(use.at.astimezone(UTC).replace(tzinfo=None), "us").astype(np.int64)
    kept = _kept(desk).standings
    found = kept.get(key)
    if found is None or not found.since <= now < found.until:
        found = standing(consent_files.events(desk, use.consents), purpose, use.at)
        kept[key] = found
        while len(kept) > _KEPT_STANDINGS:
            kept.pop(next(iter(kept)), None)
    return found


def _by_rows(lookup: Lookup, told: Sequence[_Telling]) -> npt.NDArray[np.int64]:
    """Per row, the largest number of all that it is known by."""
    found = np.full(len(told[0].codes), -1, dtype=np.int64)
    for one in told:
        by_value = np.append(scores(lookup, one.hashes, one.pairs), -1)  # the last: no value
        if (by_value >= 0).any():
            np.maximum(found, by_value[one.codes], out=found)
    return found


def _without(state: npt.NDArray[np.int64]) -> dict[Barrier, Mask]:
    """Which rows lack a consent that holds, by why."""
    found = {b: np.asarray(state == STATES.index(s)) for s, b in _BARRIER_OF.items()}
    return {**found, Barrier.NO_CONSENT: np.asarray(state < 0)}


def _counted(marks: Mapping[Barrier, Mask], whose: _Telling) -> Seen:
    by = np.zeros(len(whose.codes), dtype=np.uint8)
    order = barrier_order()
    for barrier in reversed(order):
        if barrier in marks:
            by[marks[barrier]] = order.index(barrier) + 1
    counts = np.bincount(by, minlength=len(order) + 1)
    is_in = by == 0
    return Seen(
        is_in=is_in,
        left_out={b: int(n) for b, n in zip(order, counts[1:], strict=True) if n},
        people=_people(whose, is_in),
        people_left_out=_people(whose, ~is_in),
    )


def _people(whose: _Telling, rows: Mask) -> int:
    codes = whose.codes[rows]
    return int(np.count_nonzero(np.bincount(codes[codes >= 0], minlength=1)))


def _weight(pairs: Pairs) -> int:
    return int(pairs.keys.nbytes + pairs.contacts.nbytes)


def _kept(desk: Desk) -> _Kept:
    return desk.kept("rows used", _Kept)
