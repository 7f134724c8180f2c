"""Names in free text: the tagger, its features, and how its finds join those of the patterns."""

from __future__ import annotations

import importlib.resources
import itertools
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.discovery.text import find_in_many, find_spans, installed_model, pseudonymise
from compliance.discovery.text.features import SIZE, feature_columns
from compliance.discovery.text.lexicon import FIELDS, known
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.tagger import TAGS, forward_backward, model, name_spans
from compliance.discovery.text.tokens import LONGEST_PIECE, pieces

PERSON, LOCATION = SpanType.PERSON, SpanType.LOCATION

NAMED = [
    ("My name is Margaret Thornbury and I live in Leeds.", PERSON, "Margaret Thornbury"),
    ("My name is Margaret Thornbury and I live in Leeds.", LOCATION, "Leeds"),
    ("please ask john miller to call me", PERSON, "john miller"),
    ("Dear Mr. Okonkwo, thank you", PERSON, "Okonkwo"),
    ("Dear Mr. Okonkwo, thank you", SpanType.TITLE, "Mr."),
    ("Ich heiße Jürgen Kowalski und wohne in Hannover.", PERSON, "Jürgen Kowalski"),
    ("Je m'appelle Camille Lefèvre.", PERSON, "Camille Lefèvre"),
    ("Me llamo Lucía Fernández y vivo en Sevilla.", LOCATION, "Sevilla"),
    ("Mi chiamo Giulia Moretti e abito a Torino.", PERSON, "Giulia Moretti"),
    ("Meu nome é João Carvalho.", PERSON, "João Carvalho"),
    ("客户张伟，电话13812345678", PERSON, "张伟"),
    ("王小明先生您好，我叫李娜住在上海", PERSON, "王小明"),
    ("王小明先生您好，我叫李娜住在上海", PERSON, "李娜"),
    ("鈴木一郎様、ご注文ありがとうございます", PERSON, "鈴木一郎"),
    ("제 이름은 김민준입니다", PERSON, "김민준"),
    ("She works for Siemens in Munich.", SpanType.ORGANIZATION, "Siemens"),
    ("The German engineer left.", SpanType.NATIONALITY, "German"),
]


@pytest.mark.parametrize(("text", "kind", "value"), NAMED, ids=[f"{n[2]}" for n in NAMED])
def test_names_are_found_with_their_ends(text: str, kind: SpanType, value: str) -> None:
    found = [(s.type, text[s.start : s.end]) for s in find_spans(text)]

    assert (kind, value) in found


@pytest.mark.parametrize(
    "text",
    [
        "I want to return my order, it is broken.",
        "When will my parcel arrive?",
        "please tell me how to change my password",
        "Wann kommt mein Paket?",
        "我想退货，请尽快处理",
        "注文をキャンセルしたいです",
    ],
)
def test_a_text_without_names_has_none(text: str) -> None:
    assert [s for s in find_spans(text) if s.type in (PERSON, SpanType.ADDRESS)] == []


def test_an_address_is_one_find_with_its_place_and_code() -> None:
    text = "Ship to 12 High Street, Springfield, IL 62704 please"

    assert [(s.type, text[s.start : s.end]) for s in find_spans(text)] == [
        (SpanType.ADDRESS, "12 High Street, Springfield, IL 62704")
    ]


def test_among_east_asian_signs_only_words_in_latin_letters_are_tagged() -> None:
    text = (
        "我是李明，手机号13912345678，身份证号11010519491231002X，"
        "地址是上海市浦东新区世纪大道100号。"
    )

    assert [(s.type, text[s.start : s.end]) for s in find_spans(text)] == [
        (PERSON, "李明"),
        (SpanType.PHONE, "13912345678"),
        (SpanType.NATIONAL_ID, "11010519491231002X"),
        (SpanType.ADDRESS, "上海市浦东新区世纪大道100号"),
    ]


def test_a_sure_pattern_stands_against_the_tagger() -> None:
    text = "Anna anna.lee@firm.example Lee"

    assert SpanType.EMAIL in {s.type for s in find_spans(text)}


def test_without_names_the_tagger_is_not_asked() -> None:
    assert find_spans("Margaret Thornbury lives in Leeds", names=False) == ()


