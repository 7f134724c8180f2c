"""Column edges of what was computed from tables: answers, looks, models, invented rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from compliance.federated.nouns import Plan as RunPlan
from compliance.i18n import mark
from compliance.lineage.columns import aggregated, as_it_was, changed, chosen_by, hung_on
from compliance.lineage.nouns import ColumnEdge, ColumnSubkind
from compliance.privacy.nouns.question import Query, StatisticKind
from compliance.privacy.nouns.synthesis import SynthesisPlan

MODEL = "model"
BOUNDS = "bounds"

_COUNTS = (StatisticKind.COUNT_ROWS, StatisticKind.COUNT_UNITS)
_BOUNDED = mark("what one person contributes is bounded")


def columns_of_answer(query: Query) -> tuple[str, ...]:
    """The columns that the answer to a query has."""
    return (*query.by, *(statistic.name for statistic in query.statistics))


def of_answer(query: Query) -> tuple[ColumnEdge, ...]:
    """Edges from the columns as `query` names them, those of joined datasets with their names."""
    return tuple(dict.fromkeys((*_groups(query), *_statistics(query), *_chosen(query))))


def of_one_dataset(
    edges: Iterable[ColumnEdge], name: str, query: Query, columns: Collection[str]
) -> tuple[ColumnEdge, ...]:
    """Of these edges those from one dataset, with its columns named as it names them.

    Args:
        name: of a joined dataset; empty: the one that was asked.
        columns: those of the dataset.
    """
    before = f"{name}." if name else ""
    own = [
        ColumnEdge(
            origin=edge.origin.removeprefix(before),
            made=edge.made,
            kind=edge.kind,
            subkind=edge.subkind,
            masking=edge.masking,
            how=edge.how,
        )
        for edge in edges
        if edge.origin.startswith(before) and edge.origin.removeprefix(before) in columns
    ]
    joins = [join for join in query.join if not name or join.dataset == name]
    keys = {str(join.unit if name else query.unit) for join in joins}
    return (*own, *(hung_on(key, ColumnSubkind.JOIN, mark("people are the same")) for key in keys))


def of_look(query: Query, columns: Sequence[str]) -> tuple[ColumnEdge, ...]:
    """Edges of a look for bounds, with noise."""
    looked = dict.fromkeys((query.unit, *columns))
    return (
        *(aggregated(c, BOUNDS, mark("looked at with noise"), masking=True) for c in looked),
        *(hung_on(c, ColumnSubkind.GROUP_BY, mark("groups")) for c in query.by),
        *chosen_by(_conditions(query), mark("rows counted where it holds")),
    )


def of_synthesis(plan: SynthesisPlan) -> tuple[ColumnEdge, ...]:
    """Edges of invented rows: each column is drawn from counts, and ties hang on all of them."""
    drawn = mark("drawn from counts with noise")
    return (
        *(aggregated(c, c, drawn, masking=True) for c in plan.columns),
        *(
            hung_on(c, ColumnSubkind.CONDITIONAL, mark("ties between columns"))
            for c in plan.columns
        ),
        hung_on(plan.unit, ColumnSubkind.GROUP_BY, _BOUNDED),
        *chosen_by(
            dict.fromkeys(c.column for c in plan.where), mark("rows counted where it holds")
        ),
    )


def of_run(
    plan: RunPlan, features: Sequence[str], unit: str | None, columns: Collection[str]
) -> tuple[ColumnEdge, ...]:
    """Edges of a model.

    Args:
        features: what it learnt from.
        unit: the column that tells people apart.
        columns: those of the dataset.
    """
    noise = plan.privacy
    learnt = mark("learnt from, under noise") if noise else mark("learnt from")
    named = (*features, *plan.history.columns, *([plan.target] if plan.target else []))
    found: list[ColumnEdge] = [
        aggregated(c, MODEL, learnt, masking=noise is not None)
        for c in dict.fromkeys(named)
        if c in columns
    ]
    split = plan.site_column or unit
    told = {
        split: (ColumnSubkind.GROUP_BY, mark("rows come to sites by it")),
        (noise.column or unit) if noise else None: (ColumnSubkind.GROUP_BY, _BOUNDED),
        plan.history.time: (ColumnSubkind.WINDOW, mark("the past and the future are told apart")),
    }
    found += [hung_on(c, *how) for c, how in told.items() if c is not None and c in columns]
    return tuple(found)


def _groups(query: Query) -> Iterator[ColumnEdge]:
    for column in query.by:
        if column in query.coarse:
            yield changed(column, mark("made coarser"), masking=True)
        else:
            yield as_it_was(column)
        yield hung_on(column, ColumnSubkind.GROUP_BY, mark("groups"))


def _statistics(query: Query) -> Iterator[ColumnEdge]:
    for one in query.statistics:
        counted = query.by if one.kind is StatisticKind.TOP else ()
        of = (one.column,) if one.column else (query.unit, *counted)
        what = mark("counted") if one.kind in _COUNTS else str(one.kind).replace("_", " ")
        for column in of:
            yield aggregated(column, one.name, f"{what}, under noise", masking=True)


def _chosen(query: Query) -> Iterator[ColumnEdge]:
    yield hung_on(query.unit, ColumnSubkind.GROUP_BY, _BOUNDED)
    yield from chosen_by(_conditions(query), mark("rows counted where it holds"))
    if query.period is not None:
        yield hung_on(query.period.column, ColumnSubkind.WINDOW, f"per {query.period.per}")


def _conditions(query: Query) -> Iterable[str]:
    return dict.fromkeys(condition.column for condition in query.where)
