"""Plain words beside numbers: what a term means, its picture, and the way to the glossary."""

from __future__ import annotations

import streamlit as st

from compliance.glossary import glossary, of_page
from compliance.glossary.nouns import Term
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import language, navigation, wording
from pages.parts.figures import meanings, showing


def headed(page: st.Page, workspace: Workspace) -> None:
    """The title of a page, and beside it what the words on it mean."""
    found = of_page(navigation.row_of(page, workspace).name)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title(page.title)
        if found:
            with st.popover(_("Words on this page"), icon=":material/menu_book:"):
                st.markdown("\n\n".join(map(_line, found)))
                navigation.link("glossary", _("All words and pictures"))


@language.fragment
def explained(place: str, *ids: str) -> None:
    """Plain words and a picture beside a number or heading, behind one quiet button.

    They are drawn when they are asked for, without the rest of the page.

    Args:
        place: where, as `page_thing`; told apart from other places on the page.
        ids: terms of the glossary.
    """
    terms = [glossary().terms[id_] for id_ in ids]
    names = locales.joined((_(one.name) for one in terms), "words")
    label = _("In plain words: {terms}").format(terms=names)
    told = st.popover(label, icon=":material/help:", key=f"{place}_words", on_change="rerun")
    if not told.open:
        return
    with told:
        for one in terms:
            st.markdown(_line(one))
        for name in dict.fromkeys(one.picture for one in terms if one.picture):
            pictured(name, f"{place}_{name}")
        for one in terms:
            words = _("More on {term}").format(term=_(one.name))
            navigation.link("glossary", words, term=one.id)


def pictured(name: str, place: str) -> None:
    """A picture of the glossary, with its finding in words."""
    found = meanings.picture(name)
    showing.chart(found.figure, key=f"{place}_picture", alt=found.says)
    st.markdown(f":gray[:small[{wording.escaped(found.says)}]]")


def short(id_: str) -> str:
    """What a term means in one sentence, for the help of a widget or metric."""
    return wording.escaped(_(glossary().terms[id_].short))


def _line(one: Term) -> str:
    return f"**{wording.escaped(_(one.name))}** · {wording.escaped(_(one.short))}"
