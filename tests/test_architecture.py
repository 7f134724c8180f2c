"""The house rules that can be read off the code itself."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from compliance import errors
from compliance.errors import ComplianceError

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "compliance"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ALONE = PACKAGE / "trail" / "verify_trail.py"  # an auditor carries one file
PAGES = sorted((ROOT / "pages").rglob("*.py"))

VERBS = (
    *("dataset", "discovery", "anonymise", "privacy"),
    *("federated", "lineage", "trail", "watch", "register"),
    *("rules", "rights", "impact", "access", "glossary", "report"),
)
# What a room may import: the rooms before it, in order. `errors`, `settings`, `plain`,
# `shipped`, `countries` and `i18n` are the ground floor.
GROUND = {"errors", "settings", "plain", "shipped", "countries", "i18n"}
BEFORE: dict[str, set[str]] = {
    "errors": set(),
    "settings": {"errors"},
    "plain": set(),
    "shipped": set(),
    "countries": set(),
    "i18n": {"errors", "settings", "shipped"},
    **{room: GROUND | set(VERBS[:place]) for place, room in enumerate(VERBS)},
    "demo": GROUND | {"dataset"},
    "storage": GROUND | set(VERBS),
    "workspace": GROUND | set(VERBS) | {"demo", "storage"},
    "cli": GROUND | set(VERBS) | {"workspace"},
    "__main__": {"cli"},
    "__init__": set(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a file says of itself, read once for all rules.

    Attributes:
        imports: every module, wherever in it, as dotted names.
        keys: what is given as `key=`.
        caught: what is excepted, as it is written, with the line.
        longest: lines of its longest function.
        doc: of the module.
        silent: its public functions and classes that have no docstring.
    """

    imports: tuple[str, ...]
    keys: tuple[str, ...]
    caught: tuple[tuple[str, int], ...]
    longest: int
    doc: str
    silent: tuple[str, ...]


@cache
def told(path: Path) -> Told:
    """What `path` says of itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports, keys, caught, longest = list[str](), list[str](), list[tuple[str, int]](), 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            imports += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.keyword) and node.arg == "key":
            keys += [str(node.value.value)] if isinstance(node.value, ast.Constant) else []
        elif isinstance(node, ast.ExceptHandler):
            caught.append((ast.unparse(node.type) if node.type else "", node.lineno))
        elif isinstance(node, ast.FunctionDef):
            longest = max(longest, (node.end_lineno or 0) - node.lineno + 1)
    public = (n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)))
    return Told(
        imports=tuple(imports),
        keys=tuple(keys),
        caught=tuple(caught),
        longest=longest,
        doc=ast.get_docstring(tree) or "",
        silent=tuple(
            node.name
            for node in public
            if not node.name.startswith("_") and not ast.get_docstring(node)
        ),
    )


def imported(path: Path) -> tuple[str, ...]:
    """Every module that a file imports."""
    return told(path).imports


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    return {
        name.split(".")[1]
        for name in imported(path)
        if name.startswith("compliance.") and name.split(".")[1] != room_of(path)
    }


def users_of(library: str, paths: list[Path]) -> set[str]:
    """Where a library is imported, as paths from the project's root."""
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if any(name.split(".")[0] == library for name in imported(path))
    }


def test_every_room_is_on_the_plan() -> None:
    assert {room_of(path) for path in SOURCES} == BEFORE.keys()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    allowed = {name for name in BEFORE[room_of(path)] if name not in ("__init__", "__main__")}

    assert rooms_imported(path) <= allowed | {"__version__"}


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if room_of(p) in (*VERBS, "storage", "demo")],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_a_verb_takes_only_the_nouns_of_another(path: Path) -> None:
    """Nouns are classes and constants, so they start with a capital letter; functions do not."""
    taken = {
        name
        for name in imported(path)
        if name.startswith("compliance.")
        and name.split(".")[1] in VERBS
        and name.split(".")[1] != room_of(path)
    }

    assert {name for name in taken if not name.rsplit(".", 1)[1][0].isupper()} == set()


