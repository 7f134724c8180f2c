"""What MkDocs calls while it builds: adds the made pages, and mends links to the repository.

Links in the documents lead where they lead in the repository, so that they work when read there,
too. On the site a link to a file outside `docs/` leads to a copy of that file.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as SitePage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from docs.building import reference, rooms  # noqa: E402
from docs.building.tables import table  # noqa: E402

# Documents at the root, and where they stand on the site.
FROM_ROOT = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
ELSEWHERE = {"README.md": "index.md", **FROM_ROOT, "docs": "index.md"}
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^# (?:\d+\. )?(.+)$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the made pages of the reference into the menu."""
    for entry in config.nav or ():
        if isinstance(entry, dict) and "Reference" in entry:
            entry["Reference"] += [{page.title: page.path} for page in reference.pages()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made of code, the documents at the root, and files that are linked to."""
    for made in reference.pages():
        files.append(File.generated(config, made.path, content=made.text))
    for name, path in FROM_ROOT.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, path, content=text))
    for path in sorted(_linked(files)):
        files.append(File.generated(config, f"source/{path}", abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: SitePage, **_: Any) -> str:
    """Lead links to where they are on the site; put pictures and lists that are made in place."""
    source = page.file.src_uri
    made = {
        "<!-- rooms -->": rooms.picture,
        "<!-- list of rooms -->": listed,
        "<!-- decisions -->": decisions,
    }
    for place, makes in made.items():
        if place in markdown:
            markdown = markdown.replace(place, makes())
    return LINK.sub(lambda link: _mended(link, source), markdown)


def listed() -> str:
    """The same as a table: each room, from the edge to the ground, with what it imports."""
    rows = [
        (f"`{room}`", rooms.told(room), ", ".join(sorted(b for a, b in rooms.edges() if a == room)))
        for room in reversed(rooms.rooms())
    ]
    return table(("room", "what it is for", "imports"), rows)


def decisions() -> str:
    """All decisions as a table, by the headings of their files."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        found = HEADING.search(path.read_text(encoding="utf-8"))
        title = found.group(1) if found else path.stem
        rows.append((int(path.name[:4]), f"[{title}]({path.name})"))
    return table(("number", "what was decided"), rows)


def _origin(source: str) -> str:
    """Where a page of the site lies in the repository."""
    at_root = {path: name for name, path in FROM_ROOT.items()}
    return at_root.get(source, f"docs/{source}")


def _target(link: str, source: str) -> str:
    """Where a link leads in the repository, seen from its root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(_origin(source)), link))


def _mended(link: re.Match[str], source: str) -> str:
    address, place = link.group(1), link.group(2) or ""
    target = _target(address, source)
    if target in ELSEWHERE:
        goal, place = ELSEWHERE[target], "" if target == "README.md" else place
        if link.group(2) == "#settings":
            goal = "reference/settings.md"
    elif target.startswith("docs/"):
        goal = target.removeprefix("docs/")
        goal = f"{goal}/README.md" if (ROOT / target).is_dir() else goal
    elif (ROOT / target).is_file():
        goal = f"source/{target}"
    else:
        return link.group(0)  # made pages; MkDocs says where one leads nowhere
    return posixpath.relpath(goal, posixpath.dirname(source) or ".") + place


def _linked(files: Files) -> set[str]:
    """Files outside docs/ that a document links to, seen from the repository's root."""
    found: set[str] = set()
    for file in files.documentation_pages():
        text = FENCE.sub("", file.content_string)
        for link in LINK.finditer(text):
            target = _target(link.group(1), file.src_uri)
            if target not in ELSEWHERE and not target.startswith("docs/"):
                found.add(target)
    return {target for target in found if (ROOT / target).is_file()}


def on_post_build(config: MkDocsConfig, **_: Any) -> None:
    """Leave out the map for search engines: the site is read from a disk."""
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (Path(config.site_dir) / name).unlink(missing_ok=True)
