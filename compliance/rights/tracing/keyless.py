"""Rows of which no key tells whose they are: newsletters, tickets, visits without a sign-in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind, Match, Via
from compliance.rights.tracing.columns import NONE, Rows, forms_of
from compliance.rights.tracing.kinds import Way, certain_from, data, kinds, told_apart, ways
from compliance.rights.tracing.knowing import Known, is_compatible
from compliance.rights.tracing.linking import CODE_LENGTH, Linked
from compliance.rights.tracing.resolving import fit_of
from compliance.rights.tracing.views import View

Code = Callable[[str], str]
_TELLS = tuple(kind for kind, row in kinds().items() if row.contradicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """Where one identifier stands in rows without an owner."""

    known: Known
    column: str
    rows: Rows


def ownerless(view: View, linked: Linked, code: Code) -> list[Match]:
    """The rows of `view` that no key gives to anybody, and that what is known fits."""
    hits = _hits(view, linked)
    found, taken = [], NONE
    for way in ways():
        if not way.kinds <= hits.keys():
            continue
        rows = reduce(np.intersect1d, (_rows(hits[kind]) for kind in way.kinds))
        rows = np.setdiff1d(rows, taken, assume_unique=True)
        via, sure, is_learnt = _via(way, hits, rows)
        if not len(rows) or (is_learnt and not _leads(way, view, hits)):
            continue
        taken = np.union1d(taken, rows)
        found += _judged(view, linked, way, rows, via, sure, code)
    return found


def _hits(view: View, linked: Linked) -> Mapping[IdentifierKind, list[_Hit]]:
    found: dict[IdentifierKind, list[_Hit]] = defaultdict(list)
    for known in linked.knowledge:
        if known.is_of_use_in(view.space) and known.kind is not IdentifierKind.PERSON_KEY:
            for holder, fit in view.fitting(known.kind, known.value):
                rows = view.ownerless(fit)
                if len(rows):
                    found[known.kind].append(_Hit(known=known, column=holder.title, rows=rows))
    return found


def _leads(way: Way, view: View, hits: Mapping[IdentifierKind, list[_Hit]]) -> bool:
    """What was learnt in another population leads here only in ways that may."""
    used = [hit.known for kind in way.kinds for hit in hits[kind]]
    return way.may_hop or all(one.space in ("", view.space) for one in used)


def _rows(hits: Iterable[_Hit]) -> Rows:
    return np.unique(np.concatenate([hit.rows for hit in hits]))


def _via(
    way: Way, hits: Mapping[IdentifierKind, list[_Hit]], rows: Rows
) -> tuple[tuple[Via, ...], float, bool]:
    """How the rows are tied, how surely, and whether all of it was learnt."""
    found, sure, learnt = [], 1.0, []
    for kind in sorted(way.kinds, key=list(kinds()).index):
        here = [hit for hit in hits[kind] if len(np.intersect1d(hit.rows, rows))]
        if not here:
            return (), 0.0, True
        best = max(here, key=lambda hit: (hit.known.is_given, hit.known.confidence))
        sure = min(sure, best.known.confidence)
        learnt.append(not best.known.is_given)
        found += [Via(column=h.column, kind=kind, from_=h.known.from_) for h in here]
    return tuple(dict.fromkeys(found)), sure, any(learnt)


def _judged(
    view: View,
    linked: Linked,
    way: Way,
    rows: Rows,
    via: tuple[Via, ...],
    sure: float,
    code: Code,
) -> list[Match]:
    """`rows` as one match where they can only be the person's; else told apart for an officer."""
    confidence = way.confidence * sure
    sharing = len(linked.others(view.space, way.kinds))
    agreed = fit_of(way.kinds)
    fits, others = _told_apart(view, linked, way, rows)
    people = sharing + len(others) + bool(len(fits))
    if confidence < certain_from():
        doubt = mark("{agreed}, which alone is not enough.").format(agreed=agreed)
    elif sharing or len(others) > 1 or (others and len(fits)):
        doubt = mark("{agreed} {people:,} people.").format(agreed=agreed, people=people)
    else:
        doubt = (
            mark("{agreed}, but what else stands there is different.").format(agreed=agreed)
            if others
            else ""
        )
    made = _Making(view=view, via=via, doubt=doubt, people=people, code=code)
    if len(others) > told_apart():
        return [made.match(rows, confidence / people, "")]
    found = []
    if len(fits):
        is_sure = not sharing and confidence >= certain_from()
        found.append(made.match(fits, confidence / (1 + sharing), "", is_sure=is_sure))
    weight = data()["contradicted"] / max(1, len(others))
    found += [made.match(each, confidence * weight, who) for who, each in others.items()]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What the matches of one way in one dataset version have in common."""

    view: View
    via: tuple[Via, ...]
    doubt: str
    people: int
    code: Code

    def match(self, rows: Rows, confidence: float, who: str, *, is_sure: bool = False) -> Match:
        return Match(
            dataset_id=self.view.id,
            rows=tuple(rows.tolist()),
            via=self.via,
            confidence=confidence,
            is_doubtful=not is_sure,
            people=1 if is_sure else max(1, self.people),
            who=self.code(f"{self.view.dataset.name}\x1f{who}")[:CODE_LENGTH] if who else "",
            doubt="" if is_sure else self.doubt,
        )


def _told_apart(
    view: View, linked: Linked, way: Way, rows: Rows
) -> tuple[Rows, Mapping[str, Rows]]:
    """Rows that say nothing against the person, and the others by whoever they seem to be of.

    Where nothing is known that could speak against anybody, rows of one identity are the person's
    and of several they are several people's.
    """
    said = {kind: _said(view, kind, rows) for kind in _TELLS if kind not in way.kinds}
    against = np.zeros(len(rows), dtype=np.bool_)
    is_known = False
    for kind, texts in said.items():
        known = [one for one in linked.knowledge.of(kind) if one.is_of_use_in(view.space)]
        is_known |= bool(known) and any(texts)
        if known:
            fits = {t: is_compatible(kind, t, known) for t in set(texts) if t}
            against |= np.array([bool(t) and not fits[t] for t in texts], dtype=np.bool_)
    is_weak = way.confidence < certain_from()
    groups = _grouped(said, rows, against if is_known else np.ones(len(rows), dtype=np.bool_))
    if not is_known and not is_weak and len(groups) == 1:
        return rows, {}
    if is_weak and not any(any(texts) for texts in said.values()):
        return NONE, {f"row {row}": rows[rows == row] for row in rows.tolist()}
    return (rows[~against] if is_known else NONE), groups


def _said(view: View, kind: IdentifierKind, rows: Rows) -> list[str]:
    """Per row, what stands there of that kind; "" where nothing does."""
    found = [""] * len(rows)
    for holder in view.layout.of(kind):
        column = view.column(holder.columns, kind)
        for nth, place in enumerate(column.codes[rows].tolist()):
            if place >= 0 and not found[nth]:
                found[nth] = column.texts[place]
    return found


def _grouped(
    said: Mapping[IdentifierKind, Sequence[str]],
    rows: Rows,
    wanted: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> dict[str, Rows]:
    """The wanted rows by what they say of whose they are."""
    found: dict[str, list[int]] = defaultdict(list)
    for nth, row in enumerate(rows.tolist()):
        if wanted[nth]:
            forms = [
                f"{kind}:{' '.join(forms_of(kind, texts[nth]))}"
                for kind, texts in said.items()
                if texts[nth]
            ]
            found["\x1f".join(forms) or "nobody"].append(row)
    return {who: np.array(each, dtype=np.intp) for who, each in found.items()}
