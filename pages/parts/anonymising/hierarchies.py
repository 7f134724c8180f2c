"""How each quasi-identifier becomes coarser: a table of all, and one of them to change."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from compliance.anonymise import SETTINGS, read_hierarchy
from compliance.anonymise.nouns import Build, Builder, QuasiIdentifier
from compliance.dataset.nouns import ColumnName
from compliance.errors import HierarchyError
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import outputs, wording
from pages.parts.anonymising import drafts, words
from pages.parts.anonymising.drafts import Draft, Given
from pages.parts.anonymising.looks import ColumnLook, Look
from pages.parts.guiding import stage

_FILE = "file"


def overview(draft: Draft, look: Look) -> None:
    """All quasi-identifiers with their hierarchies."""
    has_weights = any(q.weight != 1 for q in draft.plan.quasi_identifiers)
    outputs.table(
        [
            {
                _("Column"): q.column,
                _("Becomes coarser by"): _called(q),
                _("Groups per level"): " → ".join(map(outputs.count, look.columns[q.column].sizes)),
                _("Levels allowed"): _limits(q, look.columns[q.column]),
                **({_("Weight"): locales.formatted(q.weight, "g")} if has_weights else {}),
                _("Without a place"): outputs.count(look.columns[q.column].unmapped),
            }
            for q in draft.plan.quasi_identifiers
        ],
        key="anonymise_hierarchies",
        alt=_("Per quasi-identifier: its hierarchy, how many groups each level has, its limits"),
    )


def chosen_column(draft: Draft) -> ColumnName:
    """The quasi-identifier that is looked at."""
    names = [str(name) for name in draft.plan.columns]
    picked = st.selectbox(
        _("Look at or change"),
        names,
        key=f"anonymise_column_{draft.place}",
        width=420,
    )
    return ColumnName(picked if picked in names else names[0])


def edited(draft: Draft, column: ColumnName) -> Draft:
    """The hierarchy of one column: another builder, its settings, or a file."""
    quasi = draft.of(column)
    key = f"{draft.place}_{draft.edition}_{column}"
    options = [*map(str, Builder), _FILE]
    now = quasi.hierarchy.builder if isinstance(quasi.hierarchy, Build) else _FILE
    picked = st.selectbox(
        _("How “{column}” becomes coarser").format(column=column),
        options,
        options.index(now),
        format_func=lambda one: (
            _("Read from a file (ARX)") if one == _FILE else _(words.BUILDER_WORDS[Builder(one)])
        ),
        key=f"anonymise_builder_{key}",
    )
    if picked == _FILE:
        return _from_file(draft, quasi, key)
    return drafts.with_quasi(draft, replace(quasi, hierarchy=_build(quasi, Builder(picked), key)))


def limited(draft: Draft, column: ColumnName, look: ColumnLook | None) -> Draft:
    """Which levels of one column may be used, and how much its loss counts."""
    quasi = draft.of(column)
    with st.expander(_("Limits and weight"), icon=":material/tune:"):
        key = f"{draft.place}_{draft.edition}_{column}_{look.height if look else 0}"
        if look is not None and look.height:
            highest = look.height if quasi.highest is None else min(quasi.highest, look.height)
            low, high = st.slider(
                _("Levels that may be used"),
                0,
                look.height,
                (min(quasi.lowest, highest), highest),
                key=f"anonymise_levels_{key}",
                help=_("Level 0 leaves the values as they are; the last one tells nothing."),
            )
            quasi = replace(quasi, lowest=low, highest=None if high == look.height else high)
        weight = st.number_input(
            _("Weight of its loss"),
            min_value=0.01,
            max_value=100.0,
            value=float(quasi.weight),
            key=f"anonymise_weight_{key}",
            help=_("2: detail of this column is worth twice that of the others."),
        )
    return drafts.with_quasi(draft, replace(quasi, weight=weight))


def levels(column: ColumnName, look: ColumnLook) -> None:
    """A few values on their way up."""
    heads = [_("Value, masked")] + [
        _("Level {n} · {groups}").format(n=level, groups=_groups(size))
        for level, size in enumerate(look.sizes)
        if level
    ]
    outputs.table(
        [dict(zip(heads, (stage.veiled(row[0]), *row[1:]), strict=True)) for row in look.rows],
        key=f"anonymise_preview_{column}",
        alt=_("Some values of {column}, masked, with their names at each level").format(
            column=column
        ),
    )
    if look.unmapped:
        said = _(
            "{n} value(s) in {rows} row(s) are not in the file. They were given a place: in the "
            "range or group that fits, else “*” from level 1 on."
        ).format(n=outputs.count(look.unmapped), rows=outputs.count(look.unmapped_rows))
        shown = stage.veiled(", ".join(look.examples))
        if shown:
            said += " " + _("Masked: {values}.").format(values=wording.escaped(shown))
        st.warning(said, icon=":material/playlist_add:")


def _groups(size: int) -> str:
    return _("1 group") if size == 1 else _("{n} groups").format(n=outputs.count(size))


def _called(quasi: QuasiIdentifier) -> str:
    if isinstance(quasi.hierarchy, str):
        return _("File {name}").format(name=quasi.hierarchy)
    return _(words.BUILDER_WORDS[quasi.hierarchy.builder])


def _limits(quasi: QuasiIdentifier, look: ColumnLook) -> str:
    highest = look.height if quasi.highest is None else quasi.highest
    return f"{quasi.lowest} – {highest}"


def _build(quasi: QuasiIdentifier, builder: Builder, key: str) -> Build:
    """The builder with its settings as typed; empty ones are not said."""
    before = quasi.hierarchy
    said = before.settings if isinstance(before, Build) and before.builder is builder else {}
    known = SETTINGS[builder]
    settings: dict[str, float | str] = {}
    places = st.columns(max(2, min(len(known), 5)))
    for place, (name, about) in zip(places, known.items(), strict=False):
        typed = place.text_input(
            _(name).capitalize().replace("_", " "),
            f"{value:g}" if isinstance(value := said.get(name, ""), float | int) else value,
            key=f"anonymise_setting_{key}_{builder}_{name}",
            help=_(about),
        ).strip()
        if typed:
            settings[name] = _value(typed)
    return Build(builder=builder, settings=settings)


def _value(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed


def _from_file(draft: Draft, quasi: QuasiIdentifier, key: str) -> Draft:
    upload = st.file_uploader(
        _("Hierarchy of “{column}” (CSV, as ARX writes it)").format(column=quasi.column),
        type=["csv", "txt"],
        key=f"anonymise_file_{key}",
        help=_("One row per value: the value, then its names at each level, separated by “;”."),
    )
    given = draft.given.get(quasi.column)
    if upload is not None and (given is None or given.id != upload.file_id):
        try:
            read = read_hierarchy(upload.getvalue(), quasi.column)
        except HierarchyError as refusal:
            st.error(
                wording.escaped(wording.refused(refusal)),
                title=_("Not read"),
                icon=":material/block:",
            )
            return draft
        given = Given(
            file=upload.name[:80], id=upload.file_id, hierarchy=read.hierarchy, notes=read.notes
        )
        draft = replace(draft, given={**draft.given, quasi.column: given})
    if given is None:
        st.markdown(_("Until a file is given, the hierarchy stays as it was."))
        return draft
    for note in given.notes:
        outputs.remark(wording.escaped(note))
    return drafts.with_quasi(draft, replace(quasi, hierarchy=given.file))
