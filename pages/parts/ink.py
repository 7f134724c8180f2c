"""The ink and paper of charts, and the style sheet that makes them those of a dark page.

Plotly writes colours into what it draws, and knows no light and dark. So charts are drawn in the
colours of the light page, and these rules exchange them where a page is dark; they hold at once
when somebody changes the theme.
"""

from __future__ import annotations

INK = "#1b2a2f"  # of text, and of lines that are read with it: the text's own colour
# What is said beside the pointer: its words, what is under them, and the edge. A browser that does
# not know `light-dark` shows them as on a light page, and both or none of them.
SAID, _SAID_DARK = "#1b2a30", "#e4ecec"
PAPER, _PAPER_DARK = "#fefefd", "#1c272b"
EDGE = "#7f8c90"


def _spelt(colour: str) -> str:
    """A colour as browsers spell it in an element's style."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({', '.join(map(str, parts))})"


def _rule(part: str, colour: str, instead: str) -> str:
    drawn = f'.js-plotly-plot [style*="{part}: {_spelt(colour)}"]'
    return f"{drawn}{{{part}:{instead}!important}}"


STYLE = "".join(
    (
        _rule("fill", INK, "currentColor"),
        _rule("stroke", INK, "currentColor"),
        _rule("fill", SAID, f"light-dark({SAID},{_SAID_DARK})"),
        _rule("fill", PAPER, f"light-dark({PAPER},{_PAPER_DARK})"),
    )
)
