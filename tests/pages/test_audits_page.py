"""The page Audits: audit now, schedule, stop; a rerun does neither."""

from __future__ import annotations

from tests.pages.conftest import Desk, words


def test_an_audit_asked_for_is_made_once_and_its_changes_are_shown(full_desk: Desk) -> None:
    page = full_desk.open("audits")
    before = len(full_desk.workspace.governance.audits.every())
    page.button(key="audits_run").click().run()
    page.run()

    assert len(full_desk.workspace.governance.audits.every()) == before + 1
    assert "Last audit" in words(page)


def test_a_schedule_is_kept_and_stopped_on_the_page(full_desk: Desk) -> None:
    page = full_desk.open("audits")
    page.text_input(key="audits_name").input("nightly")
    page.selectbox(key="audits_every").select("day")
    page.button(key="audits_keep").click().run()
    audits = full_desk.workspace.governance.audits

    assert [(kept.name, kept.cron) for kept in audits.schedules()] == [("nightly", "0 6 * * *")]
    page.button(key="audits_stop").click().run()
    assert audits.schedules() == ()


def test_times_that_cannot_be_read_are_refused_in_a_sentence(full_desk: Desk) -> None:
    page = full_desk.open("audits")
    page.selectbox(key="audits_every").select("own")
    page.text_input(key="audits_cron").input("soon")
    page.button(key="audits_keep").click().run()

    assert "five fields" in words(page)
    assert full_desk.workspace.governance.audits.schedules() == ()
