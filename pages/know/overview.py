"""Where the data's life cycle stands, what is wrong, and what to do next."""

from datetime import UTC, datetime

import streamlit as st

from compliance.i18n import translate as _
from compliance.rules.nouns import Progress
from pages.parts import figures, glancing, improving, outputs, session
from pages.parts.figures import showing
from pages.parts.guiding import beginning, touring
from pages.parts.trailing import verdict as trailing

workspace = session.workspace()
datasets = workspace.datasets()

if not datasets:
    beginning.choose_or_stop(workspace)
touring.offered(workspace)
outputs.remark(_("What is wrong, what is due, what is left, and what to do next."))
stages = workspace.life_cycle()
outlook = workspace.governance.outlook.now()
improvement = workspace.governance.improving.stands()
steps = [stage for stage in stages if stage.next_step]
today = datetime.now(UTC).date()

glancing.answers(outlook, steps, today)
left, right = st.columns([3, 2], gap="large")
with left:
    glancing.todo(outlook, steps, today)
with right:
    glancing.trend(outlook)

trailing.of_overview(workspace)
improving.warnings(improvement)


def life_cycle() -> None:
    """The ring of the ten stages, and what there is to go round it."""
    left, right = st.columns([2, 3], vertical_alignment="center")
    done = sum(stage.progress is Progress.DONE for stage in stages)
    discoveries = [found for d in datasets if (found := workspace.discovery(d.name))]
    with left:
        showing.chart(
            figures.ring(stages, _("{n} of 10<br>done").format(n=done)),
            key="overview_ring",
            alt=_("{n} of the ten stages of the life cycle are done").format(n=done),
        )
        st.markdown(outputs.progress_badges(stages), text_alignment="center")
    with right, st.container(horizontal=True):
        rows = outputs.count(sum(d.rows for d in datasets))
        outputs.fact(_("Datasets"), str(len(datasets)), _("{rows} rows").format(rows=rows))
        outputs.fact(
            _("Personal columns"),
            str(sum(len(found.personal) for found in discoveries)),
            _("in {n} of {m} datasets looked at").format(n=len(discoveries), m=len(datasets)),
        )


parts = {
    _("The life cycle"): life_cycle,
    _("The ten stages"): lambda: improving.stages(improvement, stages),
}
if improvement.assessed_at is not None:
    parts[_("Improvement")] = lambda: improving.loop(improvement)
outputs.tabbed("overview_more", parts)
