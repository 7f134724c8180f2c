"""Whose data a cell is: the person's own, or somebody else's that has to be left out.

A column is somebody else's where its header says so, where it is a second one of a kind that names
people, or where its value stands with many other people. A value that the person is known by is
always the person's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName, ColumnType, Dataset
from compliance.dataset.part import Mask
from compliance.discovery.nouns import Form, Label
from compliance.discovery.nouns.text import Span, SpanType
from compliance.i18n import mark
from compliance.rights.fulfilling.answers import answers
from compliance.rights.nouns import Identifier, IdentifierKind, Mention

Finder = Callable[[Sequence[str]], Sequence[Sequence[Span]]]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")
_SHORTEST = 3
_ADDRESS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One dataset version with what is needed to read it for a person.

    Attributes:
        dataset: which.
        labels: what its columns mean.
        table: its rows.
        is_newest: nothing newer of that name is stored, but for what was made of it without
            restricted rows.
        origin: the dataset version that it was made from, for something derived; else empty.
        only_stored: per row, whether somebody restricted it; None: nobody did.
    """

    dataset: Dataset
    labels: Mapping[str, Label]
    table: Table
    is_newest: bool = True
    origin: str = ""
    only_stored: Mask | None = None


@dataclass(slots=True)
class Known:
    """What the person is known by; in memory only.

    Attributes:
        values: folded.
        words: the words of the person's names.
    """

    values: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def learn(self, identifiers: Iterable[Identifier]) -> None:
        """Add what the request names."""
        for one in identifiers:
            self.add(one.value, is_name=one.kind is IdentifierKind.NAME)

    def add(self, value: str, *, is_name: bool = False) -> None:
        """Add one value."""
        if text := folded(value):
            self.values.add(text)
        if is_name:
            self.words |= words_of(value)

    def has(self, value: str) -> bool:
        """Whether the person is known by `value`."""
        text = folded(value)
        if text in self.values:
            return True
        words = words_of(value)
        return bool(words) and words <= self.words


def folded(value: str) -> str:
    """`value` without case, accents, blanks and punctuation; empty where little is left."""
    plain = unicodedata.normalize("NFKD", value).casefold()
    kept = "".join(c for c in plain if c.isalnum())
    return kept if len(kept) >= _SHORTEST or not kept.isascii() else ""


def words_of(name: str) -> set[str]:
    """The words of a name, without case and accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return {word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > 1 or not word.isascii()}


def names_other(column: str) -> bool:
    """Whether a header speaks of somebody else."""
    words = {word.casefold() for word in _WORDS.findall(column)}
    whole = column.casefold()
    return any(
        word in words or (not word.isascii() and word in whole)
        for word in answers()["others"]["words"]
    )


def is_identifying(label: Label | None) -> bool:
    """Whether the values of a column name one person each."""
    return label is not None and label.semantic_type in answers()["others"]["identifying"]


def others_columns(
    stored: Stored, rows: Sequence[int], via: Collection[str]
) -> Mapping[ColumnName, str]:
    """Columns that are about somebody else in these rows, with why.

    Args:
        via: the columns that tied the rows to the person; they are the person's own, unless all
            of them speak of somebody else: then so is the rest of the row.
    """
    is_beside = bool(via) and all(names_other(column) for column in via)
    own: set[str] = set()
    found: dict[ColumnName, str] = {}
    for column in sorted(stored.dataset.column_names, key=lambda name: name not in via):
        label = stored.labels.get(column)
        why = "" if column in via else _why(stored, rows, column, own, is_beside=is_beside)
        if why:
            found[column] = why
        elif label is not None and is_identifying(label):
            own.add(label.semantic_type)
    return found


def _why(
    stored: Stored,
    rows: Sequence[int],
    column: ColumnName,
    own: Collection[str],
    *,
    is_beside: bool,
) -> str:
    label = stored.labels.get(column)
    if label is None or not label.is_personal:
        return ""
    if is_beside:
        return mark("the row is about somebody else")
    if names_other(column):
        return mark("its name speaks of somebody else")
    if not is_identifying(label) or column == stored.dataset.description.unit:
        return ""
    if label.semantic_type in own:
        return mark("it is a second column of its kind and may name somebody else")
    if _is_shared(stored, rows, column, label):
        return mark("its value stands with many other people")
    return ""


def _is_shared(stored: Stored, rows: Sequence[int], column: ColumnName, label: Label) -> bool:
    """Whether a value of these rows stands in the rows of many others."""
    rule, unit = answers()["others"]["shared"], stored.dataset.description.unit
    if unit is None or unit not in stored.dataset.column_names:
        return False
    if label.semantic_type not in rule["types"] or not rows:
        return False
    values, people = stored.table.codes(column).codes, stored.table.codes(unit).codes
    mine = values[list(rows)]
    mine = mine[mine >= 0]
    holders = np.unique(people[np.isin(values, mine)])
    return len(np.setdiff1d(holders, people[list(rows)])) >= int(rule["people"])


def text_columns(stored: Stored) -> tuple[ColumnName, ...]:
    """Columns in which anything may be written."""
    return tuple(c.name for c in stored.dataset.columns if _may_hold_anything(stored, c))


def _may_hold_anything(stored: Stored, column: Column) -> bool:
    rule, label = answers()["others"], stored.labels.get(column.name)
    if column.type is not ColumnType.TEXT:
        return False
    if label is None or label.form is not Form.SINGLE or label.semantic_type in rule["texts"]:
        return True
    return not is_identifying(label) and _is_long(stored.table, column.name, rule["long"])


def _is_long(table: Table, column: ColumnName, most: int) -> bool:
    return any(len(text) > most for text in table.codes(column).texts())


def without_others(
    text: str, spans: Iterable[Span], own: Sequence[tuple[int, int]], known: Known
) -> tuple[str, int]:
    """`text` with what names somebody else replaced by what it is, and how many pieces that were.

    Args:
        spans: what was found in it, in order and without overlaps.
        own: where the person is mentioned.
    """
    named = answers()["others"]["spans"]
    pieces, done, count = [], 0, 0
    for span in spans:
        words = named.get(span.type.value)
        is_own = any(start < span.end and span.start < end for start, end in own)
        if words is None or is_own or _is_known(span, text[span.start : span.end], known):
            continue
        pieces += [text[done : span.start], mark("[{words} of somebody else]").format(words=words)]
        done, count = span.end, count + 1
    return "".join([*pieces, text[done:]]), count


def _is_known(span: Span, said: str, known: Known) -> bool:
    if known.has(said):
        return True
    # An address is written with its town in a text, and without in a column.
    whole = folded(said) if span.type is SpanType.ADDRESS else ""
    return any(len(value) >= _ADDRESS and value in whole for value in known.values)


def own_places(mentions: Iterable[Mention]) -> dict[tuple[int, str], list[tuple[int, int]]]:
    """By row and column, where these mentions of the person stand."""
    found: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for one in mentions:
        found.setdefault((one.row, one.column), []).append((one.start, one.end))
    return found
