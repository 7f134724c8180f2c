"""Columns that are looked into by what their values mean, each read and normalised once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Codes
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing import normalising

Rows = npt.NDArray[np.intp]
PARTS = "\x1f"  # between the parts of a value that several columns hold together
NONE: Rows = np.empty(0, dtype=np.intp)
_BLOCK = 6  # last digits of a phone number
_SHORT = 2  # letters of an abbreviation, such as “st”


class Codings(Mapping[str, Sequence[int]]):
    """The codes of each form. Most forms have one, and no sequence is kept for these.

    Hundreds of thousands of small sequences would all be walked through whenever memory is
    collected, which took a third of the first search.

    Attributes:
        first: the first code of each form.
        more: all codes of those that have several.
    """

    def __init__(self, first: Mapping[str, int], more: Mapping[str, Sequence[int]]) -> None:
        self.first, self.more = first, more

    def __getitem__(self, form: str) -> Sequence[int]:
        code = self.first[form]
        return self.more.get(form) or (code,)

    def __contains__(self, form: object) -> bool:
        return form in self.first

    def __iter__(self) -> Iterator[str]:
        return iter(self.first)

    def __len__(self) -> int:
        return len(self.first)


class Column:
    """One column, or several that hold something together, as codes into distinct values.

    Safe to share between threads: what is worked out twice is the same.

    Attributes:
        codes: per row, the place of its value in `texts`; -1 where there is none.
        texts: the distinct values as people write them.
    """

    def __init__(self, codes: npt.NDArray[np.int32], texts: Sequence[str]) -> None:
        self.codes = codes
        self.texts = texts

    @functools.cached_property
    def nbytes(self) -> int:
        """About how much memory it takes once it was looked into."""
        return int(self.codes.nbytes * 4 + sum(map(len, self.texts)) * 3 + len(self.texts) * 200)

    def rows(self, codes: Iterable[int]) -> Rows:
        """The rows that hold one of `codes`, ascending."""
        order, starts = self._sorted
        found = [order[starts[code] : starts[code + 1]] for code in codes]
        if not found:
            return NONE
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found))

    def codes_at(self, rows: Rows) -> list[int]:
        """The different codes that `rows` hold, those without a value left out."""
        found = np.unique(self.codes[rows])
        return [int(code) for code in found if code >= 0]

    def texts_at(self, rows: Rows) -> list[str]:
        """The different values that `rows` hold."""
        return [self.texts[code] for code in self.codes_at(rows)]

    def text_at(self, row: int) -> str:
        """What stands in `row`; "" where nothing does."""
        code = int(self.codes[row])
        return self.texts[code] if code >= 0 else ""

    def by(self, kind: IdentifierKind) -> Codings:
        """The codes of each value, by its form as an identifier of that kind."""
        forms = self._forms.get(kind)
        if forms is None:
            forms = self._forms[kind] = self._by_key() if kind in _KEYS else self._by(kind)
        return forms

    @functools.cached_property
    def keys(self) -> Sequence[str]:
        """Per code, its value as a person's key; "" where it is none."""
        return normalising.keys(self.texts)

    def holding(self, kind: IdentifierKind, value: str, regions: tuple[str, ...]) -> list[int]:
        """The codes of the values that are `value`, in whichever way it is written."""
        if kind is IdentifierKind.PHONE:
            return self._phones(value, regions)
        if kind is IdentifierKind.ADDRESS:
            return self._addresses(value)
        known = self.by(kind)
        return sorted({code for form in forms_of(kind, value) for code in known.get(form, ())})

    @functools.cached_property
    def _forms(self) -> dict[IdentifierKind, Codings]:
        return {}

    @functools.cached_property
    def _sorted(self) -> tuple[Rows, Rows]:
        """The rows by their codes, and where those of each code begin."""
        order = np.argsort(self.codes, kind="stable")
        places = np.arange(len(self.texts) + 1)
        return order, np.searchsorted(self.codes[order], places)

    def _by(self, kind: IdentifierKind) -> Codings:
        return _gathered(self.texts, _WHOLE[kind])

    def _by_key(self) -> Codings:
        first = dict(zip(self.keys, range(len(self.keys)), strict=True))
        first.pop("", None)
        if len(first) < len(self.keys):  # some are written in several ways
            return _gathered(self.keys, lambda key: (key,))
        return Codings(first, {})

    def _phones(self, value: str, regions: tuple[str, ...]) -> list[int]:
        """A block of the same last digits first: only few numbers have to be understood."""
        wanted = normalising.phones(value, regions)
        near = self.ending_as(map(normalising.digits, wanted))
        return [c for c in near if wanted & normalising.phones(self.texts[c], regions)]

    def ending_as(self, numbers: Iterable[str]) -> list[int]:
        """The codes of the telephone numbers whose last digits are those of one of `numbers`."""
        blocks = {number[-_BLOCK:] for number in numbers}
        return sorted({code for block in blocks for code in self._by_end.get(block, ())})

    @functools.cached_property
    def _by_end(self) -> Codings:
        return _gathered(self.texts, lambda text: (normalising.digits(text)[-_BLOCK:],))

    def _addresses(self, value: str) -> list[int]:
        """Those with a number of it, and one of its longer words, first."""
        words, whole = normalising.address_words(value), normalising.joined(value)
        long = [word for word in words if len(word) > _SHORT and word.isalpha()]
        near = {c for n in normalising.numbers(value) for c in self._by_number.get(n, ())}
        found = []
        for code in near:
            text = self.texts[code]
            plain = normalising.folded(text.partition(PARTS)[0])
            is_near = normalising.is_east_asian(text) or any(word in plain for word in long)
            if is_near and is_same_place(text, words, whole):
                found.append(code)
        return sorted(found)

    @functools.cached_property
    def _by_number(self) -> Codings:
        return _gathered(self.texts, lambda text: normalising.numbers(text.partition(PARTS)[0]))


