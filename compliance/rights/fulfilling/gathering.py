"""Everything about one person, out of the rows that are settled to be hers or his."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from compliance.dataset.nouns import ColumnName
from compliance.rights.fulfilling.answers import answers
from compliance.rights.fulfilling.others import (
    Finder,
    Known,
    Stored,
    is_identifying,
    others_columns,
    own_places,
    text_columns,
    without_others,
)
from compliance.rights.nouns import (
    Copy,
    CopyKind,
    Excerpt,
    Extract,
    Identifier,
    Mention,
    ShownColumn,
    Trace,
    Value,
)

_NAMES = ("person_name", "given_name", "family_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What was gathered about a person.

    Attributes:
        extracts: the newest versions, in the order in which the datasets came.
        copies: older versions and derived copies.
        excerpts: mentions elsewhere.
        doubtful: rows left out because nobody settled whose they are, by dataset version.
        doubtful_mentions: the same of mentions.
    """

    extracts: tuple[Extract, ...]
    copies: tuple[Copy, ...]
    excerpts: tuple[Excerpt, ...]
    doubtful: Mapping[str, int]
    doubtful_mentions: int


@dataclass(slots=True)
class _Rows:
    """The settled rows of one dataset version."""

    stored: Stored
    numbers: list[int] = field(default_factory=list)
    via: dict[tuple[str, ...], list[int]] = field(default_factory=dict)


def gathered(
    trace: Trace,
    stored: Sequence[Stored],
    identifiers: Iterable[Identifier],
    titles: Mapping[str, str],
    find: Finder,
    shown: Collection[tuple[str, str]] = (),
) -> Gathered:
    """What is settled to be about the person; what names somebody else is left out and counted.

    Args:
        trace: where the person was found.
        stored: every dataset version that the trace names, and others.
        identifiers: what the person gave.
        titles: what a semantic type is called, by id.
        find: finds what names people in texts.
        shown: dataset names and columns that an officer decided to be the person's own.
    """
    rows = _settled(trace, stored)
    known = _known(rows, identifiers)
    reader = _Reader(known=known, titles=titles, find=find, shown=frozenset(shown), trace=trace)
    newest = {id_: one for id_, one in rows.items() if one.stored.is_newest}
    main = {id_: one for id_, one in newest.items() if not one.stored.origin}
    extracts = {id_: reader.extract(one) for id_, one in main.items()}
    raw = {id_: _raw(one.stored, one.numbers) for id_, one in rows.items()}
    others = [one for id_, one in rows.items() if id_ not in main]
    return Gathered(
        extracts=tuple(extracts.values()),
        copies=tuple(_copy(one, rows, raw, reader) for one in others),
        excerpts=tuple(reader.excerpts(rows, {s.dataset.id: s for s in stored})),
        doubtful=_doubtful(trace),
        doubtful_mentions=len(trace.mentions) - len(trace.own_mentions),
    )


def _settled(trace: Trace, stored: Sequence[Stored]) -> dict[str, _Rows]:
    """By dataset version, in the order of `stored`, the rows that count."""
    found: dict[str, _Rows] = {}
    for one in stored:
        matches = [match for match in trace.settled if match.dataset_id == one.dataset.id]
        if not matches:
            continue
        seen: set[int] = set()
        rows = _Rows(stored=one)
        for match in sorted(matches, key=lambda m: -m.confidence):
            fresh = [row for row in match.rows if row not in seen]
            seen |= set(fresh)
            columns = tuple(way.column for way in match.via)
            rows.via.setdefault(columns, []).extend(fresh)
        rows.numbers = sorted(seen)
        found[one.dataset.id] = rows
    return found


def _known(rows: Mapping[str, _Rows], identifiers: Iterable[Identifier]) -> Known:
    """What the request names, and what stands in the person's own columns."""
    known = Known()
    known.learn(identifiers)
    for one in rows.values():
        for via, numbers in one.via.items():
            others = others_columns(one.stored, numbers, via)
            for name, label in one.stored.labels.items():
                if not is_identifying(label) or name in others:
                    continue
                if name not in one.stored.dataset.column_names:
                    continue
                for value in _texts(one.stored, ColumnName(name), numbers):
                    known.add(value, is_name=label.semantic_type in _NAMES)
    return known


