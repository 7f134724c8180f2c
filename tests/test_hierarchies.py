"""Hierarchies read from files, written again, and completed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.hierarchies import complete, read_hierarchy, unmapped, write_hierarchy
from compliance.anonymise.nouns import Hierarchy
from compliance.dataset.nouns import ColumnName
from compliance.errors import HierarchyError

CITY = ColumnName("city")


def levels(text: str, encoding: str = "utf-8") -> tuple[tuple[str, ...], ...]:
    return read_hierarchy(text.encode(encoding), CITY).hierarchy.levels


def notes(text: str) -> str:
    return " ".join(read_hierarchy(text.encode(), CITY).notes)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Bonn;Germany;*\nLyon;France;*\n", id="as ARX writes it"),
        pytest.param("Bonn,Germany,*\nLyon,France,*", id="commas and no last line end"),
        pytest.param("Bonn\tGermany\t*\r\nLyon\tFrance\t*\r\n", id="tabs and Windows line ends"),
        pytest.param('"Bonn";"Germany";"*"\n"Lyon";"France";"*"\n', id="quotes"),
        pytest.param('"Bonn", "Germany", "*"\n"Lyon", "France", "*"\n', id="blanks before quotes"),
        pytest.param(" Bonn ; Germany;*\nLyon;France ;*\n", id="blanks around names"),
        pytest.param("\ufeffBonn;Germany;*\nLyon;France;*\n", id="a byte-order mark"),
        pytest.param("\nBonn;Germany;*\n\n;;\nLyon;France;*\n", id="blank lines"),
        pytest.param("Bonn;Germany;*;\nLyon;France;*;\n", id="a delimiter at the end"),
        pytest.param("city;country;all\nBonn;Germany;*\nLyon;France;*\n", id="a header"),
        pytest.param("Bonn;Germany;*\nLyon;France;*\nBonn;Germany;*\n", id="a row twice"),
        pytest.param("Bonn;Germany;*\n;nowhere;*\nLyon;France;*\n", id="a row without value"),
    ],
)
def test_a_hierarchy_is_read_however_it_is_written(text: str) -> None:
    assert levels(text) == (("Bonn", "Lyon"), ("Germany", "France"), ("*", "*"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Köln;Rheinland;*\nNîmes;Gard;*\n", e) for e in ("windows-1252", "utf-16", "utf-16-le")]
    + [("北京市;华北地区;*\n上海市;华东地区;*\n广州市;华南地区;*\n成都市;西南地区;*\n", "gb18030")],
)
def test_a_hierarchy_in_another_encoding_is_read(text: str, encoding: str) -> None:
    assert levels(text, encoding) == levels(text)


def test_intervals_with_commas_do_not_split_cells() -> None:
    assert levels("29;[20,30[;*\n31;[30,40[;*\n")[1] == ("[20,30[", "[30,40[")
    assert levels('17,"[15, 20[",*\n21,"[20, 25[",*\n')[1] == ("[15, 20[", "[20, 25[")


def test_a_blank_cell_takes_the_name_that_other_rows_give() -> None:
    found = levels("Bonn;Germany;*\nKiel;Germany\nLyon;;*\nRome")

    assert found[1] == ("Germany", "Germany", "Lyon", "*")
    assert found[2] == ("*", "*", "*", "*")


def test_every_repair_is_told() -> None:
    assert "1 row without a value" in notes("Bonn;*\n;*\n")
    assert "header" in notes("City;all\nBonn;*\n")
    assert "1 row stood there twice" in notes("Bonn;*\nBonn;*\nLyon;*\n")
    assert "2 blank cells filled" in notes("Bonn;Germany;*\nRome\n")
    assert "1 names were cut" in notes(" Bonn;*\n")
    assert "cannot become" in notes("Bonn;Germany\nLyon;France\n")
    assert notes("Bonn;Germany;*\nLyon;France;*\n") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("\n ;\n", "empty"),
        (";Germany\n;France\n", "no row of its file begins with a value"),
        ("Bonn;Germany;*\nBonn;France;*\n", "1 value of its file stand on several rows"),
        ("Bonn;West;Germany\nKiel;West;Denmark\n", "1 name of level 1 fall apart at level 2"),
        ("Bonn;Lyon;*\nLyon;Bonn;*\n", "2 names stand above themselves"),
        ("Bonn;a;b;c;a\n", "3 names stand above themselves"),
        ('Bonn;"Germany;*\nLyon;France;*\n', "quotation mark"),
        ("Bonn;" + ";".join("x" * n for n in range(1, 80)), "levels"),
    ],
    ids=[
        *("nothing", "only blanks", "no values", "contradiction", "not nested", "a loop"),
        *("a longer loop", "an open quotation mark", "too many levels"),
    ],
)
def test_a_hierarchy_that_cannot_be_is_refused_without_naming_a_value(
    text: str, reason: str
) -> None:
    with pytest.raises(HierarchyError, match=reason) as refused:
        levels(text)

    assert not {"Bonn", "Lyon", "Germany"} & set(str(refused.value).replace("“", " ").split())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(HierarchyError, match="no text"):
        read_hierarchy(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", CITY)


def test_names_that_repeat_along_a_row_are_no_loop() -> None:
    assert levels("other;other;*\nBonn;Germany;*\n")[1] == ("other", "Germany")


_NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@st.composite
def hierarchies(draw: st.DrawFn) -> Hierarchy:
    """Nested by construction: each level names the groups of the one before."""
    values = draw(st.lists(_NAMES, min_size=1, max_size=12, unique=True))
    values = [value for value in values if value.casefold() != CITY] or ["Bonn"]
    made = [tuple(values)]
    for height in range(draw(st.integers(0, 4))):
        groups = list(dict.fromkeys(made[-1]))
        name = {g: f"{draw(_NAMES)}\u241f{height}" for g in groups}
        made.append(tuple(name[g] for g in made[-1]))
    return Hierarchy(column=CITY, levels=tuple(made))


@given(hierarchies())
def test_what_is_written_is_read_again(hierarchy: Hierarchy) -> None:
    assert read_hierarchy(write_hierarchy(hierarchy), CITY).hierarchy == hierarchy


@given(hierarchies(), st.lists(_NAMES | st.integers(-999, 999).map(str), max_size=8))
def test_a_completed_hierarchy_holds_everything_and_keeps_what_it_had(
    hierarchy: Hierarchy, values: list[str]
) -> None:
    completed = complete(hierarchy, values)

    old = len(hierarchy.values)
    assert unmapped(completed.hierarchy, values) == ()
    assert completed.hierarchy.values[:old] == hierarchy.values
    assert len(completed.hierarchy.values) == old + completed.added
    for before, after in zip(hierarchy.levels[:-1], completed.hierarchy.levels, strict=False):
        assert after[:old] == before


AGES = Hierarchy(
    column=ColumnName("age"),
    levels=(("1", "39", "40"), ("0-4", "35-39", "40-44"), ("0-9", "30-39", "40-49"), ("*",) * 3),
)


@pytest.mark.parametrize(
    ("value", "climb"),
    [
        ("39.0", None),
        (" 40 ", None),
        ("38", ("38", "35-39", "30-39", "*")),
        ("107", ("107", "105-109", "100-109", "*")),
        ("-3", ("-3", "-5--1", "-10--1", "*")),
        ("unknown", ("unknown", "*", "*", "*")),
    ],
)
def test_a_number_beyond_the_hierarchy_gets_ranges_of_the_same_width(
    value: str, climb: tuple[str, ...] | None
) -> None:
    completed = complete(AGES, [value])

    assert completed.added == (climb is not None)
    assert climb is None or tuple(level[-1] for level in completed.hierarchy.levels) == climb


def test_a_number_goes_to_the_open_range_that_holds_it() -> None:
    ages = Hierarchy(column=CITY, levels=(("29", "43"), ("[20,30[", ">=40"), ("*", "*")))

    completed = complete(ages, ["99", "35"])

    assert completed.hierarchy.levels[1][2:] == (">=40", "[30,40[")


def test_a_code_beyond_a_hierarchy_of_masks_is_masked_alike() -> None:
    codes = Hierarchy(column=CITY, levels=(("8001", "8002"), ("800*", "800*"), ("80**", "80**")))

    completed = complete(codes, ["9123", "81"])

    assert completed.hierarchy.levels[1][2:] == ("912*", "81**")


def test_a_last_level_with_one_name_tells_nothing_once_unknown_values_join() -> None:
    disease = Hierarchy(column=CITY, levels=(("flu", "gastritis"), ("disease", "disease")))

    assert complete(disease, ["none"]).hierarchy.levels[1] == ("*", "*", "*")


@pytest.mark.realdata
def test_the_hierarchies_of_arx_and_anjana_are_read_without_repair(shared_data: Path) -> None:
    files = [
        *sorted((shared_data / "adult_arx").glob("*hierarchy*.csv")),
        *sorted((shared_data / "adult_anjana" / "hierarchies").glob("*.csv")),
    ]
    sizes = {}
    for file in files:
        read = read_hierarchy(file.read_bytes(), ColumnName(file.stem))
        again = read_hierarchy(write_hierarchy(read.hierarchy), ColumnName(file.stem))
        assert read.notes == ()
        assert again.hierarchy == read.hierarchy
        sizes[file.stem] = [len(set(level)) for level in read.hierarchy.levels]

    assert len(files) == 24
    assert sizes["adult_hierarchy_age"] == [100, 20, 10, 5, 1]
    assert sizes["adult_hierarchy_native-country"] == [41, 5, 1]
    assert sizes["age"] == [73, 14, 8, 5, 3, 2, 1]


_CELLS = st.sampled_from(
    ["", " ", "a", "b", "*", "1", "1.0", '"', "ä", "[1, 2[", ";", "\x00", "\r"]
)


@given(
    st.lists(st.lists(_CELLS, max_size=4), max_size=6),
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
)
def test_whatever_a_file_holds_is_a_hierarchy_or_refused(
    rows: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    data = end.join(delimiter.join(row) for row in rows).encode(encoding)

    try:
        found = read_hierarchy(data, CITY).hierarchy
    except HierarchyError:
        return

    assert is_sound(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_hierarchy_or_refused(data: bytes) -> None:
    try:
        found = read_hierarchy(data, CITY).hierarchy
    except HierarchyError:
        return

    assert is_sound(found)


def is_sound(found: Hierarchy) -> bool:
    """Whether every value has a name on every level."""
    return bool(found.values) and all(
        len(level) == len(found.values) and "" not in level for level in found.levels
    )


def test_the_first_line_that_excel_writes_names_the_delimiter() -> None:
    assert levels("sep=;\nBonn;DE,West;*\nLyon;FR,East;*\n")[1] == ("DE,West", "FR,East")


WAYS = [
    "1",
    "1.1",
    "1.10",
    "1.100",
    "1.1000",
    " 1.1",
    "a",
    "A",
    "Ａ",
    " a",
    "",
    "*",
    " *",
    "0.0",
    "-0",
]


@given(
    st.lists(st.sampled_from(WAYS), min_size=1, max_size=6, unique=True),
    st.lists(st.sampled_from(WAYS), max_size=8, unique=True),
)
def test_every_value_has_a_place_however_alike_values_are_written(
    held: list[str], asked: list[str]
):
    names = tuple(held), ("*",) * len(held)

    completed = complete(Hierarchy(column=ColumnName("version"), levels=names), asked)

    assert unmapped(completed.hierarchy, asked) == ()
    assert completed.hierarchy.values[: len(held)] == names[0]
