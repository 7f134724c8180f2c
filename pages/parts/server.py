"""The server that `make run` starts: the app, told that its pages are declared, not found.

Streamlit takes a folder named `pages` for its old way of finding pages until some visitor has
reached `st.navigation`; the first visitor who comes by a deep link would be told that the page
does not exist. Saying so here, before anybody comes, spares them that.

Likewise what draws and prices noise takes a second to load. It is loaded beside, so that the first
release does not wait for it.

Where people sign in, Streamlit is told whom to ask, and `gate` stands before everything.
"""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from compliance.workspace import load_libraries
from pages.parts import gate, provider

PagesManager.uses_pages_directory = False

sign_in = provider.sign_in()
app = st.App(
    Path(__file__).resolve().parent.parent.parent / "app.py",
    secrets=provider.secrets(sign_in),
    middleware=[Middleware(gate.Gate, sign_in=sign_in)],
)

loading = Thread(target=load_libraries, name="load libraries", daemon=True)
loading.start()
