"""What is feared: texts, measures, gauges before and after, and the map of it all."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from compliance.errors import ImpactInputError
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.impact import level_after, level_before, measure_title, measures, method
from compliance.impact.nouns import FearedEvent, Gauge, Impact, Origin, Reading, Scale
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording
from pages.parts.figures import impact as charts
from pages.parts.figures import showing
from pages.parts.impacting import words
from pages.parts.impacting.answers import text_key

_TEXTS = {
    "impacts": "What it would do to people",
    "threats": "How it could happen",
    "sources": "Who or what could bring it about",
}
_GAUGES = {
    "severity": "Severity without measures",
    "likelihood": "Likelihood without measures",
    "severity_after": "Severity with measures",
    "likelihood_after": "Likelihood with measures",
}


def risk_map(impact: Impact) -> None:
    """The map, and the same as a table."""
    if not any(level_before(event) or level_after(event) for event in impact.events):
        st.markdown(_("No event is gauged yet, so there is no map."))
    else:
        showing.chart(
            charts.risk_map(impact.events),
            key="impact_map",
            alt=charts.alt(impact.events),
        )
    outputs.table(
        [
            {
                _("No."): number,
                _("Feared event"): _(event.title),
                _("Severity"): _pair(event.severity, event.severity_after),
                _("Likelihood"): _pair(event.likelihood, event.likelihood_after),
                _("Risk"): " → ".join(
                    _(str(one)) if one else _("not gauged")
                    for one in (level_before(event), level_after(event))
                ),
                _("Measures"): locales.joined(
                    (_(measure_title(id_)) for id_ in event.measures), "words"
                )
                or "–",
            }
            for number, event in enumerate(impact.events, start=1)
        ],
        key="impact_map_table",
        alt=charts.alt(impact.events),
    )


def events(workspace: Workspace, impact: Impact) -> None:
    """Each feared event as a form, and a new one."""
    with st.expander(_("What the gauges mean"), icon=":material/straighten:"):
        for scale in Scale:
            st.markdown(f"**{_(str(scale)).capitalize()}**")
            words.bullets(
                [f"{_(str(gauge))}: {_(text)}" for gauge, text in method().meanings[scale].items()]
            )
    for number, event in enumerate(impact.events, start=1):
        _event(workspace, impact, event, number)
    _another(workspace, impact)


def _event(workspace: Workspace, impact: Impact, event: FearedEvent, number: int) -> None:
    known = method().feared(event.id)
    with st.expander(f"{number} {_(event.title)}", expanded=number == 1):
        st.markdown(
            f"{words.level_badge(level_before(event))} → {words.level_badge(level_after(event))}"
        )
        if known:
            outputs.remark(_(known.means))
        _event_form(workspace, impact, event)


def _event_form(workspace: Workspace, impact: Impact, event: FearedEvent) -> None:
    with st.form(f"impact_event_{impact.id}_{event.id}", border=False):
        texts = {name: _text(impact, event, name) for name in _TEXTS}
        proposed = [name for name in _TEXTS if _is_proposed(event, name)]
        taken = [] if not proposed or not _takes_over(impact, event, len(proposed)) else proposed
        shields = _shields(impact, event)
        gauges = {name: _gauge(impact, event, name) for name in _GAUGES}
        why = st.text_input(
            _("Why these gauges: {event}").format(event=_(event.title)),
            _why(event),
            key=text_key("why", impact.id, event.id, _why(event)),
        )
        submitted = st.form_submit_button(
            _("Save: {section}").format(section=_(event.title)),
            key=f"impact_save_{event.id}",
            **permitted.needs("impact.gauge"),
        )
    if submitted:
        with outputs.explained(_("Not saved")):
            saved = _save_texts(workspace, impact, event, texts, taken)
            saved |= _save_shields(workspace, impact, event, shields)
            saved |= _save_gauges(workspace, impact, event, gauges, why)
            if saved:
                st.rerun()


def _takes_over(impact: Impact, event: FearedEvent, number: int) -> bool:
    return st.checkbox(
        _("I stand behind these proposals of the template"),
        key=f"impact_take_{impact.id}_{event.id}_{number}",
    )


def _text(impact: Impact, event: FearedEvent, name: str) -> str:
    answer = getattr(event, name)
    if _is_proposed(event, name):
        st.markdown(words.origin_badge(answer))
    key = text_key(name, impact.id, event.id, answer.text)
    words.filled(key, answer.text)
    typed: str = st.text_area(
        _(_TEXTS[name]),
        key=key,
        height="content",
        placeholder=_("no answer yet"),
    )
    return typed


def _shields(impact: Impact, event: FearedEvent) -> list[str]:
    fitting = [one.id for one in measures() if event.id in one.reduces]
    others = [one.id for one in measures() if one.id not in fitting]
    options = list(dict.fromkeys([*event.measures, *fitting, *others]))
    chosen: list[str] = st.multiselect(
        _("Measures that reduce it"),
        options,
        default=list(event.measures),
        format_func=lambda id_: _(measure_title(id_)),
        key=text_key("measures", impact.id, event.id, *event.measures),
        accept_new_options=True,
        placeholder=_("none"),
        help=_("Those that the desk sees in place are filled in; type your own as well."),
    )
    return chosen


def _gauge(impact: Impact, event: FearedEvent, name: str) -> Gauge | None:
    reading: Reading | None = getattr(event, name)
    options = [None, *Gauge]
    current = None if reading is None else reading.gauge
    chosen: Gauge | None = st.radio(
        _(_GAUGES[name]),
        options,
        index=options.index(current),
        format_func=lambda one: _("not gauged") if one is None else _(str(one)),
        key=f"impact_gauge_{impact.id}_{event.id}_{name}_{current}",
        horizontal=True,
    )
    proposal = event.drawn.get(name)
    if proposal is not None:
        outputs.remark(
            _("The desk proposes {gauge}: {why} {facts}").format(
                gauge=_(str(proposal.gauge)),
                why=wording.escaped(_(proposal.why)),
                facts=words.facts(proposal.facts),
            )
        )
    return chosen


def _save_texts(
    workspace: Workspace,
    impact: Impact,
    event: FearedEvent,
    typed: Mapping[str, str],
    taken: list[str],
) -> bool:
    changed: dict[str, str | None] = {
        f"{event.id}.{name}": text
        for name, text in typed.items()
        if not words.is_as_kept(text, getattr(event, name).text)
    }
    changed |= {f"{event.id}.{n}": None for n in taken if f"{event.id}.{n}" not in changed}
    if changed:
        workspace.governance.impacts.answer_all(impact.id, changed)
    return bool(changed)


def _save_shields(
    workspace: Workspace, impact: Impact, event: FearedEvent, chosen: list[str]
) -> bool:
    if chosen == list(event.measures):
        return False
    workspace.governance.impacts.shield(impact.id, event.id, chosen)
    return True


def _save_gauges(
    workspace: Workspace,
    impact: Impact,
    event: FearedEvent,
    chosen: Mapping[str, Gauge | None],
    why: str,
) -> bool:
    """Those that were changed; the reason goes with each. Before comes before after."""
    saved = False
    changed = {
        name: gauge
        for name, gauge in chosen.items()
        if gauge is not None and gauge != _current(event, name)
    }
    _refuse_taking_back(event, chosen)
    for end in ("", "_after"):
        severity, likelihood = changed.get(f"severity{end}"), changed.get(f"likelihood{end}")
        if severity or likelihood:
            workspace.governance.impacts.gauge(
                impact.id,
                event.id,
                severity=severity,
                likelihood=likelihood,
                after=bool(end),
                why=why,
            )
            saved = True
    return saved


def _refuse_taking_back(event: FearedEvent, chosen: Mapping[str, Gauge | None]) -> None:
    for name, gauge in chosen.items():
        if gauge is None and _current(event, name) is not None:
            raise ImpactInputError(
                field=_(_GAUGES[name]), given=_("not gauged"), reason=_("it was gauged already")
            )


def _another(workspace: Workspace, impact: Impact) -> None:
    """Another feared event: one of the method's, or one's own."""
    there = {event.id for event in impact.events}
    more = [event for event in method().events if event.id not in there]
    with st.form(f"impact_fear_{impact.id}", border=True):
        one, two = st.columns(2)
        known = one.selectbox(
            _("Another feared event"),
            ["", *(event.id for event in more)],
            format_func=lambda id_: _(next((e.title for e in more if e.id == id_), "of my own")),
            key=f"impact_fear_known_{len(there)}",
        )
        title = two.text_input(
            _("Name of your own event"), key=f"impact_fear_own_{len(there)}", max_chars=200
        )
        submitted = st.form_submit_button(
            _("Add the event"), key="impact_fear_add", **permitted.needs("impact.gauge")
        )
    if submitted:
        with outputs.explained(_("Not added")):
            workspace.governance.impacts.fear(impact.id, title, event=known or "")
            st.rerun()


def _pair(before: Reading | None, after: Reading | None) -> str:
    return " → ".join(_(str(one.gauge)) if one else "–" for one in (before, after))


def _current(event: FearedEvent, name: str) -> Gauge | None:
    reading: Reading | None = getattr(event, name)
    return None if reading is None else reading.gauge


def _why(event: FearedEvent) -> str:
    readings = [getattr(event, name) for name in _GAUGES]
    typed = [r.why for r in readings if r is not None and r.origin is Origin.TYPED and r.why]
    return typed[-1] if typed else ""


def _is_proposed(event: FearedEvent, name: str) -> bool:
    answer = getattr(event, name)
    return bool(answer.text) and answer.origin is Origin.TEMPLATE
