"""What belongs to a visitor's session: the workspace, the chosen dataset, the question in hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from compliance.dataset.nouns import Dataset
from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace
from pages.parts import navigation, visiting

MARK = Path(__file__).parent / "mark.svg"
LOGO = Path(__file__).parent / "logo.svg"
_INVITATION_PX = 560
_CHOSEN = "session_dataset"


def workspace() -> Workspace:
    """The workspace in the hands of whoever looks at this page."""
    return visiting.workspace()


def dataset_or_stop() -> Dataset:
    """The dataset that this page is about; without one, the way to load one."""
    found = {str(dataset.name): dataset for dataset in workspace().datasets()}
    if not found:
        nothing_yet(_("There is no dataset yet. Load one, or open the demo shop."))
        st.stop()
    name = st.selectbox(_("Dataset"), list(found), key=_CHOSEN, persist_state="session", width=420)
    return found[str(name)] if name in found else next(iter(found.values()))


def choose(name: str) -> None:
    """Have pages be about the dataset called `name`, until another is chosen."""
    st.session_state[_CHOSEN] = name


def has_chosen() -> bool:
    return _CHOSEN in st.session_state


def nothing_yet(says: str) -> None:
    """A page that has nothing to show: why, and the two ways on."""
    with st.container(border=True, width=_INVITATION_PX):
        st.markdown(says)
        with st.container(horizontal=True):
            navigation.link("datasets", _("Load a dataset"))
            navigation.link("overview", _("Open the demo shop"))


def keep_query(dataset: Dataset, query: Query) -> None:
    """Remember the question in hand about this dataset; Trade-off and Release ask the same."""
    _of_datasets("session_queries")[dataset.id] = query


def query_of(dataset: Dataset) -> Query | None:
    """The question in hand about this dataset, if there is one."""
    found: Query | None = _of_datasets("session_queries").get(dataset.id)
    return found


def keep_asked(dataset: Dataset, asked: Budget) -> None:
    """Remember the (ε, δ) tried last on this dataset, so that Release proposes them."""
    _of_datasets("session_asked")[dataset.id] = asked


def asked_of(dataset: Dataset) -> Budget | None:
    """The (ε, δ) tried last on this dataset, if any."""
    found: Budget | None = _of_datasets("session_asked").get(dataset.id)
    return found


def _of_datasets(name: str) -> dict[str, Any]:
    """What this session remembers of each dataset under `name`."""
    kept: dict[str, Any] = st.session_state.setdefault(name, {})
    return kept
