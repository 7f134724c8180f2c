"""Long work before the visitor's eyes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

import streamlit as st

from compliance.i18n import translate as _
from compliance.plain import ended
from compliance.workspace.anonymising.making import Step
from pages.parts import outputs

_End = TypeVar("_End")


def watched(steps: Generator[Step, None, _End], counted: float = 1.0) -> _End:
    """What `steps` end with; until then a bar says what is being done.

    A click anywhere ends the run of the page, and with it the work.

    Args:
        counted: how much of the bar belongs to steps that know how far they are, 0–1; each other
            one takes a third of what is left.
    """
    bar, stop, at = st.empty(), st.empty(), 0.0
    stop.button(_("Stop"), key=f"progress_stop_{id(steps)}", icon=":material/stop_circle:")

    def tell(step: Step) -> None:
        nonlocal at
        at = at + (1 - at) / 3 if step.share is None else max(at, counted * step.share)
        outputs.told(bar, step, at)

    with closing(steps):
        try:
            return ended(steps, tell)
        finally:
            bar.empty()
            stop.empty()
