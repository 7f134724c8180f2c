"""Packs in a workspace: checked, kept, in force at the next assessment, taken out again."""

from __future__ import annotations

import json

import pytest
from rule_cases import OWN

from compliance.errors import PackError, UnknownPackError, UnknownRuleError
from compliance.register.nouns import Organisation
from compliance.rules import desk_pack
from compliance.rules.nouns import State
from compliance.workspace import Workspace
from compliance.workspace.governing.packs import Packs

NEXT = OWN.replace('version: "1"', 'version: "2"').replace("Everything is", "All is")
BOTH = "laws 2026.11 + desk 2026.11"


@pytest.fixture
def packs(shop: Workspace) -> Packs:
    return shop.governance.packs


def kept(packs: Packs, text: str = OWN) -> Packs:
    packs.keep(text.encode(), "ours.yaml")
    return packs


def test_checking_a_pack_says_what_it_would_change_and_changes_nothing(
    shop: Workspace, packs: Packs
) -> None:
    text = OWN + "disabled: {GDPR-6-1: our lawyer says so}\n"
    before = shop.entries()
    change = packs.check(text.encode(), "ours.yaml")

    assert (change.added, change.changed, change.removed) == (("OURS-1",), (), ())
    assert change.switched_off == ("GDPR-6-1",)
    assert change.edition == f"{BOTH} + ours 1"
    assert packs.in_force() == desk_pack()
    assert shop.entries() == before


def test_a_pack_that_is_kept_is_in_force_and_in_the_trail(shop: Workspace, packs: Packs) -> None:
    kept(packs)

    assert packs.rule("OURS-1").title == "Everything is encrypted"
    entry = shop.entries()[0]
    assert (entry.act, entry.subject) == ("rules.keep", "ours")
    assert entry.facts["added"] == 1
    assert shop.verify_trail().ok


def test_an_assessment_names_the_rules_it_was_made_with(shop: Workspace, packs: Packs) -> None:
    first = shop.assess()
    kept(packs)
    second = shop.assess()

    assert (first.pack, second.pack) == (BOTH, f"{BOTH} + ours 1")
    assert "OURS-1" in {verdict.rule for verdict in second.verdicts}
    assert shop.entries()[0].facts["rules"] == f"{BOTH} + ours 1"


def test_a_rule_that_is_switched_off_is_in_sight_at_the_next_assessment(
    shop: Workspace, packs: Packs
) -> None:
    kept(packs, OWN + "disabled: {ORG-CONTACT: told elsewhere}\n")
    (off,) = (v for v in shop.assess().verdicts if v.rule == "ORG-CONTACT")

    assert (off.state, off.because) == (State.NOT_APPLICABLE, "Switched off: told elsewhere")


def test_a_broken_pack_is_not_kept(shop: Workspace, packs: Packs) -> None:
    before = shop.entries()
    with pytest.raises(PackError, match="Line 19: unknown operator “resembles”"):
        kept(packs, OWN.replace("[encrypted_by, exists]", "[encrypted_by, resembles, 1]"))

    assert shop.entries() == before
    assert packs.kept() == ()


def test_a_newer_version_gives_way_to_nothing_but_is_told_apart(packs: Packs) -> None:
    kept(packs)
    change = packs.check(NEXT.encode(), "ours.yaml")
    kept(packs, NEXT)

    assert change.changed == ("OURS-1",)
    assert [pack.version for pack in packs.kept()] == ["2"]
    assert [pack.version for pack in packs.versions()] == ["2", "1"]


def test_a_version_is_one_text(packs: Packs) -> None:
    kept(packs)
    other = OWN.replace("Everything is", "All is")

    with pytest.raises(PackError, match="Line 3: version 1 was kept before with another text"):
        kept(packs, other)
    kept(packs, OWN + "# a remark changes nothing\n")


@pytest.mark.parametrize("id_", ["desk", "laws", "words"])
def test_the_packs_of_the_desk_cannot_be_replaced_whole(packs: Packs, id_: str) -> None:
    with pytest.raises(PackError, match=r"Line 1: .* is a pack of the desk; choose another id"):
        kept(packs, OWN.replace("id: ours", f"id: {id_}"))


def test_a_pack_taken_out_leaves_the_rules_as_they_were(shop: Workspace, packs: Packs) -> None:
    kept(packs)
    packs.remove("ours")

    assert packs.in_force() == desk_pack()
    assert [pack.is_removed for pack in packs.versions()] == [True, False]
    with pytest.raises(UnknownPackError):
        packs.remove("ours")


def test_a_pack_that_another_extends_stays(packs: Packs) -> None:
    kept(packs)
    more = "id: more\ntitle: More\nversion: '1'\nas_of: 2026-11-20\nextends: [ours]\n"
    packs.keep(more.encode(), "more.yaml")

    with pytest.raises(PackError, match="extends the pack “ours”, which is not here"):
        packs.remove("ours")
    assert len(packs.kept()) == 2


def test_two_packs_cannot_extend_each_other(packs: Packs) -> None:
    one = "id: one\ntitle: One\nversion: '{}'\nas_of: 2026-11-20\nextends: [{}]\n"
    packs.keep(one.format("1", "desk").encode(), "one.yaml")
    two = one.replace("id: one", "id: two").format("1", "one")
    packs.keep(two.encode(), "two.yaml")

    with pytest.raises(PackError, match="packs extend in a circle"):
        packs.keep(one.format("2", "two").encode(), "one.yaml")


def test_a_rule_that_is_not_there_is_refused(packs: Packs) -> None:
    with pytest.raises(UnknownRuleError, match="NO-SUCH"):
        packs.rule("NO-SUCH")


def test_assessments_are_read_back_as_they_were(shop: Workspace) -> None:
    first, second = shop.assess(), shop.assess()
    duties = shop.governance.duties

    assert duties.newest() == second
    assert shop.assessments() == (first, second)
    assert [one.assessed_at for one in duties.standings()] == [
        first.assessed_at,
        second.assessed_at,
    ]
    assert duties.standings()[-1].score == second.score
    assert duties.newest(["orders"]) is None


def test_assessments_of_earlier_versions_are_still_read(shop: Workspace) -> None:
    from compliance.plain import to_plain
    from compliance.storage import tables

    found = shop.assess()
    plain = to_plain(found)
    for verdict in plain["verdicts"]:
        del verdict["law_name"], verdict["outcomes"]
    with shop._desk.act("duties.assess", "everything") as act:
        act.store(tables.ASSESSMENT, plain, scope="everything")

    again = shop.governance.duties.newest()
    assert again is not None
    assert [v.key for v in again.verdicts] == [v.key for v in found.verdicts]


def test_a_stored_assessment_takes_little_room(shop: Workspace) -> None:
    from sqlalchemy import text

    from compliance.plain import to_json

    found = shop.assess()
    with shop._desk.database.reading() as connection:
        (size,) = connection.execute(text("select length(record) from assessment")).one()

    assert size * 4 < len(to_json(found))


def test_no_value_that_was_typed_stands_in_a_verdict(shop: Workspace) -> None:
    shop.set_organisation(Organisation(name="Shop", contact="Xanthippe Quisling", country="DE"))
    found = shop.assess()

    assert "Quisling" not in json.dumps([v.evidence + str(v.outcomes) for v in found.verdicts])
