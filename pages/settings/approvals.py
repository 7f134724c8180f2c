"""What a second person must approve, what waits for one, and who decided what."""

from compliance.i18n import translate as _
from pages.parts import outputs, session
from pages.parts.approving import deciding, requiring

workspace = session.workspace()
outputs.remark(
    _(
        "Some acts cannot be taken back. Whoever wants to do one asks, and somebody else looks at "
        "exactly that act and says yes or no."
    )
)
deciding.told()
approving = workspace.access.approving
every = approving.approvals()
deciding.slipped(workspace)
if every or approving.required().is_any:
    deciding.waiting(workspace, approving.waiting())
    deciding.own(workspace, every)
requiring.requirement(workspace)
deciding.past(every)
