"""What treatments make of values, and what they refuse."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.nouns import Keys, TreatmentKind
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.treatments import kinds
from compliance.anonymise.treatments.masking import mask_of
from compliance.discovery.types import data
from compliance.errors import TreatmentError
from compliance.privacy.mechanisms import add_noise
from compliance.privacy.nouns import LaplaceEvent
from tests.treatment_cases import Up, column, treated, treatment

K = TreatmentKind
DAY = dt.date(2024, 5, 17)


def test_every_kind_says_what_it_protects_and_what_it_leaves() -> None:
    rows = kinds()

    assert set(rows) == set(TreatmentKind)
    assert all(row.does and row.protects and row.leaves and row.source for row in rows.values())
    assert all(s.title for row in rows.values() for s in row.settings.values())


def test_a_kept_column_stays_and_a_dropped_one_goes() -> None:
    done = treated({"a": [1, 2], "b": [3, 4]}, treatment("a", K.KEEP), treatment("b", K.DROP))

    assert column(done, "a") == [1, 2]
    assert "b" not in done.columns
    assert done.dropped == ("b",)
    assert [note.changed for note in done.notes] == [0, 2]


def test_treatments_of_one_column_follow_upon_each_other() -> None:
    cut = treatment("a", K.TOP_BOTTOM, upper=60), treatment("a", K.ROUND, base=50)

    assert column(treated({"a": [12, 70, 900]}, *cut), "a") == [0, 50, 50]
    assert column(treated({"a": [12, 70, 900]}, *reversed(cut)), "a") == [0, 50, 60]


def test_a_note_counts_and_shows_no_value() -> None:
    done = treated({"pay": [1, None, 99_417]}, treatment("pay", K.TOP_BOTTOM, upper=10))

    (note,) = done.notes
    assert (note.rows, note.changed) == (2, 1)
    assert "1 of 2" in note.sentence
    assert "99" not in note.sentence


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        pytest.param({"upper": 3}, [1, 5, None], [1, 3, None], id="above"),
        pytest.param({"lower": 2}, [1, 5], [2, 5], id="below"),
        pytest.param({"lower": -1.5, "upper": 1.5}, [-9.5, 0.5], [-1.5, 0.5], id="both, decimals"),
        pytest.param({"upper_share": 0.25}, [1, 2, 3, 90], [1, 2, 3, 90], id="a share is at most"),
        pytest.param({"upper_share": 0.5}, [1, 2, 3, 90], [1, 2, 3, 3], id="half above"),
        pytest.param({"lower_share": 0.5}, [1, 2, 3, 90], [2, 2, 3, 90], id="half below"),
        pytest.param(
            {"upper_date": "2024-01-31"},
            [DAY, dt.date(2023, 1, 2)],
            [dt.date(2024, 1, 31), dt.date(2023, 1, 2)],
            id="dates",
        ),
    ],
)
def test_extremes_are_cut_off(
    settings: dict[str, float | str], values: list[object], expected: list[object]
) -> None:
    assert column(treated({"a": values}, treatment("a", K.TOP_BOTTOM, **settings)), "a") == expected


@given(st.lists(st.floats(-1e6, 1e6), min_size=2), st.floats(0.5, 100))
def test_a_rounded_number_is_a_near_multiple(values: list[float], base: float) -> None:
    values[0] += 0.3
    new = column(treated({"a": values}, treatment("a", K.ROUND, base=base)), "a")

    for before, after in zip(values, new, strict=True):
        assert isinstance(after, int | float)
        assert abs(before - after) <= base / 2 * (1 + 1e-9) + (0.5 if isinstance(after, int) else 0)


def test_noise_is_drawn_by_what_is_passed_on_multiples_of_the_step() -> None:
    noise = Up()
    done = treated(
        {"a": [10.5, None, 20.25]},
        treatment("a", K.NOISE, scale=2, step=0.25, distribution="gaussian"),
        noise=noise,
    )

    assert column(done, "a") == [11.25, None, 21.0]
    assert noise.asked == [(8.0, "gaussian")]


def test_noise_on_times_is_scaled_in_days() -> None:
    noise = Up()
    done = treated({"a": [DAY]}, treatment("a", K.NOISE, scale=2), noise=noise)

    assert column(done, "a") == [DAY + dt.timedelta(days=3)]
    assert noise.asked == [(2.0, "laplace")]


def test_opendp_draws_the_noise_that_the_workspace_passes() -> None:
    """Laplace noise of scale 3 on 20,000 numbers: its mean size is known to 6 standard errors."""

    def noise(values: Ints, *, scale: float, distribution: str) -> Ints:
        assert distribution == "laplace"
        return add_noise(values, LaplaceEvent(statistic="a", scale=scale, sensitivity=1))

    done = treated({"a": [50] * 20_000}, treatment("a", K.NOISE, scale=3), noise=noise)
    size = np.abs(np.array(column(done, "a"), dtype=float) - 50).mean()

    lean = np.exp(-1 / 3)
    assert abs(size - 2 * lean / (1 - lean**2)) < 6 * 3 / np.sqrt(20_000)


def test_noisy_numbers_stay_within_their_bounds() -> None:
    done = treated({"a": [1, 9]}, treatment("a", K.NOISE, scale=1, upper=10), noise=Up())

    assert column(done, "a") == [4, 10]


def test_rare_values_are_blanked_and_common_ones_stay() -> None:
    values = ["Bonn"] * 5 + ["Ulm"] * 4 + [None]
    done = treated({"city": values}, treatment("city", K.SUPPRESS_CELLS, fewest=5))

    assert column(done, "city") == ["Bonn"] * 5 + [None] * 5
    assert done.notes[0].changed == 4


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyzw")), min_size=3, max_size=40),
    st.integers(2, 5),
)
def test_no_combination_is_rare_after_blanking(rows: list[tuple[str, str]], fewest: int) -> None:
    lists = {"a": [r[0] for r in rows], "b": [r[1] for r in rows]}
    done = treated(
        lists, *(treatment(c, K.SUPPRESS_CELLS, fewest=fewest, group="g") for c in lists)
    )

    after = list(zip(column(done, "a"), column(done, "b"), strict=True))
    counts = Counter(after)
    assert all(n >= fewest for row, n in counts.items() if row != (None, None))
    for before, now in zip(rows, after, strict=True):
        assert all(new in (old, None) for old, new in zip(before, now, strict=True))
    common = Counter(rows)
    kept = [now for before, now in zip(rows, after, strict=True) if common[before] >= fewest]
    assert all(None not in row for row in kept)


@pytest.mark.parametrize(
    ("type_", "value", "masked"),
    [
        ("credit_card", "4111 1111 1111 1234", "**** **** **** 1234"),
        ("iban", "DE89370400440532013000", "DE****************3000"),
        ("email", "anna.meier@example.com", "***@example.com"),
        ("email", "no address", "***"),
        ("phone", "+49 170 1234567", "+49 **********"),
        ("phone", "0086 13800138000", "+86 ***********"),
        ("phone", "0170 1234567", "***"),
        ("person_name", "Anna-Maria  Meier", "A. M. M."),
        ("person_name", "王小明", "王**"),
        ("given_name", "émile", "É."),
        ("person_name", "??", "***"),
        ("national_id", "11010519491231002X", "****************2X"),
        ("credit_card", "1234567", "***"),
        ("no such type", "anything", "***"),
        ("", "anything", "***"),
    ],
)
def test_a_mask_keeps_what_its_type_allows(type_: str, value: str, masked: str) -> None:
    assert mask_of(type_)(value) == masked


def test_the_mask_of_a_column_can_be_said() -> None:
    done = treated({"plate": ["BN-AB 1234", None]}, treatment("plate", K.MASK, first=2))

    assert column(done, "plate") == ["BN-** ****", None]


def test_masks_and_types_without_case_are_named_as_discovery_names_them() -> None:
    from compliance.anonymise.treatments import masking

    known = {row["id"] for row in data("types")["types"]}

    assert set(masking.masks()) <= known
    assert masking.caseless() | masking.unspaced() <= known
    assert all(row.source and row.as_of for row in masking.masks().values())


@pytest.mark.parametrize(
    ("kind", "settings", "values", "words"),
    [
        pytest.param(K.ROUND, {}, [1, 2], "needs the setting “base”", id="needed"),
        pytest.param(K.ROUND, {"base": 0}, [1, 2], "above 0", id="bound"),
        pytest.param(K.ROUND, {"base": float("nan")}, [1, 2], "is a number", id="not a number"),
        pytest.param(K.ROUND, {"base": "x"}, [1, 2], "is a number", id="text for number"),
        pytest.param(K.ROUND, {"bas": 1}, [1, 2], "no setting “bas”", id="unknown"),
        pytest.param(K.ROUND, {"base": 5}, ["x", "y"], "needs numbers or dates", id="text"),
        pytest.param(K.ROUND, {"base": 5}, [DAY, None], "hierarchy", id="dates rounded"),
        pytest.param(K.MASK, {"first": 1.5}, ["x"], "whole number", id="not whole"),
        pytest.param(K.MASK, {"first": 9}, ["x"], "at most 8", id="too large"),
        pytest.param(K.MASK, {"type": 1}, ["x"], "is a text", id="number for text"),
        pytest.param(K.NOISE, {"scale": 1}, [1, 2], "none was passed", id="no noise"),
        pytest.param(
            K.PRAM, {}, [f"v{n}" for n in range(600)], "600 different", id="no categories"
        ),
        pytest.param(K.PRAM, {"draw": "anyhow"}, ["x"], "is one of", id="choice"),
        pytest.param(K.TOP_BOTTOM, {}, [1, 2], "needs a limit", id="no limit"),
        pytest.param(K.TOP_BOTTOM, {"lower": 3, "upper": 1}, [1, 2], "is above", id="crossed"),
        pytest.param(K.TOP_BOTTOM, {"lower": 3}, [DAY, None], "at a day", id="number for date"),
        pytest.param(K.TOP_BOTTOM, {"lower_date": "x"}, [DAY, None], "written as", id="no date"),
        pytest.param(
            K.TOP_BOTTOM, {"lower": 1, "lower_share": 0.1}, [1, 2], "more than once", id="twice"
        ),
        pytest.param(K.SHIFT_DATES, {}, [DAY, None], "one person from another", id="nobody"),
        pytest.param(K.SHIFT_DATES, {"person": "a"}, [1, 2], "no dates", id="no dates"),
        pytest.param(
            K.SHIFT_DATES, {"person": "a", "days": 3, "step": 7}, [DAY, None], "no date", id="step"
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    kind: TreatmentKind, settings: dict[str, float | str], values: list[object], words: str
) -> None:
    with pytest.raises(TreatmentError, match=words):
        treated({"a": values}, treatment("a", kind, **settings))


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(TreatmentError, match="no such column"):
        treated({"a": [1, 2]}, treatment("b", K.KEEP))


def test_a_column_that_was_left_out_is_treated_no_more() -> None:
    with pytest.raises(TreatmentError, match="left out before"):
        treated({"a": [1, 2]}, treatment("a", K.DROP), treatment("a", K.ROUND, base=1))


def test_a_group_with_different_settings_is_refused() -> None:
    with pytest.raises(TreatmentError, match="differ"):
        treated(
            {"a": [1, 2], "b": [3, 4]},
            treatment("a", K.MICROAGGREGATE, k=2, group="g"),
            treatment("b", K.MICROAGGREGATE, k=3, group="g"),
        )


@pytest.mark.parametrize("kind", [K.PSEUDONYM, K.VAULT, K.SHIFT_DATES])
def test_a_missing_key_is_said(kind: TreatmentKind) -> None:
    with pytest.raises(TreatmentError, match="key for"):
        treated(
            {"a": [DAY, None], "who": ["x", "y"]}, treatment("a", kind), keys=Keys(), unit="who"
        )


def test_keys_are_long_differ_and_are_not_shown() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Keys(pseudonyms=b"short")
    with pytest.raises(ValueError, match="two ends"):
        Keys(pseudonyms=b"k" * 32, vault=b"k" * 32)
    assert "kkk" not in repr(Keys(pseudonyms=b"k" * 32))


def test_what_is_done_to_an_empty_column_changes_nothing() -> None:
    kinds_of_numbers = [(K.TOP_BOTTOM, {"upper_share": 0.1}), (K.SWAP, {}), (K.MICROAGGREGATE, {})]
    kinds_of_texts = [(K.PRAM, {}), (K.MASK, {}), (K.PSEUDONYM, {}), (K.SUPPRESS_CELLS, {})]
    for kind, settings in [*kinds_of_numbers, *kinds_of_texts]:
        numbers = (kind, settings) in kinds_of_numbers
        lists = {"a": [None, None, 1 if numbers else "x"], "b": [1, 2, 3]}
        first = treatment("a", K.SUPPRESS_CELLS, fewest=2)
        done = treated(lists, first, treatment("a", kind, **settings))
        assert column(done, "a") == [None, None, None]


def test_the_data_file_of_kinds_has_no_row_twice() -> None:
    from importlib.resources import files

    text = files("compliance.anonymise.treatments").joinpath("kinds.yaml").read_text("utf-8")
    ids = [row["id"] for row in yaml.safe_load(text)["kinds"]]

    assert len(ids) == len(set(ids))


def test_the_document_names_every_kind_and_every_setting() -> None:
    text = (Path(__file__).resolve().parent.parent / "docs" / "treatments.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}

    assert set(rows) == set(TreatmentKind)
    for kind, row in kinds().items():
        assert [name for name in row.settings if f"`{name}`" not in rows[kind]] == []
