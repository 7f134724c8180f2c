"""Pseudonymised copies: whoever holds the key can say which pseudonym is the person's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from compliance.dataset.nouns import ColumnName
from compliance.rights.nouns import IdentifierKind, Match, Via
from compliance.rights.tracing.columns import Rows
from compliance.rights.tracing.linking import Linked
from compliance.rights.tracing.views import View


def pseudonymous(
    view: View, origin: View | None, found: Iterable[Match], linked: Linked
) -> list[Match]:
    """The rows of a copy that carry a pseudonym of the person, one match per column.

    Args:
        origin: the version that the copy was made from; None where it is not searched.
        found: the matches in `origin`.
    """
    if view.copy is None:
        return []
    certain = [match for match in found if not match.is_doubtful]
    doubtful = [match for match in found if match.is_doubtful]
    made = [_made(view, origin, column, certain, linked) for column in view.copy.pseudonyms]
    for match in doubtful:
        made += [
            _of(view, origin, column, match)
            for column in view.copy.pseudonyms
            if origin is not None
        ]
    return [match for match in made if match is not None]


def _made(
    view: View, origin: View | None, column: ColumnName, certain: Iterable[Match], linked: Linked
) -> Match | None:
    kind = _kind_of(origin or view, column)
    values = {
        one.value
        for one in linked.knowledge.of(kind)
        if one.is_of_use_in(view.space) and kind is not IdentifierKind.OTHER
    }
    for match in certain:
        values |= _values(origin, column, match)
    rows = _carrying(view, column, values)
    if not len(rows):
        return None
    people = _people(origin, column, values)
    return Match(
        dataset_id=view.id,
        rows=tuple(rows.tolist()),
        via=(Via(column=column, kind=kind, from_=view.copy.origin if view.copy else ""),),
        confidence=1 / people,
        is_doubtful=people > 1,
        people=people,
        doubt="" if people == 1 else f"The pseudonym in “{column}” is that of {people:,} people.",
    )


def _of(view: View, origin: View | None, column: ColumnName, match: Match) -> Match | None:
    """The rows of a copy that belong to doubtful rows of its origin."""
    values = _values(origin, column, match)
    rows = _carrying(view, column, values)
    if not len(rows):
        return None
    people = max(match.people, _people(origin, column, values))
    return Match(
        dataset_id=view.id,
        rows=tuple(rows.tolist()),
        via=(Via(column=column, kind=_kind_of(origin or view, column), from_=match.dataset_id),),
        confidence=match.confidence,
        is_doubtful=True,
        people=people,
        who=match.who,
        doubt=match.doubt,
    )


def _kind_of(view: View, column: ColumnName) -> IdentifierKind:
    if column == view.layout.key:
        return IdentifierKind.PERSON_KEY
    holders = (h for h in view.layout.holders if h.columns == (column,))
    return next((holder.kind for holder in holders), IdentifierKind.OTHER)


def _values(view: View | None, column: ColumnName, match: Match) -> set[str]:
    if view is None or column not in view.dataset.column_names:
        return set()
    rows = np.array(match.rows, dtype=np.intp)
    return set(view.column((column,), IdentifierKind.OTHER).texts_at(rows))


def _carrying(view: View, column: ColumnName, values: Iterable[str]) -> Rows:
    made: Mapping[str, object] = (
        {view.copy.pseudonyms[column](v): None for v in values} if view.copy else {}
    )
    here = view.column((column,), IdentifierKind.OTHER)
    places = here.by(IdentifierKind.OTHER)
    return here.rows(sorted({code for one in made for code in places.get(one, ())}))


def _people(origin: View | None, column: ColumnName, values: Iterable[str]) -> int:
    """How many people have one of `values` in the origin."""
    if origin is None or origin.owners is None or column not in origin.dataset.column_names:
        return 1
    here = origin.column((column,), IdentifierKind.OTHER)
    places = {text: code for code, text in enumerate(here.texts)}
    rows = here.rows(sorted({places[value] for value in values if value in places}))
    return max(1, len(origin.people(rows)))
