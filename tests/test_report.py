"""The audit report as people read it: what its pages say, and that nothing else gets in."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import report_samples as samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_hostile import HOSTILE, hostile_name
from report_pages import NAMES, Built, attachments, built, built_sample, readable, squeezed

from compliance.dataset.nouns import ColumnName, Sha256, Source
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.report import build
from compliance.report.glyphs import MISSING, printable
from compliance.report.nouns import Evidence, ReportKind
from compliance.report.wording import abridged

GOLDEN = Path(__file__).parent / "golden" / "audit_report.txt"


@pytest.fixture
def retail() -> Built:
    return built_sample("retail")


@pytest.fixture
def hostile() -> Built:
    return built_sample("hostile")


@pytest.fixture(params=NAMES)
def any_report(request: pytest.FixtureRequest) -> Built:
    return built_sample(request.param)


def test_report_reads_as_agreed(retail):
    """The text of every page against `golden/audit_report.txt`, a form feed after each page.

    When a change is meant, run with the environment variable GOLDEN=write, which writes the
    file anew, and read the difference.
    """
    text = readable(retail.pages)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("empty", 5, 7), ("retail", 12, 18), ("hostile", 80, 180)],
)
def test_number_of_pages_is_sane(name, least, most):
    assert least <= built_sample(name).document.pages <= most


def test_page_count_is_that_of_the_file(any_report):
    assert any_report.document.pages == len(any_report.pages)


def test_every_section_is_there_even_when_empty(any_report):
    for number, section in enumerate(
        (
            *("Summary", "Scope and method", "Results", "Findings and duties", "Decision"),
            *("Personal data, dataset by dataset", "Releases", "Privacy budget"),
            *("Federated runs", "Traceability", "Glossary"),
        ),
        start=1,
    ):
        assert f"\n{number} {section}\n" in any_report.running_text


def test_contents_name_the_page_of_every_section(any_report):
    contents = any_report.pages[1]
    entries = re.findall(r"^(\d+) ([A-Z][^.]+?)[ .]+(\d+)$", contents, re.MULTILINE)

    assert [number for number, _, _ in entries] == [str(number) for number in range(1, 12)]
    for number, title, page in entries:
        assert f"\n{number} {title}\n" in any_report.pages[int(page) - 1]


@pytest.mark.parametrize(
    "sentence",
    [
        "No dataset has been loaded",
        "Nothing has been released from these datasets.",
        "No population has a privacy budget yet.",
        "No federated run has been made on these datasets.",
        "Not assessed: no duty was looked at.",
        "No lineage has been recorded for these datasets.",
        "the trail holds no entries yet",
        "No score: no duty could be decided yet.",
        "Nothing could be decided yet.",
    ],
)
def test_an_empty_section_says_so(sentence):
    assert sentence in built_sample("empty").text


def test_every_page_but_the_cover_is_numbered_named_and_marked_internal(any_report):
    last = len(any_report.pages)
    name = any_report.evidence.organisation.name or "Organisation not recorded"

    for number, page in enumerate(any_report.pages[1:], start=2):
        header, *_, footer = page.split("\n")
        assert header.startswith(name[:30])
        assert header.endswith("Privacy audit report")
        assert footer.endswith(f"Internal, not for publication Page {number} of {last}")


def test_cover_says_who_when_for_whom_and_what_it_is_not(retail):
    cover = squeezed(retail.pages[0])

    for words in (
        *("Nordlicht Versand GmbH", "Dr. Ada Beispiel", "privacy@example.org", "online retail"),
        *("24 November 2026, 02:10 UTC", "Privacy Desk 0.1.0", "3c3c3c3c3c3c3c3c…", "41 entries"),
        *("It is not legal advice", "its supervisory authority", "not for publication"),
    ):
        assert squeezed(words) in cover


def test_every_column_name_can_be_found(any_report):
    text = squeezed(any_report.running_text)
    names = {c.name for e in any_report.evidence.datasets for c in e.dataset.columns}

    missing = {
        name for name in names for part in _searched_for(printable(name)) if part not in text
    }

    assert not missing


def _searched_for(name: str) -> list[str]:
    """The name as one; word by word where it may run, or stand by what runs, from right to left.

    A reader of PDFs turns a whole line around for one such name on it.
    """
    turns = any(sign == MISSING or unicodedata.bidirectional(sign) in {"R", "AL"} for sign in name)
    return name.split() if turns or len(name) > 100 else [squeezed(name)]


def test_every_published_value_stands_beside_its_group(retail):
    text = squeezed(retail.text)
    values = retail.evidence.datasets[0].releases[0].values

    for people, turnover in zip(values[::2], values[1::2], strict=True):
        row = f"{people.keys[0]} {people.value:,.0f} 12 {turnover.value:,.0f} 812"
        assert squeezed(row).replace("-", "−") in text


def test_every_release_run_finding_and_edge_is_named(hostile):
    text = squeezed(hostile.text)
    evidence = hostile.evidence
    named = [
        *(release.id for e in evidence.datasets for release in e.releases),
        *(run.id for e in evidence.datasets for run in e.runs),
        *(verdict.rule for verdict in evidence.assessment.findings),
        *(f"{edge.entry:,}" for edge in evidence.lineage),
    ]

    assert len(named) == 40 + 2 + 13 + 60
    assert [name for name in named if squeezed(name) not in text] == []


def test_findings_say_that_a_duty_is_not_met(retail):
    assert "F1 ▲ HIGH Not met: Retention is set" in retail.text
    assert "F2 ■ MEDIUM Not met: Recipients are listed" in retail.text


def test_hashes_are_given_in_full(retail):
    text = squeezed(retail.text)
    evidence = retail.evidence

    for digest in (
        evidence.trail.root,
        evidence.trail.head,
        evidence.datasets[0].dataset.sha256,
        evidence.datasets[0].dataset.sources[0].sha256,
    ):
        assert digest in text


def test_what_nobody_recorded_is_shown_as_not_recorded():
    text = built_sample("bare").text

    assert text.count("not recorded") >= 10
    assert "Not assessed: nobody has looked for personal data in this dataset yet." in text
    assert "Not examined (8)" in text


def test_no_epsilon_stands_without_its_delta(retail):
    """On the line of every “ε = number”, or on the one after, there is a δ."""
    lines = retail.running_text.split("\n")

    said = [place for place, line in enumerate(lines) if re.search(r"ε = [\d.]", line)]
    alone = [
        lines[place]
        for place in said
        if "δ" not in lines[place] + lines[min(place + 1, len(lines) - 1)]
    ]

    assert len(said) >= 5
    assert alone == []


def test_chinese_text_can_be_searched(hostile):
    assert "上海测试电子商务有限公司" in squeezed(hostile.text)
    assert "客户终身价值（不含退货和税）2" in squeezed(hostile.text)


def test_names_that_look_like_commands_come_out_literally(hostile):
    text = squeezed(hostile.text)

    for name in HOSTILE:
        assert squeezed(name) in text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(min_size=1, max_size=40), long=st.text("_abcΩ漢ש", min_size=60, max_size=90))
def test_any_text_can_be_typeset_and_is_attached(name, long):
    evidence = samples.retail()
    alone = evidence.datasets[0]
    first, *rest = alone.dataset.columns
    columns = (replace(first, name=ColumnName(name)), replace(first, name=ColumnName(long)), *rest)
    dataset = replace(alone.dataset, columns=columns, sha256=Sha256(name))
    who = replace(evidence.organisation, name=name, officer=long)

    document = build(
        ReportKind.AUDIT,
        replace(evidence, organisation=who, datasets=(replace(alone, dataset=dataset),)),
    )

    assert json.loads(attachments(document)["evidence.json"])["organisation"]["name"] == name


def test_a_character_without_glyph_becomes_a_box_and_stays_in_the_attachment(hostile):
    attached = json.loads(attachments(hostile.document)["evidence.json"])

    assert "王小明 □" in hostile.text
    assert attached["organisation"]["officer"].endswith("😀")


def test_examples_of_values_are_nowhere(retail, hostile):
    for report in (retail, hostile):
        files = b"".join(attachments(report.document).values()).decode()
        assert samples.EXAMPLE not in report.text
        assert samples.EXAMPLE not in files
        assert "examples" not in files


def test_a_very_long_table_is_cut_and_says_so():
    report = built(_with_groups([f"G{number:04d}" for number in range(620)]))

    assert "G0499" in report.text
    assert "G0500" not in report.text
    assert "120 more groups are in the attached evidence.json." in report.text
    assert "The 20 largest of 620 groups." in report.text
    assert b"G0619" in attachments(report.document)["evidence.json"]


def test_header_of_a_long_table_is_repeated_on_each_of_its_pages(hostile):
    """Each table of the hostile report that runs over pages, told by what its rows hold."""
    for marker, header in (
        (r"identifica", "Who says so"),
        (r"hostile@12, 2", "A person counts in"),
        (r"number of rows −", "(95 %)"),
        (r"2026-11-24 0\d:\d\d Release", "What was done"),
        (r"10\.0 PB", "Stayed"),
        (r"02:10 1,000,0\d\d", "From Step Made"),
    ):
        holding = [page for page in hostile.pages if len(re.findall(marker, page)) > 3]
        assert len(holding) > 1, marker
        assert all(header in page for page in holding), marker


def _with_groups(groups: list[str]) -> Evidence:
    evidence = samples.retail()
    alone = evidence.datasets[0]
    release = samples.release(alone.dataset, tuple(groups))
    return replace(evidence, datasets=(replace(alone, releases=(release,)),))


def test_hundreds_of_files_take_one_line_of_lineage_and_twenty_of_provenance():
    evidence = samples.retail()
    alone = evidence.datasets[0]
    sources = tuple(
        Source(name=f"day-{n:03d}.csv", sha256=Sha256(f"{n:064d}"), size_bytes=10**6)
        for n in range(305)
    )
    made = evidence.lineage[0].made
    edges = tuple(
        Edge(
            origin=Node(kind=NodeKind.SOURCE, id=s.sha256, title=s.name),
            made=made,
            step="added",
            entry=2,
            at=samples.NOW,
        )
        for s in sources
    )
    dataset = replace(alone.dataset, sources=sources)

    report = built(replace(evidence, datasets=(replace(alone, dataset=dataset),), lineage=edges))

    text = report.running_text.replace("\N{NO-BREAK SPACE}", " ")
    assert "day-000.csv and 304 more" in text
    assert "305 files or tables, 305.0 MB in total. The first 20 follow" in text
    assert "day-019.csv" in text
    assert "day-020.csv" not in text
    assert b"day-304.csv" in attachments(report.document)["evidence.json"]


def test_a_name_of_200_characters_is_whole_once_and_abridged_elsewhere(hostile):
    name = hostile_name(10)

    assert len(name) == 200
    assert squeezed(name) in squeezed(hostile.running_text)
    assert squeezed(abridged(name)) in squeezed(hostile.running_text)
