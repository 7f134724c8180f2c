"""The pictures of README and tutorial, taken anew from the running app: `make pictures`.

They show the demo shop after the main job was done once, in a window of 1440 pixels.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from compliance.federated import to_plan  # noqa: E402
from compliance.privacy import to_query  # noqa: E402
from compliance.report.nouns import ReportKind  # noqa: E402
from compliance.settings import Settings  # noqa: E402
from compliance.workspace import Workspace  # noqa: E402
from tests.browser.conftest import FLAGS, PATIENCE_MS, Visitor, serving  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDTH = 1440
# Page, the dataset chosen on it, what stands at the top of the window, and the window's height.
PICTURES = (
    ("Overview", None, "Overview", 1240),
    ("Discovery", "customers", "Discovery", 900),
    ("Trade-off", "orders", "Shown here:", 1500),
    ("Federated", "clicks", "Federated", 1500),
    ("Decisions", None, "Decisions", 1000),
)


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "desk"
        do_the_main_job(Workspace(Settings.from_environment({}, home=home)))
        with serving(home) as app, sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
            visitor = Visitor(app, page)
            visitor.visit("Overview", "")
            for title, dataset, top, height in PICTURES:
                take(visitor, title, dataset, top, height)
            browser.close()


def do_the_main_job(desk: Workspace) -> None:
    """Build the shop, label it, publish once, train once, check the duties, report."""
    for dataset in desk.build_demo():
        found = desk.discover(dataset.name)
        proposed = {la.column: (la.semantic_type, la.identifier_class) for la in found.labels}
        if dataset.name in ("customers", "orders"):
            desk.decide_labels(dataset.name, proposed)
    query = {"unit": "customer_id", "by": ["country"], "statistics": [{"count": "rows"}]}
    desk.release("orders", to_query(query), Decimal("0.5"))
    plan = {"sites": {"column": "site"}, "target": "purchased", "rounds": 30}
    list(desk.federation.train("clicks", to_plan(plan)))
    desk.assess()
    desk.build_report(ReportKind.AUDIT)


def take(visitor: Visitor, title: str, dataset: str | None, top: str, height: int) -> None:
    visitor.page.set_viewport_size({"width": WIDTH, "height": height})
    visitor.walk_to(title)
    if dataset is not None:
        visitor.page.get_by_role("combobox", name="Dataset", exact=True).click()
        visitor.page.get_by_role("option", name=dataset, exact=True).click()
        visitor.settle()
    visitor.sees(top).evaluate("element => element.scrollIntoView()")
    visitor.page.mouse.move(WIDTH - 1, height - 1)
    visitor.page.wait_for_timeout(1000)  # charts grow into their place
    path = IMAGES / f"{title.lower().replace('-', '')}.png"
    visitor.page.screenshot(path=path, animations="disabled")
    lighten(path)


def lighten(path: Path) -> None:
    """Half the bytes: pages have few colours, so 128 are enough."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
