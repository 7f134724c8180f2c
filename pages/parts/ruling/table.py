"""All rules in force as a table that can be narrowed down, and the choice of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

import streamlit as st

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import Assessment, Level, Pack, Rule, State
from pages.parts import outputs
from pages.parts.ruling import words

_ALL = ""
_States = Mapping[str, Counter[State]]


def edition(pack: Pack) -> None:
    """Which rules these are, and how well they were checked."""
    levels = Counter(rule.verified.level for rule in pack.rules)
    unsure = levels[Level.SECONDARY] + levels[Level.MEMORY]
    with st.container(horizontal=True):
        laws = {rule.law for rule in pack.rules if rule.verified.level is not Level.POLICY}
        outputs.fact(_("Rules"), str(len(pack.rules)), _("from {n} laws").format(n=len(laws)))
        outputs.fact(
            _("Read in the legal text"), str(levels[Level.TEXT]), _("the others are marked")
        )
        outputs.fact(
            _("Not verified in the text"),
            str(unsure),
            _("{n} of them from memory").format(n=levels[Level.MEMORY]),
        )
        outputs.fact(
            _("Switched off"), str(len(pack.disabled)), _("by your own packs, with reasons")
        )
    outputs.remark(
        _("In force: {edition}; checked as of {day}.").format(
            edition=pack.edition, day=locales.dated(pack.as_of)
        )
    )


def chosen(pack: Pack, latest: Assessment | None) -> Rule | None:
    """The rule that somebody wants to see, among those that fit what was asked."""
    states = _states(latest)
    found = _narrowed(pack, states)
    st.markdown(_("{n} of {all} rules").format(n=len(found), all=len(pack.rules)))
    if not found:
        return None
    outputs.table(
        [_row(pack, rule, states) for rule in found],
        key="rules_all",
        alt=_("Rules with their article, how they were checked and how they stand"),
        column_config={_("Duty"): st.column_config.TextColumn(width="medium")},
    )
    titles = {rule.id: f"{rule.id} · {_(rule.title)}" for rule in found}
    picked = st.selectbox(
        _("Look at one rule"), list(titles), format_func=titles.__getitem__, key="rules_one"
    )
    return pack.rule(str(picked))


def _narrowed(pack: Pack, states: _States) -> list[Rule]:
    law, entity, level, state = st.columns(4)
    laws = {_ALL: _("All laws")} | {rule.law: _(pack.law_name(rule.law)) for rule in pack.rules}
    kinds = {_ALL: _("Everything")} | {
        rule.entity: _(words.entity_of(pack, rule.entity)) for rule in pack.rules
    }
    levels = {_ALL: meant("of rules", "All")} | {
        str(one): _(outputs.LEVEL_WORDS[one]) for one in Level
    }
    ends = {_ALL: _("Any")} | {str(one): _(str(one)) for one in State}
    wanted = [
        _select(law, _("Law"), laws, "rules_law"),
        _select(entity, _("About"), kinds, "rules_about"),
        _select(level, _("How it was checked"), levels, "rules_level"),
        _select(state, _("At the last check"), ends, "rules_state"),
    ]
    return [rule for rule in pack.rules if _fits(rule, wanted, states)]


def _fits(rule: Rule, wanted: list[str], states: _States) -> bool:
    law, entity, level, state = wanted
    if state != _ALL and not states[rule.id][State(state)]:
        return False
    known = ((law, rule.law), (entity, rule.entity), (level, str(rule.verified.level)))
    return all(one in (_ALL, other) for one, other in known)


def _select(
    column: st.delta_generator.DeltaGenerator, label: str, options: dict[str, str], key: str
) -> str:
    return str(column.selectbox(label, list(options), format_func=options.__getitem__, key=key))


def _states(latest: Assessment | None) -> _States:
    """How often each rule was met, not met and so on, by its id."""
    found: dict[str, Counter[State]] = defaultdict(Counter)
    for verdict in latest.verdicts if latest else ():
        found[verdict.rule][verdict.state] += 1
    return found


def _row(pack: Pack, rule: Rule, states: _States) -> dict[str, str]:
    counted = locales.joined(
        (f"{number} {_(str(state))}" for state, number in states[rule.id].items() if number),
        "words",
    )
    if rule.id in pack.disabled:
        counted = _("switched off")
    return {
        _("Rule"): rule.id,
        _("Duty"): _(rule.title),
        _("Article"): _(pack.reference(rule.law, rule.ref)),
        _("At the last check"): counted or "–",
        _("Checked in"): _(outputs.LEVEL_SHORT[rule.verified.level]),
        _("Severity"): _(str(rule.severity)),
        _("About"): _(words.entity_of(pack, rule.entity)),
    }
