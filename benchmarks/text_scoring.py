"""Labelled texts of the shared data sets, and how finds in them are counted.

A labelled span counts as found when found spans of its type cover at least half of its characters;
a found span counts as right when at least half of its own lie in labelled spans of its type. A
postal code or a place also counts as found as part of an address, and as right inside a labelled
one. The strict figures ask for the same two ends and the same type. F2 = 5 P R / (4 P + R): a miss
weighs four times a false alarm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Labels of the sets and what they are in compliance.discovery.text.
PATTERN_LABELS = {
    "CREDIT_CARD": "credit_card",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "US_SSN": "national_id",
    "IP_ADDRESS": "ip_address",
    "DATE_TIME": "date",
    "DOMAIN_NAME": "url",
    "ZIP_CODE": "postal_code",
    "US_DRIVER_LICENSE": "driver_licence",
    "AGE": "age",
}
NAME_LABELS = {
    "PERSON": "person",
    "person": "person",
    "GPE": "location",
    "LOCATION": "location",
    "location": "location",
    "ORGANIZATION": "organization",
    "corporation": "organization",
    "group": "organization",
    "STREET_ADDRESS": "address",
    "ADDRESS": "address",
    "TITLE": "title",
    "PREFIX": "title",
    "NRP": "nationality",
}
LABELS = PATTERN_LABELS | NAME_LABELS
_MINIMUM = 0.5
# A postal code or a place found as part of an address, or in a labelled one, is found.
_PART_OF = {"postal_code": "address", "location": "address"}

Mark = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One text and what is labelled in it, as (start, end, type)."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts of one type: labelled and found of them; told and right of them."""

    labelled: int
    found: int
    told: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.labelled if self.labelled else 1.0

    @property
    def f2(self) -> float:
        p, r = self.precision, self.recall
        return 5 * p * r / (4 * p + r) if p + r else 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            labelled=self.labelled + other.labelled,
            found=self.found + other.found,
            told=self.told + other.told,
            right=self.right + other.right,
        )


NOTHING = Score(labelled=0, found=0, told=0, right=0)


def presidio_texts(path: Path) -> list[Labelled]:
    """A file of presidio-research with its labels as types of ours."""
    return [
        Labelled(
            text=row["full_text"],
            marks=tuple(
                (s["start_position"], s["end_position"], LABELS[s["entity_type"]])
                for s in row["spans"]
                if s["entity_type"] in LABELS
            ),
        )
        for row in json.loads(path.read_text("utf-8"))
    ]


def conll_texts(path: Path) -> list[Labelled]:
    """A file of WNUT-17, its words put together with single blanks."""
    texts, words = [], []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.strip():
            words.append(tuple(line.split("\t")[:2]))
        elif words:
            texts.append(_joined(words))
            words = []
    return texts


def scores(
    texts: Sequence[Labelled], found: Sequence[Iterable[Mark]], *, is_strict: bool = False
) -> Mapping[str, Score]:
    """Counts of every type that is labelled or found anywhere."""
    totals: dict[str, Score] = {}
    for labelled, marks in zip(texts, found, strict=True):
        told = list(marks)
        for kind in {m[2] for m in (*labelled.marks, *told)}:
            kinds = {kind} if is_strict else {kind, _PART_OF.get(kind, kind)}
            gold = [m for m in labelled.marks if m[2] in kinds]
            mine = [m for m in told if m[2] in kinds]
            totals[kind] = totals.get(kind, NOTHING) + Score(
                labelled=sum(m[2] == kind for m in gold),
                found=sum(m[2] == kind and _is_met(m, mine, is_strict=is_strict) for m in gold),
                told=sum(m[2] == kind for m in mine),
                right=sum(m[2] == kind and _is_met(m, gold, is_strict=is_strict) for m in mine),
            )
    return totals


def _is_met(mark: Mark, others: Sequence[Mark], *, is_strict: bool) -> bool:
    if is_strict:
        return mark in others
    shared = sum(max(0, min(mark[1], o[1]) - max(mark[0], o[0])) for o in others)
    return shared >= _MINIMUM * (mark[1] - mark[0])


def _joined(words: Sequence[tuple[str, ...]]) -> Labelled:
    text, marks = "", []
    for word, tag in words:
        start = len(text) + bool(text)
        text += (" " if text else "") + word
        if tag[0] == "I" and marks and marks[-1][2] == tag[2:]:
            marks[-1] = (marks[-1][0], len(text), tag[2:])
        elif tag != "O":
            marks.append((start, len(text), tag[2:]))
    return Labelled(text=text, marks=tuple((a, b, LABELS[t]) for a, b, t in marks if t in LABELS))
