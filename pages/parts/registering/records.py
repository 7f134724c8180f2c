"""The records of a kind as a table, and one of them as a form."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

import streamlit as st

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.register import Gaps
from compliance.register.nouns import Field, Kind, Origin, Record, Register
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording
from pages.parts.registering.fields import Asking, Change, ask, recorded

NEW = ""
_ORIGINS = {Origin.TYPED: mark("typed"), Origin.DRAWN: mark("filled in")}
_MISSING = object()
_MOST_MISSING = 6  # named in the line under the form


AllGaps = Mapping[tuple[str, str], Gaps]


def table(kind: Kind, register: Register, gaps: AllGaps) -> None:
    """Each record with how complete it is, and whether it contradicts itself."""
    doubted = [one.record for one in register.contradictions if one.kind == kind.id]
    rows = []
    for record in register.of(kind.id):
        found = gaps.get((kind.id, record.id), Gaps())
        rows.append(
            {
                _("Name"): record.name,
                _("Who says so"): _(_ORIGINS[record.origin]),
                _("Complete"): round(100 * found.share),
                _("Missing"): len(found.missing),
                _("Contradictions"): doubted.count(record.id),
                _("Id"): record.id,
            }
        )
    if not rows:
        st.markdown(_("There is no record of this kind yet. Record one below, or import a file."))
        return
    outputs.table(
        rows,
        key="register_records",
        alt=_("{n} records, each with how much of what is asked for is recorded").format(
            n=len(rows)
        ),
        column_config={
            _("Complete"): st.column_config.ProgressColumn(
                format=locales.share_shape("%d"),
                max_value=100,
                help=_("Fields known, of those that rules in scope needed to know."),
            )
        },
    )


def choose(kind: Kind, register: Register) -> Record | None:
    """The record that is looked at; None for a new one."""
    if kind.is_single:
        return register.record(kind.id, kind.id)
    found = {record.id: record for record in register.of(kind.id)}
    chosen = st.selectbox(
        _("Record"),
        [*found, NEW],
        format_func=lambda id_: found[id_].name if id_ else _("a new one"),
        key=f"register_record_{kind.id}",
        width=520,
    )
    return found.get(str(chosen))


def shown(workspace: Workspace, register: Register, kind: Kind, record: Record) -> None:
    """What is on record of it."""
    rows = recorded(kind.fields, record.values, _asking(workspace, register, kind, record))
    if not rows:
        st.markdown(_("Nothing but its name is recorded."))
        return
    outputs.table(
        rows,
        key="register_values",
        alt=_("{n} of {m} fields of the record").format(n=len(rows), m=len(kind.fields)),
    )


def form(
    workspace: Workspace,
    register: Register,
    kind: Kind,
    record: Record | None,
    laws: Collection[str],
) -> None:
    """Add a record, or change one: what the laws in scope ask for first."""
    about = _asking(workspace, register, kind, record)
    with st.form(f"register_form_{kind.id}_{_mark(record)}"):
        id_, name = _identity(kind, record, about)
        asked, others = _asked(kind, laws)
        changes = _groups(asked, record, about)
        if others:
            with st.expander(_("Fields that only laws out of scope ask for")):
                changes.append(ask(others, record.values if record else {}, about))
        submitted = st.form_submit_button(
            _("Record"), type="primary", key="register_save", **permitted.needs("register.record")
        )
    if submitted:
        _save(workspace, kind, id_, name, changes, is_new=record is None)


def _asking(workspace: Workspace, register: Register, kind: Kind, record: Record | None) -> Asking:
    typed = workspace.governance.register.typed(kind.id, record.id) if record else None
    return Asking(
        register=register,
        datasets=[str(dataset.name) for dataset in workspace.datasets()],
        drawn=frozenset(record.values if record else ()) - frozenset(typed.values if typed else ()),
        key=f"register_{kind.id}_{_mark(record)}",
    )


def about(
    workspace: Workspace, register: Register, kind: Kind, record: Record, gaps: AllGaps
) -> None:
    """What stands in doubt, what is missing, who said so when; and what can be done with it."""
    for one in register.contradictions:
        if (one.kind, one.record) == (kind.id, record.id):
            st.warning(
                _("{says} What follows from it is not assessed.").format(says=_(one.says)),
                icon=":material/warning:",
            )
    missing = gaps.get((kind.id, record.id), Gaps()).missing
    if missing:
        named = locales.joined((_(field.label) for field in missing[:_MOST_MISSING]), "words")
        more = len(missing) - _MOST_MISSING
        outputs.remark(
            _("Still needed, so that every duty can be assessed: {fields}").format(fields=named)
            + (_(" and {n} more.").format(n=more) if more > 0 else locales.end())
        )
    _deeds(workspace, kind, record)


def _deeds(workspace: Workspace, kind: Kind, record: Record) -> None:
    area = workspace.governance.register
    past = area.history(kind.id, record.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if record.origin is Origin.DRAWN and st.button(
            _("Take over"),
            key="register_take_over",
            icon=":material/how_to_reg:",
            **permitted.needs(
                "register.record",
                help=_("Record what is filled in as your own word; it then stays as it is."),
            ),
        ):
            with outputs.explained(_("Not taken over")):
                area.take_over(kind.id, record.id)
                st.rerun()
        if not kind.is_single:
            with st.popover(_("Remove"), icon=":material/delete:", key="register_remove_ask"):
                st.markdown(_("It leaves the register and stays in its history."))
                if st.button(
                    _("Remove it"),
                    key="register_remove",
                    type="primary",
                    **permitted.needs("register.remove"),
                ):
                    with outputs.explained(_("Not removed")):
                        area.remove(kind.id, record.id)
                        st.rerun()
    if past:
        with st.expander(_("History"), icon=":material/history:"):
            outputs.table(
                [
                    {
                        _("When"): outputs.moment(one.at),
                        _("Who"): one.by,
                        _("What changed"): _changed(kind, before, one.record),
                    }
                    for before, one in reversed(
                        list(zip([None, *(p.record for p in past)], past, strict=False))
                    )
                ],
                key="register_history",
                alt=_("{n} times this record was changed, newest first").format(n=len(past)),
            )


def _changed(kind: Kind, before: Record | None, after: Record) -> str:
    """Which fields one act changed, by their labels."""
    if after.is_removed:
        return _("removed")
    old = before.values if before else {}
    fields = [f for f in kind.fields if old.get(f.id, _MISSING) != after.values.get(f.id, _MISSING)]
    return locales.joined((_(field.label) for field in fields), "words") or _("the name")


def _identity(kind: Kind, record: Record | None, about: Asking) -> tuple[str, str]:
    """The record's id and its name, as typed."""
    if kind.is_single:
        return kind.id, ""
    if record is not None and kind.is_of_dataset:
        return record.id, ""
    left, right = st.columns(2)
    name = left.text_input(
        _("Name"), record.name if record else "", key=f"{about.key}_name", max_chars=200
    )
    if record is not None:
        return record.id, "" if name == record.name else name
    if kind.is_of_dataset:
        chosen = right.selectbox(_("Dataset"), about.datasets, key=f"{about.key}_id")
        return str(chosen or ""), ""
    id_ = right.text_input(
        _("Id"),
        key=f"{about.key}_id",
        max_chars=80,
        help=_("Short, and the same for ever; other records name it. Left open: the name."),
    )
    return id_ or name, name


