"""Risk as it stands: four facts, what singles people out, and which columns count."""

from __future__ import annotations

import streamlit as st

from compliance.anonymise.nouns import Measures
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Singling, SinglingOut
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import explaining, outputs, wording, yardsticks
from pages.parts.anonymising import drafts, words
from pages.parts.anonymising.drafts import Draft

_SHOWN = 8


def columns(draft: Draft, dataset: Dataset) -> Draft:
    """Choose which columns point to people together, and which are sensitive."""
    names = [str(name) for name in dataset.column_names if name != dataset.description.unit]
    left, right = st.columns(2)
    quasi = left.multiselect(
        _("An attacker may know (quasi-identifiers)"),
        names,
        [str(name) for name in draft.plan.columns],
        key=f"anonymise_quasi_{draft.place}_{draft.edition}",
        persist_state="session",
        placeholder=_("choose columns"),
        help=_("Columns whose values others know of a person, or can look up: age, sex, place."),
    )
    if quasi != list(draft.plan.columns):
        draft = drafts.with_columns(draft, dataset, quasi)
    others = [name for name in names if name not in quasi]
    sensitive = right.multiselect(
        _("Nobody should learn (sensitive)"),
        others,
        [str(name) for name in draft.sensitive if name in others],
        key=f"anonymise_sensitive_{draft.place}_{draft.edition}_{'_'.join(quasi)}",
        placeholder=_("none"),
        help=_("Columns whose values would harm or embarrass: illness, income, what was bought."),
    )
    if sensitive != list(draft.sensitive):
        draft = drafts.with_sensitive(draft, dataset, sensitive)
    return draft


def now(workspace: Workspace, dataset: Dataset, draft: Draft) -> None:
    """How easily people are picked out by the chosen columns, and by any others."""
    quasi, secrets = tuple(draft.plan.columns), draft.sensitive
    anonymisation = workspace.anonymisation
    if quasi:
        found = drafts.kept(
            "risk",
            (dataset.id, quasi, secrets),
            lambda: anonymisation.risk(dataset.name, quasi, secrets),
        )
        facts(found)
        yardsticks.of_groups(found.k)
        explaining.explained("anonymise_risk", "k", "prosecutor", "marketer")
    if dataset.description.unit is None:
        outputs.remark(
            _("No column is named that tells people apart, so each row counts as a person.")
        )
    singled = drafts.kept("singled", draft.place, lambda: anonymisation.singling_out(dataset.name))
    _singled(singled)


def facts(found: Measures) -> None:
    """Four numbers, each with its direction."""
    # Somebody with several rows appears in several groups, and may be alone in each.
    everybody = sum(size * count for size, count in found.sizes)
    alone = found.uniques / everybody if everybody else 0.0
    fewer, more, less = _("fewer is better"), _("more is better"), _("less is better")
    boxes = (
        (_("Alone with their values"), words.one_in(alone) if alone else _("nobody"), fewer),
        (_("Smallest group (k)"), outputs.count(found.k), more),
        (_("Easiest person to find"), words.percent(found.prosecutor.max), less),
        (_("Right links expected"), words.percent(found.marketer.mean), less),
    )
    with st.container(horizontal=True):
        for box in boxes:
            outputs.fact(*box)
    is_one_each = found.people in (None, everybody)
    alone_says = (
        _("By these columns, {n} of {all} people are the only ones with their values")
        if is_one_each
        else _(
            "People appear with {all} combinations of values; {n} of these are one person’s alone"
        )
    )
    st.markdown(
        alone_says.format(n=outputs.count(found.uniques), all=outputs.count(everybody))
        + _(
            ", and the smallest group that looks alike has {k}. Who looks for the easiest person "
            "picks the right one with a chance of {most}; who links all of them is right for "
            "{mean}."
        ).format(
            k=outputs.count(found.k),
            most=words.percent(found.prosecutor.max),
            mean=words.percent(found.marketer.mean),
        )
    )


def _singled(found: SinglingOut) -> None:
    """Which columns, alone and together, leave people alone."""
    telling = sorted((*found.together, *found.each), key=lambda one: (-one.alone, len(one.columns)))
    telling = [one for one in telling if one.alone]
    if not telling:
        st.markdown(_("No few columns together leave anybody alone with their values."))
        return
    first = telling[0]
    st.markdown(
        _("**{columns}** {together}: {n} of 100 people stand alone.").format(
            columns=wording.escaped(locales.listed(first.columns)),
            together=_("together") if len(first.columns) > 1 else _("by itself"),
            n=_hundred(first),
        )
    )
    with outputs.folded(
        _("Which columns single people out"),
        "anonymise_singling_out",
        icon=":material/person_search:",
    ) as is_open:
        if not is_open:
            return
        outputs.table(
            [
                {
                    _("Columns"): locales.listed(one.columns),
                    _("Of 100 people stand alone"): _hundred(one),
                    _("People"): outputs.count(one.alone),
                    _("Of"): outputs.count(one.of),
                }
                for one in telling[:_SHOWN]
            ],
            key="anonymise_singling",
            alt=_("Columns and how many of 100 people are the only ones with their values"),
        )
        if not found.is_exhaustive:
            outputs.remark(
                _("{n} combinations of up to four columns were looked at; there are more.").format(
                    n=outputs.count(found.examined)
                )
            )


def _hundred(one: Singling) -> str:
    share = 100 * one.alone / one.of if one.of else 0.0
    return locales.formatted(share, ".0f") if share >= 1 or not share else "< 1"
