"""The page Rules: narrow down, look at one, bring in a pack; a rerun keeps nothing."""

from __future__ import annotations

from rule_cases import CASES, OWN

from tests.pages.conftest import Desk, refusals, words


def test_rules_are_narrowed_down_by_law_and_level(full_desk: Desk) -> None:
    page = full_desk.open("rules")
    page.selectbox(key="rules_law").select("SG_PDPA").run()

    assert f"3 of {len(CASES)} rules" in words(page)
    page.selectbox(key="rules_level").select("memory").run()
    assert f"2 of {len(CASES)} rules" in words(page)
    assert "not verified in the legal text: from memory" in words(page)


def test_rules_are_narrowed_down_by_how_they_stood(full_desk: Desk) -> None:
    full_desk.workspace.assess()
    page = full_desk.open("rules")
    page.selectbox(key="rules_state").select("not met").run()
    latest = full_desk.workspace.governance.duties.newest()
    assert latest is not None

    rules = {verdict.rule for verdict in latest.findings}
    assert f"{len(rules)} of {len(CASES)} rules" in words(page)


def test_one_rule_is_shown_with_its_source_and_triples(full_desk: Desk) -> None:
    page = full_desk.open("rules")
    page.selectbox(key="rules_one").select("GDPR-12-3").run()

    assert "Answer within one month" in words(page)
    assert "Where it was read: Regulation (EU) 2016/679" in words(page)
    assert list(page.dataframe[1].value["What"]) == ["right exercised", "extended", "answer"]


def test_a_pack_is_kept_only_when_the_button_is_pressed(full_desk: Desk) -> None:
    page = full_desk.open("rules")
    packs = full_desk.workspace.governance.packs
    upload = ("ours.yaml", OWN.encode(), "application/yaml")
    page.file_uploader(key="rules_file").set_value(upload).run()

    assert "can be used" in words(page)
    assert "Added: OURS-1" in words(page)
    assert packs.kept() == ()
    page.button(key="rules_keep").click().run()
    page.run()
    assert [pack.id for pack in packs.kept()] == ["ours"]
    page.button(key="rules_remove").click().run()
    assert packs.kept() == ()


def test_a_broken_pack_is_refused_with_its_line(full_desk: Desk) -> None:
    page = full_desk.open("rules")
    text = OWN.replace("severity: high", "severity: terrible")
    upload = ("ours.yaml", text.encode(), "application/yaml")
    page.file_uploader(key="rules_file").set_value(upload).run()

    ((title, says),) = refusals(page)
    assert title == "The pack cannot be used"
    assert "Line 21: “severity” must be one of critical / high / medium / low" in says
