"""Texts in which people are mentioned, made ready to be searched for many people."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.rights.tracing import normalising

_END = "\x00"  # between two texts; folding leaves it alone
_DIALLED = re.compile(r"\+?\(?\d(?:[ \t()./\-–]{0,3}\d){5,}")
# A word of ASCII letters and digits with four or more characters, one of them a digit.
_CODE = re.compile(r"(?<![0-9a-z])(?=[a-z_/-]*\d)[0-9a-z][0-9a-z_/-]{2,}[0-9a-z](?![0-9a-z])")
_LISTED = re.compile(r"[;|{}\[\]\n&]|,.*,|[。，、；]")
_FEW = 3  # blanks; more are those of a sentence
_SENTENCE = 20  # characters of a text on average, from which on it is taken for sentences
_IN_ADDRESS = re.compile(r"[0-9a-z.!#$%&*+?^_`{|}~-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: which of the texts, and from where to where in it."""

    text: int
    start: int
    end: int


class Prose:
    """The distinct texts of one column. Safe to share between threads.

    Args:
        reads: says of a text whether it is read; None: all are.

    Attributes:
        texts: as they are stored.
        is_read: whether any of them is read.
    """

    def __init__(self, texts: Sequence[str], reads: Callable[[str], bool] | None = None) -> None:
        self.texts = texts
        fold = normalising.folded
        folded = [fold(text) if reads is None or reads(text) else "" for text in texts]
        self.is_read = any(folded)
        self._all = _END.join(folded)
        self._starts = [0]
        for text in folded:
            self._starts.append(self._starts[-1] + len(text) + 1)
        self._has_at = "@" in self._all

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return 4 * len(self._all) + 40 * len(self.texts)

    def emails(self, form: str) -> Iterator[Place]:
        """Where the e-mail address stands that `form` is the form of."""
        if not self._has_at:
            return
        for needle in _written_domains(form):
            for at in self._each(needle):
                after = self._all[at + len(needle) : at + len(needle) + 2]
                if not _IN_ADDRESS.match(self._all[at - 1 : at] or " ") and _ends(after):
                    yield self._place(at, at + len(needle))

    def phones(self, value: str, regions: tuple[str, ...]) -> Iterator[tuple[Place, bool]]:
        """Where the number stands, in any grouping, and whether with its country code."""
        for form in sorted(normalising.phones(value, regions)):
            needle = normalising.national_part(form)
            for place, prefix in self._dialled(needle, _dialled_before(form, needle)):
                yield place, not form.startswith("+") or prefix not in ("", "0")

    def numbers(self, digits: str) -> Iterator[Place]:
        """Where the number of at least six digits stands, in any grouping."""
        return (place for place, _ in self._dialled(digits, ("",)))

    def codes(self, form: str) -> Iterator[Place]:
        """Where a number or code stands by itself, case aside."""
        needle = normalising.folded(form)
        for at in self._each(needle) if needle else ():
            around = (
                self._all[max(0, at - 1) : at] + self._all[at + len(needle) : at + len(needle) + 1]
            )
            if not any(char.isascii() and char.isalnum() for char in around):
                yield self._place(at, at + len(needle))

    @functools.cached_property
    def by_code(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Where each word with a digit stands in all texts together; only of sentences."""
        found: dict[str, list[tuple[int, int]]] = {}
        if len(self._all) >= _SENTENCE * max(1, len(self.texts)):
            for match in _CODE.finditer(self._all):
                found.setdefault(match[0], []).append(match.span())
        return found

    def phrases(self, phrase: str) -> Iterator[Place]:
        """Where `phrase` stands, and is no part of a longer word."""
        needle = " ".join(normalising.folded(phrase).split())
        if not needle:
            return
        for at in self._each(needle):
            if self._is_apart(at, at + len(needle)):
                yield self._place(at, at + len(needle))

    def words(self, word: str) -> Iterator[int]:
        """Where, in all texts together, a folded `word` begins that is no part of a longer one."""
        for at in self._each(word):
            if self._is_apart(at, at + len(word)):
                yield at

    def around(self, at: int, reach: int) -> tuple[str, int]:
        """The folded text up to `reach` characters on both sides of `at`, and where it begins."""
        first = max(self._all.rfind(_END, 0, at) + 1, at - reach)
        last = self._all.find(_END, at)
        last = len(self._all) if last < 0 else last
        return self._all[first : min(last, at + reach)], first

    def place(self, start: int, end: int) -> Place:
        """The part of a text that lies from `start` to `end` in all texts together."""
        return self._place(start, end)

    def _each(self, needle: str) -> Iterator[int]:
        at = self._all.find(needle)
        while at >= 0:
            yield at
            at = self._all.find(needle, at + 1)

    def _is_apart(self, start: int, end: int) -> bool:
        """East Asian words have no blanks between them, so anything may stand beside them."""
        before, after = self._all[start - 1 : start], self._all[end : end + 1]
        first, last = self._all[start], self._all[end - 1]
        return not (_joins(before, first) or _joins(last, after))

    def _place(self, start: int, end: int) -> Place:
        text = bisect_right(self._starts, start) - 1
        return self._original(text, start - self._starts[text], end - self._starts[text])

    def _original(self, text: int, start: int, end: int) -> Place:
        """A part of a folded text as a part of the stored one; the two may differ in length."""
        stored = self.texts[text]
        if stored.isascii():
            return Place(text=text, start=start, end=end)

        def reached(place: int) -> int:
            return len(normalising.folded(stored[:place]))

        places = range(len(stored) + 1)
        first = bisect_right(places, start, key=reached) - 1
        last = bisect_left(places, end, key=reached)
        # An accent that stands by itself belongs to the letter before it.
        while last < len(stored) and reached(last + 1) == reached(last):
            last += 1
        return Place(text=text, start=first, end=last)

    def _dialled(self, needle: str, prefixes: Sequence[str]) -> Iterator[tuple[Place, str]]:
        """Where `needle` stands in runs of digits, with which of `prefixes` and nothing else."""
        digits, starts, spans = self._numbers
        at = digits.find(needle)
        while at >= 0:
            nth = bisect_right(starts, at) - 1
            text, begin, places = spans[nth]
            first = at - starts[nth]
            after, before = first + len(needle), digits[starts[nth] : at]
            found = next(
                (
                    prefix
                    for prefix in prefixes
                    if before.endswith(prefix) and _is_gap(places, first - len(prefix))
                ),
                None,
            )
            if found is not None and _is_gap(places, after):
                digit = first - len(found)
                begins = places[digit] if digit else begin  # a sign before the first belongs to it
                yield self._original(text, begins, places[after - 1] + 1), found
            at = digits.find(needle, at + 1)

    @functools.cached_property
    def _numbers(self) -> tuple[str, list[int], list[tuple[int, int, list[int]]]]:
        """All runs of digits without what stands between them, where each run and digit begins."""
        parts, starts, spans, reached = [], [], [], 0
        for run in _DIALLED.finditer(self._all):
            text = bisect_right(self._starts, run.start()) - 1
            begin = run.start() - self._starts[text]
            places = [begin + at for at, char in enumerate(run[0]) if char.isdigit()]
            parts.append(normalising.digits(run[0]))
            starts.append(reached)
            spans.append((text, begin, places))
            reached += len(places) + 1
        return _END.join(parts), starts, spans


def is_composed(text: str) -> bool:
    """Whether a cell seems to hold more than one value, or an e-mail address."""
    return "@" in text or is_list(text)


def is_list(text: str) -> bool:
    """Whether a cell seems to hold more than one value: a list, JSON, a sentence."""
    if _LISTED.search(text):
        return True
    least = _SENTENCE if text.isascii() or not normalising.is_east_asian(text) else _SENTENCE // 2
    return len(text) > least and text.count(" ") > _FEW


def _is_gap(places: Sequence[int], at: int) -> bool:
    """Whether something stands before the digit `at`, so that a number may begin or end there."""
    return at in (0, len(places)) or places[at] > places[at - 1] + 1


def _dialled_before(form: str, national: str) -> tuple[str, ...]:
    """What may stand before the national part of a number, the longest first."""
    if not form.startswith("+"):
        return ("",)
    country = form[1 : len(form) - len(national)]
    return (f"00{country}", f"{country}0", country, "0", "")


def _written_domains(form: str) -> tuple[str, ...]:
    """The address as it stands in texts: its domain in ASCII, or in its own letters."""
    local, _, domain = form.rpartition("@")
    try:
        own = domain.encode("ascii").decode("idna")
    except UnicodeError:
        own = domain
    spelt = normalising.folded(f"{local}@{own}")
    return tuple(dict.fromkeys((normalising.folded(form), spelt)))


def _ends(after: str) -> bool:
    """Whether an address may end before `after`: no longer domain goes on there."""
    goes_on = after[:1].isascii() and (after[:1].isalnum() or after[:1] in ("-", "_"))
    is_longer = after[:1] == "." and after[1:].isascii() and after[1:].isalnum()
    return not (goes_on or is_longer)


def _joins(left: str, right: str) -> bool:
    """Whether two characters side by side are within one word."""
    if not left or not right or not (left.isalnum() and right.isalnum()):
        return False
    return not (normalising.is_east_asian(left) or normalising.is_east_asian(right))
