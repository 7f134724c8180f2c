"""What an administrator can set, from the environment, and the limits of this release."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from compliance.errors import SignInNotReadyError, WorkspaceError


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
        name="PRIVACY_DESK_SIGN_IN",
        default="",
        meaning=(
            "How people sign in: “oidc” for OpenID Connect; empty means that nobody does and that "
            "the desk serves whoever sits at this machine, and nobody else."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_METADATA_URL",
        default="",
        meaning="Where the provider describes itself: https://…/.well-known/openid-configuration.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_CLIENT_ID",
        default="",
        meaning="The name by which the provider knows this desk.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_CLIENT_SECRET",
        default="",
        meaning="What the desk proves to the provider that it is that one with.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_REDIRECT_URI",
        default="",
        meaning="The desk's address as browsers see it, with /oauth2callback at its end.",
    ),
    Setting(
        name="PRIVACY_DESK_IDLE_MINUTES",
        default="30",
        meaning="After how many minutes without an act somebody is signed out.",
    ),
    Setting(
        name="PRIVACY_DESK_VISIT_HOURS",
        default="10",
        meaning="After how many hours somebody is signed out whatever they do.",
    ),
    Setting(
        name="PRIVACY_DESK_HOSTS",
        default="",
        meaning=(
            "The names by which browsers reach the server, several separated by commas, without "
            "ports; this machine's own (localhost) always count. Any other is turned away."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_BEHIND_TLS",
        default="no",
        meaning=(
            "“yes” where everybody comes by HTTPS through a proxy: cookies are then sent by HTTPS "
            "alone, and browsers are told to insist on it."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_METRICS_TOKEN",
        default="",
        meaning=(
            "Who says this token may read the numbers at /metrics (Authorization: Bearer …); empty "
            "means that only this machine may."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_LOG_FORMAT",
        default="text",
        meaning="How the server logs: “text”, or “json” for one JSON object a line.",
    ),
)

CALLBACK = "/oauth2callback"  # where a provider sends people back to
LOOPBACK_NAMES = frozenset(["localhost", "127.0.0.1", "::1"])

MAX_FILE_BYTES = 4 * 2**30
MAX_COLUMNS = 2_000
MAX_SHEET_CELLS = 20_000_000  # of a workbook; what is larger is better given as CSV
MAX_GROUPS = 100_000
MAX_SITES = 1_000
TABLE_CACHE_BYTES = 2 * 2**30

# The budget that holds until an officer decides one; the desk raises a finding until then.
DEFAULT_EPSILON = Decimal(5)
DEFAULT_DELTA = Decimal("1e-5")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people sign in.

    Attributes:
        way: `oidc`; empty where nobody signs in; anything else is a slip of the pen.
        metadata_url, client_id, client_secret, redirect_uri: what the provider and the desk know
            each other by; the secret is not shown.
        idle_minutes: after how long without an act a visit ends; None: not understood.
        visit_hours: after how long it ends whatever is done; None: not understood.
    """

    way: str = ""
    metadata_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    idle_minutes: int | None = 30
    visit_hours: int | None = 10

    @classmethod
    def of(cls, values: Mapping[str, str]) -> SignIn:
        """What the values of all settings say of it."""
        return cls(
            way=values["PRIVACY_DESK_SIGN_IN"],
            metadata_url=values["PRIVACY_DESK_OIDC_METADATA_URL"],
            client_id=values["PRIVACY_DESK_OIDC_CLIENT_ID"],
            client_secret=values["PRIVACY_DESK_OIDC_CLIENT_SECRET"],
            redirect_uri=values["PRIVACY_DESK_OIDC_REDIRECT_URI"],
            idle_minutes=_positive(values["PRIVACY_DESK_IDLE_MINUTES"]),
            visit_hours=_positive(values["PRIVACY_DESK_VISIT_HOURS"]),
        )

    @property
    def amiss(self) -> str:
        """The setting that nobody could sign in with; empty where all are in order."""
        wrong = {
            "PRIVACY_DESK_SIGN_IN": self.way not in ("", "oidc"),
            "PRIVACY_DESK_IDLE_MINUTES": self.idle_minutes is None,
            "PRIVACY_DESK_VISIT_HOURS": self.visit_hours is None,
        }
        if self.way:
            wrong |= {
                "PRIVACY_DESK_OIDC_METADATA_URL": not _is_guarded(self.metadata_url),
                "PRIVACY_DESK_OIDC_CLIENT_ID": not self.client_id,
                "PRIVACY_DESK_OIDC_CLIENT_SECRET": not self.client_secret,
                "PRIVACY_DESK_OIDC_REDIRECT_URI": not _is_guarded(self.redirect_uri)
                or not self.redirect_uri.endswith(CALLBACK),
            }
        return next((name for name, is_wrong in wrong.items() if is_wrong), "")

    def check(self) -> None:
        """See that people can sign in, or that nobody has to.

        Raises:
            SignInNotReadyError: neither is so.
        """
        if self.amiss:
            raise SignInNotReadyError(setting=self.amiss)


def _positive(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and int(said) else None


def _is_guarded(address: str) -> bool:
    """Whether nobody on the way can read along: by HTTPS, or without leaving this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_NAMES)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the server's edge goes by.

    Attributes:
        hosts: the names it is reached by, besides this machine's own.
        is_behind_tls: whether everybody comes by HTTPS.
        metrics_token: who says it may read the numbers; not shown.
        log_format: `text` or `json`.
    """

    hosts: tuple[str, ...] = ()
    is_behind_tls: bool = False
    metrics_token: str = field(default="", repr=False)
    log_format: str = "text"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ServerSettings:
        """Settings from the environment; what is not understood is as if it were not there.

        Raises:
            WorkspaceError: a file that a setting names cannot be read.
        """
        values = _values(environment)
        return cls(
            hosts=tuple(h.strip() for h in values["PRIVACY_DESK_HOSTS"].split(",") if h.strip()),
            is_behind_tls=values["PRIVACY_DESK_BEHIND_TLS"].lower() in ("yes", "true", "1"),
            metrics_token=values["PRIVACY_DESK_METRICS_TOKEN"],
            log_format=values["PRIVACY_DESK_LOG_FORMAT"].lower(),
        )


def _values(environment: Mapping[str, str]) -> dict[str, str]:
    """Every setting: what stands in the environment, in the file that it names, or the default."""
    return {
        s.name: environment.get(s.name, "").strip() or _in_file(environment, s.name) or s.default
        for s in SETTINGS
    }


def _in_file(environment: Mapping[str, str], name: str) -> str:
    """What stands in the file that `name`_FILE names: how secrets reach a container.

    Raises:
        WorkspaceError: it cannot be read; a default in its place could be worse than no start.
    """
    place = environment.get(f"{name}_FILE", "").strip()
    try:
        return Path(place).read_text(encoding="utf-8").strip() if place else ""
    except (OSError, ValueError):
        reason = f"the file that {name}_FILE names cannot be read"
        raise WorkspaceError(home="the settings", reason=reason) from None


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
        sign_in: how people sign in.
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
    sign_in: SignIn = SignIn()

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, *, home: Path | None = None
    ) -> Settings:
        """Settings from the environment; `home` given on the command line wins.

        Raises:
            WorkspaceError: the home folder is named by an unusable path, or a setting by a file
                that cannot be read.
        """
        values = _values(environment)
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
            sign_in=SignIn.of(values),
        )
