"""What an administrator can set, from the environment, and the limits of this release."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compliance.errors import WorkspaceError
from compliance.settings.limits import (
    DEFAULT_DELTA,
    DEFAULT_EPSILON,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_GROUPS,
    MAX_SHEET_CELLS,
    MAX_SITES,
    MAX_WORKERS,
    MOST_ENGINE_GB,
    TABLE_CACHE_BYTES,
    WORKER_BYTES,
)
from compliance.settings.serving import CALLBACK, LOOPBACK_NAMES, ServerSettings, SignIn
from compliance.settings.variables import SETTINGS, Setting, values_in

__all__ = [
    "CALLBACK",
    "DEFAULT_DELTA",
    "DEFAULT_EPSILON",
    "LOOPBACK_NAMES",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_GROUPS",
    "MAX_SHEET_CELLS",
    "MAX_SITES",
    "MAX_WORKERS",
    "MOST_ENGINE_GB",
    "SETTINGS",
    "TABLE_CACHE_BYTES",
    "WORKER_BYTES",
    "ServerSettings",
    "Setting",
    "Settings",
    "SignIn",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force.

    Attributes:
        home: the workspace folder; made when it is first written to.
        database_url: SQLAlchemy address of the records; may hold a password, so it is not shown.
        actor: who acts, as named in the trail.
        language: of the command line and of mails; empty for the usual ones.
        name_model: a language model to ask for names, too; empty for none.
        smtp_url: the mail server for notices; may hold a password, so it is not shown.
        mail_from: the address that notices come from.
        signer: who signs reports; empty for the desk itself.
        signer_password: of its file or token; not shown.
        time_stamp_url: the time-stamp authority; empty for none.
        anchors: where checkpoints of the trail are kept, whatever the records say.
        sign_in: how people sign in.
        warehouses: engines that keep tables; may hold passwords, so it is not shown.
        engine_memory_gb: what the embedded engine may take.
        backup_password: what backups are sealed with; not shown.
        workers: processes for long work beside the server; 0 for none.
    """

    home: Path
    database_url: str = field(repr=False)
    actor: str
    language: str = ""
    name_model: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    signer: str = ""
    signer_password: str = field(default="", repr=False)
    time_stamp_url: str = ""
    anchors: tuple[Path, ...] = ()
    sign_in: SignIn = field(default_factory=SignIn)
    warehouses: str = field(default="", repr=False)
    engine_memory_gb: int = 2
    backup_password: str = field(default="", repr=False)
    workers: int = 0

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, home: Path | None = None
    ) -> Settings:
        """Settings from the environment; `home` given on the command line wins.

        Raises:
            WorkspaceError: the home folder is named by an unusable path, or a file that should
                hold a setting cannot be read.
            WorkspaceError: the home folder is named by an unusable path, or a setting by a file
                that cannot be read.
        """
        values = values_in(environment)
        try:
            folder = (home or Path(values["PRIVACY_DESK_HOME"])).expanduser().absolute()
        except RuntimeError as error:
            raise WorkspaceError(home="~", reason="no home folder is known") from error
        return cls(
            home=folder,
            database_url=values["PRIVACY_DESK_DATABASE_URL"]
            or f"sqlite:///{folder / 'records.sqlite'}",
            actor=values["PRIVACY_DESK_ACTOR"],
            language=values["PRIVACY_DESK_LANGUAGE"],
            name_model=values["PRIVACY_DESK_NAME_MODEL"],
            smtp_url=values["PRIVACY_DESK_SMTP_URL"],
            mail_from=values["PRIVACY_DESK_MAIL_FROM"],
            signer=values["PRIVACY_DESK_SIGNER"],
            signer_password=values["PRIVACY_DESK_SIGNER_PASSWORD"],
            time_stamp_url=values["PRIVACY_DESK_TIME_STAMP_URL"],
            anchors=tuple(
                Path(said).absolute()
                for said in values["PRIVACY_DESK_ANCHORS"].split(os.pathsep)
                if said
            ),
            sign_in=SignIn.of(values),
            warehouses=values["PRIVACY_DESK_WAREHOUSES"],
            engine_memory_gb=_gigabytes(values["PRIVACY_DESK_ENGINE_MEMORY_GB"], folder),
            backup_password=values["PRIVACY_DESK_BACKUP_PASSWORD"],
            workers=_workers(values["PRIVACY_DESK_WORKERS"]),
        )


def _gigabytes(said: str, home: Path) -> int:
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said) <= MOST_ENGINE_GB:
        reason = f"PRIVACY_DESK_ENGINE_MEMORY_GB is a whole number from 1 to {MOST_ENGINE_GB:,}"
        raise WorkspaceError(home=home, reason=reason)
    return int(said)


def _workers(said: str) -> int:
    """So many as said; what is no number counts as nothing said."""
    if said.isdecimal():
        return min(int(said), MAX_WORKERS)
    return min(max((os.cpu_count() or 1) - 1, 2), MAX_WORKERS)
