"""Long work before the visitor's eyes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

import streamlit as st

from compliance.i18n import translate as _
from compliance.workspace.anonymising.making import Step

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
    with closing(steps):
        try:
            while True:
                step = next(steps)
                at = at + (1 - at) / 3 if step.share is None else max(at, counted * step.share)
                said = f"{_(step.doing)} · {_(step.says)}" if step.says else f"{_(step.doing)} …"
                bar.progress(at, text=said)
        except StopIteration as end:
            ended: _End = end.value
            return ended
        finally:
            bar.empty()
            stop.empty()
