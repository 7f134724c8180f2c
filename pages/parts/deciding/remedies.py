"""Remedies side by side, each with what it would change; applied, with what it did change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.register.nouns import Field, FieldType
from compliance.rules.nouns import DOES_NOT_END, Applied, Effect, Finding, Remedy, Status, Turn
from compliance.workspace.mending.offering import Mending
from pages.parts import language, navigation, outputs, permitted, wording
from pages.parts.anonymising.progress import watched
from pages.parts.deciding import words

_BESIDE = 3
_MOST_TURNS = 5
_CHANGES_ROWS = ("drop", "mask", "generalise", "shorten", "re-consent")


def shown(mending: Mending, finding: Finding) -> None:
    """The remedies of a finding, tried when asked for; and what was applied before."""
    for done in mending.applied(finding.id):
        if done.id != st.session_state.get("decisions_last"):
            applied(done)
    if finding.status is Status.CLOSED:
        return
    st.subheader(_("Remedies"))
    _ordered(mending)
    if not permitted.told("rows.see"):
        return
    found = mending.known_remedies(finding.id)
    if found is None:
        outputs.remark(
            _(
                "Each remedy is tried on the real rows in memory: which verdicts turn, which risk "
                "falls, what is lost. Nothing is stored until you apply one."
            )
        )
        if st.button(_("Try the remedies"), key="decisions_try"):
            with outputs.explained(_("Not tried")):
                mending.remember(finding.id, watched(mending.trying(finding.id)))
                st.rerun()
        return
    outputs.remark(
        _(
            "First those that end this finding; of these, those that the desk can apply and that "
            "begin no other; then those that keep most of the data; then those that end most "
            "others."
        )
    )
    for first in range(0, len(found), _BESIDE):
        for place, column in enumerate(st.columns(_BESIDE)[: len(found) - first]):
            with column, st.container(border=True, height="stretch"):
                _card(mending, finding, found[first + place], first + place)


def last(mending: Mending) -> None:
    """What this visitor applied last, until it is put away."""
    id_ = st.session_state.get("decisions_last")
    done = next((one for one in mending.applied() if one.id == id_), None) if id_ else None
    if done is None:
        return
    applied(done)
    if st.button(_("Put this away"), key="decisions_away"):
        del st.session_state["decisions_last"]
        st.rerun()


def applied(done: Applied) -> None:
    """A remedy that was applied: predicted beside actual."""
    predicted, actual = done.remedy.predicted, done.actual
    is_same = _measures(predicted) == _measures(actual)
    with st.container(border=True, key=f"decisions_applied_{done.id.replace('-', '_')}"):
        what = wording.escaped(_(done.remedy.what))
        st.markdown(f"**{_('{title}: {words}').format(title=_('Applied'), words=what)}**")
        look = ("check_circle", "green") if is_same else ("error", "red")
        said = _("came as predicted") if is_same else _("came otherwise than predicted")
        st.markdown(
            f"{wording.badge(look, said)} "
            f":gray[{outputs.moment(done.applied_at)} · {wording.escaped(done.actor)}]"
        )
        outputs.table(
            [
                {_("Measure"): name, _("Predicted"): before, _("Actual"): after}
                for (name, before), after in zip(
                    _measures(predicted).items(), _padded(predicted, actual), strict=True
                )
            ],
            key=f"decisions_outcome_{done.id.replace('-', '_')}",
            alt=_("What was predicted of the remedy beside what came of it"),
        )


def _padded(predicted: Effect, actual: Effect) -> list[str]:
    found = _measures(actual)
    return [found.get(name, "–") for name in _measures(predicted)]


def _measures(found: Effect) -> dict[str, str]:
    """An effect as rows of a table."""
    rows = {_("Score"): f"{words.score(found.score_before)} → {words.score(found.score_after)}"}
    if found.risk_before is not None:
        rows[_("Highest risk")] = (
            f"{words.risk(found.risk_before)} → {words.risk(found.risk_after)}"
        )
    if found.kept is not None:
        rows[_("Kept of what the rows say")] = words.kept(found)
    rows |= {name.capitalize(): text for name, text in found.lost.items()}
    for turn in found.turns:
        rows[f"{_(turn.title)} · {wording.subject(turn.subject)}"] = _turned(turn)
    return rows


def _turned(turn: Turn) -> str:
    return f"{_(str(turn.before))} → {_(str(turn.after))}"


def _card(mending: Mending, finding: Finding, remedy: Remedy, number: int) -> None:
    found = remedy.predicted
    ends = any(t.key == finding.key and str(t.after) in _ENDED for t in found.turns)
    look, said = (
        (("check_circle", "green"), _("ends this finding"))
        if ends
        else (("remove_circle", "gray"), _("does not end it"))
    )
    st.markdown(f"**{wording.escaped(_(remedy.what))}**")
    st.markdown(wording.badge(look, said))
    with st.container(horizontal=True):
        st.metric(
            _("Score"), words.score(found.score_after), _change(found), help=_("Before → after")
        )
        if found.risk_after is not None:
            st.metric(
                _("Highest risk"),
                words.risk(found.risk_after),
                _("from {before}").format(before=words.risk(found.risk_before)),
                delta_color="off",
                delta_arrow="off",
            )
        if found.kept is not None:
            st.metric(_("Kept"), words.kept(found))
    reasons = [reason for reason in remedy.reasons if reason != DOES_NOT_END]
    st.markdown("\n".join(f"- {wording.escaped(_(reason))}" for reason in reasons))
    _turns(found)
    if remedy.can_apply:
        if st.button(
            _("Apply …"), key=f"decisions_apply_{number}", **permitted.needs("remedy.apply")
        ):
            _apply(mending, finding, remedy)
    elif navigation.is_page(remedy.page):
        navigation.link(remedy.page, _("Done on another page"))


_ENDED = ("met", "not applicable")


def _change(found: Effect) -> str | None:
    if found.score_before is None or found.score_after is None:
        return None
    change = found.score_after - found.score_before
    return locales.formatted(change, "+.3g") if change else None


def _turns(found: Effect) -> None:
    if not found.turns:
        return
    with st.expander(_("Verdicts that turn ({n})").format(n=len(found.turns))):
        for turn in found.turns[: _MOST_TURNS * 8]:
            st.markdown(
                f"{outputs.state_badge(turn.before)} → {outputs.state_badge(turn.after)} "
                f"{wording.escaped(f'{_(turn.title)} · {wording.subject(turn.subject)}')}"
            )


@language.dialog(mark("Apply this remedy?"))
def _apply(mending: Mending, finding: Finding, remedy: Remedy) -> None:
    st.markdown(f"**{wording.escaped(_(remedy.what))}**")
    st.markdown(_consequence(remedy))
    lost = [
        wording.about(_(name), wording.escaped(text))
        for name, text in remedy.predicted.lost.items()
    ]
    if lost:
        st.markdown("\n".join(f"- {one}" for one in lost))
    fields = mending.fields(remedy)
    for field in fields:
        _ask(field)
    if st.button(
        _("Apply it"),
        type="primary",
        key="decisions_applied",
        on_click=_order,
        args=(finding.id, remedy.id, fields),
    ):
        st.rerun()  # closes the dialog; the page applies it, and shows how far it is


@language.callback
def _order(finding: str, remedy: str, fields: Sequence[Field]) -> None:
    """Have a remedy applied by the run of the page that follows, once."""
    answers = {field.id: text for field in fields if (text := _said(field))}
    st.session_state["decisions_order"] = (finding, remedy, answers)


def _ordered(mending: Mending) -> None:
    """Apply what was ordered in the dialog."""
    order = st.session_state.pop("decisions_order", None)
    if order is None:
        return
    with outputs.explained(_("Not applied")):
        done = watched(mending.applying(*order))
        st.session_state["decisions_last"] = done.id
        st.rerun()


def _consequence(remedy: Remedy) -> str:
    """What will happen, in words."""
    if str(remedy.kind) in _CHANGES_ROWS:
        return _(
            "A new version of **{target}** takes the place of the one before, with its description "
            "and labels; the old version stays on record. Every duty is tested again at once."
        ).format(target=wording.escaped(remedy.target))
    return _("This is put on record in your name. Every duty is tested again at once.")


def _key(field: Field) -> str:
    return f"decisions_said_{field.id}"


def _ask(field: Field) -> None:
    """A widget for something that an officer has to say."""
    key, label, help_ = _key(field), _(field.label), _(field.help) or None
    labels = {choice: _(said) for choice, said in field.choices.items()}
    if field.type is FieldType.YES_NO:
        _choose(label, {"": "–", "yes": _("yes"), "no": _("no")}, key, help_)
    elif field.type is FieldType.CHOICE:
        _choose(label, {"": "–", **labels}, key, help_)
    elif field.type is FieldType.CHOICES:
        st.multiselect(
            label,
            list(labels),
            format_func=lambda choice: labels[choice],
            key=key,
            help=help_,
            placeholder=_("none"),
        )
    elif field.type is FieldType.DATE:
        st.date_input(label, None, key=key, help=help_)
    else:
        hint = "2026-11-26T09:30+01:00" if field.type is FieldType.MOMENT else ""
        st.text_input(label, key=key, help=help_, placeholder=hint)


def _choose(label: str, options: Mapping[str, str], key: str, help_: str | None) -> None:
    st.selectbox(
        label, list(options), format_func=lambda choice: options[choice], key=key, help=help_
    )


def _said(field: Field) -> str:
    """What was said, as it is typed on the command line."""
    value = st.session_state.get(_key(field))
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value or "")
