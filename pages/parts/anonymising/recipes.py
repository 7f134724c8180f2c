"""Recipes: keep how something was made, and do the same with the next delivery."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.anonymise.nouns.record import Anonymised, KeptRecipe
from compliance.dataset.nouns import Dataset
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.anonymising import progress


def keep(workspace: Workspace, done: Anonymised) -> None:
    """A name and a button, to keep how `done` was made."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    name = left.text_input(
        _("Keep it as a recipe called"),
        f"{done.made.rpartition('@')[0]}"[:80],
        max_chars=80,
        key=f"anonymise_recipe_name_{done.id}",
        help=_("For the next delivery of such data; the desk says what changed since."),
    )
    if right.button(_("Keep the recipe"), key=f"anonymise_keep_{done.id}", icon=":material/save:"):
        with outputs.explained(_("Not kept")):
            kept = workspace.anonymisation.keep_recipe(done, name)
            st.success(_("Kept as {name}.").format(name=wording.escaped(kept.recipe.name)))


def again(workspace: Workspace, dataset: Dataset, kept: Sequence[KeptRecipe]) -> None:
    """Do what a recipe says with this dataset; changes are told, alarms stop it."""
    outputs.remark(
        _(
            "The same columns, levels and treatments as before. If the data are not what they "
            "were, nothing is stored until you have looked at what changed."
        )
    )
    titles = {one.recipe.name: one for one in kept}
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    picked = left.selectbox(
        _("Recipe"),
        list(titles),
        format_func=lambda name: _("{name}, made on {dataset} {at}").format(
            name=name, dataset=titles[name].dataset, at=outputs.moment(titles[name].kept_at)
        ),
        key="anonymise_recipe",
    )
    into = right.text_input(
        _("Name of the output"),
        f"{dataset.name[:64]}-anonymised",
        max_chars=80,
        key=f"anonymise_recipe_into_{dataset.id}",
    )
    accept = st.checkbox(_("I have looked at what changed; go on"), key="anonymise_accept")
    if st.button(_("Do it again"), key="anonymise_again", icon=":material/repeat:"):
        asked = workspace.anonymisation.apply_recipe(
            picked, dataset.name, into, accept_drift=accept
        )
        with outputs.explained(_("Not done")):
            done, changed = progress.watched(asked, counted=0.6)
            said = [_("Made, checked and stored as {name}.").format(name=done.made)]
            said += [_(one.sentence) for one in changed]
            st.session_state["anonymise_said"] = wording.escaped(locales.joined(said, "sentences"))
            st.rerun()
