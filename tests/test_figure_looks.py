"""What charts and the theme owe to people who see little, or no colours: contrast, signs, words."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import plotly.graph_objects as go
import pytest

from compliance.federated.nouns import Baselines, Membership, MembershipTest
from compliance.i18n import speaking
from compliance.impact.nouns import RiskLevel
from compliance.privacy.nouns import CurvePoint
from compliance.rights.nouns import ConsentState
from compliance.rules.nouns import Answer, Level, Progress, Severity, State
from compliance.workspace.governing.outlooks import Point as Seen
from pages.parts import figures, ink, outputs
from pages.parts.deciding import standing
from pages.parts.figures import (
    anonymising,
    consenting,
    fairness,
    glancing,
    lineage,
    requesting,
    risk,
    showing,
)
from pages.parts.figures.impact import LEVEL_COLOURS
from pages.parts.figures.residency import ANSWER_LINES, Arc, where

ROOT = Path(__file__).resolve().parent.parent
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
SCHEMES = ("light", "dark")
HUES = ("red", "orange", "yellow", "green", "blue", "gray")
DRAWN = {
    **{
        name: getattr(figures, name)
        for name in ["TEAL", "AMBER", "GREY", "INDIGO", "PLUM", "OLIVE"]
    },
    **{f"answer {answer}": look[0] for answer, look in ANSWER_LINES.items()},
    **{f"mark {mark}": look[0] for mark, look in lineage.MARKS.items()},
    **{f"consent {state}": look[0] for state, look in consenting._LOOKS.items()},
    **{f"request {outcome}": look[0] for outcome, look in requesting._LOOKS.items()},
    **{f"risk {level}": colour for level, colour in LEVEL_COLOURS.items()},
    **{f"stage {progress}": colour for progress, colour in figures.PROGRESS_COLOURS.items()},
}
# Contrast that WCAG 2.2 asks for: of text (1.4.3), and of what graphics are understood by (1.4.11).
OF_TEXT, OF_GRAPHICS = 4.5, 3.0


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_the_standard_says_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_links_and_badges_can_be_read_on_their_grounds(scheme: str) -> None:
    theme = THEME[scheme]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    pairs = {("text", g): contrast(theme["textColor"], g) for g in grounds}
    pairs |= {("link", g): contrast(theme["linkColor"], g) for g in grounds}
    pairs |= {
        (hue, "badge"): contrast(theme[f"{hue}TextColor"], theme[f"{hue}BackgroundColor"])
        for hue in HUES
    }
    pairs |= {(hue, g): contrast(theme[f"{hue}TextColor"], g) for hue in HUES for g in grounds}

    assert {pair: found for pair, found in pairs.items() if found < OF_TEXT} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_charts_draw_stands_out_from_the_ground(scheme: str) -> None:
    ground = THEME[scheme]["backgroundColor"]
    faint = {name: contrast(colour, ground) for name, colour in DRAWN.items()}

    assert {name: found for name, found in faint.items() if found < OF_GRAPHICS} == {}


def test_a_buttons_white_words_can_be_read_in_both_themes() -> None:
    assert [contrast(THEME[one]["primaryColor"], "#ffffff") >= OF_TEXT for one in SCHEMES] == [
        True,
        True,
    ]


def test_no_stand_is_shown_by_colour_alone() -> None:
    """Badges: an icon of its own beside the word; lines of the map: a dash and a sign."""
    for badges in (outputs.STATE_BADGES, outputs.LEVEL_BADGES, outputs.PROGRESS_BADGES):
        icons = [icon for icon, _colour in badges.values()]
        assert len(set(icons)) == len(icons)
    assert set(outputs.STATE_BADGES) == set(State)
    assert set(outputs.LEVEL_BADGES) == set(Level)
    assert set(outputs.PROGRESS_BADGES) == set(Progress)
    assert all(str(one) in outputs.severity_badge(one) for one in Severity)
    assert set(LEVEL_COLOURS) == set(RiskLevel)
    signs = [(dash, sign) for _colour, dash, sign in ANSWER_LINES.values()]
    assert len(set(signs)) == len(Answer)
    assert len({sign for _colour, sign in lineage.MARKS.values()}) == len(lineage.MARKS)
    assert len({shape for _colour, shape in consenting._LOOKS.values()}) == len(ConsentState)
    assert len({shape for _colour, shape in requesting._LOOKS.values()}) == len(requesting._LOOKS)


def test_traces_are_told_apart_without_colour() -> None:
    for name, figure in drawn().items():
        traces: Sequence[Mapping[str, Any]] = figure.to_dict()["data"]
        named = [t for t in traces if t.get("name") and t.get("showlegend") is not False]
        signs = {str(trace["name"]): sign(trace) for trace in named}

        assert len(named) > 1, name
        alike = [pair for pair in combinations(signs, 2) if signs[pair[0]] == signs[pair[1]]]
        assert alike == [], name


def sign(trace: Mapping[str, Any]) -> tuple[object, ...]:
    """How a trace looks, without its colour."""
    line, marker = trace.get("line", {}), trace.get("marker", {})
    pattern = marker.get("pattern", {}).get("shape")
    has_marks = "markers" in trace.get("mode", "markers")
    return (
        *(trace["type"], trace.get("mode"), line.get("dash", "solid") if line else None),
        *((marker.get("symbol", "circle"), marker.get("size")) if has_marks else ()),
        *(str(pattern or ""),),
    )


def drawn() -> dict[str, Any]:
    """Charts of several traces, with as many of them as there can be."""
    curve = [
        CurvePoint(statistic=name, epsilon=epsilon, margin=1 / epsilon, relative=None)
        for name in "abcd"
        for epsilon in (0.5, 1.0)
    ]
    round_ = SimpleNamespace(round=1, metric=0.8)
    stands = SimpleNamespace(
        purpose=SimpleNamespace(title="News"), states=dict.fromkeys(ConsentState, 3)
    )
    attack = SimpleNamespace(share=0.4, high=0.5, low=0.3, baseline=0.1)
    test = next(iter(MembershipTest))
    told = [
        Membership(
            test=test,
            auc=0.6,
            low=0.5,
            high=0.7,
            at_most=0.8,
            is_protected=protected,
            people_in=9,
            people_out=9,
            found=0.1,
        )
        for protected in (False, True)
    ]
    arcs = [
        Arc(origin="DE", destination=to, answer=answer, says="")
        for to, answer in zip(("US", "CN", "IN", "JP", "BR"), Answer, strict=True)
    ]
    error = SimpleNamespace(keys=("DE",), cell="", bias=1.0, margin=2.0, total=3.0)
    return {
        "error curve": figures.error_curve(curve, {n: n.upper() for n in "abcd"}, 1.0),
        "rounds": figures.rounds(
            [round_],  # type: ignore[list-item]
            3,
            Baselines(centralised=0.9, local=0.7),
        ),
        "consent": consenting.standing([stands]),  # type: ignore[list-item]
        "requests": requesting.by_right(["Access"], {key: [2] for key in requesting._LOOKS}),
        "before and after": risk.before_and_after(
            ["Linking"], [0.5], [0.1], [0.2], ("before", "after", "at most")
        ),
        "odds": risk.trade_off([(0, 0), (1, 1)], ("x", "y"), ("attacker", "guessing")),
        "error stack": risk.error_stack([error], "", ("bounds", "noise")),  # type: ignore[list-item]
        "choices": anonymising.choices(
            ([1], [2]), ([1], [2]), (1, 2), 5, ("best", "all", "chosen"), ("x", "y")
        ),
        "attacks": anonymising.attacks(
            ["Linking"],
            [attack],  # type: ignore[list-item]
            [attack],  # type: ignore[list-item]
            ("before", "after", "guessing"),
            "",
        ),
        "memberships": fairness.memberships(
            told, {test: "Test"}, ("without", "with", "at most", "guessing"), ""
        ),
        "map": where([], arcs),
    }


def test_the_trend_names_its_ends_and_no_split_second() -> None:
    at = datetime(2026, 11, 26, 20, 52, 0, tzinfo=UTC)
    seconds = [Seen(at=at + timedelta(seconds=n), score=60, open=n, spent=0.1) for n in (0, 1)]
    months = [Seen(at=at + timedelta(days=n), score=60, open=n, spent=None) for n in (0, 40)]

    with speaking("zh"):
        close, far = (
            glancing.trend(points).to_dict()["layout"]["xaxis"] for points in (seconds, months)
        )

    assert close["ticktext"] == ["2026年11月26日<br>20:52"] * 2
    assert far["ticktext"] == ["2026年11月26日", "2027年1月5日"]


def test_a_fall_is_shown_as_a_fall_wherever_its_minus_stands() -> None:
    assert standing.moved(-2.7) == {"delta_arrow": "down", "delta_color": "red"}
    assert standing.moved(2.7) == {"delta_arrow": "up", "delta_color": "green"}
    assert standing.moved(0)["delta_arrow"] == standing.moved(None)["delta_arrow"] == "off"


def test_every_chart_has_words_instead_and_its_numbers_beside_it() -> None:
    seen = 0
    for place in sorted((ROOT / "pages").rglob("*.py")):
        tree = ast.parse(place.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        charts = [call for call in calls if ast.unparse(call.func) == "showing.chart"]
        for chart in charts:
            alt = next(one.value for one in chart.keywords if one.arg == "alt")
            assert not (isinstance(alt, ast.Constant) and not alt.value), place.name
        seen += len(charts)
        if charts:
            beside = {_called(call) for call in calls}
            assert beside & {"table", "markdown", "metric", "fact"}, place.name
    assert seen > 20


def test_every_chart_is_put_on_the_page_in_one_place() -> None:
    places = [
        path
        for path in (ROOT / "pages").rglob("*.py")
        if "plotly_chart(" in path.read_text("utf-8")
    ]
    assert [path.name for path in places] == ["showing.py"]


def test_ink_is_the_pages_text_and_what_is_said_beside_the_pointer_can_be_read() -> None:
    assert THEME["light"]["textColor"] == ink.INK
    assert contrast(ink.SAID, ink.PAPER) >= OF_TEXT
    assert contrast(ink._SAID_DARK, ink._PAPER_DARK) >= OF_TEXT


def test_a_chart_keeps_what_it_asks_for_and_has_the_look_for_the_rest() -> None:
    asked = figures.in_frame(
        [{"type": "scatter", "x": [1], "y": [2]}],
        x={"showgrid": True},
        x_title="Check",
        y_title="Score",
        xaxis2={"overlaying": "x"},
    ).to_dict()
    layout = showing._dressed(asked).to_dict()["layout"]

    assert layout["margin"] == {**asked["layout"]["margin"], "pad": 8}
    assert (layout["xaxis"]["showgrid"], layout["xaxis2"]["showgrid"]) == (True, False)
    assert layout["xaxis"]["title"] == {"standoff": 20, "text": "Check"}
    assert layout["font"]["color"] == ink.INK
    assert "template" not in showing._dressed(go.Figure().to_dict()).to_dict()["layout"]


def test_what_has_no_axes_is_given_none() -> None:
    ring = figures.ring((), "done").to_dict()
    assert not {"xaxis", "yaxis"} & showing._dressed(ring).to_dict()["layout"].keys()


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
