"""One rule: what it asks, where that was read, and how it stood at the last check."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules import asked
from compliance.rules.nouns import Assessment, Pack, Rule
from pages.parts import outputs, wording

_SHOWN = 200


def show(pack: Pack, rule: Rule, latest: Assessment | None) -> None:
    """The rule with its triples in words, its source, and its last verdicts."""
    with st.container(border=True, key="rules_shown"):
        st.markdown(
            f"**{wording.escaped(_(rule.title))}**  \n"
            f":gray-badge[{wording.escaped(_(pack.reference(rule.law, rule.ref)))}] "
            f"{outputs.severity_badge(rule.severity)} {outputs.level_badge(rule.verified.level)}"
        )
        st.markdown(wording.escaped(_(rule.requirement)))
        if rule.id in pack.disabled:
            st.warning(wording.escaped(pack.disabled[rule.id]), title=_("Switched off"))
        _triples(pack, rule)
        for line in _facts(pack, rule):
            st.markdown(line)
    _verdicts(rule, latest)


def _triples(pack: Pack, rule: Rule) -> None:
    rows = [
        {
            _("Part"): _("Applies where") if one.is_condition else _("Is met where"),
            _("What"): _(one.word),
            _("Is"): _(one.wanted),
        }
        for one in asked(pack, rule)
    ]
    outputs.table(
        rows,
        key="rules_triples",
        alt=_("When the rule applies and when it is met"),
        column_config={_("Is"): st.column_config.TextColumn(width="large")},
    )


def _facts(pack: Pack, rule: Rule) -> list[str]:
    """Evidence, source and dates, one line each."""
    source = pack.sources.get(rule.verified.source, rule.verified.source)
    told = [
        (_("An auditor would ask to see"), _(rule.evidence)),
        (_("Where it was read"), _(source)),
        (_("Checked as of"), locales.dated(rule.as_of)),
        (_("Binds from"), locales.day(rule.effective_from) if rule.effective_from else ""),
        (_("Binds until"), locales.day(rule.effective_until) if rule.effective_until else ""),
        (_("Note"), _(rule.notes)),
    ]
    return [wording.about(name, wording.escaped(value)) for name, value in told if value]


def _verdicts(rule: Rule, latest: Assessment | None) -> None:
    found = [v for v in latest.verdicts if v.rule == rule.id] if latest else []
    if not found:
        st.markdown(_("This rule has not been checked yet."))
        return
    outputs.table(
        [
            {
                _("On"): wording.subject(verdict.subject),
                _("State"): _(str(verdict.state)),
                _("Why"): _(verdict.because or verdict.evidence),
            }
            for verdict in found[:_SHOWN]
        ],
        key="rules_verdicts",
        alt=_("How this rule stood at the last check, by subject"),
        column_config={_("Why"): st.column_config.TextColumn(width="large")},
    )
