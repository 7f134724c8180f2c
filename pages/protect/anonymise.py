"""How easily people can be picked out, and what to change before a table is handed on."""

import streamlit as st

from compliance.discovery.nouns import Discovery
from compliance.i18n import translate as _
from pages.parts import explaining, kept, language, navigation, outputs, session
from pages.parts.anonymising import (
    curves,
    drafts,
    files,
    hierarchies,
    histories,
    looks,
    making,
    proofs,
    protection,
    recipes,
    risks,
    treatments,
    vaults,
)
from pages.parts.consenting import uses


@language.fragment
def search(found: Discovery) -> None:
    """What the plan costs, and the button; moving a slider here runs nothing else."""
    st.header(_("What it costs"))
    draft = protection.search(drafts.held(dataset, found))
    drafts.put(draft)
    with outputs.explained(_("This plan cannot be run")):
        draft = curves.choices(workspace, dataset, draft)
    files.as_file(dataset, draft)
    st.header(_("Make it"))
    making.make(workspace, dataset, draft)


def made(found: Discovery) -> None:
    """What was made, and more to make; no names of the page, which a session would keep."""
    past = workspace.anonymisation.done(dataset.name)
    if past:
        st.header(_("What was made"))
        done = proofs.chosen(past)
        with st.container(border=True):
            proofs.shown(workspace, dataset, done, past)
            recipes.keep(workspace, done)
    known = workspace.anonymisation.recipes()
    if known and st.toggle(_("Do again what a recipe says"), key="anonymise_recipes"):
        with st.container(border=True):
            recipes.again(workspace, dataset, known)
    bought = histories.items(dataset, found)
    if bought and st.toggle(_("Purchase histories: who bought what"), key="anonymise_histories"):
        with st.container(border=True):
            histories.histories(workspace, dataset, bought)
    held = vaults.found(workspace, dataset, past)
    if held:
        st.header(_("Vault"))
        vaults.vault(workspace, held)


workspace = session.workspace()
outputs.remark(
    _(
        "How easily people could be picked out of a table, and what must change so that it can be "
        "handed on, losing as little as possible."
    )
)
dataset = session.dataset_or_stop()
if dataset.kept is not None:
    kept.risk(workspace, dataset)
    kept.stop(dataset)
uses.left_out(workspace.rights.consents.usable(dataset.name, is_handed_on=True))
found = workspace.discovery(dataset.name)
if found is None:
    st.markdown(_("Nobody has looked for personal data in this dataset; that comes first."))
    if st.button(_("Find personal data"), type="primary", key="anonymise_discover"):
        with (
            outputs.explained(_("Not searched")),
            outputs.working(_("Looking at names and values …")),
        ):
            workspace.discover(dataset.name)
            st.rerun()
    navigation.link("discovery", _("Go to Discovery"))
    st.stop()

with st.spinner(_("Looking at what the columns hold …")):
    draft = drafts.held(dataset, found)
st.header(_("Risk as it stands"))
draft = risks.columns(draft, dataset)
drafts.put(draft)
with outputs.explained(_("Not measured")):
    risks.now(workspace, dataset, draft)

st.header(_("The plan"))
files.taken(dataset, found, draft)
if not draft.plan.columns:
    st.info(
        _(
            "No column counts as a quasi-identifier. If others may know any of the values, name "
            "those columns above; if not, there is nothing to make coarser here."
        ),
        icon=":material/info:",
    )
else:
    # What is chosen in a tab makes the plan, so all three are drawn, but for what is only read.
    coarser, secret, other = outputs.tabs(
        "anonymise_plan_tabs",
        [_("Become coarser"), _("Sensitive within groups"), _("All other columns")],
    )
    with coarser:
        table = st.container()
        column = hierarchies.chosen_column(draft)
        draft = hierarchies.edited(draft, column)
        with outputs.explained(_("This plan cannot be run")), outputs.working(_("Building …")):
            look = looks.look(workspace, dataset, draft)
            with st.container():  # a place of its own, so that nothing after it moves and shuts
                if coarser.open:
                    hierarchies.levels(column, look.columns[column])
            draft = hierarchies.limited(draft, column, look.columns[column])
            if coarser.open:
                with table:
                    hierarchies.overview(draft, look)
    with secret:
        explaining.explained("anonymise_sensitive", "l", "t", "presence")
        draft = protection.sensitive(draft)
    with other:
        draft = treatments.others(workspace, dataset, found, draft, is_seen=bool(other.open))
    drafts.put(draft)
    search(found)

making.said()
made(found)
