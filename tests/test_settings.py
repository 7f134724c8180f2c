"""What can be set is set where it should be, known to those it concerns, and written down."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from compliance.cli.parser import parser
from compliance.errors import WorkspaceError
from compliance.settings import SETTINGS, Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def verbs(of: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Every verb that can be typed, such as `dataset add`."""
    inner = [a for a in of._actions if isinstance(a, argparse._SubParsersAction)]
    if before and not inner:
        yield before
    for action in inner:
        for name, sub in action.choices.items():
            yield from verbs(sub, f"{before} {name}".strip())


def options(section: dict[str, object], before: str) -> Iterator[str]:
    for name, value in section.items():
        if isinstance(value, dict):
            yield from options(value, f"{before}.{name}")
        else:
            yield f"{before}.{name}"


def test_the_app_is_configured_only_with_options_that_streamlit_knows() -> None:
    """`runner.postScriptGC` above all: it is undocumented, and the app is slow without it."""
    known = config.get_config_options().keys()
    ours = {o for name, section in CONFIG.items() for o in options(section, name)}

    assert "runner.postScriptGC" in ours
    assert ours - known == set()


@pytest.mark.parametrize(
    ("section", "option", "value", "why"),
    [
        ("server", "address", "127.0.0.1", "only this machine reaches the app"),
        ("client", "showErrorDetails", "none", "a traceback could hold values"),
        ("client", "allowedOrigins", [], "no site of Streamlit's may send the desk messages"),
        ("browser", "gatherUsageStats", False, "the app talks to nobody"),
        ("runner", "postScriptGC", False, "a full collection after every click"),
        ("server", "enableStaticServing", False, "no file is served past the pages"),
    ],
)
def test_what_privacy_rests_on_is_set(section: str, option: str, value: object, why: str) -> None:
    assert CONFIG[section][option] == value, why


def test_light_and_dark_define_the_same_colours() -> None:
    light, dark = CONFIG["theme"]["light"], CONFIG["theme"]["dark"]

    assert light.keys() == dark.keys()
    assert len(light["chartCategoricalColors"]) == len(dark["chartCategoricalColors"])


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_readme_names_every_setting(setting: object) -> None:
    assert f"`{setting.name}`" in README  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", sorted(verbs(parser())))
def test_the_readme_names_every_command(verb: str) -> None:
    assert re.search(rf"`{verb}[ `]", README)


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    found = Settings.from_environment({})

    assert found.home == Path("~/.privacy-desk").expanduser()
    assert found.database_url == f"sqlite:///{found.home / 'records.sqlite'}"
    assert found.actor == "local officer"


def test_a_home_that_was_typed_wins_over_the_environment(tmp_path: Path) -> None:
    found = Settings.from_environment({"PRIVACY_DESK_HOME": "/elsewhere"}, home=tmp_path)

    assert found.home == tmp_path


def test_a_home_nobody_knows_is_refused_in_a_sentence() -> None:
    with pytest.raises(WorkspaceError, match="no home folder"):
        Settings.from_environment({"PRIVACY_DESK_HOME": "~nobody-of-that-name/desk"})


def test_every_package_is_pinned_and_no_address_is_written_down() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

        assert [line for line in wanted if "==" not in line] == []
        assert [line for line in lines if "://" in line or line.startswith("-")] == []


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    asked = [re.sub(r"\[.*\]", "", line).lower() for line in project["dependencies"]]

    assert [line for line in asked if line not in locked] == []
