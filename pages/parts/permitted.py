"""What whoever looks may do here: what is not for them says for whom it is, before they press."""

from __future__ import annotations

from typing import Any

from compliance.access import permissions
from compliance.access.nouns import Role
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from pages.parts import outputs, visiting
from pages.parts.guiding import stage

ROLES = {
    Role.OFFICER: mark("officer"),
    Role.ANALYST: mark("analyst"),
    Role.AUDITOR: mark("auditor"),
    Role.ADMINISTRATOR: mark("administrator"),
}


def may(right: str) -> bool:
    """Whether whoever looks has a right; see `compliance.access`."""
    return visiting.workspace().may(right)


def needs(right: str, **options: Any) -> dict[str, Any]:
    """The options of a button that needs a right: as given, or shut, with whom it is for.

    Args:
        options: of the button, where it may be pressed; `disabled` and `help` among them.
    """
    if may(right):
        return options
    return {**options, "disabled": True, "help": reason(right)}


def reason(right: str) -> str:
    """Why something is shut for whoever looks."""
    if stage.is_on():
        return _("Not while presenting.")
    roles = permissions().get(right, frozenset())
    words = locales.joined((_(ROLES[role]) for role in Role if role in roles), "words")
    return _("Your role does not allow this; it is for: {roles}.").format(roles=words)


def told(right: str) -> bool:
    """Whether whoever looks has a right; where not, a remark in its place says whom it is for."""
    if may(right):
        return True
    outputs.remark(reason(right))
    return False
