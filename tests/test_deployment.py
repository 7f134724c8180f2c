"""What is handed to those who run the desk: image, compose file, units, proxies, settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import yaml

from benchmarks.image import context, is_sent, stages
from compliance.errors import WorkspaceError
from compliance.settings import SETTINGS, ServerSettings, Settings

ROOT = Path(__file__).resolve().parent.parent
DEPLOYING = ROOT / "docs" / "deploying"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
STAGES = stages(DOCKERFILE)
STEPS = [step for stage in STAGES for step in stage.steps]
LAST = STAGES[-1].steps
WAIT_S = 90


def rests(word: str, steps: list[tuple[str, str]] = STEPS) -> list[str]:
    return [rest for name, rest in steps if name == word]


# The image. The numbers are those of hadolint's and Docker's own rules.

FORBIDDEN = {
    "DL3002 the last user is root": lambda: rests("USER")[-1].split(":")[0] in ("0", "root"),
    "DL3006 DL3007 an image is not pinned": lambda: (
        "latest" in DOCKERFILE
        or not all(re.search(r":\S*\d+\.\d+\S*", image) for image in images())
    ),
    "DL3008 DL3027 packages of a moving set": lambda: re.search(r"\bapt(-get)? ", DOCKERFILE),
    "DL3013 a package is not pinned": lambda: any(
        not re.search(r"-r requirements\.txt( \"[a-z]+\[[a-z]+\]==[\d.]+\")*", run)
        for run in rests("RUN")
        if "pip install" in run
    ),
    "DL3020 ADD fetches or unpacks": lambda: rests("ADD"),
    "DL3025 a command goes through a shell": lambda: not rests("CMD")[-1].startswith("["),
    "DL3042 pip keeps its cache": lambda: "PIP_NO_CACHE_DIR=1" not in DOCKERFILE,
    "DL3045 COPY to nowhere": lambda: (
        STAGES[0].steps.index(("WORKDIR", "/opt/privacy-desk"))
        > [word for word, _ in STAGES[0].steps].index("COPY")
    ),
    "DL3059 DL4006 a pipe hides an error": lambda: any(" | " in run for run in rests("RUN")),
    "DL4000 MAINTAINER": lambda: rests("MAINTAINER"),
    "DL3004 sudo": lambda: "sudo" in DOCKERFILE,
    "a script from the network is run": lambda: re.search(r"\b(curl|wget)\b", DOCKERFILE),
    "SecretsUsedInArgOrEnv": lambda: any(
        re.search(r"(?i)password|secret|token|key|credential", rest)
        for rest in [*rests("ENV"), *rests("ARG")]
    ),
    "everything is copied": lambda: any(rest.split()[0] == "." for rest in rests("COPY")),
}


def images() -> list[str]:
    """The images that the stages stand on, with what ARG fills in."""
    filled = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE, re.MULTILINE))
    named = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    return [re.sub(r"\$\{(\w+)\}", lambda found: filled[found[1]], image) for image in named]


@pytest.mark.parametrize("rule", FORBIDDEN, ids=lambda rule: rule.split()[0])
def test_the_dockerfile_breaks_no_rule(rule: str) -> None:
    assert not FORBIDDEN[rule](), rule


def test_the_image_is_left_to_a_user_of_its_own_with_everything_compiled() -> None:
    user = rests("USER", LAST)
    health = rests("HEALTHCHECK", LAST)

    assert [u.split(":")[0].isdigit() and u != "0:0" for u in user] == [True]
    assert "http://127.0.0.1:8501/health'" in health[0]
    assert any("compileall" in run for run in rests("RUN", STAGES[0].steps))
    assert any("pip uninstall -y pip" in run for run in rests("RUN", STAGES[0].steps))
    assert any("STREAMLIT_BROWSER_SERVER_ADDRESS=" in rest for rest in rests("ENV", LAST))
    assert [rest for rest in rests("COPY", LAST) if not rest.startswith("--from=build")] == []


def test_the_driver_of_postgresql_is_the_one_that_was_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = project["optional-dependencies"]["postgresql"]

    assert all(f'"{package}"' in DOCKERFILE for package in pinned)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("app.py", True),
        ("compliance/settings/__init__.py", True),
        ("compliance/report/fonts/a.ttf", True),
        (".streamlit/config.toml", True),
        (".streamlit/secrets.toml", False),
        ("secrets/database_url", False),
        ("compliance/__pycache__/settings.cpython-311.pyc", False),
        (".git/config", False),
        (".env", False),
        ("tests/conftest.py", False),
        ("docs/app.py", False),
        ("home/records.sqlite", False),
    ],
)
def test_the_builder_is_sent_what_the_image_needs_and_no_secret(name: str, *, sent: bool) -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert is_sent(name, [rule for rule in rules if rule and not rule.startswith("#")]) is sent


def test_everything_that_is_copied_is_there_and_sent() -> None:
    sent = set(context(ROOT))
    for rest in rests("COPY"):
        if not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert any(name.is_relative_to(source) for name in sent), source


# The compose file


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    services = COMPOSE["services"]
    published = {name for name, service in services.items() if "ports" in service}

    assert published == {"proxy"}
    assert COMPOSE["networks"]["records"]["internal"] is True
    assert COMPOSE["networks"]["front"]["internal"] is True
    assert services["database"]["networks"] == ["records"]
    assert "front" not in services["worker"]["networks"]


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_service_is_pinned_and_has_no_more_rights_than_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]

    assert re.search(r":\d+\.\d+", service["image"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert not {"network_mode", "pid", "ipc", "devices", "userns_mode"} & service.keys()
    assert not [volume for volume in service.get("volumes", []) if "docker.sock" in volume]
    assert name == "database" or (service["read_only"] and service["cap_drop"] == ["ALL"])
    assert set(service["networks"]) <= COMPOSE["networks"].keys()


def test_secrets_are_files_and_stand_nowhere_else() -> None:
    secrets = COMPOSE["secrets"]
    for name, service in COMPOSE["services"].items():
        asked = set(service.get("secrets", []))
        said = service.get("environment", {})
        assert asked <= secrets.keys(), name
        for key, value in said.items():
            is_secret = re.search(r"PASSWORD|TOKEN|SECRET|DATABASE_URL", key)
            assert not is_secret or (key.endswith("_FILE") and value.startswith("/run/secrets/")), (
                key
            )
            assert not is_secret or value.rsplit("/", 1)[1] in asked, key
    assert all(s["file"].startswith("./secrets/") for s in secrets.values())
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_services_are_started_by_settings_that_exist() -> None:
    known = {setting.name for setting in SETTINGS}
    asked = {
        name.removesuffix("_FILE")
        for service in COMPOSE["services"].values()
        for name in service.get("environment", {})
        if name.startswith("PRIVACY_DESK")
    }
    in_units = set(
        re.findall(
            r"(PRIVACY_DESK_[A-Z_]+?)(?:_FILE)?=",
            (DEPLOYING / "privacy-desk.service").read_text("utf-8"),
        )
    )

    assert "PRIVACY_DESK_HOSTS" in asked
    assert asked | in_units <= known


# Units


@pytest.fixture(params=["privacy-desk.service", "privacy-desk-worker.service"])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A unit as it is shipped, with the Python of the tests in the place of the installed one."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    text = (DEPLOYING / request.param).read_text(encoding="utf-8")
    there = tmp_path / request.param
    there.write_text(text.replace("/opt/privacy-desk/.venv/bin/python", sys.executable), "utf-8")
    return there


def test_systemd_understands_the_units(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr, done.stderr


def test_systemd_finds_the_units_little_exposed(unit: Path) -> None:
    done = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=20",
            "--no-pager",
            str(unit),
        ],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-300:]


def test_the_units_start_what_exists() -> None:
    desk, worker = (
        (DEPLOYING / f"privacy-desk{which}.service").read_text(encoding="utf-8")
        for which in ("", "-worker")
    )

    assert "-m streamlit run pages/parts/server.py" in desk
    assert "-m compliance worker" in worker
    for text in (desk, worker):
        assert "UMask=0077" in text
        assert "DynamicUser=yes" in text


# Proxies


def test_the_proxies_pass_websockets_and_hosts_on_and_close_the_numbers() -> None:
    nginx = (DEPLOYING / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOYING / "Caddyfile").read_text(encoding="utf-8")

    assert "proxy_set_header Host $http_host;" in nginx
    assert "proxy_set_header Upgrade $http_upgrade;" in nginx
    assert "location = /metrics" in nginx
    assert "$request_uri" not in nginx.split("server {", 2)[2]
    assert '$request"' not in nginx  # whole addresses, with what stands behind the question mark
    assert "@inside path /metrics /_stcore/metrics" in caddy
    assert "reverse_proxy desk:8501" in caddy


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    nginx, openssl = (
        shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"),
        shutil.which("openssl"),
    )
    if not nginx or not openssl:
        pytest.skip("nginx is not on this machine")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=x", "-keyout", str(tmp_path / "key.pem")),
            *("-out", str(tmp_path / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    text = (DEPLOYING / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/privacy-desk", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
    whole += f"http {{ access_log off;\n{text}\n}}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [nginx, "-t", "-e", f"{tmp_path}/log", "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


# Settings in files


def test_every_setting_can_be_in_a_file(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    place.write_text("from-a-file\n", encoding="utf-8")
    number = tmp_path / "number"
    number.write_text("7\n", encoding="utf-8")
    numbers = {setting.name for setting in SETTINGS if setting.default.isdigit()}
    asked = {
        f"{setting.name}_FILE": str(number if setting.name in numbers else place)
        for setting in SETTINGS
    }

    assert Settings.from_environment(asked).database_url == "from-a-file"
    assert Settings.from_environment(asked).engine_memory_gb == 7
    assert ServerSettings.from_environment(asked).hosts == ("from-a-file",)
    both = {**asked, "PRIVACY_DESK_HOSTS": "said"}
    assert ServerSettings.from_environment(both).hosts == ("said",)


def test_a_secret_whose_file_is_missing_is_no_empty_secret() -> None:
    asked = {"PRIVACY_DESK_METRICS_TOKEN_FILE": "/none/of/that/name"}
    with pytest.raises(WorkspaceError, match="PRIVACY_DESK_METRICS_TOKEN_FILE") as refused:
        ServerSettings.from_environment(asked)

    assert "/none" not in str(refused.value)


# The server as the image starts it


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """The project as the builder is sent it, where nobody may write."""
    tree = tmp_path / "tree"
    for name in context(ROOT):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    for place in (tree, *tree.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield tree
    for place in (tree, *tree.rglob("*")):
        if place.is_dir():
            place.chmod(0o755)


def without_rights() -> list[str]:
    """What starts a program that may do no more than its user's rights say, even as root."""
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root writes everywhere, and setpriv is not on this machine")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


