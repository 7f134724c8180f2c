"""Who is asked to do something: somebody with an account, where there are accounts."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import permitted, visiting


def name(label: str, value: str, key: str) -> str:
    """A field for a person's name that offers who may sign in; others can be typed as well."""
    people = _people()
    if not people:
        return st.text_input(label, value, key=key)
    offered = list(dict.fromkeys([value, *people] if value else people))
    picked = st.selectbox(
        label,
        offered,
        index=0 if value else None,
        key=key,
        accept_new_options=True,
        placeholder=_("Somebody with an account, or another name"),
    )
    return str(picked or "")


def _people() -> list[str]:
    if not permitted.may("account.see"):
        return []
    found = visiting.workspace().access.accounts.every()
    return [one.name for one in found if one.is_active]
