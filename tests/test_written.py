"""Numbers, shares and dates of people's sentences are written by `locales`, never by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A blank or `%` that gives a number or a date a shape. Padding (`:>8`, `:05d`) is none.
SHAPED = re.compile(r"[+]?,?(\.\d+)?[eEfgGn%]|[+]?,(\.\d+)?[d]?|%[YmdHMSBb].*")
BLANK = re.compile(r"\{[^{}:]*:([^{}]+)\}")
OLD = re.compile(r"%[+]?(\.\d+)?[defg]")
# Plotly writes these in the browser, by `separators` of the figure.
DRAWN = re.compile(r"%\{[^{}]*\}")

SPEAKING = re.compile(r"^from compliance\.i18n import .*\b(translate|plural|meant|counted)\b", re.M)

# Where and how often something is written for machines, or kept in English, and why.
_TYPED = "what a field holds is the same in every language"
_REASON = "a reason of a refusal, kept in English and recognised where it is shown"
MACHINES = {
    "pages/parts/drafts.py": (1, _TYPED),
    "pages/parts/wording.py": (1, _TYPED),
    "pages/parts/anonymising/hierarchies.py": (1, _TYPED),
    "pages/parts/deciding/remedies.py": (1, _TYPED),
    "pages/parts/residing/checks.py": (1, _TYPED),
    "pages/protect/release.py": (2, _TYPED),
    "pages/settings/budgets.py": (1, "a binary number made exact"),
    "pages/parts/approving/requiring.py": (1, "a binary number made exact"),
    "pages/parts/plans.py": (1, "a value of a plan"),
    "pages/parts/figures/glancing.py": (3, "places on an axis, and the hours of one day"),
    "pages/parts/alarms.py": (1, "the hour of an end, behind the day on which it was"),
    "pages/parts/reporting/choosing.py": (1, "the name of a file"),
    "pages/parts/serving/logs.py": (1, "a log"),
    "compliance/report/canonical.py": (2, "evidence"),
    "compliance/report/formats/web.py": (1, "properties of a file"),
    "compliance/report/formats/word.py": (1, "a size in a file"),
    "compliance/report/signing.py": (2, _REASON),
    "compliance/report/wording.py": (7, "ISO 8601 in narrow columns; what it localises itself"),
    "compliance/cli/approvals.py": (1, "an exact amount, as it is typed and in JSON"),
    "compliance/cli/arguments.py": (2, _REASON),
    "compliance/cli/persons.py": (1, _REASON),
    "compliance/cli/text.py": (1, "whether there are cents"),
    "compliance/rules/notices.py": (2, "JSON"),
    "compliance/workspace/anchoring/places.py": (1, "the name of a file"),
}


def _spoken() -> Iterator[Path]:
    """All modules that put sentences before people."""
    for path in sorted([*ROOT.glob("pages/**/*.py"), *ROOT.glob("compliance/**/*.py")]):
        part = path.relative_to(ROOT).as_posix()
        is_for_people = part.startswith(("pages/", "compliance/report/", "compliance/cli/"))
        is_i18n = part.startswith("compliance/i18n/")
        if is_for_people or (SPEAKING.search(path.read_text("utf-8")) and not is_i18n):
            yield path


def by_hand(source: str) -> Iterator[str]:
    """What of a module gives a number or a date its shape."""
    tree = ast.parse(source)
    shapes = {id(inner) for node in ast.walk(tree) for inner in _shapes(node)}
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
                shape = ast.unparse(spec)[2:-1]
                if SHAPED.fullmatch(shape) or "{" in shape:
                    yield ast.unparse(node)
            case ast.FormattedValue(value=ast.Call(func=ast.Name(id="round"))):
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id="str"), args=[ast.Call(func=ast.Name(id="round"))]):
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="strftime" | "isoformat")):
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id="format")):
                yield ast.unparse(node)
            case ast.Constant(value=str() as text) if id(node) not in shapes:
                own = DRAWN.sub("", text)
                if any(map(SHAPED.fullmatch, BLANK.findall(own))) or OLD.search(own):
                    yield text


def _shapes(node: ast.AST) -> Iterator[ast.AST]:
    """Shapes of blanks, found with their blank; and those by which the browser writes a table."""
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr() as spec):
            yield from ast.walk(spec)
        case ast.keyword(arg="format"):
            yield from ast.walk(node.value)


@pytest.mark.parametrize(
    "source",
    [
        'f"{x:.2f}"',
        'f"{x:,}"',
        'f"{x:,.{places}f}"',
        'f"{share:.0%}"',
        'f"{day:%Y-%m-%d}"',
        'f"{round(x)}"',
        "str(round(x, 2))",
        "day.isoformat()",
        'day.strftime("%d.%m.%Y")',
        'format(x, ".2f")',
        '_("{n:,} rows").format(n=n)',
        '"%.2f" % x',
    ],
)
def test_a_number_or_date_that_is_written_by_hand_is_found(source: str) -> None:
    assert list(by_hand(source))


@pytest.mark.parametrize(
    "source",
    ['f"{number:05d}"', 'f"{name:>8}"', '"%{x:.2f}"', 'f"{name!r}"', 'locales.formatted(x, ".2f")'],
)
def test_what_has_no_separators_is_not(source: str) -> None:
    assert not list(by_hand(source))


def test_numbers_and_dates_before_people_are_written_as_their_language_does() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): list(by_hand(path.read_text("utf-8")))
        for path in _spoken()
    }
    # Results of the command line are plain facts: `text.py` writes the days and moments in them.
    is_plain = re.compile(r".*\.isoformat\(\)|.*%Y-%m-%dT%H:%M:%SZ.*")
    for part in found:
        if part.startswith("compliance/cli/"):
            found[part] = [one for one in found[part] if not is_plain.fullmatch(one)]

    assert {part: said for part, said in found.items() if said and part not in MACHINES} == {}
    assert {part: len(found[part]) for part in MACHINES} == {
        part: often for part, (often, _) in MACHINES.items()
    }
