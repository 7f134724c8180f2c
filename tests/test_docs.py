"""The documents lead somewhere, and what they say works when it is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.building.reference import pages
from tests.docs_blocks import DOCUMENTS, ROOT

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE = {ROOT / "docs" / page.path for page in pages()}
RUNNABLE = [path for path in DOCUMENTS if BLOCK.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_picture_and_file_that_a_document_links_to_is_there(path: Path) -> None:
    """Pages of the reference that are made for the site are there, too."""
    targets = [(path.parent / link).resolve() for link in LINK.findall(path.read_text("utf-8"))]

    assert [target for target in targets if not (target.exists() or target in MADE)] == []


def test_the_readme_shows_three_pictures_of_the_app() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^]]{20,}\]\((docs/images/\w+\.png)\)", readme)

    assert len(pictures) == 3
    assert {(ROOT / picture).read_bytes()[:4] for picture in pictures} == {b"\x89PNG"}


def test_every_page_of_the_desk_is_in_a_guide() -> None:
    """So that no task is without one: pages are named as the navigation does."""
    navigation = (ROOT / "pages" / "parts" / "navigation.py").read_text(encoding="utf-8")
    guides = [p.read_text("utf-8") for p in DOCUMENTS if "how-to" in p.parts]
    named = " ".join(re.findall(r"\*Pages?: [^*]+\*", " ".join(guides)))
    titles = re.findall(r'title="([^"]+)"', navigation)

    assert len(titles) >= 20
    assert [title for title in titles if title not in named] == []


@pytest.mark.parametrize("path", RUNNABLE, ids=lambda path: path.stem)
def test_every_block_of_python_runs_from_top_to_bottom(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(tmp_path / "desk"))
    monkeypatch.delenv("PRIVACY_DESK_DATABASE_URL", raising=False)
    typed: dict[str, object] = {}

    blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
    for block in blocks:
        exec(compile(block, path.name, "exec"), typed)  # noqa: S102 - our own documentation

    assert len(blocks) > 1


def test_the_way_from_diffprivlib_names_each_of_its_mechanisms_and_queries() -> None:
    """As its version 0.6.6 exports them."""
    text = (ROOT / "docs" / "coming-from-diffprivlib.md").read_text(encoding="utf-8")
    mechanisms = """Binary Bingham Exponential ExponentialCategorical ExponentialHierarchical
        PermuteAndFlip Gaussian GaussianAnalytic GaussianDiscrete Geometric GeometricFolded
        GeometricTruncated Laplace LaplaceBoundedDomain LaplaceBoundedNoise LaplaceFolded
        LaplaceTruncated Snapping Staircase Uniform Vector"""
    queries = """count_nonzero mean std sum var nanmean nanstd nansum nanvar quantile median
        percentile histogram histogram2d histogramdd"""
    models = """GaussianNB KMeans LinearRegression LogisticRegression PCA StandardScaler
        DecisionTreeClassifier RandomForestClassifier"""

    for name in f"{mechanisms} {queries} {models}".split():
        assert f"`{name}`" in text, name
