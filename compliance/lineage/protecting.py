"""Column edges of tables in which values were hidden: anonymised, histories, erasures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from compliance.anonymise.nouns import Method, Plan, TreatmentKind
from compliance.anonymise.nouns.record import BasketPlan, ItemOrder
from compliance.i18n import mark
from compliance.lineage.columns import as_it_was, changed, hung_on
from compliance.lineage.nouns import ColumnEdge, ColumnSubkind

KEYED = frozenset({TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.FORMAT_PRESERVING})
"""Pseudonyms that can be made again, or looked up, by whoever has the desk's key."""

_DONE: Mapping[TreatmentKind, str] = {
    TreatmentKind.MASK: mark("masked"),
    TreatmentKind.PSEUDONYM: mark("replaced by a keyed pseudonym"),
    TreatmentKind.VAULT: mark("replaced by a pseudonym whose original is in the vault"),
    TreatmentKind.FORMAT_PRESERVING: mark("replaced by a keyed pseudonym of the same form"),
    TreatmentKind.SHIFT_DATES: mark("shifted by days of each person's own"),
    TreatmentKind.TOP_BOTTOM: mark("cut at both ends"),
    TreatmentKind.ROUND: mark("rounded"),
    TreatmentKind.MICROAGGREGATE: mark("averaged in small groups"),
    TreatmentKind.NOISE: mark("under noise"),
    TreatmentKind.SWAP: mark("swapped between rows"),
    TreatmentKind.PRAM: mark("changed by chance"),
    TreatmentKind.SUPPRESS_CELLS: mark("rare values left out"),
}


def of_anonymised(
    plan: Plan, levels: Mapping[str, int], shown: Iterable[str], *, suppressed: int
) -> tuple[ColumnEdge, ...]:
    """Edges of an anonymised table; a column that was left out has none.

    Args:
        levels: of each quasi-identifier; empty after local recoding.
        shown: the columns of the output.
        suppressed: rows left out of it.
    """
    treated = {str(t.column): t.kind for t in plan.treatments if t.kind in _DONE}
    quasi = {str(column) for column in plan.columns}
    found = [_column(str(c), plan, levels, quasi, treated) for c in shown]
    says = mark("rows left out where too few were alike")
    rare = sorted(quasi) if suppressed else []
    return (*found, *(hung_on(c, ColumnSubkind.FILTER, says, masking=True) for c in rare))


def of_baskets(plan: BasketPlan) -> tuple[ColumnEdge, ...]:
    """Edges of purchase histories made k^m-anonymous."""
    return (
        changed(plan.person, mark("numbered anew, by what they show"), masking=True),
        changed(plan.item, mark("put together with others"), masking=True),
        hung_on(plan.person, ColumnSubkind.GROUP_BY, mark("who bought what")),
        *_described(plan),
    )


def of_erasure(
    removed_by: Collection[str], blanked: Collection[str], redacted: Collection[str]
) -> tuple[ColumnEdge, ...]:
    """What an erasure did to the columns of a version; it holds none of their values.

    Args:
        removed_by: the columns by which rows were found that went.
        blanked, redacted: those that lost cells, or parts of texts.
    """

    def told(columns: Collection[str], subkind: ColumnSubkind, says: str) -> Iterator[ColumnEdge]:
        return (hung_on(c, subkind, says, masking=True) for c in sorted(columns))

    return (
        *told(removed_by, ColumnSubkind.FILTER, mark("rows removed")),
        *told(blanked, ColumnSubkind.CONDITIONAL, mark("cells emptied")),
        *told(redacted, ColumnSubkind.CONDITIONAL, mark("parts of texts blackened")),
    )


def _described(plan: BasketPlan) -> Iterator[ColumnEdge]:
    if plan.order is ItemOrder.DESCRIPTION and plan.description:
        says = mark("what is put together")
        yield hung_on(plan.description, ColumnSubkind.CONDITIONAL, says, plan.item)


def _column(
    column: str,
    plan: Plan,
    levels: Mapping[str, int],
    quasi: Collection[str],
    treated: Mapping[str, TreatmentKind],
) -> ColumnEdge:
    if column in treated:
        return changed(column, _DONE[treated[column]], masking=True)
    if column not in quasi:
        return as_it_was(column)
    if plan.method is Method.LOCAL or column not in levels:
        return changed(column, mark("made coarser, cell by cell"), masking=True)
    if levels[column] == 0:
        return as_it_was(column)
    return changed(
        column, mark("made coarser, to level {level}").format(level=levels[column]), masking=True
    )
