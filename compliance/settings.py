"""What an administrator can set, from the environment, and the limits of this release."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from compliance.errors import WorkspaceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        name="PRIVACY_DESK_HOME",
        default="~/.privacy-desk",
        meaning="The workspace folder: records, datasets, reports.",
    ),
    Setting(
        name="PRIVACY_DESK_DATABASE_URL",
        default="",
        meaning=(
            "Where the records are kept: postgresql+psycopg://name:password@host/database; "
            "empty means an SQLite file in the workspace folder."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ACTOR",
        default="local officer",
        meaning="The name that the trail gives to whoever uses this installation.",
    ),
    Setting(
        name="PRIVACY_DESK_NAME_MODEL",
        default="",
        meaning=(
            "A language model of yours that is asked for names in texts, beside the desk's own: an "
            "installed spaCy model by its name, or the folder of a transformers token classifier."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_SMTP_URL",
        default="",
        meaning=(
            "The mail server that notices of audits go through: smtps://name:password@host:465 or "
            "smtp://host:25; empty means that nobody is told by e-mail."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_MAIL_FROM",
        default="",
        meaning="The address that notices of audits come from.",
    ),
    Setting(
        name="PRIVACY_DESK_SIGNER",
        default="",
        meaning=(
            "Who signs reports: a PKCS#12 file (.p12) with your certificate and its key, or a "
            "token as pkcs11:token=…;object=…?module-path=… (RFC 7512); empty means a certificate "
            "that the desk makes itself."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_SIGNER_PASSWORD",
        default="",
        meaning="The password of that file, or the PIN of that token.",
    ),
    Setting(
        name="PRIVACY_DESK_TIME_STAMP_URL",
        default="",
        meaning=(
            "A time-stamp authority (RFC 3161) that confirms when reports were signed and "
            "checkpoints taken; empty means that nobody is asked."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ANCHORS",
        default="",
        meaning=(
            "Files and folders outside, several separated by : (on Windows ;), with checkpoints "
            "of the trail that it is compared with beside the anchors on record: an older copy of "
            "the workspace folder may know nothing of those."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_WAREHOUSES",
        default="",
        meaning=(
            "Engines that keep tables, as NAME=ADDRESS with spaces between several: "
            "postgresql://reader:password@host/database, or spark://host:7077; datasets name them, "
            "and never hold their addresses."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ENGINE_MEMORY_GB",
        default="2",
        meaning=(
            "How much memory the embedded engine may take for tables that are kept elsewhere; what "
            "does not fit is put into the workspace folder and thrown away afterwards."
        ),
    ),
)

MAX_FILE_BYTES = 4 * 2**30
MAX_COLUMNS = 2_000
MAX_GROUPS = 100_000
MAX_SITES = 1_000
MOST_ENGINE_GB = 4_096
TABLE_CACHE_BYTES = 2 * 2**30

# The budget that holds until an officer decides one; the desk raises a finding until then.
DEFAULT_EPSILON = Decimal(5)
DEFAULT_DELTA = Decimal("1e-5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force.

    Attributes:
        home: the workspace folder; made when it is first written to.
        database_url: SQLAlchemy address of the records; may hold a password, so it is not shown.
        actor: who acts, as named in the trail.
        name_model: a language model to ask for names, too; empty for none.
        smtp_url: the mail server for notices; may hold a password, so it is not shown.
        mail_from: the address that notices come from.
        signer: who signs reports; empty for the desk itself.
        signer_password: of its file or token; not shown.
        time_stamp_url: the time-stamp authority; empty for none.
        anchors: where checkpoints of the trail are kept, whatever the records say.
        warehouses: engines that keep tables; may hold passwords, so it is not shown.
        engine_memory_gb: what the embedded engine may take.
    """

    home: Path
    database_url: str = field(repr=False)
    actor: str
    name_model: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    signer: str = ""
    signer_password: str = field(default="", repr=False)
    time_stamp_url: str = ""
    anchors: tuple[Path, ...] = ()
    warehouses: str = field(default="", repr=False)
    engine_memory_gb: int = 2

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, home: Path | None = None
    ) -> Settings:
        """Settings from the environment; `home` given on the command line wins.

        Raises:
            WorkspaceError: the home folder is named by an unusable path.
        """
        values = {s.name: environment.get(s.name, "").strip() or s.default for s in SETTINGS}
        try:
            folder = (home or Path(values["PRIVACY_DESK_HOME"])).expanduser().absolute()
        except RuntimeError as error:
            raise WorkspaceError(home="~", reason="no home folder is known") from error
        return cls(
            home=folder,
            database_url=values["PRIVACY_DESK_DATABASE_URL"]
            or f"sqlite:///{folder / 'records.sqlite'}",
            actor=values["PRIVACY_DESK_ACTOR"],
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
            warehouses=values["PRIVACY_DESK_WAREHOUSES"],
            engine_memory_gb=_gigabytes(values["PRIVACY_DESK_ENGINE_MEMORY_GB"], folder),
        )


def _gigabytes(said: str, home: Path) -> int:
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said) <= MOST_ENGINE_GB:
        reason = f"PRIVACY_DESK_ENGINE_MEMORY_GB is a whole number from 1 to {MOST_ENGINE_GB:,}"
        raise WorkspaceError(home=home, reason=reason)
    return int(said)
