"""What the words on the pages mean, in plain words and pictures."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from compliance.glossary import find, glossary
from compliance.glossary.nouns import Term
from compliance.i18n import locales
from compliance.i18n import translate as _
from pages.parts import explaining, language, navigation, outputs, wording

PARAMETER = "term"  # of the address

book = glossary()


def meta(one: Term) -> str:
    """What others call it, where the law speaks of it, and what to look at next."""
    lines = [f"{_('In papers and standards:')} {wording.escaped(one.standard)}"]
    if one.origin:
        lines.append(f"{_('From:')} {wording.escaped(one.origin)}")
    if one.law:
        lines.append(f"{_('In the law:')} {', '.join(one.law)}")
    if one.see:
        near = locales.joined((_(book.terms[id_].name) for id_ in one.see), "words")
        lines.append(f"{_('See also:')} {wording.escaped(near)}")
    return "  \n".join(f":gray[:small[{line}]]" for line in lines)


def opened(one: Term) -> None:
    """A term that the address names, with its picture and the pages that use it."""
    with st.container(border=True):
        st.header(wording.escaped(_(one.name)))
        words, drawing = st.columns([3, 2]) if one.picture else (st.container(), None)
        with words:
            st.markdown(f"**{wording.escaped(_(one.short))}**")
            st.markdown(wording.escaped(_(one.long)))
            st.markdown(meta(one))
        if drawing is not None:
            with drawing:
                explaining.pictured(one.picture, f"glossary_{one.id}")
        with st.container(horizontal=True):
            for id_ in one.see:
                # A link to the page itself looks the same with the focus and without.
                st.button(
                    _(book.terms[id_].name),
                    key=f"glossary_see_{id_}",
                    type="tertiary",
                    icon=":material/menu_book:",
                    on_click=look_up,
                    args=(id_,),
                )
        if one.pages:
            outputs.remark(_("Pages that use it:"))
            with st.container(horizontal=True):
                for page in one.pages:
                    navigation.link(page)
        st.button(_("Close"), key="glossary_close", icon=":material/close:", on_click=close)


@language.callback
def look_up(id_: str) -> None:
    st.query_params[PARAMETER] = id_


@language.callback
def close() -> None:
    st.query_params.pop(PARAMETER, None)


def folded(one: Term) -> None:
    """A term of the list, to be unfolded; what is closed is not sent, for there are many."""
    title = f"**{wording.escaped(_(one.name))}** · {wording.escaped(_(one.short))}"
    with outputs.folded(title, f"glossary_open_{one.id}") as is_open:
        if not is_open:
            return
        st.markdown(wording.escaped(_(one.long)))
        st.markdown(meta(one))
        if one.picture and st.toggle(_("With its picture"), key=f"glossary_picture_{one.id}"):
            explaining.pictured(one.picture, f"glossary_list_{one.id}")


def terms_of(theme: str) -> list[Term]:
    return [one for one in book.terms.values() if one.theme == theme]


def listed(terms: Sequence[Term]) -> None:
    for one in terms:
        folded(one)


def searched(found: Sequence[Term]) -> None:
    """The terms that have the words, under the headings of their themes."""
    if not found:
        st.markdown(_("No term has these words. Try fewer, or a part of one."))
    for theme, heading in book.themes.items():
        terms = [one for one in found if one.theme == theme]
        if terms:
            st.header(_(heading))
            listed(terms)


outputs.remark(
    _("What the words of the desk mean, and what they do not mean. One thing has one name here.")
)
chosen = book.terms.get(st.query_params.get(PARAMETER, ""))
if chosen is not None:
    opened(chosen)
asked = st.text_input(
    _("Search"),
    key="glossary_search",
    placeholder=_("a word, such as margin or consent"),
    width=420,
    icon=":material/search:",
)
if asked.strip():
    searched(find(asked))
else:
    outputs.tabbed(
        "glossary_tabs",
        {_(heading): partial(listed, terms_of(theme)) for theme, heading in book.themes.items()},
    )
outputs.remark(
    _("{source} As of {day}.").format(
        source=wording.escaped(_(book.source)), day=locales.dated(book.as_of)
    )
)
