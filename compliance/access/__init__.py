"""Who may do what: accounts with roles, and one verb, `permit`.

A role is a name for a row of rights; the table of all of them is `permissions.yaml`. The workspace
asks before every act and before every look at personal data, so no page and no script can forget.
"""

from __future__ import annotations

from compliance.access.permitting import may, permissions, permit

__all__ = ["may", "permissions", "permit"]
