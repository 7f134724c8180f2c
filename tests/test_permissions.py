"""The table role × verb, against the real desk: nobody does or sees what no role of theirs may."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.access import by_itself, doors, may, permissions
from compliance.access.nouns import Actor, Role
from compliance.anonymise import to_plan as to_anonymisation_plan
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName
from compliance.errors import NotPermittedError
from compliance.privacy.nouns import Budget
from compliance.register import Shape
from compliance.report.nouns import ReportKind
from compliance.rules.nouns.audit import Schedule
from compliance.trail.nouns import AnchorKind
from compliance.workspace import Workspace
from compliance.workspace.anonymising import anonymisation
from compliance.workspace.guarding import guarded
from tests.anonymised_people import ended
from tests.postgresql import past_the_desk, without_triggers
from tests.test_workspace import plan, query

ROOT = Path(__file__).resolve().parent.parent
ACTORS = {role: Actor(name=f"the {role}", roles=frozenset({role})) for role in Role}
PLAN = to_anonymisation_plan(
    {"quasi_identifiers": {name: {"build": "suppress"} for name in ("country", "device")}, "k": 2}
)
LOOKS = {name for name in permissions() if name.endswith(".see")}


def acts_of_the_trail() -> set[str]:
    rows = yaml.safe_load((ROOT / "compliance/privacy/disclosure/acts.yaml").read_text("utf-8"))
    return {row["act"] for row in rows["acts"]}


def areas(workspace: Workspace) -> Iterator[tuple[str, Any]]:
    """Every area of the workspace that anybody can get at, by the name of its class."""
    found: dict[str, Any] = {}
    left: list[Any] = [workspace, workspace.federation]
    while left:
        area = left.pop()
        if type(area).__name__ not in found:
            found[type(area).__name__] = area
            beneath = (value for name, value in vars(area).items() if not name.startswith("_"))
            left += [one for one in beneath if type(one).__module__.startswith("compliance.work")]
    yield from found.items()


def verbs(area: Any) -> dict[str, Any]:
    """The public verbs of an area, as they stand in its class."""
    members = inspect.getmembers_static(type(area))
    return {
        name: verb
        for name, verb in members
        if not name.startswith("_") and (inspect.isfunction(verb) or isinstance(verb, staticmethod))
    }


def entries(workspace: Workspace) -> int:
    return workspace.acting(ACTORS[Role.AUDITOR]).proof.log.signed().entries


# ---------------------------------------------------------------- acts


@pytest.mark.parametrize("role", Role)
def test_each_role_does_what_the_table_says_and_nothing_else(
    workspace: Workspace, role: Role
) -> None:
    desk = workspace._desk.acting(ACTORS[role])
    done = set()

    for name in permissions().keys() | by_itself().rights:
        try:
            with desk.act(name, "nothing"):
                done.add(name)
        except NotPermittedError:
            pass

    assert done == {name for name, roles in permissions().items() if role in roles}


@pytest.mark.parametrize("role", Role)
def test_each_role_looks_at_what_the_table_says_and_at_nothing_else(
    workspace: Workspace, role: Role
) -> None:
    theirs = workspace.acting(ACTORS[role])
    seen = {name for name in LOOKS if theirs.may(name)}

    for name in LOOKS - seen:
        with pytest.raises(NotPermittedError):
            theirs._desk.permit(name)

    assert seen == {name for name in LOOKS if role in permissions()[name]}


def test_whoever_has_the_machine_in_hand_may_do_everything(workspace: Workspace) -> None:
    assert all(workspace.may(name) for name in permissions())


def test_several_roles_together_may_what_each_of_them_may() -> None:
    both = Actor(name="both", roles=frozenset({Role.AUDITOR, Role.ADMINISTRATOR}))

    assert {name for name in permissions() if may(both, name)} == {
        name for name, roles in permissions().items() if roles & {Role.AUDITOR, Role.ADMINISTRATOR}
    }


def test_what_stands_nowhere_nobody_may(workspace: Workspace) -> None:
    with pytest.raises(NotPermittedError, match="nobody"), workspace._desk.act("table.drop", "all"):
        pass


def test_the_table_names_the_acts_of_the_trail_and_the_looks_that_are_asked_for() -> None:
    named = permissions().keys() | by_itself().rights

    assert named - LOOKS == acts_of_the_trail()
    assert rights_asked_for() >= LOOKS


@pytest.mark.anywhere
def test_every_right_that_the_code_asks_for_stands_in_the_table() -> None:
    assert rights_asked_for() - {""} <= permissions().keys()


def rights_asked_for() -> set[str]:
    """Every right of a door, and every text given to `permit` and `may`, in workspace and pages."""
    rows = yaml.safe_load((ROOT / "compliance/access/doors.yaml").read_text("utf-8"))
    found = {verb for area in rows if area[0].isupper() for verb in doors(area).values()}
    for folder in ("compliance/workspace", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    first = node.args[0] if node.args else None
                    if called in ("permit", "may") and isinstance(first, ast.Constant):
                        found.add(first.value)
    return found


# ---------------------------------------------------------------- separation of duty


def allowed(role: Role) -> set[str]:
    return {name for name, roles in permissions().items() if role in roles}


def test_an_administrator_has_neither_rows_nor_evidence_nor_decisions() -> None:
    assert {n.split(".")[0] for n in allowed(Role.ADMINISTRATOR)} == {
        *("account", "alarm", "anchor", "backup", "trail", "visit"),
    }
    assert "alarm.acknowledge" not in allowed(Role.ADMINISTRATOR)


def test_an_auditor_sees_no_rows_and_no_people_and_changes_no_data() -> None:
    mine = allowed(Role.AUDITOR)

    assert not mine & {"rows.see", "request.see", "request.read", "report.read", "vault.open"}
    assert not {n for n in mine if n.split(".")[0] in ("dataset", "label", "budget", "erasure")}


def test_an_analyst_has_no_requests_and_no_decisions() -> None:
    mine = {n for n in allowed(Role.ANALYST) if n.split(".")[0] != "visit"}

    assert not {n for n in mine if n.split(".")[0] in ("request", "erasure", "hold", "consent")}
    assert not {n for n in mine if n.endswith((".decide", ".waive")) and n != "label.decide"}
    assert not mine & {"remedy.apply", "rules.keep", "vault.open", "register.record"}


def test_only_administrators_decide_who_signs_in() -> None:
    assert permissions()["account.keep"] == permissions()["account.remove"] == {Role.ADMINISTRATOR}


# ---------------------------------------------------------------- doors


def test_every_public_verb_of_every_area_stands_in_the_table_of_doors(workspace: Workspace) -> None:
    found = {name: set(verbs(area)) for name, area in areas(workspace)}

    assert len(found) > 30
    for name, own in found.items():
        if own:
            assert own == set(doors(name)), name


def test_a_verb_that_nobody_decided_on_does_not_load() -> None:
    class Holding:
        def holds(self) -> None: ...
        def forget_everything(self) -> None: ...

    with pytest.raises(KeyError, match="forget_everything"):
        guarded(Holding)


def test_open_doors_are_few_and_say_why() -> None:
    rows = yaml.safe_load((ROOT / "compliance/access/doors.yaml").read_text("utf-8"))
    opened = {
        f"{area}.{verb}": why
        for area, rights in rows.items()
        if isinstance(rights, dict)
        for verb, why in rights.get("open", {}).items()
    }

    assert set(opened) == {
        *("Workspace.acting", "Workspace.may", "Workspace.organisation", "Workspace.permit"),
        *("Vitals.counts", "Vitals.faults"),
        *(f"Visits.{verb}" for verb in ("begin", "check", "confirm", "end", "identity")),
        *("Registering.kinds", "Fulfilling.questions", "Audits.now", "Erasing.resume"),
        "Impacts.changed_in",
        *("Guiding.keep", "Guiding.kept", "Guiding.whoever"),
        "Accounts.of",
        *("Vitals.counts", "Vitals.faults"),
    }
    assert all(len(why) > 10 for why in opened.values())


@pytest.mark.parametrize("role", Role)
def test_whoever_has_no_right_is_refused_before_anything_else(shop: Workspace, role: Role) -> None:
    """No argument is given, so that whatever looks at one before it asks for the right fails."""
    before, theirs = entries(shop), shop.acting(ACTORS[role])
    refused = 0

    for name, area in areas(theirs):
        for verb in verbs(area):
            right = doors(name).get(verb, "")
            if right and not may(ACTORS[role], right):
                with pytest.raises(NotPermittedError):
                    getattr(area, verb)()
                refused += 1

    assert refused >= (3 if role is Role.OFFICER else 80)
    assert entries(shop) == before


def test_what_is_kept_in_memory_is_shared_and_lies_behind_the_door(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ended(shop.anonymisation.curve("orders", PLAN, {}, [2, 3]))
    monkeypatch.setattr(anonymisation, "surveying", None)  # nothing can be worked out any more
    analyst, auditor = (shop.acting(ACTORS[role]) for role in (Role.ANALYST, Role.AUDITOR))

    assert ended(analyst.anonymisation.curve("orders", PLAN, {}, [2, 3])) is first
    with pytest.raises(NotPermittedError):
        auditor.anonymisation.curve("orders", PLAN, {}, [2, 3])


def test_a_generator_refuses_when_it_is_asked_for(shop: Workspace) -> None:
    auditor = shop.acting(ACTORS[Role.AUDITOR])

    with pytest.raises(NotPermittedError):
        auditor.rights.erasing.erase([])


# ---------------------------------------------------------------- what is shown of it


def test_an_auditor_sees_labels_without_examples_of_values(shop: Workspace) -> None:
    shop.discover("orders")
    auditor, analyst = (shop.acting(ACTORS[role]) for role in (Role.AUDITOR, Role.ANALYST))
    seen, worked_on = auditor.discovery("orders"), analyst.discovery("orders")

    assert seen is not None
    assert worked_on is not None
    assert not any(label.examples for label in seen.labels)
    assert any(label.examples for label in worked_on.labels)
    assert {(la.column, la.semantic_type) for la in seen.labels} == {
        (la.column, la.semantic_type) for la in worked_on.labels
    }
    known = auditor.governance.impacts.knowledge().holdings[0].discovery
    assert known is not None
    assert not any(label.examples for label in known.labels)
    labels = auditor.proof.lineage.known().labels.values()
    assert not any(label.examples for one in labels for label in one.labels)


def test_letters_to_people_are_for_officers(shop: Workspace) -> None:
    auditor = shop.acting(ACTORS[Role.AUDITOR])
    letter = replace(shop.build_report(ReportKind.AUDIT), kind=ReportKind.REQUEST)

    with pytest.raises(NotPermittedError):
        auditor.report_pdf(letter)
    with pytest.raises(NotPermittedError):
        auditor.build_report(ReportKind.REQUEST, about="R00001")
    with pytest.raises(NotPermittedError):
        auditor.rights.fulfilling.report(ReportKind.REQUEST, "R00001")


# ---------------------------------------------------------------- who acts


def test_the_trail_names_who_acts_through_each_hand(shop: Workspace) -> None:
    analyst = shop.acting(ACTORS[Role.ANALYST])

    analyst.discover("orders")
    shop.discover("orders")

    assert [entry.actor for entry in shop.entries(2)] == ["local officer", "the analyst"]
    assert (analyst.actor, shop.actor.name) == (ACTORS[Role.ANALYST], "local officer")


def test_work_in_other_threads_stays_in_the_hand_that_began_it(shop: Workspace) -> None:
    hands = [Actor(name=f"officer {n}", roles=frozenset({Role.OFFICER})) for n in range(8)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda hand: shop.acting(hand).discover("orders"), hands))

    assert {entry.actor for entry in shop.entries(8)} == {hand.name for hand in hands}


def test_a_generator_goes_on_in_the_hand_that_began_it(shop: Workspace) -> None:
    steps = shop.acting(ACTORS[Role.ANALYST]).anonymisation.anonymise("orders", PLAN, {}, "out")
    shop.acting(ACTORS[Role.OFFICER])

    list(steps)

    assert shop.entries(1)[0].actor == "the analyst"


# ---------------------------------------------------------------- the desk by itself


def test_the_desk_by_itself_decides_nothing_and_sees_no_people() -> None:
    mine = by_itself().rights

    assert not mine & {"rows.see", "request.see", "account.see", "vault.open", "output.export"}
    assert not {name for name in mine if name.endswith((".decide", ".keep", ".remove", ".export"))}


def test_scheduled_audits_run_with_the_rights_of_the_desk(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.governance.audits.keep(
        Schedule(name="hourly", cron="0 * * * *", made_at=shop.governance.audits.now())
    )
    later = shop.governance.audits.now().replace(year=shop.governance.audits.now().year + 1)
    monkeypatch.setattr(shop._desk, "clock", lambda: later)

    ran = [one for one in shop.governance.audits.run_due() if one.schedule == "hourly"]

    assert ran[0].audit is not None
    assert ran[0].audit.actor == "the desk"
    done = {entry.act for entry in shop.entries() if entry.actor == "the desk"}
    assert {"schedule.claim", "dataset.discover", "audit.run", "trail.verify"} <= done


def test_an_auditor_audits_what_nobody_looked_at_without_seeing_rows(shop: Workspace) -> None:
    auditor = shop.acting(ACTORS[Role.AUDITOR])

    audit = auditor.governance.audits.run()

    assert audit.discovered == ("orders",)
    by = {entry.act: entry.actor for entry in shop.entries()}
    assert by["audit.run"] == by["duties.assess"] == "the auditor"
    assert by["dataset.discover"] == "the desk"


def test_a_trail_that_is_not_whole_becomes_a_finding_whoever_sees_it(shop: Workspace) -> None:
    with closing(past_the_desk(shop.settings)) as records:
        without_triggers(records)
        records.execute("update trail set body = body || ' ' where number = 1")
        records.commit()
    analyst = shop.acting(ACTORS[Role.ANALYST])

    kept, _ = analyst.proof.trail.verify()

    assert not kept.ok
    by = {entry.act: entry.actor for entry in shop.entries()}
    assert (by["trail.verify"], by["duties.assess"]) == ("the analyst", "the desk")
    assert any(one.rule == "POL-TRAIL" for one in shop.governance.mending.findings())


# ---------------------------------------------------------------- whole days of work


def test_an_analyst_works_on_data_from_the_file_to_the_report(
    shop: Workspace, orders_csv: bytes
) -> None:
    analyst = shop.acting(ACTORS[Role.ANALYST])
    description = shop.dataset("orders").description
    asked = Budget(epsilon=Decimal("0.1"), delta=Decimal("1e-6"))

    analyst.add_files(
        [RawFile(name="more.csv", data=orders_csv + b"\n1.0,FR,1.50,phone,R1,true")],
        "more",
        description,
    )
    found = analyst.discover("more")
    label = found.labels[0]
    analyst.decide_labels("more", {label.column: (label.semantic_type, label.identifier_class)})
    analyst.preview("orders", query(), asked)
    analyst.propose_bounds("orders", query(), [ColumnName("amount")], asked)
    analyst.release("orders", query(), Decimal("0.5"))
    analyst.probing.try_attacks("orders", query(), asked)
    done = ended(analyst.anonymisation.anonymise("orders", PLAN, {}, "safe"))
    analyst.anonymisation.output(done)
    analyst.anonymisation.keep_recipe(done, "yearly")
    list(analyst.federation.train("orders", plan(rounds=1)))
    analyst.build_report(ReportKind.RELEASE, ["orders"])
    analyst.proof.lineage.export("orders")

    work = {entry.act for entry in shop.entries() if entry.actor == "the analyst"}
    assert {"dataset.add", "release.publish", "output.export", "run.finish"} <= work


def test_an_auditor_audits_and_takes_evidence_out(shop: Workspace) -> None:
    auditor = shop.acting(ACTORS[Role.AUDITOR])

    auditor.assess()
    report = auditor.build_report(ReportKind.AUDIT)
    auditor.proof.reports.hand_out(report)
    auditor.governance.watching.look()
    auditor.governance.register.export(Shape.JSON)
    auditor.rights.requests.statistics(date(2026, 1, 1), date(2026, 12, 31))
    auditor.probing.self_audit()
    "".join(auditor.proof.log.export())

    assert auditor.proof.trail.verify()[0].ok


def test_an_administrator_runs_the_desk(shop: Workspace, tmp_path: Path) -> None:
    administrator = shop.acting(ACTORS[Role.ADMINISTRATOR])
    trail = administrator.proof.trail

    trail.keep("outside", AnchorKind.FILE, str(tmp_path / "seen.jsonl"), "day")
    assert trail.run("outside").last_done is not None
    administrator.proof.log.rotate_key()
    administrator.checkpoint_trail()
    administrator.access.accounts.keep("Ada", "ada@example.org", [Role.OFFICER])
    assert trail.verify()[0].ok
    trail.remove("outside")
