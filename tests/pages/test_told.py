"""What may be handed out about a release is made when asked for."""

from __future__ import annotations

from compliance.report.nouns import ReportKind
from tests.pages.conftest import Desk, refusals, words


def test_a_release_report_is_built_where_the_release_stands(full_desk: Desk) -> None:
    (release,) = full_desk.workspace.releases("orders")
    visitor = full_desk.open("release")

    visitor.button(key=f"release_report_{release.id}").click().run()

    newest = full_desk.workspace.reports()[0]
    assert refusals(visitor) == []
    assert newest.kind is ReportKind.RELEASE
    assert f"Built, {newest.pages} pages" in words(visitor)
    assert "Release report" in words(full_desk.go(visitor, "reports"))


def test_a_disclosure_can_be_taken_home(full_desk: Desk) -> None:
    (release,) = full_desk.workspace.releases("orders")

    visitor = full_desk.open("release")

    keys = [button.key for button in visitor.get("download_button")]
    assert f"release_disclosure_{release.id}" in keys
