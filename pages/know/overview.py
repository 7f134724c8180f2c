"""Where the data's life cycle stands, what is wrong, and what to do next."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.rules.nouns import Progress, State
from pages.parts import figures, improving, navigation, outputs, session
from pages.parts.approving import asking
from pages.parts.guiding import beginning, touring
from pages.parts.trailing import verdict as trailing

workspace = session.workspace()
datasets = workspace.datasets()

if not datasets:
    beginning.choose_or_stop(workspace)
touring.offered(workspace)
outputs.remark(_("Where each stage of the data's life cycle stands, and what to do next."))
stages = workspace.life_cycle()
improvement = workspace.governance.improving.stands()
budgets = [workspace.budget(people) for people in dict.fromkeys(d.population for d in datasets)]
tightest = max(budgets, key=lambda state: state.share_spent)
discoveries = [found for d in datasets if (found := workspace.discovery(d.name))]

with st.container(horizontal=True):
    rows = outputs.count(sum(d.rows for d in datasets))
    outputs.fact(_("Datasets"), str(len(datasets)), _("{rows} rows").format(rows=rows))
    outputs.fact(
        _("Personal columns"),
        str(sum(len(found.personal) for found in discoveries)),
        _("in {n} of {m} datasets looked at").format(n=len(discoveries), m=len(datasets)),
    )
    outputs.fact(
        _("Budget spent: {people}").format(people=tightest.population),
        f"{tightest.share_spent:.0%}",
        _("of ε = {total}").format(total=f"{tightest.total.epsilon.normalize():f}")
        + (_(", the most of {n} budgets").format(n=len(budgets)) if len(budgets) > 1 else ""),
    )
    duties = improvement.whole.duties
    outputs.fact(
        _("Duties met"),
        "–" if improvement.assessed_at is None else str(duties[State.MET]),
        _("not checked yet")
        if improvement.assessed_at is None
        else _("{n} not met, {m} not assessed").format(
            n=duties[State.NOT_MET], m=duties[State.NOT_ASSESSED]
        ),
    )

trailing.of_overview(workspace)
asking.of_overview(workspace)
left, right = st.columns([2, 3])
done = sum(stage.progress is Progress.DONE for stage in stages)
with left:
    st.plotly_chart(
        figures.ring(stages, _("{n} of 10<br>done").format(n=done)),
        key="overview_ring",
        config=figures.PLAIN,
        alt=_("{n} of the ten stages of the life cycle are done").format(n=done),
    )
    st.markdown(outputs.progress_badges(stages), text_alignment="center")
with right:
    st.header(_("What to do next"))
    todo = [stage for stage in stages if stage.next_step]
    if not todo:
        st.markdown(_("Nothing is open. Check the duties again when something changes."))
    for stage in todo:
        what, where = st.columns([4, 1], vertical_alignment="center")
        with what:
            st.markdown(
                f"**{stage.number} {_(stage.title)}** · {_(stage.next_step)}  \n"
                f":gray[:small[{_(stage.says)}]]"
            )
        with where:
            navigation.link(stage.page)

if improvement.assessed_at is not None:
    improving.loop(improvement)
improving.stages(improvement, stages)
if improvement.assessed_at is not None:
    improving.next_and_last(improvement)
