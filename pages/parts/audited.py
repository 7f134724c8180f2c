"""Audits and schedules as shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import State
from compliance.rules.nouns.audit import EVERY, Audit, Change, NotifyWhen, Schedule
from pages.parts import navigation, outputs, permitted, wording

_SILENT_AFTER = timedelta(minutes=2)
EVERY_WORDS = {
    "hour": "every hour",
    "day": "every day",
    "week": "every Monday",
    "month": "on the first of the month",
    "own": "at times of my own",
}
NOTIFY_WORDS = {
    NotifyWhen.CHANGED: "when something changed",
    NotifyWhen.WORSE: "when something is worse or overdue",
    NotifyWhen.ALWAYS: "always",
}


def latest(audit: Audit) -> None:
    """The newest audit: the score, what opened and what closed."""
    found = audit.difference
    outputs.remark(_("Last audit: {at}").format(at=outputs.moment(audit.at)))
    with st.container(horizontal=True):
        st.metric(
            _("Score"),
            _score(found.score_after),
            _moved(found.score_before, found.score_after),
            border=True,
            height="stretch",
        )
        opened, closed = len(found.opened), len(found.closed)
        outputs.fact(_("Findings opened"), locales.number(opened), _("since the audit before"))
        outputs.fact(_("Findings closed"), locales.number(closed), _("since the audit before"))
        outputs.fact(
            _("Not assessed"),
            locales.number(audit.counts.get(State.NOT_ASSESSED, 0)),
            _("{n} datasets looked at anew").format(n=len(audit.discovered)),
        )
    changes = [
        *_rows(_("opened"), found.opened),
        *_rows(_("closed"), found.closed),
        *_rows(_("turned"), found.turned),
    ]
    if changes:
        outputs.table(changes, key="audits_changes", alt=_("What changed since the audit before"))
    else:
        st.markdown(_("Nothing stands otherwise than at the audit before."))
    left, right = st.columns(2)
    with left:
        navigation.link("decisions", _("Work on the findings"))
    with right:
        navigation.link("reports", _("Fetch the report"))


def history(audits: Sequence[Audit]) -> None:
    """All audits as a table."""
    outputs.table(
        [
            {
                _("At"): outputs.moment(audit.at),
                _("Of"): _(audit.scope),
                _("Asked for by"): audit.schedule or audit.actor,
                _("Score"): audit.difference.score_after,
                _("Findings opened"): len(audit.difference.opened),
                _("Findings closed"): len(audit.difference.closed),
                _("Not assessed"): audit.counts.get(State.NOT_ASSESSED, 0),
                _("Looked at anew"): len(audit.discovered),
            }
            for audit in audits
        ],
        key="audits_history",
        alt=_("All audits with their score and what each opened and closed"),
    )


def worker(seen: datetime | None, *, has_schedules: bool) -> None:
    """Whether a worker runs, and how to start one."""
    how = "`python -m compliance worker`"
    now = datetime.now(UTC)
    if seen is not None and now - seen < _SILENT_AFTER:
        runs = wording.badge(("check_circle", "green"), _("worker runs"))
        st.markdown(f"{runs} {_('Audits start when due.')}")
    elif has_schedules:
        st.markdown(
            f"{wording.badge(('pause_circle', 'orange'), _('no worker runs'))} "
            + _("Start one with {how}.").format(how=how)
        )
    else:
        outputs.remark(_("A schedule needs a worker beside the app: {how}.").format(how=how))


def schedules(kept: Sequence[tuple[Schedule, datetime | None]]) -> None:
    """The schedules and when each is due."""
    if not kept:
        st.markdown(_("No audit runs by itself yet."))
        return
    outputs.table(
        [
            {
                _("Schedule"): schedule.name,
                _("Times"): schedule.cron,
                _("Of"): locales.joined(schedule.datasets, "words") or _("everything"),
                _("Told"): _told(schedule),
                _("When"): _(NOTIFY_WORDS[schedule.notify]),
                _("Due next"): outputs.moment(due.astimezone(UTC)) if due else "–",
            }
            for schedule, due in kept
        ],
        key="audits_schedules",
        alt=_("The schedules of audits with who is told and when each is due next"),
    )


def form(names: Sequence[str], *, can_mail: bool, at: datetime) -> Schedule | None:
    """What an officer asks for; None until it is submitted."""
    with st.expander(_("Add or change a schedule")), st.form("audits", border=False):
        left, middle, right = st.columns(3)
        name = left.text_input(_("Name"), "weekly", key="audits_name", max_chars=60)
        every = middle.selectbox(
            _("How often"),
            list(EVERY_WORDS),
            index=2,
            format_func=lambda each: _(EVERY_WORDS[each]),
            key="audits_every",
        )
        cron = right.text_input(
            _("Times of my own"),
            "30 5 * * mon-fri",
            key="audits_cron",
            help=_("Minute, hour, day of month, month, day of week, as in crontab."),
        )
        about = st.multiselect(
            _("Datasets"), names, key="audits_datasets", placeholder=_("Everything")
        )
        left, middle, right = st.columns(3)
        mails = left.text_input(
            _("Tell by e-mail"),
            key="audits_mails",
            disabled=not can_mail,
            placeholder="officer@example.org" if can_mail else _("no mail server is set"),
            help=_("Several addresses are parted by commas."),
        )
        webhook = middle.text_input(_("Tell a webhook"), key="audits_webhook", type="password")
        notify = right.selectbox(
            _("When"),
            list(NOTIFY_WORDS),
            format_func=lambda when: _(NOTIFY_WORDS[when]),
            key="audits_notify",
        )
        outputs.remark(_("Notices hold counts, rules and articles: no data, no names of datasets."))
        if not st.form_submit_button(
            _("Keep the schedule"), key="audits_keep", **permitted.needs("schedule.keep")
        ):
            return None
    return Schedule(
        name=name.strip(),
        cron=cron if every == "own" else EVERY[every],
        datasets=tuple(about),
        mails=tuple(mail.strip() for mail in (mails or "").split(",") if mail.strip()),
        webhook=(webhook or "").strip(),
        notify=notify,
        made_at=at,
    )


def choice_to_end(kept: Sequence[Schedule]) -> str | None:
    """The schedule that is to run no more; None while nobody asks for it."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.selectbox(
        _("Schedule to stop"), [schedule.name for schedule in kept], key="audits_stopped"
    )
    return (
        name
        if right.button(_("Stop it"), key="audits_stop", **permitted.needs("schedule.remove"))
        else None
    )


def _told(schedule: Schedule) -> str:
    told = [_("{n} by e-mail").format(n=len(schedule.mails))] if schedule.mails else []
    return locales.joined([*told, *([_("a webhook")] if schedule.webhook else [])], "words") or _(
        "nobody"
    )


def _rows(what: str, changes: Sequence[Change]) -> list[dict[str, object]]:
    return [
        {
            _("What"): what,
            _("Duty"): _(change.title),
            _("On"): wording.subject(change.subject),
            _("Article"): _(change.reference),
            _("Severity"): _(str(change.severity)),
            _("Before"): _(str(change.before)) if change.before else _("not looked at"),
            _("Now"): _(str(change.after)) if change.after else _("not looked at"),
        }
        for change in changes
    ]


def _score(score: float | None) -> str:
    return "–" if score is None else f"{locales.formatted(score, 'g')} / 100"


def _moved(before: float | None, after: float | None) -> str | None:
    if before is None or after is None or before == after:
        return None
    return locales.formatted(after - before, "+.3g")
