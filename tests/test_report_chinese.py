"""The reports in Chinese: nothing of theirs stays English, and the files stay accessible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import page
import pikepdf
import pytest
import report_samples as samples
from report_pages import (
    CHINESE,
    attachments,
    built,
    built_sample,
    kind_of,
    rules_broken,
    sample,
    squeezed,
)

from compliance.cli import main
from compliance.i18n import LANGUAGE, gathering, speaking, translate
from compliance.report import build, to_evidence_json
from compliance.report import wording as w
from compliance.report.building import to_content
from compliance.report.nouns import ReportKind
from compliance.report.tables import number_width

LOOKS = {"fill", "role", "tone"}  # what the templates read, and no person


@pytest.fixture(params=CHINESE)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def leaves(plain: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(plain, str):
        yield path, plain
    elif isinstance(plain, dict | list):
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from leaves(value, f"{path}.{key}")


# ---------------------------------------------------------------- words


@pytest.fixture(scope="module")
def translated(gathered: gathering.Gathered) -> set[str]:
    """The words of reports that are others in Chinese."""
    said = {key.words for key in gathered["report"] if not key.context}
    with speaking("zh"):
        return {words for words in said if translate(words) != words}


def test_no_words_of_the_reports_own_stay_english(name, translated):
    evidence = sample(name.removesuffix(", in Chinese"))
    with speaking("zh"):
        content = to_content(kind_of(evidence), evidence) | {"texts": {}}

    stayed = {
        words
        for path, words in leaves(content)
        if words in translated and path.rpartition(".")[2] not in LOOKS
    }
    assert not stayed - {"Country", "Description", "day"}  # columns that the samples have


def test_every_sentence_of_the_templates_is_chinese():
    report = built(samples.retail(), "zh")

    assert "第3页，共" in squeezed(report.pages[2])
    assert "证据采集于2026年11月24日02:10（UTC）" in squeezed(report.pages[2])
    for english in ("Contents", "Summary", "What to do next", "Figure", "Internal", "Page"):
        assert english not in report.text


def test_numbers_stand_before_their_measure_words():
    with speaking("zh"):
        assert w.count(1234, "row") == "1,234行"
        assert w.count(3, "dataset") == "3个数据集"
        assert w.count(2, "person", plural="people") == "2人"
        assert w.percent(0.125, 1) == "12.5%"
        assert w.size(12_345) == "12.3\u00a0kB"
        assert w.size(12) == "12\u00a0字节"
        assert w.when(datetime(2026, 11, 4, 2, 10, tzinfo=UTC)) == "2026年11月4日 02:10（UTC）"


def test_sentences_are_joined_and_ended_as_in_chinese():
    with speaking("zh"):
        assert w.listed(["甲", "乙", "丙"]) == "甲、乙和丙"
        assert w.enumerated(["甲", "乙"]) == "甲、乙"
        assert w.joined(["甲", "乙"]) == "甲；乙"
        assert w.sentence("甲") == "甲。"
        assert w.sentence("甲。") == "甲。"
        assert w.run_on(["甲。", "乙。"]) == "甲。乙。"
        assert w.listed([]) == "无"


def test_the_glossary_is_in_the_order_of_sounds():
    terms = sorted(["准标识符", "AUC", "联邦平均", "δ（delta）", "审计轨迹"], key=w.in_order)

    assert terms == ["AUC", "δ（delta）", "联邦平均", "审计轨迹", "准标识符"]
    assert sorted(["zCDP", "ε (epsilon)", "AUC"], key=w.in_order) == ["AUC", "ε (epsilon)", "zCDP"]


def test_a_short_chinese_title_is_not_torn():
    assert number_width("更改的行", ["1"]) > 4 * 2.83
    assert number_width("SHA", ["1"]) == number_width("Row", ["1"])


# ---------------------------------------------------------------- the file


def test_the_same_evidence_is_attached_in_every_language(name):
    report = built_sample(name)

    assert attachments(report.document)["evidence.json"] == to_evidence_json(report.evidence)


def test_a_language_that_is_not_there_is_refused_and_none_stays_chosen():
    with pytest.raises(KeyError):
        build(ReportKind.AUDIT, samples.retail(), "tlh")
    build(ReportKind.AUDIT, samples.empty(), "zh")

    assert LANGUAGE.get() == "en"


def test_the_same_evidence_gives_the_same_bytes_in_the_same_language():
    first, again = (build(ReportKind.AUDIT, samples.retail(), "zh").pdf for __ in range(2))

    assert first == again != build(ReportKind.AUDIT, samples.retail(), "en").pdf


def test_it_is_accessible_and_archival(name):
    pdf = built_sample(name).document.pdf

    assert rules_broken(pdf, page.ValidationProfile.PDF_UA_1) == set()
    assert rules_broken(pdf, page.ValidationProfile.PDF_A_3A) == set()


def test_its_properties_are_chinese():
    with pikepdf.open(BytesIO(built_sample("retail, in Chinese").document.pdf)) as pdf:
        assert str(pdf.docinfo.Title) == "隐私审计报告 – Nordlicht Versand GmbH"
        assert "差分隐私" in str(pdf.docinfo.Keywords)
        assert str(pdf.Root.Lang) == "zh-CN"


# ---------------------------------------------------------------- from the desk


def test_a_report_keeps_the_language_that_was_chosen_for_it(shop):
    chinese = shop.build_report(ReportKind.AUDIT, language="zh")

    assert shop.reports()[0].language == chinese.language == "zh"
    assert shop.build_report(ReportKind.AUDIT).language == "en"


def test_the_command_line_builds_a_report_in_the_language_asked_for(shop, tmp_path):
    out, home = tmp_path / "a.pdf", str(shop.settings.home)

    assert main(["--home", home, "report", "audit", "--language", "zh", "--out", str(out)]) == 0

    with pikepdf.open(out) as pdf:
        assert str(pdf.Root.Lang) == "zh-CN"
