"""Writes a deployment's folder: for the server and for each site, all that it needs to start."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from compliance.errors import DeploymentError
from compliance.federated.flower.at_site import SITE_FILE, Membership
from compliance.federated.flower.bundle import code
from compliance.federated.flower.line import LOOPBACK
from compliance.federated.flower.nouns import DEPLOYMENT_FILE, Deployment, Folder, Place
from compliance.federated.nouns import Plan
from compliance.plain import from_json, to_json

_LONGEST_FOLDER = 40
_OWN_NAMES = (LOOPBACK, "localhost")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
_SERVER_FILES = {
    "server_start.sh": "start.sh",
    "server_start.ps1": "start.ps1",
    "server_readme.md": "README.md",
    "server_app_pyproject.toml": "app/pyproject.toml",
}
_SITE_FILES = {
    "site_start.sh": "start.sh",
    "site_start.ps1": "start.ps1",
    "site_keys.sh": "keys.sh",
    "site_keys.ps1": "keys.ps1",
    "site_readme.md": "README.md",
}
_RELAY_APP = '"""What the SuperLink runs."""\n\nfrom compliance.federated.flower.relay import app\n'


def check_host(host: str) -> str:
    """`host`, where it can stand in a start script and in a certificate.

    Raises:
        DeploymentError: it is no name or address of a machine.
    """
    if not _HOST.fullmatch(host):
        raise DeploymentError(reason="that is no name or address of a machine; give one by --host")
    return host


def places(sites: Sequence[str]) -> tuple[Place, ...]:
    """A folder for each site: its number and what a file system takes of its name."""
    digits = len(str(len(sites)))
    return tuple(
        Place(site=site, folder=f"{number:0{digits}d}-{_plain(site)}".rstrip("-"))
        for number, site in enumerate(sites, start=1)
    )


def write(
    folder: Folder, deployment: Deployment, members: Sequence[Membership], known: bytes
) -> None:
    """Write everything but rows and keys. The folder must be empty or not there.

    Args:
        known: the values that a class may have, as Parquet.

    Raises:
        OSError: the disk refuses.
    """
    from compliance.federated.flower.certificates import certify  # loads cryptography's X.509

    blanks = {
        "BIND": LOOPBACK if deployment.host in _OWN_NAMES else "0.0.0.0",  # noqa: S104 - for sites  # nosec B104
        "PORT": str(deployment.port),
        "ADDRESS": f"{deployment.host}:{deployment.port}",
        "CODE": deployment.code_sha256,
    }
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.keys.mkdir(parents=True)
    _fill(folder.server, _SERVER_FILES, blanks)
    _text(folder.server / "app" / "relay_app.py", _RELAY_APP)
    certify(folder.server, deployment.host)
    for place, member in zip(deployment.places, members, strict=True):
        site = folder.site(place)
        _fill(site, _SITE_FILES, {**blanks, "FOLDER": place.folder})
        _text(site / SITE_FILE, to_json(member))
        (site / member.known).write_bytes(known)
        shutil.copyfile(folder.server / "ca.pem", site / "ca.pem")
    _text(folder.root / DEPLOYMENT_FILE, to_json(deployment))


def code_sha256() -> str:
    """Of the code that sites would run now."""
    return hashlib.sha256(code()).hexdigest()


def plan_of(folder: Folder, deployment: Deployment) -> Plan:
    """The plan that the sites of a deployment have.

    Raises:
        OSError, msgspec.MsgspecError: its files are damaged.
    """
    text = (folder.site(deployment.places[0]) / SITE_FILE).read_text(encoding="utf-8")
    return from_json(Membership, text).plan


def _plain(site: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", site.lower()).strip("-")[:_LONGEST_FOLDER]


def _fill(folder: Path, wanted: Mapping[str, str], blanks: Mapping[str, str]) -> None:
    templates = files("compliance.federated.flower") / "templates"
    for template, name in wanted.items():
        text = (templates / template).read_text(encoding="utf-8")
        for blank, value in blanks.items():
            text = text.replace(f"@{blank}@", value)
        _text(folder / name, text)
    (folder / "code.zip").write_bytes(code())
    _text(folder / "requirements.txt", (templates / "requirements.txt").read_text("utf-8"))


def _text(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="\n")
    if place.suffix == ".sh":
        place.chmod(0o755)
