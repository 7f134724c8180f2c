"""One's own packs: check, keep, remove, hand out."""

from __future__ import annotations

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import PackChange
from compliance.workspace import Workspace
from pages.parts import outputs, permitted
from pages.parts.wording import about, escaped, refused

_NAMED = 12


def bring_in(workspace: Workspace) -> None:
    """A file is checked as soon as it is chosen; only a press of the button keeps it."""
    st.markdown(
        _(
            "A pack adds rules, replaces some by name, or switches some off with a reason. "
            "It is checked first, and every slip is named with its line."
        )
    )
    if not permitted.told("rules.keep"):
        return
    file = st.file_uploader(
        _("A pack, as YAML"), type=["yaml", "yml"], max_upload_size=1, key="rules_file"
    )
    if file is None:
        return
    data, name = file.getvalue(), file.name
    with outputs.explained(_("The pack cannot be used")):
        _changes(workspace.governance.packs.check(data, name))
        if st.button(_("Keep this pack"), type="primary", key="rules_keep"):
            workspace.governance.packs.keep(data, name)
            st.success(_("Kept. Check the duties again to see what it says."))


def kept(workspace: Workspace) -> None:
    """Those in force, and a way to take one out."""
    found = workspace.governance.packs.kept()
    if not found:
        st.markdown(_("You have not brought in any pack yet."))
        return
    outputs.table(
        [
            {
                _("Pack"): pack.title,
                _("Id"): pack.id,
                _("Version"): pack.version,
                _("Kept on"): outputs.moment(pack.kept_at),
                _("By"): pack.actor,
            }
            for pack in found
        ],
        key="rules_packs",
        alt=_("Your packs in force with their versions"),
    )
    what, where = st.columns([3, 1], vertical_alignment="bottom")
    titles = {pack.id: f"{pack.id} {pack.version}" for pack in found}
    picked = what.selectbox(
        _("Take out of force"), list(titles), format_func=titles.__getitem__, key="rules_which"
    )
    if where.button(_("Take out"), key="rules_remove", **permitted.needs("rules.remove")):
        try:
            workspace.governance.packs.remove(str(picked))
        except ComplianceError as refusal:
            st.error(escaped(refused(refusal)), title=_("Not taken out"))
        else:
            st.rerun()


def hand_out(workspace: Workspace) -> None:
    """All rules in force as one file, to be read or changed elsewhere."""
    st.download_button(
        _("Download all rules in force"),
        data=workspace.governance.packs.to_file,
        file_name="rules.yaml",
        mime="application/yaml",
        on_click="ignore",
        key="rules_download",
        icon=":material/download:",
    )


def _changes(change: PackChange) -> None:
    """What would be different with the pack."""
    told = [
        (meant("of rules", "Added"), change.added),
        (_("Changed"), change.changed),
        (_("Switched off"), change.switched_off),
        (_("Gone"), change.removed),
    ]
    with st.container(border=True):
        st.markdown(
            _("**{title}**, version {version}, can be used.").format(
                title=escaped(change.title), version=escaped(change.version)
            )
        )
        for name, rules in told:
            if rules:
                st.markdown(about(name, escaped(_listed(rules))))
        if not any(rules for _name, rules in told):
            st.markdown(_("No rule changes."))


def _listed(rules: tuple[str, ...]) -> str:
    shown = locales.joined(rules[:_NAMED], "words")
    left = len(rules) - _NAMED
    return shown + (_(" and {n} more").format(n=left) if left > 0 else "")
