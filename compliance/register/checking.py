"""What came in, held against the kinds, the calendar and what is on record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from compliance.errors import RecordFieldError, RecordsRefusedError
from compliance.i18n import mark
from compliance.register.kinds import kinds
from compliance.register.nouns import (
    Draft,
    Field,
    FieldType,
    Kind,
    KindId,
    Record,
    RecordId,
    Register,
)
from compliance.register.values import refuse, to_value

MOST_PROBLEMS = 20
LONGEST_ID = 80
LONGEST_NAME = 200
# As dataset names: it appears in addresses and files, so no slash, quotation mark or line break.
_ID = re.compile(r"[^\W_](?:[\w .\-]*[\w.\-])?", re.UNICODE)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)
# A day is in the future when it has begun nowhere on earth.
_FIRST_ON_EARTH = timedelta(hours=14)


def checked(draft: Draft, register: Register, datasets: Collection[str], at: datetime) -> Record:
    """The record that `draft` describes, with the values that it gives and no others.

    Args:
        register: what may be named.
        datasets: the names of those that are stored.
        at: the moment, UTC.

    Raises:
        RecordsRefusedError: with all that is wrong with it.
    """
    record, problems = _look(draft, _ids(register.records), datasets, at)
    if record is None or problems:
        raise _refusal(problems)
    return record


def merged(
    drafts: Sequence[Draft], register: Register, datasets: Collection[str], at: datetime
) -> tuple[Record, ...]:
    """The records that `drafts` describe; all of them or none. They may name one another.

    Raises:
        RecordsRefusedError: with all that is wrong, the first twenty problems in words.
    """
    ids = _ids((*register.records, *drafts))
    found, problems = [], list(_twice(drafts))
    for draft in drafts:
        record, wrong = _look(draft, ids, datasets, at)
        problems += wrong
        if record is not None:
            found.append(record)
    if problems:
        raise _refusal(problems)
    return tuple(found)


def laid_over(record: Record, before: Record | None) -> Record:
    """`record` with what was on record before where it says nothing itself."""
    if before is None or before.is_removed:
        return record if record.name else replace(record, name=record.id)
    name = record.name or before.name
    return replace(record, name=name, values={**before.values, **record.values})


_Ids = Mapping[KindId, Collection[RecordId]]


def _ids(records: Iterable[Record | Draft]) -> _Ids:
    """What records can be named, by kind."""
    found: dict[KindId, set[RecordId]] = defaultdict(set)
    for record in records:
        found[record.kind].add(record.id)
    return found


def _look(
    draft: Draft, ids: _Ids, datasets: Collection[str], at: datetime
) -> tuple[Record | None, list[str]]:
    """The record as far as it can be made out, and all that is wrong with it."""
    kind = kinds().get(draft.kind)
    if kind is None:
        return None, [
            _placed(
                draft,
                mark("there is no such kind; kinds are {kinds}").format(kinds=", ".join(kinds())),
            )
        ]
    problems = list(_identity(draft, kind, datasets))
    values: dict[str, object] = {}
    for id_, given in draft.values.items():
        field = kind.field(id_)
        if field is None:
            problems.append(_unknown(id_, kind))
            continue
        if given == "":
            continue
        try:
            values[id_] = to_value(field, given)
            _check(field, values[id_], ids, datasets, at)
        except RecordFieldError as wrong:
            problems.append(str(wrong).removesuffix("."))
    record = Record(kind=kind.id, id=draft.id, name=draft.name, values=values)
    return record, [_placed(draft, problem) for problem in problems]


def _identity(draft: Draft, kind: Kind, datasets: Collection[str]) -> Iterator[str]:
    if kind.is_single and draft.id != kind.id:
        yield mark("there is one record of this kind; its id is “{id}”").format(id=kind.id)
    elif kind.is_of_dataset and draft.id not in datasets:
        yield mark("its id is the name of a dataset, and there is none of that name")
    elif len(draft.id) > LONGEST_ID or not _ID.fullmatch(draft.id):
        yield (
            mark(
                "an id starts with a letter or digit and goes on with letters, digits, "
                "spaces, dots, hyphens or underscores, {longest_id} characters at most"
            ).format(longest_id=LONGEST_ID)
        )
    if len(draft.name) > LONGEST_NAME or not draft.name.isprintable():
        yield mark("a name is one line of {longest_name} characters at most").format(
            longest_name=LONGEST_NAME
        )


def _unknown(id_: str, kind: Kind) -> str:
    near = get_close_matches(str(id_), [field.id for field in kind.fields], 3)
    hint = mark("; close to it: {near}").format(near=", ".join(near)) if near else ""
    shown = id_ if len(id_) <= 40 and id_.isprintable() else mark("one of the names")
    return mark("{singular} has no field “{shown}”{hint}").format(
        singular=kind.singular, shown=shown, hint=hint
    )


def _check(
    field: Field,
    value: object,
    ids: _Ids,
    datasets: Collection[str],
    at: datetime,
) -> None:
    """Refuse a day that cannot be, and a name of something that is not there."""
    entries = value if isinstance(value, tuple) else (value,)
    if field.type in (FieldType.DATE, FieldType.MOMENT) and isinstance(value, str):
        _check_time(field, value, at)
    elif field.type is FieldType.PAUSES:
        days = [entry["since"] for entry in entries if isinstance(entry, Mapping)]
        for day in days:
            _check_time(replace(field, is_past=True), str(day), at)
    elif field.type in (FieldType.DATASET, FieldType.DATASETS):
        if any(entry is not None and entry not in datasets for entry in entries):
            raise refuse(field, mark("names a dataset that is not there"))
    elif field.type in (FieldType.RECORD, FieldType.RECORDS):
        known = ids.get(field.of, ())
        if any(entry is not None and entry not in known for entry in entries):
            called = kinds()[field.of].singular.lower()
            raise refuse(
                field, mark("names a {called} that is not on record").format(called=called)
            )


def _check_time(field: Field, text: str, at: datetime) -> None:
    day = date.fromisoformat(text[:10])
    if not _EARLIEST <= day < _LATEST:
        raise refuse(
            field,
            mark("takes a date from {first} to {last}").format(
                first=_EARLIEST.year, last=_LATEST.year - 1
            ),
        )
    if not field.is_past:
        return
    is_moment = field.type is FieldType.MOMENT
    if is_moment and datetime.fromisoformat(text) > at:
        raise refuse(field, mark("lies in the future"))
    if not is_moment and day > (at + _FIRST_ON_EARTH).date():
        raise refuse(field, mark("lies in the future"))


def _twice(drafts: Sequence[Draft]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for draft in drafts:
        if (draft.kind, draft.id) in seen:
            yield _placed(draft, mark("the same record stands there twice"))
        seen.add((draft.kind, draft.id))


def _placed(draft: Draft, problem: str) -> str:
    return f"{draft.place}: {problem}" if draft.place else problem


def _refusal(problems: Sequence[str]) -> RecordsRefusedError:
    """The error that lists the problems."""
    shown = list(dict.fromkeys(problems))
    left = len(shown) - MOST_PROBLEMS
    told = "; ".join(shown[:MOST_PROBLEMS])
    more = mark("; and {left:,} more").format(left=left) if left > 0 else ""
    return RecordsRefusedError(
        problems=f"{told[:1].upper()}{told[1:]}{more}.",
        every=tuple(shown),
    )
