"""Which columns hold personal data, with the evidence; confirm or correct."""

import pandas as pd
import streamlit as st

from compliance.discovery import semantic_types
from compliance.discovery.nouns import IdentifierClass
from compliance.i18n import translate as _
from pages.parts import navigation, outputs, session

workspace = session.workspace()
outputs.remark(
    _("Each column is judged by its name and its values. You decide; the trail remembers.")
)
dataset = session.dataset_or_stop()

found = workspace.discovery(dataset.name)
if st.button(
    _("Look again") if found else _("Find personal data"),
    type="secondary" if found else "primary",
    key="discovery_run",
):
    with outputs.explained(_("Not searched")), st.spinner(_("Looking at names and values …")):
        workspace.discover(dataset.name)
        st.rerun()
if found is None:
    st.markdown(_("Nobody has looked at this dataset yet."))
    st.stop()

outputs.labels_summary(found)
types = semantic_types()
titles = {id_: type_.title for id_, type_ in types.items()}
by_title = {title: id_ for id_, title in titles.items()}
classes = {_(words): class_ for class_, words in outputs.CLASS_WORDS.items()}
words_of = {class_: words for words, class_ in classes.items()}
table = pd.DataFrame(
    {
        _("Agree"): [False] * len(found.labels),
        _("Column"): [label.column for label in found.labels],
        _("Meaning"): [titles[label.semantic_type] for label in found.labels],
        _("How it points to people"): [words_of[la.identifier_class] for la in found.labels],
        _("Sure"): [label.confidence for label in found.labels],
        _("Stands"): [_(str(label.status)) for label in found.labels],
        _("Special"): [_("Art. 9") if la.special_category else "" for la in found.labels],
        _("Examples, masked"): [", ".join(label.examples) for label in found.labels],
        _("Evidence"): [" ".join(label.evidence) for label in found.labels],
    }
)
if not any(label.special_category for label in found.labels):
    table = table.drop(columns=_("Special"))
st.markdown(
    _("Tick what is right, or choose another meaning or class; then record your decisions.")
)
with st.form("discovery_decide", border=False):
    edited = st.data_editor(
        table,
        key=f"discovery_table_{hash(found)}",  # new labels, no ticks left from the old ones
        hide_index=True,
        height="content" if len(table) <= 16 else 560,
        disabled=[
            c
            for c in table.columns
            if c not in (_("Agree"), _("Meaning"), _("How it points to people"))
        ],
        column_config={
            _("Agree"): st.column_config.CheckboxColumn(width=70),
            _("Column"): st.column_config.TextColumn(width=150),
            _("Meaning"): st.column_config.SelectboxColumn(
                options=sorted(by_title), required=True, width=170
            ),
            _("How it points to people"): st.column_config.SelectboxColumn(
                options=list(classes), required=True
            ),
            _("Sure"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
            _("Evidence"): st.column_config.TextColumn(width="large"),
        },
        alt=_("Every column with its meaning, how it points to people, and the evidence"),
    )
    one, two = st.columns([1, 4], vertical_alignment="center")
    recorded = one.form_submit_button(_("Record decisions"), type="primary", key="discovery_record")
    agree_all = two.checkbox(_("Agree with all that is proposed"), key="discovery_agree_all")
if recorded:
    decisions = {
        row[_("Column")]: (
            by_title[row[_("Meaning")]],
            IdentifierClass(classes[row[_("How it points to people")]]),
        )
        for label, (_index, row) in zip(found.labels, edited.iterrows(), strict=True)
        if agree_all
        or row[_("Agree")]
        or row[_("Meaning")] != titles[label.semantic_type]
        or row[_("How it points to people")] != words_of[label.identifier_class]
    }
    with outputs.explained(_("Not recorded")):
        workspace.decide_labels(dataset.name, decisions)
        st.rerun()

st.header(_("Evidence in words"))
chosen = st.selectbox(
    _("Column"), [label.column for label in found.labels], key="discovery_column", width=420
)
label = found.label(chosen)
if label is not None:
    st.markdown(
        f"**{_(titles[label.semantic_type])}** · {words_of[label.identifier_class]} · "
        + _("{sure} sure").format(sure=f"{label.confidence:.0%}")
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in label.evidence))
navigation.link("tradeoff", _("Try what could be published"))
