"""Audit now or again and again, see what changed, and who is told."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import audited, outputs, permitted, session

workspace = session.workspace()
outputs.remark(
    _(
        "An audit looks at what is new, checks every duty, builds the report and says what changed "
        "since the one before."
    )
)
if not workspace.datasets():
    session.dataset_or_stop()
audits = workspace.governance.audits

if st.button(
    _("Audit everything now"), type="primary", key="audits_run", **permitted.needs("audit.run")
):
    with outputs.explained(_("Not audited")), outputs.working(_("Auditing …")):
        audits.run()
done = audits.every()
if done:
    audited.latest(done[0])
else:
    st.markdown(_("No audit has been made yet."))

st.header(_("Schedules"))
schedules = audits.schedules()
audited.worker(audits.worker_seen(), has_schedules=bool(schedules))
audited.schedules([(schedule, audits.next_run(schedule)) for schedule in schedules])
wanted = audited.form(
    [str(dataset.name) for dataset in workspace.datasets()],
    can_mail=bool(workspace.settings.smtp_url and workspace.settings.mail_from),
    at=audits.now(),
)
if wanted is not None:
    with outputs.explained(_("Not scheduled")):
        audits.keep(wanted)
        st.rerun()
if schedules:
    name = audited.choice_to_end(schedules)
    if name is not None:
        with outputs.explained(_("Not stopped")):
            audits.remove(name)
            st.rerun()

if done:
    st.header(_("Audits so far"))
    audited.history(done)
