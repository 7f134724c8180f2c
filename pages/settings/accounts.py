"""Who may sign in, as what, and what each role may do."""

import streamlit as st

from pages.parts import session
from pages.parts.admitting import people, roles

workspace = session.workspace()
accounts = workspace.access.accounts
found, last = accounts.every(), accounts.last_visits()  # asked first, so that nothing comes late
with st.container():  # or the form below it would be the page before's, and jump from where it was
    people.explain(workspace)
    people.listed(found, last)
people.change(workspace, found)
roles.table()
