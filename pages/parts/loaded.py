"""What was loaded: columns, cleaning and source files of a dataset; no cell value."""

from __future__ import annotations

import streamlit as st

from compliance.dataset.nouns import Dataset
from compliance.i18n import mark
from compliance.i18n import translate as _
from pages.parts import navigation, outputs


def columns(dataset: Dataset) -> None:
    """The columns of a dataset, without any value."""
    outputs.table(
        [
            {
                _("Column"): column.name,
                _("Type"): _(str(column.type)),
                _("Missing"): column.missing,
                _("Different values"): column.distinct,
            }
            for column in dataset.columns
        ],
        key="datasets_columns",
        alt=_("Columns with their types and how many values are missing"),
    )
    navigation.link("discovery", _("Find the personal data in these columns"))


def cleaning(dataset: Dataset) -> None:
    """What was changed on the way in."""
    st.markdown(_("What was changed on the way in. The source files stay as they are."))
    if not dataset.cleaning:
        st.markdown(_("Nothing had to be cleaned."))
        return
    outputs.table(
        [
            {
                _("Column"): step.column or _("whole table"),
                _("What was done"): _(str(step.step)),
                _("Rows changed"): step.rows_changed,
            }
            for step in dataset.cleaning
        ],
        key="datasets_cleaning",
        alt=_("Cleaning steps with the number of rows that each changed"),
    )


def origin(dataset: Dataset) -> None:
    """The files that it came from, and where it lies."""
    outputs.table(
        [
            {_("File"): s.name, _("Size in bytes"): s.size_bytes, "SHA-256": s.sha256}
            for s in dataset.sources
        ],
        key="datasets_sources",
        alt=_("The files that this dataset came from, with their hashes"),
        column_config={_("Size in bytes"): st.column_config.NumberColumn(format="localized")},
    )
    where = mark("Stored once as Parquet under its hash `{hash}`, on {day}.")
    if dataset.kept is not None:
        where = mark("Registered on {day}; what was found there has the hash `{hash}`.")
    st.markdown(_(where).format(hash=dataset.sha256, day=outputs.moment(dataset.added_at)))
