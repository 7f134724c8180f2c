"""How a federated run looks: while it goes on, and afterwards from storage."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.federated.nouns import Round, Run, Task
from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.privacy.nouns import Protection
from pages.parts import figures, outputs, plan_protection
from pages.parts.figures import showing

SUBJECTS = {
    Task.RESPONSE: "response",
    Task.PROFILE: "kind of customer",
    Task.RECOMMEND: "next purchase",
    Task.FORECAST: "sales to come",
}
_MOST_ROUNDS_SHOWN = 200


def title(run: Run) -> str:
    """A run in one line."""
    outcome, last = run.outcome, run.outcome.rounds[-1]
    noise = f" · ε = {locales.formatted(last.epsilon, '.2f')}" if last.epsilon is not None else ""
    return (
        _("{at} · {subject} across {n} sites · {metric} {value}").format(
            at=outputs.moment(run.started_at),
            subject=run.plan.target or _(SUBJECTS[run.plan.task]),
            n=len(outcome.sites),
            metric=outcome.metric.written,
            value=locales.formatted(last.metric, ".3f"),
        )
        + noise
    )


def chosen(past: Sequence[Run]) -> Run:
    """The run to be shown: the newest, or another that is picked; at least one."""
    titles = {run.id: title(run) for run in past}
    if len(past) == 1:
        st.markdown(f"**{titles[past[0].id]}**")
        return past[0]
    # A new run begins the choice anew, so that it is shown.
    picked = st.selectbox(
        _("Run"), list(titles), format_func=titles.__getitem__, key=f"federated_run_{len(past)}"
    )
    return next(run for run in past if run.id == picked)


def advanced(bar: DeltaGenerator, latest: Round, planned: int, metric: str) -> None:
    """How far a run has come, drawn into `bar`."""
    spent = "" if latest.epsilon is None else f" · ε = {locales.formatted(latest.epsilon, '.2f')}"
    reached = _("Round {n} of {m}: {metric} {value}").format(
        n=latest.round, m=planned, metric=metric, value=locales.formatted(latest.metric, ".3f")
    )
    bar.progress(latest.round / planned, text=reached + spent)


def ended(run: Run) -> None:
    """Why a run is shorter than it was planned to be, where it is."""
    outcome, n, m = run.outcome, len(run.outcome.rounds), run.plan.rounds
    if outcome.is_over_budget:
        words = _("Ended after {n} of {m} rounds: the next one would have broken the budget.")
        st.warning(words.format(n=n, m=m), icon=":material/account_balance_wallet:")
    elif outcome.is_stopped:
        words = _("Stopped after {n} of {m} rounds.")
        st.warning(words.format(n=n, m=m), icon=":material/stop_circle:")


def quality(run: Run) -> None:
    """The rounds, and how the common model compares."""
    outcome, last = run.outcome, run.outcome.rounds[-1]
    showing.chart(
        figures.rounds(outcome.rounds, run.plan.rounds, outcome.baselines, outcome.metric),
        key=f"federated_chart_{run.id}",
        alt=_("Quality of the common model per round beside the two baselines"),
    )
    with st.container(horizontal=True):
        name = outcome.metric.written
        st.metric(_("Federated"), locales.formatted(last.metric, ".3f"), border=True, help=name)
        if outcome.baselines:
            pooled, local = outcome.baselines.centralised, outcome.baselines.local
            for title, level in (
                (_("All rows in one place"), pooled),
                (_("Each site alone"), local),
            ):
                shown = "–" if level is None else locales.formatted(level, ".3f")
                st.metric(title, shown, border=True, help=name)
            if (naive := outcome.baselines.naive) is not None:
                about = _(
                    "What could be said without learning: the last period, the best sellers, "
                )
                st.metric(
                    _("Without a model"),
                    locales.formatted(naive, ".3f"),
                    border=True,
                    help=about + _("the most frequent answer"),
                )
        up = sum(site.bytes_up for site in outcome.sites)
        home = sum(site.bytes_home for site in outcome.sites)
        st.metric(_("Left the sites"), size(up), border=True, help=_("Model weights, all rounds"))
        st.metric(_("Stayed at home"), size(home), border=True, help=_("The sites' rows"))
        if last.epsilon is not None:
            st.metric(
                _("Spent per {unit}").format(unit=_(_unit(run))),
                f"ε = {locales.formatted(last.epsilon, '.2f')}",
                border=True,
            )
    outputs.remark(locales.joined(_remarks(run), "sentences"))


def left(run: Run) -> None:
    """What travelled in a round, name by name, and what the server saw of it."""
    last = run.outcome.rounds[-1]
    if not last.sent:
        outputs.remark(_("What travelled was not recorded when this run was made."))
        return
    outputs.table(
        [
            {
                _("What"): _(one.name),
                _("Way"): _("site → server") if one.is_up else _("server → site"),
                _("Shape"): " × ".join(map(str, one.shape)) or "1",
                _("Bytes of one"): size(one.bytes),
                _("Copies in a round"): outputs.count(one.copies),
            }
            for one in last.sent
        ],
        key=f"federated_sent_{run.id}",
        alt=_("What travelled in the last round: names, shapes, bytes and copies"),
    )
    outputs.remark(
        _("The same in every round, whatever the rows hold and however many there are: rows stay.")
    )
    _readable(run)
    if run.outcome.seen:
        st.markdown(_("**What the server saw of each site in the last round**"))
        outputs.table(
            [
                {
                    _("Site"): run.outcome.sites[seen.site].site
                    if len(run.outcome.seen) == len(run.outcome.sites)
                    else str(seen.site + 1),
                    _("First masked numbers"): ", ".join(f"{w:016x}" for w in seen.first_words[:3])
                    or _("none came"),
                    _("Numbers"): outputs.count(seen.numbers),
                    _("Keys and shares"): size(
                        seen.bytes_keys + seen.bytes_shares + seen.bytes_answer
                    ),
                }
                for seen in run.outcome.seen
            ],
            key=f"federated_seen_{run.id}",
            alt=_("Per site the first masked numbers, which look like chance"),
        )


def protection(run: Run, told: Sequence[Protection]) -> None:
    """Who is protected by what, and the ledger of the rounds."""
    noise = run.plan.privacy
    if noise is None:
        outputs.remark(
            _(
                "No noise: rows stay at home, but the model may remember some of them. "
                "That is not a privacy guarantee."
            )
        )
    else:
        words = _(
            "{unit} protected ({n} of them), each drawn with probability {q} in a round, with an "
            "update no longer than {clip}, noise {z} times that, added by {place}."
        )
        st.markdown(
            words.format(
                unit=_(plan_protection.UNIT_WORDS[noise.unit]).capitalize(),
                n=outputs.count(run.outcome.protected),
                q=locales.formatted(run.plan.fraction, "g"),
                clip=locales.formatted(noise.clip, "g"),
                z=locales.formatted(noise.noise_multiplier, "g"),
                place=_(plan_protection.PLACE_WORDS[noise.place]),
            )
        )
        plan_protection.protections(told, f"federated_units_{run.id}")
    _ledger(run)


def size(number: int) -> str:
    """Bytes as people read them."""
    if number < 1000:
        return f"{number} B"
    is_small = number < 1_000_000
    amount = locales.number(number / (1000 if is_small else 1_000_000), 1)
    return f"{amount} {'kB' if is_small else 'MB'}"


def _readable(run: Run) -> None:
    """Whether a row could be read off what travelled, as was looked at in every round."""
    looked = [done.readable for done in run.outcome.rounds if done.readable is not None]
    if not looked:
        outputs.remark(
            _("Whether a row can be read off was not looked at: what leaves carries noise.")
        )
        return
    if most := max(looked):
        words = _("In {rounds} of {all} rounds a row could be read off what up to {n} sites sent.")
        told = words.format(rounds=sum(map(bool, looked)), all=len(looked), n=most)
        help_ = _("Mask what sites send, or add noise; large sites are no safer.")
        st.warning(f"{told} {help_}", icon=":material/visibility:")
    else:
        words = _("Checked in all {n} rounds: no row could be read off what any site sent.")
        st.success(words.format(n=len(looked)), icon=":material/verified_user:")


def _ledger(run: Run) -> None:
    """Round by round: who took part, what was spent, and which model came of it."""
    rounds = run.outcome.rounds[-_MOST_ROUNDS_SHOWN:]
    outputs.table(
        [
            {
                meant("of training", "Round"): done.round,
                run.outcome.metric.written: locales.formatted(done.metric, ".4f"),
                _("Took part"): outputs.count(done.clients),
                _("Fell silent"): done.silent,
                _("Slow"): done.slow,
                _("Refused"): done.refused,
                _("Counts"): _("no") if done.is_void else _("yes"),
                _("Clip"): "" if done.clip is None else locales.formatted(done.clip, ".3g"),
                "ε": "" if done.epsilon is None else locales.formatted(done.epsilon, ".3f"),
                _("Model"): done.model_hash[:12],
            }
            for done in rounds
        ],
        key=f"federated_rounds_{run.id}",
        alt=_("Per round: quality, participants, what went wrong, ε so far and the model's hash"),
    )


def _remarks(run: Run) -> list[str]:
    outcome = run.outcome
    remarks = [
        _("Learnt from {columns}.").format(columns=locales.joined(outcome.features, "words"))
    ]
    if outcome.sites_left_out:
        words = _("{n} sites had too few records and took no part.")
        remarks.append(words.format(n=outcome.sites_left_out))
    if outcome.left_out.rows:
        words = _("{n} rows took no part.")
        remarks.append(words.format(n=outputs.count(outcome.left_out.rows)))
    if run.plan.privacy is not None:
        remarks.append(
            _("The charts are measured without noise: they are for you, not for publication.")
        )
    return remarks


def _unit(run: Run) -> str:
    return str(run.plan.privacy.unit) if run.plan.privacy else "person"