def test_links_and_user_names_are_no_names_of_people() -> None:
    for text in ("@margaret_thornbury hi", "see https://margaret.example/thornbury"):
        assert PERSON not in {s.type for s in find_spans(text)}


TEXTS = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from("ab AB.,'-@#\n"), max_size=80
)


@given(st.lists(TEXTS | st.sampled_from([n[0] for n in NAMED]), max_size=5))
def test_many_texts_are_tagged_as_each_alone(texts: list[str]) -> None:
    def ends(spans: list[Span]) -> list[tuple[int, int, SpanType]]:
        return [(s.start, s.end, s.type) for s in spans]

    assert [ends(s) for s in name_spans(texts)] == [ends(name_spans([t])[0]) for t in texts]


@given(TEXTS)
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    places = [place for piece in pieces(text) for place in piece.places]

    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
    assert "".join(text[a:b] for a, b in places).split() == [
        text[a:b] for a, b in places if text[a:b].strip()
    ] or all(text[a:b] for a, b in places)
    assert {c for c in text if c.isalnum()} <= {c for a, b in places for c in text[a:b]}


def test_a_long_text_is_cut_into_pieces_and_found_whole() -> None:
    text = "Please ask Margaret Thornbury about it. " * 200
    parts = list(pieces(text))

    assert all(len(part.words) <= LONGEST_PIECE for part in parts)
    assert sum(s.type is PERSON for s in find_spans(text)) == 200


def test_features_of_a_piece_do_not_look_beyond_it() -> None:
    parts = [("Ann", "Lee", "left"), ("London",), ("He", "met", "Bob", ".")]
    together = np.stack(list(feature_columns(parts)))
    alone = np.concatenate([np.stack(list(feature_columns([p]))) for p in parts], axis=1)

    assert np.array_equal(together, alone)
    assert together.max() < SIZE


def test_probabilities_are_those_of_all_ways_to_tag() -> None:
    """The forward-backward sums against a count of every sequence of tags."""
    draw = np.random.default_rng(7)
    scores = [draw.normal(size=(n, len(TAGS))).astype(np.float32) for n in (3, 2, 1)]
    steps = draw.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    first = draw.normal(size=len(TAGS)).astype(np.float32)
    found = forward_backward(scores, steps, first)
    for score, odds in zip(scores, found, strict=True):
        expected = np.zeros_like(score, dtype=np.float64)
        for way in itertools.product(range(len(TAGS)), repeat=len(score)):
            total = first[way[0]] + sum(score[t, tag] for t, tag in enumerate(way))
            weight = np.exp(total + sum(steps[a, b] for a, b in itertools.pairwise(way)))
            for t, tag in enumerate(way):
                expected[t, tag] += weight
        expected /= expected.sum(axis=1, keepdims=True)
        assert np.allclose(odds, expected, atol=1e-5)


def test_what_is_shipped_holds_numbers_and_no_words() -> None:
    folder = importlib.resources.files("compliance.discovery.text")
    for name in ("lexicon.npz", "tagger.npz"):
        with folder.joinpath(name).open("rb") as opened, np.load(opened) as stored:
            assert all(stored[key].dtype.kind in "iuf" for key in stored.files)
    assert 0 < model().thresholds.min() <= model().thresholds.max() < 1


def test_the_lexicon_knows_common_words_and_nothing_of_others() -> None:
    rows = dict(zip(("mary", "smith", "london", "the", "qzxvkj"),
                    known(["mary", "smith", "london", "the", "qzxvkj"]), strict=True))  # fmt: skip
    column = {name: place for place, name in enumerate(FIELDS)}

    assert rows["mary"][column["given"]] == rows["smith"][column["family"]] == 3
    assert rows["london"][column["place"]] == 3
    assert rows["the"][column["capital"]] < rows["london"][column["capital"]]
    assert not rows["qzxvkj"].any()


def test_the_lexicon_knows_which_words_stand_in_the_company_of_names() -> None:
    rows = known(("obama", "mary", "desk", "quickly"))[:, FIELDS.index("like_names")]

    assert rows[:2].min() > 50 > 20 > rows[2:].max()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("thanks obama !", ["obama"]),
        ("L'application plante depuis la mise à jour, réponse lente.", []),
        ("Bright colors, thick paper, and the pens are good.", []),
    ],
)
def test_company_of_names_supports_a_person_and_ordinary_words_do_not(
    text: str, names: list[str]
) -> None:
    assert [text[s.start : s.end] for s in find_spans(text) if s.type is PERSON] == names