def test_only_the_pages_know_streamlit() -> None:
    assert users_of("streamlit", SOURCES) == set()
    assert "app.py" in users_of("streamlit", [ROOT / "app.py"])


def test_only_the_privacy_room_draws_noise() -> None:
    everything = [*SOURCES, *PAGES]

    drawing = {"compliance/privacy/mechanisms.py", "compliance/privacy/synthesisers.py"}
    assert users_of("opendp", everything) == drawing
    assert users_of("random", everything) == set()


def test_only_storage_speaks_sql_about_our_own_records() -> None:
    users = users_of("sqlalchemy", SOURCES) | users_of("alembic", SOURCES)
    of_our_records = {p for p in users if not p.startswith("compliance/dataset/readers/")}

    # The workspace passes connections and tables on; it names their types and nothing else.
    speakers = {p for p in of_our_records if not p.startswith("compliance/workspace/")}
    passed_on = {
        name
        for path in (PACKAGE / "workspace").rglob("*.py")
        for name in imported(path)
        if name.startswith("sqlalchemy")
    }
    assert all(p.startswith("compliance/storage/") for p in speakers)
    assert passed_on == {"sqlalchemy.Connection", "sqlalchemy.Table"}


def test_only_figures_and_reports_draw_charts() -> None:
    drawing = users_of("plotly", [*SOURCES, *PAGES])
    assert {path.rsplit("/", 1)[0] for path in drawing} == {"pages/parts/figures"}
    assert all(p.startswith("compliance/report/") for p in users_of("matplotlib", SOURCES))


def test_pages_ask_the_workspace_and_nothing_else() -> None:
    """A page may name nouns, what a room offers at its door, and the workspace."""
    for path in PAGES:
        for name in imported(path):
            parts = name.split(".")
            if parts[0] != "compliance" or len(parts) < 3:
                continue
            is_allowed = parts[2] == "nouns" or parts[1] in {*GROUND, "workspace"}
            is_door = len(parts) == 3 and parts[1] in VERBS
            assert is_allowed or is_door, f"{path.name} imports {name}"


def test_no_page_can_be_reached_past_the_frame() -> None:
    assert list((ROOT / "pages").glob("*.py")) == []
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_every_page_file_is_on_the_navigation() -> None:
    navigation = (ROOT / "pages" / "parts" / "navigation.py").read_text(encoding="utf-8")
    places = [path.relative_to(ROOT / "pages") for path in PAGES]
    files = {str(place.with_suffix("")) for place in places if place.parts[0] != "parts"}

    assert {f for f in files if f.split("/")[1] not in navigation} == set()


def test_widget_keys_name_their_page_and_thing() -> None:
    for path in PAGES:
        for key in told(path).keys:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)+", key), (path, key)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_swallows_every_error(path: Path) -> None:
    for caught, line in told(path).caught:
        assert caught not in ("", "Exception", "BaseException"), f"line {line}"


@pytest.mark.parametrize("path", [*SOURCES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= (900 if path == ALONE else 400)
    assert told(path).longest <= 60
    if text.strip():
        assert told(path).doc, "a module says what it is"


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if room_of(p) != "errors" and "versions" not in p.parts],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Except predicates, whose names say it all."""
    silent = told(path).silent

    assert [name for name in silent if not name.startswith(("is_", "has_"))] == []


def subclasses(of: type[ComplianceError]) -> set[type[ComplianceError]]:
    return {of}.union(*(subclasses(sub) for sub in of.__subclasses__()))


def test_the_tree_of_errors_is_drawn_whole() -> None:
    drawn = set(re.findall(r"\b\w+Error\b", errors.__doc__ or ""))

    assert drawn == {error.__name__ for error in subclasses(ComplianceError)}


def test_every_error_is_raised_somewhere() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES if room_of(p) != "errors")
    leaves = {e.__name__ for e in subclasses(ComplianceError) if not e.__subclasses__()}

    assert leaves - set(re.findall(r"\b\w+Error\b", text)) == set()


def test_an_error_without_its_facts_is_a_slip() -> None:
    with pytest.raises(TypeError, match="needs"):
        errors.UnknownColumnError(column="x")
