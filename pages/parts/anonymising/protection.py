"""What must hold of the output: group size, sensitive values, rows that may go, and the method."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.anonymise.nouns import Criterion, LossKind, Method, Model
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import outputs, wording
from pages.parts.anonymising import drafts, words
from pages.parts.anonymising.drafts import Draft

KS = (2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100)
_NONE = "none"
_USUAL_MOST_PERCENT = 20
_LONGEST_S = 600


def ks_of(draft: Draft) -> tuple[int, ...]:
    """The group sizes that the slider offers; the plan's own is among them."""
    return tuple(sorted({*KS, max(draft.plan.k, 1)}))


def has_several_rows(dataset: Dataset) -> bool:
    """Whether somebody stands in several rows, as far as a column says whose each row is."""
    unit = dataset.description.unit
    return unit is not None and dataset.column(unit).distinct < dataset.rows


def sliders(draft: Draft, dataset: Dataset) -> Draft:
    """k, and how many rows may be left out."""
    if has_several_rows(dataset):
        st.info(
            _(
                "Some people have several rows. What is made holds k different people in every "
                "group; the picture of all choices counts rows, so that its best may be finer."
            ),
            icon=":material/groups:",
        )
    left, right = st.columns(2)
    key = f"{draft.place}_{draft.edition}"
    with left:
        k = st.select_slider(
            _("At least so many people look alike (k)"),
            ks_of(draft),
            max(draft.plan.k, 1),
            key=f"anonymise_k_{key}",
            help=_("Whoever looks for one person finds k of them. More is safer and coarser."),
        )
    all_of_it = st.session_state.get(f"anonymise_any_{key}", False)
    most = 100 if all_of_it or draft.plan.suppression_limit > 0.2 else _USUAL_MOST_PERCENT
    with right:
        percent = st.slider(
            _("Rows that may be left out, %"),
            0,
            most,
            min(most, round(100 * draft.plan.suppression_limit)),
            key=f"anonymise_limit_{key}_{most}",
            help=_("Leaving out a few rare people keeps more detail for all others."),
        )
    if k != draft.plan.k:
        draft = drafts.with_k(draft, k)
    if percent != round(100 * draft.plan.suppression_limit):
        draft = replace(draft, plan=replace(draft.plan, suppression_limit=percent / 100))
    return draft


def sensitive(draft: Draft) -> Draft:
    """What is asked of each sensitive column, in words."""
    if not draft.sensitive:
        st.markdown(_("No column is marked as sensitive, so none is protected within groups."))
    criteria = [c for c in draft.plan.criteria if c.column is None]
    for column in draft.sensitive:
        criteria += _of_column(draft, column)
    carried = [c for c in criteria if c.column is None and c.model is not Model.K_ANONYMITY]
    if carried:
        outputs.remark(
            _("From the plan’s file, too: {models}.").format(
                models=locales.joined((str(c.model).replace("_", " ") for c in carried), "words")
            )
        )
    return replace(draft, plan=replace(draft.plan, criteria=tuple(criteria)))


def _of_column(draft: Draft, column: ColumnName) -> list[Criterion]:
    """The criteria of one column; those that are not offered here stay as the file has them."""
    asked = draft.asked(column)
    first = next((c for c in asked if c.model in words.OFFERS), None)
    others = [c for c in asked if c is not first]
    key = f"{draft.place}_{draft.edition}_{column}"
    left, right = st.columns([3, 2])
    options = [_NONE, *map(str, words.OFFERS)]
    picked = left.selectbox(
        _("“{column}” within each group").format(column=column),
        options,
        options.index(first.model) if first else 0,
        format_func=lambda one: (
            _("Not protected further") if one == _NONE else _(words.OFFERS[Model(one)].says)
        ),
        key=f"anonymise_model_{key}",
        help=_("A group that is all “ill” tells who is ill, however large it is."),
    )
    if others:
        named = locales.joined((str(c.model).replace("_", " ") for c in others), "words")
        outputs.remark(_("From the plan’s file, too: {models}.").format(models=named))
    if picked == _NONE:
        return others
    return [_bounded(right, Model(picked), column, first, key), *others]


def _bounded(
    place: DeltaGenerator, model: Model, column: ColumnName, before: Criterion | None, key: str
) -> Criterion:
    """The criterion with its number as typed; at first what is usual."""
    offer = words.OFFERS[model]
    usual = before if before and before.model is model else None
    is_whole = offer.step == 1
    kind = int if is_whole else float
    value = place.number_input(
        _(offer.bound),
        kind(offer.least),
        kind(max(offer.most, usual.value if usual else 0)),
        kind(usual.value if usual else offer.usual),
        kind(offer.step),
        key=f"anonymise_bound_{key}_{model}",
        help=_(offer.help),
    )
    c = usual.c if usual else 3.0
    if model is Model.RECURSIVE_CL:
        c = place.number_input(_("c"), 0.1, 100.0, c, 0.5, key=f"anonymise_c_{key}")
    else:
        c = 1.0
    return Criterion(model=model, value=value, column=column, c=c)


def search(draft: Draft) -> Draft:
    """How values become coarser, and what is made small on the way."""
    key = f"{draft.place}_{draft.edition}"
    methods, kinds = list(Method), list(LossKind)
    method = st.radio(
        _("Method"),
        methods,
        methods.index(draft.plan.method),
        format_func=lambda one: _(words.METHOD_WORDS[one]),
        horizontal=True,
        key=f"anonymise_method_{key}",
    )
    outputs.remark(_(words.METHOD_CAPTIONS[method]))
    with st.expander(_("Advanced"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        loss = left.selectbox(
            _("What is made as small as can be"),
            kinds,
            kinds.index(draft.plan.loss),
            format_func=lambda one: _(words.LOSS_WORDS[one]),
            key=f"anonymise_loss_{key}",
        )
        seconds = middle.number_input(
            _("Longest search, seconds"),
            1,
            _LONGEST_S * 6,
            None if draft.plan.time_limit_s is None else int(draft.plan.time_limit_s),
            placeholder=_("no limit"),
            key=f"anonymise_time_{key}_{draft.plan.time_limit_s is None}",
            help=_("After it the best so far is taken; how far it can be from the best is said."),
        )
        right.toggle(
            _("Allow leaving out more than 20 % of rows"),
            draft.plan.suppression_limit > _USUAL_MOST_PERCENT / 100,
            key=f"anonymise_any_{key}",
        )
        if draft.plan.population:
            outputs.remark(
                _("The people were drawn from the dataset {name}, as the file says.").format(
                    name=wording.escaped(draft.plan.population)
                )
            )
    plan = replace(
        draft.plan,
        method=method,
        loss=loss,
        time_limit_s=None if seconds is None else float(seconds),
    )
    return replace(draft, plan=plan)