def _texts(stored: Stored, column: ColumnName, rows: Sequence[int]) -> set[str]:
    codes = stored.table.codes(column)
    places = {int(code) for code in codes.codes[list(rows)] if code >= 0}
    return {str(codes.labels[place]) for place in places}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads rows as the person may see them."""

    known: Known
    titles: Mapping[str, str]
    find: Finder
    shown: frozenset[tuple[str, str]]
    trace: Trace

    def extract(self, rows: _Rows, numbers: Sequence[int] | None = None) -> Extract:
        """The person's rows, or some of them, without what names somebody else."""
        stored = rows.stored
        wanted = rows.numbers if numbers is None else list(numbers)
        values = _values(stored, wanted)
        columns = {c.name: self._column(stored, c.name) for c in stored.dataset.columns}
        self._withhold(rows, wanted, values, columns)
        self._redact(stored, wanted, values, columns)
        return Extract(
            dataset_id=stored.dataset.id,
            name=stored.dataset.name,
            version=stored.dataset.version,
            columns=tuple(columns.values()),
            rows=len(wanted),
            restricted=0 if (out := stored.only_stored) is None else int(out[wanted].sum()),
            values={name: tuple(column) for name, column in values.items()},
        )

    def excerpts(
        self, rows: Mapping[str, _Rows], stored: Mapping[str, Stored]
    ) -> Iterator[Excerpt]:
        """Mentions that count, in rows of newest versions that are not the person's."""
        by_place: dict[tuple[str, ColumnName, int], list[Mention]] = defaultdict(list)
        for one in self.trace.own_mentions:
            own = rows.get(one.dataset_id)
            is_own_row = own is not None and one.row in set(own.numbers)
            where = stored.get(one.dataset_id)
            if where is None or not where.is_newest or is_own_row:
                continue
            by_place[one.dataset_id, ColumnName(one.column), one.row].append(one)
        for (id_, column, row), mentions in sorted(by_place.items()):
            text = str(_values(stored[id_], [row], [column])[column][0] or "")
            yield Excerpt(dataset_id=id_, column=column, text=self._around(text, mentions))

    def _around(self, text: str, mentions: Sequence[Mention]) -> str:
        width = int(answers()["others"]["around"])
        first = max(min(m.start for m in mentions) - width, 0)
        last = min(max(m.end for m in mentions) + width, len(text))
        own = [(m.start, m.end) for m in mentions]
        # The whole text is read, for what is cut in two would not be recognised.
        spans = [s for s in self.find([text])[0] if s.start < last and first < s.end]
        first = min([first, *(s.start for s in spans)])
        last = max([last, *(s.end for s in spans)])
        moved = [replace(s, start=s.start - first, end=s.end - first) for s in spans]
        shifted = [(start - first, end - first) for start, end in own]
        said, _ = without_others(text[first:last], moved, shifted, self.known)
        return ("… " if first else "") + said + (" …" if last < len(text) else "")

    def _column(self, stored: Stored, name: ColumnName) -> ShownColumn:
        label = stored.labels.get(name)
        meaning = "" if label is None else self.titles.get(label.semantic_type, "")
        return ShownColumn(name=name, type=stored.dataset.column(name).type, meaning=meaning)

    def _withhold(
        self,
        rows: _Rows,
        wanted: Sequence[int],
        values: dict[ColumnName, list[Value]],
        columns: dict[ColumnName, ShownColumn],
    ) -> None:
        places = {row: place for place, row in enumerate(wanted)}
        for via, numbers in rows.via.items():
            inside = [places[row] for row in numbers if row in places]
            for column, why in others_columns(rows.stored, numbers, via).items():
                if (rows.stored.dataset.name, column) in self.shown:
                    continue
                out = [p for p in inside if self._is_other(values[column][p])]
                for place in out:
                    values[column][place] = None
                if out:
                    seen = columns[column]
                    columns[column] = replace(seen, withheld=seen.withheld + len(out), why=why)

    def _is_other(self, value: Value) -> bool:
        return value is not None and not self.known.has(str(value))

    def _redact(
        self,
        stored: Stored,
        wanted: Sequence[int],
        values: dict[ColumnName, list[Value]],
        columns: dict[ColumnName, ShownColumn],
    ) -> None:
        own = own_places(m for m in self.trace.own_mentions if m.dataset_id == stored.dataset.id)
        for column in text_columns(stored):
            if (stored.dataset.name, column) in self.shown:
                continue
            texts = [str(value or "") for value in values[column]]
            distinct = sorted({text for text in texts if text})
            spans = dict(zip(distinct, self.find(distinct), strict=True)) if distinct else {}
            redacted = 0
            for place, text in enumerate(texts):
                if not text:
                    continue
                mine = own.get((wanted[place], column), [])
                said, count = without_others(text, spans[text], mine, self.known)
                values[column][place] = said
                redacted += count
            columns[column] = replace(columns[column], redacted=redacted)


