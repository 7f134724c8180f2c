"""A deployment: the folder that holds what server and sites need."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEPLOYMENT_FILE = "deployment.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site of a deployment.

    Attributes:
        site: its name, as the column of the sites writes it.
        folder: of `sites/`, and the name of its key file at the server; letters that any file
            system takes.
    """

    site: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What `deploy` wrote, as it stands in `deployment.json`.

    Attributes:
        dataset: the name of the dataset that it was made from.
        host: what sites call the server: a host name or an IP address.
        port: where the server listens.
        places: the sites, in the order of the run.
        is_local: the sites' rows lie in the folder too, and all of it runs on this machine.
        code_sha256: of the code that every site runs.
    """

    dataset: str
    host: str
    port: int
    places: tuple[Place, ...]
    is_local: bool
    code_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where a deployment lies on this disk, and, to run it, Flower's environment.

    Attributes:
        root: of the deployment.
        environment: made by `make distributed`.
    """

    root: Path
    environment: Path = Path(".venv-distributed")

    @property
    def server(self) -> Path:
        return self.root / "server"

    @property
    def keys(self) -> Path:
        """The sites' public keys, at the server."""
        return self.server / "keys"

    def site(self, place: Place) -> Path:
        """The folder of a site."""
        return self.root / "sites" / place.folder

    @property
    def python(self) -> Path:
        """The interpreter of Flower's environment."""
        windows = self.environment / "Scripts" / "python.exe"
        return windows if windows.exists() else self.environment / "bin" / "python"

    def variables(self, at: Path) -> dict[str, str]:
        """The environment variables for a process of Flower's environment in the folder `at`."""
        return {
            **os.environ,
            "PATH": os.pathsep.join((str(self.python.parent), os.environ.get("PATH", ""))),
            "PYTHONPATH": str(at / "code.zip"),
            "PYTHONNOUSERSITE": "1",
            "FLWR_HOME": str(at / "flower"),
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "NO_PROXY": f"127.0.0.1,localhost,{os.environ.get('NO_PROXY', '')}",
        }
