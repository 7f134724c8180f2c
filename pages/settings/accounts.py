"""Who may sign in, as what, and what each role may do."""

from pages.parts import session
from pages.parts.admitting import people, roles

workspace = session.workspace()
people.explain(workspace)
found = workspace.access.accounts.every()
people.listed(workspace, found)
people.change(workspace, found)
roles.table()
