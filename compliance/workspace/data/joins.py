"""The other datasets that a query joins: found, and refused where they are about other people."""

from __future__ import annotations

from sqlalchemy import Connection

from compliance.dataset.nouns import ColumnType, Dataset
from compliance.errors import JoinError
from compliance.privacy import check_query
from compliance.privacy.nouns.question import Query
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk, all_columns
from compliance.workspace.usage import usable

# A number as an id is the same person as its digits; other types are written in ways of their own.
_WRITTEN_ALIKE = {ColumnType.INTEGER, ColumnType.TEXT}


def asked_of(
    desk: Desk, connection: Connection, name: str, query: Query
) -> tuple[Dataset, dict[str, Dataset]]:
    """The dataset that `query` is put to, and those that it joins, where they can answer it.

    Of each the rows that may be used; see `usage`.

    Raises:
        UnknownDatasetError, JoinError, QueryError: see `joined_datasets` and `check_query`.
        NotUsableError: nothing of one of them may be used.
    """
    dataset = datasets.find(connection, name)
    others = joined_datasets(connection, dataset, query)
    check_query(query, all_columns(dataset, others))
    found, _ = usable.required(desk, connection, dataset)
    beside = {
        called: usable.required(desk, connection, other)[0] for called, other in others.items()
    }
    return found, beside


def joined_datasets(connection: Connection, dataset: Dataset, query: Query) -> dict[str, Dataset]:
    """The newest version of each dataset that `query` joins to `dataset`, by name.

    Raises:
        UnknownDatasetError: there is none of that name.
        JoinError: it has another budget, its column does not tell the same people apart, or its
            columns cannot be told from those of `dataset`.
    """
    types = {column.name: column.type for column in dataset.columns}
    found = {}
    for join in query.join:
        other = datasets.find(connection, join.dataset)
        if other.population != dataset.population:
            reason = (
                "it is about other people, whose budget is another; give both datasets one "
                "population where they are about the same people"
            )
            raise JoinError(dataset=join.dataset, reason=reason)
        if join.unit not in other.column_names:
            raise JoinError(dataset=join.dataset, reason=f"it has no column “{join.unit[:80]}”")
        if other.description.unit not in (None, join.unit):
            reason = f"people are told apart there by “{other.description.unit}”"
            raise JoinError(dataset=join.dataset, reason=reason)
        here, there = types.get(query.unit), other.column(join.unit).type
        if here not in (None, there) and {here, there} != _WRITTEN_ALIKE:
            reason = f"people are told apart by {here} here and by {there} there"
            raise JoinError(dataset=join.dataset, reason=reason)
        if any(name.startswith(f"{join.dataset}.") for name in types):
            reason = "a column here is named as if it were one of its; load one under another name"
            raise JoinError(dataset=join.dataset, reason=reason)
        found[join.dataset] = other
    return found
