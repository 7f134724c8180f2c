"""Free text of the shared sets: the figures that the desk promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.text_scoring import (
    NOTHING,
    PATTERN_LABELS,
    Labelled,
    Score,
    conll_texts,
    presidio_texts,
    scores,
)
from compliance.discovery.text import find_in_many

pytestmark = pytest.mark.realdata

PRESIDIO = ["data/synth_dataset_v2.json", "tests/data/generated_large.json"]


def counted(texts: list[Labelled], *, names: bool) -> dict[str, Score]:
    found = find_in_many([t.text for t in texts], names=names)
    marks = [[(s.start, s.end, s.type.value) for s in spans] for spans in found]
    return dict(scores(texts, marks))


@pytest.mark.parametrize("place", PRESIDIO)
def test_nine_tenths_of_what_has_a_shape_is_found(shared_data: Path, place: str) -> None:
    texts = presidio_texts(shared_data / "presidio_pii_text" / place)
    found = counted(texts, names=True)
    kinds = [k for k in dict.fromkeys(PATTERN_LABELS.values()) if found.get(k, NOTHING).labelled]

    assert sum((found[kind] for kind in kinds), NOTHING).f2 >= 0.90


@pytest.mark.parametrize("place", PRESIDIO)
def test_three_quarters_of_the_persons_are_found(shared_data: Path, place: str) -> None:
    texts = presidio_texts(shared_data / "presidio_pii_text" / place)

    assert counted(texts, names=True)["person"].f2 >= 0.75


def test_of_persons_in_posts_four_in_five_are_found(shared_data: Path) -> None:
    """Short of the 0.75 that the desk aims at: why stands in tagger.md."""
    texts = conll_texts(shared_data / "wnut17" / "emerging.test.annotated")
    found = counted(texts, names=True)["person"]

    assert found.f2 >= 0.69
    assert found.recall >= 0.77


def test_the_sets_are_read_as_their_truth_says(shared_data: Path) -> None:
    texts = conll_texts(shared_data / "wnut17" / "emerging.test.annotated")
    persons = [t.text[a:b] for t in texts for a, b, kind in t.marks if kind == "person"]

    assert (len(texts), len(persons)) == (1287, 429)
    assert all(name == name.strip() for name in persons)
