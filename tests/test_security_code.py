"""Static checks of our own code, what it stands on, and where its secrets lie."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from benchmarks.dependencies import CLEAN, HOLES, UNCHECKED, verdict
from compliance.errors import ComplianceError, WorkspaceError
from compliance.settings import ServerSettings, Settings
from compliance.storage import Database
from compliance.workspace import Workspace
from tests.kept import once
from tests.walked_shop import walk

ROOT = Path(__file__).resolve().parent.parent
SECRET = "Xanthippes-passphrase-0815"  # noqa: S105 - an invented one


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_bandit_finds_nothing() -> None:
    done = run("bandit", "-q", "-c", "pyproject.toml", "-r", "compliance", "pages", "app.py")

    assert done.returncode == 0, done.stdout


def test_bandit_is_silenced_line_by_line_with_a_reason() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["bandit"]
    sources = [*(ROOT / "compliance").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    silenced = [
        line
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if "# nosec" in line
    ]

    assert set(asked["skips"]) == {"B101", "B404", "B603", "B607"}
    assert silenced
    assert [line for line in silenced if not re.search(r"# nosec B\d{3}$", line)] == []


PACKAGE = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "Dependency not found on PyPI"}
HOLED = {
    "name": "c",
    "version": "1",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"], "aliases": [], "description": "x"}],
}


@pytest.mark.parametrize(
    ("found", "code", "says"),
    [
        pytest.param([PACKAGE], CLEAN, "1 packages were checked, 0 known holes", id="clean"),
        pytest.param([PACKAGE, HOLED], HOLES, "c 1: PYSEC-1, mended in 2", id="a hole"),
        pytest.param([SKIPPED, SKIPPED], UNCHECKED, "could not be checked", id="nobody asked"),
        pytest.param([PACKAGE, SKIPPED], UNCHECKED, "1 of 2 packages could not", id="one missed"),
        pytest.param([SKIPPED, HOLED], HOLES, "could not be checked", id="a hole and one missed"),
        pytest.param([], UNCHECKED, "no clean bill", id="no answer"),
    ],
)
def test_what_could_not_be_checked_never_looks_clean(
    found: list[dict[str, object]], code: int, says: str
) -> None:
    ended, lines = verdict(found)

    assert ended == code
    assert any(says in line for line in lines)


def test_the_bill_of_materials_is_valid_and_whole(tmp_path: Path) -> None:
    command = re.search(r"cyclonedx-py (requirements .*?)-o build", MAKEFILE, re.DOTALL)
    assert command
    words = command[1].replace("\\\n", " ").split()
    done = run("cyclonedx_py", *words, "-o", str(tmp_path / "sbom.json"))
    text = (tmp_path / "sbom.json").read_text(encoding="utf-8")
    bill = json.loads(text)
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    locked = re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==([^ ;\n]+)", lock, re.MULTILINE)

    assert done.returncode == 0, done.stderr
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert {(c["name"], c["version"]) for c in bill["components"]} == {
        (re.sub(r"\[.*", "", name), version) for name, version in locked
    }
    assert bill["metadata"]["component"]["name"] == "privacy-desk"


MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


# Secrets


def test_the_workspace_folder_and_its_keys_are_their_owners_alone() -> None:
    """Whatever the habit of the machine: files made while the umask lets everybody read."""
    home = once(walk)
    others = {path for path in home.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert others, "the umask let everybody read"

    secret = {path for path in home.rglob("*") if path.suffix in (".key", ".pem", ".p12")}
    open_to_others = {
        str(path.relative_to(home)) for path in secret if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert home / "secret.key" in secret
    assert open_to_others == set()


def test_no_setting_that_may_hold_a_secret_shows_it() -> None:
    address = f"postgresql+psycopg://desk:{SECRET}@db/desk"
    asked = {
        "PRIVACY_DESK_DATABASE_URL": address,
        "PRIVACY_DESK_SMTP_URL": f"smtps://desk:{SECRET}@mail:465",
        "PRIVACY_DESK_SIGNER_PASSWORD": SECRET,
        "PRIVACY_DESK_METRICS_TOKEN": SECRET,
    }
    settings, server = Settings.from_environment(asked), ServerSettings.from_environment(asked)

    assert SECRET in settings.database_url
    assert SECRET in server.metrics_token
    assert SECRET not in f"{settings!r}{settings}{server!r}{server}"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+psycopg://desk:{SECRET}@127.0.0.1:1/desk",
        f"postgresql+psycopg://desk:{SECRET}@127.0.0.1:port/desk",
        f"mysql://desk:{SECRET}@127.0.0.1/desk",
        f"{SECRET}@127.0.0.1",
    ],
)
def test_a_database_that_cannot_be_reached_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ComplianceError) as refused:
        Database(address)

    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value)


def test_a_secret_of_the_desk_is_in_no_record() -> None:
    home = once(walk)
    key = (home / "secret.key").read_bytes()
    forms = (key, key.hex().encode())

    others = [path for path in home.rglob("*") if path.is_file() and path.name != "secret.key"]
    assert others
    assert [path for path in others if any(form in path.read_bytes() for form in forms)] == []


def test_a_damaged_key_is_refused_without_its_bytes(workspace: Workspace) -> None:
    (workspace.settings.home / "secret.key").write_bytes(SECRET.encode())
    with pytest.raises(WorkspaceError) as refused:
        Workspace(workspace.settings)

    assert SECRET not in str(refused.value)