def test_the_card_says_what_the_model_learnt_from() -> None:
    card = (importlib.resources.files("compliance.discovery.text") / "tagger.md").read_text("utf-8")

    for word in (
        "WNUT-17",
        "CC BY 4.0",
        "GeoNames",
        "census",
        "Faker",
        "spacy-lookups-data",
        "GloVe",
        "F2",
    ):
        assert word in card


def test_a_model_of_the_user_is_asked_beside_ours() -> None:
    def theirs(texts: list[str]) -> list[list[Span]]:
        start = texts[0].index("zzyx")
        return [[Span(start=start, end=start + 4, type=PERSON, score=0.8)]]

    text = "we want the zzyx back"

    assert find_spans(text) == ()
    assert [text[s.start : s.end] for s in find_in_many([text], model=theirs)[0]] == ["zzyx"]


def test_a_spacy_model_is_used_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    entity = types.SimpleNamespace(start_char=0, end_char=3, label_="PERSON")
    unknown = types.SimpleNamespace(start_char=4, end_char=5, label_="CARDINAL")
    document = types.SimpleNamespace(ents=[entity, unknown])
    pipeline = types.SimpleNamespace(pipe=lambda texts: [document for _ in texts])
    fake = types.ModuleType("spacy")
    fake.__spec__ = importlib.machinery.ModuleSpec("spacy", None)
    fake.util = types.SimpleNamespace(is_package=lambda name: name == "there")  # type: ignore[attr-defined]
    fake.load = lambda name: pipeline  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy", fake)
    found = installed_model("there")

    assert installed_model("absent") is None
    assert found is not None
    assert found(["Ann 5"]) == [[Span(start=0, end=3, type=PERSON, score=0.8)]]


def test_a_classifier_in_a_folder_is_used_and_never_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[dict[str, object]] = []

    def loaded(folder: str, **here: object) -> str:
        asked.append(here)
        return folder

    person = {"entity_group": "PER", "start": 0, "end": 3, "score": 0.9}
    other = {"entity_group": "MISC", "start": 4, "end": 5, "score": 0.9}
    fake = types.ModuleType("transformers")
    fake.__spec__ = importlib.machinery.ModuleSpec("transformers", None)
    source = types.SimpleNamespace(from_pretrained=loaded)
    fake.AutoModelForTokenClassification = source  # type: ignore[attr-defined]
    fake.AutoTokenizer = source  # type: ignore[attr-defined]
    fake.pipeline = lambda *_, **__: lambda texts: [[person, other] for _ in texts]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "transformers", fake)

    found = installed_model(str(tmp_path))

    assert found is not None
    assert found(["Ann 5"]) == [[Span(start=0, end=3, type=PERSON, score=0.9)]]
    assert asked == [{"local_files_only": True}] * 2
    assert installed_model(str(tmp_path / "absent")) is None


def test_names_are_replaced_one_for_one_in_a_whole_letter() -> None:
    text = "Dear Margaret Thornbury,\nwe wrote to Margaret Thornbury in Leeds.\nRegards, Peter Hall"
    new = pseudonymise(text, find_spans(text), b"a key of the tests")

    assert "Thornbury" not in new
    assert "Leeds" not in new
    name = new.split(",")[0].removeprefix("Dear ")
    assert new.count(name) == 2


def test_tags_of_many_lengths_are_told_without_reading_what_stands_behind_a_sequence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory that nobody wrote to may hold anything, also what is no number."""
    empty = np.empty_like

    def of_no_numbers(like: Any, **options: Any) -> Any:
        made = empty(like, **options)
        if made.dtype == np.float32:
            made.view(np.uint32).fill(0x7F800001)  # a NaN that every use of it complains of
        return made

    monkeypatch.setattr(np, "empty_like", of_no_numbers)
    texts = ["Dear Ms Anna Schmidt, we wrote to Peter Hall in Leeds last week.", "Hello", ""]

    found = find_in_many(texts)

    assert any(span.type is PERSON for span in found[0])
