"""The server that `make run` starts: the app, told that its pages are declared, not found.

Streamlit takes a folder named `pages` for its old way of finding pages until some visitor has
reached `st.navigation`; the first visitor who comes by a deep link would be told that the page
does not exist. Saying so here, before anybody comes, spares them that.

Where people sign in, Streamlit is told whom to ask, and `gate` stands before everything. What else
a request passes before it gets there is told in `serving`.
How the server shares itself among many is told in `sharing`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from compliance.settings import ServerSettings
from pages.parts import gate, provider, sharing, visiting
from pages.parts.serving import edge, logs

if TYPE_CHECKING:
    from compliance.workspace.vitals import Vitals

PagesManager.uses_pages_directory = False

settings = ServerSettings.from_environment()
logs.begin(settings.log_format)
sign_in = provider.sign_in()


def vitals() -> Vitals:
    """The state of the workspace that all sessions share."""
    return visiting.shared().vitals


ready = sharing.begin()
app = st.App(
    Path(__file__).resolve().parent.parent.parent / "app.py",
    secrets=provider.secrets(sign_in),
    routes=edge.routes(settings, vitals),
    middleware=[*edge.middleware(settings), Middleware(gate.Gate, sign_in=sign_in)],
    lifespan=edge.lifespan(ready.start),
    on_script_error=edge.crashed,
)
