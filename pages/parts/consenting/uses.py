"""What each dataset may be used for, and what was left out of something that was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rights.nouns import Barrier, Usable
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.consenting.words import BARRIERS


def shown(found: Sequence[Usable]) -> None:
    """Each dataset with each purpose: how many rows may be used, and why not the others."""
    st.header(_("What may be used"))
    outputs.remark(
        _(
            "Releases, training, deployments, invented rows and outputs use these rows only. "
            "Discovery, checks and searches for a person look at all rows."
        )
    )
    number = st.column_config.NumberColumn(format="localized")
    counted = [_("Rows"), _("People"), *(_(word) for _barrier, word in _barriers(found))]
    outputs.table(
        [
            {
                _("Dataset"): one.dataset_id.rpartition("@")[0],
                _("For"): one.purpose or _("not recorded"),
                _("Answer"): _answer(one),
                _("Rows"): one.rows,
                _("People"): one.people,
                **{_(word): one.left_out.get(barrier, 0) for barrier, word in _barriers(found)},
            }
            for one in found
        ],
        key="consent_uses",
        alt=_("How many rows of each dataset may be used for each purpose, and why not the others"),
        column_config=dict.fromkeys(counted, number),
    )
    for one in found:
        if one.is_blocked:
            name = one.dataset_id.rpartition("@")[0]
            st.warning(
                wording.escaped(_("{name}: {why}.").format(name=name, why=_(one.why))),
                icon=":material/block:",
            )


def left_out(told: Usable) -> None:
    """Above what is about to be made: what will be left out of it; nothing where nothing is."""
    if told.is_blocked:
        st.error(
            wording.escaped(_("{sentence}.").format(sentence=_(told.why))),
            title=_("This may not be used"),
        )
    elif told.left_out:
        st.info(_sentence(told.left_out, told.people_left_out), icon=":material/how_to_reg:")


def were_left_out(workspace: Workspace, made: str) -> None:
    """Beside what was made: what was left out of it; nothing where nothing was."""
    for one in workspace.rights.consents.used(made):
        outputs.remark(wording.escaped(_sentence(one.left_out, one.people_left_out)))


def _sentence(rows: Mapping[Barrier, int], people: int) -> str:
    reasons = locales.joined(
        (
            f"{_(BARRIERS[barrier]).lower()} {outputs.count(number)}"
            for barrier, number in rows.items()
        ),
        "words",
    )
    number = sum(rows.values())
    which = _("one row") if number == 1 else _("{n} rows").format(n=outputs.count(number))
    whose = _("one person") if people == 1 else _("{n} people").format(n=outputs.count(people))
    if not people:  # rows that nobody is named in
        return _("Left out: {rows} ({reasons}).").format(rows=which, reasons=reasons)
    return _("Left out: {rows} of {people} ({reasons}).").format(
        rows=which, people=whose, reasons=reasons
    )


def _answer(one: Usable) -> str:
    if one.is_blocked:
        return _("nothing")
    return _("some rows") if one.left_out else _("all rows")


def _barriers(found: Sequence[Usable]) -> list[tuple[Barrier, str]]:
    """The barriers that keep anything out."""
    return [(b, word) for b, word in BARRIERS.items() if any(b in one.left_out for one in found)]
