"""Words in two languages: nothing that is said is missing, and what is written is what is read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import yaml

from compliance import i18n
from compliance.i18n import catalogues, gathering, locales, plural, speaking, translate
from compliance.i18n.facts import parsed
from compliance.i18n.recognising import Recogniser

OTHERS = sorted(i18n.LANGUAGES.keys() - {i18n.ENGLISH})
BLANK = re.compile(r"\{[a-z_0-9]*(?:![rs])?(?::[^}]*)?\}")


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogues_hold_exactly_the_words_that_are_said(language, gathered):
    files = catalogues.updated(language, gathered)
    written = {path.stem: path.read_bytes() for path in (catalogues.FOLDER / language).glob("*.po")}
    assert written.keys() == files.keys()
    other = [room for room, file in files.items() if file != written[room]]
    assert not other, f"run `make messages`: {other}"


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_app_reads_is_what_the_catalogues_hold(language):
    files = [p.read_bytes() for p in sorted((catalogues.FOLDER / language).glob("*.po"))]
    assert catalogues.compiled_path(language).read_bytes() == catalogues.compiled(language, files)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("room", gathering.sources()["complete"])
def test_every_word_of_a_complete_room_is_translated(language, room, gathered):
    known = catalogues.translations(language)
    waiting = [key for key in gathered[room] if catalogues.is_waiting(known[key])]
    assert not waiting


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_blanks_of_its_words(language):
    for key, message in catalogues.translations(language).items():
        for string in filter(None, catalogues.strings(message)):
            assert set(BLANK.findall(string)) == set(BLANK.findall(key.words)), key


@pytest.mark.parametrize("language", OTHERS)
def test_bold_begins_and_ends_where_markdown_sees_it(language):
    """Chinese sets no blank beside `**`; CommonMark then takes it for bold beside a letter only."""
    for key, message in catalogues.translations(language).items():
        for string in filter(None, catalogues.strings(message)):
            shown = re.sub(r"\{(?:kept|lost|prior|after|share)\}", "5%", string)
            pieces = BLANK.sub("5", shown).split("**")
            for before, bold, after in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
                assert bold[:1].isalnum() or not before[-1:].isalnum(), key
                assert bold[-1:].isalnum() or not after[:1].isalnum(), key


@pytest.mark.parametrize("language", OTHERS)
def test_one_thing_is_called_by_one_term(language):
    told = yaml.safe_load((catalogues.FOLDER / language / "glossary.yaml").read_text("utf-8"))
    written = [
        (key, BLANK.sub("", key.words), string)
        for key, message in catalogues.translations(language).items()
        if (string := catalogues.strings(message)[0])
    ]
    for term in told["terms"]:
        said = re.compile(rf"\b{term['english']}\b", re.IGNORECASE)
        for key, english, string in written:
            if not said.search(english):
                continue
            assert any(word in string for word in term["says"]), (term["english"], key, string)
            assert not any(word in string for word in term.get("not", ())), (key, string)


def test_a_language_has_a_name_and_conventions():
    for language, name in i18n.LANGUAGES.items():
        assert locales.conventions(language)["name"] == name
    with pytest.raises(KeyError), speaking("tlh"):
        pass


def test_a_language_is_spoken_only_for_as_long_as_asked():
    with speaking("zh"):
        assert i18n.LANGUAGE.get() == "zh"
    assert i18n.LANGUAGE.get() == "en"


def test_words_without_a_translation_stay_english():
    with speaking("zh"):
        assert translate("words that nobody ever said") == "words that nobody ever said"
        assert translate("") == ""


def test_a_plural_goes_with_its_number():
    assert plural("{n} row", "{n} rows", 1).format(n=1) == "1 row"
    assert plural("{n} row", "{n} rows", 2).format(n=2) == "2 rows"


def test_numbers_dates_and_lists_follow_the_language():
    at = datetime(2026, 11, 4, 2, 10, tzinfo=UTC)
    assert locales.day(date(2026, 11, 4)) == "4\u00a0November 2026"
    assert locales.share(0.125, 1) == "12.5\u00a0%"
    assert locales.listed(["a", "b", "c"]) == "a, b and c"
    assert locales.money(Decimal(1200), "EUR") == "€1,200.00"
    with speaking("zh"):
        assert locales.day(date(2026, 11, 4)) == "2026年11月4日"
        assert locales.moment(at) == "2026年11月4日 02:10（UTC）"
        assert locales.share(0.125, 1) == "12.5%"
        assert locales.number(1234.5, 1) == "1,234.5"
        assert locales.listed(["甲", "乙", "丙"]) == "甲、乙和丙"
        assert locales.money(Decimal(1200), "CNY") == "¥1,200.00"


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "Release from a, 2026-11-27 03:40", "Release from a, 27 November 2026, 03:40 UTC"),
        ("zh", "a的发布，2026-11-27 03:40", "a的发布，2026年11月27日 03:40（UTC）"),
        ("zh", "于2026-11-27届满。", "于2026年11月27日届满。"),
        ("en", "orders-2026-11-27, 2026-11-27.csv", "orders-2026-11-27, 2026-11-27.csv"),
        ("en", "on 2026-13-41", "on 2026-13-41"),
    ],
    ids=["moment", "moment in Chinese", "day between signs", "part of a name", "no day at all"],
)
def test_days_within_a_sentence_are_written_as_its_language_does(language, words, said):
    with speaking(language):
        assert locales.dated(words).replace("\u00a0", " ") == said


def test_where_people_give_names_only_moments_are_rewritten():
    assert locales.timed("Sale of 2026-11-27") == "Sale of 2026-11-27"
    assert "27\u00a0November 2026" in locales.timed("at 2026-11-27 03:40")


def test_words_are_gathered_wherever_they_stand_in_code(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "ROOT", tmp_path)
    file = tmp_path / "said.py"
    file.write_text(
        'TITLES = {1: mark("a title")}\n'
        'x = _("of {n} " "parts").format(n=count(3, "entry", plural="entries"), m=_("inner"))\n'
        'y = plural("{n} bit", "{n} bits", len(x)) + meant("of a duty", "met")\n'
        'z = _("yes" if x else "no") + wording.count(2, "row") + x.count("a", "b") + _(z)\n'
    )
    found = {key: (many, marked) for key, many, marked in gathering._in_python(file, parsed(file))}
    assert found == {
        gathering.Key("a title"): ("", True),
        gathering.Key("of {n} parts"): ("", False),
        gathering.Key("entry", "counted"): ("entries", False),
        gathering.Key("inner"): ("", False),
        gathering.Key("{n} bit"): ("{n} bits", False),
        gathering.Key("met", "of a duty"): ("", False),
        gathering.Key("yes"): ("", False),
        gathering.Key("no"): ("", False),
        gathering.Key("row", "counted"): ("rows", False),
    }


def test_an_f_string_is_refused_because_it_could_never_be_found(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "ROOT", tmp_path)
    file = tmp_path / "said.py"
    file.write_text('x = _(f"of {n} parts")\n')
    with pytest.raises(ValueError, match=r"said.py, line 1: an f-string"):
        list(gathering._in_python(file, parsed(file)))


TEMPLATES = {
    "{n} of {rows} are unlike all others": "{rows}中有{n}与众不同",
    "The {thing} was {state} on {day}.": "{thing}于{day}{state}。",
    "The {thing} was {state} on {day}, late.": "{thing}于{day}{state}，已逾期。",
    "{a}: {b}": "{a}：{b}",
    "erased": "被删除",
    "{n} value was left out": "略去了{n}个值",
    "sum of {column}": "{column}的总和",
    "date": "日期",
    "name": "姓名",
    "{first}; {rest}": "{first}；{rest}",
    "{sentence}. {rest}": "{sentence}。{rest}",
    "{sentence}.": "{sentence}。",
    "{first} and {rest}": "{first}、{rest}",
}


@pytest.fixture
def recogniser():
    return Recogniser(TEMPLATES, {"row": "{number}行", "rows": "{number}行"}, TEMPLATES)


def _translated(words: str) -> str:
    return TEMPLATES.get(words) or TEMPLATES.get(words[:1].swapcase() + words[1:], words)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("3 of 1,200 rows are unlike all others", "1,200行中有3与众不同"),
        ("The table was erased on 3 May.", "table于3 May被删除。"),
        ("The table was erased on 3 May, late.", "table于3 May被删除，已逾期。"),
        ("1,200 rows", "1,200行"),
        ("1\u00a0row", "1行"),
        ("sum of date", "date的总和"),
        ("sum of name; erased", "name的总和；被删除"),
        (
            "Sum of name. It stays. The table was erased on 3 May.",
            "name的总和。It stays。table于3 May被删除。",
        ),
        ("date and name", "日期、姓名"),
        ("Erased.", "被删除。"),
    ],
)
def test_a_finished_sentence_is_recognised_by_its_template(recogniser, english, chinese):
    assert recogniser.said(english, _translated) == chinese


@pytest.mark.parametrize(
    "words", ["a name: another", "1,200 geese", "", "The {thing} was", "date and whatever"]
)
def test_words_that_fit_no_template_are_left_alone(recogniser, words):
    assert recogniser.said(words, _translated) is None


def test_a_blank_that_stands_twice_must_hold_the_same_twice():
    twice = Recogniser(["from {a} to {a} again"], {})
    assert twice.said("from here to here again", str) == "from here to here again"
    assert twice.said("from here to there again", str) is None


JOINED = {
    "{first}; {rest}": "{first}；{rest}",
    "{sentence}. {rest}": "{sentence}。{rest}",
    "{sentence}.": "{sentence}。",
    "{title}: {words}": "{title}：{words}",
    "{words} ({note})": "{words}（{note}）",
    "{first}, {rest}": "{first}、{rest}",
    "{law} {article}": "{law}{article}",
    "in {place}": "在{place}",
    "no day is known": "日期未知",
    "purposes": "目的",
    "recipients": "接收方",
    "GDPR": "GDPR",
    "Art. 30": "第30条",
}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Purposes: in recipients; no day is known.", "目的：在接收方；日期未知。"),
        ("Purposes: recipients; no day is known.", "目的：接收方；日期未知。"),
        ("No day is known. Purposes (Art. 30).", "日期未知。目的（第30条）。"),
        ("missing: purposes, recipients", "missing：目的、接收方"),
        ("GDPR Art. 30", "GDPR第30条"),
        ("in purposes", "在目的"),
        ("somebody wrote this, by hand; and this.", "somebody wrote this, by hand; and this."),
        ("purposes of somebody", "purposes of somebody"),
        ("purposes, and what else there is", "purposes, and what else there is"),
        ("in somebody's words", "in somebody's words"),
    ],
)
def test_what_was_joined_is_taken_apart_where_its_parts_are_known(english, chinese):
    recogniser = Recogniser([key for key in JOINED if "{" in key], {}, JOINED)

    def translated(words: str) -> str:
        for form in (words, words[:1].swapcase() + words[1:]):
            if form in JOINED:
                return JOINED[form]
        return words

    assert (recogniser.said(english, translated) or english) == chinese


def test_names_and_keys_of_files_are_gathered_as_they_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "ROOT", tmp_path)
    (tmp_path / "kinds.yaml").write_text("groups: {A group: {a: {is: some_choice, not: no}}}\n")
    room = {"data": [{"file": "kinds.yaml", "texts": [], "names": ["*.is"], "keys": ["groups"]}]}
    assert [words for _, words in gathering._as_they_stand(room)] == ["some choice", "A group"]


def test_a_sentence_kept_in_english_is_said_in_the_readers_language():
    with speaking("zh"):
        assert translate("sum of Amount") == "Amount的总和"
        assert translate("1,200 rows") == "1,200行"
        assert translate("No processing activity is on record.") == "没有记录任何处理活动。"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("_".join("a" * 40) + " !", id="a long name of a column"),
        pytest.param(", ".join(f"column {i}" for i in range(120)) + " and last", id="a long list"),
        pytest.param("; ".join(f"x {i}, y and z or (w): v" for i in range(40)), id="many joints"),
    ],
)
def test_what_can_be_read_in_too_many_ways_is_left_as_it_is(words):
    """It would take longer than anybody waits: this test would never end."""
    with speaking("zh"):
        assert "".join(translate(words).split())[:3] == "".join(words.split())[:3]
