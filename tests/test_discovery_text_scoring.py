"""How the benchmark of free text counts."""

from __future__ import annotations

import pytest

from benchmarks.text_scoring import Labelled, Score, scores

TEXT = Labelled(text="x" * 40, marks=((0, 10, "person"), (20, 30, "address")))


@pytest.mark.parametrize(
    ("found", "kind", "counts"),
    [
        pytest.param([(0, 10, "person")], "person", (1, 1, 1, 1), id="the same ends"),
        pytest.param([(0, 5, "person")], "person", (1, 1, 1, 1), id="half of it"),
        pytest.param([(0, 4, "person")], "person", (1, 0, 1, 1), id="less than half"),
        pytest.param([(0, 40, "person")], "person", (1, 1, 1, 0), id="far too long"),
        pytest.param([(0, 3, "person"), (3, 6, "person")], "person", (1, 1, 2, 2), id="in parts"),
        pytest.param([(0, 10, "phone")], "person", (1, 0, 0, 0), id="another type"),
        pytest.param([(22, 26, "postal_code")], "postal_code", (0, 0, 1, 1), id="in an address"),
    ],
)
def test_a_find_counts_by_what_it_covers(
    found: list[tuple[int, int, str]], kind: str, counts: tuple[int, int, int, int]
) -> None:
    score = scores([TEXT], [found])[kind]

    assert (score.labelled, score.found, score.told, score.right) == counts


def test_strict_figures_ask_for_the_same_ends() -> None:
    assert scores([TEXT], [[(0, 9, "person")]], is_strict=True)["person"].found == 0
    assert scores([TEXT], [[(0, 10, "person")]], is_strict=True)["person"].found == 1


def test_f2_weighs_recall_more() -> None:
    careful = Score(labelled=10, found=5, told=5, right=5)
    thorough = Score(labelled=10, found=10, told=20, right=10)

    assert careful.f2 == pytest.approx(5 * 1 * 0.5 / 4.5)
    assert thorough.f2 > careful.f2
