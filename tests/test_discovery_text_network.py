"""The networks that read English texts for names: what they look at, and how they are summed up."""

from __future__ import annotations

import importlib.resources
import os

import numpy as np
import pytest

from compliance.discovery.text import find_spans
from compliance.discovery.text.network import networks, tag_scores
from compliance.discovery.text.nouns import SpanType
from compliance.discovery.text.posts import is_post
from compliance.discovery.text.tagger import TAGS
from compliance.discovery.text.traits import LONGEST, traits
from compliance.discovery.text.vectors import vectors

PIECES = [
    ("just", "met", "Qzarla", "Vontobbel", "at", "#Leeds", "!"),
    ("thanks", "Internationalisation", "@user"),
    ("Ann",),
]


def test_the_networks_are_those_that_were_trained() -> None:
    """The pass in NumPy against the one in JAX that training uses."""
    pytest.importorskip("jax")
    from benchmarks.text_network_fit import scores
    from compliance.discovery.text.features import casing

    width = len(PIECES[0])
    inside = np.array([[n < len(words) for n in range(width)] for words in PIECES], np.float32)
    words = [word for piece in PIECES for word in (*piece, *[""] * (width - len(piece)))]
    known = traits(words)
    looks = {
        name: getattr(known, name).reshape(len(PIECES), width, -1)
        for name in ("vectors", "facts", "paths", "letters")
    }
    for network in networks():
        expected = np.asarray(
            scores(dict(network), looks, np.array([casing(p) for p in PIECES]), inside)
        )
        found = tag_scores(PIECES, network)
        for row, piece, wanted in zip(found, PIECES, expected, strict=True):
            assert row.shape == (len(piece), len(TAGS))
            assert np.allclose(row, wanted[: len(piece)], atol=1e-4)


def test_a_piece_is_read_as_if_it_were_alone() -> None:
    (network, *_) = networks()
    together = tag_scores(PIECES, network)

    for piece, found in zip(PIECES, together, strict=True):
        assert np.allclose(tag_scores([piece], network)[0], found, atol=1e-4)


def test_vectors_are_of_common_words_and_tell_which_are_alike() -> None:
    rows, is_known = vectors(["obama", "clinton", "table", "qzxvkj"])
    unit = rows[:3] / np.linalg.norm(rows[:3], axis=1, keepdims=True)

    assert is_known.tolist() == [True, True, True, False]
    assert not rows[3].any()
    assert unit[0] @ unit[1] > 0.4 > unit[0] @ unit[2]


def test_of_a_long_word_the_beginning_and_the_end_are_looked_at() -> None:
    one, other = "Abcdefghijk" + "x" * 40 + "lmnop", "Abcdefghijk" + "y" * 9 + "lmnop"
    letters = traits([one, other, "Ab"]).letters

    assert letters.shape == (3, LONGEST)
    assert np.array_equal(letters[0], letters[1])
    assert (letters[2] > 0).sum() == 2


def test_a_hashtag_is_looked_at_as_its_word() -> None:
    found = traits(["#London", "London"])

    assert np.array_equal(found.vectors[0], found.vectors[1])
    assert found.facts[0].any()
    assert not np.array_equal(found.facts[0], found.facts[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with @kim at the game", True),
        ("so good #winning", True),
        ("see https://example.org", True),
        ("lol that was close", True),
        ("see you there :)", True),
        ("asked on /r/funny", True),
        ("Lovely deep blue, true to the picture.", False),
        ("Mail me at ann@example.org", False),
        ("Sizes: (1) small; (2) large", False),
        ("Order #12 has not arrived.", False),
        ("", False),
    ],
)
def test_posts_are_told_by_what_only_they_hold(text: str, *, expected: bool) -> None:
    assert is_post(text) is expected


def test_in_a_post_a_person_needs_no_known_name() -> None:
    text = "@joe is vontobbel coming tonight ?"
    plain = text.removeprefix("@joe ")

    assert "vontobbel" in [text[s.start : s.end] for s in find_spans(text) if s.type == "person"]
    assert SpanType.PERSON not in {s.type for s in find_spans(plain)}


def test_what_is_shipped_holds_numbers_and_is_small() -> None:
    folder = importlib.resources.files("compliance.discovery.text")
    size = 0
    for name in ("network.npz", "vectors.npz"):
        with folder.joinpath(name).open("rb") as opened, np.load(opened) as stored:
            assert all(stored[key].dtype.kind in "iuf" for key in stored.files)
            size += opened.seek(0, os.SEEK_END)
    assert size < 8_000_000
