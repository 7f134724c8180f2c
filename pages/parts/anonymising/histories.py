"""Purchase histories: no few things that somebody bought may point to them alone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.anonymise.nouns.record import AnonymisedBaskets, BasketPlan, ItemOrder
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import navigation, outputs, wording
from pages.parts.anonymising import progress, words
from pages.parts.consenting import uses

_ITEMS = ("product_id", "product_name")
_ORDERS = {
    ItemOrder.DEMAND: "Bought by about as many people",
    ItemOrder.CODE: "Codes that begin alike",
}


def items(dataset: Dataset, found: Discovery) -> list[str]:
    """The columns that may say what was bought; without one that says who, there is no history."""
    if dataset.description.unit is None:
        return []
    return [str(label.column) for label in found.labels if label.semantic_type in _ITEMS]


def histories(workspace: Workspace, dataset: Dataset, offered: Sequence[str]) -> None:
    """A plan for who bought what, the button, and what was made."""
    outputs.remark(
        _(
            "Whoever knows a few things that a customer bought can often find all the others. Here "
            "products are put together until every few of them were bought by several people."
        )
    )
    plan = _plan(dataset, offered)
    into = st.text_input(
        _("Name of the output"),
        f"{dataset.name[:64]}-baskets",
        max_chars=80,
        key=f"anonymise_baskets_into_{dataset.id}",
        width=420,
    )
    if st.button(
        _("Anonymise the histories"), key="anonymise_baskets", icon=":material/shopping_basket:"
    ):
        asked = workspace.anonymisation.anonymise_baskets(dataset.name, plan, into)
        with outputs.explained(_("Not handed on")):
            made = progress.watched(asked, counted=0.8).made
            st.success(_("Made, checked and stored as {name}.").format(name=wording.escaped(made)))
    past = workspace.anonymisation.baskets(dataset.name)
    if past:
        _shown(workspace, past)


def _plan(dataset: Dataset, offered: Sequence[str]) -> BasketPlan:
    one, two, three, four = st.columns(4)
    item = one.selectbox(_("What was bought"), offered, key=f"anonymise_item_{dataset.id}")
    k = two.number_input(_("People who share it, at least"), 2, 1_000, 5, key="anonymise_basket_k")
    m = three.number_input(
        _("Things an attacker knows, at most"), 1, 3, 2, key="anonymise_basket_m"
    )
    order = four.selectbox(
        _("Which products go together"),
        list(_ORDERS),
        format_func=lambda one: _(_ORDERS[one]),
        key="anonymise_basket_order",
    )
    person = dataset.description.unit or ColumnName("")
    return BasketPlan(person=person, item=ColumnName(item), k=int(k), m=int(m), order=order)


def _shown(workspace: Workspace, past: Sequence[AnonymisedBaskets]) -> None:
    titles = [f"{outputs.moment(one.made_at)} · {one.made}" for one in past]
    picked = st.selectbox(_("Histories so far"), titles, key=f"anonymise_baskets_done_{len(past)}")
    done = past[titles.index(picked) if picked in titles else 0]
    one, other = done.before, done.after
    outputs.table(
        [
            {_("Measure"): name, _("Before"): before, _("After"): after, _("Good is"): good}
            for name, before, after, good in (
                (_("People"), outputs.count(one.persons), outputs.count(other.persons), _("more")),
                (
                    _("Products told apart"),
                    outputs.count(one.items),
                    outputs.count(other.items),
                    _("more"),
                ),
                (
                    _("People who share the rarest {m} things").format(m=done.plan.m),
                    outputs.count(one.k),
                    outputs.count(other.k),
                    _("more"),
                ),
                (
                    _("People whom {m} things point to alone").format(m=done.plan.m),
                    outputs.count(one.singled_out),
                    outputs.count(other.singled_out),
                    _("fewer"),
                ),
                (_("Detail kept"), words.percent(1), words.percent(1 - done.losses.ncp), _("more")),
                (
                    _("Purchases left out"),
                    words.percent(0),
                    words.percent(done.losses.suppressed_share),
                    _("less"),
                ),
            )
        ],
        key=f"anonymise_baskets_{done.id}",
        alt=_("Each measure of the histories before and after"),
    )
    uses.were_left_out(workspace, done.id)
    with (
        outputs.explained(_("Not handed on")),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        workspace.rights.consents.check_still(done.dataset_id, done.id)
        st.download_button(
            _("Download the histories (CSV)"),
            lambda: workspace.anonymisation.output(done),
            f"{done.made.rpartition('@')[0]}.csv",
            "text/csv",
            on_click="ignore",
            key=f"anonymise_baskets_download_{done.id}",
            icon=":material/download:",
        )
        navigation.link("datasets", _("See it among the datasets"))
