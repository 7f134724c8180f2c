"""Which laws are in scope: as they follow from places on record, or as an officer decided."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import laws
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

_PLACES = {
    "countries_of_establishment": "Countries with an establishment",
    "offers_to_countries": "Countries whose people it offers to, or watches",
}


def decide(workspace: Workspace) -> None:
    """Show the laws that seem to apply, with why; record places, and the officer's decision."""
    area = workspace.governance.register
    proposed = {one.law: one.because for one in area.scope()}
    said = area.typed("org", "org")
    values = said.values if said else {}
    current = list(area.laws_in_scope())
    is_decided = "laws_in_scope" in values
    _state(proposed, is_decided=is_decided)
    with st.form("organisation_scope", border=True):
        typed = {
            field: st.multiselect(
                _(label),
                wording.countries(),
                list(found) if isinstance(found := values.get(field), (list, tuple)) else [],
                format_func=wording.country,
                key=f"organisation_{field}_{_mark(values)}",
                placeholder=_("not recorded"),
            )
            for field, label in _PLACES.items()
        }
        chosen = st.multiselect(
            _("Laws in scope"),
            list(laws()),
            current,
            format_func=lambda law: _(laws()[law]),
            key=f"organisation_laws_{_mark((values, current))}",
            placeholder=_("none"),
            help=_("Left as proposed, they go on following the places on record."),
        )
        one, two = st.columns([1, 4])
        recorded = one.form_submit_button(
            _("Record laws"),
            key="organisation_record_laws",
            **permitted.needs("register.record"),
        )
        followed = is_decided and two.form_submit_button(
            _("Follow what is proposed"),
            key="organisation_follow",
            **permitted.needs("register.record"),
        )
    if not (recorded or followed):
        return
    new: dict[str, object] = {field: value for field, value in typed.items() if value}
    forget = [field for field, value in typed.items() if not value and field in values]
    if followed:
        forget.append("laws_in_scope")
    elif chosen != current:
        new["laws_in_scope"] = chosen or None
    with outputs.explained(_("Not recorded")):
        if new or forget:
            area.record("org", "org", new, forget=forget)
        st.rerun()


def _state(proposed: dict[str, tuple[str, ...]], *, is_decided: bool) -> None:
    if is_decided:
        st.markdown(_("An officer decided which laws are in scope. From places on record follow:"))
    elif proposed:
        st.markdown(_("These laws follow from the places on record; you may decide otherwise."))
    if not proposed:
        st.markdown(
            _("No place is on record from which a law would follow: say where the organisation is.")
        )
        return
    st.markdown(
        "\n".join(
            f"- {wording.titled(_(laws()[law]), wording.escaped(_sentences(because)))}"
            for law, because in proposed.items()
        )
    )


def _sentences(because: Iterable[str]) -> str:
    return locales.joined(map(_, because), "sentences")


def _mark(values: object) -> str:
    """What tells one state from another, so that no widget keeps an older value."""
    return f"{zlib.crc32(repr(values).encode()):x}"
