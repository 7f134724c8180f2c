"""Pseudonymised copies: whoever holds the key can say which pseudonym is the person's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind, Match, Via
from compliance.rights.tracing.columns import Rows
from compliance.rights.tracing.linking import Linked
from compliance.rights.tracing.views import Copy, View


def pseudonymous(
    view: View, copy: Copy, origin: View | None, found: Sequence[Match], linked: Linked
) -> list[Match]:
    """The rows of a copy that carry a pseudonym of the person: a match per column, and per doubt.

    Args:
        copy: how `view` was made.
        origin: the version that it was made from; None where that is not searched.
        found: the matches in `origin`.
    """
    made = []
    certain = [match for match in found if not match.is_doubtful]
    for column, maker in copy.pseudonyms.items():
        kind = copy.kinds[column]
        values = {
            one.value
            for one in linked.knowledge.of(kind)
            if one.is_of_use_in(view.space) and kind is not IdentifierKind.OTHER
        }
        for match in certain:
            values |= _values(origin, column, match)
        via = Via(column=column, kind=kind, from_=copy.origin)
        people = _people(origin, column, values)
        doubt = (
            ""
            if people == 1
            else mark("A pseudonym in “{column}” is that of {people:,} people.").format(
                column=column, people=people
            )
        )
        rows = _carrying(view, column, map(maker, values))
        made.append(_match(view, rows, via, 1 / people, people, doubt, ""))
        for match in found:
            if match.is_doubtful:
                rows = _carrying(view, column, map(maker, _values(origin, column, match)))
                sure, why = match.confidence, match.doubt
                made.append(_match(view, rows, via, sure, match.people, why, match.who))
    return [match for match in made if match.rows]


def _match(
    view: View, rows: Rows, via: Via, confidence: float, people: int, doubt: str, who: str
) -> Match:
    return Match(
        dataset_id=view.id,
        rows=tuple(rows.tolist()),
        via=(via,),
        confidence=confidence,
        is_doubtful=bool(doubt),
        people=people,
        who=who,
        doubt=doubt,
    )


def _values(view: View | None, column: ColumnName, match: Match) -> set[str]:
    """What stands in a column of the rows of a match."""
    if view is None:
        return set()
    rows = np.array(match.rows, dtype=np.intp)
    return set(view.column((column,), IdentifierKind.OTHER).texts_at(rows))


def _carrying(view: View, column: ColumnName, pseudonyms: Iterable[str]) -> Rows:
    here = view.column((column,), IdentifierKind.OTHER)
    places = here.by(IdentifierKind.OTHER)
    return here.rows(sorted({code for one in pseudonyms for code in places.get(one, ())}))


def _people(origin: View | None, column: ColumnName, values: set[str]) -> int:
    """How many people have one of `values` in the origin."""
    if origin is None or origin.owners is None:
        return 1
    here = origin.column((column,), IdentifierKind.OTHER)
    rows = here.rows([code for code, text in enumerate(here.texts) if text in values])
    return max(1, len(origin.people(rows)))
