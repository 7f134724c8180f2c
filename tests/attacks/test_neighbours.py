"""Adding or removing one person must move no part by more than its stated sensitivity.

    table ────────────────▶ parts ─┐
    table + one person ───▶ parts ─┴─ difference ≤ (L1, L2) that the noise is calibrated to

The person may have any number of rows, in any groups, with any values.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.nouns import Column
from compliance.privacy import aggregate, to_query
from compliance.privacy.aggregates import parts_of

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
Row = tuple[str, str, int, float]
KEY = b"k" * 32
AMOUNTS = st.one_of(
    # Rows that are alike in part, so that choosing among them meets equals.
    st.sampled_from([0.0, -0.0, 1.0]),
    st.integers(-(10**6), 10**6).map(float),
    st.floats(-1e15, 1e15, allow_nan=False),
)


def rows(people: list[str]) -> st.SearchStrategy[list[Row]]:
    row = st.tuples(
        st.sampled_from(people), st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 5), AMOUNTS
    )
    return st.lists(row, max_size=40)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    others=rows(["ann", "bob", "cem"]),
    person=rows(["eve"]),
    groups=st.integers(1, 3),
    per_group=st.integers(1, 4),
    by=st.sampled_from([[], ["city"], ["city", "day"]]),
    where=st.sampled_from(["", "day > 1", "amount > 0"]),
    keys=st.booleans(),
)
def test_one_person_moves_no_part_by_more_than_its_sensitivity(
    stored: Stored,
    others: list[Row],
    person: list[Row],
    groups: int,
    per_group: int,
    by: list[str],
    where: str,
    keys: bool,
) -> None:
    public = {"city": ["a", "b", "x"], "day": ["0", "1", "2"]} if keys else {}
    query = to_query(
        {
            "unit": "who",
            "by": by,
            "max_groups": groups,
            "max_rows_per_group": per_group,
            "public_keys": {c: public[c] for c in by if c in public},
            "where": where,
            "statistics": [
                {"count": "rows"},
                {"count": "units"},
                {"sum": {"column": "amount", "lower": -3, "upper": 7, "unit": "cents"}},
                {"mean": {"column": "amount", "lower": -5, "upper": 90}},
            ],
        }
    )
    # A row of nobody keeps both tables non-empty and the amount a decimal number in both.
    base: list[tuple[str | None, str, int, float]] = [*others, (None, "a", 0, 0.5)]
    answers = []
    for content in (base, [*base, *person]):
        who, city, day, amount = (list(column) for column in zip(*content, strict=True))
        table, columns = stored(who=who, city=city, day=day, amount=amount)
        answers.append(aggregate(table, query, columns, KEY))

    without, with_person = answers
    for part in parts_of(query):
        before = dict(zip(without.keys, without.parts[part.name].tolist(), strict=True))
        after = dict(zip(with_person.keys, with_person.parts[part.name].tolist(), strict=True))
        moved = [after.get(k, 0) - before.get(k, 0) for k in {*before, *after}]
        assert sum(abs(m) for m in moved) <= part.l1
        assert sum(m**2 for m in moved) <= part.l2_squared
    before = dict(zip(without.keys, without.units.tolist(), strict=True))
    after = dict(zip(with_person.keys, with_person.units.tolist(), strict=True))
    changed = [after.get(k, 0) - before.get(k, 0) for k in {*before, *after}]
    assert sum(abs(m) for m in changed) <= query.groups_per_unit
    assert max((abs(m) for m in changed), default=0) <= 1
