"""Tables without somebody: what goes, and that all else stays as it was."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import (
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    Sha256,
)
from compliance.dataset.table import to_parquet
from compliance.discovery.nouns import Form, IdentifierClass, Label
from compliance.rights.erasing import (
    MARK,
    Cutter,
    Version,
    blank_columns,
    columns_of,
    commitment,
    rewritten,
    way_of,
    why_beyond,
)
from compliance.rights.nouns import (
    Blanking,
    Cut,
    IdentifierKind,
    Match,
    Mention,
    Redaction,
    Trace,
    Via,
    Way,
)
from compliance.rights.requests import provisions

SHA = Sha256("0" * 64)
KEY, NOTE = ColumnName("who"), ColumnName("note")
PEOPLE = pa.table(
    {
        "who": [1, 2, 3, 2],
        "note": ["I am Ann", "Ann was here, so was Ann", "–", None],
        "n": [1.5] * 4,
    }
)


def cut(**what: object) -> Cut:
    return Cut(dataset_id="t@1", before=SHA, **what)  # type: ignore[arg-type]


def redaction(row: int, start: int, end: int, column: ColumnName = NOTE) -> Redaction:
    return Redaction(row=row, column=column, start=start, end=end)


@st.composite
def tables_and_cuts(draw: st.DrawFn) -> tuple[pa.Table, Cut]:
    size = draw(st.integers(1, 30))
    table = pa.table(
        {
            "who": pa.array(
                draw(st.lists(st.none() | st.integers(0, 9), min_size=size, max_size=size)),
                pa.int64(),
            ),
            "note": pa.array(
                draw(st.lists(st.none() | st.text(), min_size=size, max_size=size)), pa.string()
            ),
            "n": pa.array(draw(st.lists(st.floats(), min_size=size, max_size=size))),
        }
    )
    rows = st.lists(st.integers(0, size - 1), unique=True).map(sorted).map(tuple)
    spans = st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, 9), st.integers(1, 9)))
    return table, cut(
        removed=draw(rows),
        blanked=(Blanking(rows=draw(rows), columns=(NOTE,), key=KEY),),
        redacted=tuple(redaction(r, start, start + n) for r, start, n in draw(spans)),
    )


@given(tables_and_cuts())
def test_untouched_rows_are_byte_for_byte_what_they_were(given_: tuple[pa.Table, Cut]) -> None:
    table, what = given_
    stays = [row for row in range(table.num_rows) if row not in what.removed]
    alone = [row for row in stays if row not in what.rows]
    made = rewritten(table, what, secrets.token_bytes)
    assert made.schema == table.schema
    assert made.num_rows == len(stays)
    after = made.take(pa.array([stays.index(row) for row in alone], pa.int64()))
    before = table.take(pa.array(alone, pa.int64()))
    assert to_parquet(after.combine_chunks()) == to_parquet(before.combine_chunks())


@given(tables_and_cuts())
def test_blanked_rows_keep_their_place_and_lose_the_person(given_: tuple[pa.Table, Cut]) -> None:
    table, what = given_
    made = rewritten(table, what, secrets.token_bytes)
    stays = [row for row in range(table.num_rows) if row not in what.removed]
    for row in what.blanked[0].rows:
        if row not in what.removed:
            now = made.slice(stays.index(row), 1).to_pylist()[0]
            assert now["note"] is None
            assert now["who"] < 0
            assert repr(now["n"]) == repr(table.column("n")[row].as_py())


def test_rows_of_one_person_share_a_pseudonym_that_is_drawn_anew_each_time() -> None:
    what = cut(blanked=(Blanking(rows=(1, 3), columns=(), key=KEY),))
    first, second = (rewritten(PEOPLE, what, secrets.token_bytes)["who"].to_pylist() for _ in "ab")
    assert first[1] == first[3] != second[1]
    assert [first[0], first[2]] == [1, 3]


def test_a_key_of_text_gets_a_pseudonym_of_text() -> None:
    table = pa.table({"who": ["a", "b"]})
    what = cut(blanked=(Blanking(rows=(1,), columns=(), key=KEY),))
    assert rewritten(table, what, lambda n: b"\1" * n)["who"].to_pylist() == [
        "a",
        "erased-" + "01" * 8,
    ]


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([(0, 3), (21, 24)], f"{MARK} was here, so was {MARK}"),
        ([(21, 24), (0, 3)], f"{MARK} was here, so was {MARK}"),
        ([(0, 8), (4, 12)], f"{MARK}, so was Ann"),
        ([(0, 4), (4, 8)], f"{MARK}here, so was Ann"),
        ([(0, 24)], None),
        ([(0, 12), (13, 24)], f"{MARK},{MARK}"),
    ],
)
def test_mentions_become_gaps(spans: list[tuple[int, int]], left: str | None) -> None:
    what = cut(redacted=tuple(redaction(1, *span) for span in spans))
    made = rewritten(PEOPLE, what, secrets.token_bytes)
    assert made["note"].to_pylist() == ["I am Ann", left, "–", None]


def test_a_cell_that_is_no_text_goes_as_a_whole() -> None:
    what = cut(redacted=(redaction(2, 0, 1, KEY),))
    assert rewritten(PEOPLE, what, secrets.token_bytes)["who"].to_pylist() == [1, 2, None, 2]


def test_columns_are_counted_anew_and_keep_their_types() -> None:
    before = [Column(name=ColumnName(n), type=ColumnType.TEXT) for n in PEOPLE.column_names]
    made = rewritten(PEOPLE, cut(removed=(0, 2)), secrets.token_bytes)
    counted = columns_of(made, before)
    assert [(c.distinct, c.missing, c.type) for c in counted] == [
        (1, 0, ColumnType.TEXT),
        (1, 1, ColumnType.TEXT),
        (1, 0, ColumnType.TEXT),
    ]


def test_a_commitment_cannot_be_tried_against_values() -> None:
    drawn = [commitment(PEOPLE, (0, 1), secrets.token_bytes) for _ in range(2)]
    assert drawn[0] != drawn[1]
    fixed = [commitment(PEOPLE, rows, bytes) for rows in ((0, 1), (0, 1), (1, 2))]
    assert fixed[0] == fixed[1] != fixed[2]


# Cutting


def version(*, stays: bool = False, held: str = "", blank: tuple[str, ...] = ()) -> Version:
    columns = tuple(Column(name=ColumnName(n), type=ColumnType.TEXT) for n in PEOPLE.column_names)
    return Version(
        dataset=Dataset(
            id="t@1",
            name=DatasetName("t"),
            version=1,
            sha256=SHA,
            rows=4,
            columns=columns,
            cleaning=(),
            sources=(),
            description=Description(unit=KEY),
            added_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        blank=tuple(map(ColumnName, blank)),
        held=held,
        stays=stays,
        classes=(ColumnName("n"),) if stays else (),
    )


def trace(rows: tuple[int, ...], *mentions: Mention, by: str = "who") -> Trace:
    match = Match(
        dataset_id="t@1",
        rows=rows,
        via=(Via(column=by, kind=IdentifierKind.PERSON_KEY),),
        confidence=1.0,
        is_doubtful=False,
    )
    return Trace(matches=(match,), mentions=mentions, searched={"t@1": 3})


def mention(row: int, *, is_doubtful: bool = False) -> Mention:
    return Mention(
        dataset_id="t@1",
        row=row,
        column="note",
        start=0,
        end=3,
        kind=IdentifierKind.NAME,
        is_doubtful=is_doubtful,
    )


def test_rows_of_the_person_go_and_mentions_elsewhere_are_redacted() -> None:
    cutter = Cutter({"t@1": version()})
    cutter.add(trace((1, 3), mention(0), mention(2, is_doubtful=True)), {})
    (found,) = cutter.cuts()
    assert (found.removed, found.redacted) == ((1, 3), (redaction(0, 0, 3),))
    assert cutter.doubtful == 1


def test_doubtful_mentions_go_where_an_officer_wants_it() -> None:
    cutter = Cutter({"t@1": version()}, doubtful=True)
    cutter.add(trace((1,), mention(2, is_doubtful=True)), {})
    assert cutter.cuts()[0].redacted == (redaction(2, 0, 3),)
    assert cutter.doubtful == 0


def test_a_hold_keeps_all_of_a_dataset_as_it_is() -> None:
    cutter = Cutter({"t@1": version(held="legal hold H-1")})
    cutter.add(trace((1,), mention(0)), {})
    (found,) = cutter.cuts()
    assert not found.changes
    assert (found.kept, found.why_kept) == ((1,), "legal hold H-1")


@pytest.mark.parametrize(
    ("way", "kept", "blanked"), [(Way.KEPT, (1,), ()), (Way.BLANKED, (), ((1,),))]
)
def test_an_exception_keeps_rows_as_they_are_or_without_the_person(
    way: Way, kept: tuple[int, ...], blanked: tuple[tuple[int, ...], ...]
) -> None:
    cutter = Cutter({"t@1": version(blank=("note", "who"))})
    cutter.add(trace((1,)), {"t": ("legal_claims", way)})
    (found,) = cutter.cuts()
    assert (found.removed, found.kept) == ((), kept)
    assert tuple(one.rows for one in found.blanked) == blanked
    assert all(one.columns == (NOTE,) and one.key == KEY for one in found.blanked)


def test_what_one_exception_keeps_no_other_request_removes() -> None:
    both = [(trace((1,)), {"t": ("legal_claims", Way.KEPT)}), (trace((1, 3)), {})]
    cuts = []
    for order in (both, both[::-1]):
        cutter = Cutter({"t@1": version()})
        for found, keeping in order:
            cutter.add(found, keeping)
        cuts.append(cutter.cuts())
    assert cuts[0] == cuts[1]
    assert (cuts[0][0].removed, cuts[0][0].kept) == ((3,), (1,))


def test_an_output_loses_its_keys_and_none_of_its_classes() -> None:
    cutter = Cutter({"t@1": version(stays=True, blank=("who",))})
    cutter.add(trace((1,)), {})
    (found,) = cutter.cuts()
    assert found.removed == ()
    assert [(one.columns, one.key) for one in found.blanked] == [((KEY,), None)]


def test_an_output_that_still_tells_people_apart_by_its_classes_loses_the_rows() -> None:
    cutter = Cutter({"t@1": version(stays=True, blank=("who",))})
    cutter.add(trace((1,), by="n"), {})
    assert cutter.cuts()[0].removed == (1,)


# What is data


def label(name: str, kind: str, class_: IdentifierClass, form: Form = Form.SINGLE) -> Label:
    return Label(
        column=ColumnName(name),
        semantic_type=kind,
        identifier_class=class_,
        confidence=1.0,
        evidence=("said so",),
        form=form,
    )


def test_bookkeeping_keeps_days_and_countries_and_research_does_not() -> None:
    labels = [
        label("mail", "email", IdentifierClass.DIRECT),
        label("day", "date", IdentifierClass.QUASI),
        label("text", "free_text", IdentifierClass.NONE, Form.FREE_TEXT),
        label("amount", "amount", IdentifierClass.NONE),
    ]
    assert blank_columns(labels, ["legal_obligation"]) == ("mail", "text")
    assert blank_columns(labels, ["research"]) == ("mail", "day", "text")
    assert blank_columns(labels, ["research", "legal_obligation"]) == ("mail", "day", "text")


def test_an_exception_that_nobody_weighed_keeps_rows_as_they_are() -> None:
    assert way_of("made_up") is Way.KEPT
    assert way_of("legal_claims") is Way.KEPT
    assert way_of("legal_obligation") is Way.BLANKED


def test_every_exception_that_blanks_is_one_of_a_law() -> None:
    known = {e for law in provisions().values() for right in law.values() for e in right.exceptions}
    blanking = {name for name in known if way_of(name) is Way.BLANKED}
    assert blanking >= {"legal_obligation", "research", "archiving_research_statistics", "debug"}


def test_whatever_cannot_be_undone_has_a_reason() -> None:
    for kind in ("release", "synthetic", "model", "report", "anonymised", "export", "backup"):
        assert len(why_beyond(kind)) > 40
