"""How risk and proof look: dots, attacks, what a test can find, the desk's audit, all of the error.

Each figure has a sentence that says what it shows and a table with the same numbers. Nothing is
drawn or computed on rows here: what is shown was computed by a verb, or is a closed form.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy import (
    Attack,
    GroupError,
    SelfAudit,
    Trial,
    detection,
    largest_rise,
    posterior,
    stacked,
    tradeoff,
)
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from pages.parts import outputs, wording
from pages.parts.figures import risk as risk_charts
from pages.parts.figures import showing

ALARMS = (0.01, 0.05, 0.1, 0.25, 0.5)
AUDIT_BADGES = {True: ("check_circle", "green"), False: ("error", "red")}
AUDIT_WORDS = {True: "passed", False: "failed"}


def outcomes(value: float, shown: Sequence[float], title: str, key: str) -> None:
    """What could be published in place of a number: one dot per equally likely outcome.

    Args:
        value: the number before noise; internal.
        shown: the outcomes, ascending.
        title: what the number is.
        key: names the widgets.
    """
    low, high = (outputs.count(round(each, 2)) for each in (shown[0], shown[-1]))
    says = _("{n} outcomes, all equally likely, from {low} to {high}").format(
        n=len(shown), low=low, high=high
    )
    showing.chart(
        risk_charts.dots(stacked(shown, value), value, title),
        key=f"risks_dots_{key}",
        alt=f"{title}: {says}",
    )
    outputs.remark(
        _("Each dot is one chance in {n}; the dashed line is the number itself. {says}.").format(
            n=len(shown), says=says
        )
    )
    with outputs.folded(_("The outcomes as a table"), f"risks_dots_fold_{key}") as is_open:
        if not is_open:
            return
        outputs.table(
            [
                {_("Outcome"): n, _("Published"): outcome, _("Off by"): outcome - value}
                for n, outcome in enumerate(shown, start=1)
            ],
            key=f"risks_dots_table_{key}",
            alt=says,
        )


def beliefs(prior: float, budget: Budget) -> None:
    """How sure an attacker can become who starts from `prior` (0–1), and the worst start of all."""
    epsilon = float(budget.epsilon)
    start, end = largest_rise(epsilon)
    sentence = _(
        "Somebody who knows everyone else’s data and believes with **{prior}** that one person is "
        "in it can afterwards believe so with at most **{after}**. Nobody’s belief can rise by "
        "more than from {start} to {end}"
    ).format(
        prior=_percent(prior),
        after=_percent(posterior(prior, epsilon)),
        start=_percent(start),
        end=_percent(end),
    )
    but = _(", but for a chance of {delta} that all is told").format(
        delta=locales.formatted(budget.delta, ".0e")
    )
    st.markdown(sentence + (but if budget.delta else "") + locales.end())


def trade_off(budget: Budget, key: str) -> None:
    """How many people the best test can find, for how many it names wrongly."""
    found = _percent(detection(ALARMS[1], budget))
    says = _("A test that names {alarm} of others wrongly finds at most {found} of people").format(
        alarm=_percent(ALARMS[1]), found=found
    )
    showing.chart(
        risk_charts.trade_off(
            tradeoff(budget),
            (_("Others wrongly named, %"), _("People found, %")),
            (_("The best test there can be"), _("Guessing")),
        ),
        key=f"risks_tradeoff_{key}",
        alt=says,
    )
    outputs.remark(says + locales.end())
    outputs.table(
        [
            {
                _("Others wrongly named"): _percent(alarm),
                _("People found, at most"): _percent(detection(alarm, budget)),
                _("Better than guessing by"): _percent(detection(alarm, budget) - alarm),
            }
            for alarm in ALARMS
        ],
        key=f"risks_tradeoff_table_{key}",
        alt=says,
    )


def attacks(trial: Trial, query: Query, key: str) -> None:
    """What attacks achieved on the exact numbers and on noisy ones, and what the noise allows."""
    titles = {statistic.name: statistic.title for statistic in query.statistics}
    names = [_attack_title(attack, titles) for attack in trial.attacks]
    worst = max(trial.attacks, key=lambda attack: attack.before.share - attack.after.share)
    says = _("{what}: {before} of times without noise, {after} with it").format(
        what=_attack_title(worst, titles),
        before=_percent(worst.before.share),
        after=_percent(worst.after.share),
    )
    showing.chart(
        risk_charts.before_and_after(
            names,
            [attack.before.share for attack in trial.attacks],
            [attack.after.share for attack in trial.attacks],
            [attack.at_most for attack in trial.attacks],
            (_("Exact numbers"), _("With noise"), _("At most, by the guarantee")),
        ),
        key=f"risks_attacks_{key}",
        alt=says,
    )
    outputs.remark(
        _("{says}. {n} people were attacked by somebody who knows all others’ rows.").format(
            says=says, n=outputs.count(trial.targets)
        )
    )
    outputs.table(
        [_attack_row(attack, name) for attack, name in zip(trial.attacks, names, strict=True)],
        key=f"risks_attacks_table_{key}",
        alt=says,
    )
    if trial.ranking is not None:
        st.markdown(
            _(
                "**Who stands out:** somebody in the data looks more like it than somebody who is "
                "not {before} of times on exact numbers, **{after}** with noise; guessing gives "
                "50 %, the guarantee allows {most}."
            ).format(
                before=_percent(trial.ranking.before),
                after=_percent(trial.ranking.after),
                most=_percent(trial.ranking.at_most),
            )
        )
    outputs.remark(
        _(
            "Internal: these rates were made on exact numbers. An attack that fails proves only "
            "that this one fails; the guarantee holds against all."
        )
    )


def self_audit(done: SelfAudit, key: str) -> None:
    """What the desk found when it tested its own noise and its own promises."""
    failed = [check for check in done.checks if not check.passed]
    st.markdown(
        f"{wording.badge(AUDIT_BADGES[done.passed], _(AUDIT_WORDS[done.passed]))} "
        + _("{good} of {all} checks passed · {when}").format(
            good=len(done.checks) - len(failed),
            all=len(done.checks),
            when=outputs.moment(done.audited_at),
        )
    )
    if failed:
        st.error(
            _("Do not release anything until the reason is known: {names}.").format(
                names=locales.joined((_(check.name) for check in failed), "clauses")
            ),
            icon=":material/error:",
        )
    outputs.table(
        [
            {
                _("Check"): _(check.name),
                _("Result"): _(AUDIT_WORDS[check.passed]),
                _("Must hold"): _(check.claimed),
                _("Was seen"): _(check.measured),
                _("Draws"): outputs.count(check.draws),
            }
            for check in done.checks
        ],
        key=f"risks_audit_{key}",
        alt=_("The checks of the desk’s own audit with what each found"),
    )
    libraries = locales.joined(
        (f"{name} {version}" for name, version in done.libraries.items()), "words"
    )
    outputs.remark(
        _(
            "{draws} numbers drawn on invented tables. A sound desk fails with a chance of at most "
            "{alarm}. Desk {version}, {libraries}."
        ).format(
            draws=outputs.count(done.draws),
            alarm=locales.formatted(done.alarm, ".0e"),
            version=done.desk_version,
            libraries=libraries,
        )
    )


def errors(found: Sequence[GroupError], query: Query, key: str) -> None:
    """Per statistic, how far bounds shift each number and how much noise comes on top."""
    for statistic in query.statistics:
        own = [error for error in found if error.statistic == statistic.name]
        if own:
            _errors_of(own, query, _(statistic.title), f"{key}_{statistic.name}")


def _errors_of(own: Sequence[GroupError], query: Query, title: str, key: str) -> None:
    shifted = sum(abs(error.bias) > error.margin for error in own)
    says = _("{title}: in {n} of {all} numbers the bounds shift more than the noise blurs").format(
        title=title, n=shifted, all=len(own)
    )
    showing.chart(
        risk_charts.error_stack(own, title, (_("Shift by bounds"), _("Noise margin"))),
        key=f"risks_errors_{key}",
        alt=says,
    )
    outputs.remark(says + locales.end())
    number = st.column_config.NumberColumn(format="localized")
    numbers = (_("Clamped by"), _("Left out"), _("Noise margin ±"), _("Together ±"), _("RMS error"))
    outputs.table(
        [_error_row(error, query, numbers) for error in own],
        key=f"risks_errors_table_{key}",
        alt=says,
        column_config=dict.fromkeys(numbers, number)
        | {_("In %"): st.column_config.NumberColumn(format=locales.share_shape("%.1f"))},
    )


def _error_row(error: GroupError, query: Query, names: Sequence[str]) -> dict[str, object]:
    group = dict(zip(map(str, query.by), error.keys, strict=True))
    if error.cell:
        group[_("Bar")] = error.cell
    parts = (error.clipping, error.dropping, error.margin, error.total, error.root_mean_square)
    relative = 100 * error.total / abs(error.truth) if error.truth else None
    return {**group, **dict(zip(names, parts, strict=True)), _("In %"): relative}


def _attack_title(attack: Attack, titles: dict[str, str]) -> str:
    if not attack.statistic:
        return _(attack.name)
    return wording.bracketed(_(attack.name), _(titles.get(attack.statistic, attack.statistic)))


def _attack_row(attack: Attack, name: str) -> dict[str, object]:
    low, high = attack.after.interval()
    return {
        _("Attack"): name,
        _("Exact numbers"): _percent(attack.before.share),
        _("With noise"): _percent(attack.after.share),
        _("95 % interval"): f"{_percent(low)} – {_percent(high)}",
        _("Plain guess"): _percent(attack.guess.share) if attack.guess else "–",
        _("False alarm"): _percent(attack.false_alarm.share) if attack.false_alarm else "–",
        _("At most"): "–" if attack.at_most is None else _percent(attack.at_most),
    }


def _percent(share: float) -> str:
    """A share as people read it: finer near nothing and near all, which it never claims to be."""
    if share in (0, 1) or 0.01 <= share <= 0.99:
        return locales.share(share)
    if share < 0.0001:
        return f"< {locales.share(0.0001, 2)}"
    return locales.share(share, 2) if share <= 0.9999 else f"> {locales.share(0.9999, 2)}"
