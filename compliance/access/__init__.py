"""Who may do what: accounts with roles, and one verb, `permit`.

A role is a name for a row of rights; the table of all of them is `permissions.yaml`. The workspace
asks before every act and before every look at personal data, so no page and no script can forget;
which verb asks for what is the table `doors.yaml`.
"""

from __future__ import annotations

from compliance.access.accounts import check as check_account
from compliance.access.accounts import check_administered, folded, identified
from compliance.access.nearby import check_is_near
from compliance.access.permitting import (
    DESK,
    by_itself,
    doors,
    in_words,
    may,
    permissions,
    permit,
)
from compliance.access.separating import (
    deciders,
    digest_of,
    is_same_person,
    is_weaker,
    may_now,
    what_of,
)

__all__ = [
    "DESK",
    "by_itself",
    "check_account",
    "check_administered",
    "check_is_near",
    "deciders",
    "digest_of",
    "doors",
    "folded",
    "identified",
    "in_words",
    "is_same_person",
    "is_weaker",
    "may",
    "may_now",
    "permissions",
    "permit",
    "what_of",
]
