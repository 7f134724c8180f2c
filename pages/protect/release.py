"""Publish a statistic with differential privacy, paid from the budget."""

from contextlib import suppress

import streamlit as st

from compliance.dataset.nouns import Dataset
from compliance.errors import ComplianceError
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.workspace.approving.approvals import Need
from pages.parts import (
    examined,
    explaining,
    language,
    navigation,
    outputs,
    published,
    session,
    told,
    wording,
    yardsticks,
)
from pages.parts.approving import asking
from pages.parts.consenting import uses


def past() -> None:
    """What was published, newest first; no names of the page, which a session would keep."""
    releases = workspace.releases(dataset.name)
    if not releases:
        st.markdown(_("Nothing has been published from this dataset yet."))
    for done in releases:
        # What is closed is not sent: there may be hundreds of releases.
        is_newest = done is releases[0]
        with outputs.folded(
            published.title(done), f"release_open_{done.id}", expanded=is_newest
        ) as is_open:
            if is_open:
                uses.were_left_out(workspace, done.id)
                published.release(done)
                told.handed_out(workspace, dataset.name, done)


workspace = session.workspace()
outputs.remark(_("Publish a number about many people without telling about any one of them."))
dataset = session.dataset_or_stop()
uses.left_out(workspace.rights.consents.usable(dataset.name))
state = workspace.budget(dataset.population)
outputs.budget(state, lambda: workspace.prices(dataset.population))
explaining.explained("release_budget", "budget", "epsilon", "delta")


@language.callback
def publish() -> None:
    """Release what was asked for, once: neither a rerun nor a double click finds it again."""
    pending = st.session_state.pop("release_pending", None)
    if pending is None:
        return
    dataset, query, asked = pending
    try:
        workspace.release(dataset.name, query, asked.epsilon, asked.delta)
        st.session_state["release_said"] = (
            "success",
            _("Published, and stored as it is shown below."),
        )
    except ComplianceError as refusal:
        st.session_state["release_said"] = ("error", wording.refused(refusal))


@language.dialog(mark("Publish and pay for it?"))
def confirm(dataset: Dataset, query: Query, asked: Budget, need: Need | None) -> None:
    statistics = locales.joined(
        (wording.title(statistic) for statistic in query.statistics), "words"
    )
    st.markdown(
        _(
            "{what} from **{dataset}** will be published with noise. This spends **ε = {epsilon}** "
            "(δ = {delta}) of the budget of {people}, and it cannot be taken back."
        ).format(
            what=f"**{wording.capital(statistics)}**",
            dataset=dataset.name,
            epsilon=wording.plain(asked.epsilon),
            delta=locales.formatted(asked.delta, ".0e"),
            people=wording.escaped(dataset.population),
        )
    )
    if st.button(
        asking.label(_("Publish now"), need),
        type="primary",
        key="release_confirm",
        on_click=publish,
    ):
        st.rerun()  # closes the dialog; what was published shows from storage


said = st.session_state.pop("release_said", None)
if said is not None:
    kind, sentence = said
    if kind == "error":
        st.error(wording.escaped(sentence), title=_("Not released"), icon=":material/block:")
    else:
        st.success(sentence)

query = session.query_of(dataset)
if query is None:
    st.markdown(_("There is no question in hand. Shape it first, and see what it would look like."))
    navigation.link("tradeoff", _("Go to Trade-off"))
else:
    with st.container(border=True):
        st.markdown(f"**{_('The question in hand')}**")
        st.markdown(wording.in_words(query))
        kept = session.asked_of(dataset)
        one, two, three = st.columns([1, 1, 2], vertical_alignment="bottom")
        epsilon = one.text_input(
            _("ε to spend"), wording.as_typed(kept.epsilon) if kept else "1", key="release_epsilon"
        )
        delta = two.text_input(
            _("δ to spend"),
            f"{kept.delta:.0e}" if kept else f"{state.total.delta / 10:.0e}",
            key="release_delta",
        )
        need = asking.of_release(workspace, dataset, query, epsilon, delta)
        with outputs.explained(_("Not possible")):
            if asking.may_go(workspace, need, "release") and three.button(
                _("Release …"), type="primary", key="release_ask"
            ):
                asked = wording.typed_budget(epsilon, delta)
                st.session_state["release_pending"] = (dataset, query, asked)
                confirm(dataset, query, asked, need)
        outputs.remark(
            _("What you type is what is spent. At most ε = {left} is left for one release.").format(
                left=locales.formatted(float(state.left.epsilon), ".2f")
            )
        )
        with suppress(ComplianceError):  # what is typed wrongly is told above
            typed = wording.typed_budget(epsilon, delta)
            yardsticks.of_loss("release", typed)

st.header(_("Published so far"))
past()

st.header(_("Is the noise sound?"))
examined.desk(workspace)