@pytest.mark.anywhere
def test_the_server_starts_from_a_tree_that_it_cannot_write_and_is_well(
    tree: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    command = json.loads(rests("CMD", LAST)[0])
    command = [sys.executable, *(word.replace("8501", port) for word in command[1:])]
    command[command.index("0.0.0.0")] = "127.0.0.1"  # noqa: S104
    kept = ("PATH", "LANG", "OPENBLAS_NUM_THREADS")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {
        "HOME": str(data),
        "MPLCONFIGDIR": str(data / "mpl"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PRIVACY_DESK_HOME": str(data / "desk"),
        "PRIVACY_DESK_LOG_FORMAT": "json",
    }
    with (tmp_path / "log").open("wb") as log:
        started = [*without_rights(), *command]
        process = subprocess.Popen(
            started, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=log
        )
        try:
            answer = well(f"http://127.0.0.1:{port}/health", process)
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(WAIT_S)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()

    assert answer == "ok\n"
    assert ended in (0, -signal.SIGTERM)
    assert (data / "desk" / "records.sqlite").exists()
    assert [line for line in lines if not line.startswith("{")] == []
    assert {"request"} <= {json.loads(line)["event"] for line in lines}


def well(address: str, process: subprocess.Popen[bytes]) -> str:
    """What the desk says when it is asked how it is, once it answers."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - loopback
                return str(answer.read().decode())
        except (URLError, ConnectionError):
            time.sleep(0.2)
    return f"no answer; ended with {process.poll()}"