def forms_of(kind: IdentifierKind, value: str) -> tuple[str, ...]:
    """The forms of a value that somebody is known by; () where it is no such identifier."""
    if kind is IdentifierKind.NAME:
        return normalising.spellings(value)
    if kind is IdentifierKind.PHONE:
        return tuple(sorted(normalising.phones(value, ())))
    if kind is IdentifierKind.ADDRESS:
        words = normalising.address_words(value)
        return (" ".join(sorted(words)),) if normalising.numbers(value) else ()
    return tuple(form for form in _WHOLE[kind](value) if form)


def is_same_place(text: str, words: frozenset[str], whole: str) -> bool:
    """Whether the street of `text`, and its town where both name one, are those of an address.

    Args:
        text: street, postal code and city, with `PARTS` between them.
        words, whole: of the address looked for.
    """
    street, *town = text.split(PARTS)
    here = normalising.address_words(street)
    if not any(word.isalpha() or normalising.is_east_asian(word) for word in here):
        return False  # a bare number is no place
    is_street = here <= words or _stands_in(street, whole)
    if not is_street:
        # A whole address in one column, of which only the street is looked for.
        return not town and words <= here
    around = normalising.address_words(" ".join(town))
    rest = words - here
    return not around or not rest or bool(around & rest) or any(_stands_in(t, whole) for t in town)


def read_column(table: Table, columns: tuple[ColumnName, ...], *, is_name: bool) -> Column:
    """The columns of `table` as one.

    Args:
        is_name: they are a given and a family name.
    """
    coded = [table.codes(column) for column in columns]
    if len(coded) == 1:
        return Column(coded[0].codes, coded[0].texts())
    codes, picked = _together(coded)
    parts = [[*one.texts(), ""] for one in coded]
    rows = [[part[code] for part, code in zip(parts, each, strict=True)] for each in picked]
    join = (lambda row: normalising.full_name(*row)) if is_name else PARTS.join
    return Column(codes, [join(row) for row in rows])


def _together(coded: Sequence[Codes]) -> tuple[npt.NDArray[np.int32], list[tuple[int, ...]]]:
    """Codes of combinations of values, and what each is made of; none where the first has none."""
    mixed = np.zeros(len(coded[0].codes), dtype=np.int64)
    for one in coded:
        mixed = mixed * (len(one.labels) + 1) + (one.codes + 1)
    found, codes = np.unique(mixed, return_inverse=True)
    rest, picked = found, []
    for one in reversed(coded):
        rest, place = np.divmod(rest, len(one.labels) + 1)
        picked.append((place - 1).tolist())
    codes = np.where(coded[0].codes < 0, -1, codes)
    return codes.astype(np.int32), list(zip(*reversed(picked), strict=True))


def _stands_in(text: str, whole: str) -> bool:
    """In East Asian addresses nothing stands between the words."""
    return normalising.is_east_asian(text) and normalising.joined(text) in whole


def _gathered(texts: Sequence[str], forms: Callable[[str], Iterable[str]]) -> Codings:
    first: dict[str, int] = {}
    more: dict[str, list[int]] = {}
    for code, text in enumerate(texts):
        for form in forms(text):
            if not form:
                continue
            known = first.setdefault(form, code)
            if known != code:
                more.setdefault(form, [known]).append(code)
    return Codings(first, more)


_KEYS = (IdentifierKind.PERSON_KEY, IdentifierKind.OTHER)
_WHOLE: Mapping[IdentifierKind, Callable[[str], Iterable[str]]] = {
    IdentifierKind.EMAIL: normalising.emails_in,
    IdentifierKind.PERSON_KEY: lambda text: (normalising.key(text),),
    IdentifierKind.OTHER: lambda text: (normalising.key(text),),
    IdentifierKind.NAME: lambda text: (normalising.name(text),),
    IdentifierKind.BIRTH_DATE: normalising.dates,
    IdentifierKind.USERNAME: lambda text: (normalising.username(text),),
    IdentifierKind.NATIONAL_ID: lambda text: (normalising.code(text),),
    IdentifierKind.CARD: lambda text: (normalising.code(text),),
}
