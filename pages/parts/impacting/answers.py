"""One part of an assessment: its questions, answered, drawn, proposed or open."""

from __future__ import annotations

import hashlib

import streamlit as st

from compliance.i18n import translate as _
from compliance.impact import method, progress, weighed
from compliance.impact.nouns import (
    Answer,
    Criterion,
    Impact,
    Origin,
    Part,
    Question,
    Section,
)
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording
from pages.parts.impacting import words

_ORDER = (None, True, False)


def part(workspace: Workspace, impact: Impact, found: Part) -> None:
    """All sections of a part, each a form of its own."""
    done, wanted = progress(impact, found.id)
    st.progress(
        done / wanted if wanted else 1.0,
        text=_("{done} of {wanted} required questions are answered").format(
            done=done, wanted=wanted
        ),
    )
    for section in found.sections:
        _section(workspace, impact, section)


def screening(workspace: Workspace, impact: Impact) -> None:
    """The criteria of the screening, and what they come to."""
    found = weighed(impact.screening)
    with st.expander(_("Screening: why an assessment"), icon=":material/filter_alt:"):
        st.markdown(f"{words.need_badge(found.need)} {wording.escaped(_(found.because))}")
        outputs.remark(_(method().lists))
        with st.form(f"impact_screening_{impact.id}", border=False):
            typed = {
                asked.id: _criterion(impact, asked.id, f"{asked.ref} · {_(asked.title)}", asked.ask)
                for asked in method().criteria
            }
            submitted = st.form_submit_button(
                _("Save the screening"),
                key="impact_screen_save",
                **permitted.needs("impact.screen"),
            )
    if submitted:
        changed = {
            id_: said
            for id_, said in typed.items()
            if said != _said_of(impact.screening.get(id_, Criterion(holds=None)))
        }
        with outputs.explained(_("Not saved")):
            if changed:
                workspace.governance.impacts.screen_by_hand(impact.id, changed)
                st.rerun()


def text_key(*parts: str) -> str:
    """A widget's key that is another one as soon as the stored text is another."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]
    return f"impact_text_{digest}"


def _criterion(impact: Impact, id_: str, title: str, ask: str) -> tuple[bool | None, str]:
    before = impact.screening.get(id_, Criterion(holds=None))
    key = f"{impact.id}_{id_}_{before.holds}_{before.origin}"
    one, two = st.columns([1, 2], vertical_alignment="top")
    holds = one.radio(
        title,
        _ORDER,
        index=_ORDER.index(before.holds),
        format_func=lambda said: _(words.HOLDS_WORDS[said]),
        key=f"impact_criterion_{key}",
        horizontal=True,
        help=_(ask),
    )
    text = text_key("criterion", impact.id, id_, before.why)
    words.filled(text, before.why)
    why = two.text_input(_("Why: {title}").format(title=title), key=text)
    if before.origin is not Origin.TYPED and before.why:
        said = _(words.ORIGIN_WORDS[before.origin])
        two.markdown(f":gray[:small[{said}]] {words.facts(before.facts)}")
    return holds, before.why if words.is_as_kept(why, before.why) else why.strip()


def _said_of(criterion: Criterion) -> tuple[bool | None, str]:
    return criterion.holds, criterion.why


def _section(workspace: Workspace, impact: Impact, section: Section) -> None:
    st.subheader(_(section.title))
    with st.form(f"impact_section_{impact.id}_{section.id}", border=True):
        typed = {q.id: _question(impact, q) for q in section.questions}
        proposed = [q.id for q in section.questions if _is_proposed(impact, q.id)]
        takes_over = (
            st.checkbox(
                _("I stand behind the {n} proposals of the template above").format(n=len(proposed)),
                key=f"impact_take_{impact.id}_{section.id}_{len(proposed)}",
            )
            if proposed
            else False
        )
        submitted = st.form_submit_button(
            _("Save: {section}").format(section=_(section.title)),
            key=f"impact_save_{section.id}",
            **permitted.needs("impact.answer"),
        )
    if submitted:
        changed: dict[str, str | None] = {
            id_: text
            for id_, text in typed.items()
            if not words.is_as_kept(text, impact.answers.get(id_, Answer()).text)
        }
        if takes_over:
            changed |= {id_: None for id_ in proposed if id_ not in changed}
        with outputs.explained(_("Not saved")):
            if changed:
                workspace.governance.impacts.answer_all(impact.id, changed)
                st.rerun()


def _question(impact: Impact, question: Question) -> str:
    answer = impact.answers.get(question.id, Answer())
    mark = "" if question.required else f" ({_('optional')})"
    st.markdown(words.origin_badge(answer))
    key = text_key("answer", impact.id, question.id, answer.text)
    words.filled(key, answer.text)
    typed: str = st.text_area(
        _(question.title) + mark,
        key=key,
        help=_(question.help),
        height="content",
        placeholder=_("no answer yet"),
    )
    words.beneath(answer)
    return typed


def _is_proposed(impact: Impact, question: str) -> bool:
    answer = impact.answers.get(question, Answer())
    return bool(answer.text) and answer.origin is Origin.TEMPLATE
