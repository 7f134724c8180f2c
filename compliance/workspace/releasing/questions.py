"""What the trail says of a question: names of columns, and keyed hashes of the rest.

A condition may hold a value of the data, so that of what it compares with only a keyed hash is
kept: two equal ones are known as equal, and nobody without the desk's key can try values out.
"""

from __future__ import annotations

import hashlib
import hmac

from compliance.dataset.nouns import Dataset
from compliance.plain import to_json
from compliance.privacy.nouns.question import Query, Statistic

_DIGITS = 16


def asked(query: Query, dataset: Dataset, key: bytes) -> dict[str, object]:
    """The facts of an act that asked `query` of this version of `dataset`.

    Returns:
        unit: the person's own column.
        columns: all that the question names, of the dataset and of joined ones.
        questions: one hash for each statistic of these groups under these conditions. How it is
            bounded and how much noise it gets do not count: so varied, it is the same question.
        shapes: the same without the conditions.
        conditions: column and comparison, and the hash of what it is compared with.
    """
    about = [dataset.id, query.unit, sorted(query.by), query.coarse, query.period, query.join]
    where = sorted((c.column, c.comparison, c.value) for c in query.where)
    shapes = [[*about, _core(statistic)] for statistic in query.statistics]
    return {
        "unit": query.unit,
        "columns": _columns(query),
        "questions": [_hash(key, [*shape, where]) for shape in shapes],
        "shapes": [_hash(key, shape) for shape in shapes],
        "conditions": [
            {"column": column, "is": how, "value": _hash(key, [dataset.name, column, value])}
            for column, how, value in where
        ],
    }


def _columns(query: Query) -> list[str]:
    named = [query.unit, *query.by, *(s.column for s in query.statistics if s.column)]
    named += [condition.column for condition in query.where]
    named += [query.period.column] if query.period else []
    return list(dict.fromkeys(str(name) for name in named))


def _core(statistic: Statistic) -> list[object]:
    """What tells a statistic from another one, whatever its bounds."""
    kind, column, at = statistic.kind, statistic.column, statistic.at
    return [kind, column, at, statistic.edges, statistic.largest, statistic.of_units]


def _hash(key: bytes, said: object) -> str:
    # Another use of the desk's key must never yield the same hash.
    text = f"question\n{to_json(said)}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
