"""ε and k beside what others publish: each with its unit, and why others do not compare."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.glossary import thresholds
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy import beside
from compliance.privacy.nouns import Budget, Price
from compliance.privacy.nouns.disclosure import Compared
from pages.parts import explaining, outputs, wording


def of_loss(page: str, asked: Budget | Price, *terms: str, kind: str = "person") -> None:
    """Where an ε lies among public deployments of the same unit; all of them for who opens it.

    Args:
        page: whose widget it is.
        terms: of the glossary, to be explained beside it.
        kind: what is hidden as a whole: person, device, site.
    """
    found = beside(asked.epsilon, asked.delta, kind)
    with st.container(horizontal=True):
        if terms:
            explaining.explained(f"{page}_loss", *terms)
        opened = st.popover(
            _("Beside public releases"),
            icon=":material/straighten:",
            key=f"{page}_yardstick",
            on_change="rerun",
        )
    outputs.remark(wording.escaped(_(found.says)))
    if not opened.open:
        return
    with opened:
        st.markdown(_("**The same unit**") if found.comparable else _("None has the same unit."))
        _deployments(found.comparable, f"{page}_comparable")
        st.markdown(_("**Other units, which do not compare**"))
        _deployments(found.others, f"{page}_others")
        outputs.remark(
            _(
                "From OpenDP’s registry of deployments, as of {day}; no record of it is approved."
            ).format(day=locales.dated(found.as_of))
        )


def _deployments(rows: Sequence[Compared], key: str) -> None:
    if not rows:
        return
    outputs.table(
        [
            {
                "ε": "–" if one.epsilon is None else locales.formatted(float(one.epsilon), ".4g"),
                "δ": locales.formatted(one.delta, "g") if one.delta else "–",
                _("Unit"): _(one.deployment.unit),
                _("What"): one.deployment.name,
                _("Who"): one.deployment.curator,
                _("Year"): str(one.deployment.year),
                _("Remark"): _(one.says),
                _("Source"): one.deployment.source,
            }
            for one in rows
        ],
        key=key,
        alt=_("Public deployments with ε, δ, unit and source"),
    )


def of_groups(k: int) -> None:
    """Where a smallest group of `k` lies among the sizes that others ask for."""
    met = [one for one in thresholds() if k >= one.k]
    short = [one for one in thresholds() if k < one.k]
    sides = [(_("reaches {sizes}"), met), (_("stays below {sizes}"), short)]
    parts = [
        stands.format(
            sizes=locales.joined(
                (
                    _("{k} ({who}, {of})").format(k=one.k, who=one.who, of=_(one.of))
                    for one in found
                ),
                "words",
            )
        )
        for stands, found in sides
        if found
    ]
    outputs.remark(
        _("Beside what others ask for: k = {k} {stands}.").format(
            k=outputs.count(k), stands=_("; ").join(parts)
        )
    )
