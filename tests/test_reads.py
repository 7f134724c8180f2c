"""Every way out of the desk: which act tells of it, or why none has to."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
import yaml

from compliance.dataset import RawFile
from compliance.report.nouns import Format, ReportKind
from compliance.settings import Settings
from compliance.workspace import Workspace

ROOT = Path(__file__).parent.parent
ACTS = ROOT / "compliance" / "privacy" / "disclosure" / "acts.yaml"

# Where a file can be had, by module and function: for each button or write there, in their order,
# the act that tells of it, or why none does.
PLAN = "a plan or a question: names and parameters that the officer chose"
OUTSIDE = "a text or an image that is no dataset, after the act that took personal data out"
RULES = "rules: laws and thresholds, no people"
WAYS: dict[str, tuple[str, ...]] = {
    # Pages
    "pages/protect/federated.py:go_on": ("run.export",),
    "pages/prove/lineage.py:<module>": ("lineage.export", "lineage.export"),
    "pages/parts/trailing/verdict.py:checkpoint": ("trail.checkpoint", "trail.export"),
    "pages/parts/trailing/checking.py:proofs": ("trail.prove",),
    "pages/parts/reporting/choosing.py:download": ("report.export",),
    "pages/parts/anonymising/handing.py:_ways": ("output.export", PLAN),
    "pages/parts/anonymising/files.py:as_file": (PLAN,),
    "pages/parts/anonymising/histories.py:_shown": ("output.export",),
    "pages/parts/consenting/changes.py:take_out": ("consent.export",),
    "pages/parts/ruling/packs.py:hand_out": (RULES,),
    "pages/parts/told.py:handed_out": ("release.disclose",),
    "pages/parts/scans.py:text": (OUTSIDE,),
    "pages/parts/scans.py:image": (OUTSIDE,),
    "pages/parts/plans.py:as_file": (PLAN,),
    "pages/parts/question_files.py:files": (PLAN,),
    "pages/parts/requesting/papers.py:_write": ("report.export",),
    "pages/parts/requesting/boards.py:_log": ("request.log",),
    "pages/parts/requesting/carrying.py:package": ("request.package",),
    "pages/parts/impacting/judging.py:versions": ("impact.export",),
    "pages/parts/registering/files.py:take_out": ("register.export", "register.export"),
    "pages/parts/registering/files.py:record_of_processing": ("register.export",),
    # The command line
    "compliance/cli/trails.py:_prove": ("trail.prove",),
    "compliance/cli/trails.py:_checkpoint": ("trail.checkpoint",),
    "compliance/cli/trails.py:_export": ("trail.export",),
    "compliance/cli/backups.py:_make": ("backup.make",),
    "compliance/cli/impacting.py:_export": ("impact.export",),
    "compliance/cli/requests.py:write_log": ("request.log",),
    "compliance/cli/requests.py:_package": ("request.package",),
    "compliance/cli/fulfilling.py:_package": ("request.package",),
    "compliance/cli/packing.py:_export": (RULES,),
    "compliance/cli/anonymising.py:discover_text": ("text.redact", "text.replace"),
    "compliance/cli/anonymising.py:redact_image": ("image.redact",),
    "compliance/cli/anonymising.py:propose": (PLAN,),
    "compliance/cli/anonymising.py:hierarchy": ("hierarchy.export",),
    "compliance/cli/anonymising.py:anonymise": ("output.export",),
    "compliance/cli/anonymising.py:baskets": ("output.export",),
    "compliance/cli/anonymising.py:recipe_apply": ("output.export",),
    "compliance/cli/consenting.py:export": ("consent.export",),
    "compliance/cli/registering.py:_written": ("register.export",),
    "compliance/cli/verbs.py:run_model": ("run.export",),
    "compliance/cli/verbs.py:disclosure": ("release.disclose",),
    "compliance/cli/verbs.py:written": ("report.build",),  # one verb builds it and hands it out
    "compliance/cli/lineages.py:_columns": ("lineage.export",),
    "compliance/cli/lineages.py:_export": ("lineage.export",),
}
# What is shown on a screen and is about one person; the rest of what pages show of rows is masked
# (Discovery, hierarchies) or counted, or kept from the trail on purpose (previews).
SHOWN = ("request.search", "request.read", "report.read", "vault.open")


def ways_in(path: Path) -> Counter[str]:
    """The functions of a module that hand files out, and at how many places each does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        call: node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }
    name = path.relative_to(ROOT)
    return Counter(
        f"{name}:{inner.get(call, '<module>')}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and (
            call.func.attr == "download_button"
            or ast.unparse(call.func) in ("typed.write", "typed.write_all")
        )
    )


def test_every_way_out_names_its_act_or_why_it_has_none() -> None:
    files = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "compliance" / "cli").glob("*.py")]
    found = sum(map(ways_in, files), Counter())
    assert found == {way: len(said) for way, said in WAYS.items()}


def test_every_act_that_tells_of_a_way_out_is_written_somewhere_and_said_in_words() -> None:
    known = {row["act"] for row in yaml.safe_load(ACTS.read_text("utf-8"))["acts"]}
    code = "".join(p.read_text("utf-8") for p in (ROOT / "compliance" / "workspace").rglob("*.py"))
    said = {each for way in WAYS.values() for each in way} - {PLAN, OUTSIDE, RULES}
    acts = said | {*SHOWN}

    assert acts <= known
    assert {act for act in acts if f'"{act}"' not in code} == set()


def test_a_button_hands_out_only_when_it_is_pressed() -> None:
    """What a click writes is a function; bytes that are made while a page is drawn tell nothing."""
    made_before = {
        "pages/parts/requesting/carrying.py": "data=handed.data",  # made by the click before
    }
    for path in (ROOT / "pages").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_download = isinstance(call, ast.Call) and ast.unparse(call.func).endswith(
                ".download_button"
            )
            if not is_download:
                continue
            data = next((k.value for k in call.keywords if k.arg == "data"), None) or call.args[1]
            said = ast.unparse(data)
            is_late = said.startswith(("lambda", "partial(")) or (
                isinstance(data, ast.Attribute) and not said.endswith(".data")
            )
            excused = made_before.get(str(path.relative_to(ROOT)), "") == f"data={said}"
            assert is_late or excused, (path, said)


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    address = f"sqlite:///{tmp_path / 'records.sqlite'}"
    desk = Workspace(Settings(home=tmp_path, database_url=address, actor="tester"))
    desk.add_files([RawFile(name="a.csv", data=b"who\nquisling\nknut\n")], "folk")
    return desk


def test_a_report_that_is_taken_away_is_one_entry(desk: Workspace) -> None:
    report = desk.build_report(ReportKind.AUDIT)
    before = desk.verify_trail().entries
    assert desk.proof.reports.hand_out(report, Format.PDF).startswith(b"%PDF")
    newest = desk.entries(1)[0]

    assert desk.verify_trail().entries == before + 1
    assert (newest.act, newest.subject) == ("report.export", report.id)
    assert newest.facts == {"kind": "audit", "format": "pdf", "sha256": report.sha256}
    desk.report_pdf(report)  # a page that is merely drawn writes nothing
    assert desk.verify_trail().entries == before + 1


def test_the_lineage_that_is_taken_away_is_one_entry(desk: Workspace) -> None:
    edges, data = desk.proof.lineage.export_columns()
    newest = desk.entries(1)[0]

    assert (newest.act, newest.facts["edges"]) == ("lineage.export", len(edges))
    assert data.startswith(b"\xef\xbb\xbffrom_kind") or b"from_kind" in data
    assert "quisling" not in desk.export_trail()