def _asked(kind: Kind, laws: Collection[str]) -> tuple[list[Field], list[Field]]:
    """The fields for the laws in scope and the record itself, and those of other laws."""
    asked = [f for f in kind.fields if not f.laws or not laws or set(f.laws) & set(laws)]
    return asked, [field for field in kind.fields if field not in asked]


def _groups(asked: Sequence[Field], record: Record | None, about: Asking) -> list[Change]:
    """The fields under their headings, a tab for each."""
    values = record.values if record else {}
    groups = {name: list(fields) for name, fields in groupby(asked, key=lambda f: f.group)}
    labels = []
    for name, fields in groups.items():
        known = sum(field.id in values for field in fields)
        labels.append(f"{_(name)} {known}/{len(fields)}")
    changes = []
    for tab, fields in zip(st.tabs(labels), groups.values(), strict=True):
        with tab:
            changes.append(ask(fields, values, about))
    return changes


def _save(
    workspace: Workspace,
    kind: Kind,
    id_: str,
    name: str,
    changes: Sequence[Change],
    *,
    is_new: bool,
) -> None:
    values = {field: value for change in changes for field, value in change.values.items()}
    forget = [field for change in changes for field in change.forget]
    if not (values or forget or name or is_new):
        st.info(_("Nothing was changed."))
        return
    with outputs.explained(_("Not recorded")):
        made = workspace.governance.register.record(
            kind.id, id_.strip(), values, name=name.strip(), forget=forget
        )
        st.session_state["register_told"] = _("{name} is recorded.").format(
            name=wording.escaped(made.name)
        )
        st.session_state["register_next"] = (kind.id, made.id)
        st.rerun()


def _mark(record: Record | None) -> str:
    """What tells one state of a record from another, so that no widget keeps an older value."""
    if record is None:
        return "new"
    return f"{zlib.crc32(repr((record.id, record.name, record.values)).encode()):x}"
