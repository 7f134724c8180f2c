"""Wrong values put right: only those that the officer saw, only in the person's own rows."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from compliance.dataset.nouns import ColumnName, ColumnType, Dataset
from compliance.errors import CorrectionError
from compliance.i18n import mark
from compliance.rights.fulfilling.others import Stored, text_columns
from compliance.rights.nouns import Correction, IdentifierKind, Mention, Seen

LONGEST = 2_000
_SHORTEST = 4  # a shorter value stands in texts by chance
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A table with values put right; in memory only.

    Attributes:
        content: all rows, in their order.
        cells: how many cells were corrected.
        columns: those that changed.
        before, after: by dataset and column, the values that were wrong and those that are right.
        spoken: wrong and right values that are to be looked for in texts too.
    """

    content: pa.Table
    cells: int
    columns: tuple[ColumnName, ...]
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    spoken: tuple[tuple[str, str], ...] = ()


def hash_of(salt: bytes, value: str) -> str:
    """The salted hash of a value as text; of no value as of an empty one."""
    return hmac.new(salt, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def digest_of(salt: bytes, values: Sequence[Sequence[str]]) -> str:
    """One salted hash of several values with where they stand, in their order."""
    plain = json.dumps([list(one) for one in values], ensure_ascii=True, separators=(",", ":"))
    return hash_of(salt, plain)


def seen_in(
    stored: Stored,
    rows: Sequence[int],
    salt: bytes,
    mask: Callable[[str], str],
    others: Mapping[ColumnName, str],
) -> Iterator[Seen]:
    """Every different value of the person in each column, with why it cannot be corrected here.

    Args:
        others: the columns that are about somebody else, with why.
    """
    for column in stored.dataset.columns:
        codes = stored.table.codes(column.name)
        texts = codes.texts()
        counts: dict[int, int] = {}
        for code in codes.codes[list(rows)].tolist():
            counts[code] = counts.get(code, 0) + 1
        for code, count in counts.items():
            value = texts[code] if code >= 0 else ""
            yield Seen(
                dataset=str(stored.dataset.name),
                column=column.name,
                type=column.type,
                rows=count,
                value=value,
                masked=mask(value),
                hash=hash_of(salt, value),
                refused=_refusal(stored.dataset, column.name, others),
            )


def checked(dataset: Dataset, corrections: Sequence[Correction]) -> None:
    """Refuse what cannot be corrected.

    Raises:
        CorrectionError: with why; UnknownColumnError: there is no such column.
    """
    if not corrections:
        raise CorrectionError(
            column="anything", dataset=dataset.name, reason=mark("nothing is to change")
        )
    named = [(one.column, one.seen) for one in corrections]
    for one in corrections:
        column = dataset.column(one.column)
        if named.count((one.column, one.seen)) > 1:
            raise _error(dataset, one.column, mark("the same value is corrected twice"))
        if reason := _refusal(dataset, column.name, {}):
            raise _error(dataset, one.column, reason)
        to_value(dataset, one.column, one.value)


def changed(
    stored: Stored, rows: Sequence[int], corrections: Sequence[Correction], salt: bytes
) -> Changed:
    """The table with the corrected cells of `rows`.

    Raises:
        CorrectionError: a value is not the one that was seen, or cannot be what is given.
    """
    dataset = stored.dataset
    checked(dataset, corrections)
    content = whole(stored)
    before: list[tuple[str, ...]] = []
    after: list[tuple[str, ...]] = []
    spoken: list[tuple[str, str]] = []
    cells = 0
    for one in corrections:
        old, places = _where(stored, sorted(rows), one, salt)
        content = _put(content, dataset, one, places)
        new = one.value.strip()
        cells += len(places)
        before.append((dataset.name, one.column, old))
        after.append((dataset.name, one.column, new))
        if one.is_in_texts and new and len(old) >= _SHORTEST:
            spoken.append((old, new))
    return Changed(
        content=content,
        cells=cells,
        columns=tuple(dict.fromkeys(one.column for one in corrections)),
        before=tuple(before),
        after=tuple(after),
        spoken=tuple(spoken),
    )


def whole(stored: Stored) -> pa.Table:
    """All rows of a dataset version, unchanged."""
    return stored.table.arrow(list(stored.dataset.column_names))


def said_right(
    stored: Stored,
    content: pa.Table,
    rows: Sequence[int],
    mentions: Iterable[Mention],
    spoken: Sequence[tuple[str, str]],
) -> tuple[pa.Table, int, tuple[ColumnName, ...]]:
    """`content` with wrong values put right in texts, how often, and in which columns.

    Args:
        rows: the person's own, whose texts are looked through.
        mentions: of the person, in other rows.
        spoken: wrong and right values.
    """
    own = _own_texts(stored, content, sorted(rows), spoken) if spoken else ()
    found, count, columns = _in_texts(content, spoken, [*mentions, *own])
    return found, count, tuple(columns)


def to_value(dataset: Dataset, column: str, text: str) -> object:
    """What `text` is in that column; None for an empty text.

    Raises:
        CorrectionError: it cannot be that.
    """
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain:
        return None
    if len(plain) > LONGEST:
        raise _error(
            dataset,
            column,
            mark("a value has at most {longest:,} characters").format(longest=LONGEST),
        )
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\t" for c in plain):
        raise _error(dataset, column, mark("the value holds characters that nobody can read"))
    type_ = dataset.column(column).type
    try:
        return _read(plain, type_)
    except (ValueError, InvalidOperation, OverflowError):
        raise _error(
            dataset,
            column,
            mark("it holds {needs}, and the value is none").format(needs=_NEEDS[type_]),
        ) from None


_NEEDS = {
    ColumnType.TEXT: "texts",
    ColumnType.INTEGER: mark("whole numbers"),
    ColumnType.NUMBER: "numbers",
    ColumnType.DATE: mark("dates such as 2026-11-26"),
    ColumnType.TIMESTAMP: mark("moments such as 2026-11-26 14:30"),
    ColumnType.BOOLEAN: mark("yes or no"),
}


def _read(text: str, type_: ColumnType) -> object:
    match type_:
        case ColumnType.TEXT:
            return text
        case ColumnType.INTEGER:
            if not _INTEGER.fullmatch(text):
                raise ValueError(type_)
            return int(text)
        case ColumnType.NUMBER:
            number = Decimal(text)
            if not number.is_finite():
                raise ValueError(type_)
            return float(number)
        case ColumnType.BOOLEAN:
            if text.casefold() not in _TRUTH:
                raise ValueError(type_)
            return _TRUTH[text.casefold()]
        case ColumnType.DATE:
            return date.fromisoformat(text)
        case ColumnType.TIMESTAMP:
            return datetime.fromisoformat(text).replace(tzinfo=None)


def _refusal(dataset: Dataset, column: ColumnName, others: Mapping[ColumnName, str]) -> str:
    if column == dataset.description.unit:
        return mark("it tells people apart, so another value would make the rows somebody else's")
    if why := others.get(column):
        return mark("it may be somebody else's: {why}").format(why=why)
    return ""


def _where(
    stored: Stored, rows: Sequence[int], one: Correction, salt: bytes
) -> tuple[str, list[int]]:
    """The old value, and in which rows it stands."""
    codes = stored.table.codes(one.column)
    texts = codes.texts()
    mine = codes.codes[list(rows)].tolist()
    for code in set(mine):
        value = texts[code] if code >= 0 else ""
        if hmac.compare_digest(hash_of(salt, value), one.seen):
            if value == one.value.strip():
                raise _error(stored.dataset, one.column, mark("the value is the same as before"))
            return value, [row for row, held in zip(rows, mine, strict=True) if held == code]
    reason = mark("the value that was seen is not there any more; look again")
    raise _error(stored.dataset, one.column, reason)


def _put(content: pa.Table, dataset: Dataset, one: Correction, places: Sequence[int]) -> pa.Table:
    place = content.column_names.index(one.column)
    column = content.column(place)
    values = column.to_pylist()
    value = to_value(dataset, one.column, one.value)
    for row in places:
        values[row] = value
    try:
        made = pa.array(values, column.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        reason = mark("the column cannot hold the value")
        raise _error(dataset, one.column, reason) from None
    return content.set_column(place, one.column, made)


def _own_texts(
    stored: Stored, content: pa.Table, rows: Sequence[int], replacing: Sequence[tuple[str, str]]
) -> Iterator[Mention]:
    """Where an old value stands as whole words in texts of the person's own rows."""
    olds = "|".join(re.escape(old) for old, _ in replacing)
    pattern = re.compile(rf"(?<![\w.])(?:{olds})(?!\w)", re.IGNORECASE)
    for column in text_columns(stored):
        values = content.column(column).take(pa.array(list(rows), pa.int64())).to_pylist()
        for row, text in zip(rows, values, strict=True):
            for found in pattern.finditer(text or ""):
                yield Mention(
                    dataset_id=stored.dataset.id,
                    row=row,
                    column=column,
                    start=found.start(),
                    end=found.end(),
                    kind=IdentifierKind.OTHER,
                    is_doubtful=False,
                )


def _in_texts(
    content: pa.Table, replacing: Sequence[tuple[str, str]], mentions: Sequence[Mention]
) -> tuple[pa.Table, int, list[ColumnName]]:
    """Mentions of an old value in texts, replaced by the right one."""
    count = 0
    touched: list[ColumnName] = []
    by_column: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_column.setdefault(mention.column, []).append(mention)
    for column, found in by_column.items():
        place = content.column_names.index(column)
        values = content.column(place).to_pylist()
        done = 0
        places = {(one.row, one.start, one.end): one for one in found}
        for one in sorted(places.values(), key=lambda m: (m.row, m.start), reverse=True):
            text = values[one.row] or ""
            said = text[one.start : one.end]
            new = next((new for old, new in replacing if _same(old, said)), None)
            if new is not None:
                values[one.row] = text[: one.start] + new + text[one.end :]
                done += 1
        if done:
            made = pa.array(values, content.column(place).type)
            content = content.set_column(place, column, made)
            touched.append(ColumnName(column))
        count += done
    return content, count, touched


def _same(old: str, said: str) -> bool:
    return " ".join(old.casefold().split()) == " ".join(said.casefold().split())


def _error(dataset: Dataset, column: str, reason: str) -> CorrectionError:
    return CorrectionError(column=column, dataset=dataset.name, reason=reason)
