"""Who agreed to what, who withdrew, and which rows may be used for a purpose."""

from functools import partial

from compliance.i18n import translate as _
from pages.parts import explaining, outputs, session
from pages.parts.consenting import changes, purposes, standing, uses


def ask() -> None:
    """What people are asked, and in which words."""
    purposes.shown(known)
    purposes.keep(workspace)
    purposes.new_text(workspace, known)


def past() -> None:
    """What was recorded so far, to read and to hand over."""
    standing.history(workspace.rights.consents.history())
    changes.take_out(workspace)


workspace = session.workspace()
outputs.remark(
    _(
        "People are asked before their data are used, and whoever withdraws is left out from then "
        "on. The desk keeps keyed hashes in place of people."
    )
)
if not workspace.datasets():
    session.dataset_or_stop()

changes.said()
stands = workspace.rights.consents.standing()
standing.shown(stands)
explaining.explained("consent_standing", "consent", "basis")
uses.shown(workspace.rights.consents.uses())

known = [one.purpose for one in stands]
take_in, one_person, asking = _("Take a file in"), _("One person"), _("Purposes and texts")
outputs.tabbed(
    "consent_tabs",
    {
        take_in: partial(changes.take_in, workspace, known),
        one_person: partial(changes.one_person, workspace, known),
        asking: ask,
        _("History"): past,
    },
    always=[take_in, one_person, asking],
    # Without a purpose nobody can agree to anything, so defining one comes first.
    first=0 if known else 2,
)
