"""The server that `make run` starts: the app, told that its pages are declared, not found.

Streamlit takes a folder named `pages` for its old way of finding pages until some visitor has
reached `st.navigation`; the first visitor who comes by a deep link would be told that the page
does not exist. Saying so here, before anybody comes, spares them that.

How the server shares itself among many is told in `sharing`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from pages.parts import sharing

PagesManager.uses_pages_directory = False

app = st.App(Path(__file__).resolve().parent.parent.parent / "app.py")
sharing.begin()
