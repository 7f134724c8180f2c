"""Which columns hold personal data, with the evidence; and what texts and images hold."""

import streamlit as st

from compliance.discovery.nouns import Discovery
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import discovered, explaining, kept, labelled, navigation, outputs, scans, session


def explain(found: Discovery) -> None:
    """Why one column is what its label says."""
    st.header(_("Evidence in words"))
    chosen = st.selectbox(
        _("Column"), [label.column for label in found.labels], key="discovery_column", width=420
    )
    label = found.label(chosen)
    if label is not None:
        st.markdown(
            f"**{discovered.title(label.semantic_type)}** · "
            f"{_(outputs.CLASS_WORDS[label.identifier_class])} · "
            + _("{sure} sure").format(sure=locales.share(label.confidence))
        )
        discovered.details(label)


def columns() -> None:
    """The columns of a dataset."""
    dataset = session.dataset_or_stop()
    found = workspace.discovery(dataset.name)
    if st.button(
        _("Look again") if found else _("Find personal data"),
        type="secondary" if found else "primary",
        key="discovery_run",
    ):
        with (
            outputs.explained(_("Not searched")),
            outputs.working(_("Looking at names and values …")),
        ):
            workspace.discover(dataset.name)
            st.rerun()
    if found is None:
        st.markdown(_("Nobody has looked at this dataset yet."))
        return
    outputs.labels_summary(found)
    explaining.explained("discovery_labels", "identifier", "quasi", "sensitive")
    kept.sampled(found)
    discovered.rare(found)
    discovered.news(workspace.changes(dataset.name))
    discovered.reopened(workspace.governance.improving.reopened(dataset.name))
    labelled.decide(workspace, dataset.name, found)
    explain(found)
    discovered.texts(found)
    discovered.singling_out(workspace, dataset.name)
    navigation.link("anonymise", _("Make it safe to hand on"))
    navigation.link("tradeoff", _("Try what could be published"))


workspace = session.workspace()
outputs.remark(
    _("Each column is judged by its name and its values. You decide; the trail remembers.")
)
in_columns, in_text, in_image = st.tabs([_("Columns"), _("A text"), _("An image")])
with in_text:
    scans.text(workspace)
with in_image:
    scans.image(workspace)
with in_columns:  # last: without a dataset the page ends here
    columns()
