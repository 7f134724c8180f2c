"""What each role may do, as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from compliance.access import in_words
from compliance.access.nouns import Role
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from pages.parts import outputs, permitted

_ABOUT = {
    Role.OFFICER: mark("decides, and answers people"),
    Role.ANALYST: mark("works on data within the budget"),
    Role.AUDITOR: mark("reads evidence; sees no values and nobody’s request"),
    Role.ADMINISTRATOR: mark("runs the desk; neither data nor decisions"),
}


def chosen(key: str, roles: tuple[Role, ...] = ()) -> list[Role]:
    """Boxes for the roles, each with what it is for."""
    found = []
    for role in Role:
        box = st.checkbox(
            name(role), role in roles, key=f"{key}_{role}", help=_(_ABOUT[role]), width="content"
        )
        found += [role] if box else []
    return found


def name(role: Role) -> str:
    """A role as it is called."""
    said = _(permitted.ROLES[role])
    return said[:1].upper() + said[1:]


def table() -> None:
    """Every kind of thing that can be done here, and which roles may."""
    st.header(_("What each role may do"))
    outputs.remark(
        _(
            "Who decides, who works on data, who checks and who runs the desk are told apart: one "
            "person may have several roles, but then nobody looks over their shoulder."
        )
    )
    # Read as a whole, also on a phone: lines that wrap, and no table that has to be scrolled.
    st.table(
        pd.DataFrame(
            [
                locales.joined((name(role) for role in Role if role in may), "words")
                for _says, may in in_words()
            ],
            index=pd.Index([_(says) for says, _may in in_words()], name=_("What")),
            columns=[_("Who may")],
        ),
        alt=_("For every kind of thing that can be done here, the roles that may do it"),
    )
