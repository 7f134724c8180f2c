"""Looking up who is behind a pseudonym: asked with a reason, entered in the trail, then shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.anonymise.nouns.record import Anonymised, Vault
from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import language, outputs, permitted, wording

_MOST = 20


def found(
    workspace: Workspace, dataset: Dataset, past: Sequence[Anonymised]
) -> list[tuple[str, Vault]]:
    """The newest vault of each column of this dataset and of what was made from it."""
    names = [str(dataset.name), *(done.made.rpartition("@")[0] for done in past)]
    kept: dict[tuple[str, str], Vault] = {}
    for name in dict.fromkeys(names):
        for vault in workspace.anonymisation.vaults(name):
            kept.setdefault((name, str(vault.column)), vault)
    return [(name, vault) for (name, _column), vault in kept.items()]


def vault(workspace: Workspace, vaults: Sequence[tuple[str, Vault]]) -> None:
    """Which vault, and the way into it."""
    outputs.remark(
        _("Originals behind pseudonyms, encrypted. Each look is entered in the trail, with why.")
    )
    titles = [
        _("{column} of {name}: {n} pseudonyms").format(
            column=one.column, name=name, n=outputs.count(one.rows)
        )
        for name, one in vaults
    ]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    picked = left.selectbox(
        _("Vault"), range(len(vaults)), format_func=titles.__getitem__, key="anonymise_vault"
    )
    name, chosen = vaults[picked or 0]
    if right.button(
        _("Look somebody up …"),
        key="anonymise_reveal",
        icon=":material/key:",
        **permitted.needs("vault.open"),
    ):
        ask(workspace, name, chosen)


@language.dialog(mark("Look behind a pseudonym?"))
def ask(workspace: Workspace, name: str, chosen: Vault) -> None:
    """Pseudonyms and a reason, what will be written, and the originals: once, kept nowhere."""
    st.markdown(
        _(
            "The original in **{column}** of **{name}** is shown to you once. The trail will say "
            "that you opened this vault, when, for how many pseudonyms, and the reason below. It "
            "holds neither the pseudonyms nor the originals."
        ).format(column=wording.escaped(chosen.column), name=wording.escaped(name))
    )
    typed = st.text_area(
        _("Pseudonyms, one per line"), key="anonymise_pseudonyms", height=80, max_chars=2_000
    )
    reason = st.text_input(
        _("Why (kept in the trail)"),
        key="anonymise_reason",
        max_chars=200,
        placeholder=_("such as: request for access of 3 May, no. 17"),
    )
    if st.button(_("Enter it in the trail and look"), type="primary", key="anonymise_open"):
        lines = [line.strip(" \t\"'") for line in typed.splitlines()]  # as they stand in a CSV
        wanted = list(dict.fromkeys(line for line in lines if line))
        with outputs.explained(_("Not opened")):
            originals = workspace.anonymisation.reveal(name, chosen.column, wanted[:_MOST], reason)
            outputs.table(
                [{_("Pseudonym"): one, _("Original"): other} for one, other in originals.items()],
                key="anonymise_originals",
                alt=_("The originals behind the pseudonyms asked for"),
            )
            outputs.remark(_("The trail has the entry. Closing this window forgets the originals."))
