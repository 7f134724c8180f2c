"""What is unusual in the trail, with its reasons, and a place to say what it was."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.watch.nouns import AlarmKind, Raised
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

ICONS = {
    AlarmKind.BULK_EXPORT: "move_up",
    AlarmKind.ODD_HOURS: "bedtime",
    AlarmKind.UNUSUAL_COLUMNS: "view_column",
    AlarmKind.AVERAGING: "repeat",
    AlarmKind.DIFFERENCING: "difference",
    AlarmKind.REFUSALS: "block",
    AlarmKind.NEW_ACTOR: "person_add",
    AlarmKind.UNUSUAL: "query_stats",
}
_LONGEST_LIST = 8
_SHOWN = 8


def unusual_acts(workspace: Workspace) -> None:
    """The part of the trail's page on alarms."""
    watching = workspace.governance.watching
    st.header(_("Unusual acts"))
    outputs.remark(
        _(
            "Bulk exports, odd hours, unusual columns, repeated and differing questions, refusals, "
            "new names, and days unlike any other. Nothing is blocked; somebody says what it was."
        )
    )
    if st.button(
        _("Look for unusual acts"),
        icon=":material/radar:",
        key="trail_look",
        **permitted.needs("trail.watch"),
    ):
        with outputs.explained(_("Not looked at")), outputs.working(_("Looking at every entry …")):
            watching.look()
            st.session_state["trail_looked"] = True
    alarms = watching.alarms()
    waiting = [one for one in alarms if one.acknowledged is None]
    done = [one for one in alarms if one.acknowledged is not None]
    _say(waiting, is_fresh=bool(st.session_state.get("trail_looked")))
    for raised in waiting[:_SHOWN]:
        _open(workspace, raised)
    if len(waiting) > _SHOWN:
        outputs.remark(_("{n} more come up as these are done.").format(n=len(waiting) - _SHOWN))
    if done:
        with st.expander(_("Looked into ({n})").format(n=len(done)), icon=":material/task_alt:"):
            _looked_into(done)
    if blind := watching.cannot_tell():
        with st.expander(_("What cannot be told yet"), icon=":material/visibility_off:"):
            st.markdown("\n".join(f"- {_(said)}" for said in blind))


def _say(waiting: list[Raised], *, is_fresh: bool) -> None:
    if waiting:
        st.warning(
            _("Nobody has looked into {n} of them yet.").format(n=len(waiting))
            if len(waiting) > 1
            else _("Nobody has looked into it yet."),
            title=_("{n} unusual acts").format(n=len(waiting))
            if len(waiting) > 1
            else _("One unusual act"),
            icon=":material/notification_important:",
        )
    elif is_fresh:
        st.success(
            _("Nothing unusual that nobody has looked into."), icon=":material/check_circle:"
        )


def _open(workspace: Workspace, raised: Raised) -> None:
    """One alarm: what, who, when, why; and the form to say what it was."""
    alarm = raised.alarm
    with st.container(border=True, key=f"trail_{alarm.id}"):
        st.markdown(
            f":material/{ICONS[alarm.kind]}: **{_(str(alarm.kind)).capitalize()}** · "
            f"{wording.escaped(alarm.actor)} · {_when(raised)}"
        )
        st.markdown("\n".join(f"- {wording.escaped(_(reason))}" for reason in alarm.reasons))
        outputs.remark(_entries(alarm.entries))
        with st.form(f"trail_{alarm.id}_form", border=False):
            why = st.text_input(
                _("What was it?"), max_chars=500, key=f"trail_{alarm.id}_why", width=560
            )
            ordinary = st.checkbox(
                _("It was ordinary work: the like of it is habit from now on"),
                key=f"trail_{alarm.id}_ordinary",
            )
            if st.form_submit_button(
                _("Acknowledge"), icon=":material/task_alt:", **permitted.needs("alarm.acknowledge")
            ):
                with outputs.explained(_("Not acknowledged")):
                    workspace.governance.watching.acknowledge(alarm.id, why, is_ordinary=ordinary)
                    st.rerun()


def _looked_into(done: list[Raised]) -> None:
    outputs.table(
        [
            {
                _("What"): _(str(one.alarm.kind)),
                _("Who"): one.alarm.actor,
                _("When"): _when(one),
                _("What it was"): one.acknowledged.why,
                _("Said by"): one.acknowledged.by,
                _("Ordinary"): _("yes") if one.acknowledged.is_ordinary else _("no"),
            }
            for one in done
            if one.acknowledged is not None
        ],
        key="trail_done",
        alt=_("Unusual acts that somebody looked into, with what they were"),
    )


def _when(raised: Raised) -> str:
    since, until = raised.alarm.since, raised.alarm.until
    if since.date() == until.date():
        return f"{locales.moment(since)} – {until:%H:%M}"  # on the same day
    return f"{locales.day(since)} – {locales.day(until)}"


def _entries(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_LONGEST_LIST])
    more = len(numbers) - _LONGEST_LIST
    listed = f"{shown} …" if more > 0 else shown
    return _("Entries of the trail ({n}): {listed}").format(n=len(numbers), listed=listed)
