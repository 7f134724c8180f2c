"""Streamlit on a desk whose clock a test moves: as many minutes late as the file LATE says."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st
from streamlit.web.cli import main

sys.path.insert(0, str(Path.cwd()))

from compliance.workspace import Workspace
from compliance.workspace.desk import now
from pages.parts import visiting


def late() -> datetime:
    """Now, and some minutes."""
    return now() + timedelta(minutes=int(Path(os.environ["LATE"]).read_text(encoding="utf-8")))


@st.cache_resource(max_entries=1, show_spinner=False)
def shared() -> Workspace:
    """The desk by that clock."""
    return Workspace(clock=late)


visiting.shared = shared
main()