def _values(
    stored: Stored, rows: Sequence[int], columns: Sequence[ColumnName] | None = None
) -> dict[ColumnName, list[Value]]:
    """By column, the values of some rows, as plain values."""
    names = stored.dataset.column_names if columns is None else tuple(columns)
    content = stored.table.arrow(list(names)).take(list(rows))
    return {
        name: [_plain(value) for value in content.column(place).to_pylist()]
        for place, name in enumerate(names)
    }


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


_Raw = tuple[tuple[ColumnName, ...], list[tuple[Value, ...]]]


def _raw(stored: Stored, rows: Sequence[int]) -> _Raw:
    values = _values(stored, rows)
    return tuple(values), list(zip(*values.values(), strict=True))


def _copy(one: _Rows, rows: Mapping[str, _Rows], raw: Mapping[str, _Raw], reader: _Reader) -> Copy:
    """What an older version or a derived copy says besides."""
    stored = one.stored
    base = _base(stored, rows)
    new = _differing(raw[stored.dataset.id], raw[base] if base else ((), []))
    numbers = [one.numbers[place] for place in new]
    return Copy(
        dataset_id=stored.dataset.id,
        kind=CopyKind.OLDER if not stored.is_newest else CopyKind.DERIVED,
        of=base or stored.origin,
        rows=len(one.numbers),
        differing=len(numbers),
        extract=reader.extract(one, numbers) if numbers else None,
    )


def _base(stored: Stored, rows: Mapping[str, _Rows]) -> str:
    """The version that is shown whole: the newest of the name, or what it was made from."""
    if stored.is_newest:
        return stored.origin if stored.origin in rows else ""
    return next(
        (
            id_
            for id_, one in rows.items()
            if one.stored.is_newest and one.stored.dataset.name == stored.dataset.name
        ),
        "",
    )


def _differing(mine: _Raw, base: _Raw) -> list[int]:
    """The places of rows that say something that no row of `base` says."""
    shared = [name for name in mine[0] if name in base[0]]
    if not shared or set(mine[0]) - set(base[0]):
        return list(range(len(mine[1])))
    here, there = ([names.index(n) for n in shared] for names in (mine[0], base[0]))
    left = Counter(tuple(row[place] for place in there) for row in base[1])
    found = []
    for place, row in enumerate(mine[1]):
        said = tuple(row[at] for at in here)
        if left[said] > 0:
            left[said] -= 1
        else:
            found.append(place)
    return found


def _doubtful(trace: Trace) -> Mapping[str, int]:
    """Rows that are in no settled match, by dataset version."""
    settled = {(m.dataset_id, row) for m in trace.settled for row in m.rows}
    found: dict[str, set[int]] = defaultdict(set)
    for match in trace.matches:
        if match not in trace.settled:
            rows = {row for row in match.rows if (match.dataset_id, row) not in settled}
            if rows:
                found[match.dataset_id] |= rows
    return {id_: len(rows) for id_, rows in found.items()}
