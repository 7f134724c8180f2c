"""The whole main job, once, as an officer does it in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Locator, expect

from compliance.discovery.nouns import IdentifierClass, LabelStatus
from tests.browser.conftest import BUILDING_MS, Open, Visitor, serving

pytestmark = pytest.mark.browser

COMPANY = "Birnwald & Söhne Online"
ROW_PX = 35  # of a row, and of the header, of Streamlit's tables
AGREE, CLASS = 40, 500  # where these columns lie from the left edge, in pixels


def test_the_main_job_from_the_first_screen_to_a_whole_trail(
    tmp_path: Path, open_window: Open
) -> None:
    with serving(tmp_path / "desk") as app:
        visitor = open_window(app)
        visitor.visit("Overview", "")
        build_the_demo_shop(visitor)
        judge_the_columns(visitor)
        slide_epsilon(visitor)
        release_once(visitor)
        train_across_sites(visitor)
        check_the_duties(visitor)
        take_the_report_home(visitor)
        visitor.walk_to("Trail")
        visitor.sees(re.compile(r"The trail is whole: all \d+ entries are as they were written"))
        visitor.keep("trail")
        take_a_checkpoint(visitor)
        visitor.walk_to("Overview")
        visitor.keep("overview")

        assert visitor.page.evaluate("document.documentElement.lang") == "en"
        assert visitor.strangers == []
        assert visitor.complaints == []
        assert app.workspace.verify_trail().ok
        assert "Traceback" not in app.log.read_text(encoding="utf-8")


def build_the_demo_shop(visitor: Visitor) -> None:
    visitor.keep("first-screen")
    visitor.press("Open the demo shop")
    expect(visitor.page.get_by_text("Stop 1 of 11 · Datasets")).to_be_visible(timeout=BUILDING_MS)
    visitor.arrive("Datasets")
    visitor.press("Next: Discovery")
    visitor.arrive("Discovery")
    visitor.keep("tour")
    visitor.press("Leave the tour")
    visitor.walk_to("Overview")
    visitor.sees("Go on with the tour: stop 2 of 11")

    names = [str(dataset.name) for dataset in visitor.app.workspace.datasets()]
    assert names == ["customers", "orders", "clicks", "reviews"]


def judge_the_columns(visitor: Visitor) -> None:
    """Confirm that `email` is what it seems, and say that `city` identifies directly."""
    visitor.walk_to("Discovery")
    visitor.press("Find personal data")
    visitor.sees("Evidence in words")
    visitor.settle()
    visitor.keep("discovery")
    expect(grid(visitor)).to_contain_text("annual_income")
    visitor.page.mouse.click(*cell(visitor, "email", AGREE))
    visitor.page.mouse.dblclick(*cell(visitor, "city", CLASS))
    visitor.page.locator("#portal").get_by_text("identifies directly", exact=True).click()
    expect(grid(visitor)).to_contain_text("citycityidentifies directly")
    visitor.press("Record decisions")
    expect(grid(visitor)).to_contain_text("corrected")
    visitor.settle()
    visitor.keep("discovery-decided")

    found = visitor.app.workspace.discovery("customers")
    assert found is not None
    decided = {la.column: la for la in found.labels if la.status is not LabelStatus.PROPOSED}
    assert decided.keys() == {"email", "city"}
    assert decided["email"].status is LabelStatus.CONFIRMED
    assert decided["city"].identifier_class is IdentifierClass.DIRECT


def slide_epsilon(visitor: Visitor) -> None:
    """Two steps towards privacy by keyboard: the margins grow, and nothing is written."""
    visitor.walk_to("Trade-off")
    before = visitor.app.workspace.verify_trail()
    shown = grid(visitor)
    at_one = shown.text_content()
    slider = visitor.page.get_by_role("slider", name=re.compile("^ε"))
    slider.focus()
    visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.press("ArrowLeft")
    expect(shown).not_to_have_text(at_one or "")
    visitor.sees("65 times in 100")
    visitor.settle()
    visitor.keep("tradeoff")

    assert visitor.app.workspace.verify_trail() == before


def release_once(visitor: Visitor) -> None:
    """A double click on the last question, and a reload, publish no second time."""
    visitor.walk_to("Release")
    assert visitor.app.workspace.releases("customers") == ()
    visitor.press("Release …")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("it cannot be taken back")
    visitor.keep("release-question")
    dialog.get_by_role("button", name="Publish now").dblclick()
    expect(dialog).to_have_count(0)
    visitor.sees("Published, and stored as it is shown below.")
    visitor.settle()
    visitor.keep("release")
    stored = visitor.app.workspace.releases("customers")
    visitor.page.reload()
    visitor.arrive("Release")
    visitor.sees("noise by OpenDP")

    assert len(stored) == 1
    assert visitor.app.workspace.releases("customers") == stored
    for value in stored[0].values:
        expect(grid(visitor)).to_contain_text(f"{value.value:.0f}")


def train_across_sites(visitor: Visitor) -> None:
    visitor.walk_to("Federated")
    visitor.page.get_by_role("combobox", name="Dataset").click()
    visitor.page.get_by_role("option", name="clicks").click()
    target = visitor.page.get_by_role("combobox", name=re.compile("^What to predict"))
    expect(target).to_have_value("purchased")
    visitor.settle()
    set_rounds(visitor, "Home", 5)
    visitor.press("Start training")
    visitor.sees(re.compile(r"Round \d of 6: quality 0\.\d+"))
    visitor.keep("federated-running")
    visitor.sees("All rows in one place")
    visitor.sees("Each site alone")
    visitor.settle()
    visitor.keep("federated")
    set_rounds(visitor, "End", 0)
    visitor.press("Start training")
    visitor.sees(re.compile(r"Round \d+ of 200: quality"))
    visitor.press("Stop")
    visitor.sees(re.compile(r"Stopped after \d+ of 200 rounds"))

    stopped, whole = visitor.app.workspace.federation.runs("clicks")
    assert len(whole.outcome.rounds) == 6
    assert whole.outcome.baselines is not None
    assert stopped.outcome.is_stopped
    assert 0 < len(stopped.outcome.rounds) < 200


def check_the_duties(visitor: Visitor) -> None:
    visitor.walk_to("Decisions")
    visitor.press("Check every duty now")
    visitor.sees("All duties")
    visitor.sees("not met")
    visitor.settle()
    visitor.keep("decisions")

    assert len(visitor.app.workspace.assessments()) == 1


def take_the_report_home(visitor: Visitor) -> None:
    visitor.walk_to("Reports")
    visitor.press("Build")
    with visitor.page.expect_download() as downloading:
        visitor.page.locator(".st-key-reports_take button").click()
    visitor.settle()
    visitor.keep("reports")
    data = Path(downloading.value.path()).read_bytes()
    with pypdfium2.PdfDocument(data) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)

    (report,) = visitor.app.workspace.reports()
    assert data.startswith(b"%PDF")
    assert data == visitor.app.workspace.report_pdf(report)
    assert COMPANY in text


def take_a_checkpoint(visitor: Visitor) -> None:
    with visitor.page.expect_download() as downloading:
        visitor.press("Take a checkpoint")

    assert visitor.app.workspace.verify_trail(Path(downloading.value.path())).ok


def grid(visitor: Visitor) -> Locator:
    """The first table on the page as read aloud: the visible one is drawn on a canvas."""
    return visitor.page.locator("table[role=grid]").first


def cell(visitor: Visitor, column: str, left_px: int) -> tuple[float, float]:
    """Where the row of labels about `column` is drawn, `left_px` from the left of the table."""
    places = [str(name) for name in visitor.app.workspace.dataset("customers").column_names]
    canvas = visitor.page.get_by_test_id("stDataFrame").first
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + left_px, box["y"] + (places.index(column) + 1.5) * ROW_PX


def set_rounds(visitor: Visitor, end: str, steps: int) -> None:
    """Take the slider of rounds to one end and some steps to the right of it, by keyboard."""
    slider = visitor.page.get_by_role("slider", name="Rounds")
    slider.focus()
    visitor.page.keyboard.press(end)
    for _ in range(steps):
        visitor.page.keyboard.press("ArrowRight")
    reached = "200" if end == "End" else str(1 + steps)
    expect(slider).to_have_value(reached)
    visitor.settle()
