"""Long work before the visitor's eyes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

import streamlit as st

from compliance.i18n import translate as _
from compliance.workspace.making import Step

_End = TypeVar("_End")


def watched(steps: Generator[Step, None, _End]) -> _End:
    """What `steps` end with; until then a bar says what is being done.

    A click anywhere ends the run of the page, and with it the work.
    """
    bar = st.empty()
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                bar.empty()
                ended: _End = end.value
                return ended
            said = f"{_(step.doing)} · {step.says}" if step.says else f"{_(step.doing)} …"
            bar.progress(step.share or 0.0, text=said)
