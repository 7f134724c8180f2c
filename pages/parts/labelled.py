"""The labels of a dataset as a table in which an officer confirms and corrects."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from compliance.discovery import semantic_types
from compliance.discovery.nouns import Discovery, IdentifierClass, Label
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import discovered, outputs
from pages.parts.guiding import stage

_TALLEST_WHOLE = 16


def decide(workspace: Workspace, name: str, found: Discovery) -> None:
    """Show the labels of dataset `name`, and record what the officer makes of them."""
    table = _frame(found)
    st.markdown(
        _("Tick what is right, or choose another meaning or class; then record your decisions.")
    )
    with st.form("discovery_decide", border=False):
        edited = st.data_editor(
            table,
            # New labels, no ticks left from the old ones.
            key=f"discovery_table_{hash((found.dataset_id, found.labels))}",
            hide_index=True,
            height="content" if len(table) <= _TALLEST_WHOLE else 560,
            disabled=[c for c in table.columns if c not in (_("Agree"), _meaning(), _pointing())],
            column_config=_config(),
            alt=_("Every column with its meaning, how it points to people, and the evidence"),
        )
        one, two = st.columns([1, 4], vertical_alignment="center")
        recorded = one.form_submit_button(
            _("Record decisions"), type="primary", key="discovery_record"
        )
        agree_all = two.checkbox(_("Agree with all that is proposed"), key="discovery_agree_all")
    if recorded:
        with outputs.explained(_("Not recorded")):
            workspace.decide_labels(name, _decisions(found, edited, agrees=agree_all))
            st.rerun()


def _frame(found: Discovery) -> pd.DataFrame:
    words_of = _words()
    table = pd.DataFrame(
        {
            _("Agree"): [False] * len(found.labels),
            _("Column"): [label.column for label in found.labels],
            _meaning(): [_titles()[label.semantic_type] for label in found.labels],
            _pointing(): [words_of[label.identifier_class] for label in found.labels],
            _("Sure"): [label.confidence for label in found.labels],
            _("Stands"): [_(str(label.status)) for label in found.labels],
            _("Special under"): [discovered.legal(label) for label in found.labels],
            _("Examples, masked"): [
                stage.veiled(", ".join(label.examples)) for label in found.labels
            ],
            _("Evidence"): [discovered.evidence(label) for label in found.labels],
        }
    )
    if not any(label.legal_classes for label in found.labels):
        table = table.drop(columns=_("Special under"))
    return table


def _config() -> dict[str, ColumnConfig]:
    return {
        _("Agree"): st.column_config.CheckboxColumn(width=70),
        _("Column"): st.column_config.TextColumn(width=150),
        _meaning(): st.column_config.SelectboxColumn(
            options=sorted(_titles().values()), required=True, width=170
        ),
        _pointing(): st.column_config.SelectboxColumn(
            options=list(_words().values()), required=True
        ),
        _("Sure"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
        _("Evidence"): st.column_config.TextColumn(width="large"),
    }


def _decisions(
    found: Discovery, edited: pd.DataFrame, *, agrees: bool
) -> dict[str, tuple[str, IdentifierClass]]:
    """What was ticked or chosen anew, by column."""
    by_title = {title: id_ for id_, title in _titles().items()}
    classes = {words: class_ for class_, words in _words().items()}
    rows = [row for _index, row in edited.iterrows()]
    return {
        label.column: (by_title[row[_meaning()]], classes[row[_pointing()]])
        for label, row in zip(found.labels, rows, strict=True)
        if agrees or row[_("Agree")] or _is_changed(label, row)
    }


def _is_changed(label: Label, row: pd.Series) -> bool:
    is_same = row[_meaning()] == _titles()[label.semantic_type]
    return not is_same or row[_pointing()] != _words()[label.identifier_class]


def _meaning() -> str:
    return _("Meaning")


def _pointing() -> str:
    return _("How it points to people")


def _titles() -> dict[str, str]:
    return {id_: _(type_.title) for id_, type_ in semantic_types().items()}


def _words() -> dict[IdentifierClass, str]:
    return {class_: _(words) for class_, words in outputs.CLASS_WORDS.items()}
